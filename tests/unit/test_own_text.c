/* What Muster itself says: in each language all of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "core/own_text.h"

static void test_each_language_says_all_of_it(void **state)
{
    (void)state;
    assert_true(own_language_count() >= 6);
    for (size_t i = 0; i < own_language_count(); i++) {
        struct slice code = slice_of(own_language(i));
        for (enum own_text t = 0; t < OWN_TEXT_COUNT; t++) {
            assert_non_null(own_text(code, t));
            assert_true(slice_is_utf8(slice_of(own_text(code, t)), NULL));
        }
        assert_true(own_word(code, OWN_DAYS, 6).n > 0);
        assert_int_equal(own_word(code, OWN_DAYS, 7).n, 0);
        assert_true(own_word(code, OWN_MONTHS, 11).n > 0);
        assert_false(slice_eq(own_word(code, OWN_MONTHS, 10), own_word(code, OWN_MONTHS, 11)));
        /* what says what to write is the word that is obeyed */
        assert_non_null(strstr(own_text(code, OWN_HELP), "STOP"));
        assert_non_null(strstr(own_text(code, OWN_CANT), "CANT"));
    }
}

static void test_what_a_language_is_called(void **state)
{
    (void)state;
    const char *welsh = own_text(SLICE_LIT("cy"), OWN_HELP);
    const char *english = own_text(SLICE_NONE, OWN_HELP);
    assert_string_not_equal(welsh, english);
    assert_ptr_equal(own_text(SLICE_LIT("cy-GB"), OWN_HELP), welsh);
    assert_ptr_equal(own_text(SLICE_LIT("CY"), OWN_HELP), welsh);
    assert_ptr_equal(own_text(SLICE_LIT("en"), OWN_HELP), english);
    assert_ptr_equal(own_text(SLICE_LIT("cyx"), OWN_HELP), english);
    assert_ptr_equal(own_text(SLICE_LIT("c"), OWN_HELP), english);
    assert_true(slice_is(own_word(SLICE_LIT("de"), OWN_DAYS, 3), "Mi"));
    assert_true(slice_is(own_word(SLICE_NONE, OWN_MONTHS, 0), "Jan"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_language_says_all_of_it),
        cmocka_unit_test(test_what_a_language_is_called),
    };
    return cmocka_run_group_tests_name("own_text", tests, NULL, NULL);
}
