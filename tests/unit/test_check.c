/* The pure parts of a campaign's check: what is said about one text, what is counted over many, and
 * which sentences come of it. */
#include "core/pace.h"
#include "flow/check/report.h"
#include "flow/check/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/nearest.h"
#include "core/iso8601.h"
#include "core/keywords.h"
#include "flow/held.h"
#include "io/phone.h"

#define NOW_MS INT64_C(1795716000000) /* 2026-11-26T18:00:00Z */

static struct keywords *words;

/* ---- one text ---- */

static struct check_wording wording(const char *text)
{
    struct check_words w;
    check_words_init(&w, words);
    struct check_wording ret = check_wording(&w, slice_of(text));
    check_words_done(&w);
    return ret;
}

static void test_opt_out_wording(void **state)
{
    (void)state;
    static const char *const said[] = {
        "Reply STOP to end",
        "Vote! STOP=opt out",
        "Ateb STOPIO i orffen",
        "Text END to leave",
        "to unsubscribe, call us",
        "Reply stop to opt-out",
        "STOPP",
    };
    static const char *const not_said[] = {"",           "Vote on Thursday", "Let's stop them",
                                           "End of May", "STOPPED BY RAIN",  "STO P"};
    for (size_t i = 0; i < COUNT_OF(said); i++)
        assert_true(wording(said[i]).says_opt_out);
    for (size_t i = 0; i < COUNT_OF(not_said); i++)
        assert_false(wording(not_said[i]).says_opt_out);
}

static void test_answer_keywords(void **state)
{
    (void)state;
    static const struct {
        const char *text, *word;
    } asked[] = {
        {"Reply YES, or CANCEL if you can't", "CANCEL"},
        {"YES or QUIT? STOP to opt out", "QUIT"},
        {"Reply Cancel if you can't make it. Reply STOP to end.", "Cancel"},
        {"Reply cancel if you can't make it. STOP to end.", "cancel"},
        {"Text QUIT to leave the rota. STOP to end.", "QUIT"},
        {"reply with the word end if you are away", "end"},
        {"Please text \xE2\x80\x98quit\xE2\x80\x99 to change your shift", "quit"},
        {"Responda cancelar si no puede venir", "cancelar"},
        {"Antworte mit Ende, wenn du nicht kannst", "Ende"},
        {"Reply with just the end if you are away", "end"},
        {"Antworten Sie mit Ende, wenn Sie nicht kommen", "Ende"},
        {"Gelemezseniz iptal yazın. STOP to end", "iptal"},
        {"नहीं आ सकते तो रद्द लिखें। STOP to end", "रद्द"},
        {"আসতে না পারলে বাতিল লিখুন।", "বাতিল"},
        {"ਨਹੀਂ ਆ ਸਕਦੇ ਤਾਂ ਰੱਦ ਲਿਖੋ।", "ਰੱਦ"},
        {"نہ آ سکیں تو منسوخ لکھیں۔", "منسوخ"},
        {"Antworte mit \xE2\x80\x9E"
         "dem Wort\xE2\x80\x9C ende",
         "ende"},
    };
    for (size_t i = 0; i < COUNT_OF(asked); i++)
        if (!slice_is(wording(asked[i].text).answer, asked[i].word))
            fail_msg("not '%s' in '%s'", asked[i].word, asked[i].text);
    static const char *const fine[] = {
        "",
        "Text us by the end of the day. Reply stop to opt out",
        "Send word before you cancel",
        "Reply with just the word end if you are away",
        "We had to cancel. Reply STOP to opt out",
        "Responde BAJA para salir",
        "Reply YES or NO. Reply STOP to opt out",
        "Reply END to opt out",
        "Text QUIT for no more texts",
        "we cancel at the end",
        "UNSUBSCRIBE any time",
        "मैसेज बंद करने के लिए STOP लिखें",
        "Bana mesaj göndermeyin demek için iptal yazın",
        "Einfach YES schreiben",
    };
    for (size_t i = 0; i < COUNT_OF(fine); i++)
        assert_int_equal(wording(fine[i]).answer.n, 0);
}

