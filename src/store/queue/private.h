#pragma once
/* What stands behind queue.h; private to the queue's own files. An implementation embeds `struct
 * queue` as its first member and fills in the operations. */
#include "store/queue.h"

enum { QUEUE_LEASE_MS = 30000 };

struct queue_ops {
    void (*free)(struct queue *q);
    bool (*is_ready)(const struct queue *q);
    void (*health)(const struct queue *q, struct queue_health *ret); /* NULL: it has none */
    void (*publish)(struct queue *q, enum lane lane, struct slice key, struct slice value,
                    queue_done_cb *cb, void *arg);
    void (*set_demand)(struct queue *q, enum lane lane, int messages);
    void (*ack)(struct queue *q, struct queue_message *m, queue_done_cb *cb, void *arg);
    void (*give_back)(struct queue *q, struct queue_message *m);
    int64_t (*depth)(const struct queue *q, enum lane lane);
};

struct queue {
    const struct queue_ops *ops;
    queue_message_cb *cb;
    void *arg;
};

/* The config has been checked and its zeros are filled in. */
int queue_redis_new(struct loop *l, const struct queue_config *config, struct queue **ret,
                    struct err *e) MUST_USE;
int queue_kafka_new(struct loop *l, const struct queue_config *config, struct queue **ret,
                    struct err *e) MUST_USE;
