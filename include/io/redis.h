#pragma once
/* Redis (hiredis) on the loop: pipelined commands and scripts, deadlines, reconnection.
 *
 * One connection. Commands of one turn of the loop leave in one write (before-sleep). A command
 * whose reply never came gets reply == NULL: whether it happened is then unknown, and the caller
 * must say what that means. While there is no connection, new commands fail the same way at once
 * (from the next turn of the loop, never from inside the call). Reconnects by itself with backoff
 * 50 ms .. 2 s.
 *
 * A connection counts only after the server has let us in, says that it is a master (ROLE; one that
 * may not be asked is taken at its word), and has passed the checks of the configuration, the first
 * one and each later one: who came back may be set up differently. One that says READONLY is a
 * master no longer: it is left at once. With sentinels, theirs is followed wherever it goes.
 *
 * With replicas_min, what must last counts only when so many replicas have it: see
 * redis_eval_lasting. */
#include "base/err.h"
#include "base/slice.h"
#include "io/loop.h"

struct redis;
struct redisReply; /* hiredis's; read it with the functions below */

/* One command and what its reply must be; an error reply is judged too, but for those that pass
 * by themselves (LOADING, BUSY). 0 = fine; else the connection is given up and tried again, and e
 * says why: ERR_UNREACHABLE = it may be fine in a moment, anything else = somebody must mend that
 * server or its settings. */
typedef int redis_judge(void *arg, const struct redisReply *reply, struct err *e);
struct redis_check {
    const char *words[8]; /* NULL-terminated */
    redis_judge *judge;
    void *arg;
};

/* Of TLS: files of certificates and of a key; NULL or "" = the system's certificates, and none. */
struct redis_tls_files {
    const char *ca, *cert, *key;
};

enum { REDIS_SENTINELS_MAX = 9 };
struct redis_config { /* all borrowed for life */
    /* redis:// rediss:// unix: sentinel:// sentinels:// (src/io/redis_url.h) */
    const char *url;
    struct redis_tls_files tls;
    const char *sentinel_user, *sentinel_password; /* of the sentinels; NULL or "" = none */
    int connect_ms;                                /* [ms] 0 = 2000 */
    int command_ms; /* [ms] deadline of each command, 0 = 5000; blocking reads set their own */
    const struct redis_check *checks; /* after AUTH, SELECT and ROLE, in this order */
    size_t check_count;
    int replicas_min; /* 0: what lasts is the server's own business */
    int replicas_ms;  /* [ms] they may take; 0 = 500 */
};

/* Called once for each command, from the loop. reply NULL = no reply. Borrowed for the call. */
typedef void redis_cb(void *arg, const struct redisReply *reply);
/* It is connected, or is not any more, or is still not and now for another reason. */
typedef void redis_state_cb(void *arg, bool connected, const char *why);

/* Starts connecting. Fails only on a malformed url, or files for TLS that will not do. */
int redis_new(struct loop *l, const struct redis_config *config, struct redis **ret,
              struct err *e) MUST_USE;
void redis_free(struct redis *r); /* pending callbacks run with NULL first; NULL is fine */
bool redis_is_connected(const struct redis *r);
/* Why it is not connected, in one line with the address, never the password. 0: it is.
 * ERR_UNREACHABLE: nobody is there, or not yet; anything else: it answers and will not do until
 * somebody mends it (ERR_REFUSED: password, database, another kind of server; or what a check
 * said). */
int redis_why_away(const struct redis *r, struct err *e);
/* The cause alone, for strangers: without the address. NULL: it is connected. Borrowed until the
 * loop turns. */
const char *redis_reason(const struct redis *r);
void redis_on_state(struct redis *r, redis_state_cb *cb, void *arg);
/* Where it is, and who said so: "10.0.0.5:6379 (sentinel 10.0.0.7:26379, epoch 4)". */
void redis_where(const struct redis *r, char *to, size_t n);
/* Connected, and as many replicas as there must be had what was written last. While not, what lasts
 * fails at once and is surely not done; it is asked again twice a second. Before the first thing is
 * written, replicas that Redis has sent its first copy count: one that has not loaded it yet is
 * missed then. */
