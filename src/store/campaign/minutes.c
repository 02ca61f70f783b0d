/* When people wrote back: what minutes_note.lua counts. */
#include "private.h"

static uint64_t number(struct slice text)
{
    uint64_t n = 0;
    return slice_to_u64(text, INT64_MAX, &n) ? n : 0;
}

static void take(struct campaign_minutes *m, struct slice field, uint64_t n)
{
    uint64_t bar;
    if (slice_is(field, "from")) m->from_ms = (int64_t)n * 60000;
    if (slice_is(field, "step")) m->step = (uint32_t)n;
    if (field.n < 2 || !slice_to_u64(slice_from(field, 1), CAMPAIGN_BARS_MAX - 1, &bar)) return;
    if (field.p[0] == 'r') m->replies[bar] = n;
    if (field.p[0] == 's') m->stops[bar] = n;
    if (bar >= m->bars) m->bars = bar + 1;
}

static void on_minutes(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct campaign_minutes m = {.step = 1};
    int rc = call_failed(reply, &e);
    size_t n = rc == 0 ? redis_count(reply) : 0;
    for (size_t i = 0; i + 1 < n; i += 2)
        take(&m, redis_str(redis_at(reply, i)), number(redis_str(redis_at(reply, i + 1))));
    call_back(c, campaign_minutes_cb)(c->arg, rc, rc == 0 ? &m : NULL, rc == 0 ? NULL : &e);
}

void campaign_minutes(struct store *s, uint32_t id, campaign_minutes_cb *cb, void *arg)
{
    struct call *c = call_command(s, "HGETALL");
    call_key(c, "c:%u:minutes", id);
    call_run(c, on_minutes, cb, arg);
}
