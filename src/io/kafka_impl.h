#pragma once
/* What producer and consumer share; private to kafka*.c. */
#include "io/kafka.h"

#include <librdkafka/rdkafka.h>

enum { KAFKA_ERROR_BYTES = 512 };

/* A wake-up that librdkafka's threads write to when a queue goes from empty to non-empty. It tells
 * no more than that: whoever is woken polls until nothing is left, and looks every KAFKA_POLL_MS by
 * itself: a queue that is not empty and whose wake-up was lost wakes nobody ever again. */
enum { KAFKA_POLL_MS = 500 };
struct kafka_wake {
    int fd; /* owned */
    struct loop_fd *watch;
    loop_cb *cb;
    void *arg;
};

void kafka_wake_init(struct kafka_wake *w, struct loop *l, loop_cb *cb, void *arg);
void kafka_wake_done(struct kafka_wake *w);
void kafka_wake_now(struct kafka_wake *w); /* the callback runs in the next turn */
void kafka_wake_on(struct kafka_wake *w, rd_kafka_queue_t *queue);

struct kafka_setting {
    const char *key, *value;
};
struct kafka_settings {
    const struct kafka_setting *list;
    size_t n;
};
#define KAFKA_SETTINGS(list) ((struct kafka_settings){list, COUNT_OF(list)})

/* Ours first, the config's over them, and the forced ones, which promises stand on, over those.
 * Returns owned in *ret. */
int kafka_conf_new(const struct kafka_config *config, struct kafka_settings ours,
                   struct kafka_settings forced, rd_kafka_conf_t **ret, struct err *e) MUST_USE;
/* Of a member of a group. Returns owned in *ret, without callbacks. */
int kafka_member_conf(const struct kafka_consumer_config *config, rd_kafka_conf_t **ret,
                      struct err *e) MUST_USE;
/* A reason that asking again does not mend. */
bool kafka_is_refusal(rd_kafka_resp_err_t code);
/* What keeps a member out while it asks again and again, as when a coordinator that has just become
 * one still reads what its predecessor wrote, reaches us in these lines of the log and nowhere else. */
bool kafka_tells_why(const char *facility, const char *text);
/* What librdkafka's text about TLS, a login or a setting of theirs means, and the mend; NULL when
 * it is not known. may_guess: no broker has ever answered, so that it may be our settings. Static. */
const char *kafka_explain(const char *text, bool may_guess);
rd_kafka_t *kafka_producer_client(struct kafka_producer *p);
/* Reports and errors that wait, at once. */
void kafka_producer_serve(struct kafka_producer *p);
/* A broker has answered. */
void kafka_producer_answered(struct kafka_producer *p);
/* Fills view->group, and `given` of the topics. Waits, KAFKA_LOOK_MS at most. */
void kafka_look_at_group(rd_kafka_t *rk, const struct kafka_sight *sight, struct kafka_view *view);
/* Adds to `given` what a member was given, in the bytes in which Kafka tells it; returns how many
 * partitions that is. Bytes that are cut off or no such thing count for as much as was read. */
uint32_t kafka_count_given(struct slice assignment, const struct kafka_sight *sight,
                           struct kafka_view *view);
/* Takes conf, also on failure. */
int kafka_client_new(rd_kafka_type_t type, rd_kafka_conf_t *conf, rd_kafka_t **ret,
                     struct err *e) MUST_USE;
