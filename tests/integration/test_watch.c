/* What an organiser asks of a campaign that runs: how fast, how long still, and everybody as a file. */
#include "api_world.h"

#include "flow/account.h"
#include "flow/forecaster.h"
#include "flow/speedometer.h"
#include "store/call.h"
#include "store/release.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CAMPAIGN                                                                                   \
    "{\"name\":\"a\",\"audience\":\"members\",\"gateway\":\"main\",\"message\":{\"sms\":{\"en\":"  \
    "{\"text\":\"Hi {{first_name}}, STOP to end\"}}}}"
#define PEOPLE 600
#define TITLES                                                                                     \
    "number,state,reason,reply,replied_at,last_words,tags,by,opted_out_at,parts,price,text_"       \
    "version,"                                                                                     \
    "first_name,town\r\n"

static void launch(void)
{
    int audience = (int)make_audience("members", PEOPLE);
    (void)ask(201, "POST", "/api/v1/campaigns", CAMPAIGN);
    start_campaign(1, (uint32_t)audience);
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)e;
    assert_int_equal(result, 0);
    *(bool *)arg = true;
}

static void set_text(const char *field, const char *text)
{
    bool done = false;
    struct call *c = call_command(world.store, "HSET");
    call_key(c, "c:1");
    call_pair(c, field, slice_of(text));
    call_run(c, call_read_done, on_done, &done);
    turn_until_done(&done);
}

static void set(const char *field, uint64_t n)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, n);
    set_text(field, text);
}

/* ---- how fast ---- */

static int64_t clock_ms;

static int64_t our_clock(void)
{
    return clock_ms;
}

static bool always(void *arg)
{
    (void)arg;
    return true;
}

static struct speedometer *speedometer(void)
{
    clock_ms = WORLD_NOW_MS - 10000;
    const struct speedometer_config config = {
        .loop = world.loop, .store = world.store, .leads = always, .now_ms = our_clock};
    return speedometer_new(&config);
}

static void on_pong(void *arg, int result, const struct campaign *c, const struct err *e)
{
    (void)c, (void)e;
    assert_int_equal(result, 0);
    *(bool *)arg = true;
}

/* Looks, and waits until it has noted what it saw: it asks twice and then notes, and replies come in
 * the order of the questions. */
static void look(struct speedometer *s)
{
    speedometer_look(s);
    for (int i = 0; i < 3; i++) {
        bool done = false;
        campaign_load(world.store, 1, on_pong, &done);
        turn_until_done(&done);
    }
}

static void settle(uint64_t n)
{
    set("n0", PEOPLE - n);
    set("n4", n);
}

/* rate, left: < 0 = null */
static void expect_speed(double rate, int left)
{
    const json_t *status = ask(200, "GET", "/api/v1/campaigns/1", NULL);
    const json_t *r = json_object_get(status, "rate_per_s"), *l = json_object_get(status, "left_s");
    assert_true(r && l);
    assert_true(json_is_null(r) == (rate < 0));
    assert_true(json_is_null(l) == (left < 0));
    if (rate >= 0) assert_float_equal(json_number_value(r), rate, 0.001);
    if (left >= 0) assert_int_equal(json_integer_value(l), left);
}

static void test_the_rate_and_the_time_left(void **state)
{
    (void)state;
    launch();
    struct speedometer *s = speedometer();
    expect_speed(-1, -1);
    look(s);
    expect_speed(-1, -1); /* one look tells nothing of how fast it goes */
    clock_ms += 2500;
    settle(100);
    look(s);
    expect_speed(40, 13); /* 500 are left: 12.5 s */
    clock_ms += 2500;
    look(s);
    expect_speed(20, 25);
    set("opens_ms", WORLD_NOW_MS + 3600000); /* some wait for their hours */
    expect_speed(20, -1);
    set("opens_ms", 0);
    for (int i = 0; i < 3; i++) {
        clock_ms += 2500;
        look(s);
    }
    expect_speed(0, -1); /* the 100 were more than ten seconds ago */
    speedometer_free(s);
}

