/* Redis' clock, which is everybody's, may be set while we go by it. Set back, the limiter sees it
 * by itself. Set forward, only somebody with a clock of their own can: by its own record the slots
 * of the last second are further back than they are, and it would grant others in their place. So
 * what was granted since is not sent, the limiter is told, and it waits until a second has passed.
 */
#include "private.h"

#include <stdlib.h>

/* The 1st, 2nd, 4th, 8th … time: a clock that is set again and again does not fill the log. */
static void say_jump(const struct dispatch *d, int64_t jump_us)
{
    unsigned n = d->clock_sets;
    if ((n & (n - 1)) != 0) return;
    bool forward = jump_us > 0;
    log_warn("Redis' clock was set %s by %.1f ms, or this is another Redis (%u times so far): "
             "sending pauses for about %s, so that no second gets too many; let its time server "
             "slew the clock and not set it (chrony: no `makestep` but at the start)",
             forward ? "forward" : "back", (double)(forward ? jump_us : -jump_us) / 1000, n,
             forward ? "a second" : "that long, and a second at most");
}

void gw_keep_back(struct lane_gateway *gw)
{
    void *g;
    gw->keeps++;
    while (heap_pop(gw->paced, NULL, &g))
        record_outcome(g, STATE_PENDING, "");
}

struct telling {
    struct lane_gateway *gw;
    unsigned jumps;
};

static void on_told(void *arg, int result)
{
    struct telling t = *(struct telling *)arg;
    free(arg);
    t.gw->telling = false;
    if (result == 0)
        t.gw->jumps_told = t.jumps;
    else
        t.gw->tell_at_us = clock_mono_us() + RETRY_US;
    gw_pump(t.gw);
}

bool clock_is_told(struct lane_gateway *gw)
{
    struct dispatch *d = gw->d;
    if (gw->jumps_told == d->jumps) return true;
    if (gw->telling || clock_mono_us() < gw->tell_at_us) return false;
    struct telling *t = xmalloc(sizeof *t);
    *t = (struct telling){gw, d->jumps};
    gw->telling = true;
    ledger_clock_set(d->config.ledger, gw->account->name, gw->account->senders,
                     gw->account->sender_rate_per_s > 0 ? gw->account->sender_count : 0, on_told,
                     t);
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
    for (size_t i = 0; i < d->gateway_n; i++) {
        gw_keep_back(&d->gateways[i]);
        (void)clock_is_told(&d->gateways[i]);
    }
}
