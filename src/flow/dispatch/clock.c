/* All dispatchers go by Redis' clock, and somebody may set it while they do.
 *
 * Set back: the limiter sees it, since its last slot is ahead of the clock then.
 *
 * Set forward: only a dispatcher can see it, since it has a clock of its own. To the limiter the slots of the last second seem to
 * be long over, and it would grant others in their place: too many in a second. So the dispatcher sends nothing of what was
 * granted since, and tells the limiter, which then grants nothing for a second. */
#include "outlet.h"
#include "private.h"

#include <stdlib.h>

enum {
    FAR_MORE = 4,      /* times the furthest that was said */
    IDLE_US = 1000000, /* so far off nothing but a clock that was set, or a long idleness, is */
};

/* Seldom, where it goes on like this; but always one that is far more than those before. */
static void say_jump(struct dispatch *d, int64_t jump_us)
{
    unsigned n = d->clock_sets;
    bool forward = jump_us > 0;
    int64_t far_us = forward ? jump_us : -jump_us;
    if (!log_worth_saying(n) && far_us / FAR_MORE < d->clock_said_us) return;
    if (far_us > d->clock_said_us) d->clock_said_us = far_us;
    log_warn("Redis' clock was set %s by %.1f ms, or this is another Redis (%u times so far): "
             "sending pauses for about %s, so that no second gets too many; let its time server "
             "slew the clock and not set it (chrony: no `makestep` but at the start)",
             forward ? "forward" : "back", (double)far_us / 1000, n,
             forward ? "a second" : "that long, and a second at most");
}

struct telling {
    struct outlet *o;
    unsigned jumps;
};

static void on_told(void *arg, int result)
{
    struct telling t = *(struct telling *)arg;
    free(arg);
    t.o->telling = false;
    if (result == 0)
        t.o->jumps_told = t.jumps;
    else
        t.o->tell_at_us = clock_mono_us() + RETRY_US;
    outlet_wake(t.o);
}

bool clock_is_told(struct outlet *o)
{
    struct dispatch *d = o->d;
    if (o->jumps_told == d->jumps) return true;
    if (o->telling || clock_mono_us() < o->tell_at_us) return false;
    struct telling *t = xmalloc(sizeof *t);
    *t = (struct telling){o, d->jumps};
    o->telling = true;
    ledger_clock_set(d->config.ledger, o->account->name, o->account->senders,
                     o->account->sender_rate_per_s > 0 ? o->account->sender_count : 0, on_told, t);
    return false;
}

void clock_see(struct dispatch *d, int64_t sent_us, int64_t redis_us)
{
    int64_t jump = pace_clock_sample(&d->clock, sent_us, clock_mono_us(), redis_us);
    if (jump == 0) return;
    d->clock_sets++;
    say_jump(d, jump);
    if (jump < 0) return;
    d->jumps++;
    for (size_t i = 0; i < d->outlet_n; i++) {
        outlet_keep_back(&d->outlets[i]);
        (void)clock_is_told(&d->outlets[i]);
    }
}

/* Where the gate replies all the time, it tells more. */
void clock_see_idle(struct dispatch *d, int64_t sent_us, int64_t redis_us)
{
    const struct pace_clock *c = &d->clock;
    bool fits = c->known && redis_us > pace_clock_redis_us(c, sent_us) - IDLE_US &&
                redis_us < pace_clock_redis_us(c, clock_mono_us()) + IDLE_US;
    if (!fits) clock_see(d, sent_us, redis_us);
}
