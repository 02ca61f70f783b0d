#pragma once
/* Webhooks out: addresses that are told of events (store/events.h), each from a queue of its own that
 * is bounded and keeps the order. Callbacks as in store/store.h. */
#include "store/events.h"
#include "store/deed.h"
#include "store/store.h"

enum {
    SUBSCRIPTIONS_MAX = 50,
    SUBSCRIPTION_URL_BYTES_MAX = 1024,
    SUBSCRIPTION_QUEUE_MAX = 10000, /* events; over it the oldest go, and are counted */
    SUBSCRIPTION_KEEP_MS = 24 * 3600 * 1000,
    SUBSCRIPTION_STEP = 200, /* events that are put into queues in one step */
    SUBSCRIPTION_BATCH = 50, /* events of one delivery */
    SUBSCRIPTION_AGAIN_MIN_MS = 5000,
    SUBSCRIPTION_AGAIN_MAX_MS = 3600 * 1000,
    SUBSCRIPTION_NONCE_CHARS = 32,
};

struct subscription {
    uint32_t id;
    struct slice url, kinds, group; /* kinds: with commas; group "": of all, and of none */
    struct slice by;                /* who made it: an actor when it is made, then their name */
    struct slice nonce;             /* what its secret is made from, besides ours */
    int64_t made_ms;
    uint64_t waiting, delivered, dropped;
    uint64_t failures;  /* since it last took something */
    int64_t since_ms;   /* [wall ms] of the first of these; 0 = none */
    int64_t next_ms;    /* [wall ms] of the next try, when the last one failed */
    int64_t last_ms;    /* [wall ms] of the last try; 0 = none yet */
    int last_status;    /* HTTP's; 0 = there was no response, or no try */
    struct slice error; /* why the last try failed; "" */
};

/* url, kinds, group, by, nonce are read. id 0 with a result below 0: ERR_LIMIT when there are
 * SUBSCRIPTIONS_MAX. */
typedef void subscription_made_cb(void *arg, int result, uint32_t id, const struct err *e);
void subscription_create(struct store *s, const struct subscription *new, int64_t now_ms,
                         subscription_made_cb *cb, void *arg);
/* id 0: all, by when they were made. Borrowed for the call. */
typedef void subscription_list_cb(void *arg, int result, const struct subscription *list, size_t n,
                                  const struct err *e);
void subscription_list(struct store *s, uint32_t id, subscription_list_cb *cb, void *arg);
/* ERR_NOT_FOUND. */
void subscription_delete(struct store *s, uint32_t id, struct deed deed, store_done_cb *cb,
                         void *arg);
/* An event of kind `test` that it alone is told of, at once. ERR_NOT_FOUND. */
void subscription_test(struct store *s, uint32_t id, struct slice by, store_done_cb *cb, void *arg);

/* ---- for the one process that delivers ---- */

struct subscription_due {
    uint32_t id;
    struct slice url, nonce;
    struct slice body;    /* {"events": […], "reset": …} */
    struct event_id last; /* {0, 0}: only a reset */
    bool reset;
};
/* `more`: there is more to put into queues. Borrowed for the call. */
typedef void subscription_step_cb(void *arg, int result, const struct subscription_due *list,
                                  size_t n, bool more);
void subscription_step(struct store *s, int64_t now_ms, subscription_step_cb *cb, void *arg);
/* status 0: no response, error says why. */
void subscription_told(struct store *s, const struct subscription_due *of, bool taken, int status,
                       struct slice error, int64_t now_ms, store_done_cb *cb, void *arg);
