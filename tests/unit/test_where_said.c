/* Where somebody says that they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/where_said.h"

static const struct {
    const char *country, *text, *note;
    const char *words, *alone; /* NULL: none */
} cases[] = {
    {"GB", "M14 5TA", "", "M145TA", "M145TA"},
    {"GB", " m145ta.\n", "", "M145TA", "M145TA"},
    {"GB", "sw1a-1aa", "", "SW1A1AA", "SW1A1AA"},
    {"GB", "I'm in m14 5ta tomorrow", "", "M145TA", NULL},
    {"GB", "M14 5TA please", "", "M145TA", NULL},
    {"GB", "M14 5TA?", "", "M145TA", NULL},
    {"GB", "M14 5TA or M14 5TB", "", NULL, NULL},
    {"GB", "M14", "", NULL, NULL},
    {"GB", "M14 5", "", NULL, NULL},
    {"GB", "Leeds", "", NULL, NULL},
    {"GB", "STOP", "", NULL, NULL},
    {"GB", "stop 123", "", NULL, NULL},
    {"GB", "yes", "", NULL, NULL},
    {"GB", "at 7.30pm", "", NULL, NULL}, /* no postcode ends in PM: some letters are in none */
    {"GB", "M14 5TC", "", NULL, NULL},
    {"GB", "gr8", "", NULL, NULL},
    {"GB", "07400123456", "", NULL, NULL},
    {"GB", "", "", NULL, NULL},
    {"DE", "80331", "", "80331", "80331"},
    {"DE", "ich bin in 80331", "", NULL, NULL},
    {"DE", "12", "", NULL, NULL},
    {"DE", "123", "", "123", NULL},
    {"NL", "1012 ab", "", "1012AB", "1012AB"},
    {"GB", "", "Place: The library, 5 High St, 53.45, -2.22", "53.45000,-2.22000",
     "53.45000,-2.22000"},
    {"GB", "", "Place: 53.45, -2.22", "53.45000,-2.22000", "53.45000,-2.22000"},
    {"GB", "shall I come here?", "Place: 53.45, -2.22", "53.45000,-2.22000", NULL},
    {"GB", "M14 5TA", "Picture", "M145TA", NULL},
    {"GB", "", "Place: the library", NULL, NULL},
    {"GB", "", "Place: ", NULL, NULL},
    {"GB", "", "Place: 153.45, -2.22", NULL, NULL},
};

static void expect(bool found, const char *out, const char *wanted, const char *text)
{
    if (found != (wanted != NULL) || (wanted && strcmp(out, wanted) != 0))
        fail_msg("'%s': %s, not %s", text, found ? out : "none", wanted ? wanted : "none");
}

static void in_words_and_alone(void **state)
{
    (void)state;
    char out[WHERE_SAID_BYTES];
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice text = slice_of(cases[i].text), note = slice_of(cases[i].note);
        expect(where_in_words(cases[i].country, text, note, out), out, cases[i].words,
               cases[i].text);
        expect(where_alone(cases[i].country, text, note, out), out, cases[i].alone, cases[i].text);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(in_words_and_alone)};
    return cmocka_run_group_tests_name("where_said", tests, NULL, NULL);
}
