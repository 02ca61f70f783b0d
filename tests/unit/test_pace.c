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

/* One call: it left at `sent`, the script ran `out` later, the answer came `back` after that. */
static void call(struct pace_clock *c, int64_t sent_us, int64_t out_us, int64_t back_us,
                 int64_t offset_us)
{
    pace_clock_sample(c, sent_us, sent_us + out_us + back_us, sent_us + out_us + offset_us);
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
    assert_int_equal(pace_window_slots(pace_interval_us(0.01)), 1);
    assert_int_equal(pace_window_slots(pace_interval_us(80)), 1);
    assert_int_equal(pace_window_slots(1000), PACE_WINDOW_US / 1000 + 1);
    assert_true(pace_window_slots(1e-9) > 0); /* no overflow */
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
    assert_true(pace_clock_lead_us(&c) <= 500 * MS); /* a pause must not wait for it */
    call(&c, 101 * S, 50, 100, OFFSET_US);
    assert_true(pace_clock_lead_us(&c) <= 20 * MS); /* the first quick answer ends it */
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
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(a_slot_is_at_most_a_round_trip_early),
        cmocka_unit_test(the_lead_follows_the_answers),
        cmocka_unit_test(a_redis_that_is_always_slow_gets_a_long_lead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
