/* The limiter as a property, against a real Redis with a clock of ours: whatever several
 * dispatchers do (ask at any time, stall, give missed slots back, answer people, be told to slow
 * down, see Redis' clock being set), no second of slots ever holds more than the rate; and with
 * work to do and no trouble at least 98 % of it is used.
 *
 *     MUSTER_SEED=n test_limiter_prop      the same schedules again
 *
 * When Redis' clock is set back, time is measured on a clock that was not set (nothing else would
 * be a second); set forward, in slots: the limiter cannot see that the last second was none. */
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
    SCHEDULES = 40,
    DISPATCHERS_MAX = 4,
    SENDERS = 2,
    SLOTS_MAX = 400000,
    AHEAD_MAX = 4096, /* slots that one dispatcher has got and not reached */
    LATE_US = PACE_LATE_US,
};

static uint64_t seed;

/* xorshift64*: the same schedules everywhere */
static uint64_t roll(void)
{
    static uint64_t x;
    if (!x) x = seed * 2 + 1;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    return x * UINT64_C(2685821657736338717);
}

static int64_t between(int64_t low, int64_t high)
{
    return low + (int64_t)(roll() % (uint64_t)(high - low + 1));
}

static bool one_in(int n)
{
    return between(1, n) == 1;
}

struct slot {
    int64_t redis_us, mono_us;
    int sender;
};

struct dispatcher {
    int64_t lead_us, ask_us; /* when it asks next */
    struct slot ahead[AHEAD_MAX];
    size_t ahead_n;
    int64_t missed[GATE_GIVE_BACK_MAX];
    size_t missed_n;
};

struct schedule {
    double rate, sender_rate;
    int dispatchers;
    int64_t length_us;
    bool stalls, jumps_back, jumps_forward, slows, replies;
    int64_t stall_max_us;
};

static struct ledger_world *world;
static struct slot *used;
static size_t used_n;
static int64_t offset_us; /* Redis' clock minus the one that nobody sets */
static struct dispatcher fleet[DISPATCHERS_MAX];

/* ---- the gate ---- */

struct answer {
    bool done;
    struct dispatcher *d;
    const uint8_t *sender_of;
    int64_t wait_us;
    size_t granted;
};

