/* The REST API: every route, and what each says to those who ask wrongly. */
#include "api_world.h"
#include "core/cap.h"

#include "core/state.h"
#include "io/phone.h"
#include "store/release.h"

#include <string.h>

#define MESSAGE(text) "\"message\":{\"sms\":{\"en\":{\"text\":\"" text "\"}}}"
#define GOOD                                                                                       \
    MESSAGE("Hi {{#first_name}}{{first_name}}{{/first_name}}, Example Movement. STOP to end")
#define CAMPAIGN(name, more)                                                                       \
    "{\"name\":\"" name "\",\"audience\":\"members\",\"gateway\":\"main\"," more "}"

/* ---- audiences ---- */

static void test_an_import(void **state)
{
    (void)state;
    json_t *draft = ask(201, "POST", "/api/v1/audiences",
                        "{\"name\":\"members\",\"group\":\"main\",\"country\":\"GB\","
                        "\"columns\":[\"first_name\"],\"rows_expected\":1000}");
    int id = (int)number_at(draft, "id");
    assert_true(json_is_false(json_object_get(draft, "frozen")));
    (void)ask(200, "POST", "/api/v1/suppressions",
              "{\"scope\":\"main\",\"numbers\":[\"+447700900003\"]}");
    const char *rows =
        "{\"seq\":0,\"rows\":[[\"+447700900001\",\"Ann\"],[\"+447700900002\",\"Ben\"],"
        "[\"+447700900001\",\"Ann again\"],[\"+447700900003\",\"Cy\"]]}";
    for (int i = 0; i < 2; i++) { /* the same chunk again is the same answer again */
        json_t *reply = ask(200, "POST", world_text("/api/v1/audiences/%d/rows", id), rows);
        assert_int_equal(number_at(reply, "stored"), 2);
        assert_string_equal(answer_text(),
                            "{\"stored\":2,\"duplicates\":[2],\"suppressed\":[3],\"updated\":[],"
                            "\"removed\":[],\"not_listed\":[]}");
    }
    (void)ask(409, "POST", world_text("/api/v1/audiences/%d/rows", id),
              "{\"seq\":7,\"rows\":[[\"+447700900009\",\"Dee\"]]}");
    expect_error("conflict", "chunk 1 is next");
    assert_int_equal(
        json_array_size(json_object_get(ask(200, "GET", "/api/v1/audiences", NULL), "audiences")),
        0);
    for (int i = 0; i < 2; i++) {
        json_t *info = ask(200, "POST", world_text("/api/v1/audiences/%d/freeze", id), NULL);
        assert_int_equal(number_at(info, "total"), 2);
        assert_int_equal(number_at(info, "duplicates"), 1);
        assert_int_equal(number_at(info, "suppressed"), 1);
        assert_string_equal(text_at(info, "frozen_at"), "2026-11-26T18:00:00Z");
    }
    (void)ask(409, "POST", world_text("/api/v1/audiences/%d/rows", id),
              "{\"seq\":1,\"rows\":[[\"+447700900009\",\"Dee\"]]}");
    assert_int_equal(number_at(ask(200, "GET", "/api/v1/audiences/members", NULL), "id"), id);
    assert_string_equal(
        text_at(ask(200, "GET", world_text("/api/v1/audiences/%d", id), NULL), "name"), "members");
    assert_int_equal(
        json_array_size(json_object_get(ask(200, "GET", "/api/v1/audiences", NULL), "audiences")),
        1);
    (void)ask(409, "POST", "/api/v1/audiences", "{\"name\":\"members\"}");
    expect_error("exists", "choose another name");
    (void)ask(200, "DELETE", "/api/v1/audiences/members", NULL);
    (void)ask(404, "GET", "/api/v1/audiences/members", NULL);
    (void)ask(404, "DELETE", "/api/v1/audiences/members", NULL);
}

static void test_audience_bodies_that_are_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *body, *code, *part;
    } drafts[] = {
        {"{\"name\":\"a\",\"colums\":[]}", "unknown_key", "'colums'"},
        {"{}", "invalid", "'name' is missing"},
        {"{\"name\":7}", "invalid", "'name' must be a text"},
        {"{\"name\":\"\"}", "invalid", "'name' is empty"},
        {"{\"name\":\"17\"}", "invalid", "looks like the number of a list"},
        {"{\"name\":\"a\",\"group\":\"all\"}", "invalid", "group"},
        {"{\"name\":\"a\",\"group\":\"hold\"}", "invalid", "group"},
        {"{\"name\":\"a\",\"country\":\"gb\"}", "invalid", "two capital letters"},
        {"{\"name\":\"a\",\"columns\":\"b\"}", "invalid", "'columns' must be a list"},
        {"{\"name\":\"a\",\"columns\":[1]}", "invalid", "number 1 is none"},
        {"{\"name\":\"a\",\"columns\":[\"b\",\"b\"]}", "invalid", "twice"},
        {"{\"name\":\"a\",\"rows_expected\":-1}", "invalid", "whole number"},
        {"{\"name\":\"a\",\"name\":\"b\"}", "bad_json", "duplicate"},
        {"[]", "bad_json", "JSON object"},
        {"{\"name\":", "bad_json", "line 1"},
    };
    for (size_t i = 0; i < COUNT_OF(drafts); i++) {
        (void)ask(400, "POST", "/api/v1/audiences", drafts[i].body);
        expect_error(drafts[i].code, drafts[i].part);
    }
    (void)ask(201, "POST", "/api/v1/audiences", "{\"name\":\"a\",\"columns\":[\"b\"]}");
    static const struct {
        const char *body, *part;
    } rows[] = {
        {"{\"seq\":0}", "'rows' is missing"},
        {"{\"rows\":[]}", "'seq' is missing"},
        {"{\"seq\":0,\"rows\":[]}", "1 to 256 rows"},
        {"{\"seq\":0,\"rows\":[[]]}", "1 to 256 rows"},
        {"{\"seq\":0,\"rows\":{}}", "'rows' must be a list"},
        {"{\"seq\":\"0\",\"rows\":[[\"+447700900001\",\"x\"]]}", "'seq' must be a whole number"},
        {"{\"seq\":0,\"rows\":[[\"07700900001\",\"x\"]]}", "row 0 of the chunk: it must begin"},
        {"{\"seq\":0,\"rows\":[[447700900001,\"x\"]]}", "row 0"},
        {"{\"seq\":0,\"rows\":[[\"+447700900001\",5]]}", "texts in quotes"},
        {"{\"seq\":0,\"rows\":[[\"+447700900001\",\"x\"],[\"+447700900002\"]]}", "row 1"},
        {"{\"seq\":0,\"rows\":[[\"+447700900001\",\"x\",\"y\"]]}", "has 1 columns"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        (void)ask(400, "POST", "/api/v1/audiences/1/rows", rows[i].body);
        expect_error("invalid", rows[i].part);
    }
    (void)ask(400, "POST", "/api/v1/audiences/1/freeze", "{\"now\":true}");
    expect_error("unknown_key", "'now'");
    (void)ask(422, "POST", "/api/v1/audiences/1/freeze", NULL);
    expect_error("refused", "no usable row");
    (void)ask(404, "POST", "/api/v1/audiences/1/freeze", NULL);
    (void)ask(404, "POST", "/api/v1/audiences/members/freeze", NULL);
    (void)ask(404, "POST", "/api/v1/audiences/99/rows",
              "{\"seq\":0,\"rows\":[[\"+447700900001\",\"x\"]]}");
}