static void test_nearest_and_contains(void **state)
{
    (void)state;
    const struct slice names[] = {SLICE_LIT("first_name"), SLICE_LIT("town"),
                                  SLICE_LIT("polling_place")};
    assert_true(slice_is(nearest_slice(SLICE_LIT("firstname"), names, 3), "first_name"));
    assert_true(slice_is(nearest_slice(SLICE_LIT("Town"), names, 3), "town"));
    assert_true(slice_is(nearest_slice(SLICE_LIT("poling_place"), names, 3), "polling_place"));
    assert_int_equal(nearest_slice(SLICE_LIT("zip"), names, 3).n, 0);
    assert_int_equal(nearest_slice(SLICE_NONE, names, 3).n, 0);
    assert_true(check_contains(SLICE_LIT("from Example Movement."), SLICE_LIT("example movement")));
    assert_true(check_contains(SLICE_NONE, SLICE_NONE));
    assert_false(check_contains(SLICE_LIT("exampl"), SLICE_LIT("example")));
}

/* ---- many ---- */

struct person {
    uint64_t number;
    const char *fields[2]; /* first_name, town */
};

static struct slice columns[] = {{"first_name", 10}, {"town", 4}};
static const char *hours_text = "any";
static const struct country_price prices[] = {{"IE", 70000}};
static struct account account = {
    .rate_per_s = 2, .price = {"GBP", 40000, true, prices, 1}, .validity = true};
static const struct session_words *words_of_sessions;
static struct whereabouts *where; /* of the people, with words_of_sessions */
static int64_t start_ms;
static uint32_t named;

static struct check_report *report_of(const char *json, const char *channel,
                                      const struct person *people, size_t n, int64_t deadline_ms)
{
    const struct audience_info audience = {
        .id = 1, .name = SLICE_LIT("members"), .columns = columns, .column_count = 2};
    struct hours hours;
    struct zone_book *zones = zone_book_new();
    struct err e;
    assert_int_equal(hours_parse(slice_of(hours_text), &hours, &e), 0);
    account.channel = channel;
    const struct check_input input = {
        .message = slice_of(json),
        .account = &account,
        .audience = &audience,
        .start_ms = start_ms,
        .named = named,
        .deadline_ms = deadline_ms,
        .now_ms = NOW_MS,
        .organisation = "Example Movement",
        .keywords = words,
        .hours = &hours,
        .hours_text = slice_of(hours_text),
        .zones = zones,
        .words = words_of_sessions,
    };
    struct check_report *r = report_new(&input);
    struct message *m = NULL;
    struct buf bytes = BUF_INIT(BLOCK_BYTES_MAX), text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
    struct block b;
    block_begin(&bytes, 2);
    for (size_t i = 0; i < n; i++) {
        const struct slice fields[] = {slice_of(people[i].fields[0]),
                                       slice_of(people[i].fields[1])};
        assert_int_equal(block_add_row(&bytes, people[i].number, fields, 2), 0);
    }
    block_end(&bytes, 0, n);
    assert_int_equal(block_open(buf_slice(&bytes), &b, &e), 0);
    if (message_compile(input.message, slice_of(channel), columns, 2, &m, &r->message) == 0) {
        message_fields(m, tally_add_field, &r->tally);
        for (size_t i = 0; i < n; i++) {
            struct outgoing out = {0};
            struct session_said said;
            const struct message_nearest *nearest =
                report_nearest(r, (uint32_t)i, &b, i, words_of_sessions ? where : NULL, &said);
            int rc = message_render(m, &b, i, nearest, &text, &out, &e);
            const struct check_person p = {(uint32_t)i, people[i].number,
                                           phone_country_of(people[i].number), &b, i};
            (void)report_add(r, &p, rc < 0 ? NULL : &out);
        }
    }
    report_judge(r);
    zone_book_free(zones); /* what is left to ask the report needs no zones */
    r->zones = NULL;
    message_free(m);
    buf_done(&bytes);
    buf_done(&text);
    return r;
}

