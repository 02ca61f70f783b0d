/* What is known of a schedule without asking anybody: its clock, its plan, the names of its campaigns. */
#include "flow/schedule.h"

#include <stdio.h>

#include "flow/zone_book.h"
#include "io/zones.h"
#include "store/group.h"

static void take_first(void *arg, struct slice zone)
{
    char *name = arg;
    if (!*name) (void)snprintf(name, SCHEDULE_ZONE_BYTES, "%.*s", SLICE_ARG(zone));
}

const struct zone *schedule_zone(struct zone_book *zones, const struct groups *groups,
                                 const char *country, struct slice group,
                                 char out[SCHEDULE_ZONE_BYTES])
{
    const struct group_info *info = groups_find(groups, group);
    struct err ignored; /* without tzdata it is UTC, as elsewhere */
    out[0] = '\0';
    if (info && zone_book_knows(zones, slice_of(info->zone)))
        (void)snprintf(out, SCHEDULE_ZONE_BYTES, "%s", info->zone);
    else if (zones_of_country(NULL, country ? country : "", take_first, out, &ignored) < 0)
        out[0] = '\0';
    const struct zone_set *set = *out ? zone_book_of(zones, 0, slice_of(out)) : NULL;
    if (set && set->n) return set->zones[0];
    (void)snprintf(out, SCHEDULE_ZONE_BYTES, "UTC");
    return NULL;
}

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
