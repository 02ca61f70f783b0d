/* /schedules/{id}/change: all that a schedule is can be changed by page, and what is not said stays; and what a schedule takes of the
 * campaign that it repeats. */
#include <string.h>

#include "api_world.h"

#include "core/form.h"
#include "core/json.h"

#define SMS "\"sms\":{\"en\":{\"text\":\"Hi, Example Movement. STOP to end\"}}"

static int set_up(void **state)
{
    (void)world_set_up(state);
    make_audience("list", 3);
    make_audience("others", 2);
    return 0;
}

static void says(const char *words)
{
    if (!strstr(answer_text(), words)) fail_msg("it does not say \"%s\": %s", words, answer_text());
}

static const json_t *shown(void)
{
    return ask(200, "GET", "/api/v1/schedules/1", NULL);
}

static const json_t *campaign_shown(void)
{
    return json_object_get(shown(), "campaign");
}

static void makes(const char *when, const char *message, const char *more)
{
    (void)ask(201, "POST", "/api/v1/schedules",
              world_text("{\"name\":\"weekly\",%s,\"campaign\":{\"audience\":\"list\",\"gateway\":"
                         "\"%s\",\"message\":{%s}%s}}",
                         when, strstr(message, "whatsapp") ? "wa" : "main", message, more));
}

static void opens(void)
{
    (void)ask_as(ORGANISER, 200, "GET", "/schedules/1/change", NULL);
}

/* As a browser sends it: with what the message was when the form was filled. */
static void posts(int status, const char *form)
{
    struct buf body = BUF_INIT(16384);
    char *base = json_dumps(json_object_get(campaign_shown(), "message"), JSON_COMPACT);
    buf_addf(&body, "name=weekly&%s&base=", form);
    form_encode(&body, slice_of(base));
    char *text = slice_strdup(buf_slice(&body));
    (void)ask_as(ORGANISER, status, "POST", "/schedules/1/change", text);
    free(text);
    free(base);
    buf_done(&body);
}

/* ---- one text, again and again ---- */

#define MON  "when=every&every=mon+10:00&until=2027-06-30"
#define TO   "&audience=list&gateway=main"
#define TEXT "&text=Riverside:+on+Monday+now.+Reply+STOP+to+end"

static void test_it_is_looked_at_before_it_is_changed(void **state)
{
    (void)state;
    makes("\"every\":\"thu 09:00\",\"until\":\"2027-06-30\"", SMS, "");
    (void)ask_as(ORGANISER, 200, "GET", "/schedules/1", NULL);
    says("href=\"/schedules/1/change\"");
    says(
        "dir=\"auto\">Hi, Example Movement. STOP to end</p>"); /* whoever looks need not open the form */
    opens();
    says("value=\"thu 09:00\"");
    says("name=\"until\" type=\"date\" value=\"2027-06-30\"");
    says("Hi, Example Movement. STOP to end</textarea>");
    says("value=\"list\" selected");
    posts(200, MON TO TEXT);
    says("What would happen");
    says("name=\"every\" value=\"mon 10:00\""); /* carried from page to page */
    assert_string_equal(text_at(json_object_get(shown(), "plan"), "every"), "thu 09:00");
    posts(303, MON TO TEXT "&confirmed=1");
    assert_string_equal(text_at(json_object_get(shown(), "plan"), "every"), "mon 10:00");
    (void)ask_as(ORGANISER, 200, "GET", "/schedules/1", NULL);
    says("Every Monday at 10:00, until Wed 30 Jun 2027");
    opens();
    says("Riverside: on Monday now. Reply STOP to end</textarea>");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/schedules/1/change", MON TO TEXT);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "GET", "/schedules/1/change", NULL);
}

/* Whoever leads sees it some minutes later; what it says comes is true at once. */
static void test_a_group_that_moves_is_told_its_own_time(void **state)
{
    (void)state;
    makes("\"every\":\"thu 09:00\"", SMS, "");
    (void)ask(200, "POST", "/api/v1/groups/main", "{\"zone\":\"Asia/Kolkata\"}");
    const json_t *one = shown();
    const json_t *first = json_array_get(json_object_get(one, "next_firings"), 0);
    assert_string_equal(text_at(one, "zone"), "Asia/Kolkata");
    assert_string_equal(text_at(one, "next"), text_at(first, "at"));
    assert_string_equal(text_at(one, "next_local"), text_at(first, "local"));
    assert_non_null(strstr(text_at(one, "next_local"), " 09:00"));
}

