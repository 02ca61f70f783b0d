/* Who texts a postcode is answered by itself, where that is on: through the webhook's story and a real Redis. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/keywords.h"
#include "flow/auto_answer.h"
#include "flow/inbound.h"
#include "inbox_actor.h"
#include "flow/zone_book.h"
#include "place_group.h"
#include "store/inbox_auto.h"

#define NOW_MS INT64_C(1780000000000) /* Thu 28 May 2026, 20:26 UTC */
#define PERSON "+447700900123"
enum { LEASE_MS = 300000, DAY_MS = 86400000 };

static struct queue *queue;
static struct outbox *outbox;
static struct keywords *words;
static struct zone_book *zones;
static struct place_book *places;
static struct gazetteer *gazetteer;
static struct nearest *nearest;
static struct template *template;
static struct session_words session_words;
static struct auto_answer *auto_answer;
static struct inbound *inbound;
static int64_t at_ms; /* what the clock says */
static const struct inbox_actor volunteer = {.name = {"Vic", 3}, .groups = {true, NULL, 0}};

static int64_t now_ms(void)
{
    return at_ms;
}

static struct {
    bool done;
    int result, published;
    long long number;
    char text[NEAR_TEXT_BYTES], last_kind[16], state[16];
    size_t messages;
    uint32_t unread;
    int64_t waiting_ms;
    uint64_t fence;
} got;

static void answered(int result)
{
    assert_false(got.done);
    got.done = true;
    got.result = result;
}

static int wait_answer(void)
{
    while (!got.done)
        loop_turn(loop, -1);
    got.done = false;
    return got.result;
}

static void on_inbound(void *arg, int result, enum inbound_verdict verdict, const struct err *e)
{
    (void)arg, (void)verdict, (void)e;
    answered(result);
}

static void on_command(void *arg, const struct redisReply *reply)
{
    (void)arg;
    got.number = redis_int(reply, -1);
    answered(0);
}

#define BY_HAND(...)                                                                               \
    do {                                                                                           \
        redis_commandf(redis, on_command, NULL, __VA_ARGS__);                                      \
        assert_int_equal(wait_answer(), 0);                                                        \
    } while (0)

static void on_message(void *arg, int result, const struct direct_message *m, const struct err *e)
{
    (void)arg, (void)e;
    if (m) {
        assert_int_equal(m->kind, DIRECT_REPLY);
        (void)snprintf(got.text, sizeof got.text, "%.*s", SLICE_ARG(m->text));
    }
    answered(result);
}

static void on_thread(void *arg, int result, const struct inbox_thread *t, const struct err *e)
{
    (void)arg, (void)e;
    if (t) {
        const struct inbox_message *last = &t->messages[t->count - 1];
        got.messages = t->count;
        got.unread = t->conversation.unread;
        got.waiting_ms = t->conversation.waiting_ms;
        assert_false(t->conversation.closed);
        (void)snprintf(got.last_kind, sizeof got.last_kind, "%.*s", SLICE_ARG(last->kind));
    }
    answered(result);
}

static void on_claim(void *arg, int result, const struct inbox_claim *c, const struct err *e)
{
    (void)arg, (void)c, (void)e;
    answered(result);
}

static void on_queue_message(void *arg, struct queue_message *m)
{
    (void)arg;
    assert_int_equal(m->lane, LANE_REPLY);
    got.published++;
    queue_ack(queue, m, NULL, NULL);
}

/* ---- somebody writes ---- */

static struct inbound_event event_of(const char *id, const char *text)
{
    return (struct inbound_event){.kind = INBOUND_MESSAGE,
                                  .event_id = slice_of(id),
                                  .from = SLICE_LIT(PERSON),
                                  .to = SLICE_LIT("+447700900000"),
                                  .text = slice_of(text),
                                  .at_ms = at_ms};
}

