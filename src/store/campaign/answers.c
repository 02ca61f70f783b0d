/* Of campaigns that people pace: who waits in a group, and how many may be texted. */
#include "private.h"

#include "base/clock.h"

static const struct script waiting = {.name = "campaign_answers", .parts = {&lua_campaign_answers}};

static void on_waiting(struct call *c, const struct redisReply *reply)
{
    int r = call_failed(reply, NULL);
    call_back(c, campaign_answers_cb)(c->arg, r, (uint64_t)redis_int(redis_at(reply, 0), 0),
                                      redis_int(redis_at(reply, 1), 0));
}

void campaign_answers(struct store *s, struct slice group, campaign_answers_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &waiting);
    call_key(c, "unanswered:%.*s", SLICE_ARG(group));
    call_run(c, on_waiting, cb, arg);
}

void campaign_let_out(struct store *s, uint32_t id, const struct campaign_pace *p)
{
    struct call *c = call_command(s, "HSET");
    call_key(c, "c:%u", id);
    call_pair_u64(c, "people_left", p->people_left);
    call_pair_u64(c, "answers_waiting", p->waiting);
    call_pair_u64(c, "answers_there", p->there);
    call_pair_u64(c, "answers_slow", p->slow);
    call_run(c, NULL, NULL, NULL);
}
