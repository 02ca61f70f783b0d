/* Events from a script to those who listen: in order, each once, also for who comes back, and a reset
 * where some may be missing. */
#include "store/events.h"

#include "io/redis.h"
#include "redis_fixture.h"
#include "store/call.h"
#include "store/lua_scripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const struct slice lua_one = {
    .p = "tell(ARGV[1], ARGV[2], ARGV[3], 'leeds', 'claimed', 'Maja')",
    .n = sizeof "tell(ARGV[1], ARGV[2], ARGV[3], 'leeds', 'claimed', 'Maja')" - 1};
static const struct script one = {.name = "tell_one", .parts = {&lua_events, &lua_one}};

static struct redis_fixture *server;
static struct loop *loop;
static struct redis *redis;
static struct store *store;
static struct events *events;
static char prefix[32];
static int test_number;

struct ear {
    struct events_listener *listener;
    int calls, resets, events, last; /* last: the number of the newest thing */
    struct event_id at;
    bool in_order;
    bool ends; /* with the first call */
    char json[256];
};

static void on_news(void *arg, const struct events_news *news)
{
    struct ear *ear = arg;
    ear->calls++;
    ear->resets += news->reset;
    ear->at = news->at;
    for (size_t i = 0; i < news->n; i++) {
        int thing = atoi(news->list[i].thing.p);
        if (ear->events && thing != ear->last + 1) ear->in_order = false;
        ear->last = thing;
        ear->events++;
        (void)snprintf(ear->json, sizeof ear->json, "%.*s", SLICE_ARG(news->list[i].json));
    }
    if (ear->ends) events_unlisten(ear->listener);
}

static void listen_from(struct ear *ear, const struct event_id *since)
{
    *ear = (struct ear){.in_order = true};
    ear->listener = events_listen(events, since, on_news, ear);
}

static void listen_now(struct ear *ear)
{
    listen_from(ear, NULL);
    while (ear->calls == 0)
        loop_turn(loop, 100000);
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)e;
    assert_int_equal(result, 0);
    ++*(int *)arg;
}

static void tell_of(const char *kind, int from, int n)
{
    int done = 0;
    for (int i = from; i < from + n; i++) {
        struct call *c = call_begin(store, &one);
        call_prefix(c);
        call_str(c, kind);
        call_u64(c, (uint64_t)i);
        call_run(c, call_read_done, on_done, &done);
    }
    while (done < n)
        loop_turn(loop, 100000);
}

static void hear(struct ear *ear, int n)
{
    while (ear->events < n)
        loop_turn(loop, 100000);
}

static void do_command(const char *name, const char *word)
{
    int done = 0;
    struct call *c = call_command(store, name);
    if (word) call_key(c, "events");
    if (word && *word) {
        call_str(c, "MAXLEN");
        call_str(c, word);
    }
    call_run(c, call_read_done, on_done, &done);
    while (!done)
        loop_turn(loop, 100000);
}

static void open_store(void)
{
    struct err e = {0};
    const struct redis_config config = {.url = redis_fixture_url(server)};
    assert_int_equal(redis_new(loop, &config, &redis, &e), 0);
    assert_int_equal(redis_wait_connected(redis, &e), 0);
    store = store_new(redis, prefix);
    events = events_new(loop, store, &config);
}

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(prefix, sizeof prefix, "t%d:", ++test_number);
    open_store();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    redis_free(redis);
    events_stop(events);
    events_free(events);
    store_free(store);
    return 0;
}

static void test_all_hear_in_order(void **state)
{
    (void)state;
    struct ear first, second;
    tell_of("conversation", 1, 3); /* before anybody listens */
    listen_now(&first);
    assert_int_equal(first.events, 0);
    listen_now(&second);
    tell_of("conversation", 4, 1200);
    hear(&first, 1200);
    hear(&second, 1200);
    assert_true(first.in_order && second.in_order);
    assert_int_equal(first.last, 1203);
    assert_non_null(strstr(first.json,
                           "\"kind\":\"conversation\",\"id\":\"1203\",\"group\":\"leeds\","
                           "\"what\":\"claimed\",\"by\":\"Maja\",\"at\":\"20"));
    tell_of("of another Muster", 1, 1);
    tell_of("campaign", 1204, 1);
    hear(&first, 1201);
    assert_true(first.in_order);
    assert_int_equal(first.resets, 0);
    /* one may leave while it is told */
    second.ends = true;
    tell_of("campaign", 1205, 1);
    hear(&first, 1202);
    hear(&second, 1202);
    assert_int_equal(events_listeners(events), 1);
    events_unlisten(first.listener);
}

