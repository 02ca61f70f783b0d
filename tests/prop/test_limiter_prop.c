/* The limiter as a property, against a real Redis with a clock of ours: whatever several
 * dispatchers do (ask at any time, stall, give missed slots back, answer people, be told to slow
 * down), and however Redis' clock is set, no second ever holds more than the rate; and with work to
 * do and no trouble at least 98 % of it is used.
 *
 *     MUSTER_SEED=n test_limiter_prop      the same schedules again
 *
 * A second is one of true time, which nobody here knows: Redis' clock is set now and then, and each
 * dispatcher has a clock of its own that began at another time and runs a little wrong. They see
 * Redis' clock by core/pace.c, as the real ones do (flow/dispatch/clock.c). */
#include "draws.h"
#include "ledger_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "core/pace.h"
#include "io/redis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    DISPATCHERS_MAX = 4,
    SENDERS = 2,
    SLOTS_MAX = 400000,
    AHEAD_MAX = 4096, /* slots that one dispatcher has got and not reached */
    LATE_US = PACE_LATE_US,
};

struct slot {
    int64_t redis_us, mono_us; /* as it was granted; when it is used, in true time */
    int sender;
};

struct dispatcher {
    struct pace_clock clock;
    int64_t own_us;          /* its clock at the true time 0 … */
    int ppm;                 /* … and how much faster that runs */
    int64_t out_us, back_us; /* a call's way to Redis, and its answer's */
    int64_t ask_us;          /* when its next question is at Redis … */
    bool tells;              /* … or the news that Redis' clock was set */
    struct slot ahead[AHEAD_MAX];
    size_t ahead_n;
    int64_t missed[GATE_GIVE_BACK_MAX];
    size_t missed_n;
};

struct schedule {
    double rate, sender_rate;
    int dispatchers;
    int64_t length_us;
    bool stalls, jumps, slows, replies;
    int fast_ppm; /* Redis' clock, all the time */
    int64_t stall_max_us;
};

static struct ledger_world *world;
static struct slot *used;
static size_t used_n;
static int64_t offset_us; /* Redis' clock minus the one that nobody sets */
static struct dispatcher fleet[DISPATCHERS_MAX];

/* ---- clocks ---- */

static int64_t own_of(const struct dispatcher *d, int64_t true_us)
{
    return d->own_us + true_us + true_us * d->ppm / 1000000;
}

static int64_t true_of(const struct dispatcher *d, int64_t own_us)
{
    return (int64_t)((double)(own_us - d->own_us) / (1 + d->ppm / 1e6));
}

/* ---- slots ---- */

static void miss(struct dispatcher *d, const struct slot *s)
{
    if (d->missed_n < GATE_GIVE_BACK_MAX) d->missed[d->missed_n++] = s->redis_us;
}

static void use(const struct slot *s, int64_t mono_us)
{
    assert_true(used_n < SLOTS_MAX);
    used[used_n] = *s;
    used[used_n++].mono_us = mono_us;
}

/* Slots up to now are used, but for those that a stall made it miss. */
static void reach(struct dispatcher *d, int64_t stalled_from_us, int64_t mono_us)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->ahead_n; i++) {
        struct slot s = d->ahead[i];
        if (s.mono_us > mono_us)
            d->ahead[kept++] = s;
        else if (s.mono_us <= stalled_from_us)
            use(&s, s.mono_us);
        else if (s.mono_us >= mono_us - LATE_US)
            use(&s, mono_us);
        else
            miss(d, &s);
    }
    d->ahead_n = kept;
}

/* ---- the gate ---- */

struct answer {
    bool done;
    struct dispatcher *d;
    int64_t mono_us; /* when the script ran */
    const uint8_t *sender_of;
    int64_t wait_us;
    size_t granted;
};

