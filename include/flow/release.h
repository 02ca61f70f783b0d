#pragma once
/* Release: puts the batches of running campaigns on the queue, a few seconds of work ahead and no
 * more, so that pause, cancel and fairness take effect at once. Starts campaigns whose time has
 * come, ends those whose deadline has passed or that were cancelled (everybody still pending
 * becomes expired or cancelled, in bounded steps), and publishes recorded direct messages that did
 * not reach the queue.
 *
 * One process leads at a time (a lease in Redis); the others stand by. Whatever it does may be done
 * twice without harm. */
#include "base/err.h"
#include "base/slice.h"
#include "io/loop.h"

struct accounts;
struct budget;
struct store;
struct keeper;
struct ledger;
struct outbox;
struct pledge_teller;
struct queue;
struct redis;
struct release;
struct schedules;

enum {
    RELEASE_TICK_MS = 100,
    RELEASE_LEASE_MS = 3000,
    RELEASE_AHEAD_S = 2, /* seconds of a gateway's work that a campaign may have on the queue */
    /* … but at least this many blocks, so that the dispatchers always have one */
    RELEASE_BLOCKS_MIN = 3,
    RELEASE_BLOCKS_MAX = 32, /* with CAMPAIGN_LOST_MAX no more than CAMPAIGN_RESERVE_MAX */
};

struct release_config {
    struct loop *loop;
    struct redis *redis; /* all borrowed for its life */
    struct store *store;
    struct ledger *ledger;
    struct outbox *outbox;
    struct queue *queue;
    int64_t lost_ms;       /* [ms] a batch that nobody has held for this long was lost on the way */
    struct keeper *keeper; /* steps while this process leads; NULL = nothing has an end */
    struct schedules *schedules;     /* the same; NULL = nothing repeats */
    struct pledge_teller *pledges;   /* the same; NULL = nobody is told of theirs */
    const char *who;                 /* unique among the running processes */
    struct budget *budget;           /* of months; NULL = a month may cost anything */
    const struct accounts *accounts; /* whose rates they are released at */
};

/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct release *release_new(const struct release_config *config);
void release_free(struct release *r);        /* NULL is fine */
void release_start(struct release *r);       /* before: it looks at nothing */
bool release_leads(const struct release *r); /* this process has the lead */
/* Looks at the campaigns at once instead of at the next tick (something was launched or resumed).
 */
void release_nudge(struct release *r);
