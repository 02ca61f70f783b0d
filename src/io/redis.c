/* hiredis's async context, driven by our loop through its read/write hooks.
 *
 * Why not hiredis's adapters: version 0.14's never report a refused connection, and there is no
 * command timeout. Here every command has a deadline; answers come in order, so only the oldest is
 * watched, and one that is late condemns the whole connection: after that nobody could tell what
 * its answer was. Deadlines go by the loop's awake clock: what Redis said while this process stood
 * is read first, and what could not be written has its time yet.
 *
 * Writes: hiredis asks for a write with each command; we write once, before the loop sleeps, so
 * that the commands of one turn leave in one packet. */
#include "redis_internal.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    CONNECT_MS = 2000,
    COMMAND_MS = 5000,
    BACKOFF_FIRST_MS = 50,
    BACKOFF_MAX_MS = 2000,
};

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
static void lost(struct redis *r, int failure, const char *why)
{
    if (r->phase == CLOSED || r->phase == WAITING) return;
    if (!why || !*why) why = "connection closed";
    bool news = r->phase != READY && strcmp(why, r->why) != 0;
    (void)snprintf(r->why, sizeof r->why, "%s", why);
    r->failure = failure;
    r->ac = NULL;
    map_free(r->scripts);
    r->scripts = map_new();
    set_phase(r, WAITING);
    if (news && r->state_cb) r->state_cb(r->state_arg, false, r->why);
    retry_later(r);
}

static void condemn(struct redis *r, int failure, const char *why)
{
    redisAsyncContext *ac = r->ac;
    lost(r, failure, why);
    if (ac) redisAsyncFree(ac);
}

/* Whoever does not speak Redis' language is not Redis on its way. */
static int failure_of(const redisAsyncContext *ac)
{
    return ac->err == REDIS_ERR_PROTOCOL ? ERR_REFUSED : ERR_UNREACHABLE;
}

static void on_watch(void *arg)
{
    struct redis *r = arg;
    int64_t now = loop_awake_us(r->loop);
    if (r->phase == CONNECTING || r->phase == GREETING) {
        if (now >= r->connect_deadline_us) {
            condemn(r, ERR_UNREACHABLE, "no connection in time");
            return;
        }
    } else if (r->head && r->head->deadline_us && now >= r->head->deadline_us) {
        condemn(r, ERR_UNREACHABLE, "no answer in time");
        return;
    }
    if (r->head || r->phase == CONNECTING) loop_timer_in(r->watch, REDIS_WATCH_MS * 1000);
}

static void update_fd(struct redis *r)
{
    if (!r->fd) return;
    int want = r->want & LOOP_READ;
    /* While connecting, writable means connected; afterwards the hook writes first and only what
     * the socket did not take waits for it. */
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
    if (r->ac == ac) lost(r, failure_of(ac), ac->errstr);
}

/* ---- the greeting: AUTH, SELECT, the checks ---- */

static void greeting_went_well(struct redis *r)
{
    if (--r->greetings) return;
    r->backoff_ms = BACKOFF_FIRST_MS;
    r->failure = 0;
    r->why[0] = '\0';
    set_phase(r, READY);
}

/* What a server says that will let us in later. */
static bool passes(struct slice error)
{
    return slice_starts(error, "LOADING") || slice_starts(error, "BUSY") ||
           slice_starts(error, "MASTERDOWN") || slice_starts(error, "ERR max number of clients");
}

static void on_greeted(void *arg, const struct redisReply *reply)
{
    struct redis *r = arg;
    struct slice text;
    if (r->phase != GREETING || !reply) return;
    if (redis_is_error(reply, &text)) {
        char why[REDIS_WHY_BYTES];
        bool password = slice_starts(text, "NOAUTH") || slice_starts(text, "WRONGPASS") ||
                        slice_starts(text, "ERR invalid password") ||
                        slice_starts(text, "ERR AUTH");
        (void)snprintf(why, sizeof why, "%.*s%s", SLICE_ARG(text),
                       password ? " (the url holds the password: " REDIS_URL_FORM ")" : "");
        condemn(r, passes(text) ? ERR_UNREACHABLE : ERR_REFUSED, why);
        return;
    }
    greeting_went_well(r);
}

