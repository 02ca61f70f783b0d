/* How the day goes, all of it at once: for the page of the day, and for whoever draws their own. */
#include "web/api/api.h"

#include "core/iso8601.h"
#include "flow/alarm.h"
#include "flow/launch.h"
#include "flow/polls.h"
#include "store/campaign.h"
#include "store/day_record.h"
#include "store/staff.h"
#include "web/day.h"
#include "web/own.h"
#include "web/view/view.h"

#include <stdlib.h>

enum {
    MINUTE_MS = 60000,
    SHOWN_MAX = 24, /* campaigns that are not over; a wall has no more room */
    OVER_MAX = 12,
    ALARMS_MAX = 40,
};

struct looking {                 /* of one call */
    json_t *day;                 /* owned */
    json_t *alarms[ALARM_COUNT]; /* owned */
    size_t there;
};

static void looking_done(void *state)
{
    struct looking *l = state;
    json_decref(l->day);
    for (size_t i = 0; i < ALARM_COUNT; i++)
        json_decref(l->alarms[i]);
}

static void add_alarm(struct looking *l, enum alarm which, const struct campaign *c,
                      const char *gateway, struct slice why)
{
    json_t *o = json_object();
    json_put(o, "what", json_string(alarm_to_string(which)));
    json_put(o, "bad", json_boolean(alarm_is_bad(which)));
    json_put(o, "campaign", c ? json_integer(c->id) : json_null());
    json_put(o, "name", c ? json_text(c->name) : json_null());
    json_put(o, "gateway", gateway ? json_string(gateway) : json_null());
    json_put_text(o, "why", why);
    json_list_add(l->alarms[which], o);
}

/* ---- campaigns ---- */

/* All of theirs that were looked at, as one; and how many of them are not told of one by one. */
struct sum {
    uint64_t total, counts[STATE_COUNT];
    double rate_per_s;
    size_t shown, more, over, over_more;
};

static void add_up(struct sum *s, const struct campaign *one, const json_t *shown)
{
    uint64_t counts[STATE_COUNT];
    s->total += campaign_shown_counts(one, counts);
    for (int i = 0; i < STATE_COUNT; i++)
        s->counts[i] += counts[i];
    s->rate_per_s += json_number_value(json_object_get(shown, "rate_per_s"));
}

static json_t *sum_json(const struct sum *s)
{
    json_t *o = json_object(), *counts = json_object();
    json_put_count(o, "campaigns", s->shown + s->more + s->over + s->over_more);
    json_put_count(o, "total", s->total);
    for (int i = 0; i < STATE_COUNT; i++)
        json_put_count(counts, state_to_string((enum state)i), s->counts[i]);
    json_put(o, "counts", counts);
    json_put(o, "rate_per_s", json_real(s->rate_per_s));
    return o;
}

/* Whether there is room to tell of it. */
static bool has_room(struct sum *s, const struct campaign *one)
{
    size_t *shown = campaign_is_over(one->status) ? &s->over : &s->shown;
    size_t *more = campaign_is_over(one->status) ? &s->over_more : &s->more;
    size_t max = campaign_is_over(one->status) ? OVER_MAX : SHOWN_MAX;
    *(*shown < max ? shown : more) += 1;
    return *more == 0;
}

static void alarms_of(struct looking *l, const struct campaign *c, int64_t now_ms)
{
    unsigned found = alarms_of_campaign(c, now_ms);
    for (int i = 0; i < ALARM_COUNT; i++)
        if (found & 1U << i) add_alarm(l, (enum alarm)i, c, NULL, alarm_why(c, (enum alarm)i));
}

static void put_campaigns(const struct web_call *c, struct looking *l, const struct day_look *look)
{
    struct group_set own = own_groups(c);
    struct sum sum = {0};
    json_t *list = json_array();
    for (size_t i = 0; i < look->n; i++) {
        const struct campaign *one = look->campaigns[i];
        if (!group_set_has(&own, one->group)) continue;
        alarms_of(l, one, c->now_ms);
        json_t *shown = view_campaign(one, c->now_ms);
        add_up(&sum, one, shown);
        if (has_room(&sum, one)) json_list_add(list, json_incref(shown));
        json_decref(shown);
    }
    json_put(l->day, "campaigns", list);
    json_put(l->day, "sum", sum_json(&sum));
    json_put(l->day, "more",
             json_pack("{s:I,s:I,s:b}", "not_over", (json_int_t)sum.more, "over",
                       (json_int_t)sum.over_more, "at_least", look->more));
}

/* ---- accounts ---- */

static void alarm_of_account(struct looking *l, const struct account *a, const json_t *shown,
                             int64_t queue)
{
    if (json_is_true(json_object_get(shown, "dead")))
        add_alarm(l, ALARM_SILENT, NULL, a->name, SLICE_NONE);
    if (a->queue.max && queue >= (int64_t)a->queue.max)
        add_alarm(l, ALARM_FULL, NULL, a->name, SLICE_NONE);
}

static json_t *gateways_json(const struct web_call *c, struct looking *l,
                             const struct day_look *look)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->config->accounts->count; i++) {
        const struct account *a = &c->config->accounts->list[i];
        if (!own_account(c, a)) continue;
        json_t *shown = view_account(c, a, look->queues[i]);
        alarm_of_account(l, a, shown, look->queues[i]);
        json_list_add(list, shown);
    }
    return list;
}