static const char *codes(const json_t *list)
{
    static char out[512];
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; i < json_array_size(list); i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%s", i ? " " : "",
                              json_string_value(json_object_get(json_array_get(list, i), "code")));
    return out;
}

static const struct person three[] = {
    {447700900001, {"Ann", "York"}},
    {447700900002, {"", "Leeds"}},
    {353850123456, {"Siân", "Łódź"}},
};

#define GOOD "Hi {{first_name}}, Example Movement in {{town}}. Reply STOP to opt out"

static void test_nearest_names(void **state)
{
    (void)state;
    static const char json[] =
        "{\"sms\":{\"en\":{\"text\":\"Hi {{nearest.plce}} {{nearest}} {{nearest.when}}\"}}}";
    struct check_report *r = report_of(json, "sms", three, 3, 0);
    json_t *report = check_report_json(r);
    const json_t *errors = json_object_get(report, "errors");
    assert_string_equal(codes(errors), "no_column no_column");
    assert_non_null(
        strstr(json_string_value(json_object_get(json_array_get(errors, 0), "message")),
               "{{nearest.plce}} says nothing of the nearest session: write {{nearest.place}} "));
    json_decref(report);
    report_free(r);
}

/* Nobody has a session in reach: there are none. */
static void test_nearest_people(void **state)
{
    (void)state;
    static const char json[] = "{\"sms\":{\"en\":{\"text\":\"Hi {{nearest.place}}, Example "
                               "Movement. Reply STOP to opt out\"}}}";
    struct whereabouts w = {.where = {WHERE_KNOWN, WHERE_UNSAID, WHERE_UNKNOWN}};
    const struct nearest_config config = {.rules = {.reach_m = 1000, .texts_per_place = 1}};
    struct nearest *nearest = nearest_new(&config);
    const struct session_words told = {.nearest = nearest};
    words_of_sessions = &told;
    where = &w;
    struct check_report *r = report_of(json, "sms", three, 3, 0);
    words_of_sessions = NULL;
    json_t *report = check_report_json(r);
    assert_string_equal(codes(json_object_get(report, "errors")), "nobody_near");
    const json_t *warnings = json_object_get(report, "warnings");
    assert_non_null(strstr(codes(warnings), "no_postcode postcode_unknown none_near"));
    assert_non_null(
        strstr(json_string_value(json_object_get(json_array_get(warnings, 0), "message")),
               "and that leaves a hole: write {{#nearest}}"));
    assert_int_equal(json_array_size(json_object_get(report, "missing")), 0); /* said above */
    json_decref(report);
    report_free(r);
    nearest_free(nearest);
}

static void test_figures(void **state)
{
    (void)state;
    struct check_report *r =
        report_of("{\"sms\":{\"en\":{\"text\":\"" GOOD "\"}}}", "sms", three, 3, 0);
    assert_true(check_report_ok(r));
    assert_string_equal(codes(r->findings[FINDING_WARN]), "empty_field ucs2");
    json_t *json = check_report_json(r), *expected;
    expected = json_loads("{\"GB\":{\"recipients\":2,\"parts\":2,\"amount\":0.08},"
                          "\"IE\":{\"recipients\":1,\"parts\":1,\"amount\":0.07}}",
                          0, NULL);
    json_t *p = json_object_get(json, "price");
    assert_true(json_equal(json_object_get(p, "by_country"), expected));
    assert_true(json_real_value(json_object_get(p, "amount")) == 0.15);
    json_decref(expected);
    expected = json_loads("{\"GSM-7\":2,\"UCS-2\":1}", 0, NULL);
    assert_true(json_equal(json_object_get(json, "encodings"), expected));
    json_decref(expected);
    expected = json_loads("{\"1\":3}", 0, NULL);
    assert_true(json_equal(json_object_get(json, "parts"), expected));
    json_decref(expected);
    expected = json_loads("[{\"field\":\"first_name\",\"count\":1,\"examples\":"
                          "[{\"index\":1,\"number\":\"+44\\u2022\\u2022\\u2022\\u2022\\u2022\\u2022"
                          "0002\"}]}]",
                          0, NULL);
    assert_true(json_equal(json_object_get(json, "missing"), expected));
    json_decref(expected);
    assert_int_equal(json_integer_value(json_object_get(json, "recipients")), 3);
    assert_int_equal(json_integer_value(json_object_get(json, "parts_total")), 3);
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(json, "finish"), "seconds")), 2);
    assert_string_equal(json_string_value(json_object_get(json, "sample")),
                        "Hi Ann, Example Movement in York. Reply STOP to opt out");
    json_decref(json);
    report_free(r);
}

