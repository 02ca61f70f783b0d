/* What people write of consent in a list, and whether it is enough for a campaign. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/consent.h"

static consent_day day_of(const char *iso)
{
    consent_day day = 0;
    bool by_order;
    assert_int_equal(consent_date(slice_of(iso), 0, &day, &by_order), CONSENT_DATE_FINE);
    return day;
}

static void test_days(void **state)
{
    (void)state;
    char text[16];
    assert_int_equal(day_of("1970-01-01"), 0);
    assert_int_equal(day_of("1969-12-31"), -1);
    assert_int_equal(day_of("2000-03-01"), 11017);
    for (consent_day day = day_of("1900-01-01"); day <= day_of("2199-12-31"); day++) {
        consent_day_write(day, text);
        assert_int_equal(day_of(text), day);
    }
}

static void test_dates_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        char order;
        enum consent_date verdict;
        const char *day;
        bool by_order;
    } rows[] = {
        {"2026-03-01", 0, CONSENT_DATE_FINE, "2026-03-01", false},
        {" 2026/3/1 ", 0, CONSENT_DATE_FINE, "2026-03-01", false},
        {"2026-03-01T10:20:30Z", 0, CONSENT_DATE_FINE, "2026-03-01", false},
        {"2026-03-01 10:20", 0, CONSENT_DATE_FINE, "2026-03-01", false},
        {"2026-03-01T10:20:30.5+01:00", 0, CONSENT_DATE_FINE, "2026-03-01", false},
        {"1.3.2026", 0, CONSENT_DATE_FINE, "2026-03-01", false},
        {"01.03.2026", 'm', CONSENT_DATE_FINE, "2026-03-01", false},
        {"1 March 2026", 0, CONSENT_DATE_FINE, "2026-03-01", false},
        {"1st Mar 2026", 0, CONSENT_DATE_FINE, "2026-03-01", false},
        {"March 1, 2026", 0, CONSENT_DATE_FINE, "2026-03-01", false},
        {"MAR 1st, 2026", 0, CONSENT_DATE_FINE, "2026-03-01", false},
        {"25/03/2026", 0, CONSENT_DATE_FINE, "2026-03-25", false},
        {"03/25/2026", 0, CONSENT_DATE_FINE, "2026-03-25", false},
        {"03/03/2026", 0, CONSENT_DATE_FINE, "2026-03-03", false},
        {"03/04/2026", 'd', CONSENT_DATE_FINE, "2026-04-03", true},
        {"03/04/2026", 'm', CONSENT_DATE_FINE, "2026-03-04", true},
        {"03/04/2026", 0, CONSENT_DATE_DOUBTFUL, NULL, false},
        {"03-04-2026", 0, CONSENT_DATE_DOUBTFUL, NULL, false},
        {"03/25/2026", 'd', CONSENT_DATE_NONE, NULL, false}, /* the list says day first */
        {"2008", 0, CONSENT_DATE_FINE, "2008-01-01", false},
        {"29.2.2024", 0, CONSENT_DATE_FINE, "2024-02-29", false},
        {"29.2.2026", 0, CONSENT_DATE_NONE, NULL, false},
        {"31.4.2026", 0, CONSENT_DATE_NONE, NULL, false},
        {"1/3/26", 'd', CONSENT_DATE_NONE, NULL, false}, /* which century? */
        {"46082", 0, CONSENT_DATE_NONE, NULL, false},    /* a spreadsheet's day */
        {"yesterday", 0, CONSENT_DATE_NONE, NULL, false},
        {"March 2026", 0, CONSENT_DATE_NONE, NULL, false},
        {"2026-03-01 or so", 0, CONSENT_DATE_NONE, NULL, false},
        {"2026-13-01", 0, CONSENT_DATE_NONE, NULL, false},
        {"-", 0, CONSENT_DATE_NONE, NULL, false},
        {"", 0, CONSENT_DATE_NONE, NULL, false},
        {"1 Smarch 2026", 0, CONSENT_DATE_NONE, NULL, false},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        consent_day day = 0;
        bool by_order = false;
        char text[16];
        enum consent_date verdict =
            consent_date(slice_of(rows[i].text), rows[i].order, &day, &by_order);
        if (verdict != rows[i].verdict) fail_msg("'%s': %d", rows[i].text, (int)verdict);
        if (verdict != CONSENT_DATE_FINE) continue;
        consent_day_write(day, text);
        if (strcmp(text, rows[i].day) != 0) fail_msg("'%s': %s", rows[i].text, text);
        assert_int_equal(by_order, rows[i].by_order);
    }
    assert_int_equal(consent_order_of("GB"), 'd');
    assert_int_equal(consent_order_of("US"), 'm');
    assert_int_equal(consent_order_of(""), 0);
}

