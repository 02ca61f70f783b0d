#pragma once
/* When a campaign will be finished: so many people, at a rate, only at their allowed hours. Between
 * two changes of hours all whose hours are open are served alike, which is what turns between
 * batches come to. */
#include "core/hours.h"

struct forecast_group {
    const struct zone *const *zones; /* of all of these people; none: UTC */
    size_t zone_count;
    uint64_t people;
};

enum { FORECAST_DAYS = 366 };

struct forecast {
    bool ends; /* false: not within FORECAST_DAYS, or there are people without any hour */
    /* [wall µs] when the first message leaves, and the last; finish when it ends */
    int64_t first_us, finish_us;
    uint64_t next_day; /* people who are not reached in the first window of theirs */
};
/* interval_us: between two messages, > 0. O(groups * days). */
struct forecast forecast_run(const struct hours *h, const struct forecast_group *groups, size_t n,
                             double interval_us, int64_t start_us);