static void on_checked(void *arg, const struct redisReply *reply)
{
    struct redis *r = arg;
    struct err e = {0};
    struct slice text;
    if (r->phase != GREETING || !reply) return;
    const struct redis_check *c = &r->checks[r->checked++];
    int rc = redis_is_error(reply, &text) && passes(text)
                 ? err_set(&e, ERR_UNREACHABLE, "%.*s", SLICE_ARG(text))
                 : c->judge(c->arg, reply, &e);
    if (rc < 0)
        condemn(r, rc, e.text);
    else
        greeting_went_well(r);
}

static void send_check(struct redis *r, const struct redis_check *c)
{
    struct slice argv[COUNT_OF(c->words)];
    size_t n = 0;
    while (n < COUNT_OF(c->words) && c->words[n]) {
        argv[n] = slice_of(c->words[n]);
        n++;
    }
    redis_send(r, r->command_ms, on_checked, r, n, argv);
}

static void on_connect(const redisAsyncContext *ac, int status)
{
    struct redis *r = ac->data;
    if (r->ac != ac) return;
    if (status != REDIS_OK) {
        lost(r, ERR_UNREACHABLE, ac->errstr);
        return;
    }
    set_phase(r, GREETING);
    r->checked = 0;
    r->greetings = (r->at.password ? 1 : 0) + 1 + r->check_count;
    if (r->at.password) {
        struct slice auth[] = {SLICE_LIT("AUTH"), slice_of(r->at.password)};
        redis_send(r, r->command_ms, on_greeted, r, 2, auth);
        if (r->phase != GREETING) return;
    }
    char db[16];
    (void)snprintf(db, sizeof db, "%d", r->at.db);
    struct slice select[] = {SLICE_LIT("SELECT"), slice_of(db)};
    redis_send(r, r->command_ms, on_greeted, r, 2, select);
    for (size_t i = 0; i < r->check_count && r->phase == GREETING; i++)
        send_check(r, &r->checks[i]);
}

static void start_connect(struct redis *r)
{
    redisAsyncContext *ac =
        r->at.port ? redisAsyncConnect(r->at.host, r->at.port) : redisAsyncConnectUnix(r->at.host);
    check(ac != NULL);
    r->phase = CONNECTING;
    r->ac = ac;
    if (ac->err) {
        lost(r, ERR_UNREACHABLE, ac->errstr);
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
    r->connect_deadline_us = loop_awake_us(r->loop) + r->connect_ms * 1000LL;
    if (!loop_timer_armed(r->watch)) loop_timer_in(r->watch, REDIS_WATCH_MS * 1000);
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
        return err_set(e, ERR_INVALID, "redis url is not understood; write " REDIS_URL_FORM);
    }
    r->loop = l;
    r->connect_ms = config->connect_ms ? config->connect_ms : CONNECT_MS;
    r->command_ms = config->command_ms ? config->command_ms : COMMAND_MS;
    r->checks = config->checks;
    r->check_count = config->check_count;
    r->backoff_ms = BACKOFF_FIRST_MS;
    r->tail = &r->head;
    r->failed_tail = &r->failed;
    r->scripts = map_new();
    r->argv = xcalloc(REDIS_ARGS_MAX, sizeof *r->argv);
    r->argv_n = xcalloc(REDIS_ARGS_MAX, sizeof *r->argv_n);
    r->hook = loop_before_sleep(l, on_before_sleep, r);
    r->retry = loop_timer_new(l, on_retry, r);
    r->watch = loop_timer_new(l, on_watch, r);
    r->fail_soon = loop_timer_new(l, redis_fail_now, r);
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
    while (r->failed)
        redis_fail_now(r);
    loop_fd_free(r->fd);
    loop_hook_free(r->hook);
    loop_timer_free(r->retry);
    loop_timer_free(r->watch);
    loop_timer_free(r->fail_soon);
    redis_free_pending(r);
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

const char *redis_reason(const struct redis *r)
{
    if (r->phase == READY) return NULL;
    return r->why[0] ? r->why : "no connection in time";
}

int redis_why_away(const struct redis *r, struct err *e)
{
    char at[sizeof r->at.host + 16];
    const char *why = redis_reason(r);
    if (!why) return 0;
    if (r->at.port)
        (void)snprintf(at, sizeof at, "%s:%d", r->at.host, r->at.port);
    else
        (void)snprintf(at, sizeof at, "unix:%s", r->at.host);
    if (r->failure == 0 || r->failure == ERR_UNREACHABLE)
        return err_set(e, ERR_UNREACHABLE, "redis at %s cannot be reached: %s", at, why);
    return err_set(e, r->failure, "redis at %s will not do: %s", at, why);
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
