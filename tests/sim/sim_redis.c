#include "sim_redis.h"

#include "base/buf.h"
#include "base/clock.h"
#include "io/redis.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <hiredis/hiredis.h>

enum {
    BACKOFF_FIRST_US = 50 * SIM_MS,
    BACKOFF_MAX_US = 2 * SIM_S,
    COMMAND_US = 5 * SIM_S, /* the deadline of a command */
    CONNECT_US = 1 * SIM_MS,
    ASLEEP_US = 100 * SIM_MS, /* a process that stands still for longer may lose its lease */
    WAY_FIRST_US = 60,        /* [µs] one way over the network, at least */
    WAY_MORE_US = 240,        /* … and on average so much more */
    FSYNC_US = 300,           /* [µs] on average, before an answer may leave */
    WORDS_MAX = 12,           /* of a redis_commandf */
};

struct redis_script {
    char *name;
    int number;
};

/* A command from being sent to its callback. */
struct call {
    struct redis *redis; /* NULL: its connection broke; nobody waits for it any more */
    redis_cb *cb;
    void *arg;
    char *script; /* owned name, NULL for a command */
    int number;
    size_t nkeys, argc;
    struct slice *argv; /* owned, one allocation */
    bool arrived;
    unsigned era; /* of a server that is gone since, nothing arrives */
    struct sim_event *event;
    struct redisReply *reply;
    int64_t deadline_us;
    struct call *next;
};

struct redis {
    struct sim_process *process;
    bool ready, silent, safe, closed;
    int64_t backoff_us, last_arrival_us, last_answer_us;
    struct call *head, **tail;          /* sent, in order */
    struct call *failed, **failed_tail; /* their callbacks are due with NULL */
    struct sim_event *connect, *fail, *watch;
    redis_state_cb *state_cb;
    void *state_arg;
    struct redis *next;
};

static struct {
    struct sim_process process; /* stalls like any other */
    struct sim_store *store;
    int64_t offset_us, down_until_us, refuse_until_us;
    unsigned runs; /* how often it was started */
    unsigned eras; /* how often its keys were replaced */
    struct redis *clients;
    struct rng rng;
    void (*watch)(const struct sim_done *done);
} server;

/* ---- the server ---- */

void sim_redis_begin(void)
{
    memset(&server, 0, sizeof server);
    server.process.alive = true;
    (void)snprintf(server.process.name, sizeof server.process.name, "redis");
    server.rng = rng_new(sim_seed(), 1);
    server.store = sim_store_new();
}

void sim_redis_end(void)
{
    sim_store_free(server.store);
    server.store = NULL;
}

struct sim_store *sim_redis_store(void)
{
    return server.store;
}

int64_t sim_redis_clock_us(void)
{
    return sim_begin_ms() * 1000 + sim_now_us() + server.offset_us;
}

void sim_redis_jump(int64_t us)
{
    server.offset_us += us;
}

void sim_redis_watch(void (*cb)(const struct sim_done *done))
{
    server.watch = cb;
}

void sim_redis_stall(int64_t us)
{
    sim_stall(&server.process, us);
}

void sim_redis_refuse(int64_t us)
{
    server.refuse_until_us = sim_now_us() + us;
}

bool sim_redis_heal(void)
{
    bool was_wrong = server.offset_us != 0;
    server.down_until_us = server.refuse_until_us = sim_now_us();
    server.offset_us = 0;
    return was_wrong;
}

void sim_redis_crash(int64_t down_us)
{
    server.down_until_us = sim_now_us() + down_us;
    sim_store_set_run(server.store, ++server.runs);
    for (struct redis *r = server.clients; r; r = r->next)
        if (!r->safe) sim_redis_cut(r, false);
}

void sim_redis_put_back(const struct sim_store_copy *copy, int64_t down_us)
{
    server.eras++;
    if (down_us) sim_redis_crash(down_us);
    sim_store_put_back(server.store, copy);
}

/* ---- calls ---- */

static void call_free(struct call *c)
{
    sim_reply_free(c->reply);
    free(c->script);
    free(c->argv);
    free(c);
}

static struct slice *copy_words(size_t argc, const struct slice *argv)
{
    size_t bytes = 0;
    for (size_t i = 0; i < argc; i++)
        bytes += argv[i].n + 1;
    struct slice *copy = xcalloc(1, argc * sizeof *copy + bytes);
    char *to = (char *)(copy + argc);
    for (size_t i = 0; i < argc; i++) {
        if (argv[i].n) memcpy(to, argv[i].p, argv[i].n);
        copy[i] = slice_make(to, argv[i].n);
        to += argv[i].n + 1;
    }
    return copy;
}

static void finish(struct call *c, const struct redisReply *reply)
{
    if (c->cb) c->cb(c->arg, reply);
    call_free(c);
}

static void on_fail(void *arg)
{
    struct redis *r = arg;
    struct call *c = r->failed;
    sim_cancel(r->fail);
    r->fail = NULL;
    r->failed = NULL;
    r->failed_tail = &r->failed;
    while (c) {
        struct call *next = c->next;
        finish(c, NULL);
        c = next;
    }
}

