#pragma once
/* The newest messages that were taken, for GET /sim/messages and for providers' own list requests.
 * A ring of a fixed number; the oldest is forgotten first. */
#include "base/slice.h"

struct tape;

struct taped {
    uint64_t number;                               /* the recipient's digits */
    int64_t at_ms;                                 /* [ms since 1970] */
    const char *face;                              /* static */
    struct slice id, account, to, from, text, ref; /* as they were given */
};

struct tape *tape_new(size_t messages_max); /* 0 = keeps nothing */
void tape_free(struct tape *t);             /* NULL is fine */
void tape_clear(struct tape *t);
void tape_add(struct tape *t, const struct taped *m); /* copies; one allocation */
/* The newest message before *pos that went to `number` (0 = anyone); *pos starts at 0. Borrowed
 * until the next tape_add. NULL at the end. O(kept). */
const struct taped *tape_next(const struct tape *t, size_t *pos, uint64_t number);
