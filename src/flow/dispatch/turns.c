/* Whose turn it is at a gateway. Within a dispatcher: replies first, then the campaign that has had
 * the fewest messages for its weight.
 *
 * Between dispatchers nobody counts. All of them ask for the same next slot, and the first one gets
 * it. So a dispatcher that got nothing for long asks a little earlier than the others; the more
 * weight its batches have, the earlier. Without that, the dispatcher whose replies are slowest would
 * get every slot, since it asks with the longest lead. */
#include "private.h"

enum {
    EARLY_STEP_US = 400, /* for each slot that went to others, and each weight that waits here */
    EARLY_MAX_US = 2400, /* with PACE_SLACK_US within PACE_WINDOW_US: the slot is in reach */
    EARLY_EVEN_US = 500, /* chance, between those who have waited as long */
};

/* Messages that a turn of this lane may have for one of a blast. */
static const double weight[LANE_COUNT] = {[LANE_REPLY] = 1, [LANE_REMINDER] = 3, [LANE_BLAST] = 1};

static bool may_ask(const struct batch *b, int64_t now)
{
    return b->todo_n > 0 && !b->lost && !b->parked && b->wake_us <= now;
}

struct batch *turns_next(struct outlet *o, int64_t now, bool replies_only)
{
    struct batch *best = NULL;
    /* A campaign that was idle does not catch up. It may lag by what ASKS_MAX calls can grant: busy
     * campaigns lag by that much, too. */
    double least = o->turn_floor - ASKS_MAX * pace_window_slots(o->interval_us);
    for (size_t i = 0; i < o->batch_n; i++) {
        struct batch *b = o->batches[i];
        if (!may_ask(b, now)) continue;
        if (!b->run) return b;
        if (b->run->turns < least) b->run->turns = least;
        if (!replies_only && (!best || b->run->turns < best->run->turns)) best = b;
    }
    return best;
}

int64_t turns_wake_us(const struct outlet *o)
{
    int64_t wake = INT64_MAX;
    for (size_t i = 0; i < o->batch_n; i++) {
        const struct batch *b = o->batches[i];
        if (b->todo_n && !b->lost && !b->parked && b->wake_us < wake) wake = b->wake_us;
    }
    return wake;
}

void turns_took(struct batch *b, size_t messages)
{
    struct outlet *o = b->o;
    if (!b->run) return;
    b->run->turns += (double)messages / weight[b->lane];
    if (b->run->turns > o->turn_floor) o->turn_floor = b->run->turns;
    o->took_us = clock_mono_us();
}

/* Of the campaigns that could send something now, each counted once. O(batches). */
static double weight_here(struct outlet *o, int64_t now)
{
    double sum = 0;
    o->count++;
    for (size_t i = 0; i < o->batch_n; i++) {
        const struct batch *b = o->batches[i];
        if (!b->run || b->run->counted == o->count || !may_ask(b, now)) continue;
        b->run->counted = o->count;
        sum += weight[b->lane];
    }
    return sum;
}

int64_t turns_early_us(struct outlet *o)
{
    int64_t now = clock_mono_us();
    double slot = o->interval_us > PACE_WINDOW_US ? o->interval_us : PACE_WINDOW_US;
    double missed = (double)(now - o->took_us) / slot - 1.5;
    if (missed <= 0) return 0;
    double early = missed * EARLY_STEP_US * weight_here(o, now);
    uint64_t chance = (uint64_t)now * 0x9E3779B97F4A7C15u >> 32;
    return (int64_t)(early < EARLY_MAX_US ? early : EARLY_MAX_US) +
           (int64_t)(chance % EARLY_EVEN_US);
}
