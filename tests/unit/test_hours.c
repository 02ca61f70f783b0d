/* Time zones against the C library's own opinion, windows against a walk minute by minute, and the
 * days that are special: changes of clocks, half hours, the end of a year, zones that hardly meet.
 */
#include "core/forecast.h"
#include "core/hours.h"
#include "core/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "core/iso8601.h"
#include "flow/zone_book.h"
#include "io/zones.h"
#include "zone_named.h"

#define SECOND_US INT64_C(1000000)

static int64_t at(const char *iso)
{
    int64_t ms = 0;
    assert_true(iso8601_parse(slice_of(iso), &ms));
    return ms * 1000;
}

static const char *shown(int64_t us)
{
    static char text[4][CLOCK_ISO_BYTES];
    static int turn;
    turn = (turn + 1) % 4;
    clock_iso(us / 1000, text[turn]);
    return text[turn];
}

static struct hours hours_of(const char *text)
{
    struct hours h;
    struct err e = {0};
    if (hours_parse(slice_of(text), &h, &e) < 0) fail_msg("%s: %s", text, e.text);
    return h;
}

/* ---- zones ---- */

static uint64_t seed = 20261122;

static uint64_t next_random(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return seed >> 16;
}

static int32_t offset_by_libc(int64_t at_s)
{
    time_t t = (time_t)at_s;
    struct tm tm;
    assert_non_null(localtime_r(&t, &tm));
    return (int32_t)tm.tm_gmtoff;
}

static void one_zone(const char *name)
{
    struct zone *z = zone_named(name);
    (void)setenv("TZ", name, 1);
    tzset();
    for (int i = 0; i < 400; i++) {
        int64_t t = (int64_t)(next_random() % 4733510400u), until; /* to 2120 */
        int32_t offset = zone_offset_s(z, t, &until);
        if (offset != offset_by_libc(t))
            fail_msg("%s at %lld: %d, libc says %d", name, (long long)t, offset, offset_by_libc(t));
        assert_true(until > t);
        /* nothing changes before it says so */
        if (until < INT64_C(4733510400)) assert_int_equal(offset_by_libc(until - 1), offset);
    }
    zone_free(z);
}

static void every_zone_is_as_the_c_library_says(void **state)
{
    (void)state;
    FILE *f = fopen("/usr/share/zoneinfo/zone1970.tab", "re");
    char line[1024];
    int n = 0;
    if (!f) skip();
    while (fgets(line, sizeof line, f)) {
        struct slice rest = slice_of(line), part, name = SLICE_NONE;
        if (line[0] == '#') continue;
        for (int i = 0; i < 3 && slice_cut(&rest, '\t', &part); i++)
            name = slice_trim(part);
        char *text = slice_strdup(name);
        one_zone(text);
        free(text);
        n++;
    }
    (void)fclose(f);
    assert_true(n > 200);
}

/* A version 2 file with no transition and that footer. */
static size_t tzif_with_rule(const char *rule, char *out)
{
    static const char header[44] = "TZif2";
    size_t n = 0;
    for (int part = 0; part < 2; part++) {
        memcpy(out + n, header, sizeof header);
        out[n + 20 + 19] = 1; /* one type */
        out[n + 20 + 23] = 1; /* one character */
        n += sizeof header;
        memset(out + n, 0, 7);
        n += 7;
    }
    return n + (size_t)snprintf(out + n, 64, "\n%s\n", rule);
}

static int32_t by_rule(const char *rule, const char *iso)
{
    char bytes[256];
    struct zone *z = NULL;
    struct err e = {0};
    int64_t until;
    if (zone_parse(slice_make(bytes, tzif_with_rule(rule, bytes)), &z, &e) < 0)
        fail_msg("%s: %s", rule, e.text);
    int32_t s = zone_offset_s(z, at(iso) / SECOND_US, &until);
    zone_free(z);
    return s;
}

