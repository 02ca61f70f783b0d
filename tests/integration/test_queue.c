/* The queue's conformance suite: the same tests for every implementation.
 *
 *     test_queue redis | mock | kafka BROKER_SCRIPT
 *
 * That nothing more comes is never waited for: a marker that was published later comes instead, or
 * the depth says that the rest is still there. */
#include "queue_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "io/redis.h"
#include "store/queue/kafka.h"

#include <stdio.h>
#include <stdlib.h>

enum { MARKER = GOT_MAX - 1 };

static struct world *world;
static struct published *published;

static int begin(void **state)
{
    *state = world;
    world_next(world);
    published = xcalloc(1, sizeof *published);
    return 0;
}

static int end(void **state)
{
    (void)state;
    free(published);
    return 0;
}

/* The next message that comes is the marker: nothing else was left. */
static void expect_only_marker(struct client *c, enum lane lane)
{
    size_t before = c->got_n;
    publish_all(c, lane, MARKER, MARKER + 1, published);
    queue_set_demand(c->queue, lane, 1);
    wait_until(c->world, c->got_n > before);
    assert_int_equal(message_number(c->held[c->held_n - 1]), MARKER);
}

static void publish_deliver_ack(void **state)
{
    struct world *w = *state;
    struct client *c = client_new(w, "a", LEASE_MS);
    publish_all(c, LANE_REPLY, 1, 2, published);
    queue_set_demand(c->queue, LANE_REPLY, 5);
    wait_until(w, c->got_n == 1);
    assert_int_equal(c->held[0]->lane, LANE_REPLY);
    assert_int_equal(message_number(c->held[0]), 1);
    if (!world_is_kafka(w)) assert_false(c->held[0]->again);
    client_ack_all(c);
    wait_until(w, c->acked == 1);
    client_free(c);

    c = client_new(w, "a", LEASE_MS);
    expect_only_marker(c, LANE_REPLY);
    client_free(c);
}

static void demand_is_a_number_that_deliveries_use_up(void **state)
{
    struct world *w = *state;
    struct client *c = client_new(w, "a", LEASE_MS);
    publish_all(c, LANE_BLAST, 0, 10, published);
    queue_set_demand(c->queue, LANE_BLAST, 3);
    wait_until(w, c->got_n == 3 && queue_depth(c->queue, LANE_BLAST) == 7);
    queue_set_demand(c->queue, LANE_BLAST, 2);
    wait_until(w, c->got_n == 5 && queue_depth(c->queue, LANE_BLAST) == 5);
    queue_set_demand(c->queue, LANE_BLAST, 100);
    wait_until(w, c->got_n == 10 && queue_depth(c->queue, LANE_BLAST) == 0);
    publish_all(c, LANE_BLAST, 10, 12, published);
    wait_until(w, c->got_n == 12);
    for (int n = 0; n < 12; n++)
        assert_int_equal(c->seen[n], 1);
    client_free(c);
}

/* Lowered while a read that asked for more is under way: what comes too much goes back. */
static void demand_can_be_lowered(void **state)
{
    struct world *w = *state;
    struct client *c = client_new(w, "a", LEASE_MS);
    queue_set_demand(c->queue, LANE_BLAST, 100);
    publish_all(c, LANE_BLAST, 0, 1, published);
    wait_until(w, c->got_n == 1); /* now it waits for 99 more */
    queue_set_demand(c->queue, LANE_BLAST, 0);
    publish_all(c, LANE_BLAST, 1, 11, published);
    wait_until(w, queue_depth(c->queue, LANE_BLAST) == 10);
    assert_int_equal(c->got_n, 1);
    queue_set_demand(c->queue, LANE_BLAST, 10);
    wait_until(w, c->got_n == 11);
    for (int n = 0; n < 11; n++)
        assert_int_equal(c->seen[n], 1);
    client_free(c);
}

