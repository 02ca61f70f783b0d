/* How the day goes, as the API tells it and as the page shows it: whose campaigns, which alarms, who is there. */
#include "api_world.h"

#include "core/json.h"
#include "core/law.h"
#include "flow/day_clerk.h"
#include "store/call.h"
#include "store/cascade.h"
#include "store/day_record.h"
#include "store/forecast.h"
#include "store/money.h"
#include "store/place.h"
#include "store/pledge.h"
#include "store/there.h"

#include <string.h>

#define DAY "/api/v1/day"
#define CAMPAIGN(name, list)                                                                       \
    "{\"name\":\"" name "\",\"audience\":\"" list "\",\"gateway\":\"main\",\"message\":{\"sms\":"  \
    "{\"en\":{\"text\":\"Hi, Example Movement. STOP to end\"}}}}"

#define PLANNED                                                                                    \
    "{\"name\":\"planned "                                                                         \
    "%d\",\"audience\":\"members\",\"gateway\":\"main\",\"start\":\"2026-12-%02dT18:00:00Z\","     \
    "\"message\":{\"sms\":{\"en\":{"                                                               \
    "\"text\":\"Hi, Example Movement. STOP to end\"}}}}"

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
    json_array_foreach(json_object_get(day, "alarms"), i,
                       one) if (strcmp(text_at(one, "what"), what) == 0) return one;
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

/* A campaign of the list that waits for a time so many days from now. */
static void plan(int i)
{
    json_int_t id =
        number_at(ask(201, "POST", "/api/v1/campaigns", world_text(PLANNED, i, 28 - i % 20)), "id");
    bool done = false;
    struct call *c = call_command(world.store, "HSET"); /* its ledger is made */
    call_key(c, "c:%u", (unsigned)id);
    call_pair(c, "status", slice_of(campaign_status_to_string(CAMPAIGN_SCHEDULED)));
    call_run(c, call_read_done, on_done, &done);
    turn_until_done(&done);
}

