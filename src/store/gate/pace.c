/* What the limiters are told beside the gate's questions. */
#include "private.h"

static const struct script slow_script = {
    .name = "slow", .prelude = slow_prelude, .parts = {LUA_LEDGER, &lua_slow}};
static const struct script clock_set_script = {
    .name = "clock_set", .prelude = clock_set_prelude, .parts = {LUA_LEDGER, &lua_clock_set}};

/* The limiter of a gateway, or of one of its senders. */
static void add_limiter(struct call *c, const char *gateway, const char *sender)
{
    call_key(c, "rate:%s%s%s", gateway, sender ? ":" : "", sender ? sender : "");
}

void ledger_slow(struct ledger *l, const char *gateway, const char *sender, int64_t hold_us)
{
    struct call *c = call_begin(l->store, &slow_script);
    add_limiter(c, gateway, sender);
    call_now(call_next(c, SLOW_ARG_NOW));
    call_i64(call_next(c, SLOW_ARG_HOLD), hold_us);
    call_run(c, NULL, NULL, NULL);
}

static const struct script moved_script = {
    .name = "moved", .prelude = moved_prelude, .parts = {LUA_LEDGER, &lua_limiter, &lua_moved}};

void ledger_moved(struct ledger *l, const char *gateway, const char *sender, double rate_per_s,
                  const struct slot_move *moves, size_t n)
{
    struct call *c = call_begin(l->store, &moved_script);
    add_limiter(c, gateway, sender);
    call_now(call_next(c, MOVED_ARG_NOW));
    call_f(call_next(c, MOVED_ARG_RATE), "%.3f", rate_per_s);
    call_list(call_next(c, MOVED_ARG_MOVES));
    for (size_t i = 0; i < n; i++) {
        call_item(c, moves[i].from_us);
        call_item(c, moves[i].to_us);
    }
    call_run(c, NULL, NULL, NULL);
}

static void read_told(struct call *c, const struct redisReply *reply)
{
    call_back(c, told_cb)(c->arg, call_failed(reply, NULL));
}

void ledger_clock_set(struct ledger *l, const char *gateway, const char *const *senders,
                      size_t sender_count, told_cb *cb, void *arg)
{
    check(sender_count <= LEDGER_SENDERS_MAX);
    struct call *c = call_begin(l->store, &clock_set_script);
    add_limiter(c, gateway, NULL);
    for (size_t i = 0; i < sender_count; i++)
        add_limiter(c, gateway, senders[i]);
    call_now(c);
    call_run(c, read_told, cb, arg);
}
