/* Nothing of Kafka is waited for in silence. No broker is needed: there is a port behind which nobody
 * listens, and one behind which somebody listens and says nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "io/kafka_impl.h"
#include "store/queue/kafka.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_S = 20, LATER_S = 60 };

struct scene {
    struct loop *loop;
    struct queue *queue;
    int listener;
    char brokers[32];
};

static void never(void *arg, struct queue_message *m)
{
    (void)arg, (void)m;
    fail();
}

/* A port of our own; when nobody `listens`, a connection is refused. */
static struct scene begin(bool listens, const char *const *settings)
{
    struct scene s = {.loop = loop_new(), .listener = socket(AF_INET, SOCK_STREAM, 0)};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    assert_int_equal(bind(s.listener, (struct sockaddr *)&at, n), 0);
    assert_int_equal(getsockname(s.listener, (struct sockaddr *)&at, &n), 0);
    if (listens) assert_int_equal(listen(s.listener, 16), 0);
    (void)snprintf(s.brokers, sizeof s.brokers, "127.0.0.1:%d", ntohs(at.sin_port));
    struct kafka_config kafka = {.brokers = s.brokers, .settings = settings};
    struct queue_config config = {.kind = "kafka", .consumer = "a", .group = "g", .kafka = &kafka};
    struct err e;
    if (queue_new(s.loop, &config, never, NULL, &s.queue, &e) < 0) fail_msg("%s", e.text);
    return s;
}

static void end(struct scene *s)
{
    queue_free(s->queue);
    loop_free(s->loop);
    close(s->listener);
}

static struct kafka_queue *inside(const struct scene *s)
{
    return (struct kafka_queue *)s->queue;
}

static void expect_said(const struct scene *s, const char *words)
{
    int64_t give_up_us = clock_mono_us() + PATIENCE_S * 1000000LL;
    struct queue_health h = {0};
    for (queue_health(s->queue, &h); !h.why || !strstr(h.why, words); queue_health(s->queue, &h)) {
        if (clock_mono_us() > give_up_us) fail_msg("'%s' does not say '%s'", h.why, words);
        loop_turn(s->loop, 100000);
    }
}

static void nobody_listens(void **state)
{
    (void)state;
    struct scene s = begin(false, NULL);
    expect_said(&s, "no broker answers");
    end(&s);
}

/* librdkafka warns of it while the client is made: before anybody could be woken. Its queue is not
 * empty from then on, and what comes behind wakes nobody either. */
static void what_came_before_the_wake_up_holds_nothing_up(void **state)
{
    (void)state;
    static const char *const of_the_consumer_only[] = {"fetch.wait.max.ms=300", NULL};
    struct scene s = begin(false, of_the_consumer_only);
    expect_said(&s, "no broker answers");
    end(&s);
}

static void somebody_who_says_nothing_is_late(void **state)
{
    (void)state;
    struct scene s = begin(true, NULL);
    inside(&s)->health.answered_us -= LATER_S * 1000000LL;
    expect_said(&s, "no broker has answered");
    end(&s);
}

static void a_broker_that_falls_silent_is_late(void **state)
{
    (void)state;
    struct scene s = begin(true, NULL);
    const struct kafka_view view = {.brokers = 1};
    assert_false(kafka_health_takes(inside(&s), &view));
    inside(&s)->health.answered_us -= LATER_S * 1000000LL;
    expect_said(&s, "no broker has answered");
    assert_true(kafka_health_is_due(inside(&s)));
    end(&s);
}

static struct kafka_view a_view(bool topics)
{
    struct kafka_view view = {.brokers = 3};
    for (size_t i = 0; i < LANE_COUNT; i++)
        view.topics[i] = (struct kafka_topic_state){
            .is_there = topics, .partitions = 4, .replicas = 3, .in_sync_min = 2};
    return view;
}

