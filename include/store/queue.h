#pragma once
/* The queue of batches, by lane: what release publishes and dispatchers poll. Two implementations
 * pass the same conformance suite: Redis Streams (embedded default) and Kafka.
 *
 * At least once: a message that was polled and neither acked nor given back comes again (to this
 * dispatcher after a restart, to another after lease_ms), possibly although it was handled; the
 * ledger makes that harmless. No order is promised between messages. A message is a small JSON
 * value. */
#include "base/err.h"
#include "base/slice.h"
#include "io/loop.h"

struct kafka_config;
struct redis_config;
struct queue;

/* Strict order of preference; also the index of arrays. */
#define LANE_TABLE(X) X(LANE_REPLY, "reply") X(LANE_REMINDER, "reminder") X(LANE_BLAST, "blast")
enum lane {
#define X(name, text) name,
    LANE_TABLE(X)
#undef X
        LANE_COUNT
};
const char *lane_to_string(enum lane lane);
bool lane_from_string(struct slice s, enum lane *ret_lane);
/* Messages that a turn of this lane may have for one of a blast. */
double lane_weight(enum lane lane);

/* With this one the Kafka group is `group`, with another it is that prefix and `group`. */
#define QUEUE_KAFKA_TOPIC_PREFIX "muster."

struct queue_config {
    const char *kind; /* "redis" | "kafka"; all borrowed for the call */
    /* the dispatcher's stable name: after a restart it gets its own back at once */
    const char *consumer;
    const char *group; /* consumer group, "muster" */
    int lease_ms;      /* [ms] others may take over an unacked message after this, 0 = 30000 */
    const struct redis_config *redis; /* kind redis */
    const char *prefix;               /* kind redis: key prefix, e.g. "muster:" */
    const struct kafka_config *kafka; /* kind kafka; client_id is the consumer's name */
    const char *kafka_topic_prefix;   /* kind kafka: NULL = QUEUE_KAFKA_TOPIC_PREFIX */
    int kafka_partitions;             /* of topics that it creates; 0 = 8 */
    int kafka_replicas;               /* the same; 0 = 3 */
};

/* A delivered message; owned by the queue until it is acked, given back, or the queue is freed. */
struct queue_message {
    enum lane lane;
    struct slice value;
    bool again; /* may have been delivered before (a takeover, a restart, given back): its lease may
                   stand. Kafka cannot tell: there it is also set for what was waiting at the start
                 */
};

/* Called from the loop with each message that a poll asked for. Anything but queue_free may be
 * called from it. */
typedef void queue_message_cb(void *arg, struct queue_message *m);
/* The result of a publish or an ack: 0, or negative when it is not known to have happened. An ack
 * gets ERR_CONFLICT when the message went to another dispatcher meanwhile (Kafka: with its
 * partition). Called from the loop, or from queue_free for what has no reply by then. */
typedef void queue_done_cb(void *arg, int result);

/* ERR_INVALID: it has no name, or there is no such kind; ERR_LIMIT: the prefix is too long; else why Redis or librdkafka does not take
 * its settings. e says how to mend it. */
int queue_new(struct loop *l, const struct queue_config *config, queue_message_cb *cb, void *arg,
              struct queue **ret, struct err *e) MUST_USE;
void queue_free(struct queue *q); /* unacked messages stay on the queue; NULL is fine */
/* connected, and for Kafka: the topics are there, and partitions assigned or none due */
bool queue_is_ready(const struct queue *q);

/* How the servers behind it stand; looked at every ten seconds. */
struct queue_health {
    /* What is wrong, and the mend; it may be ready all the same, when a part of it is. For anybody:
     * no addresses. NULL = nothing. Borrowed until the loop goes on. */
    const char *why;
    int brokers;                     /* -1 = not known, or none but Redis */
    int partitions, short_of, stuck; /* all; those without all replicas in sync; those that take no
                                        batch */
};
void queue_health(const struct queue *q, struct queue_health *ret);

/* Publishes to the end of the lane; key = campaign id (Kafka's partition key). value is copied; cb
 * must not be NULL: what is not known to be stored must be published again. */
void queue_publish(struct queue *q, enum lane lane, struct slice key, struct slice value,
                   queue_done_cb *cb, void *arg);
/* Sets how many more messages of the lane may be delivered: demand is a number that each delivery
 * takes one from. Bounds what a dispatcher holds. 0 stops the lane.
 * Kafka: the first demand for a lane joins the group for it, so a process that only publishes gets
 * none of its partitions; the partitions of a member without demand wait for it. */
void queue_set_demand(struct queue *q, enum lane lane, int messages);
/* Everything in the batch is settled: it never comes again. cb may be NULL. m is gone. */
void queue_ack(struct queue *q, struct queue_message *m, queue_done_cb *cb, void *arg);
/* Not handled: may be delivered again at once, to anyone. m is gone. */
void queue_give_back(struct queue *q, struct queue_message *m);
/* Messages of a lane that are published and not yet delivered, as far as known; -1 = not known.
 * Measured twice a second. Kafka: only those in the partitions that this process has. */
int64_t queue_depth(const struct queue *q, enum lane lane);
