/* Commands and scripts: each waits in line for its answer, answers come in order. */
#include "redis_internal.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/sha.h>
#include <sodium.h>

struct redis_script {
    char *name;
    char sha[41];
    struct buf source;
};

static struct pending *take_spare(struct redis *r, redis_cb *cb, void *arg)
{
    struct pending *p = r->spare;
    if (p)
        r->spare = p->next;
    else
        p = xmalloc(sizeof *p);
    *p = (struct pending){.redis = r, .cb = cb, .arg = arg};
    return p;
}

static void finish(struct redis *r, struct pending *p, const struct redisReply *reply)
{
    redis_cb *cb = p->cb;
    void *arg = p->arg;
    p->next = r->spare;
    r->spare = p;
    if (cb) cb(arg, reply);
}

void redis_fail_now(void *arg)
{
    struct redis *r = arg;
    struct pending *p = r->failed;
    r->failed = NULL;
    r->failed_tail = &r->failed;
    while (p) {
        struct pending *next = p->next;
        finish(r, p, NULL);
        p = next;
    }
}

static void fail_later(struct redis *r, struct pending *p)
{
    p->next = NULL;
    *r->failed_tail = p;
    r->failed_tail = &p->next;
    loop_timer_in(r->fail_soon, 0);
}

static void on_error_reply(struct redis *r, struct slice error)
{
    if (slice_starts(error, "NOSCRIPT")) {
        map_free(r->scripts);
        r->scripts = map_new();
        return;
    }
    /* Callers treat an error like a lost answer; a full disk or memory, or a faulty script, would
     * look like a silent server. A second apart, so that a storm of them does not become one of
     * lines. */
    int64_t now = clock_mono_us();
    if (now - r->error_said_us < 1000000 || slice_starts(error, "BUSYGROUP") ||
        slice_starts(error, "NOGROUP"))
        return;
    r->error_said_us = now;
    log_error("redis: %.*s", SLICE_ARG(error));
}

static void on_reply(redisAsyncContext *ac, void *reply, void *privdata)
{
    struct pending *p = privdata;
    struct redis *r = p->redis;
    (void)ac;
    check(r->head == p);
    r->head = p->next;
    if (!r->head) r->tail = &r->head;
    r->pending_n--;
    struct slice error;
    /* A greeting's errors are told as the reason why there is no connection. */
    if (r->phase != GREETING && redis_is_error(reply, &error)) on_error_reply(r, error);
    bool nested = r->in_callback;
    r->in_callback = true;
    finish(r, p, reply);
    r->in_callback = nested;
}

static void expect_reply(struct redis *r, struct pending *p, int deadline_ms)
{
    p->deadline_us = deadline_ms > 0 ? loop_awake_us(r->loop) + deadline_ms * 1000LL : 0;
    p->next = NULL;
    *r->tail = p;
    r->tail = &p->next;
    r->pending_n++;
    if (p->deadline_us && !loop_timer_armed(r->watch))
        loop_timer_in(r->watch, REDIS_WATCH_MS * 1000);
}

void redis_send(struct redis *r, int deadline_ms, redis_cb *cb, void *arg, size_t argc,
                const struct slice *argv)
{
    check(argc > 0 && argc <= REDIS_ARGS_MAX);
    for (size_t i = 0; i < argc; i++) {
        r->argv[i] = argv[i].n ? argv[i].p : "";
        r->argv_n[i] = argv[i].n;
    }
    struct pending *p = take_spare(r, cb, arg);
    if (redisAsyncCommandArgv(r->ac, on_reply, p, (int)argc, r->argv, r->argv_n) == REDIS_OK)
        expect_reply(r, p, deadline_ms);
    else
        fail_later(r, p);
}

void redis_free_pending(struct redis *r)
{
    while (r->spare) {
        struct pending *next = r->spare->next;
        free(r->spare);
        r->spare = next;
    }
}

void redis_command_within(struct redis *r, int deadline_ms, redis_cb *cb, void *arg, size_t argc,
                          const struct slice *argv)
{
    if (r->phase == READY)
        redis_send(r, deadline_ms, cb, arg, argc, argv);
    else
        fail_later(r, take_spare(r, cb, arg));
}

void redis_command(struct redis *r, redis_cb *cb, void *arg, size_t argc, const struct slice *argv)
{
    redis_command_within(r, r->command_ms, cb, arg, argc, argv);
}

