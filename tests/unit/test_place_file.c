/* Files of places and sessions as people have them: spreadsheets, and calendars as Google, Nextcloud and Outlook
 * export them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "flow/place_file.h"
#include "flow/zone_book.h"

static const int64_t NOW_MS = INT64_C(1790000000000); /* 2026-09-21T14:13:20Z */
static struct zone_book *zones;
static struct place_file file;

static bool knows(void *arg, struct slice place)
{
    (void)arg;
    return slice_is_nocase(place, "leeds north") || slice_is(place, "E14");
}

static int read_with(const char *text, const char *zone, const char *place, struct err *e)
{
    const struct place_file_how how = {
        .zones = zones, .zone = zone, .now_ms = NOW_MS, .place = place, .knows = knows};
    place_file_done(&file);
    return place_file_read(slice_of(text), &how, &file, e);
}

static void read_fine(const char *text, const char *zone, const char *place)
{
    struct err e;
    if (read_with(text, zone, place, &e) < 0) fail_msg("%s", e.text);
}

/* A text of the i-th session; "" where it says nothing. */
static const char *said(size_t i, const char *key)
{
    const char *text = json_string_value(json_object_get(json_array_get(file.sessions, i), key));
    return text ? text : "";
}

static const char *why(size_t i)
{
    return json_string_value(json_object_get(json_array_get(file.refused, i), "why"));
}

static void expect_times(size_t i, const char *start, const char *end)
{
    assert_string_equal(said(i, "start"), start);
    assert_string_equal(said(i, "end"), end);
}

#define CALENDAR(events)                                                                           \
    "BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\nVERSION:2.0\r\n"      \
    "CALSCALE:GREGORIAN\r\nMETHOD:PUBLISH\r\nX-WR-CALNAME:Canvass\r\n"                             \
    "X-WR-TIMEZONE:Europe/London\r\n" events "END:VCALENDAR\r\n"

/* One in UTC, as Google writes what does not repeat; its description is HTML, long lines are folded. */
static void test_google(void **state)
{
    (void)state;
    read_fine(CALENDAR("BEGIN:VEVENT\r\nDTSTART:20261003T170000Z\r\nDTEND:20261003T190000Z\r\n"
                       "DTSTAMP:20260920T101500Z\r\nUID:4k2v0b@google.com\r\n"
                       "ORGANIZER;CN=Ann Lee:mailto:abc@group.calendar.google.com\r\n"
                       "DESCRIPTION:Bring <b>water</b>\\, please<br>Thanks\r\n"
                       "LOCATION:Leeds North\\, 12 Mark\r\n et Square\r\nSEQUENCE:1\r\n"
                       "STATUS:CONFIRMED\r\nSUMMARY:Door knocking\r\nTRANSP:OPAQUE\r\n"
                       "END:VEVENT\r\n"),
              "Europe/London", NULL);
    assert_int_equal(json_array_size(file.sessions), 1);
    expect_times(0, "2026-10-03T17:00:00Z", "2026-10-03T19:00:00Z");
    assert_string_equal(said(0, "place"), "Leeds North");
    assert_string_equal(said(0, "code"), "4k2v0b@google.com");
    assert_string_equal(said(0, "organiser"), "Ann Lee");
    assert_string_equal(said(0, "meeting_point"), "Leeds North, 12 Market Square");
    assert_string_equal(said(0, "note"), "Door knocking\nBring water, please\nThanks");
}

#define WEEKLY                                                                                     \
    "BEGIN:VEVENT\r\nUID:w1\r\nSUMMARY:E14: phones\r\n"                                            \
    "DTSTART;TZID=Europe/London:20261012T180000\r\nDTEND;TZID=Europe/London:20261012T200000\r\n"

/* Weekly over the night on which clocks go back: always at 18:00. One is left out, one was moved, and is
 * cancelled. The last is on the evening of UNTIL's own moment. */
static void test_one_that_repeats(void **state)
{
    (void)state;
    read_fine(CALENDAR(WEEKLY "RRULE:FREQ=WEEKLY;UNTIL=20261109T180000Z;BYDAY=MO\r\n"
                              "EXDATE;TZID=Europe/London:20261019T180000\r\nEND:VEVENT\r\n"
                              "BEGIN:VEVENT\r\nUID:w1\r\nSUMMARY:E14: phones\r\n"
                              "STATUS:CANCELLED\r\n"
                              "RECURRENCE-ID;TZID=Europe/London:20261102T180000\r\n"
                              "DTSTART;TZID=Europe/London:20261103T190000\r\n"
                              "DTEND;TZID=Europe/London:20261103T210000\r\nEND:VEVENT\r\n"),
              "", NULL);
    assert_int_equal(json_array_size(file.sessions), 4);
    expect_times(0, "2026-10-12T17:00:00Z", "2026-10-12T19:00:00Z");
    expect_times(1, "2026-10-26T18:00:00Z", "2026-10-26T20:00:00Z");
    expect_times(2, "2026-11-09T18:00:00Z", "2026-11-09T20:00:00Z");
    expect_times(3, "2026-11-03T19:00:00Z", "2026-11-03T21:00:00Z");
    assert_string_equal(said(0, "code"), "w1/20261012T180000");
    assert_string_equal(said(3, "code"), "w1/20261102T180000");
    assert_string_equal(said(1, "place"), "E14");
    assert_true(json_is_true(json_object_get(json_array_get(file.sessions, 3), "cancelled")));
}