static void expect(const char *json, const char *channel, int64_t deadline_ms, const char *errors,
                   const char *warnings)
{
    struct check_report *r = report_of(json, channel, three, 3, deadline_ms);
    assert_string_equal(codes(r->findings[FINDING_BLOCK]), errors);
    assert_string_equal(codes(r->findings[FINDING_WARN]), warnings);
    assert_int_equal(check_report_ok(r), *errors == '\0');
    json_decref(check_report_json(r));
    report_free(r);
}

static void test_findings(void **state)
{
    (void)state;
    expect("{\"sms\":{\"en\":{\"text\":\"{{#first_name}}{{first_name}}{{/first_name}} Example "
           "Movement STOP\"}}}",
           "sms", 0, "", "ucs2");
    expect("{\"sms\":{\"en\":{\"text\":\"Hi {{firstname}}, Example Movement. STOP\"}}}", "sms", 0,
           "no_column", "");
    expect("{\"sms\":{\"en\":{\"text\":\"{{first_name}}\"}}}", "sms", 0, "empty_text",
           "empty_field ucs2 no_opt_out nameless");
    expect("{\"sms\":{\"en\":{\"text\":\"Hi {first_name}, Example Movement. YES or CANCEL?\"}}}",
           "sms", 0, "left_tag", "answer_keyword");
    expect("{\"sms\":{\"en\":{\"text\":\"{{#x}}\"}}}", "sms", 0, "message", "");
    expect("{\"sms\":{\"en\":{\"text\":\"x\"}}}", "whatsapp", 0, "message", "");
    expect("{\"whatsapp\":{\"en\":{\"template\":\"meeting\",\"params\":[\"{{first_name}}\"]}}}",
           "whatsapp", 0, "empty_parameter", "empty_field");
    expect("{\"whatsapp\":{\"en\":{\"text\":\"See you\"}}}", "whatsapp", 0, "", "");
}

/* The first ones are named where others are not concerned; all of them need no examples. */
static void test_whom(void **state)
{
    (void)state;
    struct check_report *r =
        report_of("{\"sms\":{\"en\":{\"text\":\"{{first_name}}, come\"}}}", "sms", three, 3, 0);
    const json_t *warnings = r->findings[FINDING_WARN];
    assert_string_equal(codes(warnings), "empty_field ucs2 no_opt_out nameless");
    static const char *const says[] = {
        "for 1 person (+44••••••0002)",
        "the text of 1 person (+353",
        "the text of all 3 people does not say how to opt out",
        "the text of all 3 people does not say who writes",
    };
    for (size_t i = 0; i < 4; i++) {
        const char *message =
            json_string_value(json_object_get(json_array_get(warnings, i), "message"));
        if (!strstr(message, says[i])) fail_msg("not '%s': %s", says[i], message);
    }
    report_free(r);
}

static void test_parameters_that_meta_refuses(void **state)
{
    (void)state;
    char longest[HELD_VALUE_CHARACTERS_MAX + 2];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const struct person people[] = {
        {447700900101, {"12 High St\nLeeds", ""}},
        {447700900102, {"Abc     bed", ""}},
        {447700900103, {"a\tb", ""}},
        {447700900104, {longest, ""}},
        {447700900105, {"fi    ne", ""}},
        {447700900106, {longest + 1, ""}},
    };
    struct check_report *r =
        report_of("{\"whatsapp\":{\"en\":{\"template\":\"m\",\"params\":[\"{{first_name}}\"]}}}",
                  "whatsapp", people, COUNT_OF(people), 0);
    assert_string_equal(codes(r->findings[FINDING_BLOCK]), "bad_parameter");
    assert_int_equal(r->tally.bad_param.count, 4);
    const char *said = json_string_value(
        json_object_get(json_array_get(r->findings[FINDING_BLOCK], 0), "message"));
    for (char last = '1'; last <= '4'; last++) {
        char person[] = "010?";
        person[3] = last;
        if (!strstr(said, person)) fail_msg("%s is not named: %s", person, said);
    }
    report_free(r);
}

