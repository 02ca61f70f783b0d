#pragma once
/* Shared by redis.c (the connection) and redis_command.c (what goes over it). */
#include "io/redis.h"

#include "redis_url.h"

#include "base/map.h"

#include <hiredis/async.h>
#include <hiredis/hiredis.h>

enum {
    REDIS_WATCH_MS = 50, /* how often the oldest command's deadline is looked at */
    REDIS_WHY_BYTES = ERR_TEXT_BYTES,
};

enum phase { WAITING, CONNECTING, GREETING, READY, CLOSED };

struct pending {
    struct redis *redis;
    redis_cb *cb;
    void *arg;
    int64_t deadline_us; /* of the loop's awake clock; 0 = none */
    struct pending *next;
};

struct redis {
    struct loop *loop;
    struct redis_address at;
    const struct redis_check *checks;
    size_t check_count, checked; /* checked: answers of this connection that were judged */
    int connect_ms, command_ms, backoff_ms;
    enum phase phase;
    size_t greetings; /* answers that a new connection still waits for */
    int failure;      /* code of the last failure, 0 = none since it was connected */
    redisAsyncContext *ac;
    struct loop_fd *fd;
    struct loop_hook *hook;
    struct loop_timer *retry, *watch, *fail_soon;
    bool write_wanted, in_callback;
    int64_t error_said_us;
    int want; /* what hiredis wants of the descriptor: LOOP_* */
    int64_t connect_deadline_us;
    struct pending *head, **tail; /* written, in order of their answers */
    struct pending *failed, **failed_tail;
    struct pending *spare;
    size_t pending_n;
    struct map *scripts; /* loaded on this connection, by sha */
    const char **argv;   /* scratch of redis_command */
    size_t *argv_n;
    redis_state_cb *state_cb;
    void *state_arg;
    char why[REDIS_WHY_BYTES];
};

/* redis_command.c: sends although the phase may not be READY yet (the greeting). */
void redis_send(struct redis *r, int deadline_ms, redis_cb *cb, void *arg, size_t argc,
                const struct slice *argv);
/* Calls back whatever failed before it could be sent. */
void redis_fail_now(void *redis);
void redis_free_pending(struct redis *r);
