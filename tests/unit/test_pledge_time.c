/* When people are reminded (core/pledge_time.h). Without a zone it is UTC; London's summer comes from tzdata where it is there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/iso8601.h"
#include "core/pledge_time.h"

static int64_t at(const char *iso)
{
    int64_t ms;
    assert_true(iso8601_parse(slice_of(iso), &ms));
    return ms;
}

static void reminds(const char *start, const char *now, enum pledge_reminder what, const char *due)
{
    int64_t due_ms = 0;
    enum pledge_reminder is = pledge_reminder_now(NULL, at(start), at(now), &due_ms);
    if (is != what) fail_msg("%s at %s: %d and not %d", start, now, (int)is, (int)what);
    if (due) assert_int_equal(due_ms, at(due));
}

static void the_day_before_at_eleven(void **state)
{
    (void)state;
    const char *start = "2026-12-05T10:00:00Z", *due = "2026-12-04T11:00:00Z";
    reminds(start, "2026-12-04T10:59:59Z", PLEDGE_REMIND_NONE, NULL);
    reminds(start, "2026-12-04T11:00:00Z", PLEDGE_REMIND_DAY, due);
    reminds(start, "2026-12-04T20:59:59Z", PLEDGE_REMIND_DAY, due);
    reminds(start, "2026-12-04T21:00:00Z", PLEDGE_REMIND_NONE, NULL);
}

static void two_hours_before_and_not_at_night(void **state)
{
    (void)state;
    const char *start = "2026-12-05T10:30:00Z";
    reminds(start, "2026-12-05T08:29:59Z", PLEDGE_REMIND_NONE, NULL);
    reminds(start, "2026-12-05T08:30:00Z", PLEDGE_REMIND_HOURS, "2026-12-05T08:30:00Z");
    reminds(start, "2026-12-05T10:19:00Z", PLEDGE_REMIND_HOURS, "2026-12-05T08:30:00Z");
    reminds(start, "2026-12-05T10:20:00Z", PLEDGE_REMIND_NONE, NULL);
    reminds("2026-12-05T09:00:00Z", "2026-12-05T07:30:00Z", PLEDGE_REMIND_NONE, NULL);
    reminds("2026-12-05T09:00:00Z", "2026-12-05T08:00:00Z", PLEDGE_REMIND_HOURS,
            "2026-12-05T08:00:00Z");
    reminds("2026-12-05T07:00:00Z", "2026-12-05T06:30:00Z", PLEDGE_REMIND_NONE, NULL);
    reminds("2026-12-05T07:00:00Z", "2026-12-04T12:00:00Z", PLEDGE_REMIND_DAY,
            "2026-12-04T11:00:00Z");
}

static void news_waits_for_the_morning(void **state)
{
    (void)state;
    int64_t start = at("2026-12-07T10:00:00Z");
    assert_int_equal(pledge_news_at(NULL, start, at("2026-12-05T12:00:00Z")),
                     at("2026-12-05T12:00:00Z"));
    assert_int_equal(pledge_news_at(NULL, start, at("2026-12-05T22:00:00Z")),
                     at("2026-12-06T08:00:00Z"));
    assert_int_equal(pledge_news_at(NULL, start, at("2026-12-06T03:00:00Z")),
                     at("2026-12-06T08:00:00Z"));
    assert_int_equal(pledge_news_at(NULL, start, at("2026-12-07T03:00:00Z")),
                     at("2026-12-07T03:00:00Z"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_day_before_at_eleven),
        cmocka_unit_test(two_hours_before_and_not_at_night),
        cmocka_unit_test(news_waits_for_the_morning),
    };
    return cmocka_run_group_tests_name("pledge_time", tests, NULL, NULL);
}