/* Nextcloud: a zone's rules in the file, DURATION, categories; Outlook: a zone of Microsoft's names. */
static void test_nextcloud_and_outlook(void **state)
{
    (void)state;
    read_fine(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//IDN nextcloud.com//Calendar app 4.6.7//EN\r\n"
        "BEGIN:VTIMEZONE\r\nTZID:GMT Standard Time\r\n"
        "BEGIN:STANDARD\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\n"
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n"
        "BEGIN:DAYLIGHT\r\nDTSTART:16010101T010000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\n"
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
        "BEGIN:VEVENT\r\nCREATED:20260901T080000Z\r\nDTSTAMP:20260901T080000Z\r\nUID:a1\r\n"
        "DTSTART;TZID=\"GMT Standard Time\":20261001T180000\r\nDURATION:PT90M\r\n"
        "CATEGORIES:Canvass,E14\r\nSUMMARY:Evening\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:a2\r\nSUMMARY:Leeds North \xe2\x80\x93 stall\r\n"
        "DTSTART:20261002T100000\r\nDTEND:20261002T120000\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:a3\r\nSUMMARY:Leeds North\r\nDTSTART;VALUE=DATE:20261002\r\n"
        "END:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:a4\r\nSUMMARY:Somewhere\r\nDTSTART:20261002T100000Z\r\n"
        "DTEND:20261002T120000Z\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nUID:a5\r\nSUMMARY:Leeds North\r\nDTSTART:20200102T100000Z\r\n"
        "DTEND:20200102T120000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        "Europe/Berlin", NULL);
    assert_int_equal(json_array_size(file.sessions), 2); /* a5 is over */
    expect_times(0, "2026-10-01T17:00:00Z", "2026-10-01T18:30:00Z");
    assert_string_equal(said(0, "place"), "E14");
    expect_times(1, "2026-10-02T08:00:00Z", "2026-10-02T10:00:00Z"); /* a clock in Berlin */
    assert_string_equal(said(1, "place"), "Leeds North");
    assert_int_equal(json_array_size(file.refused), 2);
    assert_string_equal(why(0), "it has no time of day: say when it begins and ends");
    assert_non_null(strstr(why(1), "which place is it?"));
}

static void test_what_is_no_calendar(void **state)
{
    (void)state;
    struct err e;
    read_fine(CALENDAR(""), "", "E14");
    assert_int_equal(json_array_size(file.sessions), 0);
    assert_int_equal(read_with("BEGIN:VCALENDAR", "", "E14", &e), ERR_INVALID);
    assert_int_equal(read_with("", "", NULL, &e), ERR_INVALID);
    assert_int_equal(read_with("a,b\n1,2\n", "", NULL, &e), ERR_INVALID);
    assert_int_equal(read_with("start,end\n1,2\n", "", NULL, &e), ERR_INVALID);
    assert_non_null(strstr(e.text, "no column 'place'"));
}

/* A spreadsheet: times of clocks, yes and no, a place said once though it stands in two rows. */
static void test_a_spreadsheet(void **state)
{
    (void)state;
    read_fine(
        "\xef\xbb\xbfPlace;Latitude;Longitude;Date;Start;End;Meeting point;Capacity;Step free\r\n"
        "North;53.8;-1.55;2026-10-03;9:00;11:00;Square;20;Yes\r\n"
        "North;53.8;-1.55;;2026-10-03 22:00;01:00;;;no\r\n"
        "South;53.7;-1.55;2026-10-03;9:00;11:00;;many;\r\n"
        "East;;;2026-10-03;2026-10-03T09:00:00+02:00;10:00;;;perhaps\r\n"
        "East;;;;09:00;10:00;;;\r\n",
        "Europe/London", NULL);
    assert_int_equal(json_array_size(file.places), 2);
    assert_int_equal(json_array_size(file.sessions), 2);
    expect_times(0, "2026-10-03T08:00:00Z", "2026-10-03T10:00:00Z");
    expect_times(1, "2026-10-03T21:00:00Z", "2026-10-04T00:00:00Z");
    assert_int_equal(json_array_size(file.refused), 3);
    assert_string_equal(why(0), "'capacity' must be a whole number, such as 20");
    assert_string_equal(why(1), "'accessible' must be yes or no");
    assert_string_equal(why(2), "'start' must be a time, such as \"2026-12-03 18:00\"");
    read_fine("place,start,end\nNorth,2026-10-03 09:00,10:00\n", "", NULL);
    assert_non_null(strstr(why(0), "whose clock is that?"));
}

static const char *where(size_t i, const char *key)
{
    return json_string_value(json_object_get(json_array_get(file.places, i), key));
}

/* A point goes before a postcode, and that before a town; where people meet is not where the place is. */
static void test_places_by_postcode_or_town(void **state)
{
    (void)state;
    read_fine("name,lat,lon,town,Postcode\nA,53.8,-1.55,Leeds,LS1 1AA\nB,,,Leeds,LS1 1AA\n"
              "C,,,Leeds,\nD,,,,\n",
              "", NULL);
    assert_string_equal(where(0, "at"), "53.8,-1.55");
    assert_null(where(0, "postcode"));
    assert_string_equal(where(1, "postcode"), "LS1 1AA");
    assert_string_equal(where(2, "postcode"), "Leeds");
    assert_null(where(3, "postcode"));
    read_fine("place,start,end,postcode\nA,2026-10-03T09:00:00Z,2026-10-03T10:00:00Z,LS1 1AA\n", "",
              NULL);
    assert_int_equal(json_array_size(file.places), 0);
    assert_int_equal(json_array_size(file.sessions), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_google),
        cmocka_unit_test(test_one_that_repeats),
        cmocka_unit_test(test_nextcloud_and_outlook),
        cmocka_unit_test(test_what_is_no_calendar),
        cmocka_unit_test(test_a_spreadsheet),
        cmocka_unit_test(test_places_by_postcode_or_town),
    };
    zones = zone_book_new();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    place_file_done(&file);
    zone_book_free(zones);
    return failed;
}
