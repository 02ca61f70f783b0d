#pragma once
/* The direct book: campaign 0. Replies, confirmations and tests get one index each, with the
 * ledger, the gate and the receipts of any campaign; each is a batch of its own on the queue. Its
 * record is the hash dm:{index}. dm:pending (index by time) holds what was recorded and is not
 * known to be on the queue.
 *
 * Callbacks run once, from the loop, never from inside the call; result 0, or negative with e. */
#include "store/store.h"

#define DIRECT_KIND_TABLE(X)                                                                       \
    X(DIRECT_REPLY, "reply")                                                                       \
    X(DIRECT_CONFIRM,                                                                              \
      "confirm") /* of a STOP or HELP: must leave although the person is suppressed */             \
    X(DIRECT_TEST, "test")                                                                         \
    X(DIRECT_LOGIN, "login")   /* a link for a member to sign in */                                \
    X(DIRECT_PLEDGE, "pledge") /* about a session that they pledged to: by itself */
enum direct_kind {
#define X(name, text) name,
    DIRECT_KIND_TABLE(X)
#undef X
};
const char *direct_kind_to_string(enum direct_kind kind); /* static */
/* False, and *ret untouched, when there is none of that name. */
bool direct_kind_from_string(struct slice s, enum direct_kind *ret);

struct direct_message {
    uint64_t to;        /* E.164 digits; 0 = nobody with a number: */
    struct slice to_id; /* "~GB.1349…", a user id that the gateway takes; none */
    struct slice gateway, sender, group, text, by;
    /* The template that says this text (flow/held.h: held_call); none = free text. */
    struct slice held;
    enum direct_kind kind;
    uint32_t conversation; /* 0 = none */
    int64_t at_ms;         /* [wall ms] */
    int64_t until_ms;      /* [wall ms] of no use any more from then on: not sent; 0 = never */
};

/* Records a message that belongs to no conversation; at_ms is now. */
typedef void direct_index_cb(void *arg, int result, uint32_t index, const struct err *e);
void direct_add(struct store *d, const struct direct_message *m, direct_index_cb *cb, void *arg);

/* The record of an index, borrowed for the call. ERR_NOT_FOUND. */
typedef void direct_message_cb(void *arg, int result, const struct direct_message *m,
                               const struct err *e);
void direct_load(struct store *d, uint32_t index, direct_message_cb *cb, void *arg);

/* The queue has it: forget that it is pending. Nobody waits for the reply: when it is lost, the
 * sweep publishes once more and the gate makes that harmless. */
void direct_published(struct store *d, uint32_t index);

/* Indexes that were recorded (or given out by this function) at least age_ms ago and are still
 * pending in the ledger: at most `limit`, each put off by another age_ms. Borrowed for the call. */
typedef void direct_due_cb(void *arg, int result, const uint32_t *indexes, size_t n,
                           const struct err *e);
void direct_due(struct store *d, int64_t now_ms, int64_t age_ms, int limit, direct_due_cb *cb,
                void *arg);

/* Other messages of the same words (blanks at the ends do not count) to the same number, recorded
 * between from_ms and to_ms [wall ms, both included], that the provider has or may have taken. */
#define DIRECT_NONE UINT32_MAX
struct direct_likeness {
    uint64_t to;
    struct slice text;
    int64_t from_ms, to_ms;
    uint32_t but_index; /* does not count itself; DIRECT_NONE: it is no direct message */
};
typedef void direct_alike_cb(void *arg, int result, size_t n);
void direct_alike(struct store *d, const struct direct_likeness *like, direct_alike_cb *cb,
                  void *arg);