/* The check may ask for a test, so it can be sent there. */
static void test_its_new_text_is_tried(void **state)
{
    (void)state;
    makes("\"every\":\"thu 09:00\"", SMS, "");
    posts(200, MON TO TEXT);
    says("name=\"test\" value=\"1\">Send me a test</button>");
    posts(200, MON TO TEXT "&test=1&to=12");
    says("role=\"alert\"");
    posts(200, MON TO TEXT "&test=1&to=%2B447700900555");
    says("On its way to +447700900555.");
    says("name=\"every\" value=\"mon 10:00\"");
    assert_string_equal(text_at(json_object_get(shown(), "plan"), "every"), "thu 09:00");
}

static void test_what_is_wrong_stands_at_its_field(void **state)
{
    (void)state;
    makes("\"every\":\"thu 09:00\"", SMS, "");
    posts(422, "when=every&every=mondays" TO TEXT);
    says("is no rule");
    says("value=\"mondays\"");
    posts(422, "when=every&every=mon+10:00&count=0&within_minutes=soon" TO TEXT);
    says("Write a whole number, or nothing.");
    says("value=\"soon\"");
    posts(422, "when=dates&dates=tomorrow" TO TEXT);
    says(">\ntomorrow</textarea>");
    posts(422, "when=event&event=2027-12-03T19:00&remind=" TO TEXT);
    says("say when to remind");
    posts(422, "when=every&every=mon+10:00&text=" TO);
    says("Write what people will read.");
    posts(404, "when=every&every=mon+10:00&audience=nobody&gateway=main" TEXT);
    posts(200, "again=1&when=dates&dates=2027-01-01+09:00" TO TEXT); /* back to the form */
    says("value=\"dates\" selected");
    assert_string_equal(text_at(json_object_get(shown(), "plan"), "every"), "thu 09:00");
}

/* A rule that is said again counts from one: so it is not said where it is the same. */
static void test_when_and_to_whom(void **state)
{
    (void)state;
    makes("\"every\":\"thu 09:00\",\"count\":5", SMS, "");
    posts(303, "confirmed=1&when=every&every=thu+09:00&count=5&within_minutes=60&late_minutes=30"
               "&audience=others&gateway=main" TEXT);
    assert_int_equal(number_at(shown(), "within_minutes"), 60);
    assert_int_equal(number_at(shown(), "late_minutes"), 30);
    assert_string_equal(text_at(campaign_shown(), "audience"), "others");
    posts(303, "confirmed=1&when=dates&dates=2027-12-03+19:00%0D%0A2028-01-07+19:00" TO TEXT);
    const json_t *dates = json_object_get(json_object_get(shown(), "plan"), "dates");
    assert_int_equal(json_array_size(dates), 2);
    assert_true(json_is_null(json_object_get(shown(), "within_minutes")));
    opens();
    says(">\n2027-12-03 19:00\n2028-01-07 19:00\n</textarea>");
    posts(303, "confirmed=1&when=event&event=2027-12-03T19:00&remind=1+day+before+at+11:00%0A"
               "2+hours+before" TO TEXT);
    assert_string_equal(text_at(json_object_get(shown(), "plan"), "event"), "2027-12-03 19:00");
    opens();
    says("value=\"2027-12-03T19:00\"");
    says(">\n1 day before at 11:00\n2 hours before\n</textarea>");
}

/* ---- several texts, and templates ---- */

