/* Amounts of money: read and written to the last digit, and nothing that is not one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/check.h"
#include "core/money.h"

static void test_amounts_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t millionths;
        const char *back;
    } rows[] = {
        {"120 GBP", 120000000, "120.00 GBP"},
        {"0.5 EUR", 500000, "0.50 EUR"},
        {"0.000001 USD", 1, "0.000001 USD"},
        {" 7.129 GBP ", 7129000, "7.129 GBP"},
        {"1000000000 JPY", MONEY_MAX, "1000000000.00 JPY"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct money m;
        char text[MONEY_BYTES];
        assert_true(money_parse(slice_of(rows[i].text), &m));
        assert_true(m.millionths == rows[i].millionths);
        assert_string_equal(money_text(m.millionths, slice_of(m.currency), text), rows[i].back);
    }
    char text[MONEY_BYTES];
    assert_string_equal(money_text(-1500000, SLICE_LIT("GBP"), text), "-1.50 GBP");
}

static void test_what_is_no_amount(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "GBP",
                                        "120",
                                        "120GBP",
                                        "120 gbp",
                                        "120 GBPX",
                                        "120 GB",
                                        "0 GBP",
                                        "0.000 GBP",
                                        "-1 GBP",
                                        "1e3 GBP",
                                        "1. GBP",
                                        "1.0000001 GBP",
                                        "1,000 GBP",
                                        "120  GBP",
                                        ".5 GBP",
                                        "£120",
                                        "1000000000.01 GBP",
                                        "99999999999 GBP"};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct money m;
        if (money_parse(slice_of(texts[i]), &m)) fail_msg("'%s' was read", texts[i]);
    }
}

/* What providers say of one message. */
static void test_prices_of_providers(void **state)
{
    (void)state;
    int64_t v = -1;
    assert_true(money_amount(SLICE_LIT("-0.00750"), &v) && v == 7500);
    assert_true(money_amount(SLICE_LIT("0.0051"), &v) && v == 5100);
    assert_true(money_amount(SLICE_LIT("1e-05"), &v) && v == 10);
    assert_true(money_amount(SLICE_LIT("0"), &v) && v == 0);
    static const char *const texts[] = {
        "",     "free",  "nan",   "inf",   "0x10",
        "1001", "1e999", "1 GBP", "0.1.2", "111111111111111111111111111111111111"};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (money_amount(slice_of(texts[i]), &v)) fail_msg("'%s' was read", texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_amounts_are_read_and_written),
        cmocka_unit_test(test_what_is_no_amount),
        cmocka_unit_test(test_prices_of_providers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
