/* Borrowed runs of bytes: what every parser stands on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/slice.h"

static const struct slice WILD = {(const char *)1, 99};

static void words_are_found_by_their_place(void **state)
{
    (void)state;
    static const char *const words[] = {"one", "two", "twofold"};
    assert_int_equal(slice_index(SLICE_LIT("two"), words, 3), 1);
    assert_int_equal(slice_index(SLICE_LIT("twofold"), words, 3), 2);
    assert_int_equal(slice_index(SLICE_LIT("Two"), words, 3), -1);
    assert_int_equal(slice_index(SLICE_LIT("twofold"), words, 2), -1);
    assert_int_equal(slice_index(SLICE_NONE, words, 3), -1);
}

static void numbers_are_not_above_their_bound(void **state)
{
    (void)state;
    uint64_t n = 7;
    assert_true(slice_to_u64(SLICE_LIT("3"), 3, &n) && n == 3);
    assert_false(slice_to_u64(SLICE_LIT("4"), 3, &n));
    assert_false(slice_to_u64(SLICE_LIT("1"), 0, &n));
    assert_true(slice_to_u64(SLICE_LIT("18446744073709551615"), UINT64_MAX, &n) && n == UINT64_MAX);
    assert_false(slice_to_u64(SLICE_LIT("18446744073709551616"), UINT64_MAX, &n));
    assert_false(slice_to_u64(SLICE_LIT(""), 3, &n));
}

static void test_cut(void **state)
{
    (void)state;
    struct slice rest = SLICE_LIT("a;;b"), part = WILD;
    assert_true(slice_cut(&rest, ';', &part) && slice_is(part, "a"));
    assert_true(slice_cut(&rest, ';', &part) && slice_is(part, "") && part.p);
    assert_true(slice_cut(&rest, ';', &part) && slice_is(part, "b"));
    assert_null(rest.p);
    rest = SLICE_LIT("a;");
    assert_true(slice_cut(&rest, ';', &part) && slice_is(part, "a"));
    assert_true(slice_cut(&rest, ';', &part) && slice_is(part, "") && !rest.p);
}

/* Callers look at the part whatever the answer was: an absent header is such a slice. */
static void test_a_part_is_found_in_any_case(void **state)
{
    (void)state;
    assert_true(slice_holds_nocase(SLICE_LIT("Leeds North"), SLICE_LIT("NORTH")));
    assert_true(slice_holds_nocase(SLICE_LIT("Leeds"), SLICE_NONE));
    assert_true(slice_holds_nocase(SLICE_NONE, SLICE_NONE));
    assert_false(slice_holds_nocase(SLICE_LIT("Leeds"), SLICE_LIT("Leeds North")));
    assert_false(slice_holds_nocase(SLICE_LIT("Leeds"), SLICE_LIT("york")));
}

static void test_cut_nothing(void **state)
{
    (void)state;
    struct slice rest = SLICE_NONE, part = WILD;
    assert_false(slice_cut(&rest, ';', &part));
    assert_null(part.p);
    assert_int_equal(part.n, 0);
    assert_null(rest.p);
    rest = SLICE_LIT("");
    part = WILD;
    assert_true(slice_cut(&rest, ';', &part));
    assert_non_null(part.p);
    assert_int_equal(part.n, 0);
}

/* ASCII is passed over eight bytes at a time: the first bad byte is found wherever it stands. */
static void test_utf8(void **state)
{
    (void)state;
    for (size_t n = 0; n < 40; n++) {
        for (size_t at = 0; at + 2 <= n; at++) {
            char text[40];
            size_t bad = 99;
            memset(text, 'a', n);
            memcpy(text + at, "\xC3\xA9", 2);
            assert_true(slice_is_utf8(slice_make(text, n), &bad));
            assert_int_equal(bad, 99);
            text[at + 1] = 'a';
            assert_false(slice_is_utf8(slice_make(text, n), &bad));
            assert_int_equal(bad, at);
            assert_true(slice_is_utf8(slice_make(text, at), NULL));
            assert_false(slice_is_utf8(slice_make(text, at + 1), NULL));
        }
    }
}

static void test_fitting(void **state)
{
    (void)state;
    assert_true(slice_is(slice_fitting("Zo\xc3\xab", 9), "Zo\xc3\xab"));
    assert_true(slice_is(slice_fitting("Zo\xc3\xab", 3), "Zo")); /* not half of the e */
    assert_true(slice_is(slice_fitting("Zo\xc3\xab", 0), ""));
    assert_true(slice_is(slice_fitting("Zo\xff!", 9), "Zo"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_fitting),
                                       cmocka_unit_test(words_are_found_by_their_place),
                                       cmocka_unit_test(numbers_are_not_above_their_bound),
                                       cmocka_unit_test(test_cut),
                                       cmocka_unit_test(test_cut_nothing),
                                       cmocka_unit_test(test_a_part_is_found_in_any_case),
                                       cmocka_unit_test(test_utf8)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