static void test_what_the_provider_cannot_be_told(void **state)
{
    (void)state;
    static const char json[] = "{\"sms\":{\"en\":{\"text\":\"Example Movement STOP\"}}}";
    account.validity = false;
    expect(json, "sms", 0, "", "");
    expect(json, "sms", NOW_MS + 60000, "", "no_validity");
    expect("{\"whatsapp\":{\"en\":{\"text\":\"See you\"}}}", "whatsapp", NOW_MS + 60000, "",
           "no_validity");
    account.validity = true;
}

static void test_a_price_that_nobody_said(void **state)
{
    (void)state;
    static const char json[] = "{\"sms\":{\"en\":{\"text\":\"Example Movement STOP\"}}}";
    account.price.default_said = false;
    struct check_report *r = report_of(json, "sms", three, 3, 0);
    assert_string_equal(codes(r->findings[FINDING_WARN]), "price_unknown");
    const char *said =
        json_string_value(json_object_get(json_array_get(r->findings[FINDING_WARN], 0), "message"));
    assert_non_null(strstr(said, "2 people"));
    assert_non_null(strstr(said, "(GB)"));
    report_free(r);
    account.price.default_said = true;
}

static void test_start_and_name(void **state)
{
    (void)state;
    static const char json[] = "{\"sms\":{\"en\":{\"text\":\"Example Movement STOP\"}}}";
    start_ms = NOW_MS - CHECK_LATE_START_MS;
    expect(json, "sms", 0, "", ""); /* it takes a moment to press a button */
    start_ms--;
    expect(json, "sms", 0, "start_passed", "");
    start_ms = NOW_MS + 3600000;
    struct check_report *r = report_of(json, "sms", three, 3, 0);
    json_t *shown = check_report_json(r);
    assert_string_equal(json_string_value(json_object_get(shown, "start")), "2026-11-26T19:00:00Z");
    json_decref(shown);
    report_free(r);
    start_ms = NOW_MS + CHECK_START_DAYS_MAX * INT64_C(86400000);
    expect(json, "sms", 0, "", ""); /* when it would be done is known a year after its start, too */
    start_ms++;
    expect(json, "sms", 0, "", "start_far");
    start_ms = 0;
    named = 7;
    expect(json, "sms", 0, "name_used", "");
    named = 0;
}

static void test_long_texts(void **state)
{
    (void)state;
    struct buf json = BUF_INIT(64 * 1024);
    buf_add_cstr(&json, "{\"sms\":{\"en\":{\"text\":\"Example Movement STOP ");
    for (int i = 0; i < 160 * CHECK_PARTS_MAX; i++)
        buf_add_char(&json, 'a');
    buf_add_cstr(&json, "\"}}}");
    struct check_report *r = report_of(json.p, "sms", three, 3, 0);
    assert_string_equal(codes(r->findings[FINDING_BLOCK]), "too_long");
    assert_int_equal(r->tally.parts[11], 3);
    report_free(r);
    buf_clear(&json);
    buf_add_cstr(&json, "{\"sms\":{\"en\":{\"text\":\"Example Movement STOP ");
    for (int i = 0; i < MESSAGE_TEXT_BYTES_MAX; i++)
        buf_add_char(&json, 'a');
    buf_add_cstr(&json, "\"}}}");
    r = report_of(json.p, "sms", three, 3, 0);
    assert_string_equal(codes(r->findings[FINDING_BLOCK]), "not_rendered");
    report_free(r);
    buf_done(&json);
}