static void test_who_comes_back_hears_what_it_missed(void **state)
{
    (void)state;
    struct ear ear, other;
    listen_now(&other);
    listen_now(&ear);
    tell_of("conversation", 1, 5);
    hear(&ear, 5);
    struct event_id at = ear.at;
    events_unlisten(ear.listener);
    tell_of("conversation", 6, 1100);
    listen_from(&ear, &at);
    ear.last = 5;
    tell_of("conversation", 1106, 300); /* while it catches up */
    hear(&ear, 1400);
    assert_true(ear.in_order);
    assert_int_equal(ear.last, 1405);
    tell_of("conversation", 1406, 1);
    hear(&ear, 1401);
    assert_true(ear.in_order);
    assert_int_equal(ear.resets, 0);
    /* twice as long away as anybody may be */
    at = ear.at;
    events_unlisten(ear.listener);
    tell_of("conversation", 1407, EVENTS_CATCH_UP_MAX + 100);
    listen_from(&ear, &at);
    while (ear.resets == 0)
        loop_turn(loop, 100000);
    tell_of("conversation", 9000, 1);
    while (ear.last != 9000)
        loop_turn(loop, 100000);
    assert_int_equal(ear.resets, 1);
    events_unlisten(ear.listener);
    events_unlisten(other.listener);
}

static void test_what_was_cut_is_a_reset(void **state)
{
    (void)state;
    struct ear ear;
    listen_now(&ear);
    tell_of("conversation", 1, 10);
    hear(&ear, 10);
    struct event_id at = ear.at;
    events_unlisten(ear.listener);
    tell_of("conversation", 11, 10);
    do_command("XTRIM", "5");
    listen_from(&ear, &at);
    while (ear.resets == 0)
        loop_turn(loop, 100000);
    events_unlisten(ear.listener);
    /* an id that was never there */
    listen_from(&ear, &(struct event_id){.ms = 7});
    while (ear.resets == 0)
        loop_turn(loop, 100000);
    events_unlisten(ear.listener);
}

static void restart(bool with_its_data)
{
    struct err e;
    if (!with_its_data) do_command("FLUSHALL", NULL);
    redis_fixture_kill(server);
    while (redis_is_connected(redis))
        loop_turn(loop, 100000);
    redis_fixture_restart(server);
    while (redis_wait_connected(redis, &e) < 0)
        loop_turn(loop, 100000);
}

static void test_a_redis_that_comes_back_goes_on(void **state)
{
    (void)state;
    struct ear ear;
    listen_now(&ear);
    tell_of("conversation", 1, 3);
    hear(&ear, 3);
    restart(true);
    tell_of("conversation", 4, 3);
    hear(&ear, 6);
    assert_true(ear.in_order);
    assert_int_equal(ear.resets, 0);
    restart(false);
    while (ear.resets == 0)
        loop_turn(loop, 100000);
    tell_of("conversation", 7, 3);
    hear(&ear, 9);
    assert_true(ear.in_order);
    assert_int_equal(ear.resets, 1);
    events_unlisten(ear.listener);
}

static void test_ids(void **state)
{
    (void)state;
    struct event_id id;
    char text[EVENTS_ID_BYTES];
    assert_true(event_id_read(SLICE_LIT("1732730000000-12"), &id));
    event_id_write(id, text);
    assert_string_equal(text, "1732730000000-12");
    static const char *const wrong[] = {
        "", "7", "-", "7-", "-7", "a-1", "1-b", "1-2-3", "99999999999999999999-1"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(event_id_read(slice_of(wrong[i]), &id));
}

int main(void)
{
    server = redis_fixture_new();
    if (!server) return 77;
    loop = loop_new();
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids),
        TEST(test_all_hear_in_order),
        TEST(test_who_comes_back_hears_what_it_missed),
        TEST(test_what_was_cut_is_a_reset),
        TEST(test_a_redis_that_comes_back_goes_on),
    };
    int failed = cmocka_run_group_tests_name("events", tests, NULL, NULL);
    loop_free(loop);
    redis_fixture_free(server);
    return failed;
}