static void words_are(const char *text, const char *expected)
{
    char out[128];
    if (!consent_words(slice_of(text), out)) fail_msg("'%s' is refused", text);
    assert_string_equal(out, expected);
}

static void test_words(void **state)
{
    (void)state;
    char out[128];
    words_are("news", "news");
    words_are("News, Reminders", "news,reminders");
    words_are("Local meetings;news", "local_meetings,news");
    words_are("YES", "yes");
    words_are("1", "yes");
    words_are("no", "no");
    words_are("", "");
    words_are("FALSE", "no");
    words_are("news, no", "news");
    assert_false(consent_words(SLICE_LIT("caf\xc3\xa9"), out));
    assert_false(
        consent_words(SLICE_LIT("a purpose that is much too long to be a word of any kind"), out));
}

static void test_titles(void **state)
{
    (void)state;
    assert_int_equal(consent_column_of(SLICE_LIT("consent")), CONSENT_WHAT);
    assert_int_equal(consent_column_of(SLICE_LIT("opt_in_date")), CONSENT_AT);
    assert_int_equal(consent_column_of(SLICE_LIT("date_of_birth")), CONSENT_BORN);
    assert_int_equal(consent_column_of(SLICE_LIT("age")), CONSENT_YEARS);
    assert_int_equal(consent_column_of(SLICE_LIT("town")), CONSENT_COLUMNS);
    const struct slice columns[] = {SLICE_LIT("opt_in_date"), SLICE_LIT("consent_at"),
                                    SLICE_LIT("dob"), SLICE_LIT("birth_date")};
    struct consent_columns found = consent_columns_of(columns, 4);
    assert_int_equal(found.at[CONSENT_AT], 1);
    assert_int_equal(found.at[CONSENT_BORN], 2);
    assert_int_equal(found.at[CONSENT_WHAT], -1);
}

static void test_what_is_needed_is_kept_as_text(void **state)
{
    (void)state;
    struct consent_need need = {.what = "news", .months = 24, .min_age = 16}, back;
    char text[CONSENT_NEED_BYTES];
    struct err e;
    consent_need_write(&need, text);
    assert_string_equal(text, "news;24;16");
    assert_int_equal(consent_need_read(slice_of(text), &back, &e), 0);
    assert_memory_equal(&back.what, "news", 5);
    assert_int_equal(back.months, 24);
    assert_int_equal(back.min_age, 16);
    need = (struct consent_need){.what = "", .months = 24};
    consent_need_write(&need, text);
    assert_string_equal(text, "");
    assert_int_equal(consent_need_read(SLICE_LIT(""), &back, &e), 0);
    assert_false(consent_needs_any(&back));
    need = (struct consent_need){.kind = "survey"};
    consent_need_write(&need, text);
    assert_string_equal(text, ";0;0;survey");
    assert_int_equal(consent_need_read(slice_of(text), &back, &e), 0);
    assert_string_equal(back.kind, "survey");
    assert_false(consent_needs_any(&back)); /* the list need not say anything */
    assert_int_equal(consent_need_read(SLICE_LIT("news;1;1;Survey"), &back, &e), ERR_INVALID);
    assert_int_equal(consent_need_read(SLICE_LIT("news"), &back, &e), ERR_INVALID);
    assert_int_equal(consent_need_read(SLICE_LIT("NEWS;1;1"), &back, &e), ERR_INVALID);
    assert_int_equal(consent_need_read(SLICE_LIT("news;1;999"), &back, &e), ERR_INVALID);
}

