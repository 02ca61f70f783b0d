#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/pace.h"

/* An offset as large as the real one: Redis tells microseconds since 1970. */
#define OFFSET_US INT64_C(1700000000000000)
enum { S = 1000000, MS = 1000 };

/* One call: it left at `sent`, the script ran `out` later, the answer came `back` after that.
 * Returns the jump that it told of. */
static int64_t call(struct pace_clock *c, int64_t sent_us, int64_t out_us, int64_t back_us,
                    int64_t offset_us)
{
    return pace_clock_sample(c, sent_us, sent_us + out_us + back_us, sent_us + out_us + offset_us);
}

/* The same numbers in every run. */
static int64_t some(int64_t most)
{
    static uint64_t x = 1;
    x = x * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (int64_t)(x >> 33) % (most + 1);
}

static void the_interval_keeps_a_margin(void **state)
{
    (void)state;
    static const double rates[] = {0.1, 1, 80, 1000, 20000};
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        double used = 1e6 / pace_interval_us(rates[i]) / rates[i];
        assert_true(used < 1 && used >= 0.98);
    }
}

static void slots_of_a_window(void **state)
{
    (void)state;
    assert_int_equal(pace_slots(pace_interval_us(0.01), PACE_WINDOW_US), 1);
    assert_int_equal(pace_slots(pace_interval_us(80), PACE_WINDOW_US), 1);
    assert_int_equal(pace_slots(1000, PACE_WINDOW_US), PACE_WINDOW_US / 1000 + 1);
    assert_true(pace_slots(1e-9, PACE_WINDOW_US) > 0); /* no overflow */
}

static void a_sample_bounds_the_offset(void **state)
{
    (void)state;
    struct pace_clock c = {.known = false};
    call(&c, 5 * S, 300, 700, OFFSET_US);
    assert_true(c.known);
    assert_true(c.low_us <= OFFSET_US && OFFSET_US <= c.high_us);
    assert_int_equal(c.high_us - c.low_us, 1000);
}

static void better_samples_narrow_it(void **state)
{
    (void)state;
    struct pace_clock c = {.known = false};
    call(&c, 5 * S, 3000, 100, OFFSET_US);
    call(&c, 5 * S + 10 * MS, 100, 3000, OFFSET_US);
    assert_true(c.low_us <= OFFSET_US && OFFSET_US <= c.high_us);
    assert_true(c.high_us - c.low_us < 300);
    /* a slow answer does not spoil what is known */
    call(&c, 5 * S + 20 * MS, 50 * MS, 50 * MS, OFFSET_US);
    assert_true(c.low_us <= OFFSET_US && OFFSET_US <= c.high_us);
    assert_true(c.high_us - c.low_us < 300);
}

/* Two clocks that run 100 ppm apart, for an hour. */
static void drift_is_followed(void **state)
{
    (void)state;
    struct pace_clock c = {.known = false};
    for (int64_t t = 0; t < 3600; t++) {
        int64_t offset = OFFSET_US + t * 100;
        call(&c, (5 + t) * S, 400, 400, offset);
        assert_true(c.low_us <= offset + 1 && offset - 1 <= c.high_us);
    }
}

static void a_clock_that_was_set_is_believed_at_once(void **state)
{
    (void)state;
    static const int64_t jumps[] = {-3600LL * S, -50 * MS, 50 * MS, 3600LL * S};
    for (size_t i = 0; i < COUNT_OF(jumps); i++) {
        struct pace_clock c = {.known = false};
        for (int n = 0; n < 10; n++)
            call(&c, 5 * S + n * 10 * MS, 200, 200, OFFSET_US);
        call(&c, 6 * S, 200, 200, OFFSET_US + jumps[i]);
        assert_true(c.low_us <= OFFSET_US + jumps[i] && OFFSET_US + jumps[i] <= c.high_us);
    }
}

static void a_jump_is_told_once_and_by_its_size(void **state)
{
    (void)state;
    static const int64_t jumps[] = {-3600LL * S, -3 * S,   -150 * MS, -4 * MS,   4 * MS,
                                    50 * MS,     150 * MS, 3 * S,     3600LL * S};
    for (size_t i = 0; i < COUNT_OF(jumps); i++) {
        struct pace_clock c = {.known = false};
        int64_t at = 5 * S, jump = jumps[i], slack = 200 + 300;
        for (int n = 0; n < 100; n++)
            assert_int_equal(call(&c, at += 10 * MS, 200, 300, OFFSET_US), 0);
        int64_t told = call(&c, at += 10 * MS, 200, 300, OFFSET_US + jump);
        assert_true(llabs(told) <= llabs(jump) && llabs(told) >= llabs(jump) - slack - 100);
        assert_true((told > 0) == (jump > 0));
        for (int n = 0; n < 100; n++)
            assert_int_equal(call(&c, at += 10 * MS, 200, 300, OFFSET_US + jump), 0);
    }
}

