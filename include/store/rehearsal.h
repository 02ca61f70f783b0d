#pragma once
/* Rehearsals that somebody asked the server for: a campaign that is not launched yet, what its check said, and in the end
 * what `muster campaign rehearse` shows. A worker (`muster rehearsal serve`) takes one after the other under a lease, which
 * it renews by telling how far it is. One whose lease is over is begun again by whoever asks next, and has failed after
 * REHEARSAL_TRIES.
 *
 * A group has one at a time. They live REHEARSAL_DAYS, and the newest of a group and of all stay: the oldest go. Each callback is
 * called once, from the loop; texts are borrowed for the call. */
#include "store/deed.h"
#include "store/store.h"

struct group_set;

enum {
    REHEARSAL_DAYS = 14,
    REHEARSALS_WAITING_MAX = 20, /* of all groups; ERR_LIMIT */
    REHEARSALS_OF_GROUP_MAX = 10,
    REHEARSALS_MAX = 400,
    REHEARSAL_LIST_MAX = 50,
    REHEARSAL_TRIES = 2,
    REHEARSAL_LEASE_MS = 2 * 60000,
    REHEARSAL_LEASE_BYTES = 33,      /* 32 hex digits and a zero byte */
    REHEARSAL_WORKER_MS = 2 * 60000, /* one that was heard of so lately is there */
    REHEARSAL_REPORT_BYTES_MAX = 48 * 1024 /* as JSON */,
    REHEARSAL_WHY_BYTES_MAX = 400,
};

#define REHEARSAL_STATE_TABLE(X)                                                                   \
    X(REHEARSAL_WAITING, "waiting")                                                                \
    X(REHEARSAL_UNDER_WAY, "under_way")                                                            \
    X(REHEARSAL_FINISHED, "finished") /* it has a report */                                        \
    X(REHEARSAL_FAILED, "failed")     /* `why` says what came in between */
enum rehearsal_state {
#define X(name, text) name,
    REHEARSAL_STATE_TABLE(X)
#undef X
        REHEARSAL_STATE_COUNT
};
const char *rehearsal_state_to_string(enum rehearsal_state state); /* static */

struct rehearsal {
    uint32_t id;
    struct slice name, group, by; /* the campaign's; who asked */
    struct slice zone;            /* by whose clock its report tells times */
    uint32_t audience;            /* its list */
    enum rehearsal_state state;
    int64_t made_ms, taken_ms, ended_ms; /* [wall ms]; 0: not yet */
    int64_t until_ms;                    /* when its lease ends */
    uint64_t sent, people, replies;      /* as far as it is */
    uint64_t ahead;                      /* of one that waits: so many before it */
    bool go;                             /* of one that is finished */
    struct slice why;                    /* of one that failed */
    /* Only of one that is loaded or taken; JSON. The first two are what it was asked with. */
    struct slice body, check, report;
};

/* new: name, group, by, zone, audience, body and check. ERR_CONFLICT: the group has one that is not over;
 * ERR_LIMIT: too many wait. */
typedef void rehearsal_ask_cb(void *arg, int result, uint32_t id, const struct err *e);
void rehearsal_ask(struct store *s, const struct rehearsal *new, struct deed deed,
                   rehearsal_ask_cb *cb, void *arg);

/* The next one, which is the worker's as long as it holds the lease; NULL: none waits. */
typedef void rehearsal_cb(void *arg, int result, const struct rehearsal *r, const struct err *e);
void rehearsal_take(struct store *s, const char lease[REHEARSAL_LEASE_BYTES], int64_t now_ms,
                    rehearsal_cb *cb, void *arg);

/* What a worker tells of the one that it took. Any of: how far it is (state UNDER_WAY; the lease begins anew), its report
 * (FINISHED), or why there is none (FAILED). ERR_CONFLICT: it is not the worker's any more. */
void rehearsal_tell(struct store *s, struct slice lease, const struct rehearsal *r, int64_t now_ms,
                    store_done_cb *cb, void *arg);

/* worker_ms: when a worker was heard of last; 0 = never, or long ago. */
typedef void rehearsal_list_cb(void *arg, int result, const struct rehearsal *list, size_t n,
                               int64_t worker_ms, const struct err *e);
/* That one. ERR_NOT_FOUND: there is none, or its time is over. */
void rehearsal_load(struct store *s, uint32_t id, int64_t now_ms, rehearsal_list_cb *cb, void *arg);
/* Those of these groups, the newest first, at most REHEARSAL_LIST_MAX. */
void rehearsal_list(struct store *s, const struct group_set *groups, int64_t now_ms,
                    rehearsal_list_cb *cb, void *arg);
/* It is gone, whatever its state; a worker that plays it hears of it when it tells something. */
void rehearsal_remove(struct store *s, uint32_t id, struct deed deed, store_done_cb *cb, void *arg);
