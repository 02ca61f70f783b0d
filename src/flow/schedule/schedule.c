/* A look at a schedule: which of its firings are due, which of those still are of use, and what came
 * of them. One is looked at after the other; what Redis did not reply to is looked at again. */
#include "fire.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "flow/zone_book.h"
#include "store/group.h"
#include "store/roster.h"

enum { ASK_EVERY_MS = 1000 };

struct look {
    struct schedule *schedule; /* owned */
    char *maker;               /* owned; as the roster has them */
};

struct schedules {
    struct schedules_config config;
    int64_t now_ms, asked_ms, restored_ms;
    bool asking;
    struct look looks[SCHEDULE_DUE_MAX];
    size_t n, at; /* the one that is looked at */
    /* of that one */
    struct plan plan;
    struct zone_clock clock;
    struct plan_firing due[SCHEDULE_SETTLE_MAX];
    struct schedule_entry entries[SCHEDULE_SETTLE_MAX];
    char local[SCHEDULE_SETTLE_MAX][WALL_TIME_BYTES];
    size_t due_n;
    char why[ERR_TEXT_BYTES];
};

static void look_at_next(struct schedules *s);

static const struct schedule *current(const struct schedules *s)
{
    return s->looks[s->at].schedule;
}

static void forget_look(struct schedules *s)
{
    schedule_free(s->looks[s->at].schedule);
    free(s->looks[s->at].maker);
    s->at++;
}

static void end_look(struct schedules *s)
{
    forget_look(s);
    look_at_next(s);
}

/* Redis did not reply: all of them are due again soon. */
static void end_all(struct schedules *s)
{
    while (s->at < s->n)
        forget_look(s);
    s->n = s->at = 0;
}

static void on_settled(void *arg, int result, const struct err *e)
{
    struct schedules *s = arg;
    (void)e;
    if (result == ERR_UNREACHABLE)
        end_all(s);
    else
        end_look(s);
}

/* ---- who made it ---- */

/* Whether it goes to people who were texted enough, too. */
static bool is_exempt(const struct schedule *one)
{
    json_t *campaign = json_loadb(one->campaign.p, one->campaign.n, 0, NULL);
    bool exempt = json_is_string(json_object_get(campaign, "cap"));
    json_decref(campaign);
    return exempt;
}

bool schedule_maker_may(const struct schedule *s, const struct staff_member *m, int64_t now_ms)
{
    /* Whoever came by the socket is the owner, and nobody's account (web/auth.h). */
    if (slice_is(s->by_id, SCHEDULE_BY_SOCKET)) return true;
    return m && staff_is_in(m, now_ms) && access_may(&m->is, MAY_LAUNCH_CAMPAIGNS, s->group) &&
           (!is_exempt(s) || access_may_everywhere(&m->is, MAY_LAUNCH_CAMPAIGNS));
}

static bool may_still(const struct schedules *s)
{
    const struct schedule *one = current(s);
    const char *text = s->looks[s->at].maker;
    struct roster *roster = roster_new();
    if (*text) roster_take(roster, ROSTER_MEMBERS, one->by_id, slice_of(text));
    bool may = schedule_maker_may(one, roster_member(roster, one->by_id), s->now_ms);
    roster_free(roster);
    return may;
}

static void stop(struct schedules *s)
{
    const struct schedule *one = current(s);
    (void)snprintf(s->why, sizeof s->why, "%.*s, who made it, may not launch it any more",
                   SLICE_ARG(one->by));
    log_warn("schedule %u is stopped: who made it may not launch it any more", one->id);
    const struct schedule_moving m = {.id = one->id,
                                      .move = SCHEDULE_STOP,
                                      .actor = SLICE_LIT("system:schedule"),
                                      .why = slice_of(s->why)};
    schedule_move(s->config.means.store, &m, s->now_ms, on_settled, s);
}

/* ---- what came of it ---- */

static void settle(struct schedules *s)
{
    const struct schedule *one = current(s);
    struct plan_firing next;
    int64_t handled_ms = s->due_n ? s->due[s->due_n - 1].at_ms : one->handled_ms;
    const struct schedule_settling what = {
        .id = one->id,
        .version = one->version,
        .handled_ms = handled_ms,
        .next_ms = plan_after(&s->plan, s->clock.zone, handled_ms, &next, 1) ? next.at_ms : 0,
        .zone = slice_of(s->clock.name),
        .entries = s->entries,
        .n = s->due_n,
    };
    schedule_settle(s->config.means.store, &what, s->now_ms, on_settled, s);
}

static void note(struct schedules *s, size_t i, enum schedule_outcome outcome, uint32_t campaign,
                 const char *why)
{
    wall_time_write(s->due[i].local_s, s->local[i]);
    s->entries[i] = (struct schedule_entry){.at_ms = s->due[i].at_ms,
                                            .local = slice_of(s->local[i]),
                                            .outcome = outcome,
                                            .campaign = campaign,
                                            .why = slice_of(why)};
    if (outcome != SCHEDULE_LAUNCHED)
        log_warn("schedule %u: what was to be launched at %s is %s", current(s)->id, s->local[i],
                 schedule_outcome_to_string(outcome));
}