/* ---- suppressions ---- */

static void test_suppressions(void **state)
{
    (void)state;
    json_t *reply = ask(200, "POST", "/api/v1/suppressions",
                        "{\"scope\":\"all\",\"numbers\":[\"+447700900001\",\"+447700900002\"],"
                        "\"reason\":\"import\",\"evidence\":\"old list, line 2\"}");
    assert_int_equal(number_at(reply, "added"), 2);
    reply = ask(200, "POST", "/api/v1/suppressions",
                "{\"scope\":\"all\",\"numbers\":[\"+447700900001\"]}");
    assert_int_equal(number_at(reply, "added"), 0);
    (void)ask(200, "POST", "/api/v1/suppressions",
              "{\"scope\":\"north\",\"numbers\":[\"+447700900003\"],\"reason\":\"stop\"}");
    reply = ask(200, "GET", "/api/v1/suppressions/check/+447700900001?group=north", NULL);
    assert_true(json_is_true(json_object_get(reply, "suppressed")));
    assert_string_equal(text_at(reply, "scope"), "all");
    assert_string_equal(text_at(reply, "reason"), "import");
    assert_string_equal(text_at(reply, "evidence"), "old list, line 2");
    assert_string_equal(text_at(reply, "at"), "2026-11-26T18:00:00Z");
    reply = ask(200, "GET", "/api/v1/suppressions/check/%2B447700900003?group=north", NULL);
    assert_string_equal(text_at(reply, "scope"), "north");
    reply = ask(200, "GET", "/api/v1/suppressions/check/+447700900003", NULL);
    assert_true(json_is_true(json_object_get(reply, "suppressed"))); /* by a group is by somebody */
    reply = ask(200, "GET", "/api/v1/suppressions/check/+447700900003?group=south", NULL);
    assert_true(json_is_false(json_object_get(reply, "suppressed")));
    const json_t *there = json_array_get(json_object_get(reply, "scopes"), 0);
    assert_string_equal(text_at(there, "scope"), "north");
    (void)ask(200, "POST", "/api/v1/suppressions",
              "{\"scope\":\"hold\",\"numbers\":[\"+447700900004\"]}");
    reply = ask(200, "GET", "/api/v1/suppressions/check/+447700900004", NULL);
    assert_true(json_is_false(json_object_get(reply, "suppressed")));
    assert_true(json_is_true(json_object_get(reply, "held")));
    (void)ask(200, "GET", "/api/v1/suppressions/check/+447700900005", NULL);
    assert_string_equal(answer_text(),
                        "{\"suppressed\":false,\"held\":false,\"scopes\":[],\"no_more\":[]}");
    reply = ask(200, "GET", "/api/v1/suppressions/all", NULL);
    assert_int_equal(json_array_size(json_object_get(reply, "suppressions")), 2);
    assert_true(json_is_null(json_object_get(reply, "next")));
    (void)ask(200, "DELETE", "/api/v1/suppressions/all/+447700900001", "{\"why\":\"it was me\"}");
    (void)ask(404, "DELETE", "/api/v1/suppressions/all/+447700900001", "{\"why\":\"it was me\"}");
    reply = ask(200, "GET", "/api/v1/suppressions/all?cursor=0", NULL);
    assert_int_equal(json_array_size(json_object_get(reply, "suppressions")), 1);
}

static void test_suppressions_that_are_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *method, *path, *body, *code, *part;
    } cases[] = {
        {"POST", "", "{\"numbers\":[\"+447700900001\"]}", "invalid", "'scope' is missing"},
        {"POST", "", "{\"scope\":\"all\"}", "invalid", "'numbers' is missing"},
        {"POST", "", "{\"scope\":\"all\",\"numbers\":[]}", "invalid", "empty"},
        {"POST", "", "{\"scope\":\"all\",\"numbers\":[\"0770\"]}", "invalid", "'0770'"},
        {"POST", "", "{\"scope\":\"all\",\"numbers\":[5]}", "invalid", "no phone number"},
        {"POST", "", "{\"scope\":\"a:b\",\"numbers\":[\"+447700900001\"]}", "invalid",
         "a scope is"},
        {"POST", "", "{\"scope\":\"all\",\"numbers\":[\"+447700900001\"],\"reason\":\"hm\"}",
         "invalid", "'reason' is"},
        {"POST", "", "{\"scope\":\"all\",\"number\":\"+447700900001\"}", "unknown_key", "'number'"},
        {"DELETE", "/all/+447700900001", NULL, "invalid", "'why' is missing"},
        {"DELETE", "/all/+447700900001", "{\"because\":\"x\"}", "unknown_key", "'because'"},
        {"DELETE", "/all/447700900001", "{\"why\":\"x\"}", "invalid", "no phone number"},
        {"GET", "/check/7", NULL, "invalid", "no phone number"},
        {"GET", "/check/+447700900001?group=a%20b", NULL, "invalid", "a scope is"},
        {"GET", "/a%20b", NULL, "invalid", "a scope is"},
        {"GET", "/all?cursor=x", NULL, "invalid", "'cursor'"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char path[256];
        (void)snprintf(path, sizeof path, "/api/v1/suppressions%s", cases[i].path);
        (void)ask(400, cases[i].method, path, cases[i].body);
        expect_error(cases[i].code, cases[i].part);
    }
}

/* ---- checking and launching ---- */

