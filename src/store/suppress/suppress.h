#pragma once
/* What scripts tell of opt-outs (optouts.lua), for whoever has such a script. */
#include "store/suppress.h"
#include "store/told_keeper.h"

/* What take_told of optouts.lua has given; none is fine. */
void suppress_add_told(struct told *t, struct slice text);
/* Of a reply that ends with the mark and that. A script's `told`. */
void suppress_told_last(struct told *t, const struct redisReply *reply);
