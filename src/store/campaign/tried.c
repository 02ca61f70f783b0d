#include "store/tried.h"

#include "private.h"

#include "core/campaign_status.h"

static const struct script note = {.name = "tried_note", .parts = {&lua_tried_note}};
static const struct script look = {.name = "tried_look",
                                   .prelude = campaign_status_lua_names,
                                   .parts = {&lua_launched_alone, &lua_texted, &lua_tried_look}};
static const struct script launched = {.name = "tried_launched",
                                       .parts = {&lua_texted, &lua_tried_launched}};

void tried_digest(struct slice message, struct slice gateway, char out[DIGEST_BYTES])
{
    enum { BYTES_MAX = 320 * 1024 };
    struct buf b = BUF_INIT(BYTES_MAX);
    buf_add_slice(&b, gateway);
    buf_add_char(&b, '\n');
    buf_add_slice(&b, message);
    digest_make(SLICE_LIT("tried"), buf_slice(&b), out);
    buf_done(&b);
}

void tried_note(struct store *s, const char *digest, int64_t now_ms)
{
    struct call *c = call_begin(s, &note);
    call_key(c, "tried");
    call_str(c, digest);
    call_i64(c, now_ms);
    call_u64(c, TRIED_KEPT);
    call_run(c, NULL, NULL, NULL);
}

void tried_launched(struct store *s, const char *digest, uint32_t campaign, int64_t now_ms)
{
    struct call *c = call_begin(s, &launched);
    call_key(c, "tried");
    call_key(c, "tried:launched");
    call_key(c, "c:%u", campaign);
    call_str(c, digest);
    call_i64(c, now_ms);
    call_u64(c, TRIED_KEPT);
    call_u64(c, campaign);
    call_name(c, "c:");
    call_run(c, NULL, NULL, NULL);
}

static void on_look(struct call *c, const struct redisReply *reply)
{
    int r = call_failed(reply, NULL);
    struct tried t = {0};
    if (r == 0)
        t = (struct tried){.tested = redis_int(redis_at(reply, 0), 0) != 0,
                           .first_campaign = redis_int(redis_at(reply, 1), 0) != 0,
                           .opt_outs = redis_int(redis_at(reply, 2), 0) != 0,
                           .alone = (uint64_t)redis_int(redis_at(reply, 3), 0)};
    call_back(c, tried_cb)(c->arg, r, &t);
}

void tried_look(struct store *s, const struct tried_ask *ask, tried_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &look);
    call_key(c, "tried");
    call_key(c, "id:campaign");
    call_key(c, "s:all");
    call_key(c, "s:%.*s", SLICE_ARG(ask->group));
    call_key(c, "launched:%.*s", SLICE_ARG(ask->author));
    call_key(c, "tried:launched");
    call_str(c, ask->digest);
    call_i64(c, ask->now_ms);
    call_name(c, "c:");
    call_run(c, on_look, cb, arg);
}