/* What cannot be done in time is launched only by who says why, and that stands in the trail. */
static void test_a_launch_that_is_too_late(void **state)
{
    (void)state;
    (void)make_audience("members", 600);
#define LATE ",\"deadline\":\"2026-11-26T18:00:10Z\""
    json_t *report = ask(422, "POST", "/api/v1/campaigns", CAMPAIGN("a", GOOD LATE));
    expect_error("check_failed", "errors");
    report = ask(200, "POST", "/api/v1/campaigns/check",
                 CAMPAIGN("a", GOOD LATE ",\"force_late\":\"the hall is booked\""));
    assert_true(json_is_true(json_object_get(report, "ok")));
    assert_non_null(strstr(answer_text(), "\"code\":\"late\""));
    (void)ask(201, "POST", "/api/v1/campaigns",
              CAMPAIGN("a", GOOD LATE ",\"force_late\":\"the hall is booked\""));
    (void)ask(200, "GET", "/api/v1/audit", NULL);
    assert_non_null(strstr(answer_text(), "although it will be late: the hall is booked"));
    /* another one shares the account with it, and is told so */
    report = ask(200, "POST", "/api/v1/campaigns/check", CAMPAIGN("b", GOOD));
    assert_int_equal(number_at(json_object_get(report, "finish"), "others"), 1);
#undef LATE
}

static void test_check(void **state)
{
    (void)state;
    (void)make_audience("members", 600);
    json_t *report = ask(200, "POST", "/api/v1/campaigns/check", CAMPAIGN("a", GOOD));
    assert_true(json_is_true(json_object_get(report, "ok")));
    assert_int_equal(number_at(report, "recipients"), 600);
    assert_int_equal(number_at(report, "parts_total"), 600);
    assert_int_equal(number_at(json_object_get(report, "finish"), "seconds"), 33);
    assert_string_equal(text_at(json_object_get(report, "finish"), "at"), "2026-11-26T18:00:33Z");
    assert_non_null(strstr(answer_text(), "\"price\":{\"currency\":\"GBP\",\"amount\":24.0,"));
    assert_string_equal(text_at(report, "sample"), "Hi Ann, Example Movement. STOP to end");

    report =
        ask(200, "POST", "/api/v1/campaigns/check",
            CAMPAIGN("a", MESSAGE("Hi {{first_name}} of {{city}}") ",\"deadline\":"
                                                                   "\"2026-11-26T18:00:10Z\""));
    assert_false(json_is_true(json_object_get(report, "ok")));
    assert_non_null(strstr(answer_text(), "\"code\":\"no_column\""));
    assert_non_null(strstr(answer_text(), "\"code\":\"too_late\""));
    assert_non_null(strstr(answer_text(), "\"code\":\"empty_field\""));
    assert_non_null(strstr(answer_text(), "\"field\":\"first_name\",\"count\":60"));
    assert_non_null(strstr(answer_text(), "\"index\":99,")); /* the tenth of them */
    assert_non_null(strstr(answer_text(), "+44"));
    assert_null(strstr(answer_text(), "+4477")); /* numbers are masked */

    report = ask(200, "POST", "/api/v1/campaigns/check", CAMPAIGN("a", MESSAGE("Hi {{#x}}")));
    assert_non_null(strstr(answer_text(), "\"code\":\"message\""));
    assert_int_equal(json_array_size(json_object_get(report, "errors")), 1);
}

static void test_campaign_bodies_that_are_wrong(void **state)
{
    (void)state;
    (void)make_audience("members", 3);
    (void)ask(201, "POST", "/api/v1/audiences", "{\"name\":\"draft\"}");
    static const struct {
        int status;
        const char *body, *code, *part;
    } cases[] = {
        {400, CAMPAIGN("a", GOOD ",\"dead_line\":\"x\""), "unknown_key", "'dead_line'"},
        {400, "{\"audience\":\"members\",\"gateway\":\"main\"," GOOD "}", "invalid", "'name'"},
        {400, "{\"name\":\"a\",\"gateway\":\"main\"," GOOD "}", "invalid", "'audience' is missing"},
        {400, "{\"name\":\"a\",\"audience\":\"members\"," GOOD "}", "invalid", "'gateway'"},
        {400, CAMPAIGN("a", "\"lane\":\"blast\""), "invalid", "'message' is missing"},
        {400, CAMPAIGN("a", "\"message\":\"Hi\""), "invalid", "'message' must be an object"},
        {400, CAMPAIGN("a", GOOD ",\"lane\":\"reply\""), "invalid", "'lane' is"},
        {400, CAMPAIGN("a", GOOD ",\"lane\":1"), "invalid", "'lane' must be a text"},
        {400, CAMPAIGN("a", GOOD ",\"start\":\"tomorrow\""), "invalid", "'start' must be a time"},
        {400, CAMPAIGN("a", GOOD ",\"deadline\":\"2026-11-26T18:00:00\""), "invalid", "its zone"},
        {400, CAMPAIGN("a", GOOD ",\"deadline\":5"), "invalid", "'deadline'"},
        {400, CAMPAIGN("a\\nb", GOOD), "invalid", "one line"},
        {400, "{\"name\":\"a\",\"audience\":\"members\",\"gateway\":\"mian\"," GOOD "}",
         "no_gateway", "there are: main, wa"},
        {404, "{\"name\":\"a\",\"audience\":\"mebers\",\"gateway\":\"main\"," GOOD "}", "not_found",
         "no list 'mebers'"},
        {409, "{\"name\":\"a\",\"audience\":\"2\",\"gateway\":\"main\"," GOOD "}", "conflict",
         "still being imported"},
    };
    static const char *const paths[] = {"/api/v1/campaigns/check", "/api/v1/campaigns"};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (size_t k = 0; k < COUNT_OF(paths); k++) {
            (void)ask(cases[i].status, "POST", paths[k], cases[i].body);
            expect_error(cases[i].code, cases[i].part);
        }
    assert_int_equal(
        json_array_size(json_object_get(ask(200, "GET", "/api/v1/campaigns", NULL), "campaigns")),
        0);
}