static void rules_of_footers(void **state)
{
    (void)state;
    assert_int_equal(by_rule("<+0545>-5:45", "2050-07-01T00:00:00Z"), 5 * 3600 + 45 * 60);
    assert_int_equal(by_rule("GMT0BST,M3.5.0/1,M10.5.0", "2050-03-27T00:59:59Z"), 0);
    assert_int_equal(by_rule("GMT0BST,M3.5.0/1,M10.5.0", "2050-03-27T01:00:00Z"), 3600);
    assert_int_equal(by_rule("IST-1GMT0,M10.5.0,M3.5.0/1", "2050-01-01T00:00:00Z"),
                     0); /* summer is the standard */
    assert_int_equal(by_rule("IST-1GMT0,M10.5.0,M3.5.0/1", "2050-07-01T00:00:00Z"), 3600);
    assert_int_equal(by_rule("EST5EDT,0/0,J365/25", "2050-01-01T04:59:59Z"),
                     -4 * 3600); /* summer for ever */
    assert_int_equal(by_rule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T00:59:59Z"), -2 * 3600);
    assert_int_equal(by_rule("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2050-03-27T01:00:00Z"), -3600);
    assert_int_equal(by_rule("AAA0BBB,J60,J300", "2048-02-29T12:00:00Z"),
                     0); /* J60 is March 1, always */
    assert_int_equal(by_rule("AAA0BBB,J60,J300", "2048-03-01T12:00:00Z"), 3600);
    static const char *const bad[] = {
        "G",      "GMT",   "GMT0BST", "GMT0BST,M13.5.0,M10.5.0", "GMT0BST,M3.5.0/1",
        "<+05-5", "GMT0 ", "GMT25"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char bytes[256];
        struct zone *z = NULL;
        assert_int_equal(zone_parse(slice_make(bytes, tzif_with_rule(bad[i], bytes)), &z, NULL),
                         ERR_SYNTAX);
    }
}

static void damaged_files_are_refused(void **state)
{
    (void)state;
    struct buf bytes = BUF_INIT(2 * ZONE_FILE_BYTES_MAX);
    struct zone *z = NULL;
    assert_int_equal(zone_file_read(SLICE_LIT("Europe/London"), &bytes, NULL), 0);
    /* cut anywhere: never read beyond */
    for (size_t n = 0; n < bytes.n; n += 1 + n / 64) {
        char *copy = n ? slice_strdup(slice_make(bytes.p, n)) : NULL;
        assert_int_equal(zone_parse(slice_make(copy, n), &z, NULL), ERR_SYNTAX);
        free(copy);
    }
    for (int i = 0; i < 2000; i++) {
        char *copy = slice_strdup(buf_slice(&bytes));
        for (int k = 0; k < 3; k++)
            copy[next_random() % bytes.n] = (char)next_random();
        if (zone_parse(slice_make(copy, bytes.n), &z, NULL) == 0) {
            int64_t until;
            (void)zone_offset_s(z, (int64_t)(next_random() % 4733510400u), &until);
            zone_free(z);
        }
        free(copy);
    }
    buf_done(&bytes);
    static const char *const names[] = {
        "",          "../passwd",    "Europe", "Europe/../../passwd", "/etc/passwd",
        "Mars/City", "zone1970.tab", ".."};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct buf none = BUF_INIT(1024);
        assert_true(zone_file_read(slice_of(names[i]), &none, NULL) < 0);
        buf_done(&none);
    }
}

/* ---- texts ---- */

