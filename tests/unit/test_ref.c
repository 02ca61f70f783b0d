#include "core/ref.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"

static const uint8_t KEY[REF_KEY_BYTES] = "0123456789abcdef";
#define GATEWAY SLICE_LIT("main")
static const struct ref REF = {12, 34567, 89};

static void test_round_trip(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {0, 1, 255, 256, 400000, 0x7fffffff, 0xffffffff};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        for (size_t j = 0; j < COUNT_OF(numbers); j++) {
            char ref[REF_CHARS + 1];
            struct ref got = {1, 1, 1};
            const struct ref made = {numbers[i], numbers[j], numbers[(i + j) % COUNT_OF(numbers)]};
            ref_make(KEY, GATEWAY, &made, ref);
            assert_int_equal(strlen(ref), REF_CHARS);
            assert_int_equal(
                strspn(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"),
                REF_CHARS);
            assert_true(ref_read(KEY, GATEWAY, slice_of(ref), &got));
            assert_int_equal(got.campaign, made.campaign);
            assert_int_equal(got.index, made.index);
            assert_int_equal(got.stamp, made.stamp);
        }
    }
}

/* No change of a single character gives another reference that is accepted, not even one of the
 * unused bits of the last character. */
static void test_forged(void **state)
{
    (void)state;
    static const char ALPHABET[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/= %";
    char ref[REF_CHARS + 1];
    struct ref got = {77, 88, 99};
    ref_make(KEY, GATEWAY, &REF, ref);
    for (int i = 0; i < REF_CHARS; i++) {
        char was = ref[i];
        for (const char *c = ALPHABET; *c; c++) {
            if (*c == was) continue;
            ref[i] = *c;
            assert_false(ref_read(KEY, GATEWAY, slice_of(ref), &got));
        }
        ref[i] = was;
    }
    assert_int_equal(got.campaign, 77);
    assert_int_equal(got.index, 88);
    assert_int_equal(got.stamp, 99);
}

static void test_other_key_and_length(void **state)
{
    (void)state;
    static const uint8_t other[REF_KEY_BYTES] = "0123456789abcdeg";
    char ref[REF_CHARS + 2] = {0};
    struct ref got;
    ref_make(KEY, GATEWAY, &REF, ref);
    assert_false(ref_read(other, GATEWAY, slice_of(ref), &got));
    assert_false(ref_read(KEY, GATEWAY, slice_make(ref, REF_CHARS - 1), &got));
    assert_false(ref_read(KEY, GATEWAY, slice_make(ref, REF_CHARS + 1), &got));
    assert_false(ref_read(KEY, GATEWAY, SLICE_NONE, &got));
}

/* What one account brings back settles nothing of another's. */
static void test_other_gateway(void **state)
{
    (void)state;
    char ref[REF_CHARS + 1], long_name[2 * REF_GATEWAY_BYTES_MAX] = {0};
    struct ref got;
    ref_make(KEY, GATEWAY, &REF, ref);
    assert_true(ref_read(KEY, GATEWAY, slice_of(ref), &got));
    assert_false(ref_read(KEY, SLICE_LIT("main2"), slice_of(ref), &got));
    assert_false(ref_read(KEY, SLICE_NONE, slice_of(ref), &got));
    assert_false(ref_read(KEY, slice_make(long_name, sizeof long_name), slice_of(ref), &got));
}

/* The format is a promise to messages under way during an upgrade: pinned, the one without gateway
 * and stamp too (computed by an independent implementation of SipHash). */
static void test_pinned(void **state)
{
    (void)state;
    char ref[REF_CHARS + 1];
    struct ref got;
    ref_make(KEY, GATEWAY, &(struct ref){1, 2, 3}, ref);
    assert_string_equal(ref, "AAAAAQAAAAIAAAADJDRRUX6FGEg");
    assert_true(ref_read(KEY, GATEWAY, SLICE_LIT("AAAAAQAAAAJbd2__yLltUQ"), &got));
    assert_int_equal(got.campaign, 1);
    assert_int_equal(got.index, 2);
    assert_int_equal(got.stamp, 0);
    assert_false(ref_read(KEY, GATEWAY, SLICE_LIT("AAAAAQAAAAJbd2__yLltUA"), &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_other_key_and_length),
        cmocka_unit_test(test_other_gateway),
        cmocka_unit_test(test_pinned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