/* What runs is told of first, and of what is planned the soonest; the rest is counted. */
static void test_many_that_are_planned(void **state)
{
    (void)state;
    enum { MANY = 30, SHOWN = 24 };
    launch_two();
    for (int i = 0; i < MANY; i++)
        plan(i);
    json_t *day = day_of(ORGANISER);
    const json_t *campaigns = json_object_get(day, "campaigns"),
                 *more = json_object_get(day, "more"), *sum = json_object_get(day, "sum");
    assert_int_equal(json_array_size(campaigns), SHOWN);
    assert_string_equal(text_at(json_array_get(campaigns, 0), "status"), "running");
    assert_string_equal(text_at(json_array_get(campaigns, 1), "status"), "running");
    assert_int_equal(number_at(more, "not_over"), MANY + 2 - SHOWN);
    assert_true(json_is_false(json_object_get(more, "at_least")));
    assert_int_equal(number_at(sum, "campaigns"), MANY + 2);
    assert_int_equal(number_at(sum, "total"), MANY * 10 + 30);
    assert_int_equal(ask_status(ORGANISER, "GET", "/day", NULL), 200);
    assert_non_null(strstr(answer_text(), "And 8 more"));
    assert_non_null(strstr(answer_text(), "All together: 330 people"));
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

/* ---- who comes ---- */

static void on_pledged(void *arg, int result, const struct pledge_done *d, const struct err *e)
{
    if (result) fail_msg("%s", e->text);
    assert_false(d->again);
    *(bool *)arg = true;
}

static void pledge(uint32_t session, uint64_t person)
{
    bool done = false;
    pledge_make(world.store,
                &(struct pledge_ask){.session = session, .person = person, .way = PLEDGE_BY_PAGE},
                WORLD_NOW_MS, on_pledged, &done);
    turn_until_done(&done);
}

/* Two hours ahead, for two; the third waits. Another place is of Leeds. */
static uint32_t three_pledge(void)
{
    uint32_t ours = make_place(false, json_pack("{s:s,s:s,s:i,s:i,s:s}", "name", "Harbour East",
                                                "group", "main", "lat", 5380000, "lon", -155000,
                                                "priority", "marginal"));
    int64_t start_ms = WORLD_NOW_MS + INT64_C(2) * 3600 * 1000;
    uint32_t session =
        make_place(true, json_pack("{s:I,s:I,s:I,s:i}", "place", (json_int_t)ours, "start",
                                   (json_int_t)start_ms, "end",
                                   (json_int_t)(start_ms + 3600 * 1000), "capacity", 2));
    for (uint64_t i = 0; i < 3; i++)
        pledge(session, 447700900001 + i);
    return ours;
}

static void test_who_comes(void **state)
{
    (void)state;
    uint32_t place = three_pledge();
    json_t *pledges = json_object_get(day_of(ORGANISER), "pledges");
    while (json_array_size(json_object_get(pledges, "at")) == 0) { /* its copy of places is late */
        loop_turn(world.loop, 100000);
        pledges = json_object_get(day_of(ORGANISER), "pledges");
    }
    assert_int_equal(number_at(pledges, "coming"), 2);
    assert_int_equal(number_at(pledges, "waiting"), 1);
    const json_t *one = json_array_get(json_object_get(pledges, "at"), 0);
    assert_int_equal(number_at(one, "place"), place);
    assert_string_equal(text_at(one, "start"), "2026-11-26T20:00:00Z");
    assert_int_equal(number_at(one, "coming"), 2);
    assert_int_equal(ask_status(ORGANISER, "GET", "/day", NULL), 200);
    assert_non_null(
        strstr(answer_text(), "<td>Harbour East</td><td data-label=\"From\">20:00</td>"));
    pledges = json_object_get(day_of(ORGANISER_OF_LEEDS), "pledges");
    assert_int_equal(number_at(pledges, "coming"), 0);
    assert_true(json_is_null(json_object_get(pledges, "last_minute")));
}

/* ---- minute by minute ---- */

#define MINUTE_MS INT64_C(60000)
static int64_t clock_ms; /* of the clerk */

static int64_t our_clock(void)
{
    return clock_ms;
}

static bool always(void *arg)
{
    (void)arg;
    return true;
}

static struct day_clerk *new_clerk(void)
{
    return day_clerk_new(&(struct day_clerk_config){.loop = world.loop,
                                                    .store = world.store,
                                                    .inbox = world.inbox,
                                                    .leads = always,
                                                    .now_ms = our_clock});
}

static json_t *record_at(int64_t at_ms)
{
    char path[128];
    json_t *iso = json_time(at_ms);
    (void)snprintf(path, sizeof path, "/api/v1/day/record?minutes=1&from=%s",
                   json_string_value(iso));
    json_decref(iso);
    return ask(200, "GET", path, NULL);
}

static bool is_known(const json_t *record)
{
    return json_is_integer(json_array_get(json_object_get(record, "texted"), 0));
}

/* A look at the end of that minute; its row, once it stands. */
static json_t *look(struct day_clerk *d, int64_t minute_ms)
{
    json_t *record;
    clock_ms = minute_ms + MINUTE_MS;
    day_clerk_look(d);
    while (!is_known(record = record_at(minute_ms)))
        loop_turn(world.loop, 1000);
    return record;
}

static json_int_t first(const json_t *record, const char *column)
{
    return json_integer_value(json_array_get(json_object_get(record, column), 0));
}

/* n people of a campaign have been texted since its ledger was made, replies of them wrote back. */
static void set_texted(uint32_t id, uint64_t n, uint64_t replies)
{
    bool done = false;
    struct call *c = call_command(world.store, "HSET");
    call_key(c, "c:%u", id);
    call_pair_u64(c, "n2", n);
    call_pair_u64(c, "replies", replies);
    call_run(c, call_read_done, on_done, &done);
    turn_until_done(&done);
}

static void test_a_minute_is_written_down(void **state)
{
    (void)state;
    struct day_clerk *d = new_clerk();
    launch_two();
    (void)three_pledge();
    set_texted(1, 4, 1);
    const json_t *record = look(d, WORLD_NOW_MS);
    assert_int_equal(first(record, "texted"), 0); /* nobody knows what was before */
    assert_int_equal(first(record, "pledges"), 3);
    set_texted(1, 9, 3);
    set_texted(2, 5, 0);
    (void)make_conversation("main", "447700900001", "Maja");
    see("Nina", WORLD_NOW_MS + MINUTE_MS);
    record = look(d, WORLD_NOW_MS + MINUTE_MS);
    assert_int_equal(first(record, "texted"), 10);
    assert_int_equal(first(record, "pledges"), 0);
    assert_int_equal(first(record, "replies"), 2);
    assert_int_equal(first(record, "waiting"), 1);
    assert_int_equal(first(record, "there"), 1);
    move(1, MOVE_CANCEL, "Olive"); /* what ended is counted to its end */
    set_texted(1, 10, 3);
    move(2, MOVE_BLOCK, "main");
    record = look(d, WORLD_NOW_MS + 2 * MINUTE_MS);
    assert_int_equal(first(record, "texted"), 1);
    const json_t *alarms = json_array_get(json_object_get(record, "alarms"), 0);
    assert_string_equal(json_string_value(json_array_get(alarms, 0)), "campaign_blocked");
    day_clerk_free(d);
}

static bool alarms_of(const json_t *record, const char *what)
{
    size_t i;
    const json_t *one, *alarms = json_array_get(json_object_get(record, "alarms"), 0);
    json_array_foreach(alarms, i, one) if (slice_is(json_slice(one), what)) return true;
    return false;
}

/* As /day counts: a group may say that people are answered sooner. */
static void test_who_waits_too_long_by_their_group(void **state)
{
    (void)state;
    int64_t minute_ms = WORLD_NOW_MS + 5 * MINUTE_MS;
    struct day_clerk *d = new_clerk();
    (void)make_conversation("main", "447700900001", "Maja");
    assert_false(alarms_of(look(d, minute_ms), "inbox_overdue"));
    (void)ask(200, "POST", "/api/v1/groups/main", "{\"answer_within_minutes\":5}");
    assert_true(alarms_of(look(d, minute_ms + MINUTE_MS), "inbox_overdue"));
    day_clerk_free(d);
}

static void on_opened(void *arg, int result, uint32_t mine)
{
    assert_int_equal(result, 0);
    assert_true(mine > 0);
    ++*(int *)arg;
}

static void test_opens_of_a_minute(void **state)
{
    (void)state;
    int opened = 0;
    bool done = false;
    struct cascades *k = cascades_new(world.loop, world.store);
    struct day_clerk *d = day_clerk_new(&(struct day_clerk_config){.loop = world.loop,
                                                                   .store = world.store,
                                                                   .cascades = k,
                                                                   .inbox = world.inbox,
                                                                   .leads = always,
                                                                   .now_ms = our_clock});
    launch_two();
    cascades_put(k, &(struct cascade){.campaign = 1, .group = "main", .title = "Come", .text = "x"},
                 deed_of(SLICE_LIT("Olive"), WORLD_NOW_MS), on_done, &done);
    turn_until_done(&done);
    while (!cascades_find(k, 1))
        loop_turn(world.loop, 100000);
    assert_int_equal(first(look(d, WORLD_NOW_MS), "opens"), 0);
    for (int i = 0; i < 3; i++)
        cascades_open(k, 1, CASCADE_ROOT, WORLD_NOW_MS, on_opened, &opened);
    while (opened < 3)
        loop_turn(world.loop, 100000);
    assert_int_equal(first(look(d, WORLD_NOW_MS + MINUTE_MS), "opens"), 3);
    assert_int_equal(first(look(d, WORLD_NOW_MS + 2 * MINUTE_MS), "opens"), 0);
    day_clerk_free(d);
    cascades_free(k);
}

/* A row is where its minute is, across midnight of UTC, and no other. */
static void test_rows_of_two_days(void **state)
{
    (void)state;
    const int64_t midnight_ms = INT64_C(1795737600000); /* 2026-11-27T00:00:00Z */
    for (int i = -2; i < 2; i += 3) {                   /* 23:58 and 00:01 */
        struct day_minute m = {.alarms = 1, .n = {[DAY_TEXTED] = (uint32_t)(100 + i)}};
        bool done = false;
        day_record_write(world.store, midnight_ms + i * MINUTE_MS + 31000, &m, on_done, &done);
        turn_until_done(&done);
    }
    json_t *record =
        ask(200, "GET", "/api/v1/day/record?minutes=5&from=2026-11-26T23:57:30Z", NULL);
    assert_string_equal(text_at(record, "from"), "2026-11-26T23:57:00Z");
    const json_t *texted = json_object_get(record, "texted");
    static const json_int_t expected[] = {-1, 98, -1, -1, 101};
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        const json_t *one = json_array_get(texted, i);
        assert_int_equal(json_is_integer(one) ? json_integer_value(one) : -1, expected[i]);
    }
    (void)ask(400, "GET", "/api/v1/day/record?minutes=1501", NULL);
    (void)ask(400, "GET", "/api/v1/day/record?minutes=0", NULL);
    (void)ask(400, "GET", "/api/v1/day/record?from=yesterday", NULL);
    (void)ask_as(ORGANISER_OF_LEEDS, 403, "GET", "/api/v1/day/record", NULL);
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
    expect_shown("“ours” was stopped by the provider: it went wrong");
    expect_shown("Pause everything");
    expect_shown("All together: 30 people");
    expect_shown("<a href=\"/campaigns/2\">theirs</a>");
    assert_null(strstr(answer_text(), "All is well"));
    assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", "/day", NULL), 200);
    expect_shown("All is well.");
    assert_null(strstr(answer_text(), "All together"));
}

