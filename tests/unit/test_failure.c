#include "core/failure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"

static const struct {
    const char *code, *reason, *title, *details, *text;
} CASES[] = {
    {"", "", "", "", ""},
    {"30007", "filtered_as_spam", "", "", "30007 filtered_as_spam"},
    {"", "http_400", "", "", "http_400"},
    {"99999", "", "What?", "", "99999: What?"},
    {"131042", "payment", "Business eligibility payment issue", "There was an error.",
     "131042 payment: Business eligibility payment issue (There was an error.)"},
    {"131026", "not_on_whatsapp", "Message undeliverable", "message Undeliverable",
     "131026 not_on_whatsapp: Message undeliverable"},
    {"1", "", "", "only details", "1: only details"},
    /* the line is logged: nobody's number stands in it, however it is written */
    {"21211", "invalid_number", "The 'To' number +447700900123 is not valid.", "",
     "21211 invalid_number: The 'To' number (number) is not valid."},
    {"1", "", "whatsapp:07700 900-123, twice", "", "1: whatsapp:(number), twice"},
    {"1", "", "+44 (0)7700 900123", "", "1: (number)"},
    {"131056", "", "133010 of 250000 in 24 h", "", "131056: 133010 of 250000 in 24 h"},
    {"0x0000000b", "bad_number", "", "", "0x0000000b bad_number"},
    {"0x447700900123", "", "", "", "0x(number)"},
    /* controls of both kinds are blanks */
    {"1", "", "a\nb\x1b[31mc\xc2\x9bq\xc3\xa9", "", "1: a b [31mc q\xc3\xa9"},
};

static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char out[FAILURE_BYTES];
        failure_text(&(struct failure){slice_of(CASES[i].code), slice_of(CASES[i].reason),
                                       slice_of(CASES[i].title), slice_of(CASES[i].details)},
                     out);
        assert_string_equal(out, CASES[i].text);
    }
}

/* Whatever the length, it ends within its bytes and between two characters. */
static void test_bounds(void **state)
{
    (void)state;
    for (size_t n = 0; n < 2 * FAILURE_BYTES; n++) {
        struct {
            char out[FAILURE_BYTES];
            unsigned char guard;
        } r = {.guard = 0xa5};
        char *title = calloc(1, 3 * n + 1);
        for (size_t i = 0; i < n; i++)
            memcpy(title + 3 * i, "\xe2\x82\xac", 3);
        failure_text(&(struct failure){.code = SLICE_LIT("1"), .title = slice_of(title)}, r.out);
        assert_true(memchr(r.out, 0, sizeof r.out) != NULL);
        assert_true(slice_is_utf8(slice_of(r.out), NULL));
        assert_int_equal(strlen(r.out), n == 0 ? 1 : 3 + 3 * (n < 84 ? n : 84));
        assert_int_equal(r.guard, 0xa5);
        free(title);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_texts), cmocka_unit_test(test_bounds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