static void test_launch(void **state)
{
    (void)state;
    int audience = (int)make_audience("members", 600);
    json_t *reply = ask(422, "POST", "/api/v1/campaigns", CAMPAIGN("a", MESSAGE("Hi {{nick}}")));
    expect_error("check_failed", "errors");
    assert_true(json_is_false(json_object_get(json_object_get(reply, "report"), "ok")));
    assert_int_equal(world.nudges, 0);
    reply = ask(
        201, "POST", "/api/v1/campaigns",
        CAMPAIGN("a", GOOD ",\"lane\":\"reminder\",\"deadline\":\"2026-11-26T21:00:00+01:00\""));
    int id = (int)number_at(reply, "id");
    assert_int_equal(world.nudges, 1);
    assert_string_equal(text_at(reply, "status"), "preparing");
    assert_string_equal(text_at(reply, "lane"), "reminder");
    assert_string_equal(text_at(reply, "launched_by"), "Olive");
    (void)ask(409, "POST", "/api/v1/campaigns", CAMPAIGN("a", GOOD));
    expect_error("exists", "another name");

    start_campaign((uint32_t)id, (uint32_t)audience);
    reply = ask(200, "GET", world_text("/api/v1/campaigns/%d", id), NULL);
    assert_string_equal(text_at(reply, "status"), "running");
    assert_string_equal(text_at(reply, "group"), "main");
    assert_string_equal(text_at(reply, "gateway"), "main");
    assert_string_equal(text_at(reply, "audience"), "members");
    assert_string_equal(text_at(reply, "deadline"), "2026-11-26T20:00:00Z");
    assert_string_equal(text_at(reply, "launched_at"), "2026-11-26T18:00:00Z");
    assert_string_equal(text_at(reply, "started_at"), "2026-11-26T18:00:00Z");
    assert_true(json_is_null(json_object_get(reply, "done_at")));
    assert_int_equal(number_at(reply, "audience_id"), audience);
    assert_int_equal(number_at(reply, "total"), 600);
    const json_t *counts = json_object_get(reply, "counts");
    assert_int_equal(json_object_size(counts), STATE_COUNT);
    assert_int_equal(number_at(counts, "pending"), 600);
    assert_int_equal(number_at(counts, "unknown"), 0);

    (void)ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("b", GOOD));
    const json_t *list =
        json_object_get(ask(200, "GET", "/api/v1/campaigns?limit=10", NULL), "campaigns");
    assert_int_equal(json_array_size(list), 2);
    assert_int_equal(json_array_size(json_object_get(
                         ask(200, "GET", "/api/v1/campaigns?limit=1", NULL), "campaigns")),
                     1);
    (void)ask(400, "GET", "/api/v1/campaigns?limit=0", NULL);
    (void)ask(404, "GET", "/api/v1/campaigns/99", NULL);
    (void)ask(404, "GET", "/api/v1/campaigns/a", NULL);
    (void)ask(405, "PUT", "/api/v1/campaigns/1", NULL);
}

static void on_set(void *arg, const struct redisReply *reply)
{
    assert_non_null(reply);
    *(bool *)arg = true;
}

/* As the gate notes it (src/store/cap/contacts.lua), a minute ago. */
static void text_person(uint64_t number)
{
    bool set = false;
    unsigned char print[CAP_PRINT_BYTES];
    unsigned minute = (unsigned)(WORLD_NOW_MS / 60000 - 1) % 65535 + 1;
    cap_print(number, print);
    const unsigned char bucket[] = {3,
                                    print[0],
                                    print[1],
                                    print[2],
                                    print[3],
                                    (unsigned char)minute,
                                    (unsigned char)(minute >> 8),
                                    0,
                                    0};
    redis_commandf(world.redis, on_set, &set, "HSET %scontacts %lld %b", world.prefix,
                   (long long)print[4], bucket, sizeof bucket);
    turn_until_done(&set);
}

static void test_who_was_texted_enough(void **state)
{
    (void)state;
    (void)make_audience("members", 600);
    (void)make_audience_in("leeds", "leeds", 3);
    text_person(UINT64_C(447700900001));
    text_person(UINT64_C(447700900002));
    json_t *report = ask(200, "POST", "/api/v1/campaigns/check", CAMPAIGN("a", GOOD));
    assert_int_equal(number_at(report, "recipients"), 598);
    assert_int_equal(number_at(report, "texted_enough"), 2);
    assert_non_null(strstr(answer_text(), "2 of the list would be left out"));
    assert_non_null(strstr(answer_text(), "at most 1 in 24 hours and 3 in 7 days"));
    report = ask(200, "POST", "/api/v1/campaigns/check",
                 CAMPAIGN("a", GOOD ",\"start\":\"2026-11-27T18:30:00Z\""));
    assert_int_equal(number_at(report, "texted_enough"), 0); /* by then it is a day */

#define EXEMPT ",\"cap\":\"exempt\",\"cap_why\":\"the vote is tomorrow\""
    report = ask(200, "POST", "/api/v1/campaigns/check", CAMPAIGN("a", GOOD EXEMPT));
    assert_int_equal(number_at(report, "recipients"), 600);
    assert_int_equal(number_at(report, "exempted"), 2);
    assert_non_null(strstr(answer_text(), "2 of the list, whom our campaigns have texted often"));
    (void)ask(200, "POST", "/api/v1/campaigns/check",
              CAMPAIGN("a", GOOD EXEMPT ",\"start\":\"2026-11-27T18:30:00Z\""));
    assert_non_null(strstr(answer_text(), "it needs no exemption"));
    (void)ask(400, "POST", "/api/v1/campaigns", CAMPAIGN("a", GOOD ",\"cap\":\"exempt\""));
    (void)ask(400, "POST", "/api/v1/campaigns", CAMPAIGN("a", GOOD ",\"cap_why\":\"why not\""));
    (void)ask(400, "POST", "/api/v1/campaigns",
              CAMPAIGN("a", GOOD ",\"cap\":\"none\",\"cap_why\":\"x\""));
    (void)ask_as(ORGANISER_OF_LEEDS, 403, "POST", "/api/v1/campaigns/check",
                 CAMPAIGN("leeds", GOOD EXEMPT));
    (void)ask_as(ORGANISER_OF_LEEDS, 403, "POST", "/api/v1/campaigns",
                 CAMPAIGN("leeds", GOOD EXEMPT));
    report = ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("a", GOOD EXEMPT));
    assert_string_equal(text_at(report, "cap_why"), "the vote is tomorrow");
    (void)ask(200, "GET", "/api/v1/audit", NULL);
    assert_non_null(strstr(answer_text(), "exempt from the cap: the vote is tomorrow"));
#undef EXEMPT
}

/* The gate notes when it found the provider's queue full: a moment ago by the one clock, so it still
 * is. */