static void texts_that_are_hours(void **state)
{
    (void)state;
    struct hours h = hours_of("09:00-20:30");
    for (int i = 0; i < 7; i++)
        assert_int_equal(h.day[i].open_min, 540);
    h = hours_of("mon-fri 09:00-20:30, sat 10:00-18:00");
    assert_int_equal(h.day[4].close_min, 20 * 60 + 30);
    assert_int_equal(h.day[5].open_min, 600);
    assert_int_equal(h.day[6].open_min, h.day[6].close_min);
    h = hours_of(" 09:00-20:30, Sun closed ");
    assert_int_equal(h.day[5].close_min, 20 * 60 + 30);
    assert_int_equal(h.day[6].close_min, 0);
    h = hours_of("sat, sun 9:00-12:00");
    assert_int_equal(h.day[5].open_min, 540);
    assert_int_equal(h.day[0].close_min, 0);
    h = hours_of("sun-mon 10:00-11:00");
    assert_int_equal(h.day[6].open_min, 600);
    assert_int_equal(h.day[0].open_min, 600);
    assert_int_equal(h.day[1].close_min, 0);
    assert_true(hours_of("any").any);
    assert_false(hours_of("00:00-24:00 agreed").any);
    assert_int_equal(hours_of("07:00-21:30 agreed").day[0].open_min, 420);
}

static void texts_that_are_not(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "no hour of the week"},    {"sun closed", "no hour of the week"},
        {"07:59-20:30", "agreed"},      {"09:00-21:01", "agreed"},
        {"20:30-09:00", "midnight"},    {"09:00-09:00", "midnight"},
        {"9-17", "time of day"},        {"09:00", "time of day"},
        {"09:60-10:00", "time of day"}, {"09:00-24:01", "time of day"},
        {"mon", "end with a day"},      {"mon-fry 09:00-10:00", "'mon-fry'"},
        {"always", "'always'"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct err e = {0};
        struct hours h;
        assert_int_equal(hours_parse(slice_of(cases[i].text), &h, &e), ERR_INVALID);
        if (!strstr(e.text, cases[i].says)) fail_msg("%s: %s", cases[i].text, e.text);
    }
}

/* ---- windows ---- */

static void expect_window(const char *text, const char *const *names, size_t n, const char *now,
                          const char *open, const char *close)
{
    struct hours h = hours_of(text);
    struct zone *zones[8];
    struct hours_window w;
    for (size_t i = 0; i < n; i++)
        zones[i] = zone_named(names[i]);
    assert_true(hours_window(&h, (const struct zone *const *)zones, n, at(now), &w));
    if (w.open_us != at(open) || w.close_us != at(close))
        fail_msg("%s at %s: %s to %s, not %s to %s", text, now, shown(w.open_us), shown(w.close_us),
                 open, close);
    for (size_t i = 0; i < n; i++)
        zone_free(zones[i]);
}

static void in_one_zone(const char *zone, const char *now, const char *open, const char *close)
{
    expect_window("09:00-20:30", &zone, 1, now, open, close);
}