static void test_words_of_a_need(void **state)
{
    (void)state;
    const char *words[CONSENT_WORDS_OF_NEED];
    const struct consent_need both = {.what = "friends", .kind = "news"},
                              same = {.what = "news", .kind = "news"}, none = {.min_age = 16};
    assert_int_equal(consent_words_of(&both, words), 2);
    assert_string_equal(words[0], "friends");
    assert_string_equal(words[1], "news");
    assert_int_equal(consent_words_of(&same, words), 1);
    assert_int_equal(consent_words_of(&none, words), 0);
}

static void test_verdicts(void **state)
{
    (void)state;
    static const struct {
        struct consent_need need;
        const char *what, *at, *born, *age;
        enum consent_verdict verdict;
    } rows[] = {
        {{"news", 0, 0, ""}, "news,reminders", "", "", "", CONSENT_GIVEN},
        {{"news", 0, 0, ""}, "yes", "", "", "", CONSENT_GIVEN},
        {{"news", 0, 0, ""}, "reminders", "", "", "", CONSENT_MISSING},
        {{"news", 0, 0, ""}, "newsletter", "", "", "", CONSENT_MISSING},
        {{"news", 0, 0, ""}, "", "", "", "", CONSENT_MISSING},
        {{"yes", 0, 0, ""}, "reminders", "", "", "", CONSENT_GIVEN},
        {{"yes", 0, 0, ""}, "", "", "", "", CONSENT_MISSING},
        {{"yes", 0, 0, ""}, "no", "", "", "", CONSENT_MISSING},
        {{"news", 0, 0, ""}, "no", "", "", "", CONSENT_MISSING},
        {{"news", 24, 0, ""}, "news", "2024-11-27", "", "", CONSENT_GIVEN}, /* the last day */
        {{"news", 24, 0, ""}, "news", "2024-11-26", "", "", CONSENT_OLD},
        {{"news", 24, 0, ""}, "news", "", "", "", CONSENT_OLD},           /* nobody knows when */
        {{"news", 24, 0, ""}, "news", "2031-01-01", "", "", CONSENT_OLD}, /* that cannot be */
        {{"", 0, 16, ""}, "", "", "2010-11-27", "", CONSENT_GIVEN},       /* 16 today */
        {{"", 0, 16, ""}, "", "", "2010-11-28", "", CONSENT_TOO_YOUNG},
        {{"", 0, 16, ""}, "", "", "2009", "", CONSENT_GIVEN},
        {{"", 0, 16, ""}, "", "", "2010", "", CONSENT_TOO_YOUNG}, /* perhaps not yet */
        {{"", 0, 16, ""}, "", "", "", "16", CONSENT_GIVEN},
        {{"", 0, 16, ""}, "", "", "", "15", CONSENT_TOO_YOUNG},
        {{"", 0, 16, ""}, "", "", "", "", CONSENT_TOO_YOUNG},
        {{"news", 0, 18, ""}, "news", "", "", "17", CONSENT_TOO_YOUNG},
    };
    consent_day today = day_of("2026-11-27");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct slice fields[CONSENT_COLUMNS] = {
            [CONSENT_WHAT] = slice_of(rows[i].what),
            [CONSENT_AT] = slice_of(rows[i].at),
            [CONSENT_BORN] = slice_of(rows[i].born),
            [CONSENT_YEARS] = slice_of(rows[i].age),
        };
        enum consent_verdict v = consent_judge(&rows[i].need, fields, today);
        if (v != rows[i].verdict) fail_msg("row %zu: %d", i, (int)v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days),
        cmocka_unit_test(test_dates_as_people_write_them),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_titles),
        cmocka_unit_test(test_what_is_needed_is_kept_as_text),
        cmocka_unit_test(test_words_of_a_need),
        cmocka_unit_test(test_verdicts),
    };
    return cmocka_run_group_tests_name("consent", tests, NULL, NULL);
}