static void on_fired(void *arg, int result, uint32_t campaign, const struct err *e)
{
    struct schedules *s = arg;
    if (result == ERR_UNREACHABLE) {
        end_all(s); /* nobody knows: the campaign's name will tell */
        return;
    }
    if (result < 0) (void)snprintf(s->why, sizeof s->why, "%s", e->text);
    note(s, s->due_n - 1, result < 0 ? SCHEDULE_FAILED : SCHEDULE_LAUNCHED, campaign,
         result < 0 ? s->why : "");
    if (result == 0 && s->config.launched) s->config.launched(s->config.arg);
    settle(s);
}

/* ---- which are due ---- */

/* Its campaign may be one of those that the store has lost: nobody is to be texted twice. */
static bool may_be_lost(const struct schedules *s, const struct plan_firing *f)
{
    return f->at_ms <= s->restored_ms;
}

static bool is_of_use(const struct schedules *s, const struct plan_firing *f)
{
    const struct schedule *one = current(s);
    int64_t deadline_ms = schedule_deadline_ms(one, f);
    int64_t late_ms = one->late_ms ? one->late_ms : s->config.late_ms;
    return !may_be_lost(s, f) && s->now_ms <= f->at_ms + late_ms &&
           (deadline_ms == 0 || s->now_ms < deadline_ms);
}

static void find_due(struct schedules *s)
{
    s->due_n =
        plan_after(&s->plan, s->clock.zone, current(s)->handled_ms, s->due, SCHEDULE_SETTLE_MAX);
    while (s->due_n && s->due[s->due_n - 1].at_ms > s->now_ms)
        s->due_n--;
}

/* By the clock that it had it may have been to come as yet. */
static bool has_another_clock(const struct schedules *s)
{
    const struct slice was = current(s)->zone;
    return was.n && !slice_is(was, s->clock.name);
}

static const char *why_missed(const struct schedules *s, const struct plan_firing *f)
{
    if (may_be_lost(s, f))
        return "Redis had gone back, so nobody knows whether it was launched before";
    if (!is_of_use(s, f) && has_another_clock(s))
        return "the group was given another time zone, and there it was over";
    return is_of_use(s, f) ? "a later one was due as well"
                           : "nobody was there to launch it in time";
}

/* The newest, while it is of use; the others are over. When there are more than fit they all are
 * old, but for the last ones, which are looked at when these are settled. */
static void look_at(struct schedules *s)
{
    const struct schedule *one = current(s);
    s->clock = zone_book_clock(s->config.means.zones, s->config.means.groups, s->config.country,
                               one->group);
    find_due(s);
    bool fires = s->due_n > 0 && is_of_use(s, &s->due[s->due_n - 1]);
    if (s->due_n && !may_still(s)) {
        stop(s);
        return;
    }
    for (size_t i = 0; i + fires < s->due_n; i++)
        note(s, i, SCHEDULE_MISSED, 0, why_missed(s, &s->due[i]));
    if (fires)
        fire_run(&s->config.means, one, &s->plan, &s->due[s->due_n - 1], s->now_ms, on_fired, s);
    else
        settle(s);
}

static void look_at_next(struct schedules *s)
{
    while (s->at < s->n && !schedule_plan(current(s), &s->plan)) {
        log_error("schedule %u cannot be read: it is of a newer Muster", current(s)->id);
        forget_look(s);
    }
    if (s->at < s->n)
        look_at(s);
    else
        s->n = s->at = 0;
}

/* ---- the step ---- */

static void on_due(void *arg, int result, int64_t restored_ms, const struct schedule_due *list,
                   size_t n)
{
    struct schedules *s = arg;
    s->asking = false;
    if (result < 0) return;
    s->restored_ms = restored_ms;
    for (size_t i = 0; i < n; i++)
        s->looks[i] = (struct look){schedule_dup(&list[i].schedule), slice_strdup(list[i].maker)};
    s->n = n;
    s->at = 0;
    if (n == SCHEDULE_DUE_MAX) s->asked_ms = 0; /* there may be more */
    look_at_next(s);
}

bool schedules_idle(const struct schedules *s)
{
    return !s->asking && s->n == 0;
}

void schedules_step(struct schedules *s, int64_t now_ms)
{
    bool soon = now_ms >= s->asked_ms && now_ms < s->asked_ms + ASK_EVERY_MS;
    if (!schedules_idle(s) || soon) return;
    if (s->config.means.groups && !groups_are_read(s->config.means.groups))
        return; /* their zones */
    s->now_ms = s->asked_ms = now_ms;
    s->asking = true;
    schedule_due(s->config.means.store, now_ms, on_due, s);
}

struct schedules *schedules_new(const struct schedules_config *config)
{
    struct schedules *s = xcalloc(1, sizeof *s);
    s->config = *config;
    return s;
}

void schedules_free(struct schedules *s)
{
    if (!s) return;
    end_all(s);
    free(s);
}
