#pragma once
/* What the queue's conformance suite runs in: one kind of queue with its server, and dispatchers
 * that write down what they got. Each test has keys or topics of its own. */
#include "store/queue.h"

#include "kafka_fixture.h"
#include "redis_fixture.h"

enum world_kind { WORLD_REDIS, WORLD_MOCK, WORLD_KAFKA };
/* The outage's lease outlives a broker's restart, in which nobody turns the loop. */
enum {
    LEASE_MS = 30000,
    OUTAGE_LEASE_MS = 60000,
    SHORT_LEASE_MS = 1200,
    PARTITIONS = 2,
    GOT_MAX = 20000
};

struct world {
    enum world_kind kind;
    struct loop *loop;
    struct redis_fixture *redis;
    struct kafka_fixture *kafka;
    int serial; /* of the test */
    char prefix[32];
};

/* NULL: this machine has not the server that it takes. */
struct world *world_new(enum world_kind kind, const char *broker_script);
void world_free(struct world *w);
void world_next(struct world *w); /* empty lanes */
bool world_is_kafka(const struct world *w);
void world_kill(struct world *w); /* the server, at once */
void world_restart(struct world *w);

/* Turns the loop until the condition holds; three minutes later the test has failed. */
#define wait_until(w, condition)                                                                   \
    do {                                                                                           \
        int64_t give_up_us_ = world_give_up_us();                                                  \
        while (!(condition))                                                                       \
            world_turn((w), give_up_us_, #condition, __FILE__, __LINE__);                          \
    } while (0)
int64_t world_give_up_us(void);
void world_turn(struct world *w, int64_t give_up_us, const char *what, const char *file, int line);

/* A dispatcher. */
struct client {
    struct world *world;
    struct queue *queue;
    struct queue_message *held[GOT_MAX];
    size_t held_n;
    int seen[GOT_MAX]; /* how often message n came */
    size_t got_n;
    bool acks_at_once;           /* and asks for another */
    int acked, refused, unacked; /* results of acks: 0; ERR_CONFLICT; other negative ones */
};

struct client *client_new(struct world *w, const char *name, int lease_ms);
struct client *client_new_in(struct world *w, const char *name, int lease_ms, const char *prefix,
                             const char *group);
void client_free(struct client *c); /* as a process ends that settles nothing */
int message_number(const struct queue_message *m);
void client_ack(struct client *c, size_t i); /* held[i]; the others keep their places */
void client_ack_all(struct client *c);

/* What became of published messages. */
struct published {
    int stored, failed;
    bool is_stored[GOT_MAX];
};
/* Publishes the number n. */
void publish(struct client *c, enum lane lane, int n, struct published *p);
void publish_all(struct client *c, enum lane lane, int from, int below, struct published *p);