static void expect_trouble(struct scene *s, enum kafka_trouble which, const char *words)
{
    kafka_health_judge(inside(s));
    assert_int_equal(inside(s)->health.trouble, which);
    if (words) assert_non_null(strstr(inside(s)->health.why, words));
}

static void topics_that_nobody_makes_are_late(void **state)
{
    (void)state;
    struct scene s = begin(true, NULL);
    const struct kafka_view view = a_view(false);
    (void)kafka_health_takes(inside(&s), &view);
    expect_trouble(&s, TROUBLE_NONE, NULL);
    inside(&s)->health.stood_us -= LATER_S * 1000000LL;
    expect_trouble(&s, TROUBLE_TOPICS, "no controller answers");
    end(&s);
}

static void partitions_that_nobody_gives_are_late(void **state)
{
    (void)state;
    struct scene s = begin(true, NULL);
    const struct kafka_view view = a_view(true);
    (void)kafka_health_takes(inside(&s), &view);
    inside(&s)->health.served_us -= LATER_S * 1000000LL;
    expect_trouble(&s, TROUBLE_NONE, NULL); /* it has asked for none */
    inside(&s)->subscribed = true;
    expect_trouble(&s, TROUBLE_NONE, NULL);
    inside(&s)->health.served_us -= LATER_S * 1000000LL;
    expect_trouble(&s, TROUBLE_IDLE, "no partition");
    end(&s);
}

/* Two looks at a group at rest, some seconds apart, that see the same. */
static void two_looks(struct scene *s, const struct kafka_view *view)
{
    (void)kafka_health_takes(inside(s), view);
    kafka_health_judge(inside(s));
    if (inside(s)->health.nobodys_us) inside(s)->health.nobodys_us -= LATER_S * 1000000LL;
    (void)kafka_health_takes(inside(s), view);
}

/* One of four is nobody's. Exactly one member leaves and joins anew; those that wait in vain do not all go. */
static void partitions_of_nobody_are_given_out_anew(void **state)
{
    (void)state;
    struct scene s = begin(true, NULL);
    struct kafka_view view = a_view(true);
    view.topics[LANE_BLAST].given = 3;
    view.group = (struct kafka_group_state){.told = true, .members = 3, .is_in = true};
    two_looks(&s, &view);
    expect_trouble(&s, TROUBLE_NONE, NULL); /* it reads none of them */
    inside(&s)->subscribed = inside(&s)->lanes[LANE_BLAST].wanted = true;
    two_looks(&s, &view);
    expect_trouble(&s, TROUBLE_NOBODYS, "1 of 4 partitions to none of its 3 members");
    assert_false(kafka_health_asks_anew(inside(&s))); /* another one's turn */
    view.group.goes = true;
    (void)kafka_health_takes(inside(&s), &view);
    assert_true(kafka_health_asks_anew(inside(&s)));
    assert_false(kafka_health_asks_anew(inside(&s))); /* it has just gone */
    view.topics[LANE_BLAST].given = 4;
    (void)kafka_health_takes(inside(&s), &view);
    expect_trouble(&s, TROUBLE_NONE, NULL);
    end(&s);
}

/* A group in which somebody comes or goes has partitions of nobody for a while; nobody leaves for that. */
static void a_group_that_moves_is_waited_for(void **state)
{
    (void)state;
    struct scene s = begin(true, NULL);
    struct kafka_view view = a_view(true);
    view.group =
        (struct kafka_group_state){.told = true, .members = 3, .is_in = true, .goes = true};
    inside(&s)->subscribed = inside(&s)->lanes[LANE_BLAST].wanted = true;
    (void)kafka_health_takes(inside(&s), &view);
    expect_trouble(&s, TROUBLE_NONE, NULL);
    view.group.told = false;
    two_looks(&s, &view);
    expect_trouble(&s, TROUBLE_NONE, NULL);
    end(&s);
}