/* The polls of today, as muster.yaml has them. */
static int set_up_polling_day(void **state)
{
    static const struct law_organisation law = {.election = {.country = "GB",
                                                             .zone = "Europe/London",
                                                             .date = {2026, 11, 26},
                                                             .opens_min = 7 * 60,
                                                             .closes_min = 22 * 60}};
    world.law = &law;
    return world_set_up(state);
}

static void foretell(uint32_t id, int64_t done_ms)
{
    const struct campaign_eta eta = {.early_ms = done_ms, .likely_ms = done_ms, .late_ms = done_ms};
    campaign_note_eta(world.store, id, &eta, &(struct campaign_purse){0}, WORLD_NOW_MS);
}

static void test_all_is_held_against_the_close_of_poll(void **state)
{
    (void)state;
    launch_two();
    foretell(1, WORLD_NOW_MS + 239 * MINUTE_MS);
    foretell(2, WORLD_NOW_MS + 241 * MINUTE_MS);
    assert_string_equal(text_at(day_of(ORGANISER), "polls_close"), "2026-11-26T22:00:00Z");
    assert_int_equal(ask_status(ORGANISER, "GET", "/day", NULL), 200);
    expect_shown("Polls close at 22:00: in 4 h");
    const char *late = strstr(answer_text(), "Some would be texted after the polls close.");
    const char *theirs = strstr(answer_text(), ">theirs</a>");
    assert_non_null(late);
    assert_true(theirs && theirs < late);
    assert_null(strstr(late + 1, "Some would be texted after")); /* ours is done before */
}

