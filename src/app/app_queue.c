#include "app_queue.h"

#include "app.h"
#include "flow/dispatch.h"

#include <string.h>

struct queue_config app_queue_config(const struct config *c, const struct redis_config *redis)
{
    return (struct queue_config){
        .kind = c->queue.kind,
        .consumer = c->instance,
        .group = "muster",
        .lease_ms = c->queue.lease_s * 1000,
        .redis = redis,
        .prefix = c->redis.prefix,
        .kafka = &c->queue.kafka,
        .kafka_topic_prefix = c->queue.kafka_topic_prefix,
        .kafka_partitions = c->queue.kafka_partitions,
        .kafka_replicas = c->queue.kafka_replicas,
    };
}

/* Kafka's library looks at its settings and files when it is made, before it knows of any broker. */
int app_check_queue(const struct config *config, struct err *e)
{
    if (strcmp(config->queue.kind, "kafka") != 0) return 0;
    struct loop *loop = loop_new();
    struct queue *queue = NULL;
    const struct queue_config settings = app_queue_config(config, NULL);
    int rc = queue_new(loop, &settings, dispatch_message, NULL, &queue, e);
    queue_free(queue);
    loop_free(loop);
    return rc;
}
