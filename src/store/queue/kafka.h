#pragma once
/* The parts of the Kafka queue; private to kafka.c (the queue), kafka_part.c (an assigned partition:
 * delivery, acks, commits) and kafka_health.c (what is wrong with it). */
#include "private.h"

#include "io/kafka.h"
#include "store/offset_window.h"

enum { KAFKA_WHY_BYTES = 640 };

enum taken_state { TAKEN_AT_WORK, TAKEN_ACKED, TAKEN_GIVEN_BACK };

/* A message that came from Kafka and is not committed yet. */
struct taken {
    struct queue_message m; /* first: what the dispatcher sees */
    struct kafka_queue *queue;
    struct part *part; /* NULL: the partition is gone, others get the message again */
    int64_t offset;
    struct slice key;
    enum taken_state state;
    bool publishing; /* a give-back is under way */
    bool published;  /* and this is its good end */
    queue_done_cb *done;
    void *done_arg;
    struct taken *prev, *next;
    char bytes[]; /* value, then key */
};

struct part {
    struct kafka_partition *kafka;
    struct kafka_lane *lane;
    struct offset_window *window; /* of struct taken */
    struct kafka_record next; /* taken from librdkafka, waiting for demand; handle NULL = none */
    /* records before this one may have been delivered before; -1 = not known */
    int64_t again_below;
    int64_t position;   /* offset after the last one delivered; -1 = none yet */
    int64_t committing; /* -1 = no commit under way */
    struct part *sibling;
};

struct kafka_lane {
    struct kafka_queue *queue;
    enum lane lane;
    char *topic;
    struct part *parts, *turn; /* turn: who is asked next */
    int demand;
    bool wanted; /* there was demand once: subscribed */
};

enum kafka_trouble {
    TROUBLE_NONE,
    TROUBLE_AWAY,
    TROUBLE_TOPICS,
    TROUBLE_GROUP,
    TROUBLE_STUCK,
    TROUBLE_NOBODYS, /* partitions that the group gives to none of its members */
    TROUBLE_IDLE
};

struct kafka_health {
    struct kafka_view view; /* of the lanes' topics; when `seen` */
    bool seen;
    bool topics_stand, topics_missing; /* neither: not known yet */
    int64_t looked_us;                 /* [us] the end of the last look */
    int64_t answered_us; /* [us] of the last look that was answered; at first of the start */
    int64_t stood_us;    /* [us] when the topics were last known to stand; the same */
    int64_t served_us;   /* [us] when it last had a partition, or wanted none */
    int64_t nobodys_us;  /* [us] since when partitions are seen to be nobody's; 0 = none is */
    enum kafka_trouble trouble;
    int64_t said_us;                /* [us] when the trouble was said last */
    int64_t asked_us;               /* [us] when it asked for partitions anew */
    char why[KAFKA_WHY_BYTES];      /* of the trouble: for anybody */
    char said[KAFKA_WHY_BYTES];     /* what of it was said last */
    char detail[KAFKA_WHY_BYTES];   /* what only the log says besides */
    char refusal[KAFKA_WHY_BYTES];  /* why topics cannot be made; "" = they can, or are there */
    bool may_not;                   /* it is the right that is missing */
    char kept_out[KAFKA_WHY_BYTES]; /* why it is not in the group; "" = it is, or will be */
    const char *warned[LANE_COUNT]; /* the last warning about the lane's topic */
};

struct kafka_queue {
    struct queue base; /* first */
    struct loop *loop;
    struct kafka_producer *producer;
    struct kafka_consumer *consumer;
    struct loop_timer *soon, *tend;
    struct taken *taken;
    struct kafka_watch *watch;
    struct kafka_health health;
    int partitions, replicas; /* of topics that it creates */
    int lease_ms;             /* [ms] */
    bool asking;              /* for the topics */
    bool subscribed, subscribe_due, assigned_once;
    struct kafka_lane lanes[LANE_COUNT];
};

/* Returns owned; both borrowed for its life. */
struct part *part_new(struct kafka_lane *lane, struct kafka_partition *kafka);
void part_free(struct part *p);     /* its taken messages become nobody's */
void part_put_down(struct part *p); /* the record at hand, which must not outlive its consumer */
/* Has the next record at hand, if there is one; false when there is none or the window is full. */
bool part_fill(struct part *p);
/* Takes the record at hand and holds it. Returns borrowed. */
struct taken *part_take(struct part *p);
void part_settle(struct part *p, const struct taken *t);
void part_commit(struct part *p);
void part_committed(struct part *p, int result);
/* [messages] that wait in it; -1 = not known yet */
int64_t part_depth(const struct part *p);

bool kafka_queue_has_parts(const struct kafka_queue *q); /* of some lane */
/* Whether a broker has answered since all were away. */
bool kafka_queue_is_up(const struct kafka_queue *q);

/* The clocks of what may be late. */
void kafka_health_begin(struct kafka_queue *q);
/* Whether it is time for another look. */
bool kafka_health_is_due(const struct kafka_queue *q);
/* Whether it is time for this process to leave the group and join anew: some partitions are nobody's and
 * it is its turn to go, or it has none and the group does not say why. */
bool kafka_health_asks_anew(struct kafka_queue *q);
/* What a look saw; true when the topics are there now that were missing before. */
bool kafka_health_takes(struct kafka_queue *q, const struct kafka_view *view);
/* Says in the log what has changed. */
void kafka_health_judge(struct kafka_queue *q);
void kafka_queue_health(const struct queue *base, struct queue_health *ret);

void taken_free(struct taken *t);

/* Kafka has no "again": a message that goes back is published anew, and says so in this header. */
#define AGAIN_HEADER "again"
