#include "app_schedules.h"

enum { MINUTE_MS = 60000 };

struct schedules *app_schedules_new(const struct config *c, const struct launch_means *means,
                                    void (*nudge)(void *arg), void *nudge_arg)
{
    const struct schedules_config config = {
        .means = *means,
        .country = c->organisation.country,
        .late_ms = c->schedules.late_minutes * (int64_t)MINUTE_MS,
        .launched = nudge,
        .arg = nudge_arg,
    };
    return schedules_new(&config);
}
