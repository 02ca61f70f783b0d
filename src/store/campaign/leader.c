#include "store/leader.h"

#include "store/call.h"
#include "store/lua_scripts.h"

static const struct script lead = {.name = "lead", .parts = {&lua_lead}};

static void on_lead(struct call *c, const struct redisReply *reply)
{
    call_back(c, lead_cb)(c->arg, (int)redis_int(redis_at(reply, 0), ERR_UNREACHABLE),
                          redis_int(redis_at(reply, 1), 0));
}

void leader_lead(struct store *s, const char *who, int64_t lease_ms, lead_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &lead);
    call_key(c, "leader");
    call_str(c, who);
    call_i64(c, lease_ms);
    call_run(c, on_lead, cb, arg);
}
