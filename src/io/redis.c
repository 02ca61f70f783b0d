/* One connection to a Redis: found (by its address, or by the sentinels), greeted, kept, and made
 * anew. Every command has a deadline; replies come in order, so only the oldest is watched, and one
 * that is late condemns the whole connection: after that nobody could tell what its reply was.
 * Deadlines go by the loop's awake clock: what Redis said while this process stood is read first,
 * and what could not be written has its time yet.
 *
 * Commands leave once a turn, before the loop sleeps, in one write. */
#include "redis_internal.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    CONNECT_MS = 2000,
    COMMAND_MS = 5000,
    BACKOFF_FIRST_MS = 50,
    BACKOFF_MAX_MS = 2000,
};

#define NO_MASTER "no sentinel names a master"

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

/* There is no connection (any more). */
static void lost(struct redis *r, int failure, const char *why)
{
    if (r->phase == CLOSED || r->phase == WAITING) return;
    if (!why || !*why) why = "connection closed";
    bool news = r->phase != READY && strcmp(why, r->why) != 0;
    if (why != r->why) (void)snprintf(r->why, sizeof r->why, "%s", why);
    r->failure = failure;
    redis_wire_free(r->wire);
    r->wire = NULL;
    map_free(r->scripts);
    r->scripts = map_new();
    set_phase(r, WAITING);
    redis_lasting_end(r);
    redis_fail_all(r, &r->written);
    if (news && r->state_cb) r->state_cb(r->state_arg, false, r->why);
    retry_later(r);
}

void redis_condemn(struct redis *r, int failure, const char *why)
{
    lost(r, failure, why);
}

/* What did not come in time; NULL: all that is waited for still may. */
static const char *late_thing(const struct redis *r)
{
    int64_t now = loop_awake_us(r->loop);
    const struct pending *oldest = r->written.head;
    if (r->phase == FINDING) return now >= r->connect_deadline_us ? NO_MASTER : NULL;
    if (r->phase == CONNECTING || r->phase == GREETING)
        return now >= r->connect_deadline_us ? "no connection in time" : NULL;
    bool late = oldest && oldest->deadline_us && now >= oldest->deadline_us;
    return late ? "no answer in time" : NULL;
}

static void on_watch(void *arg)
{
    struct redis *r = arg;
    const char *late = late_thing(r);
    if (late) lost(r, ERR_UNREACHABLE, late);
    if (r->written.head || r->phase == CONNECTING || r->phase == FINDING)
        loop_timer_in(r->watch, REDIS_WATCH_MS * 1000);
}

static void on_before_sleep(void *arg)
{
    struct redis *r = arg;
    if (!r->wire) return;
    if (r->phase == READY) redis_lasting_ask(r);
    redis_wire_flush(r->wire);
}

static void on_closed(void *arg, int failure, const char *why)
{
    lost(arg, failure, why);
}

/* ---- the greeting: AUTH, SELECT, the checks ---- */

