/* What pages for anybody say of a time, in their languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/iso8601.h"
#include "web/public/say.h"

static int64_t at(const char *text)
{
    int64_t ms;
    assert_true(iso8601_parse(slice_of(text), &ms));
    return ms / 1000;
}

static void test_when(void **state)
{
    (void)state;
    static const struct {
        const char *start, *end, *now, *words;
        enum public_language language;
    } cases[] = {
        {"2026-06-04T18:30:00Z", "2026-06-04T20:30:00Z", "2026-06-01T09:00:00Z",
         "Thursday 4 June, 18:30 to 20:30", PUBLIC_EN},
        {"2026-06-04T18:30:00Z", "2026-06-04T20:30:00Z", "2026-06-04T23:59:59Z",
         "Today, 18:30 to 20:30", PUBLIC_EN},
        {"2026-06-04T00:00:00Z", "2026-06-04T01:05:00Z", "2026-06-03T23:59:59Z",
         "Tomorrow, 00:00 to 01:05", PUBLIC_EN},
        {"2026-06-04T18:30:00Z", "2026-06-04T20:30:00Z", "2026-06-05T00:00:00Z",
         "Thursday 4 June, 18:30 to 20:30", PUBLIC_EN}, /* yesterday */
        {"2026-06-04T22:00:00Z", "2026-06-05T02:00:00Z", "2026-06-01T09:00:00Z",
         "Thursday 4 June, 22:00 to Friday 5 June, 02:00", PUBLIC_EN},
        {"2026-06-04T22:00:00Z", "2026-06-05T02:00:00Z", "2026-06-04T09:00:00Z",
         "Today, 22:00 to tomorrow, 02:00", PUBLIC_EN},
        {"2026-12-31T22:00:00Z", "2027-01-01T02:00:00Z", "2026-12-01T09:00:00Z",
         "Thursday 31 December, 22:00 to Friday 1 January 2027, 02:00", PUBLIC_EN},
        {"2027-01-01T10:00:00Z", "2027-01-01T12:00:00Z", "2026-12-31T09:00:00Z",
         "Tomorrow, 10:00 to 12:00", PUBLIC_EN},
        {"2026-06-04T18:30:00Z", "2026-06-04T20:30:00Z", "2026-06-01T09:00:00Z",
         "Donnerstag 4 Juni, 18:30 – 20:30", PUBLIC_DE},
        {"2026-06-04T22:00:00Z", "2026-06-05T02:00:00Z", "2026-06-04T09:00:00Z",
         "Heute, 22:00 – morgen, 02:00", PUBLIC_DE},
        {"2026-12-31T22:00:00Z", "2027-01-01T02:00:00Z", "2026-12-31T09:00:00Z",
         "Hoy, 22:00 – mañana, 02:00", PUBLIC_ES},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[SAY_WHEN_BYTES];
        public_when(cases[i].language, at(cases[i].start), at(cases[i].end), at(cases[i].now), out);
        assert_string_equal(out, cases[i].words);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_when)};
    return cmocka_run_group_tests_name("say", tests, NULL, NULL);
}
