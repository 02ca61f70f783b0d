#include "sync_time.h"

#include "base/clock.h"
#include "base/log.h"

enum { SAY_EVERY_MS = 60 * 1000 };

/* Slots are no further ahead of the gate than the limiter's record reaches (store/gate/limiter.lua: 3 s), Redis' reply included. */
static const struct lead_limits limits = {
    .first_us = 2000, .max_us = 250000, .max_slow_us = 1800000};

/* Nothing is lost and nothing is wrong, but nothing gets through: it would look like a campaign that stands still for no reason. */
static void say_slow(struct sync_time *t, const char *path, bool with_copy)
{
    int64_t now_ms = clock_wall_ms();
    if (!lead_is_hopeless(&t->lead, &limits) || now_ms - t->said_ms < SAY_EVERY_MS) return;
    t->said_ms = now_ms;
    log_warn(
        "the journal %s: %s takes %.1f s to keep what is granted, all the time; more than %.1f s "
        "is too slow to send by, and "
        "little or nothing leaves. See what else writes there, or move state_dir to a quicker disk",
        path, with_copy ? "the disk or Kafka" : "the disk", (double)sync_time_usual_us(t) / 1e6,
        (double)limits.max_slow_us / 1.25e6);
}

void sync_time_saw(struct sync_time *t, int64_t took_us, const char *path, bool with_copy)
{
    lead_saw(&t->lead, &limits, took_us);
    say_slow(t, path, with_copy);
}

int64_t sync_time_usual_us(const struct sync_time *t)
{
    return lead_usual_us(&t->lead, &limits);
}

int64_t sync_time_lead_us(const struct sync_time *t)
{
    return lead_us(&t->lead, &limits);
}
