#pragma once
/* Schedules of the process that leads (flow/schedule.h). */
#include "config/config.h"
#include "flow/schedule.h"

/* nudge: something was launched. All is borrowed for its life. */
struct schedules *app_schedules_new(const struct config *c, const struct launch_means *means,
                                    void (*nudge)(void *arg), void *nudge_arg);
