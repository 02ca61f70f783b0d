#include "store/queue.h"

#include "private.h"

static bool is_set(const char *s)
{
    return s && *s;
}

static struct queue_config with_defaults(const struct queue_config *config)
{
    struct queue_config c = *config;
    if (!is_set(c.group)) c.group = "muster";
    if (!c.prefix) c.prefix = "muster:";
    if (!c.kafka_topic_prefix) c.kafka_topic_prefix = QUEUE_KAFKA_TOPIC_PREFIX;
    if (c.lease_ms <= 0) c.lease_ms = QUEUE_LEASE_MS;
    if (c.kafka_partitions <= 0) c.kafka_partitions = 8;
    if (c.kafka_replicas <= 0) c.kafka_replicas = 3;
    return c;
}

int queue_new(struct loop *l, const struct queue_config *config, queue_message_cb *cb, void *arg,
              struct queue **ret, struct err *e)
{
    check(config->kind && cb);
    if (!is_set(config->consumer))
        return err_set(e, ERR_INVALID, "queue: the dispatcher has no name: set `instance`");
    struct queue_config c = with_defaults(config);
    struct queue *q = NULL;
    int rc;
    if (slice_is(slice_of(c.kind), "redis"))
        rc = queue_redis_new(l, &c, &q, e);
    else if (slice_is(slice_of(c.kind), "kafka"))
        rc = queue_kafka_new(l, &c, &q, e);
    else
        rc = err_set(e, ERR_INVALID, "queue.kind: redis or kafka, not '%s'", c.kind);
    if (rc < 0) return rc;
    q->cb = cb;
    q->arg = arg;
    *ret = q;
    return 0;
}

void queue_free(struct queue *q)
{
    if (q) q->ops->free(q);
}

bool queue_is_ready(const struct queue *q)
{
    return q->ops->is_ready(q);
}

void queue_health(const struct queue *q, struct queue_health *ret)
{
    *ret = (struct queue_health){.brokers = -1};
    if (q->ops->health) q->ops->health(q, ret);
}

void queue_publish(struct queue *q, enum lane lane, struct slice key, struct slice value,
                   queue_done_cb *cb, void *arg)
{
    check((unsigned)lane < LANE_COUNT && cb);
    q->ops->publish(q, lane, key, value, cb, arg);
}

void queue_set_demand(struct queue *q, enum lane lane, int messages)
{
    check((unsigned)lane < LANE_COUNT && messages >= 0);
    q->ops->set_demand(q, lane, messages);
}

void queue_ack(struct queue *q, struct queue_message *m, queue_done_cb *cb, void *arg)
{
    q->ops->ack(q, m, cb, arg);
}

void queue_give_back(struct queue *q, struct queue_message *m)
{
    q->ops->give_back(q, m);
}

int64_t queue_depth(const struct queue *q, enum lane lane)
{
    check((unsigned)lane < LANE_COUNT);
    return q->ops->depth(q, lane);
}
