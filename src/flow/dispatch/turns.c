/* Whose turn it is at a gateway. Within a dispatcher: replies first, then the campaign that has had
 * the fewest messages for its weight.
 *
 * Between dispatchers nobody counts. All of them ask for the same next slot, and the first one gets
 * it. So a dispatcher that got nothing for long asks a little earlier than the others; the more
 * weight its batches have, the earlier. Without that, the dispatcher whose replies are slowest would
 * get every slot, since it asks with the longest lead. */
#include "turns.h"

#include "batch.h"
#include "outlet.h"
#include "run.h"

#include "base/clock.h"

enum {
    EARLY_STEP_US = 400, /* for each slot that went to others, and each weight that waits here */
    EARLY_MAX_US = 2400, /* with PACE_SLACK_US within PACE_WINDOW_US: the slot is in reach */
    EARLY_EVEN_US = 500, /* chance, between those who have waited as long */
};

void turns_init(struct turns *t)
{
    TAILQ_INIT(&t->replies);
    TAILQ_INIT(&t->runs);
    TAILQ_INIT(&t->asleep);
    t->wake_us = INT64_MAX;
}

/* A campaign that was idle does not catch up. It may lag by what ASKS_MAX calls can grant: busy
 * campaigns lag by that much, too. */
static double least_turns(const struct outlet *o)
{
    return o->turns.most - (double)(ASKS_MAX * outlet_reach_slots(o));
}

void turns_joined(struct share *s)
{
    struct turns *t = &s->outlet->turns;
    struct run *r = batch_run(s->batch);
    if (!r || TAILQ_FIRST(&r->ready) != TAILQ_LAST(&r->ready, shares)) return;
    double least = least_turns(s->outlet);
    if (r->turns < least) r->turns = least;
    TAILQ_INSERT_TAIL(&t->runs, r, link);
    t->weight += lane_weight(batch_lane(s->batch));
}

void turns_left(struct share *s)
{
    struct turns *t = &s->outlet->turns;
    struct run *r = batch_run(s->batch);
    if (!r || !TAILQ_EMPTY(&r->ready)) return;
    TAILQ_REMOVE(&t->runs, r, link);
    t->weight -= lane_weight(batch_lane(s->batch));
}

static void wake_sleepers(struct turns *t, int64_t now_us)
{
    if (now_us < t->wake_us) return;
    t->wake_us = INT64_MAX;
    for (struct share *s = TAILQ_FIRST(&t->asleep), *next; s; s = next) {
        next = TAILQ_NEXT(s, link);
        if (s->wake_us <= now_us)
            share_wake(s);
        else if (s->wake_us < t->wake_us)
            t->wake_us = s->wake_us;
    }
}

struct share *turns_next(struct outlet *o, int64_t now_us, bool replies_only)
{
    struct turns *t = &o->turns;
    struct run *best = NULL, *r;
    wake_sleepers(t, now_us);
    if (!TAILQ_EMPTY(&t->replies)) return TAILQ_FIRST(&t->replies);
    if (replies_only) return NULL;
    TAILQ_FOREACH(r, &t->runs, link)
    if (!best || r->turns < best->turns) best = r;
    return best ? TAILQ_FIRST(&best->ready) : NULL;
}

int64_t turns_wake_us(const struct outlet *o)
{
    const struct turns *t = &o->turns;
    return TAILQ_EMPTY(&t->replies) && TAILQ_EMPTY(&t->runs) ? t->wake_us : 0;
}

void turns_took(struct share *s, size_t messages)
{
    struct turns *t = &s->outlet->turns;
    struct run *r = batch_run(s->batch);
    if (!r) return;
    r->turns += (double)messages / lane_weight(batch_lane(s->batch));
    if (r->turns > t->most) t->most = r->turns;
    t->took_us = clock_mono_us();
}

int64_t turns_early_us(const struct outlet *o)
{
    int64_t now = clock_mono_us();
    double slot = o->interval_us > PACE_WINDOW_US ? o->interval_us : PACE_WINDOW_US;
    double missed = (double)(now - o->turns.took_us) / slot - 1.5;
    if (missed <= 0) return 0;
    double early = missed * EARLY_STEP_US * o->turns.weight;
    uint64_t chance = (uint64_t)now * 0x9E3779B97F4A7C15u >> 32;
    return (int64_t)(early < EARLY_MAX_US ? early : EARLY_MAX_US) +
           (int64_t)(chance % EARLY_EVEN_US);
}
