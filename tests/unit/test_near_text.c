/* What people are told who said where they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/near_text.h"

static const struct near_said bolton = {.where = {"M14 5TA", 7},
                                        .place = {"Bolton", 6},
                                        .when = {"Sat 5 Dec 10:00", 15},
                                        .distance = {"20 km", 5},
                                        .reasons = {"20 km, needs you most", 21},
                                        .link = {"https://x/near/1", 16}};

static void expect(const char *source, const struct near_said *said, const char *text)
{
    char out[NEAR_TEXT_BYTES], got[NEAR_TEXT_BYTES];
    struct template *t = near_text_compile(source);
    struct slice written = near_text_write(t, said, out);
    (void)snprintf(got, sizeof got, "%.*s", SLICE_ARG(written));
    assert_string_equal(got, text);
    template_free(t);
}

static void the_usual_one(void **state)
{
    (void)state;
    struct near_said said = bolton;
    assert_null(near_text_rule(NEAR_TEXT_USUAL));
    expect(NEAR_TEXT_USUAL, &said,
           "Near M14 5TA: Bolton, Sat 5 Dec 10:00 (20 km, needs you most). Coming? "
           "https://x/near/1");
    said.automatic = true;
    said.meeting_point = SLICE_LIT("the library");
    expect(NEAR_TEXT_USUAL, &said,
           "Near M14 5TA: Bolton, Sat 5 Dec 10:00 (20 km, needs you most). Meet: the library. "
           "Coming? Reply YES or https://x/near/1 (Automatic answer)");
}

static void what_a_template_has_to_be(void **state)
{
    (void)state;
    static char long_one[600];
    memset(long_one, 'x', 500);
    static const struct {
        const char *source, *rule;
    } cases[] = {
        {"{{place}}{{#automatic}} by a machine{{/automatic}}", NULL},
        {"{{place}}", "open about itself"},
        {"{{place}} {{automatic}}", "open about itself"},
        {"{{first_name}}{{#automatic}} (auto){{/automatic}}", "made of"},
        {"{{#automatic}} (auto){{/other}}", "a Mustache template"},
        {"{{>part}}{{#automatic}} (auto){{/automatic}}", "a Mustache template"},
        {long_one, "a Mustache template of at most 480 bytes"},
        {"", "open about itself"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *rule = near_text_rule(cases[i].source);
        if (!cases[i].rule)
            assert_null(rule);
        else if (!rule || !slice_starts(slice_of(rule), cases[i].rule))
            fail_msg("'%s': %s", cases[i].source, rule ? rule : "is taken");
    }
}

static void what_does_not_fit_is_not_said(void **state)
{
    (void)state;
    static char name[700];
    struct near_said said = bolton;
    memset(name, 'y', sizeof name - 1);
    said.place = slice_of(name);
    expect(NEAR_TEXT_USUAL, &said, "");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_usual_one),
        cmocka_unit_test(what_a_template_has_to_be),
        cmocka_unit_test(what_does_not_fit_is_not_said),
    };
    return cmocka_run_group_tests_name("near_text", tests, NULL, NULL);
}
