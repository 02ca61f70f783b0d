#pragma once
/* Schedules, as the leader fires them (docs/adr/0042): each firing makes a campaign whose name is the
 * schedule's with its date, by the same check as any launch. A name is used once in a group, so a
 * firing that is done twice, after a crash, is done once.
 *
 * After a time in which nobody was there the newest firing that was missed happens, if it is still of
 * use; the others are noted as missed. What a check refuses is noted as failed, with why. */
#include "core/every.h"
#include "flow/launch.h"
#include "flow/plan.h"
#include "store/schedule.h"

struct schedules;
struct staff_member;

struct schedules_config { /* all borrowed for its life */
    struct launch_means means;
    const char *country;         /* of the organisation: the clock of groups that say no zone; "" */
    int64_t late_ms;             /* [ms] of schedules that do not say how late they may be */
    void (*launched)(void *arg); /* a campaign is there; NULL = nobody wants to know */
    void *arg;
};

/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct schedules *schedules_new(const struct schedules_config *config);
void schedules_free(
    struct schedules *s); /* NULL is fine. What is under way ends by itself before */

/* One step, as often as one likes, while this process leads; now_ms: Redis' wall clock. Schedules are
 * looked at one after the other. */
void schedules_step(struct schedules *s, int64_t now_ms);
/* Nothing is under way. */
bool schedules_idle(const struct schedules *s);

/* ---- what pages and API show of them, too ---- */

/* Whether who answers for it may still launch it: if not, it is stopped when it would fire next. m: of by_id; NULL: nobody is. */
bool schedule_maker_may(const struct schedule *s, const struct staff_member *m, int64_t now_ms);
/* The stored plan of a schedule. False: it cannot be read (a newer Muster's). */
bool schedule_plan(const struct schedule *s, struct plan *ret);
/* A campaign's name: "Thursday meeting 2026-12-03"; with the time, where a day may have several. */
enum { SCHEDULE_CAMPAIGN_NAME_BYTES = SCHEDULE_NAME_BYTES_MAX + WALL_TIME_BYTES + 1 };
void schedule_campaign_name(const struct schedule *s, const struct plan *p, int64_t local_s,
                            char out[SCHEDULE_CAMPAIGN_NAME_BYTES]);
/* [wall ms] When nothing leaves any more of the campaign of a firing; 0 = no such end. */
int64_t schedule_deadline_ms(const struct schedule *s, const struct plan_firing *f);