static void test_each_of_several_texts(void **state)
{
    (void)state;
    makes("\"every\":\"thu 09:00\"",
          "\"default\":\"en\",\"sms\":{\"en\":{\"text\":\"Hi. Example Movement. STOP to end\"},"
          "\"fr\":{\"text\":\"Bonjour. Example Movement. STOP to end\"}}",
          "");
    opens();
    says("Text (fr)");
    says("Bonjour. Example Movement. STOP to end</textarea>");
    posts(303, "confirmed=1&" MON TO TEXT "&text.fr=Lundi.+Example+Movement.+STOP+to+end");
    const json_t *sms = json_object_get(json_object_get(campaign_shown(), "message"), "sms");
    assert_string_equal(text_at(json_object_get(sms, "fr"), "text"),
                        "Lundi. Example Movement. STOP to end");
    assert_string_equal(text_at(json_object_get(sms, "en"), "text"),
                        "Riverside: on Monday now. Reply STOP to end");
    /* somebody else has changed it since the form was filled */
    (void)ask_as(ORGANISER, 409, "POST", "/schedules/1/change",
                 "base={}&name=weekly&" MON TO TEXT "&text.fr=x");
    says("Somebody has changed its text meanwhile");
}

static void test_templates(void **state)
{
    (void)state;
    makes("\"every\":\"thu 09:00\"",
          "\"default\":\"en\",\"whatsapp\":{"
          "\"en\":{\"template\":\"meeting\",\"language\":\"en_GB\",\"params\":[\"seven\"]},"
          "\"fr\":{\"template\":\"reunion\",\"language\":\"fr\",\"params\":[\"sept heures\"]}}",
          "");
    opens();
    says("WhatsApp template (fr)");
#define EN "&audience=list&gateway=wa&template=meeting&language=en_GB&params=eight"
    posts(422, MON EN "&template.fr=&language.fr=fr&params.fr=huit");
    says("name the template, in each language");
    posts(303, "confirmed=1&" MON EN "&template.fr=reunion_2&language.fr=fr&params.fr=huit+heures");
    opens();
    says("name=\"template.fr\" type=\"text\" value=\"reunion_2\"");
    says("name=\"params.fr\" rows=\"3\">\nhuit heures");
    says("name=\"params\" rows=\"3\">\neight");
}

/* ---- what has no field, and what it takes of a campaign ---- */

#define CARE                                                                                       \
    ",\"budget\":\"120 GBP\",\"canary\":\"2\",\"kind\":\"news\","                                  \
    "\"lane\":\"reminder\",\"hours\":\"09:00-20:00\",\"confirmed\":[27],\"brake_off\":\"a drill\""

static void keeps(const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!json_object_get(campaign_shown(), keys[i])) fail_msg("%s is gone", keys[i]);
}

static void test_what_is_not_said_stays(void **state)
{
    (void)state;
    static const char *const kept[] = {"needs_consent", "budget",    "canary",   "kind",
                                       "hours",         "confirmed", "brake_off"};
    makes("\"every\":\"thu 09:00\"", SMS, CARE ",\"needs_consent\":\"news\"");
    opens();
    says("value=\"120 GBP\"");
    says("value=\"a drill\"");
    posts(303, "confirmed=1&" MON TO TEXT "&needs_consent=news&budget=120+GBP&canary=2&kind=news&"
               "lane=reminder&hours=09:00-20:00&brake_off=a+drill");
    keeps(kept, COUNT_OF(kept));
    assert_string_equal(text_at(campaign_shown(), "lane"), "reminder");
    posts(303, "confirmed=1&" MON TO TEXT "&needs_consent=news"); /* emptied */
    assert_null(json_object_get(campaign_shown(), "budget"));
    assert_null(json_object_get(campaign_shown(), "brake_off"));
    keeps(kept, 1);
}

