#pragma once
/* Opt-outs that come together, in a file: first they wait, and somebody is asked; then they are set,
 * slice by slice; and for SUPPRESS_BATCH_DAYS all that they set anew can be lifted together. Who was
 * there before, or was named by anybody since (STOP, another list, one of us), stays. What undo needs
 * is kept by batch, so nothing walks through all suppressions.
 *
 * A slice that Redis did and nobody was told of (ERR_UNREACHABLE, a killed process) is done again with
 * the next call; so a batch that stopped in the middle goes on where it was.
 *
 * Callbacks are those of store/suppress.h: once, from the loop; ERR_NOT_FOUND: there is no such batch,
 * or its time is over. */
#include "store/deed.h"
#include "store/suppress.h"

struct group_set;

enum {
    SUPPRESS_BATCH_ID_BYTES = 33, /* 32 hex digits and a zero byte, as of store/list_note.h */
    SUPPRESS_BATCH_DAYS = 30,     /* from when it was set; one that waits lives for a day */
    SUPPRESS_BATCH_MAX = 500000,  /* numbers; ERR_LIMIT */
    SUPPRESS_BATCHES_KEPT = 200,  /* of a scope; the oldest goes */
    SUPPRESS_BATCHES_MAX = 50,    /* of a list */
};

#define SUPPRESS_BATCH_STATE_TABLE(X)                                                              \
    X(SUPPRESS_BATCH_ASKED, "asked")     /* nothing is done with it */                             \
    X(SUPPRESS_BATCH_SETTING, "setting") /* part of it is set */                                   \
    X(SUPPRESS_BATCH_SET, "set")                                                                   \
    X(SUPPRESS_BATCH_UNDOING, "undoing") /* part of it is lifted */                                \
    X(SUPPRESS_BATCH_UNDONE, "undone")
enum suppress_batch_state {
#define X(name, text) name,
    SUPPRESS_BATCH_STATE_TABLE(X)
#undef X
};
const char *suppress_batch_state_to_string(enum suppress_batch_state state); /* static */

struct suppress_batch { /* borrowed for the call */
    struct slice id, scope, by, reason, evidence;
    enum suppress_batch_state state;
    int64_t at_ms;              /* [wall ms] when it came, then when it was set */
    uint64_t numbers, standing; /* in it; of these, so many were there before */
    uint64_t added, lifted;     /* so far */
    uint64_t left;              /* that are still to be set */
};

/* What a batch is begun with. by: a member's name. */
struct suppress_batch_draft {
    struct slice id, scope; /* "all" or a group */
    struct slice by, evidence;
    enum suppress_reason reason;
};
/* These wait, too, in the batch of that id, which begins with its first ones; at most
 * SUPPRESS_ADD_MAX a call. `numbers` and `standing` as above. ERR_NOT_FOUND: that batch is of another
 * scope; ERR_CONFLICT: it was decided about. The same again does no harm. */
typedef void suppress_asked_cb(void *arg, int result, uint64_t numbers, uint64_t standing,
                               const struct err *e);
void suppress_batch_ask(struct store *s, const struct suppress_batch_draft *draft,
                        const uint64_t *numbers, size_t n, int64_t now_ms, suppress_asked_cb *cb,
                        void *arg);

/* The next slice. settled: what the callback of the slice before was given; 0 at first. slice 0: all
 * is done. ERR_CONFLICT: it was undone. */
typedef void suppress_slice_cb(void *arg, int result, int64_t slice, const struct err *e);
void suppress_batch_set(struct store *s, struct slice id, int64_t settled, int64_t now_ms,
                        suppress_slice_cb *cb, void *arg);
/* The same way back. Who and why are not empty. A batch that waits is
 * forgotten. */
void suppress_batch_undo(struct store *s, struct slice id, int64_t settled, struct deed deed,
                         suppress_slice_cb *cb, void *arg);

/* list: borrowed for the call; n is 0 when result is not 0. */
typedef void suppress_batches_cb(void *arg, int result, const struct suppress_batch *list, size_t n,
                                 const struct err *e);
/* That one. */
void suppress_batch_load(struct store *s, struct slice id, suppress_batches_cb *cb, void *arg);
/* Those of these groups (all: of every scope) that were decided about, the newest first, at most
 * SUPPRESS_BATCHES_MAX. */
void suppress_batch_list(struct store *s, const struct group_set *groups, suppress_batches_cb *cb,
                         void *arg);
