/* When schedules fire: a table of what is special (changes of clocks in five zones, ends of months,
 * leap years, counts), written by hand from the calendars; tests/unit/plan_cases.py holds many more
 * against Python's own zones. */
#include "flow/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "core/iso8601.h"
#include "core/json.h"
#include "io/zones.h"
#include "zone_named.h"

#define ANY_COUNT 4

static int64_t at(const char *iso)
{
    int64_t ms = 0;
    assert_true(iso8601_parse(slice_of(iso), &ms));
    return ms;
}

/* From that moment on. */
static struct plan plan_of(const char *json, const struct zone *zone, int64_t from_ms)
{
    struct plan p;
    struct err e = {0};
    const char *key;
    json_t *o = json_loads(json, 0, NULL);
    assert_non_null(o);
    if (plan_read(o, plan_local_s(zone, from_ms), &p, &key, &e) < 0)
        fail_msg("%s: %s: %s", json, key, e.text);
    json_decref(o);
    return p;
}

static const struct row {
    const char *zone, *after, *json, *fires[ANY_COUNT + 1]; /* a NULL: no more */
} rows[] = {
    /* clocks go forward: nine stays nine */
    {"Europe/London",
     "2026-03-20T00:00:00Z",
     "{\"every\":\"thu 09:00\"}",
     {"2026-03-26T09:00:00Z", "2026-04-02T08:00:00Z", "2026-04-09T08:00:00Z"}},
    /* a day that is left out: the others stay, and a count counts it */
    {"Europe/London",
     "2026-12-15T00:00:00Z",
     "{\"every\":\"thu 09:00\",\"count\":3,\"except\":[\"2026-12-24\",\"2026-12-25\"]}",
     {"2026-12-17T09:00:00Z", "2026-12-31T09:00:00Z", NULL}},
    {"Europe/London",
     "2026-12-15T00:00:00Z",
     "{\"event\":\"2026-12-24 19:00\",\"remind\":[\"1 day before at 11:00\",\"2 hours before\"],"
     "\"except\":[\"2026-12-23\"]}",
     {"2026-12-24T17:00:00Z", NULL}},
    {"Europe/London",
     "2026-12-15T00:00:00Z",
     "{\"event\":\"2026-12-24 19:00\",\"remind\":[\"0 days before at 09:00\",\"2 hours before\"],"
     "\"except\":[\"2026-12-24 09:00\"]}",
     {"2026-12-24T17:00:00Z", NULL}},
    /* a time that is skipped is the first moment after it, and the next day is itself again */
    {"Europe/London",
     "2026-03-28T00:00:00Z",
     "{\"every\":\"day 01:30\"}",
     {"2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}},
    /* one that comes twice is the first */
    {"Europe/London",
     "2026-10-24T12:00:00Z",
     "{\"every\":\"day 01:30\"}",
     {"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
    /* between the two it is over */
    {"Europe/London",
     "2026-10-25T01:00:00Z",
     "{\"every\":\"day 01:30\"}",
     {"2026-10-26T01:30:00Z"}},
    {"America/New_York",
     "2026-03-01T00:00:00Z",
     "{\"every\":\"sun 02:30\"}",
     {"2026-03-01T07:30:00Z", "2026-03-08T07:00:00Z", "2026-03-15T06:30:00Z"}},
    {"America/New_York",
     "2026-10-31T12:00:00Z",
     "{\"every\":\"sun 01:30\"}",
     {"2026-11-01T05:30:00Z", "2026-11-08T06:30:00Z"}},
    /* the south: summer ends in April */
    {"Australia/Sydney",
     "2026-04-03T00:00:00Z",
     "{\"every\":\"day 02:30\"}",
     {"2026-04-03T15:30:00Z", "2026-04-04T15:30:00Z", "2026-04-05T16:30:00Z"}},
    {"Australia/Sydney",
     "2026-10-02T00:00:00Z",
     "{\"every\":\"day 02:30\"}",
     {"2026-10-02T16:30:00Z", "2026-10-03T16:00:00Z", "2026-10-04T15:30:00Z"}},
    /* half an hour */
    {"Australia/Lord_Howe",
     "2026-10-02T00:00:00Z",
     "{\"every\":\"day 02:15\"}",
     {"2026-10-02T15:45:00Z", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"}},
    {"Australia/Lord_Howe",
     "2026-04-03T00:00:00Z",
     "{\"every\":\"day 01:45\"}",
     {"2026-04-03T14:45:00Z", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"}},
    /* Cairo's clocks go forward at midnight of a Friday */
    {"Africa/Cairo",
     "2026-04-23T00:00:00Z",
     "{\"every\":\"fri 00:30\"}",
     {"2026-04-23T22:00:00Z", "2026-04-30T21:30:00Z"}},
    /* ends of months: who says the 31st has none in the others; the last day is there always */
    {"Europe/London",
     "2026-01-01T00:00:00Z",
     "{\"every\":\"month 31 09:00\"}",
     {"2026-01-31T09:00:00Z", "2026-03-31T08:00:00Z", "2026-05-31T08:00:00Z"}},
    {"Europe/London",
     "2027-12-31T10:00:00Z",
     "{\"every\":\"month last 09:00\"}",
     {"2028-01-31T09:00:00Z", "2028-02-29T09:00:00Z", "2028-03-31T08:00:00Z"}},
    {"Europe/London",
     "2026-01-20T00:00:00Z",
     "{\"every\":\"month 1,29 09:00\"}",
     {"2026-01-29T09:00:00Z", "2026-02-01T09:00:00Z", "2026-03-01T09:00:00Z",
      "2026-03-29T08:00:00Z"}},
    {"Europe/London",
     "2026-01-02T00:00:00Z",
     "{\"every\":\"first thu 09:00\"}",
     {"2026-02-05T09:00:00Z", "2026-03-05T09:00:00Z", "2026-04-02T08:00:00Z"}},
    {"Europe/London",
     "2026-01-02T00:00:00Z",
     "{\"every\":\"last fri 09:00\"}",
     {"2026-01-30T09:00:00Z", "2026-02-27T09:00:00Z", "2026-03-27T09:00:00Z"}},
    {"Europe/London",
     "2026-11-27T00:00:00Z",
     "{\"every\":\"mon,wed-thu 18:00\"}",
     {"2026-11-30T18:00:00Z", "2026-12-02T18:00:00Z", "2026-12-03T18:00:00Z",
      "2026-12-07T18:00:00Z"}},
    /* every second week begins with the next one there is (27 November is a Friday) */
    {"Europe/London",
     "2026-11-27T00:00:00Z",
     "{\"every\":\"2 weeks thu 09:00\"}",
     {"2026-12-03T09:00:00Z", "2026-12-17T09:00:00Z", "2026-12-31T09:00:00Z"}},
    {"Europe/London",
     "2026-11-26T09:30:00Z",
     "{\"every\":\"thu 09:00\",\"count\":2}",
     {"2026-12-03T09:00:00Z", "2026-12-10T09:00:00Z", NULL}},
    {"Europe/London",
     "2026-11-27T00:00:00Z",
     "{\"every\":\"thu 09:00\",\"until\":\"2026-12-10\"}",
     {"2026-12-03T09:00:00Z", "2026-12-10T09:00:00Z", NULL}},
    {"Europe/London",
     "2026-11-27T00:00:00Z",
     "{\"dates\":[\"2026-12-05 10:00\",\"2026-12-03T19:00\",\"2026-11-01 09:00\"]}",
     {"2026-12-03T19:00:00Z", "2026-12-05T10:00:00Z", NULL}},
    {"Europe/London",
     "2026-11-27T00:00:00Z",
     "{\"event\":\"2026-12-03 19:00\",\"remind\":[\"2 hours before\",\"1 day before at 11:00\",\"0 "
     "days before at 09:00\"]}",
     {"2026-12-02T11:00:00Z", "2026-12-03T09:00:00Z", "2026-12-03T17:00:00Z", NULL}},
    /* the 29th of February; `until` is the day on which the clocks change */
    {"Europe/London",
     "2027-01-30T00:00:00Z",
     "{\"every\":\"month 29 09:00\",\"count\":2}",
     {"2027-03-29T08:00:00Z", "2027-04-29T08:00:00Z", NULL}},
    {"Europe/London",
     "2028-02-01T00:00:00Z",
     "{\"every\":\"month 29 09:00\",\"until\":\"2028-02-29\"}",
     {"2028-02-29T09:00:00Z", NULL}},
    {"Europe/London",
     "2027-03-20T00:00:00Z",
     "{\"every\":\"sun 01:30\",\"until\":\"2027-03-28\"}",
     {"2027-03-21T01:30:00Z", "2027-03-28T01:00:00Z", NULL}},
    {"Europe/London",
     "2027-10-30T12:00:00Z",
     "{\"every\":\"day 01:30\",\"until\":\"2027-10-31\"}",
     {"2027-10-31T00:30:00Z", NULL}},
    /* Santiago's clocks go forward at midnight of a Sunday; Samoa left out a whole day */
    {"America/Santiago",
     "2027-09-01T00:00:00Z",
     "{\"every\":\"sun 00:30\"}",
     {"2027-09-05T04:00:00Z", "2027-09-12T03:30:00Z"}},
    {"Pacific/Apia",
     "2011-12-29T00:00:00Z",
     "{\"every\":\"day 09:00\"}",
     {"2011-12-29T19:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T19:00:00Z"}},
    {"Europe/London",
     "2027-10-01T00:00:00Z",
     "{\"event\":\"2027-10-31 10:00\",\"remind\":[\"8 hours before\",\"10 hours before\"]}",
     {"2027-10-31T00:00:00Z", "2027-10-31T02:00:00Z", NULL}},
    /* two hours before are two hours, whatever the clocks do; a day before is the day before */
    {"Europe/London",
     "2026-03-01T00:00:00Z",
     "{\"event\":\"2026-03-29 02:30\",\"remind\":[\"2 hours before\",\"1 day before at 11:00\"]}",
     {"2026-03-28T11:00:00Z", "2026-03-28T23:30:00Z", NULL}},
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct row *r = &rows[i];
        struct zone *z = zone_named(r->zone);
        const struct plan p = plan_of(r->json, z, at(r->after));
        struct plan_firing list[ANY_COUNT];
        char shown[CLOCK_ISO_BYTES];
        size_t n = plan_after(&p, z, at(r->after), list, ANY_COUNT), k = 0;
        for (; k < ANY_COUNT && r->fires[k]; k++) {
            assert_true(k < n);
            clock_iso(list[k].at_ms, shown);
            if (list[k].at_ms != at(r->fires[k]))
                fail_msg("%s %s: %zu is %s, not %s", r->zone, r->json, k, shown, r->fires[k]);
        }
        struct plan_firing one[1]; /* asked for one by one they are the same */
        int64_t after_ms = at(r->after);
        for (size_t j = 0; j < k; j++) {
            assert_int_equal(plan_after(&p, z, after_ms, one, 1), 1);
            assert_true(one[0].at_ms == list[j].at_ms);
            after_ms = one[0].at_ms;
        }
        if (strstr(r->json, "count") || strstr(r->json, "until") || strstr(r->json, "dates") ||
            strstr(r->json, "event"))
            assert_int_equal(n, k);
        zone_free(z);
    }
}

/* Ten years on, a count is still counted from its beginning, and the rest costs nothing. */
static void test_far_away(void **state)
{
    (void)state;
    struct zone *z = zone_named("Europe/London");
    struct plan_firing list[2];
    struct plan p = plan_of("{\"every\":\"day 09:00\"}", z, at("2026-11-27T00:00:00Z"));
    assert_int_equal(plan_after(&p, z, at("2046-11-27T00:00:00Z"), list, 2), 2);
    assert_true(list[0].at_ms == at("2046-11-27T09:00:00Z"));
    p = plan_of("{\"every\":\"2 weeks thu 09:00\"}", z, at("2026-11-27T00:00:00Z"));
    (void)plan_after(&p, z, at("2036-11-27T00:00:00Z"), list, 1);
    assert_int_equal((list[0].local_s - 1796256000 /* 2026-12-03 */) / 86400 % 14, 0);
    p = plan_of("{\"every\":\"day 09:00\",\"count\":1000}", z, at("2026-11-27T00:00:00Z"));
    assert_int_equal(plan_after(&p, z, at("2029-08-21T12:00:00Z"), list, 2), 1);
    assert_true(list[0].at_ms == at("2029-08-22T08:00:00Z"));
    assert_int_equal(plan_after(&p, z, list[0].at_ms, list, 2), 0);
    zone_free(z);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *json, *key;
    } bad[] = {
        {"{}", "every"},
        {"{\"every\":\"thu 09:00\",\"dates\":[\"2026-12-03 19:00\"]}", "every"},
        {"{\"every\":\"thursday 09:00\"}", "every"},
        {"{\"every\":\"thu 9:00\"}", "every"},
        {"{\"every\":\"thu 24:00\"}", "every"},
        {"{\"every\":\"fri-mon 09:00\"}", "every"},
        {"{\"every\":\"1 weeks thu 09:00\"}", "every"},
        {"{\"every\":\"month 32 09:00\"}", "every"},
        {"{\"every\":\"month 1,1 09:00\"}", "every"},
        {"{\"every\":\"fifth thu 09:00\"}", "every"},
        {"{\"every\":\"thu 09:00 10:00\"}", "every"},
        {"{\"every\":\"\"}", "every"},
        {"{\"every\":7}", "every"},
        {"{\"every\":\"thu 09:00\",\"until\":\"2026-02-30\"}", "until"},
        {"{\"every\":\"thu 09:00\",\"count\":0}", "count"},
        {"{\"every\":\"thu 09:00\",\"count\":1001}", "count"},
        {"{\"dates\":[]}", "dates"},
        {"{\"dates\":[\"2026-12-03\"]}", "dates"},
        {"{\"dates\":[\"2026-12-03 19:00Z\"]}", "dates"},
        {"{\"dates\":[\"2026-12-03 19:00\"],\"count\":2}", "count"},
        {"{\"event\":\"2026-12-03 19:00\"}", "remind"},
        {"{\"every\":\"thu 09:00\",\"except\":\"2026-12-24\"}", "except"},
        {"{\"every\":\"thu 09:00\",\"except\":[\"24 Dec\"]}", "except"},
        {"{\"event\":\"soon\",\"remind\":[\"2 hours before\"]}", "event"},
        {"{\"event\":\"2026-12-03 19:00\",\"remind\":[\"0 hours before\"]}", "remind"},
        {"{\"event\":\"2026-12-03 19:00\",\"remind\":[\"2 hours before at 11:00\"]}", "remind"},
        {"{\"event\":\"2026-12-03 19:00\",\"remind\":[\"0 days before at 19:00\"]}", "remind"},
        {"{\"event\":\"2026-12-03 19:00\",\"remind\":[\"2 hours after\"]}", "remind"},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct plan p;
        struct err e = {0};
        const char *key = "";
        json_t *o = json_loads(bad[i].json, 0, NULL);
        assert_non_null(o);
        if (plan_read(o, 0, &p, &key, &e) == 0) fail_msg("%s was taken", bad[i].json);
        assert_string_equal(key, bad[i].key);
        if ((strcmp(key, "dates") == 0 || strcmp(key, "until") == 0) && !strstr(e.text, key))
            fail_msg("'%s' does not say where: %s", e.text, key);
        json_decref(o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_far_away),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
