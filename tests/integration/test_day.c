/* How the day goes, as the API tells it and as the page shows it: whose campaigns, which alarms, who is there. */
#include "api_world.h"

#include "store/call.h"
#include "store/there.h"

#include <string.h>

#define DAY "/api/v1/day"
#define CAMPAIGN(name, list)                                                                       \
    "{\"name\":\"" name "\",\"audience\":\"" list "\",\"gateway\":\"main\",\"message\":{\"sms\":"  \
    "{\"en\":{\"text\":\"Hi, Example Movement. STOP to end\"}}}}"

static void on_done(void *arg, int result, const struct err *e)
{
    (void)e;
    assert_int_equal(result, 0);
    *(bool *)arg = true;
}

/* As the release role and the watchman move one: nobody asks web. */
static void move(uint32_t id, enum campaign_move how, const char *who)
{
    bool done = false;
    campaign_move(world.store, id, how, WORLD_NOW_MS, slice_of(who), SLICE_LIT("it went wrong"),
                  on_done, &done);
    turn_until_done(&done);
}

/* Another web would see it within DAY_FRESH_MS; this one at once, when it was asked to change something. */
static json_t *day_of(const char *token)
{
    (void)ask(200, "POST", "/api/v1/campaigns/pause-all", "{\"group\":\"nobody\"}");
    return ask_as(token, 200, "GET", DAY, NULL);
}

static void launch_two(void)
{
    int main_list = (int)make_audience("members", 10);
    int leeds_list = (int)make_audience_in("leeds", "leeds members", 20);
    (void)ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("ours", "members"));
    (void)ask(201, "POST", "/api/v1/campaigns", CAMPAIGN("theirs", "leeds members"));
    start_campaign(1, (uint32_t)main_list);
    start_campaign(2, (uint32_t)leeds_list);
}

static const json_t *alarm_of(const json_t *day, const char *what)
{
    size_t i;
    const json_t *one;
    json_array_foreach(json_object_get(day, "alarms"), i, one)
        if (strcmp(text_at(one, "what"), what) == 0) return one;
    return NULL;
}

static void test_each_sees_their_own(void **state)
{
    (void)state;
    launch_two();
    json_t *day = day_of(ORGANISER);
    assert_int_equal(json_array_size(json_object_get(day, "campaigns")), 2);
    assert_int_equal(json_array_size(json_object_get(day, "gateways")), 2);
    assert_int_equal(json_array_size(json_object_get(day, "alarms")), 0);
    day = day_of(ORGANISER_OF_LEEDS);
    const json_t *campaigns = json_object_get(day, "campaigns");
    assert_int_equal(json_array_size(campaigns), 1);
    assert_string_equal(text_at(json_array_get(campaigns, 0), "name"), "theirs");
    (void)ask_as(VOLUNTEER, 403, "GET", DAY, NULL);
}

static void test_what_is_over_stays_for_a_day(void **state)
{
    (void)state;
    launch_two();
    move(1, MOVE_CANCEL, "Olive");
    json_t *day = day_of(ORGANISER);
    assert_int_equal(json_array_size(json_object_get(day, "campaigns")), 2);
    bool done = false;
    struct call *c = call_command(world.store, "HSET");
    call_key(c, "c:1");
    call_pair_u64(c, "launched_ms", WORLD_NOW_MS - INT64_C(25) * 3600 * 1000);
    call_run(c, call_read_done, on_done, &done);
    turn_until_done(&done);
    day = day_of(ORGANISER);
    assert_int_equal(json_array_size(json_object_get(day, "campaigns")), 1);
}

