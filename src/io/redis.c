/* hiredis's async context, driven by our loop through its read/write hooks.
 *
 * Why not hiredis's adapters: version 0.14's never report a refused connection, and there is no command
 * timeout. Here every command has a deadline; answers come in order, so only the oldest is watched, and
 * one that is late condemns the whole connection: after that nobody could tell what its answer was.
 *
 * Writes: hiredis asks for a write with each command; we write once, before the loop sleeps, so that the
 * commands of one turn leave in one packet. */
#include "io/redis.h"

#include "redis_url.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/map.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/async.h>
#include <hiredis/hiredis.h>
#include <openssl/sha.h>

enum {
    CONNECT_MS = 2000,
    COMMAND_MS = 5000,
    BACKOFF_FIRST_MS = 50,
    BACKOFF_MAX_MS = 2000,
    WATCH_MS = 50, /* how often the oldest command's deadline is looked at */
    WHY_BYTES = 256,
};

enum phase { WAITING, CONNECTING, GREETING, READY, CLOSED };

struct pending {
    struct redis *redis;
    redis_cb *cb;
    void *arg;
    int64_t deadline_us; /* 0 = none */
    struct pending *next;
};

struct redis {
    struct loop *loop;
    struct redis_address at;
    int connect_ms, command_ms, backoff_ms;
    enum phase phase;
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
    char why[WHY_BYTES];
};

struct redis_script {
    char *name;
    char sha[41];
    struct buf source;
};

static void start_connect(struct redis *r);

/* ---- pending commands ---- */

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

static void on_fail_soon(void *arg)
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
    /* Callers treat an error like a lost answer; a full disk or memory, or a faulty script, would look like a
     * silent server. A second apart, so that a storm of them does not become one of lines. */
    int64_t now = clock_mono_us();
    if (now - r->error_said_us < 1000000 || slice_starts(error, "BUSYGROUP") || slice_starts(error, "NOGROUP")) return;
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
    if (redis_is_error(reply, &error)) on_error_reply(r, error);
    bool nested = r->in_callback;
    r->in_callback = true;
    finish(r, p, reply);
    r->in_callback = nested;
}

static void expect_reply(struct redis *r, struct pending *p, int deadline_ms)
{
    p->deadline_us = deadline_ms > 0 ? clock_mono_us() + deadline_ms * 1000LL : 0;
    p->next = NULL;
    *r->tail = p;
    r->tail = &p->next;
    r->pending_n++;
    if (p->deadline_us && !loop_timer_armed(r->watch)) loop_timer_in(r->watch, WATCH_MS * 1000);
}

/* ---- the connection ---- */

static void set_phase(struct redis *r, enum phase phase)
{
    bool was = r->phase == READY, is = phase == READY;
    r->phase = phase;
    if (was != is && r->state_cb) r->state_cb(r->state_arg, is, is ? "" : r->why);
}

static void retry_later(struct redis *r)
{
    loop_timer_in(r->retry, r->backoff_ms * 1000);
    r->backoff_ms = r->backoff_ms * 2 > BACKOFF_MAX_MS ? BACKOFF_MAX_MS : r->backoff_ms * 2;
}

/* The context is gone (hiredis frees it): its callbacks have run or will run with NULL. */
static void lost(struct redis *r, const char *why)
{
    if (r->phase == CLOSED || r->phase == WAITING) return;
    (void)snprintf(r->why, sizeof r->why, "%s", why && *why ? why : "connection closed");
    r->ac = NULL;
    map_free(r->scripts);
    r->scripts = map_new();
    set_phase(r, WAITING);
    retry_later(r);
}

static void condemn(struct redis *r, const char *why)
{
    redisAsyncContext *ac = r->ac;
    lost(r, why);
    if (ac) redisAsyncFree(ac);
}

static void on_watch(void *arg)
{
    struct redis *r = arg;
    int64_t now = clock_mono_us();
    if (r->phase == CONNECTING || r->phase == GREETING) {
        if (now >= r->connect_deadline_us) {
            condemn(r, "no connection in time");
            return;
        }
    } else if (r->head && r->head->deadline_us && now >= r->head->deadline_us) {
        condemn(r, "no answer in time");
        return;
    }
    if (r->head || r->phase == CONNECTING) loop_timer_in(r->watch, WATCH_MS * 1000);
}

static void update_fd(struct redis *r)
{
    if (!r->fd) return;
    int want = r->want & LOOP_READ;
    /* While connecting, writable means connected; afterwards the hook writes first and only what the
     * socket did not take waits for it. */
    if (r->phase == CONNECTING || (r->want & LOOP_WRITE && !r->write_wanted)) want |= LOOP_WRITE;
    loop_fd_want(r->fd, want);
}

