/* What is done to a ledger beside the way of a message: pending people swept away, people noted for
 * being sent to again. */
#include "private.h"

#include "core/index.h"

static const struct script again_script = {
    .name = "again", .prelude = again_prelude, .parts = {LUA_LEDGER, &lua_again}};
static const struct script sweep_script = {
    .name = "sweep",
    .prelude = sweep_prelude,
    .parts = {LUA_LEDGER, &lua_money_text, &lua_money, &lua_sweep}};

void ledger_again(struct ledger *l, uint32_t campaign, const uint32_t *indexes, size_t n)
{
    check(n <= LEDGER_AGAIN_MAX);
    struct call *c = ledger_call(l, &again_script, campaign);
    call_now(call_next(c, AGAIN_ARG_NOW));
    for (size_t i = 0; i < n; i++)
        call_u64(call_next(c, AGAIN_ARG_INDEXES + i), indexes[i]);
    call_run(c, NULL, NULL, NULL);
}

static void read_count(struct call *c, const struct redisReply *reply)
{
    call_back(c, count_cb)(c->arg, call_failed(reply, NULL), redis_int(reply, 0));
}

void ledger_sweep(struct ledger *l, uint32_t campaign, uint32_t block, uint32_t blocks,
                  enum state to, count_cb *cb, void *arg)
{
    check(blocks > 0 && blocks <= LEDGER_SWEEP_BLOCKS);
    struct call *c = ledger_call(l, &sweep_script, campaign);
    call_key(call_next_key(c, SWEEP_KEY_LEDGER), "c:%u:l", campaign);
    call_now(call_next(c, SWEEP_ARG_NOW));
    call_u64(call_next(c, SWEEP_ARG_STATE), to);
    call_u64(call_next(c, SWEEP_ARG_FIRST), (uint64_t)block * BLOCK_ROWS);
    call_u64(call_next(c, SWEEP_ARG_COUNT), (uint64_t)blocks * BLOCK_ROWS);
    call_run(c, read_count, cb, arg);
}