static void test_the_rate_begins_anew(void **state)
{
    (void)state;
    launch();
    struct speedometer *s = speedometer();
    settle(100);
    look(s);
    clock_ms += 2500;
    settle(150);
    look(s);
    expect_speed(20, 23);
    (void)ask(200, "POST", "/api/v1/campaigns/1/pause", NULL);
    expect_speed(-1, -1);
    clock_ms += 2500;
    look(s);
    (void)ask(200, "POST", "/api/v1/campaigns/1/resume", NULL);
    settle(50); /* some are sent to again, and are not settled any more */
    clock_ms += 2500;
    look(s);
    clock_ms += 2500;
    settle(60);
    look(s);
    expect_speed(4, 135);
    set("rate_ms", WORLD_NOW_MS - 15000); /* nobody leads */
    expect_speed(-1, -1);
    speedometer_free(s);
}

/* ---- when it will be done ---- */

static const json_t *forecast(void)
{
    return json_object_get(ask(200, "GET", "/api/v1/campaigns/1", NULL), "forecast");
}

static int told; /* events of that word */
static const char *word;

static void read_events(struct call *c, const struct redisReply *reply)
{
    told = 0;
    for (size_t i = 0; i < redis_count(reply); i++) {
        const struct redisReply *fields = redis_at(redis_at(reply, i), 1);
        for (size_t k = 0; k < redis_count(fields); k++)
            told += slice_is(redis_str(redis_at(fields, k)), word);
    }
    call_read_done(c, reply);
}

static void expect_told(const char *what, int n)
{
    bool done = false;
    word = what;
    struct call *c = call_command(world.store, "XRANGE");
    call_key(c, "events");
    call_str(c, "-");
    call_str(c, "+");
    call_run(c, read_events, on_done, &done);
    turn_until_done(&done);
    assert_int_equal(told, n);
}

/* A leader that looks at one gateway of 20 messages a second, ten seconds ago at first. */
static struct speedometer *foretell(int64_t canary_wait_ms, struct forecaster **ret)
{
    static const struct account account = {.name = "main", .rate_per_s = 20, .sender_count = 1};
    static const struct accounts accounts = {&account, 1};
    *ret = forecaster_new(&(struct forecaster_config){
        .store = world.store, .accounts = &accounts, .canary_wait_ms = canary_wait_ms});
    clock_ms = WORLD_NOW_MS - 10000;
    const struct speedometer_config config = {.loop = world.loop,
                                              .store = world.store,
                                              .leads = always,
                                              .forecaster = *ret,
                                              .now_ms = our_clock};
    return speedometer_new(&config);
}

static void test_when_it_will_be_done(void **state)
{
    (void)state;
    launch();
    struct forecaster *f;
    struct speedometer *s = foretell(120000, &f);
    assert_true(json_is_null(forecast())); /* nobody has looked yet */
    look(s);
    /* 600 people, as seen ten seconds ago */
    assert_string_equal(text_at(forecast(), "at"), "2026-11-26T18:00:22Z");
    assert_true(json_is_false(json_object_get(forecast(), "in_danger")));
    set("deadline_ms", WORLD_NOW_MS + 5000);
    clock_ms += 2500;
    look(s);
    assert_true(json_is_true(json_object_get(forecast(), "in_danger")));
    clock_ms += 2500;
    look(s);
    expect_told("late", 1); /* once, when it begins */
    expect_told("in_time", 0);
    set("deadline_ms", WORLD_NOW_MS + 3600000);
    clock_ms += 2500;
    look(s);
    assert_true(json_is_false(json_object_get(forecast(), "in_danger")));
    expect_told("in_time", 1);
    (void)ask(200, "POST", "/api/v1/campaigns/1/pause", NULL);
    assert_true(json_is_null(forecast()));
    speedometer_free(s);
    forecaster_free(f);
}