static void add_read(void *p)
{
    struct redis *r = p;
    r->want |= LOOP_READ;
    update_fd(r);
}

static void del_read(void *p)
{
    struct redis *r = p;
    r->want &= ~LOOP_READ;
    update_fd(r);
}

static void add_write(void *p)
{
    struct redis *r = p;
    if (r->want & LOOP_WRITE) return;
    r->want |= LOOP_WRITE;
    if (r->phase == CONNECTING)
        update_fd(r);
    else
        r->write_wanted = true;
}

static void del_write(void *p)
{
    struct redis *r = p;
    r->want &= ~LOOP_WRITE;
    r->write_wanted = false;
    update_fd(r);
}

static void cleanup(void *p)
{
    struct redis *r = p;
    loop_fd_free(r->fd);
    r->fd = NULL;
    r->want = 0;
    r->write_wanted = false;
}

static void on_fd(void *arg, int events)
{
    struct redis *r = arg;
    redisAsyncContext *ac = r->ac;
    if (events & LOOP_WRITE) redisAsyncHandleWrite(ac);
    if (r->ac == ac && ac && events & LOOP_READ) redisAsyncHandleRead(ac);
}

static void on_before_sleep(void *arg)
{
    struct redis *r = arg;
    if (!r->write_wanted || !r->ac) return;
    r->write_wanted = false;
    redisAsyncContext *ac = r->ac;
    redisAsyncHandleWrite(ac);
    /* What the socket did not take: hiredis asked for another write, which `want` remembers. */
    if (r->ac == ac) update_fd(r);
}

static void on_disconnect(const redisAsyncContext *ac, int status)
{
    struct redis *r = ac->data;
    (void)status;
    if (r->ac == ac) lost(r, ac->errstr);
}

static void on_greeted(void *arg, const struct redisReply *reply)
{
    struct redis *r = arg;
    struct slice text;
    if (r->phase != GREETING) return;
    if (redis_is_error(reply, &text)) {
        (void)snprintf(r->why, sizeof r->why, "%.*s", SLICE_ARG(text));
        redisAsyncContext *ac = r->ac;
        lost(r, r->why);
        redisAsyncDisconnect(ac);
        return;
    }
    if (!reply) return;
    r->backoff_ms = BACKOFF_FIRST_MS;
    set_phase(r, READY);
}