static void fail_later(struct redis *r, struct call *c)
{
    c->next = NULL;
    *r->failed_tail = c;
    r->failed_tail = &c->next;
    if (!r->fail && !r->closed) r->fail = sim_in(r->process, 1, on_fail, r);
}

static void on_answer(void *arg)
{
    struct call *c = arg;
    struct redis *r = c->redis;
    check(r->head == c);
    r->head = c->next;
    if (!r->head) r->tail = &r->head;
    finish(c, c->reply);
}

static struct redisReply *run(const struct call *c)
{
    if (server.refuse_until_us > sim_now_us() && !(c->redis && c->redis->safe))
        return sim_reply_error("MISCONF Errors writing to the AOF file: No space left on device");
    sim_store_set_clock(server.store, sim_redis_clock_us());
    if (c->script) return sim_store_eval(server.store, c->number, c->nkeys, c->argc, c->argv);
    return sim_store_run(server.store, c->argc, c->argv);
}

static void trace_script(const struct call *c)
{
    struct buf words = BUF_INIT(256);
    /* offsets, rows and templates say little in a line */
    for (size_t i = 0; i < c->argc && !words.failed; i++)
        if (c->argv[i].n < 40) buf_addf(&words, " %.*s", SLICE_ARG(c->argv[i]));
    struct slice answer = redis_str(c->reply->elements ? c->reply->element[0] : c->reply);
    sim_trace("%s: %s%.*s -> %.*s", c->redis ? c->redis->process->name : "nobody", c->script,
              SLICE_ARG(buf_slice(&words)), SLICE_ARG(answer));
    buf_done(&words);
}

static int64_t way_us(void)
{
    return WAY_FIRST_US + rng_exponential(&server.rng, WAY_MORE_US);
}

static void on_arrival(void *arg)
{
    struct call *c = arg;
    struct redis *r = c->redis;
    c->arrived = true;
    c->event = NULL;
    if (!r && (server.down_until_us > sim_now_us() || c->era != server.eras)) {
        call_free(c);
        return;
    }
    c->reply = run(c);
    if (c->script && sim_traces()) trace_script(c);
    bool lost = !r || r->process->busy_until_us > sim_now_us() + ASLEEP_US;
    const struct sim_done done = {c->script, c->argc, c->argv, c->reply, lost};
    if (server.watch) server.watch(&done);
    if (!r) {
        call_free(c);
        return;
    }
    int64_t at = sim_now_us() + way_us() + rng_exponential(&server.rng, FSYNC_US);
    r->last_answer_us = at > r->last_answer_us ? at : r->last_answer_us;
    c->event = sim_at(r->process, r->last_answer_us, on_answer, c);
}

/* ---- connections ---- */

void redis_on_state(struct redis *r, redis_state_cb *cb, void *arg)
{
    r->state_cb = cb;
    r->state_arg = arg;
}

static void tell_state(struct redis *r, bool connected)
{
    if (r->state_cb) r->state_cb(r->state_arg, connected, "cut off");
}

static void on_connect(void *arg)
{
    struct redis *r = arg;
    r->connect = NULL;
    if (server.down_until_us > sim_now_us()) {
        r->backoff_us = r->backoff_us < BACKOFF_MAX_US / 2 ? 2 * r->backoff_us : BACKOFF_MAX_US;
        r->connect = sim_in(r->process, r->backoff_us, on_connect, r);
        return;
    }
    r->ready = true;
    r->silent = false;
    r->backoff_us = BACKOFF_FIRST_US;
    tell_state(r, true);
}

/* What had not arrived: the first so many still do (they are in the server's buffers already), the
 * rest never. */
static void scatter(struct redis *r)
{
    size_t open = 0;
    for (struct call *c = r->head; c; c = c->next)
        open += !c->arrived;
    size_t arriving = (size_t)rng_between(&server.rng, 0, (int64_t)open);
    for (struct call *c = r->head, *next; c; c = next) {
        next = c->next;
        if (c->arrived) {
            sim_cancel(c->event);
        } else if (c->event && arriving > 0) {
            arriving--;
            struct call *alone = xcalloc(1, sizeof *alone);
            *alone = (struct call){.script = c->script,
                                   .number = c->number,
                                   .nkeys = c->nkeys,
                                   .argc = c->argc,
                                   .argv = c->argv,
                                   .era = c->era};
            c->script = NULL;
            c->argv = NULL;
            sim_cancel(c->event);
            /* in order, and perhaps after the client has come back on another connection */
            r->last_arrival_us += rng_exponential(&server.rng, 20 * SIM_MS);
            (void)sim_at(&server.process, r->last_arrival_us, on_arrival, alone);
        } else {
            sim_cancel(c->event);
        }
        c->event = NULL;
    }
}

static void give_up(struct redis *r)
{
    *r->failed_tail = r->head;
    if (r->head) r->failed_tail = r->tail;
    r->head = NULL;
    r->tail = &r->head;
}

static void on_broken(void *arg)
{
    struct redis *r = arg;
    r->watch = NULL;
    r->ready = false;
    give_up(r);
    on_fail(r);
    tell_state(r, false);
    r->connect = sim_in(r->process, r->backoff_us + CONNECT_US, on_connect, r);
}

