#pragma once
/* Tells the addresses that subscribed (store/subscriptions.h) what happens: one POST for what waits,
 * signed, in order, again until it is taken or a day has passed. One process does it, the one that
 * leads. A delivery that was taken while its answer got lost comes again: receivers know events by
 * their id.
 *
 * Header: `Muster-Signature: t=SECONDS,v1=HEX`, HEX = HMAC-SHA256 with the secret over
 * "SECONDS.BODY". */
#include "core/net.h"
#include "io/loop.h"
#include "store/store.h"

struct teller;

enum {
    TELLER_SECRET_CHARS = 32,
    TELLER_SIGNATURE_BYTES = 112, /* NUL included */
    TELLER_TICK_MS = 250,
};

struct teller_config { /* all borrowed for its life */
    struct loop *loop;
    struct store *store;
    const char *secret; /* of the configuration */
    /* Besides the open internet, these may be reached, also without TLS. */
    const struct net_range *allowed;
    size_t allowed_count;
    bool (*leads)(void *arg);
    void *arg;
};

/* *ret is owned. The config is copied; what it points to is borrowed for its life. An error: its client cannot be made. */
int teller_new(const struct teller_config *config, struct teller **ret, struct err *e) MUST_USE;
void teller_start(struct teller *t); /* before: it looks at nothing */
void teller_free(struct teller *t);  /* its calls to the store have ended before; NULL is fine */

/* What signs the deliveries of one subscription: made from the configuration's secret, so that it
 * stands nowhere. */
void teller_secret(const char *secret, uint32_t id, struct slice nonce,
                   char out[TELLER_SECRET_CHARS + 1]);
/* The header's value, for a body as subscription_step gives it (store/subscriptions.h). now_s [s since 1970]. */
void teller_sign(struct slice secret, int64_t now_s, struct slice body,
                 char out[TELLER_SIGNATURE_BYTES]);
/* Why nobody can be told there, for people; NULL: they can. What a name resolves to is seen when it is
 * connected to. */
const char *teller_url_problem(struct slice url, const struct net_range *allowed, size_t n);
