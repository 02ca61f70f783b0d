/* The queue over Kafka: a topic per lane, keyed by campaign, one consumer group for all
 * dispatchers. Batches go to the partitions in turn, so that all dispatchers work on one campaign.
 *
 * Demand is met by taking one record at a time, from the lane's partitions in turn: a campaign with
 * a full partition does not hold up the others. What a dispatcher does not take stays in
 * librdkafka's bounded buffers or at the broker.
 *
 * A process joins the group when it first has demand, so one that only publishes gets no
 * partitions. It stays a member while its demand is 0: its partitions wait for it. A partition that
 * goes to another dispatcher takes its unsettled messages along: what is done with them here
 * changes nothing any more (an ack gets ERR_CONFLICT), the other one gets them with `again` set. */
#include "kafka.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    TEND_MS = 500,
    DELIVERIES_PER_TURN = 256,
    NAME_BYTES = 250, /* a topic's longest name is 249 */
};

static struct kafka_queue *of(struct queue *q)
{
    return (struct kafka_queue *)q;
}

static const struct kafka_queue *of_const(const struct queue *q)
{
    return (const struct kafka_queue *)q;
}

/* ---- delivery ---- */

static bool deliver_next(struct kafka_lane *lane)
{
    struct part *first = lane->turn ? lane->turn : lane->parts;
    struct part *p = first;
    while (p) {
        struct part *next = p->sibling ? p->sibling : lane->parts;
        if (part_fill(p)) {
            lane->turn = next;
            lane->demand--;
            lane->queue->base.cb(lane->queue->base.arg, &part_take(p)->m);
            return true;
        }
        if (next == first) break;
        p = next;
    }
    return false;
}

static void on_readable(void *arg)
{
    struct kafka_queue *q = arg;
    int delivered = 0;
    for (size_t i = 0; i < LANE_COUNT; i++) {
        struct kafka_lane *lane = &q->lanes[i];
        while (lane->demand > 0 && delivered < DELIVERIES_PER_TURN && deliver_next(lane))
            delivered++;
        /* Where no demand is, the record at hand tells where the partition stands. */
        for (struct part *p = lane->parts; p; p = p->sibling)
            (void)part_fill(p);
    }
    if (delivered >= DELIVERIES_PER_TURN) kafka_consumer_wake(q->consumer);
}

/* ---- publish, ack, give back ---- */

static void kafka_queue_publish(struct queue *base, enum lane lane, struct slice key,
                                struct slice value, queue_done_cb *cb, void *arg)
{
    struct kafka_queue *q = of(base);
    const struct kafka_sending record = {.key = key, .value = value};
    kafka_produce(q->producer, q->lanes[lane].topic, &record, cb, arg);
}

static void kafka_queue_ack(struct queue *base, struct queue_message *m, queue_done_cb *cb,
                            void *arg)
{
    struct taken *t = (struct taken *)m;
    check(&t->queue->base == base && t->state == TAKEN_AT_WORK);
    t->state = TAKEN_ACKED;
    t->done = cb;
    t->done_arg = arg;
    if (t->part)
        part_settle(t->part, t);
    else
        loop_timer_in(t->queue->soon, 0);
}

static void on_given_back(void *arg, int result)
{
    struct taken *t = arg;
    t->publishing = false;
    t->published = result == 0; /* if not, the next tending publishes it again */
    if (!t->part)
        loop_timer_in(t->queue->soon, 0);
    else if (t->published)
        part_settle(t->part, t);
}

static void publish_again(struct taken *t)
{
    static const struct kafka_header again = {AGAIN_HEADER, {"1", 1}};
    struct kafka_queue *q = t->queue;
    const struct kafka_sending record = {.key = t->key, .value = t->m.value, .header = &again};
    t->publishing = true;
    kafka_produce(q->producer, q->lanes[t->m.lane].topic, &record, on_given_back, t);
}

static void kafka_queue_give_back(struct queue *base, struct queue_message *m)
{
    struct taken *t = (struct taken *)m;
    check(&t->queue->base == base && t->state == TAKEN_AT_WORK);
    t->state = TAKEN_GIVEN_BACK;
    if (t->part)
        publish_again(t);
    else
        loop_timer_in(t->queue->soon, 0);
}

