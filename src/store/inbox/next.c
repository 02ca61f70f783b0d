/* The next person who waits. */
#include "private.h"

static const struct script next_script = {.name = "conv_next",
                                          .parts = {&lua_direct_common, &lua_conv_common,
                                                    &lua_merged, &lua_events, &lua_conv_queue,
                                                    &lua_conv_row, &lua_conv_next}};

static void answer(struct call *c, int result, const struct inbox_next *next, const struct err *e)
{
    call_back(c, inbox_next_cb)(c->arg, result, next, e);
}

static void on_next(struct call *c, const struct redisReply *reply)
{
    const struct inbox_reading *at = call_kept(c);
    struct inbox_conversation taken;
    struct inbox_next next = {.taken = NULL};
    struct err e;
    int r = call_failed(reply, &e);
    long long held = redis_int(redis_at(reply, 1), 0);
    if (r == 0 && call_says(reply, "full"))
        r = err_set(&e, ERR_CONFLICT,
                    "you hold %lld %s for an answer: answer one of them, close it or give it back "
                    "first",
                    held, held == 1 ? "person who waits" : "people who wait");
    if (r < 0) {
        answer(c, r, NULL, &e);
        return;
    }
    if (call_says(reply, "ok")) {
        inbox_read_row(redis_at(reply, 1), at, &taken);
        next.taken = &taken;
    } else {
        next.free_ms = redis_int(redis_at(reply, 1), 0);
        next.held = (uint32_t)redis_int(redis_at(reply, 2), 0);
    }
    answer(c, 0, &next, NULL);
}

void inbox_next(struct inbox *b, const struct inbox_wish *wish, const struct inbox_actor *who,
                inbox_next_cb *cb, void *arg)
{
    struct call *c = call_begin(b->store, &next_script);
    call_keep(c, (struct inbox_reading){who->now_ms, b->target_ms, b->groups});
    call_prefix(c);
    call_i64(c, who->now_ms);
    call_groups(c, &who->groups, wish->group);
    call_text(c, who->name);
    call_i64(c, wish->lease_ms);
    call_i64(c, INBOX_HOLDS_MAX);
    call_text(c, wish->tag);
    call_text(c, wish->language);
    if (wish->campaign)
        call_u64(c, wish->campaign);
    else
        call_str(c, "");
    call_run(c, on_next, cb, arg);
}
