#include "flow/teller.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "core/signature.h"
#include "io/http_client.h"
#include "io/url.h"
#include "store/subscriptions.h"

enum {
    CONNECT_MS = 5000,
    RESPONSE_MS = 10000,
    AT_ONCE = 16, /* deliveries, each to another address */
    RESPONSE_BYTES_MAX = 4096,
    SIGNED_BYTES_MAX = 1 << 20,
};

struct delivery {
    struct teller *teller;
    uint32_t id; /* 0: free */
    struct event_id last;
    bool reset;
};

struct teller {
    struct teller_config config;
    struct http_client *client;
    struct loop_timer *tick;
    struct delivery deliveries[AT_ONCE];
    bool asking, dead;
};

/* ---- secrets and signatures ---- */

void teller_secret(const char *secret, uint32_t id, struct slice nonce,
                   char out[TELLER_SECRET_CHARS + 1])
{
    char label[128];
    (void)snprintf(label, sizeof label, "webhook %" PRIu32 " %.*s", id, SLICE_ARG(nonce));
    token_derive(slice_of(secret), slice_of(label), out);
}

static const struct hmac_form sha256_in_hex = {.digest = DIGEST_SHA256};

void teller_sign(struct slice secret, int64_t now_s, struct slice body,
                 char out[TELLER_SIGNATURE_BYTES])
{
    struct buf text = BUF_INIT(SIGNED_BYTES_MAX);
    char mac[SIGNATURE_HMAC_BYTES];
    buf_addf(&text, "%" PRId64 ".", now_s);
    buf_add_slice(&text, body);
    check(!text.failed && signature_hmac_make(&sha256_in_hex, secret, buf_slice(&text), mac));
    (void)snprintf(out, TELLER_SIGNATURE_BYTES, "t=%" PRId64 ",v1=%.64s", now_s, mac);
    buf_done(&text);
}

/* ---- where to ---- */

static bool is_allowed(const struct net_range *allowed, size_t n, const struct net_address *a)
{
    for (size_t i = 0; i < n; i++)
        if (net_range_has(&allowed[i], a)) return true;
    return false;
}

/* An address that stands there itself, no name that is looked up. */
static const char *problem_of_address(const struct net_address *a)
{
    return net_address_is_public(a)
               ? NULL
               : "that address is of a private network, and `events.webhook_hosts` in muster.yaml "
                 "does not have it";
}

const char *teller_url_problem(struct slice url, const struct net_range *allowed, size_t n)
{
    struct url_place place;
    struct net_address a;
    bool tls = slice_starts(url, "https://"), plain = slice_starts(url, "http://");
    if (url.n > SUBSCRIPTION_URL_BYTES_MAX) return "it has at most 1,024 bytes";
    if ((!tls && !plain) || url_place(url, 0, &place) < 0)
        return "it is an address such as https://example.org/hook";
    if (slice_find(url, '@') >= 0) return "it holds no name and password: deliveries are signed";
    if (slice_find(url, '#') >= 0) return "it has no # in it";
    bool literal = net_address_read(slice_of(place.host), &a);
    if (literal && is_allowed(allowed, n, &a)) return NULL;
    if (plain)
        return "it begins with https://, unless `events.webhook_hosts` in muster.yaml has its "
               "address";
    return literal ? problem_of_address(&a) : NULL;
}

static bool may_connect(void *arg, const char *address)
{
    const struct teller *t = arg;
    struct net_address a;
    return net_address_read(slice_of(address), &a) &&
           (net_address_is_public(&a) ||
            is_allowed(t->config.allowed, t->config.allowed_count, &a));
}

/* ---- deliveries ---- */

static void look_soon(struct teller *t, int64_t ms)
{
    if (!t->dead) loop_timer_in(t->tick, ms * 1000);
}

static void on_noted(void *arg, int result, const struct err *e)
{
    (void)result; /* a note that is lost means that it comes again */
    (void)e;
    look_soon(arg, 0);
}

