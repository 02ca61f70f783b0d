/* Names that are numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/mask.h"

#define DOT "\u2022"

static const char *const KEPT[] = {"",     "Ann",      "Ann 2",         "Class of 1990",
                                   "24-7", "\xff\xfe", "A1 B2 C3 D4 E5"};

static const char *const MASKED[][2] = {
    {"447700900123", DOT DOT DOT DOT DOT DOT DOT DOT DOT DOT DOT DOT},
    {"Ann +44 77 00", "Ann +" DOT DOT " " DOT DOT " " DOT DOT},
    {"0-7-7-0-0-9", DOT "-" DOT "-" DOT "-" DOT "-" DOT "-" DOT},
    /* fullwidth, Arabic-Indic, Devanagari, mathematical, circled, raised */
    {"\uff10\u0667\u096d\U0001d7d7\u2460\u00b2", DOT DOT DOT DOT DOT DOT},
    /* set apart by what is not seen; keycaps */
    {"0\u200b7\u200b7\u200b0\u200b0\u200b9",
     DOT "\u200b" DOT "\u200b" DOT "\u200b" DOT "\u200b" DOT "\u200b" DOT},
    {"0\ufe0f\u20e3"
     "12345",
     DOT "\ufe0f\u20e3" DOT DOT DOT DOT DOT},
    {"123456\xff", DOT DOT DOT DOT DOT DOT "\xff"},
};

static void see(const char *name, const char *expected)
{
    struct buf out = BUF_INIT(1024);
    mask_name(&out, slice_of(name));
    if (!slice_is(buf_slice(&out), expected))
        fail_msg("'%s' is '%.*s', not '%s'", name, SLICE_ARG(buf_slice(&out)), expected);
    assert_int_equal(mask_is_wanted(slice_of(name)), strcmp(name, expected) != 0);
    buf_done(&out);
}

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(KEPT); i++)
        see(KEPT[i], KEPT[i]);
    for (size_t i = 0; i < COUNT_OF(MASKED); i++)
        see(MASKED[i][0], MASKED[i][1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
