#include "store/by_group.h"

#include "store/call.h"
#include "store/lua_scripts.h"

enum { STEP = 500 }; /* campaigns a call */

static const struct script take_over = {.name = "by_group",
                                        .parts = {&lua_group_appear, &lua_by_group}};

static void step(struct store *s, uint32_t from, store_done_cb *cb, void *arg);

static void on_step(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    if (rc == 0 && redis_int(reply, 0) > 0)
        step(c->store, c->id + STEP, call_back(c, store_done_cb), c->arg);
    else
        call_back(c, store_done_cb)(c->arg, rc, rc ? &e : NULL);
}

static void step(struct store *s, uint32_t from, store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &take_over);
    c->id = from;
    call_prefix(c);
    call_u64(c, from);
    call_u64(c, STEP);
    call_run(c, on_step, cb, arg);
}

void by_group_take_over(struct store *s, store_done_cb *cb, void *arg)
{
    step(s, 0, cb, arg);
}
