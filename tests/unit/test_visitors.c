/* What one address may ask of pages for anybody, and what a flood of addresses changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/visitors.h"

#define NOW INT64_C(1700000000000)
enum { PER_S = 10, AT_ONCE = PER_S * VISITORS_BURST_S };

static struct visitors *v;

static int open_table(void **state)
{
    (void)state;
    v = visitors_new(AT_ONCE, VISITORS_BURST_S * 1000);
    return 0;
}

static int close_table(void **state)
{
    (void)state;
    visitors_free(v);
    return 0;
}

static int ask_often(uint64_t address, int times, int64_t now_ms)
{
    int let_in = 0;
    for (int i = 0; i < times; i++)
        let_in += visitors_ask(v, address, 1, now_ms) == 0;
    return let_in;
}

static void test_so_many_at_once_and_then_at_the_rate(void **state)
{
    (void)state;
    assert_int_equal(ask_often(7, 2 * AT_ONCE, NOW), AT_ONCE);
    assert_int_equal(visitors_ask(v, 7, 1, NOW), 1000 / PER_S);
    assert_int_equal(ask_often(7, AT_ONCE, NOW + 1000), PER_S);
    assert_int_equal(ask_often(7, 2 * AT_ONCE, NOW + 100 * 1000), AT_ONCE);
}

static void test_others_owe_nothing(void **state)
{
    (void)state;
    (void)ask_often(7, AT_ONCE, NOW);
    assert_int_equal(ask_often(8, AT_ONCE, NOW), AT_ONCE);
}

/* Asking while one has to wait makes the wait no longer: a page that asks again by itself gets in. */
static void test_a_refusal_costs_nothing(void **state)
{
    (void)state;
    (void)ask_often(7, AT_ONCE, NOW);
    assert_int_equal(ask_often(7, 1000, NOW), 0);
    assert_int_equal(visitors_ask(v, 7, 1, NOW + 1000 / PER_S), 0);
}

static void test_what_costs_more_waits_longer(void **state)
{
    (void)state;
    (void)ask_often(7, AT_ONCE - 5, NOW);
    assert_int_equal(visitors_ask(v, 7, 10, NOW), 5 * 1000 / PER_S);
    assert_int_equal(visitors_ask(v, 7, 5, NOW), 0);
}

static void test_a_clock_that_goes_back(void **state)
{
    (void)state;
    (void)ask_often(7, AT_ONCE, NOW);
    int64_t wait_ms = visitors_ask(v, 7, 1, NOW - 3600 * 1000);
    assert_in_range(wait_ms, 1, VISITORS_BURST_S * 1000);
    assert_int_equal(ask_often(7, 1, NOW - 3600 * 1000 + VISITORS_BURST_S * 1000), 1);
}

/* Ten times as many addresses as the table holds, each of them once: who owes much still does. */
static void test_a_flood_of_addresses_frees_nobody(void **state)
{
    (void)state;
    (void)ask_often(7, AT_ONCE, NOW);
    for (uint64_t i = 1; i <= 10 * VISITORS_MAX; i++)
        (void)visitors_ask(v, i * 1000003, 1, NOW);
    assert_int_equal(ask_often(7, 10, NOW), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_table, close_table)
    const struct CMUnitTest tests[] = {
        TEST(test_so_many_at_once_and_then_at_the_rate),
        TEST(test_others_owe_nothing),
        TEST(test_a_refusal_costs_nothing),
        TEST(test_what_costs_more_waits_longer),
        TEST(test_a_clock_that_goes_back),
        TEST(test_a_flood_of_addresses_frees_nobody),
    };
    return cmocka_run_group_tests_name("visitors", tests, NULL, NULL);
}
