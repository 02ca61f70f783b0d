/* Borrowed runs of bytes: what every parser stands on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/slice.h"

static const struct slice WILD = {(const char *)1, 99};

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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cut),
                                       cmocka_unit_test(test_cut_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