static void test_times(void **state)
{
    (void)state;
    static const char json[] = "{\"sms\":{\"en\":{\"text\":\"Example Movement STOP\"}}}";
    expect(json, "sms", NOW_MS, "deadline_passed", "");
    expect(json, "sms", NOW_MS + 1999, "too_late", "");
    expect(json, "sms", NOW_MS + 2000, "", "maybe_late");
    expect(json, "sms", NOW_MS + 60000, "", "");
}

static void expect_late(const char *hours, double rate_per_s, const struct person *people, size_t n,
                        int64_t begins_ms, int64_t deadline_ms, const char *said)
{
    hours_text = hours;
    account.rate_per_s = rate_per_s;
    start_ms = begins_ms;
    struct check_report *r = report_of("{\"sms\":{\"en\":{\"text\":\"Example Movement STOP\"}}}",
                                       "sms", people, n, deadline_ms);
    json_t *late = json_array_get(r->findings[FINDING_BLOCK], 0);
    const char *message = json_string_value(json_object_get(late, "message"));
    assert_string_equal(json_string_value(json_object_get(late, "code")), "too_late");
    if (!strstr(message, said)) fail_msg("not '%s' in '%s'", said, message);
    report_free(r);
    hours_text = "any";
    account.rate_per_s = 2;
    start_ms = 0;
}

/* What would do stands in the refusal. */
static void test_what_would_be_in_time(void **state)
{
    (void)state;
    enum { HOUR_MS = 3600000, MINUTE_MS = 60000 };
    static const struct person british[3] = {
        {447400000001, {"", ""}}, {447400000002, {"", ""}}, {447400000003, {"", ""}}};
    static const struct person kiwi[1] = {{64211234567, {"", "Pacific/Auckland"}}};
    const int64_t later = NOW_MS + 10 * HOUR_MS;
    columns[1] = SLICE_LIT("time_zone");
    expect_late("any", 1.0 / 3600, british, 3, 0, NOW_MS + 90 * MINUTE_MS,
                "and about 1 would get it. It would be in time through a gateway with 0.1/s. Do");
    expect_late("any", 1.0 / 3600, british, 3, later, later + 10 * MINUTE_MS,
                "through a gateway with 0.1/s; or if it began by 2026-11-27T00:57:00Z. Do that, "
                "move the deadline");
    expect_late("09:00-17:00", 2, british, 3, 0, NOW_MS + 10 * HOUR_MS,
                "and about 0 would get it. It would be in time with the hours 08:00-21:00. Do");
    expect_late("08:00-21:00", 2, kiwi, 1, 0, NOW_MS + 10 * MINUTE_MS,
                "No faster gateway would do: move the deadline, or launch");
    columns[1] = SLICE_LIT("town");
}

/* It is Thursday, 18:00 in London, 13:00 in New York, 7:00 on Friday in Auckland. */
static void expect_hours(const char *text, double rate_per_s, const struct person *people, size_t n,
                         int64_t deadline_ms, const char *errors, const char *warnings,
                         const char *finish)
{
    char at[CLOCK_ISO_BYTES] = "never";
    hours_text = text;
    account.rate_per_s = rate_per_s;
    struct check_report *r = report_of("{\"sms\":{\"en\":{\"text\":\"Example Movement STOP\"}}}",
                                       "sms", people, n, deadline_ms);
    assert_string_equal(codes(r->findings[FINDING_BLOCK]), errors);
    assert_string_equal(codes(r->findings[FINDING_WARN]), warnings);
    if (r->eta.likely.ends) clock_iso(report_finish_ms(r, &r->eta.likely), at);
    at[strlen(finish)] = '\0'; /* as exactly as it says */
    assert_string_equal(at, finish);
    json_t *json = check_report_json(r);
    assert_int_equal(json_is_null(json_object_get(json, "finish")), strcmp(finish, "never") == 0);
    assert_string_equal(json_string_value(json_object_get(json, "hours")), text);
    json_decref(json);
    report_free(r);
    hours_text = "any";
    account.rate_per_s = 2;
}

