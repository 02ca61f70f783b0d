/* Making a schedule, from a campaign that is written out or from one that was launched; and changing
 * one, where what is not said stays. */
#include "web/api/api.h"

#include <stdlib.h>

#include "flow/account.h"
#include "flow/schedule.h"
#include "flow/zone_book.h"
#include "web/api/schedule.h"
#include "web/campaign_body.h"
#include "web/own.h"
#include "web/view/view.h"

enum { MINUTE_MS = 60000, MINUTES_MAX = 14 * 24 * 60 };

static const char *const plan_keys[] = {"every", "dates", "event", "remind", "until", "count"};

struct making {
    struct campaign_body body;
    struct schedule *was;                   /* owned; NULL: a new one */
    struct campaign *from;                  /* owned; it repeats this one; NULL: none */
    json_t *campaign;                       /* owned */
    json_t *plan;                           /* owned */
    char *plan_text, *campaign_text, *name; /* owned */
    bool plan_said;
};

static void making_done(void *state)
{
    struct making *m = state;
    campaign_body_done(&m->body);
    schedule_free(m->was);
    campaign_free(m->from);
    json_decref(m->campaign);
    json_decref(m->plan);
    free(m->plan_text);
    free(m->campaign_text);
    free(m->name);
}

/* ---- the end: it is kept, and shown ---- */

static void on_shown(void *arg, int result, const struct schedule *s, const struct err *e)
{
    struct web_call *c = arg;
    const struct making *m = c->state;
    if (!web_ok(c, result, e)) return;
    json_t *o = view_schedule(c, s);
    json_put(o, "next_firings", view_schedule_next(c, s));
    web_answer(c, m->was ? 200 : 201, o);
}

static void on_put(void *arg, int result, uint32_t id, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) schedule_load(c->config->store, id, on_shown, c);
}

/* [ms] What is said in minutes, or stays. */
static int64_t minutes_ms(struct web_call *c, const char *key, int64_t was_ms)
{
    if (!body_says(&c->body, key)) return was_ms;
    return (int64_t)body_uint(&c->body, key, MINUTES_MAX, BODY_OPTIONAL) * MINUTE_MS;
}

/* False: c has its response. */
static bool read_plan(struct web_call *c, struct schedule *new)
{
    struct making *m = c->state;
    struct plan plan;
    struct plan_firing next;
    struct err e;
    const char *key;
    const struct zone_clock clock =
        zone_book_clock(c->config->means->zones, c->config->groups, c->config->country, new->group);
    const struct zone *zone = clock.zone;
    new->zone = slice_of(clock.name);
    plan_forget_over(m->plan, plan_local_s(zone, c->now_ms));
    new->from_local_s = m->plan_said ? plan_local_s(zone, c->now_ms) : m->was->from_local_s;
    new->handled_ms = m->plan_said ? c->now_ms : m->was->handled_ms;
    if (plan_read(m->plan, new->from_local_s, &plan, &key, &e) < 0) {
        web_refuse_key(c, key, "%s", e.text);
        return false;
    }
    if (plan_after(&plan, zone, new->handled_ms, &next, 1) == 0) {
        web_refuse_key(c, key, "all of that is over: nothing would be launched");
        return false;
    }
    new->next_ms = next.at_ms;
    return true;
}

static char *dump(const json_t *o)
{
    char *text = json_dumps(o, JSON_COMPACT);
    check(text);
    return text;
}