bool redis_lasts(const struct redis *r);
/* There must be any (replicas_min). */
bool redis_waits(const struct redis *r);
/* How many replicas had it when they were asked last; -1: nobody asked (replicas_min 0), or not
 * known. */
int redis_replicas(const struct redis *r);
/* Commands written or waiting to be written whose reply is not there yet. */
size_t redis_pending(const struct redis *r);

enum { REDIS_ARGS_MAX = 4096 };
/* cb may be NULL. The arguments are copied. */
void redis_command(struct redis *r, redis_cb *cb, void *arg, size_t argc, const struct slice *argv);
/* The same with a deadline of its own [ms]; 0 = none (a blocking read). */
void redis_command_within(struct redis *r, int deadline_ms, redis_cb *cb, void *arg, size_t argc,
                          const struct slice *argv);
/* printf-like for short commands: words are split at spaces, %s is one word (a C string), %b takes
 * (const void *, size_t), %lld a number. */
void redis_commandf(struct redis *r, redis_cb *cb, void *arg, const char *fmt, ...);

/* A Lua script: loaded by itself before its first use on a connection. After a SCRIPT FLUSH one
 * call gets an error reply (surely not run) and the next one loads it again.
 */
struct redis_script;
struct redis_script *redis_script_new(const char *name,
                                      struct slice source); /* copies; returns owned */
void redis_script_free(struct redis_script *s);
/* What a script is asked: n words, of which the first ones are keys. */
struct redis_words {
    size_t keys, n;
    const struct slice *words;
};
void redis_eval(struct redis *r, const struct redis_script *s, const struct redis_words *words,
                redis_cb *cb, void *arg);

/* The same for what must last: it is answered when replicas_min replicas have what it wrote. When
 * they have not in time the reply is an error that begins with NOREPLICAS: done here, and perhaps
 * forgotten by the server that comes next. While it is known that they are missing
 * (redis_lasts), nothing is sent, and the reply is the same. One WAIT follows what a turn of the
 * loop sends, and one is under way at a time: it covers all before it, so the cost is a round to
 * the replicas for many calls. Replies of other commands of that turn come first then. */
void redis_eval_lasting(struct redis *r, const struct redis_script *s,
                        const struct redis_words *words, redis_cb *cb, void *arg);

/* Waits until the first try to connect has come to an end, by turning the loop: start-up only.
 * Returns what redis_why_away does. */
int redis_wait_connected(struct redis *r, struct err *e) MUST_USE;
/* Waits for one reply by turning the loop: start-up, tools and tests only. Returns the first error
 * as e (unreachable, or the server's text), else 0 and the reply through cb. */
int redis_wait(struct redis *r, redis_cb *cb, void *arg, struct err *e, size_t argc,
               const struct slice *argv) MUST_USE;

/* Reading replies; all of them accept NULL. */
bool redis_is_error(const struct redisReply *r, struct slice *ret_text);
bool redis_is_nil(const struct redisReply *r);
bool redis_is_array(const struct redisReply *r);
size_t redis_count(const struct redisReply *r);                          /* of an array, else 0 */
const struct redisReply *redis_at(const struct redisReply *r, size_t i); /* NULL outside */
struct slice redis_str(const struct redisReply *r); /* strings and statuses, else none */
int64_t redis_int(const struct redisReply *r,
                  int64_t otherwise); /* integers, or digits in a string */
/* One that outlives its callback: owned, redis_reply_free. */
struct redisReply *redis_reply_copy(const struct redisReply *r);
void redis_reply_free(struct redisReply *r); /* NULL is fine */
/* The value of a field in a flat [field, value, …] array (HGETALL); none when absent. */
struct slice redis_field(const struct redisReply *r, const char *field);
