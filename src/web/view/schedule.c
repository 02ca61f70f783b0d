#include "web/view/view.h"

#include "core/json.h"
#include "flow/schedule.h"
#include "flow/zone_book.h"
#include "web/call.h"

enum { MINUTE_MS = 60000 };

static json_t *local_json(int64_t local_s)
{
    char text[WALL_TIME_BYTES];
    wall_time_write(local_s, text);
    return json_string(text);
}

static json_t *stored_json(struct slice text)
{
    json_t *o = json_loadb(text.p, text.n, 0, NULL);
    return o ? o : json_object();
}

static json_t *last_json(const struct schedule *s)
{
    if (s->last_ms == 0) return json_null();
    json_t *o = json_object();
    json_put_time(o, "at", s->last_ms);
    json_put(o, "outcome", json_string(schedule_outcome_to_string(s->last)));
    json_put(o, "campaign", s->last_campaign ? json_integer(s->last_campaign) : json_null());
    json_put_text(o, "why", s->last_why);
    return o;
}

static struct zone_clock clock_of(const struct web_call *c, const struct schedule *s)
{
    return zone_book_clock(c->config->means->zones, c->config->groups, c->config->country,
                           s->group);
}

/* [wall ms] 0: it does not fire. Whoever leads looks at a schedule whose group has another zone in some minutes only. */
static int64_t next_ms(const struct web_call *c, const struct schedule *s,
                       const struct zone_clock *clock)
{
    struct plan p;
    struct plan_firing next;
    if (s->status != SCHEDULE_ACTIVE || s->next_ms == 0) return 0;
    if (slice_is(s->zone, clock->name) || !schedule_plan(s, &p)) return s->next_ms;
    int64_t after_ms = s->handled_ms > c->now_ms ? s->handled_ms : c->now_ms;
    return plan_after(&p, clock->zone, after_ms, &next, 1) ? next.at_ms : 0;
}

json_t *view_schedule(const struct web_call *c, const struct schedule *s)
{
    const struct zone_clock clock = clock_of(c, s);
    int64_t at_ms = next_ms(c, s, &clock);
    json_t *o = json_object();
    json_put_count(o, "id", s->id);
    json_put(o, "name", json_text(s->name));
    json_put(o, "group", json_text(s->group));
    json_put(o, "status", json_string(schedule_status_to_string(s->status)));
    json_put_text(o, "status_by", s->status_by);
    json_put_text(o, "status_why", s->status_why);
    json_put(o, "plan", stored_json(s->plan));
    json_put(o, "zone", json_string(clock.name));
    json_put(o, "campaign", stored_json(s->campaign));
    json_put(o, "within_minutes",
             s->within_ms ? json_integer(s->within_ms / MINUTE_MS) : json_null());
    json_put(o, "late_minutes", s->late_ms ? json_integer(s->late_ms / MINUTE_MS) : json_null());
    json_put(o, "made_by", json_text(s->by));
    json_put_time(o, "made_at", s->made_ms);
    json_put_time(o, "next", at_ms);
    json_put(o, "next_local", at_ms ? local_json(plan_local_s(clock.zone, at_ms)) : json_null());
    for (int i = 0; i < SCHEDULE_OUTCOME_COUNT; i++)
        json_put_count(o, schedule_outcome_to_string((enum schedule_outcome)i), s->outcomes[i]);
    json_put(o, "last", last_json(s));
    return o;
}

json_t *view_schedule_next(const struct web_call *c, const struct schedule *s)
{
    char campaign[SCHEDULE_CAMPAIGN_NAME_BYTES];
    const struct zone *zone = clock_of(c, s).zone;
    struct plan p;
    struct plan_firing list[VIEW_FIRINGS];
    json_t *next = json_array();
    int64_t after_ms = s->handled_ms > c->now_ms ? s->handled_ms : c->now_ms;
    if (s->status != SCHEDULE_ACTIVE || !schedule_plan(s, &p)) return next;
    size_t n = plan_after(&p, zone, after_ms, list, VIEW_FIRINGS);
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();
        schedule_campaign_name(s, &p, list[i].local_s, campaign);
        json_put_time(o, "at", list[i].at_ms);
        json_put(o, "local", local_json(plan_local_s(zone, list[i].at_ms)));
        json_put(o, "campaign", json_string(campaign));
        json_put_time(o, "deadline", schedule_deadline_ms(s, &list[i]));
        json_list_add(next, o);
    }
    return next;
}

json_t *view_schedule_log(const struct schedule_entry *list, size_t n)
{
    json_t *log = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *o = json_object();
        json_put_time(o, "at", list[i].at_ms);
        json_put_text(o, "local", list[i].local);
        json_put(o, "outcome", json_string(schedule_outcome_to_string(list[i].outcome)));
        json_put(o, "campaign", list[i].campaign ? json_integer(list[i].campaign) : json_null());
        json_put_text(o, "why", list[i].why);
        json_list_add(log, o);
    }
    return log;
}