static void granted(struct answer *x, int64_t redis_us, int sender)
{
    struct dispatcher *d = x->d;
    int64_t here = x->mono_us + d->back_us;
    int64_t at = true_of(d, pace_clock_mono_us(&d->clock, redis_us));
    struct slot s = {redis_us, at > here ? at : here, sender};
    x->granted++;
    if (d->tells) return; /* kept back */
    if (here > at + LATE_US) {
        miss(d, &s);
        return;
    }
    assert_true(d->ahead_n < AHEAD_MAX);
    d->ahead[d->ahead_n++] = s;
}

/* Redis' clock was set forward: what is granted and has not left goes back. */
static void see_clock(struct answer *x, int64_t redis_us)
{
    struct dispatcher *d = x->d;
    int64_t here = x->mono_us + d->back_us;
    int64_t jump =
        pace_clock_sample(&d->clock, own_of(d, x->mono_us - d->out_us), own_of(d, here), redis_us);
    if (jump <= 0) return;
    reach(d, here, here);
    d->ahead_n = 0;
    d->tells = true;
}

static void on_gate(void *arg, const struct gate_reply *a)
{
    struct answer *x = arg;
    assert_int_equal(a->result, 0);
    assert_int_equal(a->verdict, GATE_OK);
    see_clock(x, a->redis_now_us);
    for (size_t i = 0, times = 0; i < a->letters.n; i++) {
        times += a->letters.p[i] == 'v'; /* when its sender may be free: no slot */
        if (a->letters.p[i] == 'g')
            granted(x, a->redis_now_us + gate_slot_us(a, times++), x->sender_of[i]);
    }
    x->wait_us = a->wait_us;
    x->done = true;
}

/* Everybody is pending again: this is about the limiter. */
static void rewind_ledger(void)
{
    char key[48], zeros[128] = {0};
    (void)snprintf(key, sizeof key, "%sc:7:l", world->prefix);
    struct slice argv[] = {SLICE_LIT("SETRANGE"), slice_of(key), SLICE_LIT("0"),
                           slice_make(zeros, sizeof zeros)};
    redis_command(world->redis, NULL, NULL, COUNT_OF(argv), argv);
}

static const char *const senders[SENDERS] = {"s0", "s1"};

static void ask_gate(const struct schedule *s, struct dispatcher *d, int64_t mono_us)
{
    int64_t lead_us = pace_clock_lead_us(&d->clock);
    double interval = pace_interval_us(s->rate);
    int n = pace_slots(interval, pace_clock_reach_us(&d->clock));
    bool reply = s->replies && one_in(10);
    struct gate_ask ask = lw_ask((struct lease_ref){batch_of_block(7, 0), 1},
                                 reply ? 1 : (size_t)(n < GATE_ASK_MAX ? n : GATE_ASK_MAX));
    uint8_t sender_of[GATE_ASK_MAX];
    for (size_t i = 0; i < ask.n; i++)
        sender_of[i] = (uint8_t)(roll() % SENDERS);
    ask.senders = senders;
    ask.sender_count = SENDERS;
    ask.sender_of = sender_of;
    ask.rate_per_s = pace_clock_rate(&d->clock, s->rate);
    ask.sender_rate_per_s = pace_clock_rate(&d->clock, s->sender_rate);
    ask.lead_us = lead_us;
    ask.window_us = pace_clock_reach_us(&d->clock) + (reply ? (int64_t)interval : 0);
    ask.is_reply = reply;
    ask.given_back = d->missed;
    ask.given_back_n = d->missed_n;
    struct answer x = {.d = d, .mono_us = mono_us, .sender_of = sender_of};
    store_set_clock(world->ledgers, mono_us + offset_us);
    ledger_gate(world->a, &ask, on_gate, &x);
    while (!x.done)
        loop_turn(world->loop, -1);
    d->missed_n = 0;
    if (x.granted) rewind_ledger();
    /* as the dispatcher does: ask just before the next slots may be had */
    int64_t wait = x.wait_us ? x.wait_us - lead_us - PACE_SLACK_US : PACE_GRAIN_US;
    d->ask_us = mono_us + (wait > PACE_GRAIN_US ? wait : PACE_GRAIN_US);
    if (d->tells) d->ask_us = mono_us + d->back_us + d->out_us;
}

