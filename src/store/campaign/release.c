/* What the release role needs of a campaign: its ledger made step by step, its blocks out and kept.
 */
#include "store/release.h"

#include "private.h"

#include <stdlib.h>

enum { GROW_BLOCKS = 128 };

static const struct script due = {.name = "campaign_due", .parts = {&lua_campaign_due}};
static const struct script look_at = {.name = "look_at", .parts = {&lua_look, &lua_look_at}};
static const struct script look_all = {.name = "look_all", .parts = {&lua_look_all}};
static const struct script retire = LEDGER_SCRIPT("retire", lua_retire);
static const struct script grow = LEDGER_SCRIPT("campaign_grow", lua_campaign_grow);
static const struct script reserve = {
    .name = "reserve",
    .prelude = script_law,
    .parts = {LUA_LEDGER, &lua_money_text, &lua_money, &lua_purse, &lua_reserve}};

/* ---- active campaigns ---- */

static void on_ids(struct call *c, const struct redisReply *reply)
{
    size_t n = redis_count(reply);
    uint32_t *ids = xcalloc(n, sizeof *ids);
    for (size_t i = 0; i < n; i++)
        ids[i] = (uint32_t)redis_int(redis_at(reply, i), 0);
    call_back(c, campaign_ids_cb)(c->arg, call_failed(reply, NULL), ids, n);
    free(ids);
}

void campaign_active(struct store *s, campaign_ids_cb *cb, void *arg)
{
    struct call *c = call_command(s, "SMEMBERS");
    call_key(c, "active");
    call_run(c, on_ids, cb, arg);
}

void campaign_due(struct store *s, int64_t now_ms, campaign_ids_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &due);
    call_key(c, "due");
    call_i64(c, now_ms);
    call_u64(c, CAMPAIGN_LOOK_MS);
    call_u64(c, CAMPAIGN_DUE_MAX);
    call_run(c, on_ids, cb, arg);
}

void campaign_look_at(struct store *s, uint32_t id, int64_t at_ms)
{
    struct call *c = call_begin(s, &look_at);
    call_key(c, "c:%u", id);
    call_i64(c, at_ms);
    call_run(c, NULL, NULL, NULL);
}

void campaign_look_all(struct store *s, bool known_too, store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &look_all);
    call_key(c, "active");
    call_key(c, "due");
    call_u64(c, known_too);
    call_run(c, call_read_done, cb, arg);
}

static void on_retire(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    if (rc == 0 && redis_int(reply, 0) == 0)
        rc = err_set(&e, ERR_CONFLICT, "campaign %u is not over", c->id);
    call_back(c, store_done_cb)(c->arg, rc, rc < 0 ? &e : NULL);
}

void campaign_retire(struct store *s, uint32_t id, store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &retire);
    c->id = id;
    call_key(c, "c:%u", id);
    call_key(c, "active");
    call_key(c, "due");
    call_u64(c, id);
    call_run(c, on_retire, cb, arg);
}

/* ---- growing ---- */

static void on_grow(struct call *c, const struct redisReply *reply)
{
    int result = call_failed(reply, NULL);
    if (slice_is(redis_str(redis_at(reply, 2)), "missing")) result = ERR_NOT_FOUND;
    call_back(c, campaign_grow_cb)(c->arg, result, (uint32_t)redis_int(redis_at(reply, 0), 0),
                                   (uint32_t)redis_int(redis_at(reply, 1), 0));
}

void campaign_grow(struct store *s, uint32_t id, uint32_t audience, campaign_grow_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &grow);
    call_key(c, "c:%u", id);
    call_key(c, "c:%u:l", id);
    call_name(c, "a:%u:b:", audience);
    call_u64(c, GROW_BLOCKS);
    call_run(c, on_grow, cb, arg);
}

/* ---- blocks for the queue ---- */

static void on_reserved(struct call *c, const struct redisReply *reply)
{
    uint32_t blocks[CAMPAIGN_RESERVE_MAX];
    const struct redisReply *list = redis_at(reply, 0);
    size_t n = redis_count(list);
    check(n <= CAMPAIGN_RESERVE_MAX);
    for (size_t i = 0; i < n; i++)
        blocks[i] = (uint32_t)redis_int(redis_at(list, i), 0);
    const struct campaign_shortage shortage = {
        .which = redis_str(redis_at(reply, 1)),
        .spent = redis_int(redis_at(reply, 2), 0),
        .budget = redis_int(redis_at(reply, 3), 0),
        .needed = redis_int(redis_at(reply, 4), 0),
        .currency = redis_str(redis_at(reply, 5)),
        .rest = redis_int(redis_at(reply, 6), 0),
        .priced_in = redis_str(redis_at(reply, 7)),
    };
    call_back(c, campaign_reserve_cb)(c->arg, call_failed(reply, NULL), blocks, n,
                                      shortage.which.n ? &shortage : NULL);
}

void campaign_reserve(struct store *s, uint32_t id, size_t target, int64_t lost_ms,
                      const struct campaign_purse *purse, campaign_reserve_cb *cb, void *arg)
{
    /* 16 lost ones (reserve.lua) and `target` new ones at the most. */
    check(target + CAMPAIGN_LOST_MAX <= CAMPAIGN_RESERVE_MAX);
    struct call *c = call_begin(s, &reserve);
    call_key(c, "c:%u", id);
    call_key(c, "c:%u:o", id);
    call_key(c, "c:%u:k", id);
    call_key(c, "c:%u:b", id);
    call_now(c);
    call_u64(c, target);
    call_i64(c, lost_ms);
    call_text(c, purse->month);
    call_text(c, purse->organisation);
    call_run(c, on_reserved, cb, arg);
}

void campaign_block_waits(struct store *s, uint32_t id, uint32_t block)
{
    struct call *c = call_command(s, "SADD");
    call_key(c, "c:%u:w", id);
    call_u64(c, block);
    call_run(c, NULL, NULL, NULL);
    campaign_look_at(s, id, 0);
}