static void greeting_went_well(struct redis *r)
{
    if (--r->greetings) return;
    r->backoff_ms = BACKOFF_FIRST_MS;
    r->failure = 0;
    r->why[0] = '\0';
    redis_lasting_begin(r);
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
        redis_condemn(r, passes(text) ? ERR_UNREACHABLE : ERR_REFUSED, why);
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
        redis_condemn(r, rc, e.text);
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

/* One that may not be asked is believed: it says READONLY when it is none. */
static void on_role(void *arg, const struct redisReply *reply)
{
    struct redis *r = arg;
    struct slice role = redis_str(redis_at(reply, 0)), text;
    if (r->phase != GREETING || !reply) return;
    if (redis_is_error(reply, &text) && passes(text))
        on_greeted(r, reply);
    else if (slice_is(role, "slave"))
        lost(r, ERR_UNREACHABLE, "it is a replica, and only a master will do");
    else if (slice_is(role, "sentinel"))
        lost(r, ERR_REFUSED, "it is a sentinel (the url for that: " REDIS_URL_FORM ")");
    else
        greeting_went_well(r);
}

static void send_auth(struct redis *r)
{
    struct slice auth[3] = {SLICE_LIT("AUTH")};
    size_t n = 1;
    if (!r->at.password) return;
    if (r->at.user) auth[n++] = slice_of(r->at.user);
    auth[n++] = slice_of(r->at.password);
    r->greetings++;
    redis_send(r, r->command_ms, on_greeted, r, n, auth);
}

static void on_opened(void *arg)
{
    struct redis *r = arg;
    char db[16];
    (void)snprintf(db, sizeof db, "%d", r->at.db);
    const struct slice select[] = {SLICE_LIT("SELECT"), slice_of(db)};
    const struct slice role[] = {SLICE_LIT("ROLE")};
    set_phase(r, GREETING);
    r->checked = 0;
    r->greetings = 2 + r->check_count;
    send_auth(r);
    redis_send(r, r->command_ms, on_greeted, r, COUNT_OF(select), select);
    redis_send(r, r->command_ms, on_role, r, COUNT_OF(role), role);
    for (size_t i = 0; i < r->check_count; i++)
        send_check(r, &r->checks[i]);
}

static void on_wire_reply(void *arg, struct redisReply *reply)
{
    redis_take(arg, reply);
}

static void connect_there(struct redis *r)
{
    const struct redis_wire_owner owner = {on_opened, on_wire_reply, on_closed, r};
    struct err e;
    r->phase = CONNECTING;
    if (redis_wire_open(r->loop, &r->place, r->attempt++, r->tls, &owner, &r->wire, &e) < 0)
        lost(r, e.code, e.text);
}

static void start_connect(struct redis *r)
{
    const struct url_place *place = &r->at.place;
    if (r->sentinels) place = redis_sentinels_master(r->sentinels);
    r->connect_deadline_us = loop_awake_us(r->loop) + r->connect_ms * 1000LL;
    if (!loop_timer_armed(r->watch)) loop_timer_in(r->watch, REDIS_WATCH_MS * 1000);
    r->phase = FINDING;
    if (!place) return; /* the sentinels will say */
    r->place = *place;
    connect_there(r);
}

/* The sentinels know another master, or one at last, or none of them does. */
static void on_sentinels(void *arg)
{
    struct redis *r = arg;
    const struct url_place *there = redis_sentinels_master(r->sentinels);
    if (!there) {
        if (r->phase == FINDING) lost(r, ERR_UNREACHABLE, NO_MASTER);
        return;
    }
    bool moved = there->port != r->place.port || strcmp(there->host, r->place.host) != 0;
    if (r->wire && moved) lost(r, ERR_UNREACHABLE, "the sentinels name another master");
    if (r->phase != FINDING && !(r->phase == WAITING && moved)) return;
    r->backoff_ms = BACKOFF_FIRST_MS;
    loop_timer_in(r->retry, 0);
}

static void on_retry(void *arg)
{
    struct redis *r = arg;
    if (r->phase == WAITING || r->phase == FINDING) start_connect(r);
}

static int open_tls(struct redis *r, const struct redis_config *config, struct err *e)
{
    return r->at.tls ? redis_tls_new(&config->tls, &r->tls, e) : 0;
}

int redis_new(struct loop *l, const struct redis_config *config, struct redis **ret, struct err *e)
{
    struct redis *r = xcalloc(1, sizeof *r);
    int rc = redis_url_parse(slice_of(config->url), &r->at);
    if (rc < 0)
        rc = err_set(e, ERR_INVALID, "redis url is not understood; write " REDIS_URL_FORM);
    else
        rc = open_tls(r, config, e);
    if (rc < 0) {
        redis_address_done(&r->at);
        free(r);
        return rc;
    }
    r->loop = l;
    r->connect_ms = config->connect_ms ? config->connect_ms : CONNECT_MS;
    r->command_ms = config->command_ms ? config->command_ms : COMMAND_MS;
    r->checks = config->checks;
    r->check_count = config->check_count;
    r->backoff_ms = BACKOFF_FIRST_MS;
    redis_list_init(&r->written);
    redis_list_init(&r->failed);
    r->scripts = map_new();
    r->hook = loop_before_sleep(l, on_before_sleep, r);
    r->retry = loop_timer_new(l, on_retry, r);
    r->watch = loop_timer_new(l, on_watch, r);
    r->fail_soon = loop_timer_new(l, redis_fail_now, r);
    redis_lasting_init(r, config);
    if (r->at.master)
        r->sentinels = redis_sentinels_new(l, &r->at, r->tls, config->sentinel_user,
                                           config->sentinel_password, on_sentinels, r);
    start_connect(r);
    *ret = r;
    return 0;
}

void redis_free(struct redis *r)
{
    if (!r) return;
    check(!r->in_callback);
    r->state_cb = NULL;
    r->phase = CLOSED;
    redis_wire_free(r->wire);
    redis_sentinels_free(r->sentinels);
    redis_lasting_end(r);
    redis_fail_all(r, &r->written);
    while (r->failed.head)
        redis_fail_now(r);
    loop_hook_free(r->hook);
    loop_timer_free(r->retry);
    loop_timer_free(r->watch);
    loop_timer_free(r->fail_soon);
    redis_lasting_done(r);
    redis_free_pending(r);
    map_free(r->scripts);
    redis_tls_free(r->tls);
    redis_address_done(&r->at);
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

void redis_where(const struct redis *r, char *to, size_t n)
{
    char source[URL_HOST_BYTES + 64] = "";
    if (!r->sentinels) {
        redis_place_text(&r->at.place, to, n);
        return;
    }
    redis_sentinels_source(r->sentinels, source, sizeof source);
    if (!*source) {
        size_t used = (size_t)snprintf(to, n, "the master '%s' of the sentinels ", r->at.master);
        if (used < n) redis_sentinels_why(r->sentinels, to + used, n - used);
        return;
    }
    redis_place_text(&r->place, to, n);
    size_t used = strlen(to);
    (void)snprintf(to + used, n - used, " (%s)", source);
}

int redis_why_away(const struct redis *r, struct err *e)
{
    char at[ERR_TEXT_BYTES / 2];
    const char *why = redis_reason(r);
    if (!why) return 0;
    redis_where(r, at, sizeof at);
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
