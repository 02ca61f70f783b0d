#pragma once
/* What scripts tell of opt-outs (optouts.lua), for call.c and for whoever has such a script. */
#include "store/call.h"
#include "store/suppress.h"

struct told {
    uint64_t mark;              /* that the script has moved on to; 0 = none */
    struct suppress_told *list; /* owned; borrows from the reply */
    size_t n;
};

/* What take_told of optouts.lua has given; none is fine. */
void suppress_add_told(struct told *t, struct slice text);
/* Of a reply that ends with the mark and that. A script's `told`. */
void suppress_told_last(struct told *t, const struct redisReply *reply);

struct told_keeper {
    suppress_keep *keep;
    void *arg;
};
/* Of the store that is called (call.c). */
struct told_keeper *store_told(struct store *s);
/* Whether the call is answered only when somebody has kept what its script told: then by
 * call_answer. */
bool suppress_keeps(struct call *c, const struct redisReply *reply);
