#include "store/unknown.h"

#include "core/index.h"

#include "private.h"

#include <stdlib.h>

static const struct script due = LEDGER_SCRIPT("unknown_due", lua_unknown_due);
static const struct script resolve = {
    .name = "resolve",
    .prelude = script_law,
    .parts = {LUA_LEDGER, &lua_money_text, &lua_money, &lua_audit, &lua_resolve}};

/* ---- who ---- */

static void on_due(struct call *c, const struct redisReply *reply)
{
    struct unknown_person people[UNKNOWN_DUE_MAX];
    size_t n = redis_count(reply) / 2;
    check(n <= UNKNOWN_DUE_MAX);
    for (size_t i = 0; i < n; i++)
        people[i] = (struct unknown_person){(uint32_t)redis_int(redis_at(reply, 2 * i), 0),
                                            redis_int(redis_at(reply, 2 * i + 1), 0)};
    call_back(c, unknown_due_cb)(c->arg, call_failed(reply, NULL), people, n);
}

void unknown_due(struct store *s, uint32_t campaign, const struct unknown_range *range,
                 unknown_due_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &due);
    call_key(c, "c:%u", campaign);
    call_now(c);
    call_i64(c, range->at_least_ms);
    call_i64(c, range->at_most_ms);
    call_u64(c, range->skip);
    call_u64(c, UNKNOWN_DUE_MAX);
    call_run(c, on_due, cb, arg);
}

static void on_since(struct call *c, const struct redisReply *reply)
{
    int64_t since_ms[BLOCK_ROWS];
    for (size_t i = 0; i < BLOCK_ROWS; i++)
        since_ms[i] = redis_int(redis_at(reply, i), 0);
    call_back(c, unknown_since_cb)(c->arg, call_failed(reply, NULL), since_ms, BLOCK_ROWS);
}

void unknown_since(struct store *s, uint32_t campaign, uint32_t block, unknown_since_cb *cb,
                   void *arg)
{
    struct call *c = call_command(s, "ZMSCORE");
    call_key(c, "c:%u:u", campaign);
    for (uint32_t i = 0; i < BLOCK_ROWS; i++)
        call_u64(c, index_make(block, i));
    call_run(c, on_since, cb, arg);
}

/* ---- a person's decision ---- */

struct resolve_call {
    struct store *s;
    uint32_t campaign;
    enum unknown_decision decision;
    char *who, *why;  /* owned */
    int64_t until_ms; /* 0 before the first step */
    uint64_t moved;
    unknown_resolve_cb *cb;
    void *arg;
};

static void resolve_step(struct resolve_call *call);

static void resolve_ended(struct resolve_call *call, int rc, const struct err *e)
{
    call->cb(call->arg, rc, call->moved, rc < 0 ? e : NULL);
    free(call->who);
    free(call->why);
    free(call);
}

static int refusal(const struct resolve_call *call, struct slice status, struct err *e)
{
    if (slice_is(status, "gone")) return campaign_not_found(call->campaign, e);
    if (slice_is(status, "late"))
        return err_set(e, ERR_CONFLICT,
                       "the deadline of campaign %u has passed: its unknown can only be left",
                       call->campaign);
    return err_set(e, ERR_CONFLICT, "campaign %u is %.*s: its unknown can only be left",
                   call->campaign, SLICE_ARG(status));
}

static void on_resolve(struct call *c, const struct redisReply *reply)
{
    struct resolve_call *call = c->arg;
    struct err e;
    int rc = call_failed(reply, &e);
    if (rc == 0 && !call_says(reply, "ok")) rc = refusal(call, redis_str(redis_at(reply, 1)), &e);
    int64_t moved = redis_int(redis_at(reply, 1), 0), left = redis_int(redis_at(reply, 3), 0);
    if (rc == 0) call->moved += (uint64_t)moved;
    call->until_ms = redis_int(redis_at(reply, 2), 0);
    if (rc == 0 && moved && left)
        resolve_step(call);
    else
        resolve_ended(call, rc, &e);
}

static void resolve_step(struct resolve_call *call)
{
    struct call *c = call_begin(call->s, &resolve);
    call_lasts(c);
    uint32_t id = call->campaign;
    call_key(c, "c:%u", id);
    call_key(c, "c:%u:l", id);
    call_key(c, "c:%u:d", id);
    call_key(c, "c:%u:k", id);
    call_key(c, "active");
    call_key(c, "audit");
    call_now(c);
    call_u64(c, call->decision == UNKNOWN_RESEND ? STATE_PENDING : STATE_REFUSED);
    call_u64(c, id);
    if (call->until_ms)
        call_i64(c, call->until_ms);
    else
        call_str(c, "");
    call_str(c, call->who);
    call_str(c, call->why);
    call_run(c, on_resolve, NULL, call);
}

void unknown_resolve(struct store *s, uint32_t campaign, enum unknown_decision decision,
                     struct slice who, struct slice why, unknown_resolve_cb *cb, void *arg)
{
    struct resolve_call *call = xcalloc(1, sizeof *call);
    call->s = s;
    call->campaign = campaign;
    call->decision = decision;
    call->who = slice_strdup(who);
    call->why = slice_strdup(why);
    call->cb = cb;
    call->arg = arg;
    resolve_step(call);
}