/* An answer that is slower than the jump hides it; the next quick one tells. */
static void a_jump_behind_a_slow_answer_is_told_by_the_next(void **state)
{
    (void)state;
    struct pace_clock c = {.known = false};
    for (int n = 0; n < 10; n++)
        (void)call(&c, 5 * S + n * 10 * MS, 200, 200, OFFSET_US);
    assert_int_equal(call(&c, 6 * S, 200, 100 * MS, OFFSET_US + 50 * MS), 0);
    assert_true(call(&c, 6 * S + 110 * MS, 200, 200, OFFSET_US + 50 * MS) > 45 * MS);
}

/* As a time server does it that may not set a clock: none of the steps is a jump, all of them are.
 */
static void small_steps_add_up_to_a_jump(void **state)
{
    (void)state;
    struct pace_clock c = {.known = false};
    int64_t offset = OFFSET_US, at = 5 * S, jump = 0;
    for (int n = 0; n < 500; n++)
        assert_int_equal(call(&c, at += 10 * MS, 300, 300, offset), 0);
    while (jump == 0)
        jump = call(&c, at += 10 * MS, 300, 300, offset += 500); /* 5 % fast */
    assert_true(jump > 0 && offset - OFFSET_US < 5 * MS);
}

/* A clock that goes on like this does not stop the sending for ever: less is asked for. */
static void a_clock_that_runs_fast_slows_the_rate(void **state)
{
    (void)state;
    static const int ppms[] = {5000, 50000, 83333};
    for (size_t i = 0; i < COUNT_OF(ppms); i++) {
        struct pace_clock c = {.known = false};
        int64_t at = 5 * S, jumps = 0, until = 65 * S;
        while (at < until) {
            int64_t jump = call(&c, at, 300, 300, OFFSET_US + at * ppms[i] / 1000000);
            jumps += jump > 0;
            at += jump > 0 ? S : 10 * MS; /* nothing is asked for in a second after a jump */
        }
        assert_true(jumps >= 2 && jumps <= 4);
        double share = pace_clock_rate(&c, 1000) / 1000;
        assert_true(share <= 1 / (1 + 2 * ppms[i] / 1e6) && share > 0.95 / (1 + 4 * ppms[i] / 1e6));
        /* it runs as it should again */
        int64_t offset = OFFSET_US + at * ppms[i] / 1000000;
        for (int n = 0; n < 7000; n++)
            (void)call(&c, at += 10 * MS, 300, 300, offset);
        assert_true(pace_clock_rate(&c, 1000) == 1000);
    }
}

/* What an ordinary night holds: clocks that are hurried and slowed by time servers, answers that
 * take their time, processes that stand still on either side. Ours is the one that is known to be
 * even, so all of the difference is given to Redis'. */
static void an_ordinary_night_has_no_jumps(void **state)
{
    (void)state;
    static const int ppms[] = {-1100, -500, 0, 500, 1100};
    for (size_t i = 0; i < COUNT_OF(ppms); i++) {
        struct pace_clock c = {.known = false};
        int64_t offset_ns = 0, at = 5 * S;
        for (int n = 0; n < 60000; n++) {
            /* at times it is hurried, at times left alone */
            int ppm = n / 10000 % 3 == 1 ? 0 : ppms[i];
            int64_t step = some(20) ? some(10 * MS) : some(3 * S);
            int64_t out = some(50) ? some(2 * MS) : some(9 * S), back = some(2 * MS);
            if (!some(50)) back = some(9 * S);
            offset_ns += (step + out) * ppm / 1000;
            at += step;
            assert_int_equal(call(&c, at, out, back, OFFSET_US + offset_ns / 1000), 0);
            at += out + back;
            offset_ns += back * ppm / 1000;
        }
    }
}

static void there_and_back(void **state)
{
    (void)state;
    struct pace_clock c = {.known = false};
    call(&c, 5 * S, 300, 700, OFFSET_US);
    for (int64_t t = 0; t < S; t += 12345)
        assert_int_equal(pace_clock_mono_us(&c, pace_clock_redis_us(&c, t)), t);
}

