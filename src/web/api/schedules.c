/* Schedules: which there are, what each will do next and to whom, what came of it; pause, resume,
 * delete. Making and changing one: schedule_make.c. */
#include "web/api/api.h"

#include "flow/schedule.h"
#include "flow/zone_book.h"
#include "store/staff.h"
#include "web/api/schedule.h"
#include "web/own.h"
#include "web/view/view.h"

enum { LIST_LIMIT = 50, WHY_BYTES_MAX = 512 };

bool own_schedule(struct web_call *c, int result, const struct schedule *s, const struct err *e)
{
    if (!web_ok(c, result, e)) return false;
    if (access_may(c->member, c->route->may, s->group)) return true;
    web_error(c, 404, "not_found", "there is no schedule %u", s->id);
    return false;
}

/* ---- all of them ---- */

static json_t *list_item(const struct web_call *c, const void *list, size_t i)
{
    return view_schedule(c, &((const struct schedule *)list)[i]);
}

static void on_list(void *arg, int result, const struct schedule *list, size_t n, struct slice next,
                    const struct err *e)
{
    if (web_ok(arg, result, e))
        web_answer_list(arg, "schedules", list, n, list_item,
                        next.n ? json_text(next) : json_null());
}

static void get_schedules(struct web_call *c)
{
    const struct schedule_query q = {
        .groups = own_groups(c), .limit = LIST_LIMIT, .before = web_query(c, "cursor")};
    schedule_list(c->config->store, &q, on_list, c);
}

/* ---- one ---- */

struct showing {
    json_t *shown; /* owned */
    struct schedule *schedule;
    const char *groups[1];
};

static void showing_done(void *state)
{
    struct showing *w = state;
    json_decref(w->shown);
    schedule_free(w->schedule);
}

/* A list that is gone has nobody. */
static void on_people(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct web_call *c = arg;
    struct showing *w = c->state;
    if (result == ERR_UNREACHABLE && !web_ok(c, result, e)) return;
    json_put(w->shown, "people", result == 0 ? json_integer((json_int_t)info->total) : json_null());
    web_answer(c, 200, json_incref(w->shown));
}

static void on_log(void *arg, int result, const struct schedule_entry *list, size_t n,
                   const struct err *e)
{
    struct web_call *c = arg;
    struct showing *w = c->state;
    if (!web_ok(c, result, e)) return;
    json_put(w->shown, "firings", view_schedule_log(list, n));
    w->groups[0] = w->schedule->group.p;
    const struct group_set groups = {false, w->groups, 1};
    const json_t *campaign = json_object_get(w->shown, "campaign");
    audience_find(c->config->store, &groups, json_slice(json_object_get(campaign, "audience")),
                  on_people, c);
}

static bool maker_may(const struct web_call *c, const struct schedule *s)
{
    struct staff *staff = c->config->staff;
    return !staff || schedule_maker_may(s, roster_member(staff_roster(staff), s->by_id), c->now_ms);
}

static void on_one(void *arg, int result, const struct schedule *s, const struct err *e)
{
    struct web_call *c = arg;
    if (!own_schedule(c, result, s, e)) return;
    struct showing *w = web_call_state(c, sizeof *w, showing_done);
    w->schedule = schedule_dup(s);
    w->shown = view_schedule(c, s);
    json_put(w->shown, "next_firings", view_schedule_next(c, s));
    json_put(w->shown, "maker_may", json_boolean(maker_may(c, s)));
    schedule_log(c->config->store, s->id, on_log, c);
}

static void get_schedule(struct web_call *c)
{
    schedule_load(c->config->store, c->id, on_one, c);
}

/* ---- pause, resume, delete ---- */

struct moving {
    enum schedule_move move;
};

static void on_moved_one(void *arg, int result, const struct schedule *s, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) web_answer(c, 200, view_schedule(c, s));
}

static void on_moved(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    const struct moving *m = c->state;
    if (!web_ok(c, result, e)) return;
    if (m->move == SCHEDULE_DELETE)
        web_answer(c, 200, json_pack("{s:I}", "id", (json_int_t)c->id));
    else
        schedule_load(c->config->store, c->id, on_moved_one, c);
}

/* From now on: what was to fire while it was paused is over. False: c has its response. */
static bool find_next(struct web_call *c, const struct schedule *s, struct schedule_moving *m)
{
    struct plan p;
    struct plan_firing next;
    const struct zone_clock clock =
        zone_book_clock(c->config->means->zones, c->config->groups, c->config->country, s->group);
    if (m->move != SCHEDULE_RESUME) return true;
    if (schedule_plan(s, &p) && plan_after(&p, clock.zone, c->now_ms, &next, 1)) {
        m->next_ms = next.at_ms;
        m->zone = slice_of(clock.name);
        return true;
    }
    web_error(c, 409, "conflict", "nothing of it is to come any more: change when it fires");
    return false;
}

static void on_to_move(void *arg, int result, const struct schedule *s, const struct err *e)
{
    struct web_call *c = arg;
    if (!own_schedule(c, result, s, e)) return;
    struct schedule_moving m = {.id = s->id,
                                .move = ((const struct moving *)c->state)->move,
                                .actor = web_by(c),
                                .why = json_slice(json_object_get(c->body.root, "why")),
                                .by = slice_of(c->member->name),
                                .by_id = slice_of(c->member->id)};
    if (find_next(c, s, &m)) schedule_move(c->config->store, &m, c->now_ms, on_moved, c);
}

static void move(struct web_call *c, enum schedule_move what)
{
    if (what != SCHEDULE_DELETE) (void)body_text(&c->body, "why", WHY_BYTES_MAX, BODY_OPTIONAL);
    if (!web_body_ok(c)) return;
    struct moving *m = web_call_state(c, sizeof *m, NULL);
    m->move = what;
    schedule_load(c->config->store, c->id, on_to_move, c);
}

static void post_pause(struct web_call *c)
{
    move(c, SCHEDULE_PAUSE);
}

static void post_resume(struct web_call *c)
{
    move(c, SCHEDULE_RESUME);
}

static void delete_schedule(struct web_call *c)
{
    move(c, SCHEDULE_DELETE);
}

enum { READS = NEEDS_STORE | IN_GROUP, ACTS = READS | AUDITED };

static const struct route rows[] = {
    {"GET", "/api/v1/schedules", MAY_READ_CAMPAIGNS, READS, NULL, get_schedules},
    {"GET", "/api/v1/schedules/{id}", MAY_READ_CAMPAIGNS, READS | WITH_ID, NULL, get_schedule},
    {"POST", "/api/v1/schedules/{id}/pause", MAY_RUN_CAMPAIGNS, ACTS | WITH_ID, KEYS("why"),
     post_pause},
    {"POST", "/api/v1/schedules/{id}/resume", MAY_LAUNCH_CAMPAIGNS, ACTS | WITH_ID, KEYS("why"),
     post_resume},
    {"DELETE", "/api/v1/schedules/{id}", MAY_LAUNCH_CAMPAIGNS, ACTS | WITH_ID, NO_KEYS,
     delete_schedule},
};

const struct routes schedule_routes = {rows, COUNT_OF(rows)};