static void windows_of_special_days(void **state)
{
    (void)state;
    /* inside: it is open from now on; the end does not belong to it */
    in_one_zone("Europe/London", "2026-11-26T12:00:00Z", "2026-11-26T12:00:00Z",
                "2026-11-26T20:30:00Z");
    in_one_zone("Europe/London", "2026-11-26T20:30:00Z", "2026-11-27T09:00:00Z",
                "2026-11-27T20:30:00Z");
    in_one_zone("Europe/London", "2026-11-26T08:59:59Z", "2026-11-26T09:00:00Z",
                "2026-11-26T20:30:00Z");
    /* the clock goes forward at night, and back */
    in_one_zone("Europe/London", "2026-03-28T21:00:00Z", "2026-03-29T08:00:00Z",
                "2026-03-29T19:30:00Z");
    in_one_zone("Europe/London", "2026-10-24T20:00:00Z", "2026-10-25T09:00:00Z",
                "2026-10-25T20:30:00Z");
    in_one_zone("America/New_York", "2026-03-08T01:30:00Z", "2026-03-08T13:00:00Z",
                "2026-03-09T00:30:00Z");
    in_one_zone("America/New_York", "2026-11-01T01:00:00Z", "2026-11-01T14:00:00Z",
                "2026-11-02T01:30:00Z");
    /* the other half of the world: summer in January, a day ahead */
    in_one_zone("Pacific/Auckland", "2026-04-04T08:00:00Z", "2026-04-04T21:00:00Z",
                "2026-04-05T08:30:00Z");
    in_one_zone("Pacific/Auckland", "2026-09-26T09:00:00Z", "2026-09-26T20:00:00Z",
                "2026-09-27T07:30:00Z");
    in_one_zone("Pacific/Chatham", "2026-07-01T07:45:00Z", "2026-07-01T20:15:00Z",
                "2026-07-02T07:45:00Z");
    /* half and quarter hours */
    in_one_zone("Asia/Kolkata", "2026-11-26T00:00:00Z", "2026-11-26T03:30:00Z",
                "2026-11-26T15:00:00Z");
    in_one_zone("Asia/Kathmandu", "2026-11-26T00:00:00Z", "2026-11-26T03:15:00Z",
                "2026-11-26T14:45:00Z");
    in_one_zone("Australia/Lord_Howe", "2026-10-03T10:00:00Z", "2026-10-03T22:00:00Z",
                "2026-10-04T09:30:00Z");
    /* the end of a year */
    in_one_zone("Europe/London", "2026-12-31T21:00:00Z", "2027-01-01T09:00:00Z",
                "2027-01-01T20:30:00Z");
    in_one_zone("Pacific/Kiritimati", "2026-12-31T08:00:00Z", "2026-12-31T19:00:00Z",
                "2027-01-01T06:30:00Z");
    /* a day that never was: Samoa went over the date line */
    in_one_zone("Pacific/Apia", "2011-12-30T08:00:00Z", "2011-12-30T19:00:00Z",
                "2011-12-31T06:30:00Z");
    /* long after the last change that the file lists */
    in_one_zone("Europe/London", "2100-07-01T00:00:00Z", "2100-07-01T08:00:00Z",
                "2100-07-01T19:30:00Z");
}

static void a_clock_that_changes_inside_a_window(void **state)
{
    (void)state;
    const char *london = "Europe/London";
    /* open 00:30 to 03:00 by a clock that skips, and then repeats, the hour from one to two */
    expect_window("00:30-03:00 agreed", &london, 1, "2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z",
                  "2026-03-29T02:00:00Z");
    expect_window("00:30-03:00 agreed", &london, 1, "2026-10-24T22:00:00Z", "2026-10-24T23:30:00Z",
                  "2026-10-25T03:00:00Z");
    /* a window inside the skipped hour is none that day; one inside the repeated hour comes twice
     */
    expect_window("01:15-01:45 agreed", &london, 1, "2026-03-29T00:00:00Z", "2026-03-30T00:15:00Z",
                  "2026-03-30T00:45:00Z");
    expect_window("01:15-01:45 agreed", &london, 1, "2026-10-25T00:45:00Z", "2026-10-25T01:15:00Z",
                  "2026-10-25T01:45:00Z");
    /* whole days make one window, through midnights, as far as it is looked */
    expect_window("00:00-24:00 agreed", &london, 1, "2026-11-26T12:00:00Z", "2026-11-26T12:00:00Z",
                  "2026-12-06T00:00:00Z");
    expect_window("any", &london, 1, "2026-11-26T03:00:00Z", "2026-11-26T03:00:00Z",
                  "2026-12-05T03:00:00Z");
}

static void days_of_the_week(void **state)
{
    (void)state;
    const char *london = "Europe/London", *auckland = "Pacific/Auckland";
    const char *text = "mon-fri 09:00-20:30, sat 10:00-18:00";
    expect_window(text, &london, 1, "2026-11-27T21:00:00Z", "2026-11-28T10:00:00Z",
                  "2026-11-28T18:00:00Z");
    expect_window(text, &london, 1, "2026-11-28T18:00:00Z", "2026-11-30T09:00:00Z",
                  "2026-11-30T20:30:00Z");
    /* Monday comes earlier there */
    expect_window(text, &auckland, 1, "2026-11-28T18:00:00Z", "2026-11-29T20:00:00Z",
                  "2026-11-30T07:30:00Z");
    expect_window("sun 09:00-10:00", &london, 1, "2026-11-29T10:00:00Z", "2026-12-06T09:00:00Z",
                  "2026-12-06T10:00:00Z");
}