/* What was settled here after its partition had gone. */
static void sweep(struct kafka_queue *q)
{
    for (struct taken *t = q->taken, *next; t; t = next) {
        next = t->next;
        if (t->part || t->publishing || t->state == TAKEN_AT_WORK) continue;
        if (t->done) t->done(t->done_arg, ERR_CONFLICT);
        taken_free(t);
    }
}

/* ---- the group ---- */

static struct kafka_lane *lane_of(struct kafka_queue *q, const struct kafka_partition *kafka)
{
    for (size_t i = 0; i < LANE_COUNT; i++)
        if (strcmp(q->lanes[i].topic, kafka_partition_topic(kafka)) == 0) return &q->lanes[i];
    return NULL;
}

/* What our name had in the group before, with another configuration, may be given to us again. */
static bool on_assigned(void *arg, struct kafka_partition *kafka)
{
    struct kafka_queue *q = arg;
    struct kafka_lane *lane = lane_of(q, kafka);
    if (!lane) {
        log_warn("queue: Kafka gave this process a partition of '%s', which is none of its topics; "
                 "it is left alone. The group is joined again in %d s. When this goes on, another "
                 "program reads as the same group and instance: give each its own",
                 kafka_partition_topic(kafka), q->lease_ms / 1000);
        return false;
    }
    struct part *p = part_new(lane, kafka);
    p->sibling = lane->parts;
    lane->parts = p;
    kafka_partition_set_user(kafka, p);
    q->assigned_once = true;
    *q->health.kept_out = '\0';
    return true;
}

static void remove_part(struct part *p)
{
    struct kafka_lane *lane = p->lane;
    lane->turn = NULL;
    for (struct part **at = &lane->parts; *at; at = &(*at)->sibling) {
        if (*at != p) continue;
        *at = p->sibling;
        break;
    }
    part_free(p);
}

static void on_revoked(void *arg, struct kafka_partition *kafka, bool lost)
{
    struct kafka_queue *q = arg;
    struct part *p = kafka_partition_user(kafka);
    if (!lost) part_commit(p);
    remove_part(p);
    loop_timer_in(q->soon, 0);
}

static void on_committed(void *arg, struct kafka_partition *kafka, int result)
{
    (void)arg;
    part_committed(kafka_partition_user(kafka), result);
}

static void on_failed(void *arg, const char *why)
{
    struct kafka_queue *q = arg;
    q->assigned_once = false;
    log_error("queue: Kafka has given this process's place in the group away: %s. It joins again. "
              "When this goes on, another process has the same `instance`: give each its own and "
              "restart",
              why);
}

/* Kafka's sentences end with one, ours go on. */
static int without_stop(const char *text)
{
    size_t n = strlen(text);
    return (int)(n > 0 && text[n - 1] == '.' ? n - 1 : n);
}

static void on_refused(void *arg, bool session, const char *why)
{
    struct kafka_queue *q = arg;
    char *text = q->health.kept_out;
    if (session)
        (void)snprintf(
            text, KAFKA_WHY_BYTES,
            "Kafka does not take queue.lease_s: %d as the time that a member may be silent, and "
            "gives out no batches: %s. Set queue.lease_s between the brokers' "
            "group.min.session.timeout.ms and group.max.session.timeout.ms (6 s and 1800 s unless "
            "they say otherwise), or change those",
            q->lease_ms / 1000, why);
    else
        (void)snprintf(text, KAFKA_WHY_BYTES,
                       "Kafka does not let this process read batches: %.*s. Give its account the "
                       "rights on the group and the topics, or mend queue.kafka.settings",
                       without_stop(why), why);
    kafka_health_judge(q);
}

static void subscribe(struct kafka_queue *q)
{
    const char *topics[LANE_COUNT];
    size_t n = 0;
    for (size_t i = 0; i < LANE_COUNT; i++)
        if (q->lanes[i].wanted) topics[n++] = q->lanes[i].topic;
    q->subscribe_due = false;
    q->subscribed = true;
    kafka_subscribe(q->consumer, topics, n);
}

/* ---- tending ---- */