static int receive_event(const struct inbound_event *event)
{
    static const struct inbound_door door = {
        .gateway = {"example", 7}, .group = {"main", 4}, .country = "GB"};
    inbound_receive(inbound, &door, event, at_ms, on_inbound, NULL);
    return wait_answer();
}

static void write_text(const char *id, const char *text)
{
    const struct inbound_event event = event_of(id, text);
    assert_int_equal(receive_event(&event), 0);
}

/* How many messages of ours there are. */
static void expect_answers(int n)
{
    BY_HAND("HLEN %sdm:%d", prefix, n);
    assert_int_equal(got.number, 0);
    BY_HAND("EXISTS %sdm:%d", prefix, n - 1);
    assert_int_equal(got.number, n > 0);
}

static const char *text_of(uint32_t index)
{
    direct_load(store, index, on_message, NULL);
    assert_int_equal(wait_answer(), 0);
    return got.text;
}

static void read_thread(void)
{
    inbox_read(inbox, 1, AT(&volunteer, at_ms), 100, on_thread, NULL);
    assert_int_equal(wait_answer(), 0);
}

/* ---- what is done ---- */

static void test_a_postcode_is_answered_and_still_waits(void **state)
{
    (void)state;
    write_text("e1", "m14 5ta");
    expect_answers(1);
    static const char begin[] =
        "Near M14 5TA: Bolton, Thu 28 May 22:26 (20 km, 20 of 20 places left, needs you most). "
        "Coming? Reply YES or https://muster.example/near/";
    assert_memory_equal(text_of(0), begin, sizeof begin - 1);
    assert_true(slice_ends(slice_of(got.text), " (Automatic answer)"));
    while (got.published < 1)
        loop_turn(loop, -1);
    read_thread();
    assert_int_equal(got.messages, 2);
    assert_string_equal(got.last_kind, "auto");
    assert_int_equal(got.unread, 1);
    assert_int_equal(got.waiting_ms, NOW_MS);
}

static void test_a_place_from_a_map(void **state)
{
    (void)state;
    struct inbound_event event = event_of("e1", "");
    event.note = SLICE_LIT("Place: The library, 53.45, -2.22");
    assert_int_equal(receive_event(&event), 0);
    expect_answers(1);
    assert_memory_equal(text_of(0), "Near you: Bolton", 16);
}

static void test_what_waits_for_a_person(void **state)
{
    (void)state;
    static const char *const texts[] = {"STOP", "M14 5TA?", "Where is M14 5TA", "Leeds", "yes",
                                        "M14",  "sw1a1aa",  "M14 5TZ" /* not known */};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        char id[8];
        (void)snprintf(id, sizeof id, "e%zu", i);
        BY_HAND("DEL %ss:all", prefix);
        write_text(id, texts[i]);
    }
    struct inbound_event event = event_of("edit", "m14 5ta");
    event.kind = INBOUND_EDIT;
    assert_int_equal(receive_event(&event), 0);
    event = event_of("chat", "m14 5ta");
    event.chat = SLICE_LIT("a chat");
    assert_int_equal(receive_event(&event), 0);
    event = event_of("nobody", "m14 5ta"); /* a robot's name: nothing can be sent there */
    event.from = SLICE_LIT("60777");
    assert_int_equal(receive_event(&event), 0);
    expect_answers(0);
}

static void test_a_message_has_one_answer(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        write_text("e1", "m14 5ta");
    expect_answers(1);
    write_text("e2", "m14 5ta");
    expect_answers(2);
}

/* Killed behind the storing, or with Redis away: the webhook comes again, and is answered then. */
static void test_what_a_crash_left_is_answered(void **state)
{
    (void)state;
    struct auto_answer *was = auto_answer;
    inbound_free(inbound);
    const struct inbound_config off = {.inbox = inbox,
                                       .store = store,
                                       .outbox = outbox,
                                       .keywords = words,
                                       .stop_confirmation = "",
                                       .help_answer = ""};
    inbound = inbound_new(&off);
    write_text("e1", "m14 5ta");
    expect_answers(0);
    inbound_free(inbound);
    struct inbound_config on = off;
    on.auto_answer = was;
    inbound = inbound_new(&on);
    write_text("e1", "m14 5ta");
    expect_answers(1);
    write_text("e1", "m14 5ta");
    expect_answers(1);
}