static void several_zones_must_all_agree(void **state)
{
    (void)state;
    const char *us[] = {"America/New_York", "America/Chicago", "America/Denver",
                        "America/Los_Angeles"};
    /* noon to 20:30 in New York */
    expect_window("09:00-20:30", us, 4, "2026-11-26T14:30:00Z", "2026-11-26T17:00:00Z",
                  "2026-11-27T01:30:00Z");
    struct hours narrow = hours_of("09:00-11:00");
    struct zone *zones[2] = {zone_named("Europe/London"), zone_named("Pacific/Auckland")};
    struct hours_window w;
    assert_false(hours_window(&narrow, (const struct zone *const *)zones, 2,
                              at("2026-11-26T12:00:00Z"), &w));
    zone_free(zones[0]);
    zone_free(zones[1]);
    /* nobody knows where: UTC */
    expect_window("09:00-20:30", NULL, 0, "2026-11-26T00:00:00Z", "2026-11-26T09:00:00Z",
                  "2026-11-26T20:30:00Z");
}

/* By the C library: is it open at that minute in that zone? */
static bool open_by_libc(const struct hours *h, int64_t at_s)
{
    time_t t = (time_t)at_s;
    struct tm tm;
    assert_non_null(localtime_r(&t, &tm));
    int day = (tm.tm_wday + 6) % 7, minute = tm.tm_hour * 60 + tm.tm_min;
    return minute >= h->day[day].open_min && minute < h->day[day].close_min;
}

static void windows_are_what_a_walk_finds(void **state)
{
    (void)state;
    static const char *const names[] = {
        "Europe/London",       "America/New_York", "Pacific/Auckland",  "Asia/Kolkata",
        "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca", "Asia/Tehran"};
    static const char *const texts[] = {"09:00-20:30", "mon-fri 08:00-21:00, sun 10:15-10:45",
                                        "00:00-03:30, wed 02:00-24:00 agreed"};
    for (int round = 0; round < 120; round++) {
        const char *name = names[next_random() % COUNT_OF(names)];
        struct hours h = hours_of(texts[next_random() % COUNT_OF(texts)]);
        struct zone *z = zone_named(name);
        const struct zone *zones[] = {z};
        (void)setenv("TZ", name, 1);
        tzset();
        int64_t now = (int64_t)(946684800 + next_random() % 3155760000u) / 60 * 60, t = now;
        struct hours_window w;
        assert_true(hours_window(&h, zones, 1, now * SECOND_US, &w));
        while (!open_by_libc(&h, t))
            t += 60;
        assert_int_equal(w.open_us, t * SECOND_US);
        while (open_by_libc(&h, t))
            t += 60;
        assert_int_equal(w.close_us, t * SECOND_US);
        zone_free(z);
    }
}

/* ---- whose zone ---- */

static void the_zone_of_a_person(void **state)
{
    (void)state;
    struct zone_book *b = zone_book_new();
    struct err e = {0};
    if (zone_book_check(b, &e) < 0) fail_msg("%s", e.text);
    const struct zone_set *gb = zone_book_of(b, 447400000000, SLICE_NONE);
    assert_true(gb->by_country && gb->n == 1);
    assert_string_equal(gb->country, "GB");
    assert_ptr_equal(zone_book_of(b, 447400000001, SLICE_LIT("Mars/City")), gb);
    const struct zone_set *denver = zone_book_of(b, 12025550143, SLICE_LIT(" America/Denver "));
    assert_true(!denver->by_country && denver->n == 1);
    assert_ptr_equal(zone_book_of(b, 447400000000, SLICE_LIT("America/Denver")), denver);
    assert_true(zone_book_of(b, 12025550143, SLICE_NONE)->n > 5);
    assert_int_equal(zone_book_of(b, 883510000000, SLICE_NONE)->n, 0); /* no country at all */
    assert_true(zone_book_knows(b, SLICE_LIT("Asia/Kolkata")));
    assert_false(zone_book_knows(b, SLICE_LIT("=GB")));
    zone_book_free(b);
}

