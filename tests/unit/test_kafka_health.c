/* Nothing of Kafka is waited for in silence. No broker is needed: there is a port behind which nobody
 * listens, and one behind which somebody listens and says nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "io/kafka.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(what_came_before_the_wake_up_holds_nothing_up),
        cmocka_unit_test(somebody_who_says_nothing_is_late),
        cmocka_unit_test(a_broker_that_falls_silent_is_late),
        cmocka_unit_test(topics_that_nobody_makes_are_late),
        cmocka_unit_test(partitions_that_nobody_gives_are_late),
    };
    return cmocka_run_group_tests_name("kafka_health", tests, NULL, NULL);
}