/* One time is left out by a tap, and comes after all by another one; the rule goes on counting. */
static void test_not_this_time(void **state)
{
    (void)state;
    makes("\"every\":\"2 weeks thu 09:00\"", SMS, "");
    (void)ask_as(ORGANISER, 200, "GET", "/schedules/1", NULL);
    says("Thu 03 Dec 2026, 09:00"); /* made on Thursday 26 November, after nine */
    says("aria-label=\"Not on Thu 17 Dec 2026, 09:00\"");
    (void)ask_as(ORGANISER, 303, "POST", "/schedules/1/except", "day=2026-12-17");
    (void)ask_as(ORGANISER, 200, "GET", "/schedules/1", NULL);
    says("Not on Thu 17 Dec 2026.");
    says("Thu 03 Dec 2026, 09:00");
    says("Thu 31 Dec 2026, 09:00");
    assert_null(strstr(answer_text(), "Thu 17 Dec 2026, 09:00"));
    (void)ask_as(ORGANISER, 422, "POST", "/schedules/1/except", "day=2026-12-18"); /* a Friday */
    says("Nothing is to be launched on 2026-12-18");
    (void)ask_as(ORGANISER, 303, "POST", "/schedules/1/except", "day=2026-12-17"); /* again */
    assert_int_equal(json_array_size(json_object_get(json_object_get(shown(), "plan"), "except")),
                     1);
    posts(303, "confirmed=1&when=every&every=2+weeks+thu+09:00" TO TEXT);
    assert_int_equal(json_array_size(json_object_get(json_object_get(shown(), "plan"), "except")),
                     1);
    (void)ask_as(ORGANISER, 200, "GET", "/schedules/1", NULL);
    says("Thu 03 Dec 2026, 09:00");
    (void)ask_as(ORGANISER, 422, "POST", "/schedules/1/except", "day=soon");
    says("2026-12-24");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/schedules/1/except", "day=2026-12-10");
    (void)ask_as(ORGANISER, 303, "POST", "/schedules/1/except", "day=2026-12-17&after_all=1");
    assert_null(json_object_get(json_object_get(shown(), "plan"), "except"));
    (void)ask_as(ORGANISER, 200, "GET", "/schedules/1", NULL);
    says("Thu 17 Dec 2026, 09:00");
    /* of two reminders of one day only the one that was tapped */
    (void)ask(200, "POST", "/api/v1/schedules/1",
              "{\"event\":\"2026-12-19 19:00\",\"remind\":[\"0 days before at 09:00\",\"2 hours "
              "before\"]}");
    (void)ask_as(ORGANISER, 200, "GET", "/schedules/1", NULL);
    says("name=\"day\" value=\"2026-12-19 09:00\"");
    (void)ask_as(ORGANISER, 303, "POST", "/schedules/1/except", "day=2026-12-19+09:00");
    (void)ask_as(ORGANISER, 200, "GET", "/schedules/1", NULL);
    says("Not on Sat 19 Dec 2026, 09:00.");
    says("aria-label=\"Not on Sat 19 Dec 2026, 17:00\"");
}

static size_t left_out(void)
{
    return json_array_size(json_object_get(json_object_get(shown(), "plan"), "except"));
}

/* Neither undoes what the other one did, by page or by API. */
static void test_two_leave_out_two_days_in_the_same_moment(void **state)
{
    (void)state;
    static const char *const both[2] = {ORGANISER, ORGANISER};
    static const char *const forms[2] = {"day=2026-12-03", "day=2026-12-10"};
    static const char *const bodies[2] = {"{\"day\":\"2026-12-17\"}", "{\"day\":\"2026-12-24\"}"};
    static const char *const back[2] = {"{\"day\":\"2026-12-03\",\"after_all\":true}",
                                        "{\"day\":\"2026-12-17\",\"after_all\":true}"};
    makes("\"every\":\"thu 09:00\"", SMS, "");
    ask_both(both, 303, "POST", "/schedules/1/except", forms);
    assert_int_equal(left_out(), 2);
    ask_both(both, 200, "POST", "/api/v1/schedules/1/except", bodies);
    assert_int_equal(left_out(), 4);
    ask_both(both, 200, "POST", "/api/v1/schedules/1/except", back);
    assert_int_equal(left_out(), 2);
    assert_string_equal(text_at(shown(), "next_local"), "2026-12-03 09:00");
}