static void test_hours(void **state)
{
    (void)state;
    static const struct person british[3] = {
        {447400000001, {"", ""}}, {447400000002, {"", ""}}, {447400000003, {"", ""}}};
    static const struct person american[1] = {{12025550143, {"", ""}}};
    static const struct person far[2] = {{12025550143, {"", "Pacific/Auckland"}},
                                         {447400000001, {"", "Mars/City"}}};
    int64_t at_9 = NOW_MS + 15 * 3600000;
    columns[1] = SLICE_LIT("time_zone");
    expect_hours("09:00-20:30", 2, british, 3, 0, "", "", "2026-11-26T18:00:02Z");
    expect_hours("09:00-17:00", 2, british, 3, 0, "", "hours_wait", "2026-11-27T09:00:02Z");
    /* one an hour */
    expect_hours("09:00-19:00", 1.0 / 3600, british, 3, 0, "", "next_day", "2026-11-27T11:1");
    expect_hours("09:00-17:00", 2, british, 3, at_9 + 1999, "too_late", "hours_wait",
                 "2026-11-27T09:00:02Z");
    expect_hours("09:00-17:00", 2, british, 3, at_9 + 2000, "", "maybe_late hours_wait",
                 "2026-11-27T09:00:02Z");
    /* nine in Hawaii is two in the afternoon in New York */
    expect_hours("09:00-20:30", 2, american, 1, 0, "", "hours_wait several_zones",
                 "2026-11-26T19:00:01Z");
    expect_hours("09:00-12:00", 2, american, 1, 0, "no_hour", "", "never");
    /* its own zone is one; what is none leaves the country */
    expect_hours("09:00-20:30", 2, far, 2, 0, "", "zone_unknown", "2026-11-26T20:00:01Z");
    static const struct person placeless[3] = {
        {12025550143, {"", "EST"}}, {12025550144, {"", "Etc/GMT+5"}}, {447400000001, {"", "gmt"}}};
    expect_hours("09:00-20:30", 2, placeless, 3, 0, "", "several_zones zone_no_place",
                 "2026-11-26T");
    expect_hours("any", 2, american, 1, 0, "", "", "2026-11-26T18:00:01Z");
    expect_hours("09:00-20:30", 1e-7, british, 3, 0, "too_slow", "", "never");
    columns[1] = SLICE_LIT("town");
}

static void test_nobody(void **state)
{
    (void)state;
    struct check_report *r = report_of("{\"sms\":{\"en\":{\"text\":\"x\"}}}", "sms", NULL, 0, 0);
    assert_string_equal(codes(r->findings[FINDING_BLOCK]), "nobody");
    report_free(r);
}

/* Examples are the first ten, counts are of all. */
static void test_examples_are_few(void **state)
{
    (void)state;
    struct person many[200];
    for (size_t i = 0; i < COUNT_OF(many); i++)
        many[i] = (struct person){447700900000 + i, {"", "York"}};
    struct check_report *r =
        report_of("{\"sms\":{\"en\":{\"text\":\"" GOOD "\"}}}", "sms", many, COUNT_OF(many), 0);
    assert_int_equal(r->tally.fields[0].empty.count, 200);
    assert_int_equal(r->tally.fields[0].empty.shown, CHECK_EXAMPLES_MAX);
    assert_int_equal(r->tally.fields[0].empty.people[9].index, 9);
    report_free(r);
}

static int set_up(void **state)
{
    (void)state;
    words = keywords_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    keywords_free(words);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_opt_out_wording),
        cmocka_unit_test(test_answer_keywords),
        cmocka_unit_test(test_nearest_and_contains),
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_nearest_names),
        cmocka_unit_test(test_nearest_people),
        cmocka_unit_test(test_findings),
        cmocka_unit_test(test_whom),
        cmocka_unit_test(test_parameters_that_meta_refuses),
        cmocka_unit_test(test_what_the_provider_cannot_be_told),
        cmocka_unit_test(test_a_price_that_nobody_said),
        cmocka_unit_test(test_start_and_name),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_what_would_be_in_time),
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_examples_are_few),
        cmocka_unit_test(test_hours),
    };
    return cmocka_run_group_tests_name("check", tests, set_up, tear_down);
}
