/* Worlds in which nothing goes wrong but Redis' clock: it is set just behind a script that has run, so that replies of before and
 * after it are under way together, grants wait for the disk, outcomes for their record, and leases have just been taken. It
 * stays as it was set. The hours of all campaigns are open all the time, so nobody has a reason to wait for the clock: all is
 * settled soon after. */
#include "promises.h"
#include "sim_journal.h"
#include "world_impl.h"

enum {
    NEXT_US = 700 * SIM_MS, /* [µs] from one time that it is set to the next, on average */
    SOON_US =
        2 * SIM_S, /* the script that it waited for does not run: then it is set all the same */
    DIRECT_US = 300 * SIM_MS,         /* [µs] between two messages by hand, on average */
    LISTEN_US = 3 * SIM_S,            /* from the last time on, until nothing new is sent by hand */
    KILL_OF = 8,                      /* one time in so many a daemon dies … */
    KILL_US = 5 * SIM_MS,             /* … so soon after it, on average */
    SETTLED_US = 90 * (int64_t)SIM_S, /* after that everybody is */
    FLIGHT_US =
        40 * (int64_t)SIM_S, /* nobody is in flight for longer: some leases and a response */
};

#define SLOW_CHANCE 0.1
#define HOUR_US     (3600 * (int64_t)SIM_S)

static struct world *world; /* commands do not say whose they are */

/* By no more than an hour of the day in all: hours that are open stay so (campaigns.c). */
static int64_t draw_us(struct clocks *c)
{
    static const int64_t furthest_us[] = {150 * SIM_MS, 3 * SIM_S, HOUR_US, 24 * HOUR_US};
    int64_t us = furthest_us[rng_between(&c->rng, 0, COUNT_OF(furthest_us) - 1)];
    int sign = rng_chance(&c->rng, 0.6) ? -1 : 1;
    if (us != HOUR_US) return sign * us;
    if (c->hours) sign = -c->hours;
    c->hours += sign;
    return sign * us;
}

static void draw_next(struct clocks *c)
{
    static const char *const scripts[] = {"gate",    "gate",      "gate",       "record",
                                          "record",  "lease",     "renew",      "lead",
                                          "reserve", "batch_end", "direct_due", "clock_set"};
    c->behind = scripts[rng_between(&c->rng, 0, COUNT_OF(scripts) - 1)];
    c->from_us = sim_now_us() + rng_exponential(&c->rng, NEXT_US);
}

static void on_kill(void *arg)
{
    troubles_kill(arg);
}

static void set(struct world *w)
{
    struct clocks *c = &w->clocks;
    int64_t us = draw_us(c);
    sim_trace("redis: its clock is set by %lld us, behind %s", (long long)us, c->behind);
    sim_redis_jump(us);
    promises_clock_jumped();
    c->last_us = sim_now_us();
    if (rng_between(&c->rng, 1, KILL_OF) == 1)
        (void)sim_in(NULL, rng_exponential(&c->rng, KILL_US), on_kill, w);
    if (--c->left > 0) draw_next(c);
}

static void see(const struct sim_done *done)
{
    struct clocks *c = &world->clocks;
    promises_see_command(done);
    if (c->left > 0 && sim_now_us() >= c->from_us && done->script &&
        strcmp(done->script, c->behind) == 0)
        set(world);
}

void clocks_tend(struct world *w)
{
    struct clocks *c = &w->clocks;
    if (!c->is_on) return;
    promises_check_flight(FLIGHT_US);
    if (c->left > 0 && sim_now_us() > c->from_us + SOON_US) set(w);
    if (c->left == 0 && sim_now_us() > c->last_us + LISTEN_US) w->healed = true;
    if (c->left == 0 && sim_now_us() > c->last_us + SETTLED_US)
        promise_broken("the clock was set %lld us ago:%s", (long long)(sim_now_us() - c->last_us),
                       promises_unsettled());
}

static void on_direct(void *arg)
{
    struct world *w = arg;
    if (w->healed) return;
    reports_send_direct(w, (int)rng_between(&w->clocks.rng, 0, w->gateway_count - 1));
    (void)sim_in(NULL, rng_exponential(&w->clocks.rng, DIRECT_US), on_direct, w);
}

void clocks_draw(struct world *w)
{
    struct clocks *c = &w->clocks;
    *c = (struct clocks){.is_on = true, .rng = rng_new(sim_seed(), 8)};
    c->left = (int)rng_between(&c->rng, 1, 4);
    sim_journal_slow(SLOW_CHANCE);
    w->hiccup_us = 2 * SIM_MS;
    w->steps = 0;
    w->quiet = w->closing = false;
}

void clocks_begin(struct world *w)
{
    if (!w->clocks.is_on) return;
    world = w;
    draw_next(&w->clocks);
    sim_redis_watch(see);
    (void)sim_in(NULL, rng_exponential(&w->clocks.rng, DIRECT_US), on_direct, w);
}