/* Who leaves one out does not answer for the rest; a stopped one stays so; and the last one is not left out without a word. */
static void test_what_leaving_one_out_does_not_change(void **state)
{
    (void)state;
    makes("\"dates\":[\"2026-12-03 19:00\",\"2027-01-07 19:00\"]", SMS, "");
    (void)ask(200, "POST", "/api/v1/schedules/1/pause", "{\"why\":\"snow\"}");
    const json_t *s =
        ask_as("unix", 200, "POST", "/api/v1/schedules/1/except", "{\"day\":\"2026-12-03 19:00\"}");
    assert_string_equal(text_at(s, "status"), "paused");
    assert_string_not_equal(text_at(s, "made_by"), "local");
    (void)ask(400, "POST", "/api/v1/schedules/1/except", "{\"day\":\"2027-01-07\"}");
    expect_error("invalid", "nothing would be left");
    (void)ask(400, "POST", "/api/v1/schedules/1/except", "{\"day\":\"2027-01-08\"}");
    (void)ask(400, "POST", "/api/v1/schedules/1/except", "{\"day\":\"Christmas\"}");
    expect_error("invalid", "2026-12-24");
    (void)ask(400, "POST", "/api/v1/schedules/1/except",
              "{\"day\":\"2027-01-07\",\"after_all\":\"yes\"}");
    (void)ask_as(VOLUNTEER, 403, "POST", "/api/v1/schedules/1/except", "{\"day\":\"2027-01-07\"}");
    assert_int_equal(left_out(), 1);
}

static void test_it_takes_all_of_the_campaign_that_it_repeats(void **state)
{
    (void)state;
    static const char *const kept[] = {"budget", "canary",    "kind",      "lane",
                                       "hours",  "confirmed", "brake_off", "message"};
    json_int_t id = number_at(
        ask(201, "POST", "/api/v1/campaigns",
            "{\"name\":\"once\",\"audience\":\"list\",\"gateway\":\"main\",\"start\":\"2026-11-28T"
            "09:00:00Z\",\"deadline\":\"2026-11-29T09:00:00Z\",\"message\":{" SMS "}" CARE "}"),
        "id");
    (void)ask(201, "POST", "/api/v1/schedules",
              world_text("{\"from_campaign\":%lld,\"every\":\"thu 09:00\"}", (long long)id));
    keeps(kept, COUNT_OF(kept));
    assert_null(json_object_get(campaign_shown(), "start"));
    assert_null(json_object_get(campaign_shown(), "deadline"));
    assert_null(json_object_get(campaign_shown(), "name"));
    assert_string_equal(text_at(shown(), "name"), "once");
}

/* Other groups' people are theirs, too: again and again no less than once. */
static void test_who_may_not_exempt_it_from_the_cap_does_not(void **state)
{
    (void)state;
#define EXEMPT(list)                                                                               \
    "{\"name\":\"x\",\"every\":\"thu 09:00\",\"campaign\":{\"audience\":\"" list "\",\"gateway\":" \
    "\"main\",\"cap\":\"exempt\",\"cap_why\":\"why not\",\"message\":{" SMS "}}}"
    make_audience_in("leeds", "theirs", 2);
    (void)ask_as(ORGANISER_OF_LEEDS, 403, "POST", "/api/v1/schedules", EXEMPT("theirs"));
    (void)ask(201, "POST", "/api/v1/schedules", EXEMPT("theirs"));
    (void)ask_as(ORGANISER_OF_LEEDS, 403, "POST", "/api/v1/schedules/1",
                 "{\"every\":\"fri 09:00\"}");
#undef EXEMPT
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_it_is_looked_at_before_it_is_changed),
        TEST(test_what_is_wrong_stands_at_its_field),
        TEST(test_when_and_to_whom),
        TEST(test_each_of_several_texts),
        TEST(test_templates),
        TEST(test_what_is_not_said_stays),
        TEST(test_not_this_time),
        TEST(test_two_leave_out_two_days_in_the_same_moment),
        TEST(test_its_new_text_is_tried),
        TEST(test_a_group_that_moves_is_told_its_own_time),
        TEST(test_what_leaving_one_out_does_not_change),
        TEST(test_it_takes_all_of_the_campaign_that_it_repeats),
        TEST(test_who_may_not_exempt_it_from_the_cap_does_not),
    };
#undef TEST
    return world_run("schedule_page", tests, COUNT_OF(tests));
}
