#include "store/keep.h"

#include "private.h"

#include "store/cascade/cascade.h"

static const struct script page = {.name = "keep_page", .parts = {&lua_keep_page}};
static const struct script trim = {
    .name = "keep_trim",
    .prelude = cascade_names,
    .parts = {&lua_follow_changed, &lua_cascade_links, &lua_cascade_trim, &lua_keep_trim}};

static void on_page(struct call *c, const struct redisReply *reply)
{
    struct keep_campaign list[KEEP_PAGE];
    size_t n = 0;
    for (size_t i = 0; i + 3 < redis_count(reply) && n < KEEP_PAGE; i += 4)
        list[n++] = (struct keep_campaign){
            .id = (uint32_t)redis_int(redis_at(reply, i), 0),
            .audience = (uint32_t)redis_int(redis_at(reply, i + 1), 0),
            .over_ms = redis_int(redis_at(reply, i + 2), 0),
            .trimmed = redis_int(redis_at(reply, i + 3), 0) != 0,
        };
    call_back(c, keep_page_cb)(c->arg, call_failed(reply, NULL), list, n);
}

void keep_page(struct store *s, uint32_t from, keep_page_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &page);
    call_key(c, "campaigns");
    call_key(c, "active");
    call_name(c, "c:");
    call_u64(c, from);
    call_u64(c, KEEP_PAGE);
    call_name(c, "a:");
    call_run(c, on_page, cb, arg);
}

static void on_trimmed(struct call *c, const struct redisReply *reply)
{
    int failed = call_failed(reply, NULL);
    call_back(c, keep_trim_cb)(c->arg, failed ? failed : (int)redis_int(reply, 0));
}

void keep_trim(struct store *s, uint32_t id, int64_t now_ms, keep_trim_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &trim);
    call_key(c, "c:%u", id);
    call_key(c, "active");
    call_key(c, "kept");
    call_u64(c, id);
    call_i64(c, now_ms);
    call_run(c, on_trimmed, cb, arg);
}

void keep_audience_went(struct store *s)
{
    struct call *c = call_command(s, "HINCRBY");
    call_key(c, "kept");
    call_str(c, "audiences");
    call_u64(c, 1);
    call_run(c, NULL, NULL, NULL);
}

static void on_kept(struct call *c, const struct redisReply *reply)
{
    const struct kept kept = {
        .strangers = redis_int(redis_at(reply, 0), 0),
        .conversations = redis_int(redis_at(reply, 1), 0),
        .campaigns = redis_int(redis_at(reply, 2), 0),
        .audiences = redis_int(redis_at(reply, 3), 0),
    };
    call_back(c, kept_cb)(c->arg, call_failed(reply, NULL), &kept);
}

void kept_load(struct store *s, kept_cb *cb, void *arg)
{
    struct call *c = call_command(s, "HMGET");
    call_key(c, "kept");
    call_str(c, "strangers");
    call_str(c, "conversations");
    call_str(c, "campaigns");
    call_str(c, "audiences");
    call_run(c, on_kept, cb, arg);
}