static void on_told(void *arg, int result)
{
    assert_int_equal(result, 0);
    *(bool *)arg = true;
}

static void tell(const struct schedule *s, struct dispatcher *d, int64_t mono_us)
{
    bool done = false;
    store_set_clock(world->ledgers, mono_us + offset_us);
    ledger_clock_set(world->a, "g", senders, s->sender_rate > 0 ? SENDERS : 0, on_told, &done);
    while (!done)
        loop_turn(world->loop, -1);
    d->tells = false;
    d->ask_us = mono_us + d->back_us + d->out_us;
}

/* ---- dispatchers ---- */

static void act(const struct schedule *s, struct dispatcher *d)
{
    int64_t now = d->ask_us, stalled_from = now;
    if (d->tells) {
        tell(s, d, now);
        return;
    }
    if (s->stalls && one_in(200)) {
        reach(d, now, now);
        now += between(1, s->stall_max_us);
    }
    reach(d, stalled_from, now);
    if (s->stalls && one_in(20)) {
        d->out_us = between(100, 500);
        d->back_us = one_in(5) ? between(300, 20000) : between(200, 2000);
    }
    int64_t usual = d->back_us;
    if (s->stalls && one_in(200)) d->back_us += between(1, s->stall_max_us); /* its answer waits */
    ask_gate(s, d, now);
    d->back_us = usual;
}

static struct dispatcher *next_to_act(const struct schedule *s)
{
    struct dispatcher *first = &fleet[0];
    for (int i = 1; i < s->dispatchers; i++)
        if (fleet[i].ask_us < first->ask_us) first = &fleet[i];
    return first;
}

/* From a millisecond to a time zone, forward or back. */
static void jump(void)
{
    static const int64_t furthest_us[] = {10 * WORLD_MS, 300 * WORLD_MS, 5 * WORLD_S,
                                          7200LL * WORLD_S};
    int64_t us = between(1, furthest_us[between(0, COUNT_OF(furthest_us) - 1)]);
    offset_us += one_in(2) ? us : -us;
}

static int64_t troubled_us;

static void trouble(const struct schedule *s, int64_t mono_us)
{
    if (s->jumps && one_in(150)) jump();
    offset_us += (mono_us - troubled_us) * s->fast_ppm / 1000000;
    troubled_us = mono_us;
    if (s->slows && one_in(500)) {
        store_set_clock(world->ledgers, mono_us + offset_us);
        ledger_slow(world->a, "g", NULL, between(0, 2 * WORLD_S));
    }
}

static void prepare(void)
{
    lw_next(world);
    world->campaign = 7;
    offset_us = world->now_us;
    used_n = 0;
    memset(fleet, 0, sizeof fleet);
    lw_redis(world, "HSET", "c:7", "status", "running", "endless", "1", "n0", "256", "total", "256",
             NULL);
    lw_redis(world, "HSET", "c:7:b", "0", "a 1 1 9000000000000000", NULL);
    rewind_ledger();
}

static void begin(const struct schedule *s)
{
    for (int i = 0; i < s->dispatchers; i++)
        fleet[i] = (struct dispatcher){.own_us = between(0, 1000) * WORLD_S,
                                       .ppm = (int)between(-100, 100),
                                       .out_us = between(100, 500),
                                       .back_us = between(200, 2000),
                                       .ask_us = between(0, 10 * WORLD_MS)};
}

static void run(const struct schedule *s)
{
    prepare();
    begin(s);
    troubled_us = 0;
    for (struct dispatcher *d; (d = next_to_act(s))->ask_us < s->length_us;) {
        trouble(s, d->ask_us);
        act(s, d);
    }
    for (int i = 0; i < s->dispatchers; i++)
        reach(&fleet[i], INT64_MAX, INT64_MAX);
}

