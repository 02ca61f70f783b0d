/* Commands and scripts: each waits in line for its reply, replies come in order. */
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

void redis_list_init(struct pending_list *list)
{
    *list = (struct pending_list){.tail = &list->head};
}

void redis_list_add(struct pending_list *list, struct pending *p)
{
    p->next = NULL;
    *list->tail = p;
    list->tail = &p->next;
}

struct pending *redis_list_take(struct pending_list *list)
{
    struct pending *p = list->head;
    if (!p) return NULL;
    list->head = p->next;
    if (!list->head) list->tail = &list->head;
    return p;
}

struct pending *redis_pending_new(struct redis *r, redis_cb *cb, void *arg)
{
    struct pending *p = r->spare;
    if (p)
        r->spare = p->next;
    else
        p = xmalloc(sizeof *p);
    *p = (struct pending){.redis = r, .cb = cb, .arg = arg};
    return p;
}

void redis_finish(struct redis *r, struct pending *p, const struct redisReply *reply)
{
    redis_cb *cb = p->cb;
    void *arg = p->arg;
    struct redisReply *held = p->reply;
    p->next = r->spare;
    r->spare = p;
    bool nested = r->in_callback;
    r->in_callback = true;
    if (cb) cb(arg, reply);
    r->in_callback = nested;
    if (held) freeReplyObject(held);
}

/* Only those that failed by now: a callback may ask again, and fail again. */
void redis_fail_now(void *arg)
{
    struct redis *r = arg;
    struct pending_list now = r->failed;
    struct pending *p;
    if (!now.head) return;
    redis_list_init(&r->failed);
    while ((p = now.head)) {
        now.head = p->next;
        redis_finish(r, p, p->refused ? redis_lasting_refusal() : NULL);
    }
}

void redis_fail(struct redis *r, struct pending *p)
{
    redis_list_add(&r->failed, p);
    loop_timer_in(r->fail_soon, 0);
}

void redis_fail_all(struct redis *r, struct pending_list *list)
{
    struct pending *p;
    while ((p = redis_list_take(list))) {
        r->pending_n--;
        redis_fail(r, p);
    }
}

static void on_error_reply(struct redis *r, struct slice error)
{
    if (slice_starts(error, "NOSCRIPT")) {
        map_free(r->scripts);
        r->scripts = map_new();
        return;
    }
    /* Callers treat an error like a lost reply; a full disk or memory, or a faulty script, would
     * look like a silent server. A second apart, so that a storm of them does not become one of
     * lines. */
    int64_t now = clock_mono_us();
    if (now - r->error_said_us < 1000000 || slice_starts(error, "BUSYGROUP") ||
        slice_starts(error, "NOGROUP"))
        return;
    r->error_said_us = now;
    log_error("redis: %.*s", SLICE_ARG(error));
}

void redis_take(struct redis *r, struct redisReply *reply)
{
    struct slice error = SLICE_NONE;
    struct pending *p = redis_list_take(&r->written);
    if (!p) {
        freeReplyObject(reply);
        redis_condemn(r, ERR_REFUSED, "it says what nobody asked");
        return;
    }
    bool is_error = redis_is_error(reply, &error), greeting = r->phase == GREETING;
    /* A greeting's errors are told as the reason why there is no connection. */
    if (is_error && !greeting) on_error_reply(r, error);
    /* Before its caller asks again: the next one goes to whoever is the master. */
    if (is_error && !greeting && slice_starts(error, "READONLY"))
        redis_condemn(r, ERR_UNREACHABLE, "it is a replica now and takes no writes");
    if (p->lasts && !is_error) {
        redis_lasting_hold(r, p, reply);
        return;
    }
    r->pending_n--;
    redis_finish(r, p, reply);
    freeReplyObject(reply);
}

void redis_expect(struct redis *r, struct pending *p, int deadline_ms)
{
    p->deadline_us = deadline_ms > 0 ? loop_awake_us(r->loop) + deadline_ms * 1000LL : 0;
    redis_list_add(&r->written, p);
    r->pending_n++;
    if (p->deadline_us && !loop_timer_armed(r->watch))
        loop_timer_in(r->watch, REDIS_WATCH_MS * 1000);
}

void redis_send(struct redis *r, int deadline_ms, redis_cb *cb, void *arg, size_t argc,
                const struct slice *argv)
{
    check(argc > 0 && argc <= REDIS_ARGS_MAX);
    struct pending *p = redis_pending_new(r, cb, arg);
    redis_wire_put(r->wire, argc, argv);
    redis_expect(r, p, deadline_ms);
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
        redis_fail(r, redis_pending_new(r, cb, arg));
}

void redis_command(struct redis *r, redis_cb *cb, void *arg, size_t argc, const struct slice *argv)
{
    redis_command_within(r, r->command_ms, cb, arg, argc, argv);
}

void redis_commandf(struct redis *r, redis_cb *cb, void *arg, const char *fmt, ...)
{
    struct pending *p = redis_pending_new(r, cb, arg);
    if (r->phase != READY) {
        redis_fail(r, p);
        return;
    }
    char *text = NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = redisvFormatCommand(&text, fmt, ap);
    va_end(ap);
    check(n > 0);
    buf_add(redis_wire_out(r->wire), text, (size_t)n);
    redisFreeCommand(text);
    redis_expect(r, p, r->command_ms);
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

static void put_eval(struct redis *r, const struct redis_script *s, const struct redis_words *words)
{
    char count[16];
    int count_n = snprintf(count, sizeof count, "%zu", words->keys);
    const struct slice head[] = {SLICE_LIT("EVALSHA"), slice_of(s->sha),
                                 slice_make(count, (size_t)count_n)};
    redis_wire_begin(r->wire, COUNT_OF(head) + words->n);
    redis_wire_words(r->wire, COUNT_OF(head), head);
    redis_wire_words(r->wire, words->n, words->words);
}

static void send_eval(struct redis *r, const struct redis_script *s,
                      const struct redis_words *words, struct pending *p)
{
    check(words->n + 3 <= REDIS_ARGS_MAX && words->keys <= words->n);
    if (r->phase != READY || p->refused) {
        redis_fail(r, p);
        return;
    }
    load_script(r, s);
    put_eval(r, s, words);
    if (p->lasts) p->number = ++r->lasting.sent;
    redis_expect(r, p, r->command_ms);
}

void redis_eval(struct redis *r, const struct redis_script *s, const struct redis_words *words,
                redis_cb *cb, void *arg)
{
    send_eval(r, s, words, redis_pending_new(r, cb, arg));
}

void redis_eval_lasting(struct redis *r, const struct redis_script *s,
                        const struct redis_words *words, redis_cb *cb, void *arg)
{
    struct pending *p = redis_pending_new(r, cb, arg);
    p->lasts = r->lasting.min > 0;
    p->refused = r->phase == READY && !redis_lasting_may(r);
    send_eval(r, s, words, p);
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