static void test_a_campaign_that_waits_for_its_provider(void **state)
{
    (void)state;
    bool set = false;
    int audience = (int)make_audience("members", 3);
    (void)ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("a", GOOD));
    start_campaign(1, (uint32_t)audience);
    const json_t *reply = ask(200, "GET", "/api/v1/campaigns/1", NULL);
    assert_true(json_is_false(json_object_get(reply, "waits_for_provider")));
    redis_commandf(world.redis, on_set, &set, "HSET %sc:1 queue_full_ms %lld", world.prefix,
                   (long long)WORLD_NOW_MS - 1000);
    turn_until_done(&set);
    reply = ask(200, "GET", "/api/v1/campaigns/1", NULL);
    assert_true(json_is_true(json_object_get(reply, "waits_for_provider")));
}

static void test_moves(void **state)
{
    (void)state;
    int audience = (int)make_audience("members", 10);
    (void)ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("a", GOOD));
    (void)ask(409, "POST", "/api/v1/campaigns/1/resume", NULL);
    expect_error("conflict", "is preparing");
    start_campaign(1, (uint32_t)audience);
    json_t *reply = ask(200, "POST", "/api/v1/campaigns/1/pause", "{\"why\":\"a typo\"}");
    assert_string_equal(text_at(reply, "status"), "paused");
    assert_string_equal(text_at(reply, "status_by"), "Olive");
    assert_string_equal(text_at(reply, "status_why"), "a typo");
    (void)ask(409, "POST", "/api/v1/campaigns/1/pause", NULL);
    assert_string_equal(text_at(ask(200, "POST", "/api/v1/campaigns/1/resume", "{}"), "status"),
                        "running");
    assert_int_equal(world.nudges, 3);
    assert_string_equal(text_at(ask(200, "POST", "/api/v1/campaigns/1/cancel", NULL), "status"),
                        "cancelled");
    (void)ask(409, "POST", "/api/v1/campaigns/1/resume", NULL);
    (void)ask(400, "POST", "/api/v1/campaigns/1/pause", "{\"reason\":\"x\"}");
    expect_error("unknown_key", "'reason'");
    (void)ask(400, "POST", "/api/v1/campaigns/1/pause", "{\"why\":1}");
    (void)ask(404, "POST", "/api/v1/campaigns/7/pause", NULL);
    (void)ask(404, "POST", "/api/v1/campaigns/0/pause", NULL); /* the direct book is none */
}

static void test_preview(void **state)
{
    (void)state;
    static const char path[] = "/api/v1/campaigns/preview";
    static const char same[] =
        "{\"audience\":\"members\",\"gateway\":\"main\",\"seed\":7,\"people\":3," MESSAGE(
            "It\\u2019s {{first_name}} {{nick}}") "}";
    (void)make_audience("members", 600);
    json_t *reply = ask(200, "POST", path, same);
    assert_int_equal(number_at(reply, "recipients"), 600);
    const json_t *people = json_object_get(reply, "people"), *one = json_array_get(people, 0);
    assert_int_equal(json_array_size(people), 3);
    assert_string_equal(text_at(one, "encoding"), "UCS-2");
    const json_t *costly = json_object_get(one, "costly");
    assert_string_equal(text_at(costly, "character"), "\xe2\x80\x99");
    assert_string_equal(text_at(costly, "instead"), "'");
    assert_int_equal(number_at(costly, "at"), 2);
    assert_null(strstr(text_at(one, "number"), "447700900"));
    assert_true(json_number_value(json_object_get(json_object_get(reply, "price"), "amount")) > 23);
    assert_string_equal(json_string_value(json_array_get(json_object_get(reply, "missing"), 0)),
                        "nick");
    char *first = strdup(answer_text());
    (void)ask(200, "POST", path, same);
    assert_string_equal(answer_text(), first); /* the same people while one types */
    free(first);
    (void)ask(404, "POST", path, "{\"audience\":\"x\",\"gateway\":\"main\",\"message\":{}}");
    (void)ask(400, "POST", path, "{\"audience\":\"members\",\"gateway\":\"x\",\"message\":{}}");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", path, same);
}

static void test_pause_all(void **state)
{
    (void)state;
    static const char all[] = "/api/v1/campaigns/pause-all";
    int audience = (int)make_audience("members", 10);
    for (int i = 0; i < 2; i++)
        (void)ask(201, "POST", "/api/v1/campaigns", i ? CAMPAIGN("b", GOOD) : CAMPAIGN("a", GOOD));
    start_campaign(1, (uint32_t)audience);
    json_t *reply = ask_as(ORGANISER_OF_LEEDS, 200, "POST", all, "{}");
    assert_int_equal(json_array_size(json_object_get(reply, "campaigns")), 0);
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", all, "{\"group\":\"main\"}");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "POST", "/api/v1/campaigns/why",
                 "{\"campaigns\":[1],\"why\":\"x\"}");
    reply = ask(200, "POST", all, "{\"group\":\"main\"}");
    assert_true(number_at(reply, "press") > 0);
    assert_int_equal(json_array_size(json_object_get(reply, "campaigns")), 2);
    assert_string_equal(text_at(ask(200, "GET", "/api/v1/campaigns/2", NULL), "status"), "paused");
    (void)ask(200, "POST", "/api/v1/campaigns/why",
              "{\"campaigns\":[1,2],\"why\":\"the wrong day\"}");
    assert_string_equal(text_at(ask(200, "GET", "/api/v1/campaigns/1", NULL), "status_why"),
                        "the wrong day");
    (void)ask(400, "POST", "/api/v1/campaigns/why", "{\"campaigns\":[],\"why\":\"x\"}");
    (void)ask(400, "POST", "/api/v1/campaigns/why", "{\"campaigns\":[\"1\"],\"why\":\"x\"}");
    (void)ask(400, "POST", "/api/v1/campaigns/why", "{\"campaigns\":[1],\"why\":\" \"}");
    reply = ask(200, "POST", "/api/v1/campaigns/resume-all", NULL);
    assert_int_equal(json_array_size(json_object_get(reply, "campaigns")), 2);
    assert_string_equal(text_at(ask(200, "GET", "/api/v1/campaigns/1", NULL), "status"), "running");
    assert_string_equal(text_at(ask(200, "GET", "/api/v1/campaigns/2", NULL), "status"),
                        "preparing");
}

