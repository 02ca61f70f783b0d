#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/number.h"

static bool parses(const char *text, uint64_t want)
{
    uint64_t got = 1;
    bool ok = number_parse(slice_of(text), &got);
    if (!ok) assert_int_equal(got, 1);
    return ok && got == want;
}

static void test_parse_takes_strict_e164_only(void **state)
{
    (void)state;
    assert_true(parses("+447700900123", 447700900123));
    assert_true(parses("+6834123", 6834123)); /* Niue */
    assert_true(parses("+12345678", 12345678));
    assert_true(parses("+999999999999999", 999999999999999));
    static const char *const bad[] = {"",
                                      "+",
                                      "447700900123",
                                      "+4477 00900123",
                                      "+0447700900123",
                                      "+123456",
                                      "++4477009",
                                      "+44770090012a",
                                      " +447700900123",
                                      "+1234567890123456",
                                      "+-44770090",
                                      "00447700900123"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(parses(bad[i], 0));
}

static void test_format_is_the_inverse(void **state)
{
    (void)state;
    char text[NUMBER_TEXT_BYTES];
    uint64_t back;
    for (uint64_t n = 12345678; number_is_valid(n); n = n * 7 + 3) {
        number_format(n, text);
        assert_true(number_parse(slice_of(text), &back));
        assert_int_equal(back, n);
    }
}

static void masks_as(uint64_t number, const char *want)
{
    char text[NUMBER_MASK_BYTES];
    number_mask(number, text);
    assert_string_equal(text, want);
}

static void test_mask_hides_the_middle(void **state)
{
    (void)state;
    masks_as(447700900123, "+44••••••0123");
    masks_as(12025550143, "+1••••••0143");
    masks_as(353871234567, "+353•••••4567");
    masks_as(79161234567, "+7••••••4567");
    masks_as(29012345, "+290•••45");
    masks_as(999999999999999, "+999••••••••9999");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse_takes_strict_e164_only),
        cmocka_unit_test(test_format_is_the_inverse),
        cmocka_unit_test(test_mask_hides_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
