#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/kafka.h"
#include "io/redis.h"
#include "store/queue.h"

#include <stdlib.h>

static void never(void *arg, struct queue_message *m)
{
    (void)arg, (void)m;
    fail();
}

static void lanes_have_names(void **state)
{
    (void)state;
    for (enum lane lane = 0; lane < LANE_COUNT; lane++) {
        enum lane back = LANE_COUNT;
        assert_true(lane_from_string(slice_of(lane_to_string(lane)), &back));
        assert_int_equal(back, lane);
    }
    enum lane untouched = LANE_BLAST;
    assert_false(lane_from_string(SLICE_LIT("Reply"), &untouched));
    assert_false(lane_from_string(SLICE_NONE, &untouched));
    assert_int_equal(untouched, LANE_BLAST);
}

static void expect_refused(const struct queue_config *config, const char *because)
{
    struct loop *l = loop_new();
    struct queue *q = NULL;
    struct err e = {0};
    assert_true(queue_new(l, config, never, NULL, &q, &e) < 0);
    assert_null(q);
    if (!strstr(e.text, because)) fail_msg("'%s' does not say '%s'", e.text, because);
    loop_free(l);
}

static void bad_settings_are_named(void **state)
{
    (void)state;
    struct redis_config redis = {.url = "ftp://nowhere"};
    struct queue_config c = {.kind = "rabbit", .consumer = "a", .redis = &redis};
    expect_refused(&c, "'rabbit'");
    c.kind = "redis";
    expect_refused(&c, "redis url");
    c.consumer = "";
    expect_refused(&c, "instance");
    c.consumer = "a";
    c.kind = "kafka";
    struct kafka_config kafka = {.brokers = ""};
    c.kafka = &kafka;
    expect_refused(&c, "brokers");
    kafka.brokers = "127.0.0.1:1";
    const char *not_a_setting[] = {"no.such.thing=1", NULL};
    kafka.settings = not_a_setting;
    expect_refused(&c, "no.such.thing");
    const char *not_a_value[] = {"linger.ms=soon", NULL};
    kafka.settings = not_a_value;
    expect_refused(&c, "linger.ms");
    const char *not_a_pair[] = {"linger.ms", NULL};
    kafka.settings = not_a_pair;
    expect_refused(&c, "not key=value");
}

static void expect_settings_refused(const char *const *settings, const char *because)
{
    struct kafka_config kafka = {.brokers = "127.0.0.1:1", .settings = settings};
    expect_refused(&(struct queue_config){.kind = "kafka", .consumer = "a", .kafka = &kafka},
                   because);
}

/* With the newer one the broker does not ask for queue.lease_s. */
static void only_the_classic_group_protocol(void **state)
{
    (void)state;
    static const char *const others[] = {"group.protocol=consumer", "group.protocol=Consumer",
                                         "group.protocol=", "group.protocol=share"};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        const char *settings[] = {"linger.ms=5", others[i], NULL};
        expect_settings_refused(settings, "queue.lease_s");
    }
}

/* A setting that would undo a promise is not overruled in silence. */
static void what_promises_stand_on_is_not_settable(void **state)
{
    (void)state;
    static const char *const others[] = {"acks=1",
                                         "request.required.acks=0",
                                         "enable.idempotence=true",
                                         "transactional.id=t",
                                         "enable.auto.commit=true",
                                         "auto.offset.reset=latest",
                                         "group.id=mine",
                                         "session.timeout.ms=1",
                                         "partitioner=consistent"};
    for (size_t i = 0; i < COUNT_OF(others); i++)
        expect_settings_refused((const char *const[]){others[i], NULL}, "take the setting out");
}

static void a_ca_that_is_no_file_is_named(void **state)
{
    (void)state;
    struct kafka_config kafka = {
        .brokers = "127.0.0.1:1", .tls = true, .ca_file = "/no/such/ca.pem"};
    expect_refused(&(struct queue_config){.kind = "kafka", .consumer = "a", .kafka = &kafka},
                   "queue.kafka.ca_file");
}

static void long_names_are_refused(void **state)
{
    (void)state;
    char prefix[300];
    memset(prefix, 'x', sizeof prefix - 1);
    prefix[sizeof prefix - 1] = '\0';
    struct redis_config redis = {.url = "redis://127.0.0.1:1/0"};
    struct queue_config c = {.kind = "redis", .consumer = "a", .redis = &redis, .prefix = prefix};
    expect_refused(&c, "redis.prefix");
    c = (struct queue_config){.kind = "kafka",
                              .consumer = "a",
                              .kafka = &(struct kafka_config){.brokers = "127.0.0.1:1"},
                              .kafka_topic_prefix = prefix};
    expect_refused(&c, "topic_prefix");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_have_names),
        cmocka_unit_test(bad_settings_are_named),
        cmocka_unit_test(only_the_classic_group_protocol),
        cmocka_unit_test(what_promises_stand_on_is_not_settable),
        cmocka_unit_test(a_ca_that_is_no_file_is_named),
        cmocka_unit_test(long_names_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
