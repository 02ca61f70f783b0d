/* What is known of a schedule without asking anybody: its plan, the names of its campaigns. */
#include "flow/schedule.h"

#include <stdio.h>

bool schedule_plan(const struct schedule *s, struct plan *ret)
{
    struct err ignored;
    const char *key;
    json_t *o = json_loadb(s->plan.p, s->plan.n, 0, NULL);
    bool ok = o && plan_read(o, s->from_local_s, ret, &key, &ignored) == 0;
    json_decref(o);
    return ok;
}

void schedule_campaign_name(const struct schedule *s, const struct plan *p, int64_t local_s,
                            char out[SCHEDULE_CAMPAIGN_NAME_BYTES])
{
    char when[WALL_TIME_BYTES];
    wall_time_write(local_s, when);
    int n = p->kind == PLAN_EVERY ? (int)sizeof "2026-12-03" - 1 : (int)sizeof when - 1;
    (void)snprintf(out, SCHEDULE_CAMPAIGN_NAME_BYTES, "%.*s %.*s", SLICE_ARG(s->name), n, when);
}

int64_t schedule_deadline_ms(const struct schedule *s, const struct plan_firing *f)
{
    int64_t end_ms = f->end_ms;
    if (s->within_ms && f->at_ms + s->within_ms < end_ms) end_ms = f->at_ms + s->within_ms;
    return end_ms == INT64_MAX ? 0 : end_ms;
}
