#include "store/provider_queue.h"

#include "base/check.h"
#include "io/redis.h"

#include <stdlib.h>

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
    /* Behind the youngest that is counted stand up to step - 1 that are not. */
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

struct look {
    provider_queue_cb *cb;
    void *arg;
    int64_t step, counted;
};

static void on_counted(void *arg, const struct redisReply *reply)
{
    struct look *look = arg;
    look->counted = redis_is_error(reply, NULL) ? -1 : redis_int(reply, -1);
}

/* Answers come in order: this one is the last. */
static void on_heard(void *arg, const struct redisReply *reply)
{
    struct look look = *(struct look *)arg;
    free(arg);
    bool heard = redis_str(reply).n > 0 && !redis_is_error(reply, NULL);
    look.cb(look.arg, heard && look.counted >= 0 ? look.counted * look.step : -1);
}

void provider_queue_look(struct redis *r, const char *prefix, const struct provider_queue *q,
                         provider_queue_cb *cb, void *arg)
{
    struct look *look = xmalloc(sizeof *look);
    *look = (struct look){.cb = cb, .arg = arg, .step = q->step, .counted = -1};
    redis_commandf(r, on_counted, look, "ZCARD %srate:%s:queue", prefix, q->gateway);
    redis_commandf(r, on_heard, look, "HGET %srate:%s heard", prefix, q->gateway);
}
