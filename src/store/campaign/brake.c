/* What is asked and noted of running campaigns by whoever watches them. */
#include "store/brake.h"

#include "private.h"

static const struct script look = {.name = "brake_look", .parts = {&lua_brake_look}};
static const struct script pass = {.name = "canary_pass",
                                   .parts = {&lua_events, &lua_look, &lua_audit, &lua_canary_pass}};

static void on_asked(struct call *c, const struct redisReply *reply)
{
    int rc = call_failed(reply, NULL);
    call_back(c, brake_ask_cb)(c->arg, rc, redis_int(redis_at(reply, 0), 0),
                               redis_int(redis_at(reply, 1), 0));
}

void brake_ask(struct store *s, struct slice group, struct slice gateway, int64_t seen_ms,
               brake_ask_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &look);
    call_key(c, "unanswered:%.*s", SLICE_ARG(group));
    call_key(c, "receipts_seen");
    call_text(c, gateway);
    if (seen_ms)
        call_i64(c, seen_ms);
    else
        call_str(c, "");
    call_run(c, on_asked, cb, arg);
}

void brake_note(struct store *s, uint32_t id, struct slice warning)
{
    struct call *c = call_command(s, "HSET");
    call_key(c, "c:%u", id);
    call_pair(c, "brake_warning", warning);
    call_run(c, NULL, NULL, NULL);
}

void canary_note_full(struct store *s, uint32_t id, int64_t at_ms)
{
    struct call *c = call_command(s, "HSET");
    call_key(c, "c:%u", id);
    call_pair_u64(c, "canary_full_ms", (uint64_t)at_ms);
    call_run(c, NULL, NULL, NULL);
}

void canary_pass(struct store *s, uint32_t id, struct deed deed)
{
    struct call *c = call_begin(s, &pass);
    call_key(c, "c:%u", id);
    call_key(c, "audit");
    call_i64(c, deed.at_ms);
    call_u64(c, id);
    call_text(c, deed.who);
    call_run(c, NULL, NULL, NULL);
}
