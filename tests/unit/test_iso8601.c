#include "core/iso8601.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"

static void test_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2000-02-29T23:59:59Z", 951868799000},
        {"2026-11-26T18:00:00Z", 1795716000000},
        {"2026-11-26 18:00Z", 1795716000000},
        {"2026-11-26t18:00:00.250z", 1795716000250},
        {"2026-11-26T18:00:00.1234567Z", 1795716000123},
        {"2026-11-26T19:00:00+01:00", 1795716000000},
        {"2026-11-26T13:30:00-0430", 1795716000000},
        {"2016-12-31T23:59:60Z", 1483228800000},
        {"9999-12-31T23:59:59Z", 253402300799000},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t ms = -1;
        assert_true(iso8601_parse(slice_of(cases[i].text), &ms));
        assert_int_equal(ms, cases[i].ms);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "2026",
        "2026-11-26",
        "2026-11-26T18:00:00",
        "2026-11-26T18:00:00 Z",
        "2026-13-26T18:00:00Z",
        "2026-00-26T18:00:00Z",
        "2026-02-29T18:00:00Z",
        "2026-11-31T18:00:00Z",
        "2026-11-00T18:00:00Z",
        "2026-11-26T24:00:00Z",
        "2026-11-26T18:60:00Z",
        "2026-11-26T18:00:61Z",
        "2026-11-26T18:00:00.Z",
        "2026-11-26T18:00:00Zz",
        "2026-11-26T18:00:00+1",
        "2026-11-26T18:00:00+01:60",
        "1969-12-31T23:59:59Z",
        "1970-01-01T00:00:00+01:00",
        "+026-11-26T18:00:00Z",
        "26/11/2026 18:00",
        "2026-11-26T18Z",
        "tomorrow",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        int64_t ms = -1;
        assert_false(iso8601_parse(slice_of(wrong[i]), &ms));
        assert_int_equal(ms, -1);
    }
    int64_t ms;
    assert_false(iso8601_parse(SLICE_NONE, &ms));
}

/* What we write we read, over 60 years of odd steps. */
static void test_reads_what_is_written(void **state)
{
    (void)state;
    for (int64_t ms = 0; ms < 60LL * 365 * 86400000; ms += 7654321000) {
        char text[CLOCK_ISO_BYTES];
        int64_t back = -1;
        clock_iso(ms, text);
        assert_true(iso8601_parse(slice_of(text), &back));
        assert_int_equal(back, ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_reads_what_is_written),
    };
    return cmocka_run_group_tests_name("iso8601", tests, NULL, NULL);
}