static void put(struct web_call *c)
{
    struct making *m = c->state;
    const struct campaign *campaign = &m->body.campaign;
    struct schedule new = {
        .id = m->was ? m->was->id : 0,
        .version = m->was ? m->was->version : 0,
        .name = slice_of(m->name),
        .group = campaign->group,
        .within_ms = minutes_ms(c, "within_minutes", m->was ? m->was->within_ms : 0),
        .late_ms = minutes_ms(c, "late_minutes", m->was ? m->was->late_ms : 0),
        .by = slice_of(c->member->name),
        .by_id = slice_of(c->member->id),
    };
    if (!web_body_ok(c) || !read_plan(c, &new)) return;
    json_put(m->campaign, "audience", json_text(campaign->audience_name)); /* a list lives */
    m->plan_text = dump(m->plan);
    m->campaign_text = dump(m->campaign);
    new.plan = slice_of(m->plan_text);
    new.campaign = slice_of(m->campaign_text);
    schedule_put(c->config->store, &new, web_deed(c), on_put, c);
}

/* ---- the campaign ---- */

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct web_call *c = arg;
    struct making *m = c->state;
    struct err said;
    if (!own_audience(c, result, info, e)) return;
    result = campaign_body_take(&m->body, info, c->config->groups, c->config->means->hours,
                                c->config->means->consent, &said);
    if (web_ok(c, result, &said)) put(c);
}

/* False: c has its response. */
static bool check_keys(struct web_call *c, const json_t *campaign)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)campaign, key, value)
    {
        struct slice name = slice_of(key);
        if (!campaign_key_find(name))
            web_refuse_key(c, "campaign", "there is no key '%.64s' in a campaign", key);
        else if (slice_is(name, "start") || slice_is(name, "deadline") || slice_is(name, "name"))
            web_refuse_key(c, "campaign",
                           "leave '%s' out: the schedule says it (`name`, when, and "
                           "`within_minutes`)",
                           key);
        else
            continue;
        return false;
    }
    return true;
}

static void find_audience(struct web_call *c)
{
    struct making *m = c->state;
    const struct group_set groups = own_groups(c);
    if (!check_keys(c, m->campaign)) return;
    if (!campaign_body_read(&m->body, json_deep_copy(m->campaign), CAMPAIGN_DRAFT))
        web_refuse_key(c, "campaign", "%s", m->body.from.e.text);
    else if (!campaign_body_account(&m->body, c->config->accounts))
        web_error(c, 400, "no_gateway", "there is no gateway '%.*s' in the configuration",
                  SLICE_ARG(m->body.campaign.gateway));
    else if (web_may_exempt(c, &m->body))
        audience_find(c->config->store, &groups, m->body.audience, on_audience, c);
}

/* ---- from one that was launched ---- */

/* All that it said, but what only that launch could mean; to the list of that name as it is then. */
static json_t *repeated(const struct campaign *from, struct slice message)
{
    static const char *const once[] = {"name", "start", "deadline", "of", "only", "force_late"};
    json_t *o = campaign_body_of(from, message);
    for (size_t i = 0; i < COUNT_OF(once); i++)
        (void)json_object_del(o, once[i]);
    json_put(o, "audience", json_text(from->audience_name));
    return o;
}

static void on_message(void *arg, int result, struct slice message, const struct err *e)
{
    struct web_call *c = arg;
    struct making *m = c->state;
    if (!web_ok(c, result, e)) return;
    m->campaign = repeated(m->from, message);
    find_audience(c);
}

static void on_campaign(void *arg, int result, const struct campaign *from, const struct err *e)
{
    struct web_call *c = arg;
    struct making *m = c->state;
    if (!own_campaign(c, result, from, e)) return;
    if (!m->name && from->name.n > SCHEDULE_NAME_BYTES_MAX) {
        web_refuse_key(c, "name", "give it a name of at most %d bytes: the campaign's is longer",
                       SCHEDULE_NAME_BYTES_MAX);
        return;
    }
    if (!m->name) m->name = slice_strdup(from->name);
    m->from = campaign_dup(from);
    campaign_message(c->config->store, from->id, on_message, c);
}

/* ---- what is said ---- */

static bool says_plan(const struct web_call *c)
{
    for (size_t i = 0; i < COUNT_OF(plan_keys); i++)
        if (body_says(&c->body, plan_keys[i])) return true;
    return false;
}