static void on_topics(void *arg, int result, const char *why)
{
    struct kafka_queue *q = arg;
    q->asking = false;
    q->health.may_not = result == ERR_REFUSED;
    if (result == ERR_LIMIT)
        (void)snprintf(
            q->health.refusal, KAFKA_WHY_BYTES,
            "there are fewer brokers than queue.kafka.replicas: %d; start the others, or "
            "for a rehearsal set it to 1",
            q->replicas);
    else if (result == ERR_REFUSED)
        (void)snprintf(q->health.refusal, KAFKA_WHY_BYTES, "%.*s", without_stop(why), why);
    else if (result < 0)
        log_debug("queue: kafka: %s", why);
    else
        *q->health.refusal = '\0';
    kafka_health_judge(q);
    loop_timer_in(q->tend, 0); /* to look whether they are there */
}

static void ask_for_topics(struct kafka_queue *q)
{
    const char *names[LANE_COUNT];
    for (size_t i = 0; i < LANE_COUNT; i++)
        names[i] = q->lanes[i].topic;
    const struct kafka_topics topics = {
        .names = names, .n = LANE_COUNT, .partitions = q->partitions, .replicas = q->replicas};
    q->asking = true;
    kafka_create_topics(q->producer, &topics, on_topics, q);
}

static void on_view(void *arg, const struct kafka_view *view)
{
    struct kafka_queue *q = arg;
    bool new_topics = kafka_health_takes(q, view);
    if (view && !q->health.topics_stand && !q->asking) ask_for_topics(q);
    kafka_health_judge(q);
    /* A group that came for topics that were not there would look again after a while only. */
    if (!new_topics || !q->subscribed) return;
    q->subscribe_due = true;
    loop_timer_in(q->soon, 0);
}

bool kafka_queue_is_up(const struct kafka_queue *q)
{
    bool can_publish = q->producer && kafka_producer_is_up(q->producer); /* it ends first */
    return can_publish || kafka_consumer_is_up(q->consumer);
}

bool kafka_queue_has_parts(const struct kafka_queue *q)
{
    for (size_t i = 0; i < LANE_COUNT; i++)
        if (q->lanes[i].parts) return true;
    return false;
}

static void on_soon(void *arg)
{
    struct kafka_queue *q = arg;
    sweep(q);
    if (q->subscribe_due) subscribe(q);
}

static void on_tend(void *arg)
{
    struct kafka_queue *q = arg;
    loop_timer_in(q->tend, TEND_MS * 1000);
    /* A look is also how we learn that the brokers are back. */
    if (!q->asking && kafka_health_is_due(q)) kafka_watch_look(q->watch);
    kafka_health_judge(q);
    if (kafka_health_asks_anew(q)) kafka_consumer_join_anew(q->consumer);
    for (struct taken *t = q->taken; t; t = t->next)
        if (t->part && t->state == TAKEN_GIVEN_BACK && !t->publishing && !t->published)
            publish_again(t);
    for (size_t i = 0; i < LANE_COUNT; i++)
        for (struct part *p = q->lanes[i].parts; p; p = p->sibling)
            part_commit(p);
}

/* ---- the rest of queue.h ---- */

static void kafka_queue_set_demand(struct queue *base, enum lane lane, int messages)
{
    struct kafka_queue *q = of(base);
    struct kafka_lane *ln = &q->lanes[lane];
    ln->demand = messages;
    if (messages == 0) return;
    kafka_consumer_wake(q->consumer);
    if (ln->wanted) return;
    ln->wanted = true;
    /* in the next turn, with the other lanes: each change is a rebalance */
    q->subscribe_due = true;
    loop_timer_in(q->soon, 0);
}

static bool kafka_queue_is_ready(const struct queue *base)
{
    const struct kafka_queue *q = of_const(base);
    return kafka_queue_is_up(q) && q->health.topics_stand && (!q->subscribed || q->assigned_once);
}

static int64_t kafka_queue_depth(const struct queue *base, enum lane lane)
{
    int64_t sum = -1;
    for (const struct part *p = of_const(base)->lanes[lane].parts; p; p = p->sibling) {
        int64_t depth = part_depth(p);
        if (depth >= 0) sum = (sum < 0 ? 0 : sum) + depth;
    }
    return sum;
}

/* ---- life ---- */

