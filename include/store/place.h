#pragma once
/* Places and sessions (core/place.h) as things of the store. Every process has a copy of all of them
 * (flow/place_book.h), in which a change stands within a quarter of a second; here they are written.
 *
 * Keys: the hashes `places` and `sessions` (id → JSON), `rooms` (session → "pledged waiting
 * offered", moved by scripts through store/place/place_rooms.lua); the stream `places:changes`.
 * Each change is told as an event `place` (its id is the place's) and is in the audit trail. */
#include "core/group.h"
#include "core/place.h"
#include "store/store.h"

enum { PLACE_PAGE_MAX = 200 };

/* One place or session: what is said of it (place_said, session_said). id 0: it is made; of an
 * import: the one that has its code in its group is corrected, or it is made. `said` is borrowed for
 * the call. */
struct place_item {
    bool is_session;
    uint32_t id;
    const json_t *said;
};

struct place_writing {
    const struct place_item *items;
    size_t n;                       /* 1…PLACE_PAGE_MAX */
    bool is_import;                 /* told once for all of them */
    const struct group_set *groups; /* whose places `by` sees to */
    struct slice by;                /* core/actor.h */
    int64_t now_ms;
};

enum place_did { PLACE_MADE, PLACE_CHANGED, PLACE_SAME, PLACE_REFUSED };
struct place_outcome {
    enum place_did did;
    uint32_t id; /* 0: refused */
    /* REFUSED: ERR_NOT_FOUND (it, or its place; also where it is another group's), ERR_EXISTS
     * (another one has the code), ERR_LIMIT, ERR_INVALID; and why, in words. */
    struct err e;
};

/* One for each item, in their order; borrowed for the call. */
typedef void place_write_cb(void *arg, int result, const struct place_outcome *list, size_t n,
                            const struct err *e);
/* The items are done one after the other, each for itself. */
void place_write(struct store *s, const struct place_writing *w, place_write_cb *cb, void *arg);

/* ERR_NOT_FOUND as above. ERR_CONFLICT: the place has sessions to come, or people are coming to the
 * session: those are cancelled first. A place takes what is over with it. */
struct place_removing {
    bool is_session;
    uint32_t id;
    const struct group_set *groups;
    struct slice by;
    int64_t now_ms;
};
void place_remove(struct store *s, const struct place_removing *what, store_done_cb *cb, void *arg);

/* Sessions that ended before that moment [wall ms] go, PLACE_PAGE_MAX of them at most; n: how many
 * did. */
typedef void place_sweep_cb(void *arg, int result, size_t n);
void place_sweep(struct store *s, int64_t before_ms, place_sweep_cb *cb, void *arg);
