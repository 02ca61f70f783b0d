#pragma once
/* When a schedule fires: by the clock of the people, which is that of one time zone. A clock time
 * that does not exist (the clocks go forward over it) is the first moment after the gap; one that
 * comes twice is the first of the two.
 *
 * As JSON (API, store): one of
 *   "every": "thu 09:00"        core/every.h; with "until": "2027-06-30", "count": 10, or neither
 *   "dates": ["2026-12-03 19:00", …]
 *   "event": "2026-12-03 19:00", "remind": ["1 day before at 11:00", "2 hours before", …]
 *
 * and with each of them "except": ["2026-12-24", "2026-12-19 17:00", …], days or single times at which it does not
 * fire. */
#include "base/err.h"
#include "core/every.h"
#include "core/zone.h"

#include <jansson.h>

enum {
    PLAN_DATES_MAX = 100,
    PLAN_REMINDERS_MAX = 10,
    PLAN_EXCEPT_MAX = 100,
    PLAN_COUNT_MAX = 1000,
    PLAN_REMIND_BYTES_MAX = 64,
};

enum plan_kind { PLAN_EVERY, PLAN_DATES, PLAN_EVENT };
struct plan {
    enum plan_kind kind;
    struct every every;
    int64_t from_local_s, until_local_s; /* [from, until); until INT64_MAX = for ever */
    uint32_t count;                      /* of firings since from; 0 = no end */
    int64_t dates[PLAN_DATES_MAX];       /* ascending */
    size_t date_count;
    int64_t event_local_s;
    struct plan_reminder {
        int64_t before_s; /* of the event's moment; with `at`, whole days of the calendar */
        int at_minute;    /* of that day; -1: none */
    } reminders[PLAN_REMINDERS_MAX];
    size_t reminder_count;
    struct {
        int64_t from_s, until_s; /* [from, until) local: a day, or a minute */
    } except[PLAN_EXCEPT_MAX];
    size_t except_count;
};

/* Of those keys of an object; others are not looked at. from_local_s: where "every" begins. ERR_INVALID
 * with words for people; *ret_key (a literal) says which key it is about. */
int plan_read(const json_t *o, int64_t from_local_s, struct plan *ret, const char **ret_key,
              struct err *e) MUST_USE;
/* A copy of o with those keys only, as the store keeps it. Returns owned. */
json_t *plan_json(const json_t *o);
/* Puts that day, or time of a day, among what such a plan leaves out, or takes it away from there; what is over at that local
 * time goes, too. ERR_INVALID: it is neither. */
int plan_leave_out(json_t *o, struct slice day, bool left_out, int64_t local_s,
                   struct err *e) MUST_USE;
/* Takes out of "except" what is over at that local time. */
void plan_forget_over(json_t *o, int64_t local_s);

struct plan_firing {
    int64_t at_ms;   /* [wall ms] */
    int64_t local_s; /* what the clock shows, or would if it did not jump */
    int64_t end_ms;  /* [wall ms] later it is of no use: the event; INT64_MAX = no such end */
};
/* Those later than after_ms, ascending; at most max. zone NULL: UTC. */
size_t plan_after(const struct plan *p, const struct zone *zone, int64_t after_ms,
                  struct plan_firing *ret, size_t max);

/* Whether it fires on that day, or at that time of a day, as "except" has them. */
bool plan_fires_on(const struct plan *p, const struct zone *zone, struct slice day);

/* [s] What a clock there shows at that moment [wall ms]. zone NULL: UTC. */
int64_t plan_local_s(const struct zone *zone, int64_t at_ms);
