#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>

#include "io/kafka.h"
#include "io/loop.h"
#include "probe.h"
#include "store/kafka_topics.h"
#include "store/queue.h"

enum {
    LOOKS_MAX = 3,        /* a first connection with TLS and a login may take longer than one */
    OFFSETS = LANE_COUNT, /* Kafka's own topic, where the group's place is kept */
    TOPICS,
    NAME_BYTES = 256,
};

struct visit {
    struct doctor *d;
    const struct config *config;
    struct loop *loop;
    struct kafka_producer *kafka;
    char lanes[LANE_COUNT][NAME_BYTES];
    const char *topics[TOPICS];
    struct kafka_view view;
};

static bool check_addresses(struct doctor *d, const struct config *config)
{
    struct slice rest = slice_of(config->queue.kafka.brokers), broker;
    bool some = false;
    while (slice_cut(&rest, ',', &broker)) {
        struct err e;
        bool answers = probe_address(broker, &e) == 0;
        some = some || answers;
        if (answers)
            doctor_find(d, FINDING_OK, "kafka", "%.*s answers", SLICE_ARG(broker));
        else
            doctor_find(d, FINDING_FAIL, "kafka", "%s", e.text);
    }
    return some;
}

static void check_login(struct visit *v)
{
    const struct kafka_config *k = &v->config->queue.kafka;
    doctor_find(v->d, FINDING_OK, "kafka", "%d brokers%s%s%s", v->view.brokers,
                k->tls ? ", over TLS" : "", *k->user ? ", logged in as " : "", k->user);
    if (*k->user && !k->tls && strcmp(k->sasl, "plain") == 0)
        doctor_find(v->d, FINDING_WARN, "kafka",
                    "the password travels as it is: set queue.kafka.tls: true, or sasl: "
                    "scram-sha-512");
}

static int look(struct visit *v, struct err *e)
{
    int rc = ERR_UNREACHABLE;
    for (int i = 0; i < LOOKS_MAX && rc < 0; i++)
        rc = kafka_look(v->kafka, v->topics, TOPICS, &v->view, e);
    return rc;
}

/* ---- topics that are not there ---- */

static void on_asked(void *arg, int result, const char *why)
{
    struct visit *v = arg;
    const struct config *c = v->config;
    char command[KAFKA_COMMAND_BYTES];
    loop_stop(v->loop);
    if (result == 0)
        doctor_find(v->d, FINDING_OK, "kafka", "musterd will make the topics that are missing");
    else if (result == ERR_LIMIT)
        doctor_find(v->d, FINDING_FAIL, "kafka",
                    "topics are missing, and there are fewer brokers than queue.kafka.replicas: "
                    "%d; start the others, or for a rehearsal set it to 1",
                    c->queue.kafka_replicas);
    else
        doctor_find(
            v->d, FINDING_FAIL, "kafka",
            "Kafka shows no topic '%s', and lets musterd make none: %s Give its account the "
            "rights, or somebody who may: %s",
            v->lanes[LANE_BLAST], why,
            kafka_topic_command(v->lanes[LANE_BLAST], c->queue.kafka_partitions,
                                c->queue.kafka_replicas, command));
}

static void ask_whether_musterd_may(struct visit *v, const char *const *missing, size_t n)
{
    const struct kafka_topics topics = {.names = missing,
                                        .n = n,
                                        .partitions = v->config->queue.kafka_partitions,
                                        .replicas = v->config->queue.kafka_replicas,
                                        .only_ask = true};
    kafka_create_topics(v->kafka, &topics, on_asked, v);
    loop_run(v->loop);
}

/* ---- topics that are ---- */

static void check_topic(struct visit *v, const char *name, const struct kafka_topic_state *t)
{
    const char *warning = kafka_topic_warning(t);
    if (t->stuck || t->leaderless)
        doctor_find(v->d, FINDING_FAIL, "kafka",
                    "%s: %d of %d partitions take nothing: too few replicas are in sync, start the "
                    "brokers that are missing",
                    name, t->stuck > t->leaderless ? t->stuck : t->leaderless, t->partitions);
    else if (t->short_of)
        doctor_find(v->d, FINDING_WARN, "kafka",
                    "%s: %d of %d partitions lack a replica: see that all brokers run", name,
                    t->short_of, t->partitions);
    if (warning)
        doctor_find(v->d, FINDING_WARN, "kafka", "%s: %s", name, warning);
    else if (!t->stuck && !t->leaderless && !t->short_of)
        doctor_find(v->d, FINDING_OK, "kafka", "%s: %d partitions, %d replicas", name,
                    t->partitions, t->replicas);
}

static void check_topics(struct visit *v)
{
    const char *missing[LANE_COUNT];
    size_t n = 0;
    for (size_t i = 0; i < LANE_COUNT; i++) {
        const struct kafka_topic_state *t = &v->view.topics[i];
        if (t->is_there)
            check_topic(v, v->topics[i], t);
        else
            missing[n++] = v->topics[i];
    }
    if (n) ask_whether_musterd_may(v, missing, n);
    const struct kafka_topic_state *offsets = &v->view.topics[OFFSETS];
    if (offsets->is_there && offsets->replicas == 1)
        doctor_find(v->d, FINDING_WARN, "kafka",
                    "Kafka's own topic of the groups has one replica: while that broker is away no "
                    "batch is given out. Set offsets.topic.replication.factor=3 before its first "
                    "use; now: kafka-reassign-partitions.sh");
}

void doctor_kafka(struct doctor *d, const struct config *config)
{
    struct visit v = {.d = d, .config = config};
    struct kafka_config kafka = config->queue.kafka;
    struct err e = {0};
    if (strcmp(config->queue.kind, "kafka") != 0 || !check_addresses(d, config)) return;
    for (enum lane lane = 0; lane < LANE_COUNT; lane++) {
        (void)snprintf(v.lanes[lane], NAME_BYTES, "%s%s", config->queue.kafka_topic_prefix,
                       lane_to_string(lane));
        v.topics[lane] = v.lanes[lane];
    }
    v.topics[OFFSETS] = "__consumer_offsets";
    kafka.client_id = "muster doctor";
    v.loop = loop_new();
    int rc = kafka_producer_new(v.loop, &kafka, &v.kafka, &e);
    if (rc == 0) rc = look(&v, &e);
    if (rc < 0) {
        doctor_find(d, FINDING_FAIL, "kafka", "%s", e.text);
    } else {
        check_login(&v);
        check_topics(&v);
    }
    kafka_producer_free(v.kafka);
    loop_free(v.loop);
}
