#pragma once
/* The parts of the Redis queue; private to redis.c (the work connection: publish, settle, keep) and
 * redis_lane.c (one reader per lane). */
#include "private.h"

#include "base/map.h"
#include "store/call.h"

enum { STREAM_ID_BYTES = 48 }; /* two 64-bit numbers and a dash */

struct redis_queue;

/* A connection, and how it is asked. */
struct line {
    struct redis *redis;
    struct store *store;
};

/* What is to become of a message that this consumer has. */
enum held_state { HELD_AT_WORK, HELD_ACKED, HELD_GIVEN_BACK };

struct held {
    struct queue_message m; /* first: what the dispatcher sees */
    struct redis_lane *lane;
    char id[STREAM_ID_BYTES];
    enum held_state state;
    bool settling;       /* the command is under way */
    queue_done_cb *done; /* of the ack; may be NULL */
    void *done_arg;
    char value[];
};

/* One lane: its own connection, because a blocking read holds up everything behind it. One command
 * at a time, and none while there is no demand. */
struct redis_lane {
    struct redis_queue *queue;
    enum lane lane;
    struct line line;
    struct loop_timer *retry;
    struct map *held; /* id -> struct held: everything that came and is not settled for sure */
    int demand;
    int64_t length; /* [messages] in the stream when last measured */
    int64_t depth;  /* [messages] not delivered yet; -1 = not known */
    bool busy;      /* a command is under way */
    bool group_stands;
    bool own_read;                    /* what this name had before is delivered */
    char own_after[STREAM_ID_BYTES];  /* how far that has come */
    char idle_after[STREAM_ID_BYTES]; /* the takeover's cursor */
    int64_t takeover_at_us;
};

struct redis_queue {
    struct queue base; /* first */
    struct loop *loop;
    struct line work; /* publish, settle, keep, depth: never blocks */
    struct loop_timer *tend;
    char *consumer, *group;
    int lease_ms, command_ms;
    int64_t keep_at_us;
    bool closing;
    struct redis_lane lanes[LANE_COUNT];
};

/* A connection of a lane's own. An error: the address cannot be read. */
int line_open(struct line *l, struct loop *loop, const struct queue_config *config,
              struct err *e) MUST_USE;
void line_close(struct line *l); /* what waits for a reply learns that there is none */
static inline bool line_is_up(const struct line *l)
{
    return redis_is_connected(l->redis);
}

int redis_lane_init(struct redis_lane *r, struct redis_queue *q, enum lane lane,
                    const struct queue_config *config, struct err *e) MUST_USE;
void redis_lane_done(struct redis_lane *r); /* fine on a lane that was never initialised */
/* Starts the next command when there is demand and nothing under way. */
void redis_lane_pump(struct redis_lane *r);

/* Adds the lane's stream, and its group behind it. */
void redis_lane_key(struct call *c, const struct redis_lane *r);
void redis_lane_key_and_group(struct call *c, const struct redis_lane *r);

/* Settles a held message that is acked or given back; again and again until Redis has replied. */
void redis_queue_settle(struct held *h);