/* Tables of tzdata are read once: they may be away afterwards. */
static void the_clock_of_a_group(void **state)
{
    (void)state;
    struct zone_book *b = zone_book_new();
    int64_t until_s;
    struct zone_clock gb = zone_book_clock(b, NULL, "GB", SLICE_LIT("leeds"));
    assert_string_equal(gb.name, "Europe/London");
    assert_int_equal(zone_offset_s(gb.zone, 1780000000, &until_s), 3600);
    char *folder = getenv("TZDIR") ? xstrdup(getenv("TZDIR")) : NULL;
    assert_int_equal(setenv("TZDIR", "/nowhere", 1), 0);
    struct zone_clock again = zone_book_clock(b, NULL, "GB", SLICE_NONE);
    struct zone_clock none = zone_book_clock(b, NULL, "FR", SLICE_NONE);
    assert_int_equal(folder ? setenv("TZDIR", folder, 1) : unsetenv("TZDIR"), 0);
    free(folder);
    assert_ptr_equal(again.zone, gb.zone);
    assert_string_equal(again.name, "Europe/London");
    assert_null(none.zone);
    assert_string_equal(none.name, "UTC");
    assert_string_equal(zone_book_clock(b, NULL, NULL, SLICE_NONE).name, "UTC");
    zone_book_free(b);
}

/* ---- the forecast ---- */

/* Of a campaign that has a message a second for itself. */
static struct forecast forecast_alone(const struct hours *h, const struct forecast_group *groups,
                                      size_t n, int64_t start_us)
{
    const struct forecast_campaign c = {
        .hours = h, .groups = groups, .group_count = n, .weight = 1, .begin_us = start_us};
    return forecast_run(&c, 1, 1, start_us);
}

static void forecasts(void **state)
{
    (void)state;
    struct hours h = hours_of("09:00-20:30"), any = hours_of("any");
    struct zone *london = zone_named("Europe/London"), *york = zone_named("America/New_York");
    const struct zone *l[] = {london}, *y[] = {york};
    struct forecast_group groups[] = {{l, 1, 3600}, {y, 1, 1800}};

    struct forecast f = forecast_alone(&any, groups, 1, at("2026-11-26T22:00:00Z"));
    assert_true(f.ends);
    assert_string_equal(shown(f.finish_us), "2026-11-26T23:00:00Z");
    /* an hour of work, half an hour before the end of the day */
    f = forecast_alone(&h, groups, 1, at("2026-11-26T20:00:00Z"));
    assert_string_equal(shown(f.finish_us), "2026-11-27T09:30:00Z");
    assert_int_equal(f.next_day, 1800);
    /* at night: it begins in the morning, which is not another day of theirs */
    f = forecast_alone(&h, groups, 1, at("2026-11-26T23:00:00Z"));
    assert_string_equal(shown(f.first_us), "2026-11-27T09:00:00Z");
    assert_string_equal(shown(f.finish_us), "2026-11-27T10:00:00Z");
    assert_int_equal(f.next_day, 0);
    /* London is done at ten, New York opens at two in the afternoon */
    f = forecast_alone(&h, groups, 2, at("2026-11-26T09:00:00Z"));
    assert_string_equal(shown(f.finish_us), "2026-11-26T14:30:00Z");
    /* and both at once share the rate */
    f = forecast_alone(&h, groups, 2, at("2026-11-26T15:00:00Z"));
    assert_string_equal(shown(f.finish_us), "2026-11-26T16:30:00Z");
    /* nobody, never, and not in a year */
    f = forecast_alone(&h, groups, 0, at("2026-11-26T15:00:00Z"));
    assert_true(f.ends);
    const struct zone *far[] = {london, zone_named("Pacific/Auckland")};
    struct hours narrow = hours_of("09:00-11:00");
    struct forecast_group nowhere = {far, 2, 1};
    assert_false(forecast_alone(&narrow, &nowhere, 1, at("2026-11-26T15:00:00Z")).ends);
    groups[0].people = 400000000;
    assert_false(forecast_alone(&h, groups, 1, at("2026-11-26T15:00:00Z")).ends);
    zone_free((struct zone *)far[1]);
    zone_free(london);
    zone_free(york);
}