static void note(struct delivery *d, bool taken, int status, struct slice error)
{
    struct teller *t = d->teller;
    const struct subscription_due of = {.id = d->id, .last = d->last, .reset = d->reset};
    d->id = 0;
    subscription_told(t->config.store, &of, taken, status, error, clock_wall_ms(), on_noted, t);
}

static void on_response(void *arg, const struct http_result *r)
{
    struct delivery *d = arg;
    bool there = r->transport == HTTP_ANSWERED, taken = there && r->status / 100 == 2;
    char why[64];
    if (d->teller->dead) return;
    (void)snprintf(why, sizeof why, "it responded with %d", r->status);
    note(d, taken, r->status, taken ? SLICE_NONE : slice_of(there ? why : r->error));
}

static struct delivery *free_one(struct teller *t, uint32_t id)
{
    struct delivery *found = NULL;
    for (size_t i = 0; i < AT_ONCE; i++) {
        if (t->deliveries[i].id == id) return NULL; /* it is under way */
        if (t->deliveries[i].id == 0) found = &t->deliveries[i];
    }
    return found;
}

static void deliver(struct teller *t, const struct subscription_due *due)
{
    char secret[TELLER_SECRET_CHARS + 1], signature[TELLER_SIGNATURE_BYTES], header[160],
        url[URL_BYTES_MAX];
    struct err e;
    struct delivery *d = free_one(t, due->id);
    if (!d) return;
    *d = (struct delivery){.teller = t, .id = due->id, .last = due->last, .reset = due->reset};
    const char *problem = teller_url_problem(due->url, t->config.allowed, t->config.allowed_count);
    if (problem) {
        note(d, false, 0, slice_of(problem)); /* what is allowed has changed since */
        return;
    }
    teller_secret(t->config.secret, due->id, due->nonce, secret);
    teller_sign(slice_of(secret), clock_wall_ms() / 1000, due->body, signature);
    (void)snprintf(header, sizeof header, "Muster-Signature: %s", signature);
    (void)snprintf(url, sizeof url, "%.*s", SLICE_ARG(due->url));
    const char *const headers[] = {"Content-Type: application/json", "User-Agent: Muster", header,
                                   NULL};
    const struct http_send send = {
        .method = "POST", .url = url, .headers = headers, .body = due->body};
    if (http_client_send(t->client, &send, on_response, d, &e) < 0)
        note(d, false, 0, slice_of(e.text));
}

static void on_step(void *arg, int result, const struct subscription_due *list, size_t n, bool more)
{
    struct teller *t = arg;
    t->asking = false;
    if (t->dead) return;
    for (size_t i = 0; result == 0 && i < n; i++)
        deliver(t, &list[i]);
    look_soon(t, more ? 0 : TELLER_TICK_MS);
}

static void on_tick(void *arg)
{
    struct teller *t = arg;
    if (t->asking) return;
    if (!t->config.leads(t->config.arg)) {
        look_soon(t, TELLER_TICK_MS);
        return;
    }
    t->asking = true;
    subscription_step(t->config.store, clock_wall_ms(), on_step, t);
}

int teller_new(const struct teller_config *config, struct teller **ret, struct err *e)
{
    struct teller *t = xcalloc(1, sizeof *t);
    t->config = *config;
    const struct http_client_config client = {.connect_ms = CONNECT_MS,
                                              .response_ms = RESPONSE_MS,
                                              .in_flight_max = AT_ONCE,
                                              .body_bytes_max = RESPONSE_BYTES_MAX,
                                              .may_connect = may_connect,
                                              .may_connect_arg = t};
    int rc = http_client_new(config->loop, &client, &t->client, e);
    if (rc < 0) {
        free(t);
        return rc;
    }
    t->tick = loop_timer_new(config->loop, on_tick, t);
    *ret = t;
    return 0;
}

void teller_start(struct teller *t)
{
    look_soon(t, 0);
}

void teller_free(struct teller *t)
{
    if (!t) return;
    t->dead = true;
    http_client_free(t->client);
    loop_timer_free(t->tick);
    free(t);
}