void redis_commandf(struct redis *r, redis_cb *cb, void *arg, const char *fmt, ...)
{
    struct pending *p = take_spare(r, cb, arg);
    int rc = REDIS_ERR;
    if (r->phase == READY) {
        va_list ap;
        va_start(ap, fmt);
        rc = redisvAsyncCommand(r->ac, on_reply, p, fmt, ap);
        va_end(ap);
    }
    if (rc == REDIS_OK)
        expect_reply(r, p, r->command_ms);
    else
        fail_later(r, p);
}

struct redis_script *redis_script_new(const char *name, struct slice source)
{
    struct redis_script *s = xcalloc(1, sizeof *s);
    s->name = xstrdup(name);
    buf_init(&s->source, source.n + 1);
    buf_add_slice(&s->source, source);
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1((const unsigned char *)source.p, source.n, digest);
    sodium_bin2hex(s->sha, sizeof s->sha, digest, sizeof digest);
    return s;
}

void redis_script_free(struct redis_script *s)
{
    if (!s) return;
    free(s->name);
    buf_done(&s->source);
    free(s);
}

/* A script is loaded once per connection, in the same pipeline just before its first use: the
 * second command cannot overtake the first. */
static void load_script(struct redis *r, const struct redis_script *s)
{
    struct slice sha = slice_of(s->sha);
    if (map_get(r->scripts, sha)) return;
    struct slice load[] = {SLICE_LIT("SCRIPT"), SLICE_LIT("LOAD"), buf_slice(&s->source)};
    redis_send(r, r->command_ms, NULL, NULL, COUNT_OF(load), load);
    (void)map_put(r->scripts, sha, r);
}

void redis_eval(struct redis *r, const struct redis_script *s, redis_cb *cb, void *arg,
                size_t nkeys, size_t argc, const struct slice *argv)
{
    check(argc + 3 <= REDIS_ARGS_MAX && nkeys <= argc);
    if (r->phase != READY) {
        fail_later(r, take_spare(r, cb, arg));
        return;
    }
    load_script(r, s);
    char count[16];
    int count_n = snprintf(count, sizeof count, "%zu", nkeys);
    r->argv[0] = "EVALSHA";
    r->argv_n[0] = 7;
    r->argv[1] = s->sha;
    r->argv_n[1] = 40;
    r->argv[2] = count;
    r->argv_n[2] = (size_t)count_n;
    for (size_t i = 0; i < argc; i++) {
        r->argv[i + 3] = argv[i].n ? argv[i].p : "";
        r->argv_n[i + 3] = argv[i].n;
    }
    struct pending *p = take_spare(r, cb, arg);
    if (redisAsyncCommandArgv(r->ac, on_reply, p, (int)(argc + 3), r->argv, r->argv_n) == REDIS_OK)
        expect_reply(r, p, r->command_ms);
    else
        fail_later(r, p);
}

struct waiting {
    redis_cb *cb;
    void *arg;
    struct err *e;
    int rc;
    bool done;
};

static void on_waited(void *arg, const struct redisReply *reply)
{
    struct waiting *w = arg;
    struct slice text;
    w->done = true;
    w->rc = 0;
    if (!reply)
        w->rc = err_set(w->e, ERR_UNREACHABLE, "redis gave no answer");
    else if (redis_is_error(reply, &text))
        w->rc = err_set(w->e, ERR_REFUSED, "redis: %.*s", SLICE_ARG(text));
    else if (w->cb)
        w->cb(w->arg, reply);
}

int redis_wait_connected(struct redis *r, struct err *e)
{
    while (r->phase != READY && r->failure == 0)
        loop_turn(r->loop, REDIS_WATCH_MS * 1000);
    return redis_why_away(r, e);
}

int redis_wait(struct redis *r, redis_cb *cb, void *arg, struct err *e, size_t argc,
               const struct slice *argv)
{
    int64_t until = clock_mono_us() + r->connect_ms * 1000LL;
    while (r->phase != READY && clock_mono_us() < until)
        loop_turn(r->loop, REDIS_WATCH_MS * 1000);
    if (r->phase != READY) return redis_why_away(r, e);
    struct waiting w = {.cb = cb, .arg = arg, .e = e};
    redis_command(r, on_waited, &w, argc, argv);
    while (!w.done)
        loop_turn(r->loop, REDIS_WATCH_MS * 1000);
    return w.rc;
}