/* More dispatchers than partitions: who has none waits, and disturbs nobody. Who is out of the group asks. */
static void a_spare_dispatcher_stays(void **state)
{
    (void)state;
    struct scene s = begin(true, NULL);
    struct kafka_view view = a_view(true);
    view.topics[LANE_BLAST].given = 4;
    view.group =
        (struct kafka_group_state){.told = true, .members = 5, .is_in = true, .goes = true};
    inside(&s)->subscribed = inside(&s)->lanes[LANE_BLAST].wanted = true;
    (void)kafka_health_takes(inside(&s), &view);
    inside(&s)->health.served_us -= 2 * LATER_S * 1000000LL;
    expect_trouble(&s, TROUBLE_IDLE, "more dispatchers than the 4 partitions");
    assert_false(kafka_health_asks_anew(inside(&s)));
    view.group.is_in = false;
    (void)kafka_health_takes(inside(&s), &view);
    assert_true(kafka_health_asks_anew(inside(&s)));
    end(&s);
}

/* "No partition" alone sends nobody anywhere: the log has Kafka's own reason beside it. */
static void why_nobody_gives_partitions_is_said(void **state)
{
    (void)state;
    struct scene s = begin(true, NULL);
    int64_t give_up_us = clock_mono_us() + PATIENCE_S * 1000000LL;
    while (!*kafka_consumer_said(inside(&s)->consumer)) {
        if (clock_mono_us() > give_up_us) fail_msg("librdkafka says nothing of its group");
        loop_turn(s.loop, 100000);
    }
    const struct kafka_view view = a_view(true);
    (void)kafka_health_takes(inside(&s), &view);
    inside(&s)->subscribed = true;
    inside(&s)->health.served_us -= 2 * LATER_S * 1000000LL;
    expect_trouble(&s, TROUBLE_IDLE, "no partition");
    assert_non_null(strstr(inside(&s)->health.detail, "coordinator"));
    end(&s);
}

/* The bytes in which Kafka tells what a member has: version 1, two topics, no user data. */
static void what_a_member_has_is_counted(void **state)
{
    (void)state;
    static const char bytes[] = "\0\1\0\0\0\2"
                                "\0\5blast\0\0\0\2\0\0\0\0\0\0\0\3"
                                "\0\5other\0\0\0\1\0\0\0\7"
                                "\xff\xff\xff\xff";
    static const char *const topics[] = {"reply", "blast"};
    const struct kafka_sight sight = {.topics = topics, .n = 2, .group = "g", .instance = "a"};
    for (size_t n = 0; n < sizeof bytes; n++) { /* cut off anywhere */
        struct kafka_view view = {.brokers = 1};
        uint32_t sum = kafka_count_given(slice_make(bytes, n), &sight, &view);
        assert_int_equal(view.topics[0].given, 0);
        assert_int_equal(view.topics[1].given, n >= 25 ? 2 : 0);
        assert_int_equal(sum, n >= 40 ? 3 : n >= 25 ? 2 : 0);
    }
    static const char huge[] = "\0\1\xff\xff\xff\xff\0\5blast\xff\xff\xff\xff";
    struct kafka_view view = {.brokers = 1};
    assert_int_equal(kafka_count_given(slice_make(huge, sizeof huge - 1), &sight, &view), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(what_came_before_the_wake_up_holds_nothing_up),
        cmocka_unit_test(somebody_who_says_nothing_is_late),
        cmocka_unit_test(a_broker_that_falls_silent_is_late),
        cmocka_unit_test(topics_that_nobody_makes_are_late),
        cmocka_unit_test(partitions_that_nobody_gives_are_late),
        cmocka_unit_test(partitions_of_nobody_are_given_out_anew),
        cmocka_unit_test(what_a_member_has_is_counted),
        cmocka_unit_test(a_group_that_moves_is_waited_for),
        cmocka_unit_test(a_spare_dispatcher_stays),
        cmocka_unit_test(why_nobody_gives_partitions_is_said),
    };
    return cmocka_run_group_tests_name("kafka_health", tests, NULL, NULL);
}