static void test_robots_do_not_write_to_each_other_for_long(void **state)
{
    (void)state;
    char id[8];
    for (int i = 0; i < 2 * INBOX_AUTO_A_DAY; i++) {
        (void)snprintf(id, sizeof id, "e%d", i);
        write_text(id, "m14 5ta");
    }
    expect_answers(INBOX_AUTO_A_DAY);
    at_ms += DAY_MS;
    (void)make_session(1, at_ms);
    place_book_catch_up(places, made_on_done, NULL);
    assert_int_equal(made_wait(), 0);
    write_text("next", "m14 5ta");
    expect_answers(INBOX_AUTO_A_DAY + 1);
}

static void test_who_is_left_alone(void **state)
{
    (void)state;
    static const char *const scopes[] = {"all", "main", "hold"};
    for (size_t i = 0; i < COUNT_OF(scopes); i++) {
        BY_HAND("HSET %ss:%s 447700900123 {}", prefix, scopes[i]);
        write_text(scopes[i], "m14 5ta");
        BY_HAND("DEL %ss:%s", prefix, scopes[i]);
        expect_answers(0);
    }
    inbox_claim(inbox, 1, AT(&volunteer, at_ms), LEASE_MS, on_claim, NULL);
    assert_int_equal(wait_answer(), 0);
    write_text("claimed", "m14 5ta"); /* Vic answers */
    expect_answers(0);
    at_ms += LEASE_MS + 1;
    write_text("free", "m14 5ta");
    expect_answers(1);
    struct inbound_event event =
        event_of("late", "m14 5ta"); /* hours ago, and somebody wrote since */
    BY_HAND("HSET %sconv:1 last_out_ms %lld", prefix, (long long)at_ms);
    event.at_ms = at_ms - 1000;
    assert_int_equal(receive_event(&event), 0);
    expect_answers(1);
}

static void test_of_some_groups(void **state)
{
    (void)state;
    static const char *const leeds[] = {"leeds"};
    BY_HAND("HSET %sconvof:main 447700900123 1", prefix);
    BY_HAND("HSET %sconv:1 group leeds number 447700900123", prefix); /* handed to it */
    auto_answer_free(auto_answer);
    struct auto_answer_config config = {inbox, outbox, nearest, &session_words, leeds, 1};
    auto_answer = auto_answer_new(&config);
    const struct inbound_config on = {.inbox = inbox,
                                      .store = store,
                                      .outbox = outbox,
                                      .keywords = words,
                                      .auto_answer = auto_answer,
                                      .stop_confirmation = "",
                                      .help_answer = ""};
    inbound_free(inbound);
    inbound = inbound_new(&on);
    write_text("e1", "m14 5ta");
    expect_answers(1);
    struct inbound_event event = event_of("e2", "m14 5ta");
    event.from = SLICE_LIT("+447700900124"); /* of main */
    assert_int_equal(receive_event(&event), 0);
    expect_answers(1);
}

/* Who says yes to it comes to the session that it named; after another campaign that is not meant. */
static void test_yes_is_a_pledge(void **state)
{
    (void)state;
    write_text("e1", "m14 5ta");
    BY_HAND("HSET %sconv:1 campaign 9", prefix);
    write_text("e2", "yes");
    BY_HAND("EXISTS %spledge:1", prefix);
    assert_int_equal(got.number, 0);
    BY_HAND("HDEL %sconv:1 campaign", prefix);
    write_text("e3", "Yes please!");
    BY_HAND("EXISTS %spledge:1", prefix);
    assert_int_equal(got.number, 1);
}

