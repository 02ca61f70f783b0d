#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/lead.h"

enum { MS = 1000 };
static const struct lead_limits limits = {
    .first_us = 2 * MS, .max_us = 250 * MS, .max_slow_us = 1800 * MS};

static struct lead after(int times, int64_t took_us)
{
    struct lead l = {0};
    for (int i = 0; i < times; i++)
        lead_saw(&l, &limits, took_us);
    return l;
}

static void what_is_not_known_is_assumed(void **state)
{
    (void)state;
    const struct lead none = {0};
    assert_int_equal(lead_usual_us(&none, &limits), 2 * MS);
    assert_int_equal(lead_us(&none, &limits), 2500);
}

static void it_is_what_it_took_and_a_quarter_more(void **state)
{
    (void)state;
    struct lead l = after(200, 40 * MS);
    assert_in_range(lead_usual_us(&l, &limits), 39 * MS, 40 * MS);
    assert_in_range(lead_us(&l, &limits), 49 * MS, 50 * MS);
}

static void a_stall_is_waited_out(void **state)
{
    (void)state;
    struct lead l = after(15, 5000 * MS);
    assert_int_equal(lead_us(&l, &limits), 250 * MS);
    assert_false(lead_is_hopeless(&l, &limits));
}

static void slow_all_the_time_is_followed(void **state)
{
    (void)state;
    struct lead l = after(16, 800 * MS);
    assert_in_range(lead_us(&l, &limits), 990 * MS, 1000 * MS);
    assert_false(lead_is_hopeless(&l, &limits));
    lead_saw(&l, &limits, 100 * MS); /* quick once */
    assert_int_equal(lead_us(&l, &limits), 250 * MS);
}

static void too_slow_is_said(void **state)
{
    (void)state;
    struct lead l = after(16, 2000 * MS);
    assert_int_equal(lead_us(&l, &limits), 1800 * MS);
    assert_true(lead_is_hopeless(&l, &limits));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_known_is_assumed),
        cmocka_unit_test(it_is_what_it_took_and_a_quarter_more),
        cmocka_unit_test(a_stall_is_waited_out),
        cmocka_unit_test(slow_all_the_time_is_followed),
        cmocka_unit_test(too_slow_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