static void test_resolve(void **state)
{
    (void)state;
    int audience = (int)make_audience("members", 10);
    (void)ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("a", GOOD));
    start_campaign(1, (uint32_t)audience);
    json_t *reply = ask(200, "POST", "/api/v1/campaigns/1/resolve",
                        "{\"decision\":\"resend\",\"why\":\"their log\"}");
    assert_int_equal(number_at(reply, "resolved"), 0);
    assert_string_equal(text_at(reply, "status"), "running");
    assert_true(json_is_null(json_object_get(reply, "unknown_since")));
    assert_true(json_is_false(json_object_get(reply, "waits_for_provider")));
    (void)ask(400, "POST", "/api/v1/campaigns/1/resolve", NULL);
    (void)ask(400, "POST", "/api/v1/campaigns/1/resolve", "{\"decision\":\"leave\"}");
    expect_error("invalid", "'why'");
    (void)ask(400, "POST", "/api/v1/campaigns/1/resolve", "{\"decision\":\"leave\",\"why\":\" \"}");
    expect_error("invalid", "'why'");
    (void)ask(400, "POST", "/api/v1/campaigns/1/resolve", "{\"decision\":\"guess\",\"why\":\"x\"}");
    expect_error("invalid", "'decision'");
    (void)ask(404, "POST", "/api/v1/campaigns/9/resolve", "{\"decision\":\"leave\",\"why\":\"x\"}");
    (void)ask(404, "POST", "/api/v1/campaigns/0/resolve", "{\"decision\":\"leave\",\"why\":\"x\"}");
    (void)ask(200, "POST", "/api/v1/campaigns/1/cancel", NULL);
    (void)ask(409, "POST", "/api/v1/campaigns/1/resolve",
              "{\"decision\":\"resend\",\"why\":\"x\"}");
    expect_error("conflict", "is cancelled");
}

/* ---- people ---- */

static size_t people_of(const char *query, json_int_t *ret_next)
{
    char path[256];
    (void)snprintf(path, sizeof path, "/api/v1/campaigns/1/people%s", query);
    json_t *page = ask(200, "GET", path, NULL), *next = json_object_get(page, "next");
    *ret_next = json_is_integer(next) ? json_integer_value(next) : -1;
    return json_array_size(json_object_get(page, "people"));
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)e;
    assert_int_equal(result, 0);
    *(bool *)arg = true;
}

static void on_grown_once(void *arg, int result, uint32_t made, uint32_t blocks)
{
    assert_int_equal(result, 0);
    assert_int_equal(made, blocks);
    *(bool *)arg = true;
}

static void test_people(void **state)
{
    (void)state;
    json_int_t next;
    int audience = (int)make_audience("members", 600);
    (void)ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("a", GOOD));
    start_campaign(1, (uint32_t)audience);
    (void)ask(400, "GET", "/api/v1/campaigns/1/people?outcome=yes", NULL);
    expect_error("invalid", "'outcome' is 1");
    assert_int_equal(people_of("", &next), 600);
    assert_int_equal(next, -1);
    assert_int_equal(people_of("?blocks=1", &next), 256);
    assert_int_equal(next, 1);
    assert_int_equal(people_of("?blocks=1&cursor=2&state=pending", &next), 88);
    assert_int_equal(next, -1);
    assert_int_equal(people_of("?state=delivered", &next), 0);
    assert_int_equal(people_of("?cursor=70", &next), 0);
    assert_int_equal(people_of("?cursor=1&blocks=1", &next), 256);
    assert_int_equal(next, 2);
    assert_non_null(strstr(
        answer_text(),
        "{\"index\":259,\"number\":\"+447700900259\",\"state\":\"pending\",\"text_version\":1,"
        "\"reason\":null,\"fields\":{\"first_name\":\"\",\"town\":\"York\"}}"));
    (void)ask(400, "GET", "/api/v1/campaigns/1/people?state=lost", NULL);
    expect_error("invalid", "undelivered");
    (void)ask(400, "GET", "/api/v1/campaigns/1/people?blocks=17", NULL);
    (void)ask(400, "GET", "/api/v1/campaigns/1/people?cursor=x", NULL);
    (void)ask(404, "GET", "/api/v1/campaigns/2/people", NULL);
}

/* All that is shown of campaign 1 says the same: so many people in all, each of them in this state.
 */
static void everybody_is(const char *state, size_t people)
{
    json_int_t next;
    char query[64];
    const json_t *status = ask(200, "GET", "/api/v1/campaigns/1", NULL);
    assert_int_equal(number_at(status, "total"), people);
    assert_int_equal(number_at(json_object_get(status, "counts"), state), people);
    (void)snprintf(query, sizeof query, "?state=%s", state);
    assert_int_equal(people_of(query, &next), people);
    assert_int_equal(people_of("", &next), people);
}

static void grow_once(uint32_t audience)
{
    bool grown = false;
    campaign_grow(world.store, 1, audience, on_grown_once, &grown);
    turn_until_done(&grown);
}

/* At every instant: before the ledger is made, while it is made, when it stands. */
static void test_a_cancelled_campaigns_figures_are_true(void **state)
{
    (void)state;
    int audience = (int)make_audience("members", 600);
    (void)ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("a", GOOD));
    everybody_is("pending", 600);
    (void)ask(200, "POST", "/api/v1/campaigns/1/cancel", NULL);
    everybody_is("cancelled", 600);
    grow_once((uint32_t)audience);
    everybody_is("cancelled", 600);
    const json_t *list =
        json_array_get(json_object_get(ask(200, "GET", "/api/v1/campaigns", NULL), "campaigns"), 0);
    assert_int_equal(number_at(json_object_get(list, "counts"), "cancelled"), 600);
}

static void test_who_waits_when_it_is_cancelled_is_cancelled_at_once(void **state)
{
    (void)state;
    int audience = (int)make_audience("members", 600);
    (void)ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("a", GOOD));
    start_campaign(1, (uint32_t)audience);
    everybody_is("pending", 600);
    (void)ask(200, "POST", "/api/v1/campaigns/1/cancel", NULL);
    everybody_is("cancelled", 600);
}

static void test_an_audience_in_use_stays(void **state)
{
    (void)state;
    json_int_t next;
    bool retired = false;
    int audience = (int)make_audience("members", 20);
    (void)ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("a", GOOD));
    start_campaign(1, (uint32_t)audience);
    (void)ask(409, "DELETE", "/api/v1/audiences/members", NULL);
    expect_error("conflict", "not finished: campaign 1 'a'; cancel it");
    (void)ask(409, "DELETE", "/api/v1/audiences/members?reports_too=1", NULL);
    expect_error("conflict", "not finished: campaign 1 'a'");
    (void)make_audience("others", 3);
    (void)ask(200, "DELETE", "/api/v1/audiences/others", NULL);
    (void)ask(200, "POST", "/api/v1/campaigns/1/cancel", NULL);
    campaign_retire(world.store, 1, on_done, &retired);
    turn_until_done(&retired);
    (void)ask(409, "DELETE", "/api/v1/audiences/members", NULL);
    expect_error("conflict", "the report of campaign 1 'a' needs this list");
    (void)ask(400, "DELETE", "/api/v1/audiences/members?reports_too=yes", NULL);
    (void)ask(200, "DELETE", "/api/v1/audiences/members?reports_too=1", NULL);
    (void)ask(404, "GET", "/api/v1/audiences/members", NULL);
    assert_int_equal(people_of("", &next), 20); /* the ledger still knows of them */
    assert_non_null(strstr(answer_text(), "{\"index\":0,\"number\":null,"));
}

