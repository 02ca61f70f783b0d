#include "store/campaign_edit.h"

#include "core/index.h"
#include "private.h"
#include "store/mark/mark.h"
#include "store/told_keeper.h"

#include <stdlib.h>

/* The states, and the law of who may be changed. */
static void edit_prelude(struct buf *b)
{
    script_states(b);
    campaign_status_lua_edits(b);
}

static void find_edit(struct told *t, const struct redisReply *reply);

static const struct script edit_script = {.name = "campaign_edit",
                                          .prelude = edit_prelude,
                                          .parts = {LUA_LEDGER, &lua_money_text, &lua_money,
                                                    &lua_reprice, &lua_mark, &lua_audit,
                                                    &lua_campaign_edit},
                                          .told = find_edit};
static const struct script texts = {.name = "campaign_texts", .parts = {&lua_campaign_texts}};
static const struct script versions = {
    .name = "campaign_versions", .prelude = script_states, .parts = {&lua_campaign_versions}};

/* ---- changing ---- */

/* A store that forgets the change must not go on with what was said before: its journal knows that the
 * campaign stood, with a stamp that such a store has not reached (restore_moves.lua). */
static void find_edit(struct told *t, const struct redisReply *reply)
{
    if (!call_says(reply, "ok")) return;
    t->mark = (uint64_t)redis_int(redis_at(reply, 1), 0);
    const struct told_word word = {
        .kind = TOLD_MOVE,
        .move = {.move = MOVE_PAUSE,
                 .campaign = (uint32_t)redis_int(redis_at(reply, 2), 0),
                 .stamp = (uint32_t)redis_int(redis_at(reply, 3), 0)},
    };
    told_add(t, &word);
}

static int refusal(uint32_t id, const struct redisReply *reply, struct err *e)
{
    struct slice status = redis_str(redis_at(reply, 1));
    long long n = redis_int(redis_at(reply, 1), 0);
    if (slice_is(status, "gone")) return campaign_not_found(id, e);
    if (call_says(reply, "flying"))
        return err_set(e, ERR_CONFLICT,
                       "%lld message%s of campaign %u %s being sent at this moment: nothing is "
                       "changed; try again in some seconds",
                       n, n == 1 ? "" : "s", id, n == 1 ? "is" : "are");
    if (call_says(reply, "stale"))
        return err_set(e, ERR_CONFLICT,
                       "somebody else changed campaign %u meanwhile: look at it, then try again",
                       id);
    if (call_says(reply, "unknown"))
        return err_set(
            e, ERR_CONFLICT,
            "it is unknown whether %lld %s got it, and only the provider that it has now can tell: "
            "decide about that first (`muster campaign resolve %u`), or keep the gateway",
            n, n == 1 ? "person" : "people", id);
    if (call_says(reply, "many"))
        return err_set(e, ERR_CONFLICT,
                       "campaign %u had %d texts, and no more are kept: launch another one", id,
                       CAMPAIGN_TEXTS_MAX);
    if (slice_is(status, campaign_status_to_string(CAMPAIGN_RUNNING)))
        return err_set(e, ERR_CONFLICT,
                       "campaign %u is running: pause it first (`muster campaign pause %u`)", id,
                       id);
    return err_set(e, ERR_CONFLICT, "campaign %u is %.*s and cannot be changed any more", id,
                   SLICE_ARG(status));
}

static void on_edit(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    bool flying = call_says(reply, "flying");
    if (rc == 0 && !call_says(reply, "ok")) rc = refusal(c->id, reply, &e);
    if (rc == 0) mark_saw(c->store, redis_at(reply, 1));
    call_back(c, campaign_edit_cb)(
        c->arg, rc, flying ? (uint64_t)redis_int(redis_at(reply, 1), 0) : 0, rc < 0 ? &e : NULL);
}

void campaign_edit(struct store *s, uint32_t id, const struct campaign_edit *edit, int64_t now_ms,
                   campaign_edit_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &edit_script);
    call_lasts(c);
    c->id = id;
    call_key(c, "c:%u", id);
    call_key(c, "c:%u:text", id);
    call_key(c, "c:%u:v", id);
    call_key(c, "c:%u:l", id);
    call_key(c, "c:%u:b", id);
    call_key(c, "c:%u:o", id);
    call_key(c, "c:%u:k", id);
    call_key(c, "c:%u:h", id);
    mark_key(c);
    call_i64(c, now_ms);
    call_u64(c, edit->edits);
    call_text(c, edit->who);
    call_text(c, edit->why);
    call_u64(c, id);
    call_text(c, edit->message);
    call_u64(c, CAMPAIGN_TEXTS_MAX);
    struct buf prices = campaign_prices_text(edit->to->prices);
    call_text(c, buf_slice(&prices));
    campaign_write_edit(c, edit->to);
    call_run(c, on_edit, cb, arg);
    buf_done(&prices);
}

/* ---- what it said ---- */

enum { TEXT_FIELDS = 5 };

static void on_texts(struct call *c, const struct redisReply *reply)
{
    struct campaign_text list[CAMPAIGN_TEXTS_MAX];
    struct err e;
    int rc = call_failed(reply, &e);
    size_t n = rc == 0 ? redis_count(reply) / TEXT_FIELDS : 0;
    if (n > CAMPAIGN_TEXTS_MAX) n = CAMPAIGN_TEXTS_MAX;
    for (size_t i = 0; i < n; i++) {
        uint64_t until = 0, people = 0;
        (void)slice_to_u64(redis_str(redis_at(reply, TEXT_FIELDS * i + 3)), INT64_MAX, &until);
        (void)slice_to_u64(redis_str(redis_at(reply, TEXT_FIELDS * i + 4)), INT64_MAX, &people);
        list[i] = (struct campaign_text){
            .version = (uint32_t)i + 1,
            .message = redis_str(redis_at(reply, TEXT_FIELDS * i)),
            .gateway = redis_str(redis_at(reply, TEXT_FIELDS * i + 1)),
            .by = redis_str(redis_at(reply, TEXT_FIELDS * i + 2)),
            .until_ms = (int64_t)until,
            .people = people,
        };
    }
    call_back(c, campaign_texts_cb)(c->arg, rc, list, n, rc < 0 ? &e : NULL);
}

void campaign_texts(struct store *s, uint32_t id, campaign_texts_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &texts);
    call_key(c, "c:%u:v", id);
    call_key(c, "c:%u", id);
    call_run(c, on_texts, cb, arg);
}

static void on_versions(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    struct slice bytes = redis_str(reply);
    if (rc == 0 && bytes.n != BLOCK_ROWS)
        rc = err_set(&e, ERR_UNREACHABLE, "Redis replied something else than versions");
    call_back(c, campaign_versions_cb)(c->arg, rc, rc == 0 ? (const uint8_t *)bytes.p : NULL,
                                       rc < 0 ? &e : NULL);
}

void campaign_versions(struct store *s, uint32_t id, uint32_t block, campaign_versions_cb *cb,
                       void *arg)
{
    struct call *c = call_begin(s, &versions);
    call_key(c, "c:%u:v", id);
    call_key(c, "c:%u", id);
    call_key(c, "c:%u:a", id);
    call_u64(c, block);
    call_run(c, on_versions, cb, arg);
}