/* ---- who is there, and who waits ---- */

static bool is_of(const struct group_set *groups, const struct member *m)
{
    bool found = groups->all || m->everywhere;
    for (size_t i = 0; !found && i < m->group_count; i++)
        found = group_set_has(groups, slice_of(m->groups[i]));
    return found;
}

static json_t *people_json(const struct web_call *c, struct looking *l, const struct day_look *look)
{
    struct group_set own = own_groups(c);
    size_t volunteers = 0;
    for (size_t i = 0; c->config->staff && i < look->there_n; i++) {
        const struct staff_member *m =
            roster_member(staff_roster(c->config->staff), look->there[i]);
        if (!m || !staff_is_in(m, c->now_ms) || !is_of(&own, &m->is)) continue;
        l->there++;
        volunteers += m->is.role == ROLE_VOLUNTEER;
    }
    return json_pack("{s:I,s:I}", "there", (json_int_t)l->there, "volunteers",
                     (json_int_t)volunteers);
}

static json_t *polls_json(const struct web_call *c)
{
    const struct launch_means *means = c->config->means;
    struct law_election e = means->law ? means->law->election : (struct law_election){0};
    polls_place(&e, means->zones);
    return e.closes_ms ? json_time(e.closes_ms) : json_null();
}

/* What may not wait first. */
static void put_alarms(struct looking *l, json_t *day)
{
    json_t *list = json_array();
    size_t more = 0;
    for (size_t i = 0; i < ALARM_COUNT; i++)
        json_array_extend(list, l->alarms[i]);
    for (; json_array_size(list) > ALARMS_MAX; more++)
        (void)json_array_remove(list, ALARMS_MAX);
    json_put(day, "alarms", list);
    json_put_count(day, "alarms_more", more);
}

static void finish(struct web_call *c, json_t *inbox)
{
    struct looking *l = c->state;
    json_t *day = l->day;
    l->day = NULL;
    json_put(day, "inbox", inbox);
    put_alarms(l, day);
    web_answer(c, 200, day);
}

static void on_waiting(void *arg, int result, const struct inbox_waiting *w, const struct err *e)
{
    struct web_call *c = arg;
    struct looking *l = c->state;
    if (!web_ok(c, result, e)) return;
    if (w->waiting && c->config->staff && l->there == 0)
        add_alarm(l, ALARM_NOBODY, NULL, NULL, SLICE_NONE);
    if (w->overdue) add_alarm(l, ALARM_OVERDUE, NULL, NULL, SLICE_NONE);
    finish(c, view_waiting(w));
}

static void on_day(void *arg, int result, const struct day_look *look, const struct err *e)
{
    struct web_call *c = arg;
    struct inbox_actor who = view_actor(c);
    if (!web_ok(c, result, e)) return;
    struct looking *l = web_call_state(c, sizeof *l, looking_done);
    for (size_t i = 0; i < ALARM_COUNT; i++)
        l->alarms[i] = json_array();
    l->day = json_object();
    json_put_time(l->day, "at", c->now_ms);
    json_put(l->day, "polls_close", polls_json(c));
    put_campaigns(c, l, look);
    json_put(l->day, "gateways", gateways_json(c, l, look));
    json_put(l->day, "people", people_json(c, l, look));
    struct group_set own = own_groups(c);
    json_put(l->day, "pledges", view_day_pledges(c, &own, look->pledges));
    if (access_may_somewhere(c->member, MAY_READ_INBOX))
        inbox_count_waiting(c->config->inbox, &who, on_waiting, c);
    else
        finish(c, json_null());
}

static void get_day(struct web_call *c)
{
    day_ask(c->web->day, on_day, c);
}

/* ---- minute by minute ---- */

static void on_record(void *arg, int result, const struct day_minute *list, size_t n,
                      const struct err *e)
{
    struct web_call *c = arg;
    const int64_t *from_ms = c->state;
    if (!web_ok(c, result, e)) return;
    web_answer(c, 200, view_day_record(*from_ms, list, n));
}

/* from: the last so many minutes, where it is not said. */
static void get_record(struct web_call *c)
{
    struct slice minutes = web_query(c, "minutes"), from = web_query(c, "from");
    uint64_t n = DAY_MINUTES;
    if (minutes.n && (!slice_to_u64(minutes, DAY_RECORD_MINUTES_MAX, &n) || n == 0)) {
        web_error(c, 400, "invalid", "'minutes' is a number from 1 to %d", DAY_RECORD_MINUTES_MAX);
        return;
    }
    int64_t at_ms = c->now_ms - (int64_t)(n - 1) * MINUTE_MS;
    if (from.n && !iso8601_parse(from, &at_ms)) {
        web_error(c, 400, "invalid", "'from' is a time such as 2026-11-28T06:00:00Z");
        return;
    }
    int64_t *from_ms = web_call_state(c, sizeof *from_ms, NULL);
    *from_ms = at_ms - at_ms % MINUTE_MS;
    day_record_read(c->config->store, *from_ms, (size_t)n, on_record, c);
}

static const struct route rows[] = {
    {"GET", "/api/v1/day/record", MAY_READ_CAMPAIGNS, NEEDS_STORE, NULL, get_record},
    {"GET", "/api/v1/day", MAY_READ_CAMPAIGNS, NEEDS_STORE | IN_GROUP, NULL, get_day},
};

const struct routes day_routes = {rows, COUNT_OF(rows)};
