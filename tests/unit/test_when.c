/* Times as people say them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/iso8601.h"
#include "core/when.h"

static int64_t at(const char *text)
{
    int64_t ms;
    assert_true(iso8601_parse(slice_of(text), &ms));
    return ms / 1000;
}

static void test_a_short_one(void **state)
{
    (void)state;
    char text[WHEN_SHORT_BYTES];
    when_short(at("2026-12-05T09:05:00Z"), SLICE_NONE, text);
    assert_string_equal(text, "Sat 5 Dec 09:05");
    when_short(at("2026-12-05T09:05:00Z"), SLICE_LIT("de"), text);
    assert_string_equal(text, "Sa 5 Dez 09:05");
    when_short(at("2027-05-31T23:59:00Z"), SLICE_NONE, text);
    assert_string_equal(text, "Mon 31 May 23:59");
}

static void test_words(void **state)
{
    (void)state;
    static const struct {
        const char *start, *end, *now, *words;
    } cases[] = {
        {"2026-06-04T18:30:00Z", "2026-06-04T20:30:00Z", "2026-06-01T09:00:00Z",
         "Thursday 4 June, 18:30 to 20:30"},
        {"2026-06-04T18:30:00Z", "2026-06-04T20:30:00Z", "2026-06-04T23:59:59Z",
         "Today, 18:30 to 20:30"},
        {"2026-06-04T00:00:00Z", "2026-06-04T01:05:00Z", "2026-06-03T23:59:59Z",
         "Tomorrow, 00:00 to 01:05"},
        {"2026-06-04T18:30:00Z", "2026-06-04T20:30:00Z", "2026-06-05T00:00:00Z",
         "Thursday 4 June, 18:30 to 20:30"}, /* yesterday */
        {"2026-06-04T22:00:00Z", "2026-06-05T02:00:00Z", "2026-06-01T09:00:00Z",
         "Thursday 4 June, 22:00 to Friday 5 June, 02:00"},
        {"2026-06-04T22:00:00Z", "2026-06-05T02:00:00Z", "2026-06-04T09:00:00Z",
         "Today, 22:00 to tomorrow, 02:00"},
        {"2026-12-31T22:00:00Z", "2027-01-01T02:00:00Z", "2026-12-01T09:00:00Z",
         "Thursday 31 December, 22:00 to Friday 1 January 2027, 02:00"},
        {"2027-01-01T10:00:00Z", "2027-01-01T12:00:00Z", "2026-12-31T09:00:00Z",
         "Tomorrow, 10:00 to 12:00"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[WHEN_BYTES];
        when_words(at(cases[i].start), at(cases[i].end), at(cases[i].now), out);
        assert_string_equal(out, cases[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_short_one),
                                       cmocka_unit_test(test_words)};
    return cmocka_run_group_tests_name("when", tests, NULL, NULL);
}
