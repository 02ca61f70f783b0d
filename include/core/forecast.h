#pragma once
/* When a campaign will be finished. Several campaigns share one account: the slots of each moment go
 * to those that have somebody whose hours are open, by their weights, as turns between batches give
 * them (flow/dispatch/turns.c). Who has nobody leaves their slots to the others. */
#include "core/hours.h"

struct forecast_group {
    const struct zone *const *zones; /* of all of these people; none: UTC */
    size_t zone_count;
    uint64_t people;
};

enum {
    FORECAST_MARKS = 2 /* of each campaign */
};

struct forecast_campaign {
    const struct hours *hours; /* NULL = any */
    const struct forecast_group *groups;
    size_t group_count;
    double weight;     /* > 0: messages for one of a blast */
    double most_per_s; /* those who answer let out no more; 0 = no such bound */
    int64_t begin_us;  /* [wall µs] when it starts; what is over means now */
    int64_t until_us;  /* [wall µs] its deadline: nobody is texted after it; 0 = none */
    /* After the first few it waits so long (core/canary.h); 0 = it does not. */
    uint64_t few;
    int64_t few_wait_us;
    /* What of it the caller wants to know the time of: the so many-th person; 0 = nothing. */
    uint64_t marks[FORECAST_MARKS];
};

enum { FORECAST_DAYS = 366 };

struct forecast {
    bool ends; /* false: not FORECAST_DAYS after its start, or some people have no hour at all */
    /* [wall µs] when the first message leaves, and the last; finish when it ends */
    int64_t first_us, finish_us;
    uint64_t next_day;               /* people who are not reached in the first window of theirs */
    int64_t mark_us[FORECAST_MARKS]; /* [wall µs] when each mark is reached; 0 = it is not */
};
/* Of the first of n ≥ 1 campaigns; its own deadline is not looked at. rate_per_s: people a second
 * that the account reaches, > 0. O(n * groups * days). */
struct forecast forecast_run(const struct forecast_campaign *campaigns, size_t n, double rate_per_s,
                             int64_t now_us);

/* ---- how fast an account is, from what was seen ----
 *
 * At first what the configuration says counts, with a little taken off. Each second of work that was
 * seen counts against that; the latest quarter of an hour counts most. Outages, throttling, retries
 * and replies are in it, since what is counted are people who were reached. */

struct forecast_pace {
    double seconds, people; /* of work, and who was reached in it; what is old counts less */
    double squares;         /* of the steps' rates, times their seconds */
};
/* One more step of work [s > 0] in which so many were reached. */
void forecast_pace_add(struct forecast_pace *p, double seconds, double people);

struct forecast_rates {
    double slow, likely, fast; /* people a second; 19 of 20 are between slow and fast */
};
/* What to reckon with over the next `ahead_s` seconds. nominal: what the configuration allows, > 0. */
struct forecast_rates forecast_pace_rates(const struct forecast_pace *p, double nominal_per_s,
                                          double ahead_s);
