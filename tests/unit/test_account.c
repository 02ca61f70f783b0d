#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "flow/account.h"

static const struct account list[] = {{.name = "sms", .rate_per_s = 20, .sender_count = 3},
                                      {.name = "sms2", .rate_per_s = 100, .sender_count = 3}};
static const struct accounts accounts = {list, COUNT_OF(list)};

static void test_an_account_is_found_by_its_whole_name(void **state)
{
    (void)state;
    assert_ptr_equal(accounts_find(&accounts, SLICE_LIT("sms2")), &list[1]);
    assert_ptr_equal(accounts_find(&accounts, SLICE_LIT("sms")), &list[0]);
    assert_null(accounts_find(&accounts, SLICE_LIT("sm")));
    assert_null(accounts_find(&accounts, SLICE_NONE));
    assert_int_equal(accounts_index(&accounts, &list[1]), 1);
}

static void test_senders_that_are_slower_together_set_the_rate(void **state)
{
    (void)state;
    struct account a = {.rate_per_s = 10, .sender_count = 3};
    assert_true(account_rate_per_s(&a) == 10);
    a.sender_rate_per_s = 2;
    assert_true(account_rate_per_s(&a) == 6);
    a.sender_rate_per_s = 4;
    assert_true(account_rate_per_s(&a) == 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_account_is_found_by_its_whole_name),
        cmocka_unit_test(test_senders_that_are_slower_together_set_the_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