static void lanes_are_independent(void **state)
{
    struct world *w = *state;
    struct client *c = client_new(w, "a", LEASE_MS);
    for (enum lane lane = 0; lane < LANE_COUNT; lane++)
        publish_all(c, lane, (int)lane * 10, (int)lane * 10 + 4, published);
    queue_set_demand(c->queue, LANE_REMINDER, 10);
    wait_until(w, c->got_n == 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(c->held[i]->lane, LANE_REMINDER);
    queue_set_demand(c->queue, LANE_BLAST, 1);
    wait_until(w, c->got_n == 5);
    assert_int_equal(c->held[4]->lane, LANE_BLAST);
    queue_set_demand(c->queue, LANE_REPLY, 10);
    wait_until(w, c->got_n == 9);
    for (size_t i = 5; i < 9; i++)
        assert_int_equal(c->held[i]->lane, LANE_REPLY);
    client_free(c);
}

static void the_same_name_gets_its_own_back(void **state)
{
    struct world *w = *state;
    struct client *c = client_new(w, "a", SHORT_LEASE_MS);
    publish_all(c, LANE_BLAST, 0, 3, published);
    queue_set_demand(c->queue, LANE_BLAST, 10);
    wait_until(w, c->got_n == 3);
    for (size_t i = 0; i < 3; i++)
        if (message_number(c->held[i]) == 0) client_ack(c, i);
    wait_until(w, c->acked == 1);
    client_free(c);

    c = client_new(w, "a", SHORT_LEASE_MS);
    queue_set_demand(c->queue, LANE_BLAST, 2);
    wait_until(w, c->got_n == 2);
    assert_int_equal(c->seen[1], 1);
    assert_int_equal(c->seen[2], 1);
    assert_true(c->held[0]->again && c->held[1]->again);
    client_ack_all(c);
    wait_until(w, c->acked == 2);
    expect_only_marker(c, LANE_BLAST);
    client_free(c);
}

static void another_name_gets_them_after_the_lease(void **state)
{
    struct world *w = *state;
    struct client *a = client_new(w, "a", SHORT_LEASE_MS);
    publish_all(a, LANE_BLAST, 0, 5, published);
    queue_set_demand(a->queue, LANE_BLAST, 2);
    wait_until(w, a->got_n == 2);
    client_free(a);

    struct client *b = client_new(w, "b", SHORT_LEASE_MS);
    queue_set_demand(b->queue, LANE_BLAST, 100);
    wait_until(w, b->got_n == 5);
    for (int n = 0; n < 5; n++)
        assert_int_equal(b->seen[n], 1);
    client_ack_all(b);
    wait_until(w, b->acked == 5);
    expect_only_marker(b, LANE_BLAST);
    client_free(b);
}

static void given_back_comes_again(void **state)
{
    struct world *w = *state;
    struct client *c = client_new(w, "a", LEASE_MS);
    publish_all(c, LANE_REPLY, 4, 5, published);
    queue_set_demand(c->queue, LANE_REPLY, 1);
    wait_until(w, c->got_n == 1);
    queue_give_back(c->queue, c->held[--c->held_n]);
    queue_set_demand(c->queue, LANE_REPLY, 1);
    wait_until(w, c->got_n == 2);
    assert_int_equal(c->seen[4], 2);
    assert_true(c->held[0]->again);
    client_ack_all(c);
    wait_until(w, c->acked == 1);
    client_free(c);

    c = client_new(w, "a", LEASE_MS);
    expect_only_marker(c, LANE_REPLY);
    client_free(c);
}

static void acks_come_in_any_order(void **state)
{
    static const size_t order[] = {4, 2, 3, 1, 0};
    struct world *w = *state;
    struct client *c = client_new(w, "a", LEASE_MS);
    publish_all(c, LANE_BLAST, 0, 5, published);
    queue_set_demand(c->queue, LANE_BLAST, 5);
    wait_until(w, c->got_n == 5);
    for (size_t i = 0; i < 5; i++)
        client_ack(c, order[i]);
    wait_until(w, c->acked == 5);
    client_free(c);

    c = client_new(w, "a", LEASE_MS);
    expect_only_marker(c, LANE_BLAST);
    client_free(c);
}

/* Kafka's client is told of one commit at a time: the others are sent while the queue ends. */
static void who_leaves_commits_what_was_acked(void **state)
{
    struct world *w = *state;
    struct client *c = client_new(w, "a", LEASE_MS);
    publish_all(c, LANE_BLAST, 0, 5, published);
    queue_set_demand(c->queue, LANE_BLAST, 5);
    wait_until(w, c->got_n == 5);
    client_ack_all(c);
    client_free(c);

    c = client_new(w, "a", LEASE_MS);
    expect_only_marker(c, LANE_BLAST);
    client_free(c);
}

static void ten_thousand_each_once(void **state)
{
    enum { MESSAGES = 10000, AT_ONCE = 500 };
    struct world *w = *state;
    struct client *c = client_new(w, "a", LEASE_MS);
    c->acks_at_once = true;
    for (enum lane lane = 0; lane < LANE_COUNT; lane++)
        queue_set_demand(c->queue, lane, 20);
    for (int n = 0; n < MESSAGES; n++) {
        publish(c, (enum lane)(n % LANE_COUNT), n, published);
        if (n % AT_ONCE == 0) wait_until(w, published->stored + published->failed > n - AT_ONCE);
    }
    wait_until(w, c->acked == MESSAGES);
    assert_int_equal(published->stored, MESSAGES);
    for (int n = 0; n < MESSAGES; n++)
        if (c->seen[n] != 1) fail_msg("message %d came %d times", n, c->seen[n]);
    client_free(c);
}

/* Also: what is held stays held, and an ack that could not be told is told later. */
static void a_killed_server_loses_nothing_it_took(void **state)
{
    enum { MESSAGES = 400, HELD = 5 };
    struct world *w = *state;
    struct client *c = client_new(w, "a", OUTAGE_LEASE_MS);
    publish_all(c, LANE_REPLY, 0, HELD, published);
    queue_set_demand(c->queue, LANE_BLAST, 1); /* Kafka: joins for both lanes at once */
    queue_set_demand(c->queue, LANE_BLAST, 0);
    queue_set_demand(c->queue, LANE_REPLY, HELD);
    wait_until(w, c->got_n == HELD);

    for (int n = 1000; n < 1000 + MESSAGES; n++)
        publish(c, LANE_BLAST, n, published);
    wait_until(w, published->stored > HELD);
    world_kill(w);
    client_ack_all(c);
    publish(c, LANE_BLAST, 2000, published);
    wait_until(w, published->stored + published->failed == HELD + MESSAGES + 1);
    assert_true(published->failed > 0);
    assert_false(published->is_stored[2000]);
    world_restart(w);

    wait_until(w, queue_is_ready(c->queue));
    wait_until(w, c->acked == HELD);
    queue_set_demand(c->queue, LANE_BLAST, MESSAGES * 2);
    for (int n = 1000; n < 1000 + MESSAGES; n++)
        if (published->is_stored[n]) wait_until(w, c->seen[n] > 0);
    for (int n = 0; n < HELD; n++)
        assert_int_equal(c->seen[n], 1);
    client_free(c);
}

static void an_ack_without_an_answer_is_not_a_good_one(void **state)
{
    struct world *w = *state;
    struct client *c = client_new(w, "a", OUTAGE_LEASE_MS);
    publish_all(c, LANE_REPLY, 0, 1, published);
    queue_set_demand(c->queue, LANE_REPLY, 1);
    wait_until(w, c->got_n == 1);
    world_kill(w);
    wait_until(w, !queue_is_ready(c->queue));
    client_ack_all(c);
    queue_free(c->queue);
    assert_int_equal(c->acked, 0);
    assert_int_equal(c->unacked, 1);
    free(c);
    world_restart(w);
}

/* ---- Redis only ---- */

static void redis_do(struct world *w, size_t argc, const struct slice *argv)
{
    struct redis *r;
    struct err e = {0};
    struct redis_config config = {.url = redis_fixture_url(w->redis)};
    assert_int_equal(redis_new(w->loop, &config, &r, &e), 0);
    if (redis_wait(r, NULL, NULL, &e, argc, argv) < 0) fail_msg("%s", e.text);
    redis_free(r);
}

static void a_sign_of_life_keeps_a_message(void **state)
{
    struct world *w = *state;
    struct client *a = client_new(w, "a", SHORT_LEASE_MS);
    struct client *b = client_new(w, "b", SHORT_LEASE_MS);
    publish_all(a, LANE_BLAST, 0, 2, published);
    queue_set_demand(a->queue, LANE_BLAST, 2);
    wait_until(w, a->got_n == 2);
    queue_set_demand(b->queue, LANE_BLAST, 10);
    int64_t three_leases_us = clock_mono_us() + 3LL * SHORT_LEASE_MS * 1000;
    wait_until(w, clock_mono_us() > three_leases_us);
    assert_int_equal(b->got_n, 0);
    client_ack_all(a);
    wait_until(w, a->acked == 2);
    client_free(a);
    client_free(b);
}

static void a_lost_group_is_made_again(void **state)
{
    struct world *w = *state;
    struct client *c = client_new(w, "a", LEASE_MS);
    queue_set_demand(c->queue, LANE_BLAST, 10);
    struct slice flush[] = {SLICE_LIT("FLUSHALL")};
    redis_do(w, 1, flush);
    publish_all(c, LANE_BLAST, 0, 3, published);
    wait_until(w, c->got_n == 3);
    client_free(c);
}

static void a_trimmed_message_is_forgotten(void **state)
{
    struct world *w = *state;
    struct client *c = client_new(w, "a", LEASE_MS);
    publish_all(c, LANE_BLAST, 0, 3, published);
    queue_set_demand(c->queue, LANE_BLAST, 3);
    wait_until(w, c->got_n == 3);
    client_free(c);
    char key[64];
    (void)snprintf(key, sizeof key, "%sq:blast", w->prefix);
    struct slice trim[] = {SLICE_LIT("XTRIM"), slice_of(key), SLICE_LIT("MAXLEN"), SLICE_LIT("1")};
    redis_do(w, COUNT_OF(trim), trim);

    c = client_new(w, "a", LEASE_MS);
    queue_set_demand(c->queue, LANE_BLAST, 3);
    wait_until(w, c->got_n == 1);
    assert_int_equal(c->seen[2], 1);
    client_ack_all(c);
    expect_only_marker(c, LANE_BLAST);
    client_free(c);
}

/* A stranger's entry: the dispatcher gets an empty value and decides. */
static void a_strange_entry_has_no_value(void **state)
{
    struct world *w = *state;
    struct client *c = client_new(w, "a", LEASE_MS);
    char key[64];
    (void)snprintf(key, sizeof key, "%sq:reply", w->prefix);
    struct slice add[] = {SLICE_LIT("XADD"), slice_of(key), SLICE_LIT("*"), SLICE_LIT("x"),
                          SLICE_LIT("1")};
    redis_do(w, COUNT_OF(add), add);
    queue_set_demand(c->queue, LANE_REPLY, 1);
    wait_until(w, c->got_n == 1);
    assert_int_equal(c->held[0]->value.n, 0);
    client_ack_all(c);
    wait_until(w, c->acked == 1);
    client_free(c);
}

static void two_dispatchers_share_ten_thousand(void **state)
{
    enum { MESSAGES = 10000 };
    struct world *w = *state;
    struct client *a = client_new(w, "a", LEASE_MS), *b = client_new(w, "b", LEASE_MS);
    a->acks_at_once = b->acks_at_once = true;
    queue_set_demand(a->queue, LANE_BLAST, 20);
    queue_set_demand(b->queue, LANE_BLAST, 20);
    publish_all(a, LANE_BLAST, 0, MESSAGES, published);
    wait_until(w, a->acked + b->acked == MESSAGES);
    for (int n = 0; n < MESSAGES; n++)
        assert_int_equal(a->seen[n] + b->seen[n], 1);
    assert_true(a->got_n > 0 && b->got_n > 0);
    client_free(a);
    client_free(b);
}

/* ---- Kafka only ---- */

/* b joins and gets one of a's two partitions, with the messages that a holds from it. The first
 * message is stored before the others come: until then librdkafka may have only one partition at
 * hand, and that would get them all. */
static void a_partition_that_moves_takes_its_messages_along(void **state)
{
    enum { MESSAGES = 40 };
    struct world *w = *state;
    struct client *a = client_new(w, "a", LEASE_MS);
    publish_all(a, LANE_BLAST, 0, 1, published);
    publish_all(a, LANE_BLAST, 1, MESSAGES, published);
    queue_set_demand(a->queue, LANE_BLAST, MESSAGES);
    wait_until(w, a->got_n == MESSAGES);

    struct client *b = client_new(w, "b", LEASE_MS);
    queue_set_demand(b->queue, LANE_BLAST, MESSAGES);
    wait_until(w, b->got_n > 0);
    client_ack_all(a);
    wait_until(w, a->acked + a->refused == MESSAGES);
    assert_true(a->acked > 0 && a->refused > 0);
    wait_until(w, b->got_n == (size_t)a->refused);
    for (size_t i = 0; i < b->held_n; i++)
        assert_true(b->held[i]->again);
    client_ack_all(b);
    wait_until(w, b->acked == a->refused);
    client_free(a);
    client_free(b);
}

static struct client *holds_one(struct world *w)
{
    struct client *a = client_new(w, "a", LEASE_MS);
    queue_set_demand(a->queue, LANE_BLAST, 10);
    publish_all(a, LANE_BLAST, 0, 1, published);
    wait_until(w, a->got_n == 1);
    return a;
}

/* It is in the group again: what it held comes once more, and what it knew of it counts no more. */
static void expect_anew(struct client *a)
{
    wait_until(a->world, a->seen[0] == 2);
    publish_all(a, LANE_BLAST, 1, 2, published);
    wait_until(a->world, a->seen[1] == 1);
    client_ack_all(a);
    wait_until(a->world, a->acked == 2 && a->refused == 1);
    client_free(a);
}

static struct kafka_queue *inside(const struct client *c)
{
    return (struct kafka_queue *)c->queue;
}

static bool has_parts(const struct client *c)
{
    return kafka_queue_has_parts(inside(c));
}

static const struct kafka_group_state *group_of(const struct client *c)
{
    return &inside(c)->health.view.group;
}

/* Somebody of the same name joins, as its own former self does whose answer was lost: the place is
 * theirs. (The mock knows no static members.) */
static void a_place_that_was_given_away_is_taken_anew(void **state)
{
    struct world *w = *state;
    if (w->kind == WORLD_MOCK) return;
    struct client *a = holds_one(w), *other = client_new(w, "a", LEASE_MS);
    queue_set_demand(other->queue, LANE_BLAST, 10);
    wait_until(w, other->got_n == 1);
    client_free(other);
    expect_anew(a);
}

/* A dispatcher reads what is published under `before`, and starts again under `after`: then it reads what is published there, and
 * nothing of what it had before. */
struct place_on_queue {
    const char *prefix, *group;
};
static void start_again_elsewhere(struct world *w, int session_ms, struct place_on_queue before,
                                  struct place_on_queue after)
{
    struct client *a = client_new_in(w, "a", session_ms, before.prefix, before.group);
    queue_set_demand(a->queue, LANE_BLAST, 10);
    publish_all(a, LANE_BLAST, 0, 1, published);
    wait_until(w, a->got_n == 1);
    client_free(a);
    a = client_new_in(w, "a", session_ms, after.prefix, after.group);
    queue_set_demand(a->queue, LANE_BLAST, 10);
    publish_all(a, LANE_BLAST, 1, 2, published);
    wait_until(w, a->seen[1] == 1);
    assert_int_equal(a->seen[0], 0);
    client_ack_all(a);
    wait_until(w, a->acked == 1);
    client_free(a);
}

/* What a start with another topic_prefix does: the old group is not asked, so nothing of it comes,
 * and the new topics are read at once. */
static void another_prefix_is_another_group(void **state)
{
    struct world *w = *state;
    if (w->kind == WORLD_MOCK) return;
    char other[64];
    (void)snprintf(other, sizeof other, "%sother.", w->prefix);
    start_again_elsewhere(w, LEASE_MS, (struct place_on_queue){w->prefix, "muster"},
                          (struct place_on_queue){other, "muster"});
}

/* A group's name is a prefix and a word; two that differ in both may still make the same one. Kafka
 * then gives the member of that name what it had before: topics of which we know nothing.
 * They are not read; it joins anew once the group has forgotten it, and gets its own. */
static void a_strange_topic_is_left_alone(void **state)
{
    enum { SESSION_MS = 3000 };
    struct world *w = *state;
    if (w->kind == WORLD_MOCK) return;
    char longer[64];
    (void)snprintf(longer, sizeof longer, "%sx", w->prefix);
    start_again_elsewhere(w, SESSION_MS, (struct place_on_queue){w->prefix, "xy"},
                          (struct place_on_queue){longer, "y"});
}

/* Whoever gives the partitions out may have asked a broker that did not know a topic yet: then they are
 * nobody's, in a group that is content, and a name that comes back gets again the nothing that it had.
 * Here that name had nothing because two others took what there was. */
static void a_place_with_nothing_in_it_is_given_up(void **state)
{
    enum { SESSION_MS = 3000, OTHERS = PARTITIONS };
    struct world *w = *state;
    if (w->kind == WORLD_MOCK) return;
    char longer[64];
    (void)snprintf(longer, sizeof longer, "%sx", w->prefix);
    struct client *others[OTHERS];
    for (int i = 0; i < OTHERS; i++) {
        others[i] = client_new_in(w, i ? "b" : "c", LEASE_MS, w->prefix, "xy");
        queue_set_demand(others[i]->queue, LANE_BLAST, 1);
        wait_until(w, queue_is_ready(others[i]->queue) && has_parts(others[i]));
    }
    struct client *a = client_new_in(w, "a", SESSION_MS, w->prefix, "xy");
    queue_set_demand(a->queue, LANE_BLAST, 1);
    wait_until(w, group_of(a)->told && group_of(a)->members == OTHERS + 1);
    assert_false(has_parts(a));
    client_free(a);

    a = client_new_in(w, "a", SESSION_MS, longer, "y");
    queue_set_demand(a->queue, LANE_BLAST, 1);
    publish_all(a, LANE_BLAST, 0, 1, published);
    wait_until(w, a->seen[0] == 1);
    client_free(a);
    for (int i = 0; i < OTHERS; i++)
        client_free(others[i]);
}

#define queue_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

#define COMMON_TESTS                                                                               \
    queue_test(publish_deliver_ack), queue_test(demand_is_a_number_that_deliveries_use_up),        \
        queue_test(demand_can_be_lowered), queue_test(lanes_are_independent),                      \
        queue_test(the_same_name_gets_its_own_back),                                               \
        queue_test(another_name_gets_them_after_the_lease), queue_test(given_back_comes_again),    \
        queue_test(acks_come_in_any_order), queue_test(ten_thousand_each_once),                    \
        queue_test(a_killed_server_loses_nothing_it_took),                                         \
        queue_test(an_ack_without_an_answer_is_not_a_good_one)

static int run(void)
{
    const struct CMUnitTest redis_tests[] = {
        COMMON_TESTS,
        queue_test(a_sign_of_life_keeps_a_message),
        queue_test(a_lost_group_is_made_again),
        queue_test(a_trimmed_message_is_forgotten),
        queue_test(a_strange_entry_has_no_value),
        queue_test(two_dispatchers_share_ten_thousand),
    };
    const struct CMUnitTest kafka_tests[] = {
        COMMON_TESTS,
        queue_test(who_leaves_commits_what_was_acked),
        queue_test(a_partition_that_moves_takes_its_messages_along),
        queue_test(a_place_that_was_given_away_is_taken_anew),
        queue_test(a_place_with_nothing_in_it_is_given_up),
        queue_test(another_prefix_is_another_group),
        queue_test(a_strange_topic_is_left_alone),
    };
    return world_is_kafka(world) ? cmocka_run_group_tests(kafka_tests, NULL, NULL)
                                 : cmocka_run_group_tests(redis_tests, NULL, NULL);
}

int main(int argc, char **argv)
{
    struct slice kind = slice_of(argc > 1 ? argv[1] : "redis");
    if (slice_is(kind, "redis"))
        world = world_new(WORLD_REDIS, NULL);
    else if (slice_is(kind, "mock"))
        world = world_new(WORLD_MOCK, NULL);
    else
        world = world_new(WORLD_KAFKA, argc > 2 ? argv[2] : "tests/kafka/broker");
    if (!world) {
        printf("1..0 # SKIP no server for the queue kind %s on this machine\n",
               argc > 1 ? argv[1] : "redis");
        return 0;
    }
    int failed = run();
    world_free(world);
    return failed;
}
