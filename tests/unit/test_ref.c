#include "core/ref.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"

static const uint8_t KEY[REF_KEY_BYTES] = "0123456789abcdef";

static void test_round_trip(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {0, 1, 255, 256, 400000, 0x7fffffff, 0xffffffff};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        for (size_t j = 0; j < COUNT_OF(numbers); j++) {
            char ref[REF_CHARS + 1];
            uint32_t campaign = 1, index = 1;
            ref_make(KEY, numbers[i], numbers[j], ref);
            assert_int_equal(strlen(ref), REF_CHARS);
            assert_int_equal(
                strspn(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"),
                REF_CHARS);
            assert_true(ref_read(KEY, slice_of(ref), &campaign, &index));
            assert_int_equal(campaign, numbers[i]);
            assert_int_equal(index, numbers[j]);
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
    uint32_t campaign = 77, index = 88;
    ref_make(KEY, 12, 34567, ref);
    for (int i = 0; i < REF_CHARS; i++) {
        char was = ref[i];
        for (const char *c = ALPHABET; *c; c++) {
            if (*c == was) continue;
            ref[i] = *c;
            assert_false(ref_read(KEY, slice_of(ref), &campaign, &index));
        }
        ref[i] = was;
    }
    assert_int_equal(campaign, 77);
    assert_int_equal(index, 88);
}

static void test_other_key_and_length(void **state)
{
    (void)state;
    static const uint8_t other[REF_KEY_BYTES] = "0123456789abcdeg";
    char ref[REF_CHARS + 2] = {0};
    uint32_t campaign, index;
    ref_make(KEY, 12, 34567, ref);
    assert_false(ref_read(other, slice_of(ref), &campaign, &index));
    assert_false(ref_read(KEY, slice_make(ref, REF_CHARS - 1), &campaign, &index));
    assert_false(ref_read(KEY, slice_make(ref, REF_CHARS + 1), &campaign, &index));
    assert_false(ref_read(KEY, SLICE_NONE, &campaign, &index));
}

/* The format is a promise to messages under way during an upgrade: pinned
 * (computed by an independent implementation of SipHash). */
static void test_pinned(void **state)
{
    (void)state;
    char ref[REF_CHARS + 1];
    ref_make(KEY, 1, 2, ref);
    assert_string_equal(ref, "AAAAAQAAAAJbd2__yLltUQ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_forged),
        cmocka_unit_test(test_other_key_and_length),
        cmocka_unit_test(test_pinned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
