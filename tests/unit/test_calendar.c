/* What a phone adds to its calendar: read again by libical, and as RFC 5545 wants its lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libical/ical.h>

#include "io/calendar.h"

static const struct calendar_event whole = {
    .uid = "session-7@example.org",
    .title = "Northfield, ward 2; \"the hill\"",
    .where = "Library steps, High Street\nback door",
    .about =
        "Wear something warm. Zoë waits with a red flag, and there is tea for everybody who comes.",
    .url = "https://example.org/near/AAAA",
    .start_ms = INT64_C(1780597800000), /* 2026-06-04 18:30Z */
    .end_ms = INT64_C(1780605000000),
    .now_ms = INT64_C(1780000000000),
};

static void test_it_is_read_again(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(4096);
    calendar_write(&whole, &out);
    icalcomponent *calendar = icalparser_parse_string(out.p);
    assert_non_null(calendar);
    assert_int_equal(icalcomponent_count_errors(calendar), 0);
    assert_true(icalrestriction_check(calendar));
    icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
    assert_string_equal(icalcomponent_get_uid(event), whole.uid);
    assert_string_equal(icalcomponent_get_summary(event), whole.title);
    assert_string_equal(icalcomponent_get_location(event), whole.where);
    assert_string_equal(icalcomponent_get_description(event), whole.about);
    assert_int_equal(icaltime_as_timet(icalcomponent_get_dtstart(event)), whole.start_ms / 1000);
    assert_int_equal(icaltime_as_timet(icalcomponent_get_dtend(event)), whole.end_ms / 1000);
    assert_int_equal(icalcomponent_get_status(event), ICAL_STATUS_CONFIRMED);
    icalcomponent_free(calendar);
    buf_done(&out);
}

static void test_lines_are_short_and_times_are_utc(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(4096);
    calendar_write(&whole, &out);
    struct slice rest = buf_slice(&out), line;
    while (slice_cut(&rest, '\n', &line) && rest.p) {
        assert_true(line.n > 0 && line.n <= 76);
        assert_int_equal(line.p[line.n - 1], '\r');
    }
    assert_non_null(strstr(out.p, "DTSTART:20260604T183000Z\r\n"));
    assert_null(strstr(out.p, "ATTENDEE"));
    buf_done(&out);
}

static void test_what_is_not_said_is_not_there(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(4096);
    const struct calendar_event event = {
        .uid = "a", .title = "b", .start_ms = 0, .end_ms = 1000, .is_cancelled = true};
    calendar_write(&event, &out);
    assert_null(strstr(out.p, "LOCATION"));
    assert_null(strstr(out.p, "DESCRIPTION"));
    assert_non_null(strstr(out.p, "STATUS:CANCELLED\r\n"));
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_read_again),
        cmocka_unit_test(test_lines_are_short_and_times_are_utc),
        cmocka_unit_test(test_what_is_not_said_is_not_there),
    };
    return cmocka_run_group_tests_name("calendar", tests, NULL, NULL);
}