/* ---- tests of a campaign ---- */

static void on_direct(void *arg, int result, const struct direct_message *m, const struct err *e)
{
    (void)e;
    assert_int_equal(result, 0);
    assert_int_equal(m->to, 447700900555);
    assert_int_equal(m->kind, DIRECT_TEST);
    assert_true(slice_is(m->gateway, "main"));
    assert_true(slice_is(m->by, "Olive"));
    assert_true(slice_is(m->text, "Hi , Example Movement. STOP to end"));
    *(bool *)arg = true;
}

#define TO ",\"to\":\"+447700900555\""

static void test_a_test(void **state)
{
    (void)state;
    bool loaded = false;
    (void)make_audience("members", 20);
    json_t *reply = ask(202, "POST", "/api/v1/campaigns/test", CAMPAIGN("a", GOOD TO));
    assert_string_equal(text_at(reply, "text"), "Hi Ann, Example Movement. STOP to end");
    reply = ask(202, "POST", "/api/v1/campaigns/test", CAMPAIGN("a", GOOD TO ",\"row\":9"));
    direct_load(world.store, (uint32_t)number_at(reply, "index"), on_direct, &loaded);
    turn_until_done(&loaded);

    (void)ask(404, "POST", "/api/v1/campaigns/test", CAMPAIGN("a", GOOD TO ",\"row\":20"));
    expect_error("not_found", "row 20");
    (void)ask(404, "POST", "/api/v1/campaigns/test", CAMPAIGN("a", GOOD TO ",\"row\":256"));
    (void)ask(400, "POST", "/api/v1/campaigns/test", CAMPAIGN("a", GOOD));
    expect_error("invalid", "'to' is missing");
    (void)ask(400, "POST", "/api/v1/campaigns/test", CAMPAIGN("a", GOOD ",\"to\":\"07700\""));
    expect_error("invalid", "'to' must be");
    (void)ask(400, "POST", "/api/v1/campaigns/test", CAMPAIGN("a", GOOD TO ",\"row\":\"x\""));
    (void)ask(422, "POST", "/api/v1/campaigns/test",
              CAMPAIGN("a", MESSAGE("{{#nick}}x{{/nick}}") TO));
    expect_error("refused", "empty");
    (void)ask(400, "POST", "/api/v1/campaigns/test", CAMPAIGN("a", MESSAGE("{{#x}}") TO));
    (void)ask(422, "POST", "/api/v1/campaigns/test",
              "{\"name\":\"a\",\"audience\":\"members\",\"gateway\":\"wa\",\"message\":"
              "{\"whatsapp\":{\"en\":{\"template\":\"meeting\"}}}" TO "}");
    expect_error("refused", "only free text");
    (void)ask(200, "POST", "/api/v1/suppressions",
              "{\"scope\":\"main\",\"numbers\":[\"+447700900555\"]}");
    (void)ask(409, "POST", "/api/v1/campaigns/test", CAMPAIGN("a", GOOD TO));
    expect_error("conflict", "scope 'main'");
}

/* ---- the system ---- */

/* What another program writes is one person, too. */
static void test_numbers_have_one_spelling(void **state)
{
    (void)state;
    (void)ask(200, "POST", "/api/v1/suppressions",
              "{\"scope\":\"all\",\"numbers\":[\"+5215512345678\",\"+22961000123\"]}");
    static const char *const same[] = {"%2B5215512345678", "%2B525512345678", "%2B22961000123",
                                       "%2B2290161000123"};
    for (size_t i = 0; i < COUNT_OF(same); i++) {
        char path[80];
        (void)snprintf(path, sizeof path, "/api/v1/suppressions/check/%s", same[i]);
        assert_true(json_is_true(json_object_get(ask(200, "GET", path, NULL), "suppressed")));
    }
    (void)ask(200, "DELETE", "/api/v1/suppressions/all/+5215512345678", "{\"why\":\"asked\"}");
    assert_true(json_is_false(json_object_get(
        ask(200, "GET", "/api/v1/suppressions/check/%2B525512345678", NULL), "suppressed")));
}

