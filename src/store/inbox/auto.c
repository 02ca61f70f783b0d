#include "store/inbox_auto.h"

#include "private.h"

static const struct script auto_script = {
    .name = "conv_auto",
    .parts = {&lua_direct_common, &lua_events, &lua_conv_common, &lua_conv_auto}};

static void on_said(struct call *c, const struct redisReply *reply)
{
    struct inbox_auto_said said = {0};
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && call_says(reply, "ok")) {
        said.may = true;
        said.group = redis_str(redis_at(reply, 1));
        int64_t index = redis_int(redis_at(reply, 2), -1);
        said.is_recorded = index >= 0;
        said.index = said.is_recorded ? (uint32_t)index : 0;
    }
    call_back(c, inbox_auto_cb)(c->arg, r, &said, r < 0 ? &e : NULL);
}

void inbox_answer_by_itself(struct inbox *b, const struct inbox_auto *a, int64_t now_ms,
                            inbox_auto_cb *cb, void *arg)
{
    struct call *c = call_begin(b->store, &auto_script);
    if (a->text.n) call_lasts(c);
    call_prefix(c);
    call_i64(c, now_ms);
    call_u64(c, a->conversation);
    call_text(c, a->event);
    call_i64(c, a->at_ms);
    call_text(c, a->text);
    call_u64(c, INBOX_AUTO_A_DAY);
    call_u64(c, INBOX_MESSAGES_MAX);
    call_u64(c, a->session);
    call_run(c, on_said, cb, arg);
}
