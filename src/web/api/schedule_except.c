/* One time of a schedule is left out, or comes after all. Of two people who do that in the same moment, neither undoes what the
 * other one did: what was made of a plan that does not stand there any more is made anew. */
#include "web/api/api.h"

#include <stdlib.h>

#include "core/json.h"
#include "flow/schedule.h"
#include "flow/zone_book.h"
#include "web/api/schedule.h"
#include "web/own.h"
#include "web/view/view.h"

enum {
    DAY_BYTES_MAX = 16,
    WHAT_BYTES = 64,
    TRIES_MAX = 20 /* each time somebody else was faster */
};

struct excepting {
    struct slice day; /* of the body */
    bool after_all;
    int tries;
    json_t *plan; /* owned */
    char *text;   /* owned */
};

static void excepting_done(void *state)
{
    struct excepting *x = state;
    json_decref(x->plan);
    free(x->text);
}

static void load(struct web_call *c);

static void on_shown(void *arg, int result, const struct schedule *s, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    json_t *o = view_schedule(c, s);
    json_put(o, "next_firings", view_schedule_next(c, s));
    web_answer(c, 200, o);
}

static void on_excepted(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    struct excepting *x = c->state;
    if (result == ERR_CONFLICT && ++x->tries < TRIES_MAX)
        load(c);
    else if (web_ok(c, result, e))
        schedule_load(c->config->store, c->id, on_shown, c);
}

/* False: c has its response. */
static bool comes_then(struct web_call *c, const struct plan *was, const struct zone *zone)
{
    const struct excepting *x = c->state;
    if (plan_fires_on(was, zone, x->day)) return true;
    web_refuse_key(c, "day", "nothing is to be launched on %.*s: its page says what comes next",
                   SLICE_ARG(x->day));
    return false;
}

static bool is_in(const json_t *plan, struct slice day)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(plan, "except"), i, one)
    {
        if (slice_eq(json_slice(one), day)) return true;
    }
    return false;
}

/* When it launches next, with that plan: what is due already still is. 0: c has its response. */
static int64_t next_ms(struct web_call *c, const struct schedule *s, const struct zone *zone)
{
    struct excepting *x = c->state;
    struct plan was, plan;
    struct plan_firing next;
    const char *key;
    struct err e;
    bool known = is_in(x->plan, x->day); /* somebody tapped twice, or two did */
    if (!schedule_plan(s, &was)) {
        web_error(c, 409, "conflict", "when it launches cannot be read: change it");
        return 0;
    }
    int rc = plan_leave_out(x->plan, x->day, !x->after_all, plan_local_s(zone, c->now_ms), &e);
    if (rc == 0 && !x->after_all && !known && !comes_then(c, &was, zone)) return 0;
    if (rc < 0 || plan_read(x->plan, s->from_local_s, &plan, &key, &e) < 0) {
        web_refuse_key(c, "day", "%s", e.text);
        return 0;
    }
    int64_t after_ms = s->status == SCHEDULE_ACTIVE ? s->handled_ms : c->now_ms;
    if (plan_after(&plan, zone, after_ms, &next, 1) > 0) return next.at_ms;
    web_refuse_key(
        c, "day",
        "that is the last one, and nothing would be left: pause the schedule, or delete it");
    return 0;
}

static void on_was(void *arg, int result, const struct schedule *s, const struct err *e)
{
    struct web_call *c = arg;
    struct excepting *x = c->state;
    char what[WHAT_BYTES];
    if (!own_schedule(c, result, s, e)) return;
    if (s->status == SCHEDULE_OVER) {
        web_error(c, 409, "conflict", "schedule %u is over: nothing of it is to come any more",
                  s->id);
        return;
    }
    const struct zone_clock clock =
        zone_book_clock(c->config->means->zones, c->config->groups, c->config->country, s->group);
    json_decref(x->plan);
    x->plan = json_loadb(s->plan.p, s->plan.n, 0, NULL);
    int64_t at_ms = next_ms(c, s, clock.zone);
    if (at_ms == 0) return;
    (void)snprintf(what, sizeof what, "%s %.*s",
                   x->after_all ? "launches after all on" : "leaves out", SLICE_ARG(x->day));
    free(x->text);
    x->text = json_dumps(x->plan, JSON_COMPACT);
    check(x->text);
    const struct schedule_excepting now = {.id = s->id,
                                           .version = s->version,
                                           .plan = slice_of(x->text),
                                           .next_ms = at_ms,
                                           .what = slice_of(what)};
    schedule_except(c->config->store, &now, web_deed(c), on_excepted, c);
}

static void load(struct web_call *c)
{
    schedule_load(c->config->store, c->id, on_was, c);
}

static void post_except(struct web_call *c)
{
    struct excepting *x = web_call_state(c, sizeof *x, excepting_done);
    const json_t *after_all = json_object_get(c->body.root, "after_all");
    x->day = body_text(&c->body, "day", DAY_BYTES_MAX, BODY_NEEDED);
    if (after_all && !json_is_null(after_all) && !json_is_boolean(after_all))
        body_note(&c->body, "after_all", "'after_all' is true or false");
    x->after_all = json_is_true(after_all);
    if (web_body_ok(c)) load(c);
}

enum { CHANGES = NEEDS_STORE | IN_GROUP | AUDITED | WITH_ID };

static const struct route rows[] = {
    {"POST", "/api/v1/schedules/{id}/except", MAY_LAUNCH_CAMPAIGNS, CHANGES,
     KEYS("day", "after_all"), post_except},
};

const struct routes schedule_except_routes = {rows, COUNT_OF(rows)};
