/* The one reader of a campaign as JSON: each row reads its key, and says what is wrong with it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>

#include "flow/account.h"
#include "flow/campaign_body.h"

#define ALWAYS "\"audience\":\"members\",\"gateway\":\"main\",\"message\":{\"sms\":{}}"

static bool read(struct campaign_body *b, const char *json, enum campaign_body_need need)
{
    *b = (struct campaign_body){0};
    json_t *root = json_loads(json, 0, NULL);
    assert_non_null(root);
    return campaign_body_read(b, root, need);
}

static void test_a_whole_campaign_is_read(void **state)
{
    (void)state;
    struct campaign_body b;
    assert_true(read(&b,
                     "{" ALWAYS
                     ",\"name\":\"Thursday\",\"lane\":\"reminder\",\"hours\":\"09:00-20:00\","
                     "\"start\":\"2026-11-26T09:00:00Z\",\"deadline\":\"2026-11-26T18:00:00Z\","
                     "\"pace_by\":\"answers\",\"answer_within_minutes\":5}",
                     CAMPAIGN_WHOLE));
    assert_true(slice_is(b.campaign.name, "Thursday"));
    assert_true(slice_is(b.audience, "members"));
    assert_int_equal(b.campaign.lane, LANE_REMINDER);
    assert_int_equal(b.campaign.deadline_ms - b.campaign.start_ms, 9 * 3600 * 1000);
    assert_int_equal(b.campaign.answer_ms, 5 * 60000);
    assert_int_equal(b.campaign.within_ms, 5 * 60000);
    assert_false(b.hours_unsaid);
    assert_string_equal(b.message, "{\"sms\":{}}");
    campaign_body_done(&b);
}

/* What is needed depends on what it is for. */
static void test_what_is_needed(void **state)
{
    (void)state;
    struct campaign_body b;
    assert_false(read(&b, "{" ALWAYS "}", CAMPAIGN_WHOLE));
    assert_string_equal(b.from.e.text, "'name' is missing");
    campaign_body_done(&b);
    assert_true(read(&b, "{" ALWAYS "}", CAMPAIGN_DRAFT));
    campaign_body_done(&b);
    assert_true(read(&b, "{\"deadline\":null}", CAMPAIGN_CHANGE));
    assert_true(body_says(&b.from, "deadline"));
    assert_false(body_says(&b.from, "hours"));
    assert_null(b.message);
    campaign_body_done(&b);
}

/* Every row refuses a value that it cannot read, and names its key: so none is forgotten. */
static void test_each_row_reads_its_key(void **state)
{
    (void)state;
    static const char *const keys[] = {CAMPAIGN_BODY_KEYS};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct campaign_body b;
        char json[128], pointer[64];
        (void)snprintf(json, sizeof json, "{\"%s\":[false]}", keys[i]);
        (void)snprintf(pointer, sizeof pointer, "#/%s", keys[i]);
        assert_false(read(&b, json, CAMPAIGN_CHANGE));
        const json_t *first = json_array_get(b.from.errors, 0);
        assert_string_equal(json_string_value(json_object_get(first, "pointer")), pointer);
        campaign_body_done(&b);
    }
}

static void test_what_is_wrong_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *json, *said;
    } wrong[] = {
        {"{\"lane\":\"reply\"}", "'lane' is blast or reminder"},
        {"{\"name\":\"two\\nlines\"}", "'name' must be one line"},
        {"{\"name\":\" \"}", "'name' is empty"},
        {"{\"budget\":\"0 GBP\"}", "'budget' is an amount above 0"},
        {"{\"hours\":\"25:00-26:00\"}", "'hours': "},
        {"{\"pace_by\":\"mood\"}", "'pace_by' is \"answers\", or left out"},
        {"{\"pause_failed_percent\":101}",
         "'pause_failed_percent' must be a whole number from 1 to 100"},
        {"{\"pace_by\":\"answers\",\"answer_within_minutes\":0}",
         "'answer_within_minutes' must be a whole number from 1 to 1440"},
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct campaign_body b;
        assert_false(read(&b, wrong[i].json, CAMPAIGN_CHANGE));
        assert_memory_equal(b.from.e.text, wrong[i].said, strlen(wrong[i].said));
        campaign_body_done(&b);
    }
}

/* ---- the list ---- */

static const char *const senders[] = {"+447700900001", "+447700900002"};
static const struct account list[] = {
    {.name = "main", .channel = "sms", .senders = senders, .sender_count = COUNT_OF(senders)}};
static const struct accounts accounts = {list, COUNT_OF(list)};

static void test_a_list_is_taken_when_it_is_frozen(void **state)
{
    (void)state;
    struct campaign_body b;
    struct err e;
    struct audience_info info = {.id = 7,
                                 .name = SLICE_LIT("members"),
                                 .group = SLICE_LIT("leeds"),
                                 .total = 300,
                                 .blocks = 2};
    assert_true(read(&b, "{" ALWAYS ",\"name\":\"x\"}", CAMPAIGN_WHOLE));
    assert_true(campaign_body_account(&b, &accounts));
    assert_int_equal(campaign_body_take(&b, &info, NULL, "09:00-20:00", NULL, &e), ERR_CONFLICT);
    info.frozen_ms = 1;
    assert_int_equal(campaign_body_take(&b, &info, NULL, "09:00-20:00", "news", &e), 0);
    assert_int_equal(b.campaign.audience, 7);
    assert_int_equal(b.campaign.people, 300);
    assert_true(slice_is(b.campaign.group, "leeds"));
    assert_true(slice_is(b.campaign.hours, "09:00-20:00"));
    assert_true(b.hours_unsaid && !b.hours.any);
    campaign_body_done(&b);
}

/* All of them are told as none: then the account may have others later. */
static void test_what_it_leaves_from(void **state)
{
    (void)state;
    static const struct {
        const char *said;
        int result;
        const char *sender;
    } cases[] = {
        {"", 0, ""},
        {",\"sender\":\"+447700900002\"", 0, "+447700900002"},
        {",\"sender\":\"+447700900003\"", ERR_INVALID, ""},
    };
    const struct audience_info info = {.id = 7, .frozen_ms = 1, .blocks = 2};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct campaign_body b;
        struct err e;
        char json[256];
        (void)snprintf(json, sizeof json, "{" ALWAYS ",\"name\":\"x\"%s}", cases[i].said);
        assert_true(read(&b, json, CAMPAIGN_WHOLE));
        assert_true(campaign_body_account(&b, &accounts));
        assert_int_equal(campaign_body_take(&b, &info, NULL, "any", NULL, &e), cases[i].result);
        assert_true(slice_is(b.campaign.sender, cases[i].sender));
        campaign_body_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_whole_campaign_is_read),
        cmocka_unit_test(test_what_is_needed),
        cmocka_unit_test(test_each_row_reads_its_key),
        cmocka_unit_test(test_what_is_wrong_is_said),
        cmocka_unit_test(test_a_list_is_taken_when_it_is_frozen),
        cmocka_unit_test(test_what_it_leaves_from),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