static void test_the_page_that_looks_back(void **state)
{
    (void)state;
    struct day_clerk *d = new_clerk();
    launch_two();
    (void)look(d, WORLD_NOW_MS - 3 * MINUTE_MS);
    set_texted(1, 1234, 0);
    (void)look(d, WORLD_NOW_MS - 2 * MINUTE_MS);
    day_clerk_free(d);
    assert_int_equal(ask_status(ORGANISER, "GET", "/day/record", NULL), 200);
    expect_shown("At 17:58");
    expect_shown("<dt>texted in a minute</dt><dd>1,234</dd>");
    expect_shown("texted in a minute: at most 1,234");
    expect_shown("/day/record?date=2026-11-25");
    assert_int_equal(ask_status(ORGANISER, "GET", "/day", NULL), 200);
    expect_shown("The last hour");
    expect_shown("texted in a minute: at most 1,234");
    assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", "/day", NULL), 200);
    assert_null(strstr(answer_text(), "The last hour"));
    assert_int_equal(ask_status(ORGANISER, "GET", "/day/record?date=2026-11-26&at=17:57", NULL),
                     200);
    expect_shown("<dt>texted in a minute</dt><dd>0</dd>");
    assert_int_equal(ask_status(ORGANISER, "GET", "/day/record?date=2026-11-25", NULL), 200);
    expect_shown("Nothing is known of that day");
    assert_int_equal(ask_status(ORGANISER, "GET", "/day/record?date=2026-13-41", NULL), 404);
    assert_int_equal(ask_status(ORGANISER_OF_LEEDS, "GET", "/day/record", NULL), 303);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_each_sees_their_own),
        TEST(test_many_that_are_planned),
        TEST(test_what_is_over_stays_for_a_day),
        TEST(test_alarms),
        TEST(test_a_pause_is_no_alarm),
        TEST(test_who_is_there),
        TEST(test_who_comes),
        TEST(test_the_page),
        cmocka_unit_test_setup_teardown(test_all_is_held_against_the_close_of_poll,
                                        set_up_polling_day, world_tear_down),
        TEST(test_a_minute_is_written_down),
        TEST(test_who_waits_too_long_by_their_group),
        TEST(test_rows_of_two_days),
        TEST(test_opens_of_a_minute),
        TEST(test_the_page_that_looks_back),
    };
    return world_run("day", tests, COUNT_OF(tests));
}
