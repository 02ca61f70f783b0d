/* What the leader asks and says: which schedules are to be looked at, and what came of it. */
#include "private.h"

#include <stdlib.h>

static const struct script due = {
    .name = "schedule_due",
    .parts = {&lua_names, &lua_audit, &lua_events, &lua_schedule_common, &lua_schedule_due}};
static const struct script settle = {
    .name = "schedule_settle",
    .prelude = schedule_lua_names,
    .parts = {&lua_names, &lua_audit, &lua_events, &lua_schedule_common, &lua_schedule_settle}};
static const struct script counts_of = {.name = "schedule_counts", .parts = {&lua_schedule_counts}};

static void on_due(struct call *c, const struct redisReply *reply)
{
    struct schedule_due found[SCHEDULE_DUE_MAX];
    int rc = call_failed(reply, NULL);
    const struct redisReply *list = redis_at(reply, 1);
    size_t n = rc ? 0 : redis_count(list);
    check(n <= SCHEDULE_DUE_MAX);
    for (size_t i = 0; i < n; i++) {
        const struct redisReply *one = redis_at(list, i);
        schedule_read(redis_at(one, 1), (uint32_t)redis_int(redis_at(one, 0), 0),
                      &found[i].schedule);
        found[i].maker = redis_str(redis_at(one, 2));
    }
    call_back(c, schedule_due_cb)(c->arg, rc, rc ? 0 : redis_int(redis_at(reply, 0), 0), found, n);
}

void schedule_due(struct store *s, int64_t now_ms, schedule_due_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &due);
    call_prefix(c);
    call_i64(c, now_ms);
    call_u64(c, SCHEDULE_AGAIN_MS);
    call_u64(c, SCHEDULE_LOOK_MS);
    call_u64(c, SCHEDULE_DUE_MAX);
    call_i64(c, now_ms - SCHEDULE_OVER_MS);
    call_run(c, on_due, cb, arg);
}

void schedule_settle(struct store *s, const struct schedule_settling *what, int64_t now_ms,
                     store_done_cb *cb, void *arg)
{
    check(what->n <= SCHEDULE_SETTLE_MAX);
    struct call *c = call_begin(s, &settle);
    call_lasts(c);
    call_prefix(c);
    call_i64(c, now_ms);
    call_u64(c, what->id);
    call_u64(c, what->version);
    call_i64(c, what->handled_ms);
    call_i64(c, what->next_ms);
    call_text(c, what->zone);
    call_u64(c, SCHEDULE_LOOK_MS);
    call_u64(c, SCHEDULE_LOG_MAX);
    for (size_t i = 0; i < what->n; i++) {
        const struct schedule_entry *one = &what->entries[i];
        call_i64(c, one->at_ms);
        call_text(c, one->local);
        call_str(c, schedule_outcome_to_string(one->outcome));
        call_u64(c, one->campaign);
        call_text(c, one->why);
    }
    call_run(c, call_read_done, cb, arg);
}

static void on_counts(struct call *c, const struct redisReply *reply)
{
    struct schedule_counts counts = {0};
    int rc = call_failed(reply, NULL);
    for (int i = 0; rc == 0 && i < SCHEDULE_OUTCOME_COUNT; i++)
        counts.outcomes[i] = (uint64_t)redis_int(redis_at(reply, (size_t)i), 0);
    counts.active = (uint64_t)redis_int(redis_at(reply, SCHEDULE_OUTCOME_COUNT), 0);
    counts.all = (uint64_t)redis_int(redis_at(reply, SCHEDULE_OUTCOME_COUNT + 1), 0);
    call_back(c, schedule_counts_cb)(c->arg, rc, &counts);
}

void schedule_counts(struct store *s, schedule_counts_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &counts_of);
    call_prefix(c);
    for (int i = 0; i < SCHEDULE_OUTCOME_COUNT; i++)
        call_str(c, schedule_outcome_to_string((enum schedule_outcome)i));
    call_run(c, on_counts, cb, arg);
}