/* What it costs and may cost, as a launch with prices stores it. */
static void price_it(uint64_t each, uint64_t budget)
{
    bool done = false;
    struct call *c = call_command(world.store, "HSET");
    call_key(c, "c:1:p");
    for (uint64_t block = 0; block < 3; block++)
        call_f(c, "%" PRIu64, block), call_u64(c, each);
    call_run(c, call_read_done, on_done, &done);
    turn_until_done(&done);
    set_text("currency", "GBP");
    set("price", each * PEOPLE);
    set("budget", budget);
}

static void expect_stop(const char *key, const char *at, int after)
{
    const json_t *stop = json_object_get(forecast(), key);
    assert_string_equal(text_at(stop, "at"), at);
    assert_int_equal(json_integer_value(json_object_get(stop, "after")), after);
}

static void test_when_it_will_stand_still(void **state)
{
    (void)state;
    launch();
    struct forecaster *f;
    struct speedometer *s = foretell(60000, &f);
    /* 600 people at 19 a second, and a rule that waits a minute after 95 of them */
    set("canary", 95);
    set_text("canary_then", "rule");
    look(s);
    expect_stop("waits", "2026-11-26T17:59:55Z", 95);
    assert_string_equal(text_at(forecast(), "at"), "2026-11-26T18:01:22Z");
    /* a person who looks may do so at once */
    set_text("canary_then", "look");
    look(s);
    assert_string_equal(text_at(json_object_get(forecast(), "waits"), "for"), "look");
    assert_string_equal(text_at(forecast(), "at"), "2026-11-26T18:00:22Z");
    assert_true(json_is_null(json_object_get(forecast(), "money_ends")));
    /* money for 380, of which a block of 256 goes: the first look reads what is left, the second one tells */
    set("canary", 0);
    price_it(40000, UINT64_C(40000) * 380);
    look(s);
    look(s);
    assert_true(json_is_null(json_object_get(forecast(), "waits")));
    expect_stop("money_ends", "2026-11-26T18:00:03Z", 256);
    assert_string_equal(text_at(json_object_get(forecast(), "money_ends"), "budget"), "campaign");
    (void)ask_status(ORGANISER, "GET", "/campaigns/1", NULL);
    assert_non_null(
        strstr(answer_text(), "The budget of the campaign ends it after about 256 people"));
    /* of whom 200 were texted and paid: 56 more, of 400 */
    set("n0", 400);
    set("n2", 200);
    set("spent", UINT64_C(40000) * 200);
    look(s);
    look(s);
    expect_stop("money_ends", "2026-11-26T17:59:52Z", 256);
    price_it(40000, UINT64_C(40000) * PEOPLE);
    look(s);
    look(s);
    assert_true(json_is_null(json_object_get(forecast(), "money_ends")));
    speedometer_free(s);
    forecaster_free(f);
}

static void test_since_when_an_account_takes_nothing(void **state)
{
    bool done = false;
    (void)state;
    launch();
    json_t *status = ask(200, "GET", "/api/v1/campaigns/1", NULL);
    assert_true(json_is_null(json_object_get(status, "blocked_at")));
    campaign_move(world.store, 1, MOVE_BLOCK, WORLD_NOW_MS, SLICE_LIT("dispatch"),
                  SLICE_LIT("wrong password"), on_done, &done);
    turn_until_done(&done);
    status = ask(200, "GET", "/api/v1/campaigns/1", NULL);
    assert_string_equal(text_at(status, "blocked_at"), "2026-11-26T18:00:00Z");
    assert_string_equal(text_at(status, "status_why"), "wrong password");
    (void)ask(200, "POST", "/api/v1/campaigns/1/resume", NULL);
    status = ask(200, "GET", "/api/v1/campaigns/1", NULL);
    assert_true(json_is_null(json_object_get(status, "blocked_at")));
}

/* ---- what it costs ---- */

