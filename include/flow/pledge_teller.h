#pragma once
/* Tells people about their pledges (store/pledge.h, docs/adr/0052): that it is noted, that they wait or move up, the day before and
 * two hours before, and when a session is moved or cancelled. Rests on Redis alone: what is due is told once, whoever leads, and
 * late only while it is of use (core/pledge_time.h). The texts take the lane `reminder`, so that an answer of a person goes first. */
#include "core/zone.h"
#include "flow/account.h"
#include "flow/outbox.h"
#include "store/group.h"
#include "store/pledge.h"

struct pledge_teller;
struct zone_book;

struct pledge_teller_config { /* all borrowed for its life */
    struct store *store;
    struct outbox *outbox;
    const struct accounts *accounts;
    const struct groups *groups; /* NULL: nothing is said of any */
    struct zone_book *zones;
    const char *country; /* of the organisation: the clock of groups that say none; "" */
    /* For people who have no other way; NULL, "" = the first SMS account that their group may use. */
    const char *gateway;
    const char *organisation, *public_url;
    const unsigned char *link_key; /* core/link.h */
};

/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct pledge_teller *pledge_teller_new(const struct pledge_teller_config *config);
/* NULL is fine. What is under way ends by itself before. */
void pledge_teller_free(struct pledge_teller *t);
/* One step, as often as one likes, while this process leads; now_ms: Redis' wall clock. */
void pledge_teller_step(struct pledge_teller *t, int64_t now_ms);
/* Nothing is under way. */
bool pledge_teller_idle(const struct pledge_teller *t);

/* What it writes; zone NULL = UTC. */
enum { PLEDGE_TEXT_BYTES = 480 };
struct slice pledge_teller_text(const struct pledge_teller_config *config,
                                const struct pledge_due *due, const struct zone *zone,
                                char out[PLEDGE_TEXT_BYTES]);