/* ---- several on one account: people, weight, when it begins [s], its deadline [s] ---- */

static double finish_s(const struct forecast_campaign *c, size_t n, double rate)
{
    struct forecast f = forecast_run(c, n, rate, 0);
    assert_true(f.ends);
    return (double)f.finish_us / 1e6;
}

static struct forecast_campaign of(struct forecast_group *people, double weight, int begin_s,
                                   int until_s)
{
    return (struct forecast_campaign){.groups = people,
                                      .group_count = 1,
                                      .weight = weight,
                                      .begin_us = begin_s * INT64_C(1000000),
                                      .until_us = until_s * INT64_C(1000000)};
}

static void forecasts_share_an_account(void **state)
{
    (void)state;
    struct forecast_group hundred = {.people = 100}, fifty = {.people = 50};
    struct forecast_campaign alone = of(&hundred, 1, 0, 0), later = of(&fifty, 1, 60, 0);
    assert_float_equal(finish_s(&alone, 1, 1), 100, 0.01);
    /* half of the slots until the other one is done */
    struct forecast_campaign equal[] = {alone, of(&fifty, 1, 0, 0)};
    assert_float_equal(finish_s(equal, 2, 1), 150, 0.01);
    /* it has three of four, and is done long before it costs anything */
    struct forecast_campaign heavy[] = {of(&hundred, 3, 0, 0), of(&hundred, 1, 0, 0)};
    assert_float_equal(finish_s(heavy, 2, 1), 133.33, 0.01);
    /* announced: until then the slots are ours; then 40 are left, and 80 s pass */
    struct forecast_campaign announced[] = {alone, later};
    assert_float_equal(finish_s(announced, 2, 1), 140, 0.01);
    /* after its deadline the other one wants nothing */
    struct forecast_campaign ends[] = {alone, of(&hundred, 1, 0, 20)};
    assert_float_equal(finish_s(ends, 2, 1), 110, 0.01);
    /* people answer no faster: what it leaves goes to the other one */
    struct forecast_campaign paced[] = {alone, of(&fifty, 1, 0, 0)};
    paced[1].most_per_s = 0.1;
    assert_float_equal(finish_s(paced, 2, 1), 111.11, 0.01);
    paced[0].most_per_s = 0.5;
    assert_float_equal(finish_s(paced, 2, 1), 200, 0.01);
    /* it begins itself when nobody else is there any more */
    struct forecast_campaign late[] = {of(&hundred, 1, 300, 0), equal[1]};
    assert_float_equal(finish_s(late, 2, 1), 400, 0.01);
}