static void test_system(void **state)
{
    (void)state;
    (void)make_audience("members", 3);
    (void)ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("a \\\"b\\\" c", GOOD));
    (void)ask_as(NULL, 200, "GET", "/healthz", NULL);
    (void)ask_as(NULL, 200, "GET", "/readyz", NULL);
    assert_string_equal(answer_text(), "{\"status\":\"ready\",\"missing\":[]}");
    (void)ask_as(NULL, 401, "GET", "/api/v1/organisation", NULL);
    const json_t *us = ask(200, "GET", "/api/v1/organisation", NULL);
    assert_string_equal(json_string_value(json_object_get(us, "country")), "IE");
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(us, "numbering_plan"), "date")),
        phone_plan_date());
    const json_t *list = json_object_get(ask(200, "GET", "/api/v1/gateways", NULL), "gateways");
    assert_int_equal(json_array_size(list), 2);
    const json_t *main_gateway = json_array_get(list, 0);
    assert_string_equal(text_at(main_gateway, "name"), "main");
    assert_string_equal(text_at(main_gateway, "provider"), "kannel");
    assert_int_equal(number_at(main_gateway, "in_flight"), 0);
    assert_int_equal(number_at(main_gateway, "queue_max"), 6000);
    assert_true(json_is_null(json_object_get(main_gateway, "queue"))); /* no receipt tells */
    assert_true(json_is_false(json_object_get(main_gateway, "dead")));
    assert_int_equal(number_at(json_array_get(list, 1), "queue_max"), 0);

    const json_t *shown = ask(200, "GET", "/api/v1/gateways/main", NULL);
    assert_non_null(strstr(text_at(shown, "hook_url"), "/hooks/main/inbound?token=hook-token&"));
    assert_non_null(strstr(text_at(shown, "setup"), "get-url = \"http://127.0.0.1:8080/hooks/"));
    assert_null(strstr(text_at(shown, "setup"), "secret\n"));
    (void)ask(404, "GET", "/api/v1/gateways/nosuch", NULL);

    (void)ask_as("unix", 200, "GET", "/metrics", NULL);
    static const char *const lines[] = {
        "\nmuster_build_info{version=\"",
        "\nprocess_resident_memory_bytes ",
        "\nprocess_cpu_seconds_total ",
        "\nmuster_gateway_outcomes_total{gateway=\"main\",outcome=\"accepted\"} 0\n",
        "\nmuster_gateway_requests_total{gateway=\"wa\"} 0\n",
        "\nmuster_gateway_dead{gateway=\"main\"} 0\n",
        "\nmuster_gateway_provider_queue_max{gateway=\"main\"} 6000\n",
        "\nmuster_hook_events_total{gateway=\"main\",event=\"forged\"} 0\n",
        "\nmuster_redis_connected 1\n",
        "\nmuster_queue_ready 1\n",
        "\nmuster_http_open_requests 1\n",
        "\nmuster_campaign_recipients{campaign=\"1\",state=\"pending\"} 0\n",
        "\nmuster_campaign_recipients{campaign=\"0\",state=\"unknown\"} 0\n",
        "\nmuster_campaign_unknown_oldest_seconds{campaign=\"1\"} 0\n",
        "\nmuster_campaigns_unfinished 1\n",
        "\nmuster_approvals_waiting 0\n",
        "\nmuster_campaigns_stopped{by=\"brake\"} 0\n",
        ("\nmuster_campaign_info{campaign=\"1\",name=\"a \\\"b\\\" c\",status=\"preparing\","
         "gateway=\"main\"} 1\n"),
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        if (!strstr(answer_text(), lines[i])) fail_msg("no %s in:\n%s", lines[i], answer_text());
}

/* What has stood for months does not hide what runs: of too many the newest are told. */
static void test_metrics_tell_the_newest_campaigns(void **state)
{
    (void)state;
    char key[64];
    (void)make_audience("members", 3);
    json_int_t old = number_at(ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("old", GOOD)), "id"),
               new = number_at(ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("new", GOOD)), "id");
    (void)snprintf(key, sizeof key, "%sactive", world.prefix);
    for (int i = 0; i < 199; i++) /* as if so many had been launched since, and are gone */
        redis_commandf(world.redis, NULL, NULL, "SADD %s %lld", key, (long long)(1000 + i));
    (void)ask_as("unix", 200, "GET", "/metrics", NULL);
    assert_non_null(strstr(answer_text(), "\nmuster_campaigns_unfinished 201\n"));
    (void)snprintf(key, sizeof key, "muster_campaign_info{campaign=\"%lld\"", (long long)new);
    assert_non_null(strstr(answer_text(), key));
    (void)snprintf(key, sizeof key, "muster_campaign_info{campaign=\"%lld\"", (long long)old);
    assert_null(strstr(answer_text(), key));
}

static void test_redis_is_away(void **state)
{
    (void)state;
    redis_fixture_kill(world.server);
    while (redis_is_connected(world.redis))
        loop_turn(world.loop, -1);
    (void)ask_as(NULL, 200, "GET", "/healthz", NULL);
    (void)ask_as(NULL, 503, "GET", "/readyz", NULL);
    assert_non_null(strstr(answer_text(), "\"redis\""));
    assert_non_null(strstr(answer_text(), "\"why\":\"")); /* but not where: all may read this */
    assert_null(strstr(answer_text(), "127.0.0.1"));
    (void)ask(200, "GET", "/metrics", NULL);
    assert_non_null(strstr(answer_text(), "\nmuster_redis_connected 0\n"));
    static const char *const paths[] = {
        "/api/v1/campaigns",          "/api/v1/campaigns/1",
        "/api/v1/audiences",          "/api/v1/audiences/members",
        "/api/v1/suppressions/all",   "/api/v1/suppressions/check/+447700900001",
        "/api/v1/campaigns/1/people", "/api/v1/audit",
    };
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        (void)ask(503, "GET", paths[i], NULL);
        expect_error("unavailable", "");
    }
    (void)ask(503, "DELETE", "/api/v1/audiences/members", NULL);
    (void)ask(503, "POST", "/api/v1/campaigns", CAMPAIGN("a", GOOD));
    (void)ask(503, "POST", "/api/v1/campaigns/1/pause", NULL);
    redis_fixture_restart(world.server);
    while (!redis_is_connected(world.redis))
        loop_turn(world.loop, 100000);
    (void)ask(200, "GET", "/api/v1/campaigns", NULL);
}

/* ---- who may come in, over the wire: all rows and roles are in unit/test_routes.c ---- */

static void test_only_organisers(void **state)
{
    (void)state;
    size_t seen = 0;
    const struct route *r;
    for (size_t i = 0; (r = web_route(world.web, i)) != NULL; i++) {
        if (access_reach(ROLE_VOLUNTEER, r->may) != REACH_NOWHERE || strchr(r->path, '{')) continue;
        if (r->flags & PAGE) continue; /* speaks to people */
        seen++;
        (void)ask_as(NULL, 401, r->method, r->path, NULL);
        (void)ask_as(VOLUNTEER, 403, r->method, r->path, NULL);
        expect_error("forbidden", "organisers");
    }
    assert_true(seen >= 8);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_import),
        TEST(test_audience_bodies_that_are_wrong),
        TEST(test_suppressions),
        TEST(test_suppressions_that_are_wrong),
        TEST(test_check),
        TEST(test_a_launch_that_is_too_late),
        TEST(test_campaign_bodies_that_are_wrong),
        TEST(test_launch),
        TEST(test_a_campaign_that_waits_for_its_provider),
        TEST(test_moves),
        TEST(test_preview),
        TEST(test_pause_all),
        TEST(test_resolve),
        TEST(test_people),
        TEST(test_a_cancelled_campaigns_figures_are_true),
        TEST(test_who_waits_when_it_is_cancelled_is_cancelled_at_once),
        TEST(test_an_audience_in_use_stays),
        TEST(test_a_test),
        TEST(test_system),
        TEST(test_numbers_have_one_spelling),
        TEST(test_who_was_texted_enough),
        TEST(test_metrics_tell_the_newest_campaigns),
        TEST(test_redis_is_away),
        TEST(test_only_organisers),
    };
    return world_run("api", tests, COUNT_OF(tests));
}