static void on_gate(void *arg, const struct gate_answer *a)
{
    struct answer *x = arg;
    assert_int_equal(a->result, 0);
    assert_int_equal(a->verdict, GATE_OK);
    struct dispatcher *d = x->d;
    for (size_t i = 0, times = 0; i < a->letters.n; i++) {
        times += a->letters.p[i] == 'v'; /* when its sender may be free: no slot */
        if (a->letters.p[i] != 'g') continue;
        x->granted++;
        int64_t slot = a->redis_now_us + gate_slot_us(a, times++);
        assert_true(d->ahead_n < AHEAD_MAX);
        d->ahead[d->ahead_n++] = (struct slot){slot, slot - offset_us, x->sender_of[i]};
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

static void ask_gate(const struct schedule *s, struct dispatcher *d, int64_t mono_us)
{
    static const char *const senders[SENDERS] = {"s0", "s1"};
    double interval = pace_interval_us(s->rate);
    int n = pace_window_slots(interval);
    bool reply = s->replies && one_in(10);
    struct gate_ask ask = lw_ask((struct lease_ref){batch_of_block(7, 0), 1},
                                 reply ? 1 : (size_t)(n < GATE_ASK_MAX ? n : GATE_ASK_MAX));
    uint8_t sender_of[GATE_ASK_MAX];
    for (size_t i = 0; i < ask.n; i++)
        sender_of[i] = (uint8_t)(roll() % SENDERS);
    ask.senders = senders;
    ask.sender_count = SENDERS;
    ask.sender_of = sender_of;
    ask.rate_per_s = s->rate;
    ask.sender_rate_per_s = s->sender_rate;
    ask.lead_us = d->lead_us;
    ask.window_us = PACE_WINDOW_US + (reply ? (int64_t)interval : 0);
    ask.is_reply = reply;
    ask.given_back = d->missed;
    ask.given_back_n = d->missed_n;
    struct answer x = {.d = d, .sender_of = sender_of};
    ledger_set_clock(world->a, mono_us + offset_us);
    ledger_gate(world->a, &ask, on_gate, &x);
    while (!x.done)
        loop_turn(world->loop, -1);
    d->missed_n = 0;
    if (x.granted) rewind_ledger();
    /* as the dispatcher does: ask just before the next slots may be had */
    int64_t wait = x.wait_us ? x.wait_us - d->lead_us - PACE_SLACK_US : PACE_GRAIN_US;
    d->ask_us = mono_us + (wait > PACE_GRAIN_US ? wait : PACE_GRAIN_US);
}

/* ---- dispatchers ---- */

/* Slots up to now are used, but for those that a stall made it miss. */
static void reach(struct dispatcher *d, int64_t stalled_from_us, int64_t mono_us)
{
    size_t kept = 0;
    for (size_t i = 0; i < d->ahead_n; i++) {
        struct slot s = d->ahead[i];
        if (s.mono_us > mono_us) {
            d->ahead[kept++] = s;
        } else if (s.mono_us > stalled_from_us && s.mono_us < mono_us - LATE_US) {
            /* told as well as its own clock knows */
            if (d->missed_n < GATE_GIVE_BACK_MAX)
                d->missed[d->missed_n++] = s.redis_us + between(-300, 300);
        } else {
            assert_true(used_n < SLOTS_MAX);
            used[used_n++] = s;
        }
    }
    d->ahead_n = kept;
}

static void act(const struct schedule *s, struct dispatcher *d)
{
    int64_t now = d->ask_us, stalled_from = now;
    if (s->stalls && one_in(200)) {
        reach(d, now, now);
        now += between(1, s->stall_max_us);
    }
    reach(d, stalled_from, now);
    if (s->stalls && one_in(20)) d->lead_us = one_in(5) ? between(300, 20000) : between(300, 3000);
    ask_gate(s, d, now);
}

static struct dispatcher *next_to_act(const struct schedule *s)
{
    struct dispatcher *first = &fleet[0];
    for (int i = 1; i < s->dispatchers; i++)
        if (fleet[i].ask_us < first->ask_us) first = &fleet[i];
    return first;
}

static void trouble(const struct schedule *s, int64_t mono_us)
{
    if ((s->jumps_back || s->jumps_forward) && one_in(400)) {
        int64_t by = one_in(2) ? between(1, 300 * WORLD_MS) : between(1, 5 * WORLD_S);
        offset_us += s->jumps_back ? -by : by;
    }
    if (s->slows && one_in(500)) {
        ledger_set_clock(world->a, mono_us + offset_us);
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

static void run(const struct schedule *s)
{
    prepare();
    for (int i = 0; i < s->dispatchers; i++) {
        fleet[i].lead_us = between(300, 3000);
        fleet[i].ask_us = between(0, 10 * WORLD_MS);
    }
    for (struct dispatcher *d; (d = next_to_act(s))->ask_us < s->length_us;) {
        trouble(s, d->ask_us);
        act(s, d);
    }
    for (int i = 0; i < s->dispatchers; i++)
        reach(&fleet[i], INT64_MAX, INT64_MAX);
}

/* ---- what must hold ---- */

static bool by_slot;

static int64_t time_of(const struct slot *s)
{
    return by_slot ? s->redis_us : s->mono_us;
}

static int earlier(const void *a, const void *b)
{
    int64_t x = time_of(a), y = time_of(b);
    return x < y ? -1 : x > y;
}

/* sender -1: all of them. */
static void check_windows(const char *what, double rate, int sender)
{
    static int64_t times[SLOTS_MAX];
    size_t n = 0;
    for (size_t i = 0; i < used_n; i++)
        if (sender < 0 || used[i].sender == sender) times[n++] = time_of(&used[i]);
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
    by_slot = s->jumps_forward;
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
        s.jumps_back = one_in(4);
        s.jumps_forward = !s.jumps_back && one_in(4);
        s.length_us = (int64_t)fmax(3 * WORLD_S, 20e6 / s.rate);
        print_message("# %d: rate %.3f sender %.3f dispatchers %d%s%s%s%s%s\n", i, s.rate,
                      s.sender_rate, s.dispatchers, s.stalls ? " stalls" : "",
                      s.jumps_back ? " back" : "", s.jumps_forward ? " forward" : "",
                      s.slows ? " slows" : "", s.replies ? " replies" : "");
        run(&s);
        check_rates(&s);
        assert_true(used_n > 0);
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
        fleet[0].lead_us = 1000;
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

int main(void)
{
    const char *given = getenv("MUSTER_SEED");
    uint64_t read = 0;
    seed = given && slice_to_u64(slice_of(given), UINT32_MAX, &read)
               ? read
               : (uint64_t)clock_wall_ms() % 1000000;
    printf("# MUSTER_SEED=%llu\n", (unsigned long long)seed);
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
        cmocka_unit_test(never_above_the_rate),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lw_free(world);
    free(used);
    return failed;
}
