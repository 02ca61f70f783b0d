#pragma once
/* What came of twinning: how many answers the volunteers of one group gave to the people of another (flow/twin.h).
 * Hash `twins`: "home/group" → n. */
#include "store/store.h"

enum { TWINS_MAX = 72 }; /* pairs of one reading */

struct twin_pair { /* borrowed for the call */
    struct slice home, group;
};
/* Nobody waits for it. */
void twins_note_answer(struct store *s, struct slice home, struct slice group);
/* n of them, in the order of the pairs; borrowed for the call. */
typedef void twins_cb(void *arg, int result, const uint64_t *answers, size_t n,
                      const struct err *e);
/* n: at most TWINS_MAX, and may be none. */
void twins_answers(struct store *s, const struct twin_pair *pairs, size_t n, twins_cb *cb,
                   void *arg);