/* Never later than the moment that was meant: what is late would be forfeited for nothing. */
static void a_slot_is_at_most_a_round_trip_early(void **state)
{
    (void)state;
    struct pace_clock c = {.known = false};
    call(&c, 5 * S, 300, 700, OFFSET_US);
    int64_t slot = 5 * S + 20 * MS;
    int64_t mine = pace_clock_mono_us(&c, slot + OFFSET_US);
    assert_true(mine <= slot && mine >= slot - 1000);
}

static void the_lead_follows_the_answers(void **state)
{
    (void)state;
    struct pace_clock c = {.known = false};
    int64_t unknown = pace_clock_lead_us(&c);
    assert_true(unknown > 0 && unknown <= 20 * MS);
    for (int i = 0; i < 500; i++)
        call(&c, 5 * S + i * 10 * MS, 50, 100, OFFSET_US);
    int64_t quick = pace_clock_lead_us(&c);
    assert_true(quick >= 100 && quick < 1000);
    for (int i = 0; i < 20; i++)
        call(&c, 20 * S + i * 10 * MS, 100, 6 * MS, OFFSET_US);
    assert_true(pace_clock_lead_us(&c) >= 6 * MS); /* rises at once */
    for (int i = 0; i < 12; i++)
        call(&c, 30 * S + i * S, 100, 400 * MS, OFFSET_US);
    assert_true(pace_clock_lead_us(&c) <= 20 * MS); /* and not without end */
    call(&c, 50 * S, 50, 100, OFFSET_US);
    for (int i = 0; i < 500; i++)
        call(&c, 60 * S + i * 10 * MS, 50, 100, OFFSET_US);
    assert_true(pace_clock_lead_us(&c) < 1000);
}

/* Redis is slow all the time: with a lead shorter than its answers nothing would ever leave. */
static void a_redis_that_is_always_slow_gets_a_long_lead(void **state)
{
    (void)state;
    struct pace_clock c = {.known = false};
    for (int i = 0; i < 40; i++)
        call(&c, 5 * S + i * S, 100, 300 * MS, OFFSET_US);
    assert_true(pace_clock_lead_us(&c) >= 300 * MS);
    for (int i = 0; i < 40; i++)
        call(&c, 60 * S + i * S, 100, 800 * MS, OFFSET_US);
    assert_true(pace_clock_lead_us(&c) >= 800 * MS);
    for (int i = 0; i < 40; i++)
        call(&c, 110 * S + i * 5 * S, 100, 4 * S, OFFSET_US);
    assert_true(pace_clock_lead_us(&c) <= 1000 * MS); /* the limiter's record reaches no further */
    call(&c, 400 * S, 50, 100, OFFSET_US);
    assert_true(pace_clock_lead_us(&c) <= 20 * MS); /* the first quick answer ends it */
}

static void slots_reach_over_a_slow_reply(void **state)
{
    (void)state;
    struct pace_clock c = {.known = false};
    assert_int_equal(pace_clock_reach_us(&c), PACE_WINDOW_US);
    for (int i = 0; i < 200; i++)
        call(&c, 5 * S + i * 100 * MS, 100, 60 * MS, OFFSET_US);
    assert_true(pace_clock_reach_us(&c) >= 30 * MS);
    for (int i = 0; i < 40; i++)
        call(&c, 60 * S + i * 2 * S, 100, S, OFFSET_US);
    assert_true(pace_clock_reach_us(&c) <= 200 * MS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_interval_keeps_a_margin),
        cmocka_unit_test(slots_of_a_window),
        cmocka_unit_test(a_sample_bounds_the_offset),
        cmocka_unit_test(better_samples_narrow_it),
        cmocka_unit_test(drift_is_followed),
        cmocka_unit_test(a_clock_that_was_set_is_believed_at_once),
        cmocka_unit_test(a_jump_is_told_once_and_by_its_size),
        cmocka_unit_test(a_jump_behind_a_slow_answer_is_told_by_the_next),
        cmocka_unit_test(small_steps_add_up_to_a_jump),
        cmocka_unit_test(a_clock_that_runs_fast_slows_the_rate),
        cmocka_unit_test(an_ordinary_night_has_no_jumps),
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(a_slot_is_at_most_a_round_trip_early),
        cmocka_unit_test(the_lead_follows_the_answers),
        cmocka_unit_test(a_redis_that_is_always_slow_gets_a_long_lead),
        cmocka_unit_test(slots_reach_over_a_slow_reply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