static void kafka_queue_free(struct queue *base)
{
    struct kafka_queue *q = of(base);
    kafka_watch_free(q->watch);
    kafka_producer_free(q->producer); /* first: a give-back's result may still settle something */
    q->producer = NULL;               /* commits that end meanwhile ask for it */
    for (size_t i = 0; i < LANE_COUNT; i++)
        for (struct part *p = q->lanes[i].parts; p; p = p->sibling)
            part_put_down(p);
    kafka_consumer_free(q->consumer);
    loop_timer_free(q->soon);
    loop_timer_free(q->tend);
    for (size_t i = 0; i < LANE_COUNT; i++) {
        while (q->lanes[i].parts)
            remove_part(q->lanes[i].parts);
        free(q->lanes[i].topic);
    }
    while (q->taken) {
        if (q->taken->done) q->taken->done(q->taken->done_arg, ERR_UNREACHABLE);
        taken_free(q->taken);
    }
    free(q);
}

static const struct queue_ops kafka_ops = {
    .free = kafka_queue_free,
    .is_ready = kafka_queue_is_ready,
    .health = kafka_queue_health,
    .publish = kafka_queue_publish,
    .set_demand = kafka_queue_set_demand,
    .ack = kafka_queue_ack,
    .give_back = kafka_queue_give_back,
    .depth = kafka_queue_depth,
};

static int name_lanes(struct kafka_queue *q, const char *prefix, struct err *e)
{
    for (enum lane lane = 0; lane < LANE_COUNT; lane++) {
        char topic[NAME_BYTES];
        int n = snprintf(topic, sizeof topic, "%s%s", prefix, lane_to_string(lane));
        if (n >= (int)sizeof topic)
            return err_set(e, ERR_LIMIT, "queue.kafka.topic_prefix: longer than 240 characters");
        q->lanes[lane] = (struct kafka_lane){.queue = q, .lane = lane, .topic = xstrdup(topic)};
    }
    return 0;
}

/* Who has other topics is another group: members of one group must read the same. The prefix that
 * is there without being said adds nothing, so that such a group is what it always was. */
static void name_group(const struct queue_config *config, char out[NAME_BYTES])
{
    const char *prefix = config->kafka_topic_prefix;
    bool usual = strcmp(prefix, QUEUE_KAFKA_TOPIC_PREFIX) == 0;
    int n = snprintf(out, NAME_BYTES, "%s%s", usual ? "" : prefix, config->group);
    check(n > 0 && n < NAME_BYTES);
}

static void watch(struct kafka_queue *q, const struct kafka_consumer_config *member)
{
    const char *topics[LANE_COUNT];
    for (size_t i = 0; i < LANE_COUNT; i++)
        topics[i] = q->lanes[i].topic;
    const struct kafka_sight sight = {
        .topics = topics, .n = LANE_COUNT, .group = member->group, .instance = member->instance};
    q->watch = kafka_watch_new(q->loop, q->producer, &sight, on_view, q);
}

static int make_clients(struct kafka_queue *q, const struct queue_config *config, struct err *e)
{
    char group[NAME_BYTES];
    name_group(config, group);
    static const struct kafka_consumer_events events = {
        .assigned = on_assigned,
        .revoked = on_revoked,
        .committed = on_committed,
        .readable = on_readable,
        .failed = on_failed,
        .refused = on_refused,
    };
    struct kafka_consumer_config consumer = {
        .common = *config->kafka,
        .group = group,
        .instance = config->consumer,
        .session_ms = config->lease_ms,
    };
    consumer.common.client_id = config->consumer;
    int rc = kafka_producer_new(q->loop, &consumer.common, &q->producer, e);
    if (rc == 0) rc = kafka_consumer_new(q->loop, &consumer, &events, q, &q->consumer, e);
    if (rc == 0) watch(q, &consumer);
    return rc;
}

int queue_kafka_new(struct loop *l, const struct queue_config *config, struct queue **ret,
                    struct err *e)
{
    check(config->kafka);
    struct kafka_queue *q = xcalloc(1, sizeof *q);
    q->base.ops = &kafka_ops;
    q->loop = l;
    q->partitions = config->kafka_partitions;
    q->replicas = config->kafka_replicas;
    q->lease_ms = config->lease_ms;
    q->soon = loop_timer_new(l, on_soon, q);
    q->tend = loop_timer_new(l, on_tend, q);
    kafka_health_begin(q);
    int rc = name_lanes(q, config->kafka_topic_prefix, e);
    if (rc == 0) rc = make_clients(q, config, e);
    if (rc < 0) {
        kafka_queue_free(&q->base);
        return rc;
    }
    loop_timer_in(q->tend, 0);
    *ret = &q->base;
    return 0;
}
