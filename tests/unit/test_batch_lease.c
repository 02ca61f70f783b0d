/* A batch sends only while its lease is surely ours: not in its last second, and never again once it was lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "flow/dispatch/batch_impl.h"

enum { SECOND_US = 1000000, UNTIL_US = 30 * SECOND_US };

static void test_until_the_last_second(void **state)
{
    (void)state;
    struct batch b = {.lease_until_us = UNTIL_US};
    assert_true(batch_may_send(&b, UNTIL_US - SECOND_US));
    assert_false(batch_may_send(&b, UNTIL_US - SECOND_US + 1));
}

static void test_what_was_lost_stays_lost(void **state)
{
    (void)state;
    struct batch b = {.lease_until_us = UNTIL_US};
    assert_false(batch_may_send(&b, UNTIL_US));
    batch_renew(&b, 2 * UNTIL_US); /* an answer that came too late */
    assert_false(batch_may_send(&b, UNTIL_US));
}

static void test_a_renewal_prolongs_it(void **state)
{
    (void)state;
    struct batch b = {.lease_until_us = UNTIL_US};
    batch_renew(&b, 2 * UNTIL_US);
    assert_true(batch_may_send(&b, UNTIL_US));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_until_the_last_second),
        cmocka_unit_test(test_what_was_lost_stays_lost),
        cmocka_unit_test(test_a_renewal_prolongs_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