/* False: c has its response. */
static bool read_name(struct web_call *c, enum body_need need)
{
    struct making *m = c->state;
    struct slice name = body_text(&c->body, "name", SCHEDULE_NAME_BYTES_MAX, need);
    if (!web_body_ok(c)) return false;
    if (!is_one_line(name)) {
        web_refuse_key(c, "name", "it is one line");
        return false;
    }
    if (name.n) m->name = slice_strdup(name);
    return true;
}

static void post_schedules(struct web_call *c)
{
    struct making *m = web_call_state(c, sizeof *m, making_done);
    uint64_t from = body_uint(&c->body, "from_campaign", UINT32_MAX, BODY_OPTIONAL);
    json_t *campaign = body_object(&c->body, "campaign", from ? BODY_OPTIONAL : BODY_NEEDED);
    if (!read_name(c, from ? BODY_OPTIONAL : BODY_NEEDED)) return;
    m->plan_said = true;
    m->plan = plan_json(c->body.root);
    if (from && campaign) {
        web_refuse_key(c, "campaign", "either `campaign` or `from_campaign`");
    } else if (from) {
        campaign_load(c->config->store, (uint32_t)from, on_campaign, c);
    } else {
        m->campaign = json_deep_copy(campaign);
        find_audience(c);
    }
}

static json_t *stored_json(struct slice text)
{
    json_t *o = json_loadb(text.p, text.n, 0, NULL);
    return o ? o : json_object();
}

static void keep(json_t *plan, const json_t *stored, const char *key)
{
    if (json_object_get(stored, key))
        json_put(plan, key, json_incref(json_object_get(stored, key)));
}

/* An event that is moved takes its reminders with it, and a day that is left out stays so. Where nothing else is said of
 * when, the rule is the same, and goes on counting. */
static json_t *changed_plan(const struct web_call *c, const struct schedule *was)
{
    const struct making *m = c->state;
    json_t *stored = stored_json(was->plan),
           *plan = m->plan_said ? plan_json(c->body.root) : json_deep_copy(stored);
    if (body_says(&c->body, "event") && !body_says(&c->body, "remind"))
        keep(plan, stored, "remind");
    if (!body_says(&c->body, "except"))
        keep(plan, stored, "except");
    else if (!m->plan_said)
        keep(plan, c->body.root, "except");
    json_decref(stored);
    return plan;
}

static void on_was(void *arg, int result, const struct schedule *s, const struct err *e)
{
    struct web_call *c = arg;
    if (!own_schedule(c, result, s, e)) return;
    struct making *m = web_call_state(c, sizeof *m, making_done);
    json_t *campaign = body_object(&c->body, "campaign", BODY_OPTIONAL);
    m->was = schedule_dup(s);
    if (!read_name(c, BODY_OPTIONAL)) return;
    if (!m->name) m->name = slice_strdup(s->name);
    m->plan_said = says_plan(c);
    m->plan = changed_plan(c, s);
    m->campaign = campaign ? json_deep_copy(campaign) : stored_json(s->campaign);
    find_audience(c);
}

static void post_schedule(struct web_call *c)
{
    schedule_load(c->config->store, c->id, on_was, c);
}

#define SCHEDULE_KEYS                                                                              \
    "name", "every", "until", "count", "dates", "event", "remind", "except", "within_minutes",     \
        "late_minutes", "campaign"

enum { MAKES = NEEDS_STORE | IN_GROUP | LARGE | AUDITED };

static const struct route rows[] = {
    {"POST", "/api/v1/schedules", MAY_LAUNCH_CAMPAIGNS, MAKES | ONCE,
     KEYS(SCHEDULE_KEYS, "from_campaign"), post_schedules},
    {"POST", "/api/v1/schedules/{id}", MAY_LAUNCH_CAMPAIGNS, MAKES | WITH_ID, KEYS(SCHEDULE_KEYS),
     post_schedule},
};

const struct routes schedule_make_routes = {rows, COUNT_OF(rows)};
