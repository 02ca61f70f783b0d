#include "doctor.h"

#include <stdio.h>
#include <stdlib.h>

#include "io/kafka.h"
#include "io/loop.h"
#include "probe.h"
#include "store/kafka_topics.h"
#include "store/queue.h"

enum {
    LOOKS_MAX = 3, /* a first connection with TLS and a login may take longer than one */
    TOPICS_MAX = LANE_COUNT + 2,
    NAME_BYTES = 256,
};
#define DAY_MS (24 * 3600 * 1000LL)

struct visit {
    struct doctor *d;
    const struct config *config;
    struct loop *loop;
    struct kafka_producer *kafka;
    char names[TOPICS_MAX][NAME_BYTES];
    const char *topics
        [TOPICS_MAX]; /* lanes and Kafka's own one of the groups where it is the queue, then the journal's */
    size_t n, lanes;
    bool has_journal;
    const char *asked; /* one that is missing */
    int asked_partitions;
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
        rc = kafka_look(v->kafka, &(struct kafka_sight){.topics = v->topics, .n = v->n}, &v->view,
                        e);
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
            v->asked, why,
            kafka_topic_command(v->asked, v->asked_partitions, c->queue.kafka_replicas, command));
}

static void ask_whether_musterd_may(struct visit *v, const char *const *missing, size_t n,
                                    int partitions)
{
    v->asked = missing[n - 1];
    v->asked_partitions = partitions;
    const struct kafka_topics topics = {.names = missing,
                                        .n = n,
                                        .partitions = partitions,
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
    for (size_t i = 0; i < v->lanes; i++) {
        const struct kafka_topic_state *t = &v->view.topics[i];
        if (t->is_there)
            check_topic(v, v->topics[i], t);
        else
            missing[n++] = v->topics[i];
    }
    if (n) ask_whether_musterd_may(v, missing, n, v->config->queue.kafka_partitions);
    const struct kafka_topic_state *offsets = &v->view.topics[v->lanes];
    if (offsets->is_there && offsets->replicas == 1)
        doctor_find(v->d, FINDING_WARN, "kafka",
                    "Kafka's own topic of the groups has one replica: while that broker is away no "
                    "batch is given out. Set offsets.topic.replication.factor=3 before its first "
                    "use; now: kafka-reassign-partitions.sh");
}

/* What is there must stay as long as the journal, all of it: a restore reads it. */
static void check_journal(struct visit *v)
{
    const char *name = v->topics[v->n - 1];
    const struct kafka_topic_state *t = &v->view.topics[v->n - 1];
    int days = v->config->journal.keep_days;
    if (!t->is_there) {
        ask_whether_musterd_may(v, &name, 1, 1);
        return;
    }
    check_topic(v, name, t);
    if (t->compacts)
        doctor_find(
            v->d, FINDING_FAIL, "kafka",
            "%s compacts: of each musterd only the newest records stay, and a restore lacks "
            "the others. kafka-configs.sh --alter --entity-type topics --entity-name %s "
            "--add-config cleanup.policy=delete",
            name, name);
    if (t->keep_ms > 0 && (days == 0 || t->keep_ms < days * DAY_MS))
        doctor_find(v->d, FINDING_WARN, "kafka",
                    "%s keeps records for %lld hours, less than the journal (journal.keep_days: "
                    "%d). kafka-configs.sh --alter --entity-type topics --entity-name %s "
                    "--add-config retention.ms=%lld",
                    name, (long long)(t->keep_ms / 3600000), days, name,
                    days ? days * DAY_MS : -1LL);
    if (t->keeps_by_size)
        doctor_find(v->d, FINDING_WARN, "kafka",
                    "%s lets the oldest records go by size, whatever their age. kafka-configs.sh "
                    "--alter --entity-type topics --entity-name %s --delete-config retention.bytes",
                    name, name);
    if (t->partitions > 1)
        doctor_find(
            v->d, FINDING_WARN, "kafka",
            "%s has %d partitions: what stands in it has no one order. Let musterd make it, "
            "with one",
            name, t->partitions);
}

/* ---- the whole look ---- */

static void add_topic(struct visit *v, const char *prefix, const char *name)
{
    check(v->n < TOPICS_MAX);
    (void)snprintf(v->names[v->n], NAME_BYTES, "%s%s", prefix, name);
    v->topics[v->n] = v->names[v->n];
    v->n++;
}

static void choose_topics(struct visit *v)
{
    const struct config *c = v->config;
    bool is_queue = strcmp(c->queue.kind, "kafka") == 0;
    v->has_journal = strcmp(c->journal.kafka, "off") != 0;
    for (enum lane lane = 0; is_queue && lane < LANE_COUNT; lane++)
        add_topic(v, c->queue.kafka_topic_prefix, lane_to_string(lane));
    v->lanes = v->n;
    if (is_queue) add_topic(v, "", "__consumer_offsets");
    if (v->has_journal) add_topic(v, c->queue.kafka_topic_prefix, "events");
}

void doctor_kafka(struct doctor *d, const struct config *config)
{
    struct visit v = {.d = d, .config = config};
    struct kafka_config kafka = config->queue.kafka;
    struct err e = {0};
    choose_topics(&v);
    if (v.n == 0 || !check_addresses(d, config)) return;
    kafka.client_id = "muster doctor";
    v.loop = loop_new();
    int rc = kafka_producer_new(v.loop, &kafka, &v.kafka, &e);
    if (rc == 0) rc = look(&v, &e);
    if (rc < 0) {
        doctor_find(d, FINDING_FAIL, "kafka", "%s", e.text);
    } else {
        check_login(&v);
        if (v.lanes) check_topics(&v);
        if (v.has_journal) check_journal(&v);
    }
    kafka_producer_free(v.kafka);
    loop_free(v.loop);
}
