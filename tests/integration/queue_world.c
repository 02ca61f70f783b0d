#include "queue_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "io/kafka.h"
#include "io/redis.h"

#include <stdio.h>
#include <stdlib.h>

/* The mock lets a new group wait for 3 s, in which a member with a shorter session would die. And
 * it knows no static members and lets every rejoining wait for a session's time: a long one is no
 * good either. */
enum { MOCK_LEASE_MS = 4000 };
enum { GIVE_UP_S = 180, TURN_US = 20000 };

struct world *world_new(enum world_kind kind, const char *broker_script)
{
    struct world *w = xcalloc(1, sizeof *w);
    w->kind = kind;
    w->loop = loop_new();
    if (kind == WORLD_REDIS) w->redis = redis_fixture_new();
    if (kind == WORLD_KAFKA) w->kafka = kafka_fixture_real(broker_script);
    if (w->redis || w->kafka || kind == WORLD_MOCK) return w;
    world_free(w);
    return NULL;
}

void world_free(struct world *w)
{
    redis_fixture_free(w->redis);
    kafka_fixture_free(w->kafka);
    loop_free(w->loop);
    free(w);
}

bool world_is_kafka(const struct world *w)
{
    return w->kind != WORLD_REDIS;
}

void world_next(struct world *w)
{
    (void)snprintf(w->prefix, sizeof w->prefix, "t%d%c", ++w->serial,
                   world_is_kafka(w) ? '.' : ':');
    if (w->kind != WORLD_MOCK) return;
    kafka_fixture_free(w->kafka); /* it keeps 5 MB a partition: better a new one for each test */
    w->kafka = kafka_fixture_mock();
    for (enum lane lane = 0; lane < LANE_COUNT; lane++) {
        char topic[64];
        (void)snprintf(topic, sizeof topic, "%s%s", w->prefix, lane_to_string(lane));
        kafka_fixture_topic(w->kafka, topic, PARTITIONS);
    }
}

void world_kill(struct world *w)
{
    if (w->redis)
        redis_fixture_kill(w->redis);
    else
        kafka_fixture_kill(w->kafka);
}

void world_restart(struct world *w)
{
    if (w->redis)
        redis_fixture_restart(w->redis);
    else
        kafka_fixture_restart(w->kafka);
}

int64_t world_give_up_us(void)
{
    return clock_mono_us() + GIVE_UP_S * 1000000LL;
}

void world_turn(struct world *w, int64_t give_up_us, const char *what, const char *file, int line)
{
    if (clock_mono_us() > give_up_us) {
        print_error("waited three minutes for: %s\n", what);
        _fail(file, line);
    }
    loop_turn(w->loop, TURN_US);
}

/* ---- dispatchers ---- */

int message_number(const struct queue_message *m)
{
    uint64_t n;
    assert_true(slice_to_u64(m->value, GOT_MAX - 1, &n));
    return (int)n;
}

static void on_acked(void *arg, int result)
{
    struct client *c = arg;
    if (result == 0)
        c->acked++;
    else if (result == ERR_CONFLICT)
        c->refused++;
    else
        c->unacked++;
}

static void on_message(void *arg, struct queue_message *m)
{
    struct client *c = arg;
    c->got_n++;
    if (m->value.n) c->seen[message_number(m)]++;
    assert_true(c->held_n < GOT_MAX);
    c->held[c->held_n++] = m;
    if (!c->acks_at_once) return;
    enum lane lane = m->lane;
    client_ack(c, --c->held_n);
    queue_set_demand(c->queue, lane, 20);
}

struct client *client_new(struct world *w, const char *name, int lease_ms)
{
    /* groups of other tests need not be left first */
    return client_new_in(w, name, lease_ms, w->prefix, w->prefix);
}

struct client *client_new_in(struct world *w, const char *name, int lease_ms, const char *prefix,
                             const char *group)
{
    static const char *const settings[] = {"message.timeout.ms=2000", NULL};
    struct client *c = xcalloc(1, sizeof *c);
    c->world = w;
    if (w->kind == WORLD_MOCK && lease_ms != OUTAGE_LEASE_MS) lease_ms = MOCK_LEASE_MS;
    struct redis_config redis = {.url = w->redis ? redis_fixture_url(w->redis) : NULL};
    struct kafka_config kafka = {.brokers = w->kafka ? kafka_fixture_brokers(w->kafka) : NULL,
                                 .settings = settings};
    struct queue_config config = {
        .kind = world_is_kafka(w) ? "kafka" : "redis",
        .consumer = name,
        .group = group,
        .lease_ms = lease_ms,
        .redis = &redis,
        .prefix = prefix,
        .kafka = &kafka,
        .kafka_topic_prefix = prefix,
        .kafka_partitions = PARTITIONS,
        .kafka_replicas = 1,
    };
    struct err e = {0};
    if (queue_new(w->loop, &config, on_message, c, &c->queue, &e) < 0) fail_msg("%s", e.text);
    /* The mock has no controller to ask for topics, so nothing is heard of it before it is used. */
    if (w->kind != WORLD_MOCK) wait_until(w, queue_is_ready(c->queue));
    return c;
}

void client_free(struct client *c)
{
    queue_free(c->queue);
    free(c);
}

void client_ack(struct client *c, size_t i)
{
    struct queue_message *m = c->held[i];
    assert_non_null(m);
    c->held[i] = NULL;
    queue_ack(c->queue, m, on_acked, c);
}

void client_ack_all(struct client *c)
{
    for (size_t i = 0; i < c->held_n; i++)
        if (c->held[i]) client_ack(c, i);
    c->held_n = 0;
}

/* ---- publishing ---- */

struct publishing {
    struct published *p;
    int n;
};

static void on_published(void *arg, int result)
{
    struct publishing done = *(struct publishing *)arg;
    free(arg);
    if (result < 0) {
        done.p->failed++;
        return;
    }
    done.p->stored++;
    done.p->is_stored[done.n] = true;
}

void publish(struct client *c, enum lane lane, int n, struct published *p)
{
    char value[16];
    int value_n = snprintf(value, sizeof value, "%d", n);
    struct publishing *arg = xmalloc(sizeof *arg);
    *arg = (struct publishing){p, n};
    queue_publish(c->queue, lane, SLICE_LIT("7"), slice_make(value, (size_t)value_n), on_published,
                  arg);
}

void publish_all(struct client *c, enum lane lane, int from, int below, struct published *p)
{
    int results = p->stored + p->failed + below - from;
    for (int n = from; n < below; n++)
        publish(c, lane, n, p);
    wait_until(c->world, p->stored + p->failed == results);
    assert_int_equal(p->failed, 0);
}