/* ---- what must hold ---- */

static int earlier(const void *a, const void *b)
{
    int64_t x = ((const struct slot *)a)->mono_us, y = ((const struct slot *)b)->mono_us;
    return x < y ? -1 : x > y;
}

/* sender -1: all of them. */
static void check_windows(const char *what, double rate, int sender)
{
    static int64_t times[SLOTS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < used_n; i++)
        if (sender < 0 || used[i].sender == sender) times[n++] = used[i].mono_us;
    size_t room = rate < 1 ? 1 : (size_t)rate;
    int64_t window = rate < 1 ? (int64_t)(1e6 / rate) : WORLD_S;
    for (size_t i = 0; i + room < n; i++)
        if (times[i + room] - times[i] < window)
            fail_msg("%s: %zu slots within %.3f ms (rate %.3f/s), the first at %.3f s", what,
                     room + 1, (double)(times[i + room] - times[i]) / 1000, rate,
                     (double)(times[i] - times[0]) / 1e6);
}

static void check_rates(const struct schedule *s)
{
    qsort(used, used_n, sizeof *used, earlier);
    check_windows("gateway", s->rate, -1);
    for (int i = 0; s->sender_rate > 0 && i < SENDERS; i++)
        check_windows("sender", s->sender_rate, i);
}

static double usage(const struct schedule *s, int64_t from_us)
{
    size_t n = 0;
    for (size_t i = 0; i < used_n; i++)
        n += used[i].mono_us >= from_us && used[i].mono_us < s->length_us;
    return (double)n / (s->rate * (double)(s->length_us - from_us) / 1e6);
}

static double some_rate(void)
{
    double rate = 0.5 * pow(40000, (double)between(0, 1000) / 1000);
    return one_in(2) && rate > 1 ? floor(rate) : rate;
}

static void never_above_the_rate(void **state)
{
    (void)state;
    for (int i = 0; i < SCHEDULES; i++) {
        struct schedule s = {
            .rate = some_rate(),
            .dispatchers = (int)between(1, DISPATCHERS_MAX),
            .stalls = one_in(2),
            .stall_max_us = one_in(2) ? 20 * WORLD_MS : 400 * WORLD_MS,
            .slows = one_in(4),
            .replies = one_in(2),
        };
        if (one_in(3)) s.sender_rate = s.rate * (double)between(1, 10) / 10;
        s.jumps = one_in(2);
        if (one_in(4)) s.fast_ppm = (int)between(-80000, 80000);
        s.length_us = (int64_t)fmax((s.jumps || s.fast_ppm ? 8 : 3) * WORLD_S, 20e6 / s.rate);
        print_message("# %d: rate %.3f sender %.3f dispatchers %d fast %d%s%s%s%s\n", i, s.rate,
                      s.sender_rate, s.dispatchers, s.fast_ppm, s.stalls ? " stalls" : "",
                      s.jumps ? " jumps" : "", s.slows ? " slows" : "",
                      s.replies ? " replies" : "");
        run(&s);
        check_rates(&s);
        if (!s.fast_ppm) assert_true(used_n > 0); /* it may take a while to know how fast */
    }
}

static void at_least_98_percent_is_used(void **state)
{
    (void)state;
    static const double rates[] = {1, 2, 7, 80, 250, 1000, 5000, 20000};
    for (size_t i = 0; i < COUNT_OF(rates); i++)
        for (int dispatchers = 1; dispatchers <= 3; dispatchers += 2) {
            struct schedule s = {.rate = rates[i], .dispatchers = dispatchers};
            s.length_us = (int64_t)fmax(5 * WORLD_S, 60e6 / s.rate);
            run(&s);
            check_rates(&s);
            double share = usage(&s, WORLD_S);
            print_message("# rate %.0f, %d dispatchers: %.2f %%\n", s.rate, dispatchers,
                          100 * share);
            /* one message more or less at the borders */
            if (share < 0.98 - 1 / (s.rate * (double)s.length_us / 1e6))
                fail_msg("rate %.0f, %d dispatchers: %.2f %% used", s.rate, dispatchers,
                         100 * share);
        }
}