/* Block 0 is on its way, nobody of it was texted yet. */
static void set_a_block_aside(uint64_t each)
{
    bool done = false, spent = false;
    struct call *c = call_command(world.store, "ZADD");
    call_key(c, "c:1:o");
    call_u64(c, 1);
    call_u64(c, 0);
    call_run(c, call_read_done, on_done, &done);
    c = call_command(world.store, "HSET");
    call_key(c, "c:1:m");
    call_pair(c, "0", slice_of(world_text("%" PRIu64 " 2026-11", 256 * each)));
    call_run(c, call_read_done, on_done, &spent);
    turn_until_done(&done);
    turn_until_done(&spent);
    set("spent", 256 * each);
}

static void expect_aside(const json_t *campaign)
{
    const json_t *money = json_object_get(campaign, "money");
    assert_string_equal(text_at(money, "spent"), "10.24 GBP");
    assert_string_equal(text_at(money, "set_aside"), "10.24 GBP");
    assert_string_equal(text_at(money, "paid"), "0.00 GBP");
}

static void test_what_is_set_aside_stands_in_each_answer_of_one(void **state)
{
    (void)state;
    launch();
    price_it(40000, UINT64_C(40000) * PEOPLE);
    set_a_block_aside(40000);
    expect_aside(ask(200, "GET", "/api/v1/campaigns/1", NULL));
    expect_aside(ask(200, "POST", "/api/v1/campaigns/1/pause", "{}"));
    expect_aside(ask(200, "POST", "/api/v1/campaigns/1/budget", "{\"budget\":\"30 GBP\"}"));
    expect_aside(ask(200, "POST", "/api/v1/campaigns/1/resume", "{}"));
    expect_aside(json_object_get(ask(200, "GET", "/api/v1/campaigns/1/report", NULL), "campaign"));
    static const char *const many[] = {"/api/v1/campaigns", "/api/v1/day"};
    for (size_t i = 0; i < COUNT_OF(many); i++) {
        const json_t *list = json_object_get(ask(200, "GET", many[i], NULL), "campaigns");
        const json_t *money = json_object_get(json_array_get(list, 0), "money");
        assert_string_equal(text_at(money, "spent"), "10.24 GBP");
        assert_null(json_object_get(money, "set_aside"));
        assert_null(json_object_get(money, "paid"));
    }
}

/* ---- when people wrote back ---- */

static void test_replies_by_the_minute(void **state)
{
    (void)state;
    launch();
    json_t *none = ask(200, "GET", "/api/v1/campaigns/1/minutes", NULL);
    assert_true(json_is_null(json_object_get(none, "from")));
    assert_int_equal(json_array_size(json_object_get(none, "replies")), 0);
    bool done = false;
    struct call *c = call_command(world.store, "HSET");
    call_key(c, "c:1:minutes");
    call_pair_u64(c, "from", WORLD_NOW_MS / 60000);
    call_pair_u64(c, "step", 2);
    call_pair_u64(c, "r0", 3);
    call_pair_u64(c, "s2", 1);
    call_pair_u64(c, "r90", 1); /* is none */
    call_run(c, call_read_done, on_done, &done);
    turn_until_done(&done);
    (void)ask(200, "GET", "/api/v1/campaigns/1/minutes", NULL);
    assert_string_equal(answer_text(), "{\"from\":\"2026-11-26T18:00:00Z\",\"step_minutes\":2,"
                                       "\"replies\":[3,0,0],\"stops\":[0,0,1]}");
    (void)ask_as(ORGANISER_OF_LEEDS, 404, "GET", "/api/v1/campaigns/1/minutes", NULL);
    /* Who opts out wrote, too: on the page one stands in front of the other, and nobody is drawn twice. */
    done = false;
    c = call_command(world.store, "HSET");
    call_key(c, "c:1:minutes");
    call_pair_u64(c, "s0", 2);
    call_run(c, call_read_done, on_done, &done);
    turn_until_done(&done);
    (void)ask_status(ORGANISER, "GET", "/campaigns/1", NULL);
    assert_non_null(strstr(answer_text(), "Replies (3), opt-outs among them (3), since"));
    assert_non_null(strstr(answer_text(), "A bar is 2 min, the highest is 3."));
}

