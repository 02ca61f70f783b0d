#pragma once
/* What scripts tell (store/told.h), for call.c and for whoever has such a script. */
#include "store/call.h"
#include "store/told.h"

struct told {
    uint64_t mark;          /* that the script has moved on to; 0 = none */
    struct told_word *list; /* owned; borrows from the reply */
    size_t n;
};
void told_add(struct told *t,
              const struct told_word *word); /* copies the struct, borrows its texts */
/* Of a reply that ends with what take_taken of taken.lua gives: a script's `told`. */
void told_taken_last(struct told *t, const struct redisReply *reply);

struct told_keeper {
    told_keep *keep;
    void *arg;
};
/* Of the store that is called (call.c). */
struct told_keeper *store_told(struct store *s);
/* Whether the call is answered only when somebody has kept what its script told: then by
 * call_answer. */
bool told_is_kept(struct call *c, const struct redisReply *reply);
