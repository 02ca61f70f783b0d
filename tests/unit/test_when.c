/* Times as people say them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/iso8601.h"
#include "core/when.h"

static int64_t at(const char *text)
{
    int64_t ms;
    assert_true(iso8601_parse(slice_of(text), &ms));
    return ms / 1000;
}

static void test_a_short_one(void **state)
{
    (void)state;
    char text[WHEN_SHORT_BYTES];
    when_short(at("2026-12-05T09:05:00Z"), SLICE_NONE, text);
    assert_string_equal(text, "Sat 5 Dec 09:05");
    when_short(at("2026-12-05T09:05:00Z"), SLICE_LIT("de"), text);
    assert_string_equal(text, "Sa 5 Dez 09:05");
    when_short(at("2027-05-31T23:59:00Z"), SLICE_NONE, text);
    assert_string_equal(text, "Mon 31 May 23:59");
}

static void test_a_full_one(void **state)
{
    (void)state;
    char text[WHEN_FULL_BYTES];
    when_full(at("2026-12-05T09:05:00Z"), text);
    assert_string_equal(text, "Sat 05 Dec 2026, 09:05");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_short_one),
                                       cmocka_unit_test(test_a_full_one)};
    return cmocka_run_group_tests_name("when", tests, NULL, NULL);
}