/* ---- everybody, as a file ---- */

static size_t lines(const char *text)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, "\r\n")); at += 2)
        n++;
    return n;
}

static void test_everybody_is_a_row(void **state)
{
    (void)state;
    launch();
    (void)ask(200, "GET", "/api/v1/campaigns/1/report.csv", NULL);
    assert_int_equal(lines(answer_text()), PEOPLE + 1);
    assert_memory_equal(answer_text(), TITLES, sizeof TITLES - 1);
    assert_non_null(strstr(answer_text(), "\r\n+447700900000,pending,,,,,,,,0,0,,"));
    assert_non_null(strstr(answer_text(), "\r\n+447700900599,pending,"));
    (void)ask(200, "GET", "/api/v1/audit", NULL);
    assert_non_null(strstr(answer_text(), "download of the report of campaign 1"));
}

/* Which text somebody got is said of who got one. */
static void test_who_got_no_text_got_no_version_of_it(void **state)
{
    (void)state;
    launch();
    (void)ask(200, "POST", "/api/v1/campaigns/1/cancel", NULL);
    (void)ask(200, "GET", "/api/v1/campaigns/1/people", NULL);
    assert_non_null(strstr(answer_text(), "\"state\":\"cancelled\",\"text_version\":null,"));
    (void)ask(200, "GET", "/api/v1/campaigns/1/report.csv", NULL);
    assert_non_null(strstr(answer_text(), "\r\n+447700900000,cancelled,,,,,,,,0,0,,"));
}

static void test_who_gets_the_file(void **state)
{
    (void)state;
    launch();
    static const struct {
        const char *token;
        int status;
    } rows[] = {{NULL, 401}, {VOLUNTEER, 403}, {ORGANISER_OF_LEEDS, 404}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        (void)ask_as(rows[i].token, rows[i].status, "GET", "/api/v1/campaigns/1/report.csv", NULL);
        assert_null(strstr(answer_text(), "+447700900000"));
    }
    (void)ask(404, "GET", "/api/v1/campaigns/2/report.csv", NULL);
    set("trimmed_ms", WORLD_NOW_MS);
    (void)ask(409, "GET", "/api/v1/campaigns/1/report.csv", NULL);
    expect_error("conflict", "is not kept any more");
    (void)ask(200, "GET", "/api/v1/audit", NULL);
    assert_null(strstr(answer_text(), "download of the report"));
}

static void test_of_a_list_that_is_gone_the_states_are_there(void **state)
{
    (void)state;
    bool retired = false;
    launch();
    (void)ask(200, "POST", "/api/v1/campaigns/1/cancel", NULL);
    (void)ask(200, "GET", "/api/v1/campaigns/1/report.csv", NULL);
    assert_non_null(strstr(answer_text(), "\r\n+447700900000,cancelled,"));
    campaign_retire(world.store, 1, on_done, &retired);
    turn_until_done(&retired);
    (void)ask(200, "DELETE", "/api/v1/audiences/members?reports_too=1", NULL);
    (void)ask(200, "GET", "/api/v1/campaigns/1/report.csv", NULL);
    assert_int_equal(lines(answer_text()), PEOPLE + 1);
    assert_non_null(strstr(answer_text(), "text_version\r\n,cancelled,,"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_set_aside_stands_in_each_answer_of_one),
        TEST(test_who_got_no_text_got_no_version_of_it),
        TEST(test_the_rate_and_the_time_left),
        TEST(test_the_rate_begins_anew),
        TEST(test_when_it_will_be_done),
        TEST(test_when_it_will_stand_still),
        TEST(test_since_when_an_account_takes_nothing),
        TEST(test_replies_by_the_minute),
        TEST(test_everybody_is_a_row),
        TEST(test_who_gets_the_file),
        TEST(test_of_a_list_that_is_gone_the_states_are_there),
    };
    return world_run("watch", tests, COUNT_OF(tests));
}
