#include "app_copy.h"

#include "base/log.h"
#include "io/kafka.h"
#include "io/loop.h"

#include <stdio.h>
#include <stdlib.h>

enum { NAME_BYTES = 64, AGAIN_US = 2 * 1000 * 1000, FLUSH_MS = 2000 };
#define DAY_MS (24 * 3600 * 1000LL)

struct app_copy {
    const struct config *config;
    struct kafka_config kafka;
    struct kafka_producer *producer;
    struct loop_timer *again;
    struct journal_copy copy;
    char topic[NAME_BYTES];
    bool refused; /* said */
};

/* ---- what a lost disk held ---- */

struct reader {
    const struct app_copy *c;
    journal_take *take;
    void *take_arg;
};

static int on_record(void *arg, struct slice key, struct slice value)
{
    struct reader *r = arg;
    return slice_is(key, r->c->config->instance) ? r->take(r->take_arg, value) : 0;
}

static int read_topic(void *arg, journal_take *take, void *take_arg, struct err *e)
{
    struct app_copy *c = arg;
    struct reader r = {c, take, take_arg};
    return kafka_read_all(&c->kafka, c->topic, on_record, &r, e);
}

static int refill(struct app_copy *c, struct err *e)
{
    const struct journal_source source = {read_topic, c};
    uint64_t bytes = 0;
    int rc = journal_refill(c->config->state_dir, c->config->instance, &source, &bytes, e);
    if (rc < 0)
        return err_prefix(e, "there is no journal in state_dir, and what stood in it is not known "
                             "without Kafka (journal.kafka)");
    if (bytes)
        log_warn("there was no journal in state_dir: %llu bytes of it came back from Kafka's topic "
                 "'%s'",
                 (unsigned long long)bytes, c->topic);
    return 0;
}

/* ---- the topic ---- */

static void ask(struct app_copy *c);

static void on_topic(void *arg, int result, const char *why)
{
    struct app_copy *c = arg;
    if (result == 0) return;
    loop_timer_in(c->again, AGAIN_US);
    if (result == ERR_UNREACHABLE || c->refused) return;
    c->refused = true;
    log_error("the journal: Kafka lets this process make no topic '%s': %s. Make it, with one "
              "partition, or give the right; it is asked again",
              c->topic,
              result == ERR_LIMIT ? "there are fewer brokers than queue.kafka.replicas" : why);
}

/* One partition: the order in which it was written. */
static void ask(struct app_copy *c)
{
    const char *names[] = {c->topic};
    const int days = c->config->journal.keep_days;
    const struct kafka_topics topics = {.names = names,
                                        .n = 1,
                                        .partitions = 1,
                                        .replicas = c->config->queue.kafka_replicas,
                                        .keep_ms = days ? days * DAY_MS : -1};
    kafka_create_topics(c->producer, &topics, on_topic, c);
}

static void on_again(void *arg)
{
    ask(arg);
}

/* ---- life ---- */

static void send(void *arg, struct slice piece, void (*done)(void *done_arg, int result),
                 void *done_arg)
{
    struct app_copy *c = arg;
    const struct kafka_sending record = {.key = slice_of(c->config->instance), .value = piece};
    kafka_produce(c->producer, c->topic, &record, done, done_arg);
}

int app_copy_open(struct loop *l, const struct config *config, struct app_copy **ret, struct err *e)
{
    if (strcmp(config->journal.kafka, "off") == 0) return 0;
    struct app_copy *c = xcalloc(1, sizeof *c);
    c->config = config;
    c->kafka = config->queue.kafka;
    c->kafka.client_id = config->instance;
    c->kafka.at_once = true; /* a piece is all that was added while the last one was under way */
    c->copy = (struct journal_copy){send, c, strcmp(config->journal.kafka, "wait") == 0};
    int n = snprintf(c->topic, sizeof c->topic, "%sevents", config->queue.kafka_topic_prefix);
    check(n < NAME_BYTES);
    int rc = refill(c, e);
    if (rc == 0) rc = kafka_producer_new(l, &c->kafka, &c->producer, e);
    if (rc < 0) {
        free(c);
        return rc;
    }
    c->again = loop_timer_new(l, on_again, c);
    ask(c);
    *ret = c;
    return 0;
}

const struct journal_copy *app_copy_of(const struct app_copy *c)
{
    return c ? &c->copy : NULL;
}

void app_copy_free(struct app_copy *c)
{
    if (!c) return;
    kafka_producer_flush(c->producer, FLUSH_MS);
    kafka_producer_free(c->producer);
    loop_timer_free(c->again);
    free(c);
}