static void send_now(struct redis *r, int deadline_ms, redis_cb *cb, void *arg, size_t argc,
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

static void on_connect(const redisAsyncContext *ac, int status)
{
    struct redis *r = ac->data;
    if (r->ac != ac) return;
    if (status != REDIS_OK) {
        lost(r, ac->errstr);
        return;
    }
    set_phase(r, GREETING);
    if (r->at.password) {
        struct slice auth[] = {SLICE_LIT("AUTH"), slice_of(r->at.password)};
        send_now(r, r->command_ms, on_greeted, r, 2, auth);
        if (r->phase != GREETING) return;
    }
    char db[16];
    (void)snprintf(db, sizeof db, "%d", r->at.db);
    struct slice select[] = {SLICE_LIT("SELECT"), slice_of(db)};
    send_now(r, r->command_ms, on_greeted, r, 2, select);
}

static void start_connect(struct redis *r)
{
    redisAsyncContext *ac =
        r->at.port ? redisAsyncConnect(r->at.host, r->at.port) : redisAsyncConnectUnix(r->at.host);
    check(ac != NULL);
    r->phase = CONNECTING;
    r->ac = ac;
    if (ac->err) {
        lost(r, ac->errstr);
        redisAsyncFree(ac);
        return;
    }
    ac->data = r;
    ac->ev.data = r;
    ac->ev.addRead = add_read;
    ac->ev.delRead = del_read;
    ac->ev.addWrite = add_write;
    ac->ev.delWrite = del_write;
    ac->ev.cleanup = cleanup;
    r->fd = loop_fd_new(r->loop, ac->c.fd, LOOP_WRITE, on_fd, r);
    redisAsyncSetDisconnectCallback(ac, on_disconnect);
    redisAsyncSetConnectCallback(ac, on_connect);
    r->connect_deadline_us = clock_mono_us() + r->connect_ms * 1000LL;
    if (!loop_timer_armed(r->watch)) loop_timer_in(r->watch, WATCH_MS * 1000);
}

static void on_retry(void *arg)
{
    start_connect(arg);
}

int redis_new(struct loop *l, const struct redis_config *config, struct redis **ret, struct err *e)
{
    struct redis *r = xcalloc(1, sizeof *r);
    if (redis_url_parse(slice_of(config->url), &r->at) != 0) {
        free(r->at.password);
        free(r);
        return err_set(e, ERR_INVALID,
                       "redis url is not understood; write redis://host:port/db or unix:/path?db=n");
    }
    r->loop = l;
    r->connect_ms = config->connect_ms ? config->connect_ms : CONNECT_MS;
    r->command_ms = config->command_ms ? config->command_ms : COMMAND_MS;
    r->backoff_ms = BACKOFF_FIRST_MS;
    r->tail = &r->head;
    r->failed_tail = &r->failed;
    r->scripts = map_new();
    r->argv = xcalloc(REDIS_ARGS_MAX, sizeof *r->argv);
    r->argv_n = xcalloc(REDIS_ARGS_MAX, sizeof *r->argv_n);
    r->hook = loop_before_sleep(l, on_before_sleep, r);
    r->retry = loop_timer_new(l, on_retry, r);
    r->watch = loop_timer_new(l, on_watch, r);
    r->fail_soon = loop_timer_new(l, on_fail_soon, r);
    start_connect(r);
    *ret = r;
    return 0;
}

void redis_free(struct redis *r)
{
    if (!r) return;
    check(!r->in_callback);
    redisAsyncContext *ac = r->ac;
    r->state_cb = NULL;
    r->phase = CLOSED;
    r->ac = NULL;
    if (ac) redisAsyncFree(ac);
    while (r->failed) on_fail_soon(r);
    loop_fd_free(r->fd);
    loop_hook_free(r->hook);
    loop_timer_free(r->retry);
    loop_timer_free(r->watch);
    loop_timer_free(r->fail_soon);
    while (r->spare) {
        struct pending *next = r->spare->next;
        free(r->spare);
        r->spare = next;
    }
    map_free(r->scripts);
    free(r->argv);
    free(r->argv_n);
    free(r->at.password);
    free(r);
}

bool redis_is_connected(const struct redis *r)
{
    return r->phase == READY;
}

void redis_on_state(struct redis *r, redis_state_cb *cb, void *arg)
{
    r->state_cb = cb;
    r->state_arg = arg;
}

size_t redis_pending(const struct redis *r)
{
    return r->pending_n;
}

/* ---- commands ---- */

void redis_command_within(struct redis *r, int deadline_ms, redis_cb *cb, void *arg, size_t argc,
                          const struct slice *argv)
{
    if (r->phase == READY)
        send_now(r, deadline_ms, cb, arg, argc, argv);
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
    for (size_t i = 0; i < sizeof digest; i++) (void)snprintf(s->sha + 2 * i, 3, "%02x", digest[i]);
    return s;
}

void redis_script_free(struct redis_script *s)
{
    if (!s) return;
    free(s->name);
    buf_done(&s->source);
    free(s);
}

/* A script is loaded once per connection, in the same pipeline just before its first use: the second
 * command cannot overtake the first. */
static void load_script(struct redis *r, const struct redis_script *s)
{
    struct slice sha = slice_of(s->sha);
    if (map_get(r->scripts, sha)) return;
    struct slice load[] = {SLICE_LIT("SCRIPT"), SLICE_LIT("LOAD"), buf_slice(&s->source)};
    send_now(r, r->command_ms, NULL, NULL, COUNT_OF(load), load);
    (void)map_put(r->scripts, sha, r);
}

void redis_eval(struct redis *r, const struct redis_script *s, redis_cb *cb, void *arg, size_t nkeys,
                size_t argc, const struct slice *argv)
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

int redis_wait(struct redis *r, redis_cb *cb, void *arg, struct err *e, size_t argc,
               const struct slice *argv)
{
    int64_t until = clock_mono_us() + r->connect_ms * 1000LL;
    while (r->phase != READY && clock_mono_us() < until) loop_turn(r->loop, WATCH_MS * 1000);
    if (r->phase != READY)
        return err_set(e, ERR_UNREACHABLE, "redis at %s:%d cannot be reached: %s", r->at.host, r->at.port,
                       r->why[0] ? r->why : "no connection in time");
    struct waiting w = {.cb = cb, .arg = arg, .e = e};
    redis_command(r, on_waited, &w, argc, argv);
    while (!w.done) loop_turn(r->loop, WATCH_MS * 1000);
    return w.rc;
}
