/* How many people an outlet may have open, and how soon more are asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "flow/dispatch/outlet.h"

enum { NOW_US = 1000000, SEND_US = 20, PEOPLE = 128 };

static struct outlet outlet;

size_t http_client_in_flight(const struct http_client *c)
{
    (void)c;
    return 0;
}

bool outlet_is_dead(const struct outlet *o)
{
    (void)o;
    return false;
}

int64_t durable_lead_us(const struct dispatch *d)
{
    (void)d;
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    outlet = (struct outlet){.d = NULL};
    window_init(&outlet.window);
    return 0;
}

static void send_many(int64_t took_us)
{
    for (int i = 0; i < PEOPLE; i++)
        window_took(&outlet, took_us);
}

/* Four calls of the gate at once gave slots to 512 people within 5 ms; nobody can send that fast. */
static void test_no_more_are_asked_for_than_can_be_sent(void **state)
{
    (void)state;
    send_many(SEND_US);
    window_asked(&outlet, PEOPLE, NOW_US);
    int64_t busy_us = outlet.window.busy_until_us - NOW_US;
    assert_in_range(busy_us, PEOPLE * SEND_US, 2 * PEOPLE * SEND_US);
}

static void test_who_has_sent_nothing_yet_asks_at_once(void **state)
{
    (void)state;
    window_asked(&outlet, PEOPLE, NOW_US);
    assert_int_equal(outlet.window.busy_until_us, NOW_US);
}

/* The process stood for a second in the middle of one: that is not what a request takes. */
static void test_a_stall_does_not_hold_up_the_next_call(void **state)
{
    (void)state;
    send_many(SEND_US);
    window_took(&outlet, 1000000);
    window_asked(&outlet, PEOPLE, NOW_US);
    assert_in_range(outlet.window.busy_until_us - NOW_US, 0, 4 * PEOPLE * SEND_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_no_more_are_asked_for_than_can_be_sent, set_up),
        cmocka_unit_test_setup(test_who_has_sent_nothing_yet_asks_at_once, set_up),
        cmocka_unit_test_setup(test_a_stall_does_not_hold_up_the_next_call, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
