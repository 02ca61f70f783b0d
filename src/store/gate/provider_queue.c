#include "store/provider_queue.h"

#include "base/check.h"
#include "store/call.h"
#include "store/lua_scripts.h"

static const struct script look = {.name = "provider_queue_look",
                                   .parts = {&lua_provider_queue_look}};

struct provider_queue provider_queue_of(const char *gateway, double rate_per_s, int max_s)
{
    struct provider_queue q = {.gateway = gateway, .step = 1};
    if (max_s <= 0) return q;
    q.max = (int64_t)(rate_per_s * max_s);
    q.window_us = max_s * INT64_C(1000000);
    if (q.max < PROVIDER_QUEUE_MIN) {
        q.max = PROVIDER_QUEUE_MIN;
        q.window_us = (int64_t)(1e6 * PROVIDER_QUEUE_MIN / rate_per_s);
    }
    if (q.max > PROVIDER_QUEUE_SAMPLES) q.step = q.max / PROVIDER_QUEUE_SAMPLES;
    /* Up to step - 1 messages that are not counted may be younger than the youngest that is. */
    q.full = q.step == 1 ? q.max : q.max / q.step - 1;
    return q;
}

/* Each campaign begins to count elsewhere, or many small ones would all be counted by their first
 * person. */
bool provider_queue_counts(const struct provider_queue *q, uint32_t campaign, uint32_t index)
{
    if (!q || q->max == 0 || campaign == 0) return false;
    uint32_t phase = campaign * UINT32_C(2654435761);
    return ((uint64_t)index + phase) % (uint64_t)q->step == 0;
}

/* ---- looking ---- */

static void on_look(struct call *c, const struct redisReply *reply)
{
    const int64_t *step = call_kept(c);
    int64_t counted = redis_int(redis_at(reply, 0), -1);
    bool heard = redis_int(redis_at(reply, 1), 0) != 0;
    call_back(c, provider_queue_cb)(c->arg, heard && counted >= 0 ? counted * *step : -1);
}

void provider_queue_look(struct store *s, const struct provider_queue *q, provider_queue_cb *cb,
                         void *arg)
{
    struct call *c = call_begin(s, &look);
    call_keep(c, q->step);
    call_key(c, "rate:%s:queue", q->gateway);
    call_key(c, "rate:%s", q->gateway);
    call_run(c, on_look, cb, arg);
}