static void a_canary_waits(void **state)
{
    (void)state;
    struct forecast_group hundred = {.people = 100}, fifty = {.people = 50};
    struct forecast_campaign first = of(&hundred, 1, 0, 0);
    first.few = 20;
    first.few_wait_us = INT64_C(60000000);
    assert_float_equal(finish_s(&first, 1, 1), 160, 0.01);
    /* Both have half for 40 s; while it waits the other one is done with its 30, and then it is alone. */
    struct forecast_campaign both[] = {first, of(&fifty, 1, 0, 0)};
    assert_float_equal(finish_s(both, 2, 1), 180, 0.01);
    /* one that waits leaves its slots: 20 are done by then, 60 while it waits, and the last 20 share again */
    struct forecast_campaign other[] = {of(&hundred, 1, 0, 0), first};
    assert_float_equal(finish_s(other, 2, 1), 140, 0.01);
    first.few = 0;
    assert_float_equal(finish_s(&first, 1, 1), 100, 0.01);
}

static double mark_s(const struct forecast_campaign *c, size_t n, size_t mark)
{
    return (double)forecast_run(c, n, 1, 0).mark_us[mark] / 1e6;
}

static void marks_are_passed(void **state)
{
    (void)state;
    struct forecast_group hundred = {.people = 100}, fifty = {.people = 50};
    struct forecast_campaign c = of(&hundred, 1, 0, 0);
    c.marks[0] = 30, c.marks[1] = 100;
    assert_float_equal(mark_s(&c, 1, 0), 30, 0.01);
    assert_float_equal(mark_s(&c, 1, 1), 100, 0.01);
    /* half of the slots until the other one is done after 100 s, when 50 of it are through */
    struct forecast_campaign both[] = {c, of(&fifty, 1, 0, 0)};
    assert_float_equal(mark_s(both, 2, 0), 60, 0.01);
    assert_float_equal(mark_s(both, 2, 1), 150, 0.01);
    /* a canary's wait before it counts, and nobody behind the last is reached */
    c.few = 20;
    c.few_wait_us = INT64_C(60000000);
    assert_float_equal(mark_s(&c, 1, 0), 90, 0.01);
    c.marks[1] = 101;
    assert_float_equal(mark_s(&c, 1, 1), 0, 0.01);
}

static void a_pace_is_learnt(void **state)
{
    (void)state;
    struct forecast_pace p = {0};
    struct forecast_rates first = forecast_pace_rates(&p, 10, 600);
    assert_true(first.slow < first.likely && first.likely < first.fast && first.fast <= 10);
    assert_float_equal(first.likely, 9.5, 0.001);
    for (int i = 0; i < 2000; i++)
        forecast_pace_add(&p, 2.5, 2.5 * 6); /* it goes at 6 a second, steadily */
    struct forecast_rates r = forecast_pace_rates(&p, 10, 600);
    assert_true(r.likely > 6 && r.likely < 7.5);
    assert_true(r.likely - r.slow < first.likely - first.slow);
    /* nobody is faster than the account */
    for (int i = 0; i < 2000; i++)
        forecast_pace_add(&p, 2.5, 2.5 * 30);
    assert_float_equal(forecast_pace_rates(&p, 10, 600).likely, 10, 0.001);
    /* the further it goes, the surer it is */
    assert_true(forecast_pace_rates(&p, 10, 10).slow < forecast_pace_rates(&p, 10, 10000).slow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_zone_is_as_the_c_library_says),
        cmocka_unit_test(rules_of_footers),
        cmocka_unit_test(damaged_files_are_refused),
        cmocka_unit_test(texts_that_are_hours),
        cmocka_unit_test(texts_that_are_not),
        cmocka_unit_test(windows_of_special_days),
        cmocka_unit_test(a_clock_that_changes_inside_a_window),
        cmocka_unit_test(days_of_the_week),
        cmocka_unit_test(several_zones_must_all_agree),
        cmocka_unit_test(windows_are_what_a_walk_finds),
        cmocka_unit_test(the_zone_of_a_person),
        cmocka_unit_test(the_clock_of_a_group),
        cmocka_unit_test(forecasts),
        cmocka_unit_test(forecasts_share_an_account),
        cmocka_unit_test(a_canary_waits),
        cmocka_unit_test(marks_are_passed),
        cmocka_unit_test(a_pace_is_learnt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
