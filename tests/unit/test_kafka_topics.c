#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/kafka_topics.h"

#include <string.h>

static void what_one_brokers_death_would_do_is_warned_of(void **state)
{
    static const struct {
        int replicas, in_sync_min;
        const char *warning;
    } cases[] = {
        {1, 1, "one replica"},
        {1, 0, "one replica"},
        {3, 1, "min.insync.replicas is 1"},
        {2, 2, "needs all of its"},
        {3, 3, "needs all"},
        {3, 2, NULL},
        {5, 3, NULL},
        {3, 0, NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct kafka_topic_state t = {
            .is_there = true, .replicas = cases[i].replicas, .in_sync_min = cases[i].in_sync_min};
        const char *found = kafka_topic_warning(&t);
        assert_int_equal(!found, !cases[i].warning);
        if (found && !strstr(found, cases[i].warning)) fail_msg("'%s'", found);
    }
    assert_null(kafka_topic_warning(&(struct kafka_topic_state){.is_there = false, .replicas = 1}));
}

/* What musterd makes by itself is nothing to warn of. */
static void a_topic_is_made_so_that_one_broker_may_die(void **state)
{
    char command[KAFKA_COMMAND_BYTES];
    (void)state;
    assert_int_equal(kafka_in_sync_min(1), 1);
    assert_int_equal(kafka_in_sync_min(3), 2);
    assert_int_equal(kafka_in_sync_min(5), 3);
    assert_string_equal(kafka_topic_command("muster.blast", 8, 3, command),
                        "kafka-topics.sh --create --topic muster.blast --partitions 8 "
                        "--replication-factor 3 --config min.insync.replicas=2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_one_brokers_death_would_do_is_warned_of),
        cmocka_unit_test(a_topic_is_made_so_that_one_broker_may_die),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