static void test_no_redis_is_no_200(void **state)
{
    (void)state;
    redis_fixture_kill(server);
    const struct inbound_event event = event_of("e1", "m14 5ta");
    assert_int_equal(receive_event(&event), ERR_UNREACHABLE);
    redis_fixture_restart(server);
    while (!redis_is_connected(redis))
        loop_turn(loop, -1);
    assert_int_equal(receive_event(&event), 0);
    expect_answers(1);
}

/* ---- the world ---- */

static void make_queue(void)
{
    struct err e;
    const struct redis_config at = {.url = redis_fixture_url(server)};
    const struct queue_config config = {
        .kind = "redis", .consumer = "test", .group = "muster", .redis = &at, .prefix = prefix};
    assert_int_equal(queue_new(loop, &config, on_queue_message, NULL, &queue, &e), 0);
    queue_set_demand(queue, LANE_REPLY, 16);
    while (!queue_is_ready(queue))
        loop_turn(loop, -1);
    outbox = outbox_new(store, queue);
}

static void make_places(void)
{
    uint32_t import = import_begin("GB");
    assert_int_equal(import_code(import, "M145TA", 5345000, -222000), 0);
    assert_int_equal(import_code(import, "SW1A1AA", 5150101, -14159), 0);
    assert_int_equal(import_town(import, "Leeds", "West Yorkshire", 5380000, -155000), 0);
    assert_int_equal(import_end(import, at_ms), 0);
    (void)make_session(make_place("Bolton", "marginal", 5358000, -243000, at_ms), at_ms);
    places = place_book_new(loop, store, now_ms);
    place_book_catch_up(places, made_on_done, NULL);
    assert_int_equal(made_wait(), 0);
}

static void make_answer(void)
{
    gazetteer = gazetteer_new(store, "GB", now_ms);
    const struct nearest_config config = {
        .book = places,
        .gazetteer = gazetteer,
        .rules = {.reach_m = 40000, .days = 14, .least_min = 30, .texts_per_place = 1},
        .now_ms = now_ms};
    nearest = nearest_new(&config);
    template = near_text_compile(NEAR_TEXT_USUAL);
    zones = zone_book_new();
    session_words = (struct session_words){.places = places,
                                           .nearest = nearest,
                                           .gazetteer = gazetteer,
                                           .zones = zones,
                                           .country = "GB",
                                           .public_url = "https://muster.example",
                                           .link_key = (const uint8_t *)"0123456789abcdef",
                                           .answer = template};
    const struct auto_answer_config answer = {inbox, outbox, nearest, &session_words, NULL, 0};
    auto_answer = auto_answer_new(&answer);
}

static int set_up(void **state)
{
    (void)state;
    memset(&got, 0, sizeof got);
    at_ms = NOW_MS;
    group_begin();
    make_queue();
    make_places();
    make_answer();
    words = keywords_new();
    inbound = inbound_new(&(struct inbound_config){.inbox = inbox,
                                                   .store = store,
                                                   .outbox = outbox,
                                                   .keywords = words,
                                                   .auto_answer = auto_answer,
                                                   .stop_confirmation = "",
                                                   .help_answer = ""});
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    while (redis_pending(redis) > 0)
        loop_turn(loop, 1000);
    queue_free(queue);
    inbound_free(inbound);
    auto_answer_free(auto_answer);
    keywords_free(words);
    template_free(template);
    nearest_free(nearest);
    gazetteer_free(gazetteer);
    place_book_free(places);
    zone_book_free(zones);
    outbox_free(outbox);
    group_end();
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_postcode_is_answered_and_still_waits),
        TEST(test_a_place_from_a_map),
        TEST(test_what_waits_for_a_person),
        TEST(test_a_message_has_one_answer),
        TEST(test_what_a_crash_left_is_answered),
        TEST(test_robots_do_not_write_to_each_other_for_long),
        TEST(test_who_is_left_alone),
        TEST(test_of_some_groups),
        TEST(test_yes_is_a_pledge),
        TEST(test_no_redis_is_no_200),
    };
    return redis_group_run("auto_answer", tests, COUNT_OF(tests));
}
