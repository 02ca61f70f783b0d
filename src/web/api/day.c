/* How the day goes, all of it at once: for the page of the day, and for whoever draws their own. */
#include "web/api/api.h"

#include "store/campaign.h"
#include "store/staff.h"
#include "web/day.h"
#include "web/own.h"
#include "web/view/view.h"

#include <stdlib.h>

/* What wants somebody's eyes. what, whether nothing may wait for it */
#define ALARM_TABLE(X)                                                                             \
    X(ALARM_BLOCKED, "campaign_blocked", true)   /* by its provider account */                     \
    X(ALARM_STOPPED, "campaign_stopped", true)   /* it was paused by itself */                     \
    X(ALARM_LATE, "campaign_late", true)         /* would be done after its deadline */            \
    X(ALARM_SILENT, "gateway_silent", true)      /* the account does not answer */                 \
    X(ALARM_NOBODY, "nobody_there", true)        /* people wait, and no member is there */         \
    X(ALARM_OVERDUE, "inbox_overdue", false)     /* people wait too long */                        \
    X(ALARM_WARNING, "campaign_warning", false)  /* something is not well */                       \
    X(ALARM_APPROVE, "campaign_approve", false)  /* waits for a second person */                   \
    X(ALARM_FULL, "gateway_full", false)         /* has as much as it takes */

enum alarm {
#define X(name, text, bad) name,
    ALARM_TABLE(X)
#undef X
        ALARM_COUNT
};

struct looking { /* of one call */
    json_t *day; /* owned */
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
    static const struct {
        const char *what;
        bool is_bad;
    } alarms[] = {
#define X(name, text, bad) {text, bad},
        ALARM_TABLE(X)
#undef X
    };
    json_t *o = json_object();
    json_put(o, "what", json_string(alarms[which].what));
    json_put(o, "bad", json_boolean(alarms[which].is_bad));
    json_put(o, "campaign", c ? json_integer(c->id) : json_null());
    json_put(o, "name", c ? json_text(c->name) : json_null());
    json_put(o, "gateway", gateway ? json_string(gateway) : json_null());
    json_put_text(o, "why", why);
    json_list_add(l->alarms[which], o);
}

/* ---- campaigns ---- */

static bool stopped_by_itself(const struct campaign *c)
{
    return c->status == CAMPAIGN_PAUSED && slice_starts(c->status_by, "system:");
}

static void alarm_of_campaign(struct looking *l, const struct campaign *c, const json_t *shown)
{
    const json_t *late = json_object_get(json_object_get(shown, "forecast"), "in_danger");
    const char *gateway = NULL;
    if (c->status == CAMPAIGN_BLOCKED) add_alarm(l, ALARM_BLOCKED, c, gateway, c->status_why);
    if (stopped_by_itself(c)) add_alarm(l, ALARM_STOPPED, c, gateway, c->status_why);
    if (json_is_true(late)) add_alarm(l, ALARM_LATE, c, gateway, SLICE_NONE);
    if (c->status == CAMPAIGN_RUNNING && c->brake_warning.n)
        add_alarm(l, ALARM_WARNING, c, gateway, c->brake_warning);
    if (c->status == CAMPAIGN_PROPOSED) add_alarm(l, ALARM_APPROVE, c, gateway, c->approval_why);
}

static json_t *campaigns_json(const struct web_call *c, struct looking *l,
                              const struct day_look *look)
{
    struct group_set own = own_groups(c);
    json_t *list = json_array();
    for (size_t i = 0; i < look->n; i++) {
        const struct campaign *one = look->campaigns[i];
        if (!group_set_has(&own, one->group)) continue;
        json_t *shown = view_campaign(one, c->now_ms);
        alarm_of_campaign(l, one, shown);
        json_list_add(list, shown);
    }
    return list;
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

static json_t *people_json(const struct web_call *c, struct looking *l,
                           const struct day_look *look)
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

/* All of them, what may not wait first. */
static json_t *alarms_json(struct looking *l)
{
    json_t *list = json_array();
    for (size_t i = 0; i < ALARM_COUNT; i++)
        json_array_extend(list, l->alarms[i]);
    return list;
}

static void finish(struct web_call *c, json_t *inbox)
{
    struct looking *l = c->state;
    json_t *day = l->day;
    l->day = NULL;
    json_put(day, "inbox", inbox);
    json_put(day, "alarms", alarms_json(l));
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
    struct inbox_actor who = view_actor(c->member);
    if (!web_ok(c, result, e)) return;
    struct looking *l = web_call_state(c, sizeof *l, looking_done);
    for (size_t i = 0; i < ALARM_COUNT; i++)
        l->alarms[i] = json_array();
    l->day = json_object();
    json_put_time(l->day, "at", c->now_ms);
    json_put(l->day, "campaigns", campaigns_json(c, l, look));
    json_put(l->day, "gateways", gateways_json(c, l, look));
    json_put(l->day, "people", people_json(c, l, look));
    if (access_may_somewhere(c->member, MAY_READ_INBOX))
        inbox_count_waiting(c->config->inbox, &who, c->now_ms, on_waiting, c);
    else
        finish(c, json_null());
}

static void get_day(struct web_call *c)
{
    day_ask(c->web->day, on_day, c);
}

static const struct route rows[] = {
    {"GET", "/api/v1/day", MAY_READ_CAMPAIGNS, NEEDS_STORE | IN_GROUP, NULL, get_day},
};

const struct routes day_routes = {rows, COUNT_OF(rows)};
