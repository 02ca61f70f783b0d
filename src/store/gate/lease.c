/* Leases on batches: taken, prolonged, given up. */
#include "private.h"

static const struct script lease_script = {
    .name = "lease",
    .prelude = lease_prelude,
    .parts = {LUA_LEDGER, &lua_money_text, &lua_money, &lua_direct_stamp, &lua_lease}};
static const struct script renew_script = {
    .name = "renew", .prelude = renew_prelude, .parts = {LUA_LEDGER, &lua_renew}};
static const struct script end_script = {
    .name = "batch_end",
    .prelude = end_prelude,
    .parts = {LUA_LEDGER, &lua_money_text, &lua_money, &lua_batch_end}};

static void read_lease(struct call *c, const struct redisReply *reply)
{
    struct lease_reply a = {.result = call_failed(reply, NULL), .verdict = LEASE_GONE};
    if (call_says(reply, "ok")) {
        a.verdict = LEASE_TAKEN;
        a.fence = (uint64_t)redis_int(redis_at(reply, 1), 0);
        a.redis_now_us = redis_int(redis_at(reply, 2), 0);
        a.states = redis_str(redis_at(reply, 3));
        a.stamp = (uint32_t)redis_int(redis_at(reply, 4), 0);
        a.edits = (uint32_t)redis_int(redis_at(reply, 5), 0);
    } else if (call_says(reply, "held")) {
        a.verdict = LEASE_HELD;
        a.held_for_us = redis_int(redis_at(reply, 1), 0);
    } else if (call_says(reply, "settled")) {
        a.verdict = LEASE_SETTLED;
    } else if (call_says(reply, "kept")) {
        a.verdict = LEASE_KEPT;
    }
    call_back(c, lease_cb)(c->arg, &a);
}

void ledger_lease(struct ledger *l, struct batch_id b, int64_t lease_us, lease_cb *cb, void *arg)
{
    struct call *c = ledger_call(l, &lease_script, b.campaign);
    call_key(call_next_key(c, LEASE_KEY_LEDGER), "c:%u:l", b.campaign);
    call_key(call_next_key(c, LEASE_KEY_DETAILS), "c:%u:d", b.campaign);
    call_key(call_next_key(c, LEASE_KEY_LEASES), "c:%u:b", b.campaign);
    call_key(call_next_key(c, LEASE_KEY_OUTSTANDING), "c:%u:o", b.campaign);
    call_key(call_next_key(c, LEASE_KEY_KEPT), "c:%u:k", b.campaign);
    call_key(call_next_key(c, LEASE_KEY_FENCES), "fence");
    call_now(call_next(c, LEASE_ARG_NOW));
    ledger_add_field(call_next(c, LEASE_ARG_FIELD), b);
    call_str(call_next(c, LEASE_ARG_INSTANCE), l->instance);
    call_i64(call_next(c, LEASE_ARG_BOOT), l->boot);
    call_i64(call_next(c, LEASE_ARG_SPAN), lease_us);
    call_u64(call_next(c, LEASE_ARG_FIRST), b.first);
    call_u64(call_next(c, LEASE_ARG_COUNT), b.count);
    ledger_add_block(call_next(c, LEASE_ARG_BLOCK), b);
    call_run(c, read_lease, cb, arg);
}

static void read_renew(struct call *c, const struct redisReply *reply)
{
    call_back(c, renew_cb)(c->arg, call_failed(reply, NULL), redis_str(reply));
}

void ledger_renew(struct ledger *l, const struct lease_ref *leases, size_t n, int64_t lease_us,
                  renew_cb *cb, void *arg)
{
    check(n > 0 && n <= LEDGER_RENEW_MAX);
    struct call *c = call_begin(l->store, &renew_script);
    for (size_t i = 0; i < n; i++)
        call_key(c, "c:%u:b", leases[i].batch.campaign);
    call_now(call_next(c, RENEW_ARG_NOW));
    call_i64(call_next(c, RENEW_ARG_SPAN), lease_us);
    for (size_t i = 0; i < n; i++) {
        ledger_add_field(call_next(c, RENEW_ARG_PAIRS + 2 * i), leases[i].batch);
        call_u64(c, leases[i].fence);
    }
    call_run(c, read_renew, cb, arg);
}

static void read_end(struct call *c, const struct redisReply *reply)
{
    enum batch_end_verdict v = call_says(reply, "settled") ? BATCH_DONE
                               : call_says(reply, "kept")  ? BATCH_KEPT
                                                           : BATCH_LOST;
    call_back(c, batch_end_cb)(c->arg, call_failed(reply, NULL), v);
}

void ledger_batch_rest(struct ledger *l, struct lease_ref lease, int64_t not_before_ms,
                       batch_end_cb *cb, void *arg)
{
    struct batch_id b = lease.batch;
    struct call *c = ledger_call(l, &end_script, b.campaign);
    call_key(call_next_key(c, END_KEY_LEDGER), "c:%u:l", b.campaign);
    call_key(call_next_key(c, END_KEY_LEASES), "c:%u:b", b.campaign);
    call_key(call_next_key(c, END_KEY_OUTSTANDING), "c:%u:o", b.campaign);
    call_key(call_next_key(c, END_KEY_KEPT), "c:%u:k", b.campaign);
    call_now(call_next(c, END_ARG_NOW));
    ledger_add_field(call_next(c, END_ARG_FIELD), b);
    call_u64(call_next(c, END_ARG_FENCE), lease.fence);
    call_u64(call_next(c, END_ARG_FIRST), b.first);
    call_u64(call_next(c, END_ARG_COUNT), b.count);
    ledger_add_block(call_next(c, END_ARG_BLOCK), b);
    call_i64(call_next(c, END_ARG_NOT_BEFORE), not_before_ms);
    call_run(c, read_end, cb, arg);
}