static void test_alarms(void **state)
{
    (void)state;
    launch_two();
    move(1, MOVE_BLOCK, "main");
    move(2, MOVE_PAUSE, "system:brake");
    (void)make_conversation("main", "447700900001", "Maja");
    json_t *day = day_of(ORGANISER);
    const json_t *first = json_array_get(json_object_get(day, "alarms"), 0);
    assert_string_equal(text_at(first, "what"), "campaign_blocked");
    assert_int_equal(number_at(first, "campaign"), 1);
    assert_string_equal(text_at(first, "name"), "ours");
    const json_t *stopped = alarm_of(day, "campaign_stopped");
    assert_string_equal(text_at(stopped, "why"), "it went wrong");
    assert_true(json_is_true(json_object_get(stopped, "bad")));
    assert_non_null(alarm_of(day, "nobody_there"));
    assert_int_equal(number_at(json_object_get(day, "inbox"), "waiting"), 1);
    day = day_of(ORGANISER_OF_LEEDS);
    assert_null(alarm_of(day, "campaign_blocked"));
    assert_null(alarm_of(day, "nobody_there"));
    assert_non_null(alarm_of(day, "campaign_stopped"));
}

/* A person who pauses a campaign is no alarm. */
static void test_a_pause_is_no_alarm(void **state)
{
    (void)state;
    launch_two();
    (void)ask(200, "POST", "/api/v1/campaigns/pause-all", NULL);
    json_t *day = ask(200, "GET", DAY, NULL);
    const json_t *one = json_array_get(json_object_get(day, "campaigns"), 0);
    assert_string_equal(text_at(one, "status"), "paused");
    assert_int_equal(json_array_size(json_object_get(day, "alarms")), 0);
}

/* ---- who is there ---- */

static void see(const char *name, int64_t at_ms)
{
    size_t i;
    const json_t *one;
    struct there *t = there_new(world.loop, world.store);
    json_array_foreach(json_object_get(ask(200, "GET", "/api/v1/people", NULL), "people"), i, one)
    {
        char id[32];
        (void)snprintf(id, sizeof id, "%lld", (long long)number_at(one, "id"));
        if (strcmp(text_at(one, "name"), name) == 0) there_see(t, slice_of(id), at_ms);
    }
    there_write(t);
    there_free(t);
}

static void test_who_is_there(void **state)
{
    (void)state;
    see("Nobody", WORLD_NOW_MS);
    see("Nina", WORLD_NOW_MS - THERE_MS - 1000);
    json_t *people = json_object_get(day_of(ORGANISER), "people");
    assert_int_equal(number_at(people, "there"), 0); /* Nina was here, and is not */
    see("Nina", WORLD_NOW_MS - 1000);
    see("Vic", WORLD_NOW_MS - THERE_MS / 2);
    see("Lee", WORLD_NOW_MS);
    people = json_object_get(day_of(ORGANISER), "people");
    assert_int_equal(number_at(people, "there"), 3);
    assert_int_equal(number_at(people, "volunteers"), 2);
    people = json_object_get(day_of(ORGANISER_OF_LEEDS), "people");
    assert_int_equal(number_at(people, "there"), 2);
    assert_int_equal(number_at(people, "volunteers"), 1);
}

/* ---- the page ---- */

static void expect_shown(const char *part)
{
    if (!strstr(answer_text(), part)) fail_msg("'%s' is not on the page:\n%s", part, answer_text());
}

static void test_the_page(void **state)
{
    (void)state;
    launch_two();
    move(1, MOVE_BLOCK, "main");
    (void)day_of(ORGANISER);
    assert_int_equal(ask_status(ORGANISER, "GET", "/day", NULL), 200);
    expect_shown("ours was stopped by the provider: it went wrong");
    expect_shown("Pause everything");
    expect_shown("All together: 30 people");
    expect_shown("<a href=\"/campaigns/2\">theirs</a>");
    assert_null(strstr(answer_text(), "All is well"));
    assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", "/day", NULL), 200);
    expect_shown("All is well.");
    assert_null(strstr(answer_text(), "All together"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_each_sees_their_own), TEST(test_what_is_over_stays_for_a_day), TEST(test_alarms),
        TEST(test_a_pause_is_no_alarm), TEST(test_who_is_there),                 TEST(test_the_page),
    };
    if (!world_start()) {
        puts("1..0 # SKIP no redis-server on the PATH");
        return 0;
    }
    int failed = cmocka_run_group_tests_name("day", tests, NULL, NULL);
    world_end();
    return failed;
}