void sim_redis_cut(struct redis *r, bool silently)
{
    if (!r->ready || r->safe || r->silent) return;
    scatter(r);
    r->silent = true;
    if (silently) return; /* the deadline of a command will tell */
    sim_cancel(r->watch);
    r->watch = sim_in(r->process, 100, on_broken, r);
}

void sim_redis_make_safe(struct redis *r)
{
    r->safe = r->ready = true;
    sim_cancel(r->connect);
    r->connect = NULL;
}

static void on_watch(void *arg)
{
    struct redis *r = arg;
    r->watch = NULL;
    if (!r->head) return;
    if (r->head->deadline_us > sim_now_us()) {
        r->watch = sim_at(r->process, r->head->deadline_us, on_watch, r);
        return;
    }
    if (!r->silent) scatter(r);
    r->silent = true;
    on_broken(r);
}

int redis_new(struct loop *l, const struct redis_config *config, struct redis **ret, struct err *e)
{
    (void)l;
    (void)config;
    (void)e;
    struct redis *r = xcalloc(1, sizeof *r);
    r->process = sim_current();
    r->tail = &r->head;
    r->failed_tail = &r->failed;
    r->backoff_us = BACKOFF_FIRST_US;
    r->connect = sim_in(r->process, CONNECT_US, on_connect, r);
    r->next = server.clients;
    server.clients = r;
    *ret = r;
    return 0;
}

void redis_free(struct redis *r)
{
    if (!r) return;
    r->closed = true;
    if (!r->silent) scatter(r);
    r->ready = false;
    give_up(r);
    while (r->failed)
        on_fail(r);
    sim_cancel(r->connect);
    sim_cancel(r->fail);
    sim_cancel(r->watch);
    struct redis **at = &server.clients;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    free(r);
}

bool redis_is_connected(const struct redis *r)
{
    return r->ready;
}

/* ---- sending ---- */

static void send_call(struct redis *r, struct call *c)
{
    if (!r->ready) {
        fail_later(r, c);
        return;
    }
    c->deadline_us = sim_now_us() + COMMAND_US;
    c->era = server.eras;
    *r->tail = c;
    r->tail = &c->next;
    if (!r->watch && !r->safe) r->watch = sim_at(r->process, c->deadline_us, on_watch, r);
    if (r->silent) return;
    int64_t at = sim_now_us() + way_us();
    r->last_arrival_us = at > r->last_arrival_us ? at : r->last_arrival_us;
    c->event = sim_at(&server.process, r->last_arrival_us, on_arrival, c);
}

void redis_command(struct redis *r, redis_cb *cb, void *arg, size_t argc, const struct slice *argv)
{
    struct call *c = xcalloc(1, sizeof *c);
    *c = (struct call){
        .redis = r, .cb = cb, .arg = arg, .argc = argc, .argv = copy_words(argc, argv)};
    send_call(r, c);
}

/* Who waits on purpose is the queue, and that is the simulation's own. */
void redis_command_within(struct redis *r, int deadline_ms, redis_cb *cb, void *arg, size_t argc,
                          const struct slice *argv)
{
    (void)deadline_ms;
    redis_command(r, cb, arg, argc, argv);
}

/* %s and %lld within words, as it is used: printf's, where hiredis has more. */
void redis_commandf(struct redis *r, redis_cb *cb, void *arg, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
void redis_commandf(struct redis *r, redis_cb *cb, void *arg, const char *fmt, ...)
{
    struct buf line = BUF_INIT(4096);
    va_list ap;
    va_start(ap, fmt);
    buf_addv(&line, fmt, ap);
    va_end(ap);
    check(!line.failed);
    struct slice words[WORDS_MAX], rest = buf_slice(&line);
    size_t n = 0;
    while (n < WORDS_MAX && slice_cut(&rest, ' ', &words[n]))
        n++;
    redis_command(r, cb, arg, n, words);
    buf_done(&line);
}

struct redis_script *redis_script_new(const char *name, struct slice source)
{
    struct redis_script *s = xcalloc(1, sizeof *s);
    s->name = xstrdup(name);
    s->number = sim_store_script(server.store, name, source);
    return s;
}

void redis_script_free(struct redis_script *s)
{
    if (!s) return;
    free(s->name);
    free(s);
}

void redis_eval(struct redis *r, const struct redis_script *s, const struct redis_words *words,
                redis_cb *cb, void *arg)
{
    struct call *c = xcalloc(1, sizeof *c);
    *c = (struct call){.redis = r,
                       .cb = cb,
                       .arg = arg,
                       .script = xstrdup(s->name),
                       .number = s->number,
                       .nkeys = words->keys,
                       .argc = words->n,
                       .argv = copy_words(words->n, words->words)};
    send_call(r, c);
}

/* Its Redis has no replicas. */
bool redis_waits(const struct redis *r)
{
    (void)r;
    return false;
}

void redis_eval_lasting(struct redis *r, const struct redis_script *s,
                        const struct redis_words *words, redis_cb *cb, void *arg)
{
    redis_eval(r, s, words, cb, arg);
}