static void a_short_stall_is_caught_up_with(void **state)
{
    (void)state;
    static const double rates[] = {80, 1000, 8000};
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        struct schedule s = {.rate = rates[i], .dispatchers = 1, .length_us = 5 * WORLD_S};
        prepare();
        begin(&s);
        for (struct dispatcher *d = &fleet[0]; d->ask_us < 2 * s.length_us;) {
            bool stall = d->ask_us > 3 * WORLD_S && d->ask_us < 3 * WORLD_S + 20 * WORLD_MS;
            int64_t from = d->ask_us, to = from + (stall ? 100 * WORLD_MS : 0);
            reach(d, from, to);
            ask_gate(&s, d, to);
        }
        reach(&fleet[0], INT64_MAX, INT64_MAX);
        check_rates(&s);
        s.length_us *= 2;
        double share = usage(&s, 0);
        print_message("# rate %.0f with a stall: %.2f %%\n", s.rate, 100 * share);
        if (share < 0.98) fail_msg("rate %.0f: %.2f %% used", s.rate, 100 * share);
    }
}

/* The full rate comes back: forward after a second, back after a second or as long as it was set
 * back, whichever is less; and a little, since some slots of a second may be ahead. */
static void a_clock_that_was_set_costs_a_second(void **state)
{
    (void)state;
    static const double rates[] = {80, 1000, 8000};
    static const int64_t jumps_ms[] = {50, 150, 3000, 3600000, -150, -3000, -3600000};
    for (size_t i = 0; i < COUNT_OF(rates); i++)
        for (size_t k = 0; k < COUNT_OF(jumps_ms); k++) {
            struct schedule s = {.rate = rates[i], .dispatchers = 3, .length_us = 8 * WORLD_S};
            int64_t jump_us = 2 * WORLD_S, again_us = jump_us + 1200 * WORLD_MS;
            prepare();
            begin(&s);
            for (struct dispatcher *d; (d = next_to_act(&s))->ask_us < s.length_us;) {
                if (jump_us && d->ask_us >= jump_us) {
                    offset_us += jumps_ms[k] * WORLD_MS;
                    jump_us = 0;
                }
                act(&s, d);
            }
            for (int n = 0; n < s.dispatchers; n++)
                reach(&fleet[n], INT64_MAX, INT64_MAX);
            check_rates(&s);
            double share = usage(&s, again_us);
            print_message("# rate %.0f, set by %lld ms: %.2f %% afterwards\n", s.rate,
                          (long long)jumps_ms[k], 100 * share);
            if (share < 0.98 - 1 / (s.rate * (double)(s.length_us - again_us) / 1e6))
                fail_msg("rate %.0f: %.2f %% used after %lld ms", s.rate, 100 * share,
                         (long long)jumps_ms[k]);
        }
}

int main(void)
{
    seed = prop_seed();
    world = lw_new();
    if (!world) {
        printf("1..0 # SKIP there is no redis-server\n");
        return 0;
    }
    used = xcalloc(SLOTS_MAX, sizeof *used);
    struct slice quick[] = {SLICE_LIT("CONFIG"), SLICE_LIT("SET"), SLICE_LIT("appendonly"),
                            SLICE_LIT("no")};
    redis_command(world->redis, NULL, NULL, COUNT_OF(quick), quick);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_least_98_percent_is_used),
        cmocka_unit_test(a_short_stall_is_caught_up_with),
        cmocka_unit_test(a_clock_that_was_set_costs_a_second),
        cmocka_unit_test(never_above_the_rate),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lw_free(world);
    free(used);
    return failed;
}
