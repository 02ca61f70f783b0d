#pragma once
/* Shared by redis.c (the connection), redis_command.c (what goes over it) and redis_lasting.c (what
 * replicas must have). */
#include "io/redis.h"

#include "redis_sentinels.h"
#include "redis_tls.h"
#include "redis_url.h"
#include "redis_wire.h"

#include "base/map.h"

#include <hiredis/hiredis.h>

enum {
    REDIS_WATCH_MS = 50, /* how often the oldest command's deadline is looked at */
    REDIS_WHY_BYTES = ERR_TEXT_BYTES,
};

enum phase { WAITING, FINDING, CONNECTING, GREETING, READY, CLOSED }; /* FINDING the master */

struct pending {
    struct redis *redis;
    redis_cb *cb;
    void *arg;
    int64_t deadline_us; /* of the loop's awake clock; 0 = none */
    bool lasts;
    bool refused;             /* it was not sent: too few replicas */
    uint64_t number;          /* lasts: of those sent on this connection */
    struct redisReply *reply; /* lasts: answered, and held until replicas have it; owned */
    struct pending *next;
};

struct pending_list {
    struct pending *head, **tail;
};

/* What must be on replicas before it counts (redis_lasting.c). */
struct lasting {
    int min, within_ms;
    int replicas;           /* that had it when they were asked last; -1 = not known */
    bool asking;            /* a WAIT is under way */
    uint64_t sent, covered; /* calls that last: sent so far, and those before the WAIT under way */
    struct pending_list held;
    struct loop_timer *probe;
};

struct redis {
    struct loop *loop;
    struct redis_address at;
    const struct redis_check *checks;
    size_t check_count, checked; /* checked: replies of this connection that were judged */
    int connect_ms, command_ms, backoff_ms;
    enum phase phase;
    size_t greetings; /* replies that a new connection still waits for */
    int failure;      /* code of the last failure, 0 = none since it was connected */
    struct redis_tls *tls;
    struct redis_sentinels *sentinels;
    struct url_place place; /* where the wire leads */
    unsigned attempt;
    struct redis_wire *wire; /* NULL: there is no connection */
    struct loop_hook *hook;
    struct loop_timer *retry, *watch, *fail_soon;
    bool in_callback;
    int64_t error_said_us;
    int64_t connect_deadline_us;
    struct pending_list written; /* in order of their replies */
    struct pending_list failed;
    struct pending *spare;
    size_t pending_n;
    struct map *scripts; /* loaded on this connection, by sha */
    struct lasting lasting;
    redis_state_cb *state_cb;
    void *state_arg;
    char why[REDIS_WHY_BYTES];
};

/* ---- redis.c ---- */
/* The connection is given up: what waits for a reply learns that there will be none. */
void redis_condemn(struct redis *r, int failure, const char *why);

/* ---- redis_command.c ---- */
/* Sends although the phase may not be READY yet (the greeting). */
void redis_send(struct redis *r, int deadline_ms, redis_cb *cb, void *arg, size_t argc,
                const struct slice *argv);
struct pending *redis_pending_new(struct redis *r, redis_cb *cb, void *arg);
/* Written: its reply is due. */
void redis_expect(struct redis *r, struct pending *p, int deadline_ms);
void redis_take(struct redis *r, struct redisReply *reply); /* owned by it */
void redis_finish(struct redis *r, struct pending *p, const struct redisReply *reply);
/* Called back with NULL, or as refused, from the next turn of the loop. */
void redis_fail(struct redis *r, struct pending *p);
void redis_fail_all(struct redis *r, struct pending_list *list);
void redis_fail_now(void *redis); /* calls back whatever failed */
void redis_free_pending(struct redis *r);
void redis_list_init(struct pending_list *list);
void redis_list_add(struct pending_list *list, struct pending *p);
struct pending *redis_list_take(struct pending_list *list); /* NULL: it is empty */

/* ---- redis_lasting.c ---- */
void redis_lasting_init(struct redis *r, const struct redis_config *config);
void redis_lasting_done(struct redis *r);
void redis_lasting_begin(struct redis *r); /* the connection counts now */
void redis_lasting_end(struct redis *r);   /* … no more: what is held fails */
/* May it be sent now? Else it is refused. */
bool redis_lasting_may(const struct redis *r);
/* Its reply is here; it is kept. */
void redis_lasting_hold(struct redis *r, struct pending *p, struct redisReply *reply);
/* Before what a turn wrote leaves. */
void redis_lasting_ask(struct redis *r);
const struct redisReply *redis_lasting_refusal(void);
