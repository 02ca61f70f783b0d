/* One follower a process: XREAD BLOCK on a connection of its own, from the place that all listeners
 * share. One that comes back asks for what it missed by itself, page by page over the store's
 * connection, until it has come to that place.
 *
 * A page begins at the event that was seen last, which must still be there: when it is not, the stream
 * was cut, or Redis has lost it, and nobody can know what was in between: that is a reset. */
#include "store/events.h"

#include "io/redis.h"
#include "read.h"
#include "store/call.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

enum {
    PAGE = 500,
    BLOCK_MS = 5000,
    READ_MS = BLOCK_MS + 5000,
    AGAIN_MS = 1000,       /* after an error */
    LINGER_MS = 30 * 1000, /* the connection stands so long when nobody listens */
    JSON_BYTES_MAX = 1 << 20,
};
static const char key[] = "events";

struct events_listener {
    struct events *events;
    TAILQ_ENTRY(events_listener) place;
    events_cb *cb;
    void *arg;
    struct event_id at;
    bool since, live; /* it comes back; it stands where the follower does */
    bool asking, dead;
    size_t caught_up; /* events that it was told of while it came back */
};

struct events {
    struct loop *loop;
    struct store *store;
    struct redis_config config;
    struct redis *redis; /* the follower's; NULL: nobody listens */
    struct store *line;  /* over it */
    struct loop_timer *again, *linger;
    struct event_id last;
    bool known, following; /* `last` is; and we read on from it */
    bool asking, dead;     /* a reply is to come */
    TAILQ_HEAD(, events_listener) listeners;
    size_t count;
    struct buf json; /* of a page */
    struct event list[PAGE];
};

/* ---- telling ---- */

static void tell(struct events_listener *l, size_t from, size_t n, struct event_id at, bool reset)
{
    l->at = at;
    const struct events_news news = {l->events->list + from, n, at, reset};
    l->cb(l->arg, &news);
}

/* Reads a page into e->list; returns how many of its events are of a kind that we know. */
static size_t read_page(struct events *e, const struct redisReply *page, size_t from)
{
    size_t n = 0, at = 0;
    buf_clear(&e->json);
    for (size_t i = from; i < redis_count(page) && n < PAGE; i++)
        n += event_read(redis_at(page, i), &e->list[n], &e->json);
    for (size_t i = 0; i < n; i++) {
        e->list[i].json.p = e->json.p + at;
        at += e->list[i].json.n;
    }
    return n;
}

static struct event_id last_of(const struct redisReply *page, struct event_id otherwise)
{
    size_t n = redis_count(page);
    struct event_id id = otherwise;
    return n && event_entry_id(redis_at(page, n - 1), &id) ? id : otherwise;
}

/* Who came back a moment ago may have seen some of these. */
static void tell_new(struct events_listener *l, size_t n)
{
    struct events *e = l->events;
    size_t from = 0;
    if (event_id_compare(e->last, l->at) <= 0) return;
    while (from < n && event_id_compare(e->list[from].id, l->at) <= 0)
        from++;
    tell(l, from, n - from, e->last, false);
}

static void tell_all(struct events *e, size_t n, bool reset)
{
    struct events_listener *l, *next;
    for (l = TAILQ_FIRST(&e->listeners); l; l = next) {
        next = TAILQ_NEXT(l, place);
        if (!l->live) continue;
        if (reset)
            tell(l, 0, 0, e->last, true);
        else
            tell_new(l, n);
    }
}

/* ---- coming back ---- */

static void catch_up(struct events_listener *l);

/* Stands with the others now. */
static void go_live(struct events_listener *l, bool reset)
{
    l->live = true;
    tell(l, 0, 0, l->events->last, reset);
}

/* Whether its first page begins with the event that it saw last. */
static bool begins_there(const struct events_listener *l, const struct redisReply *page)
{
    struct event_id first;
    return l->at.ms == 0 ||
           (event_entry_id(redis_at(page, 0), &first) && event_id_compare(first, l->at) == 0);
}

static void take_missed(struct events_listener *l, const struct redisReply *page)
{
    struct events *e = l->events;
    size_t n = redis_count(page), old = l->at.ms ? 1 : 0;
    if (!begins_there(l, page) || l->caught_up + n > EVENTS_CATCH_UP_MAX) {
        go_live(l, true);
        return;
    }
    size_t known = read_page(e, page, old);
    l->caught_up += n - old;
    struct event_id at = last_of(page, l->at);
    bool there = n < PAGE && event_id_compare(at, e->last) >= 0;
    l->asking = true; /* the listener may end in its callback */
    tell(l, 0, known, at, false);
    l->asking = false;
    if (l->dead)
        free(l);
    else if (there)
        l->live = true;
    else
        catch_up(l);
}

static void on_missed(struct call *c, const struct redisReply *page)
{
    struct events_listener *l = c->arg;
    l->asking = false;
    if (l->dead)
        free(l);
    else if (call_failed(page, NULL) == 0)
        take_missed(l, page);
    else
        loop_timer_in(l->events->again, AGAIN_MS * 1000LL);
}

static void catch_up(struct events_listener *l)
{
    char from[EVENTS_ID_BYTES];
    l->asking = true;
    event_id_write(l->at, from);
    struct call *c = call_command(l->events->store, "XRANGE");
    call_key(c, key);
    call_str(c, from);
    call_str(c, "+");
    call_str(c, "COUNT");
    call_u64(c, PAGE);
    call_run(c, on_missed, NULL, l);
}

/* The follower stands somewhere: those who wait for that go on. */
static void begin_waiting(struct events *e)
{
    struct events_listener *l, *next;
    for (l = TAILQ_FIRST(&e->listeners); l && e->following; l = next) {
        next = TAILQ_NEXT(l, place);
        if (l->live || l->asking) continue;
        if (l->since)
            catch_up(l);
        else
            go_live(l, false);
    }
}

/* ---- following ---- */

static void read_on(struct events *e);

static bool is_over(struct events *e)
{
    e->asking = false;
    return e->dead || !e->redis;
}

static void take_news(struct events *e, const struct redisReply *page)
{
    struct event_id was = e->last;
    e->last = last_of(page, e->last);
    size_t n = read_page(e, page, 0);
    if (event_id_compare(e->last, was) != 0) tell_all(e, n, false);
}

static void on_news(struct call *c, const struct redisReply *reply)
{
    struct events *e = c->arg;
    if (is_over(e)) return;
    if (call_failed(reply, NULL) < 0) { /* when it was cut off, on_state goes on */
        e->following = false;
        loop_timer_in(e->again, AGAIN_MS * 1000LL);
        return;
    }
    take_news(e, redis_at(redis_at(reply, 0), 1));
    loop_timer_in(e->again, EVENTS_GATHER_MS * 1000LL);
}

static void read_on(struct events *e)
{
    char from[EVENTS_ID_BYTES];
    e->asking = true;
    event_id_write(e->last, from);
    struct call *c = call_command(e->line, "XREAD");
    call_str(c, "COUNT");
    call_u64(c, PAGE);
    call_str(c, "BLOCK");
    call_u64(c, BLOCK_MS);
    call_str(c, "STREAMS");
    call_key(c, key);
    call_str(c, from);
    call_within(c, READ_MS);
    call_run(c, on_news, NULL, e);
}

static void stand(struct events *e)
{
    e->following = true;
    begin_waiting(e);
    read_on(e);
}

/* The newest event: from here on, whatever was before. */
static void on_newest(struct call *c, const struct redisReply *reply)
{
    struct events *e = c->arg;
    bool knew = e->known;
    if (is_over(e)) return;
    if (call_failed(reply, NULL) < 0) {
        loop_timer_in(e->again, AGAIN_MS * 1000LL);
        return;
    }
    e->last = last_of(reply, (struct event_id){0});
    e->known = true;
    if (knew) tell_all(e, 0, true);
    stand(e);
}

static void find_newest(struct events *e)
{
    e->asking = true;
    struct call *c = call_command(e->line, "XREVRANGE");
    call_key(c, key);
    call_str(c, "+");
    call_str(c, "-");
    call_str(c, "COUNT");
    call_u64(c, 1);
    call_run(c, on_newest, NULL, e);
}

static void on_place(struct call *c, const struct redisReply *reply)
{
    struct events *e = c->arg;
    if (is_over(e)) return;
    if (call_failed(reply, NULL) < 0)
        loop_timer_in(e->again, AGAIN_MS * 1000LL);
    else if (redis_count(reply) == 1)
        stand(e);
    else
        find_newest(e);
}

/* Whether the event that was seen last is still there. */
static void find_place(struct events *e)
{
    char last[EVENTS_ID_BYTES];
    if (e->asking) return;
    if (!e->known || e->last.ms == 0) {
        if (e->known)
            stand(e); /* there was none yet: all that there is, is new */
        else
            find_newest(e);
        return;
    }
    e->asking = true;
    event_id_write(e->last, last);
    struct call *c = call_command(e->line, "XRANGE");
    call_key(c, key);
    call_str(c, last);
    call_str(c, last);
    call_run(c, on_place, NULL, e);
}

static void on_state(void *arg, bool connected, const char *why)
{
    struct events *e = arg;
    (void)why;
    e->following = false;
    if (connected) loop_timer_in(e->again, 0);
}

static void on_again(void *arg)
{
    struct events *e = arg;
    if (!e->redis || !redis_is_connected(e->redis)) return;
    begin_waiting(e);
    if (e->asking) return;
    if (e->following)
        read_on(e);
    else
        find_place(e);
}

/* ---- the connection ---- */

static void let_go(struct events *e)
{
    struct redis *redis = e->redis;
    struct store *line = e->line;
    e->redis = NULL;
    e->line = NULL;
    e->following = e->known = false;
    redis_free(redis);
    store_free(line);
}

static void on_linger(void *arg)
{
    struct events *e = arg;
    if (e->count == 0) let_go(e);
}

static void connect_to(struct events *e)
{
    struct err why;
    if (e->redis) return;
    if (redis_new(e->loop, &e->config, &e->redis, &why) < 0) {
        e->redis = NULL; /* the same configuration has made the store's connection */
        return;
    }
    struct slice prefix = store_prefix(e->store);
    char text[STORE_PREFIX_BYTES_MAX + 1];
    (void)snprintf(text, sizeof text, "%.*s", SLICE_ARG(prefix));
    e->line = store_new(e->redis, text);
    redis_on_state(e->redis, on_state, e);
}

struct events *events_new(struct loop *l, struct store *store, const struct redis_config *redis)
{
    struct events *e = xcalloc(1, sizeof *e);
    e->loop = l;
    e->store = store;
    e->config = *redis;
    e->again = loop_timer_new(l, on_again, e);
    e->linger = loop_timer_new(l, on_linger, e);
    TAILQ_INIT(&e->listeners);
    buf_init(&e->json, JSON_BYTES_MAX);
    return e;
}

void events_stop(struct events *e)
{
    if (!e || e->dead) return;
    e->dead = true;
    loop_timer_cancel(e->again);
    loop_timer_cancel(e->linger);
    let_go(e);
}

void events_free(struct events *e)
{
    if (!e) return;
    check(e->count == 0);
    events_stop(e);
    loop_timer_free(e->again);
    loop_timer_free(e->linger);
    buf_done(&e->json);
    free(e);
}

/* ---- listeners ---- */

struct events_listener *events_listen(struct events *e, const struct event_id *since, events_cb *cb,
                                      void *arg)
{
    struct events_listener *l = xcalloc(1, sizeof *l);
    *l = (struct events_listener){.events = e, .cb = cb, .arg = arg, .since = since != NULL};
    if (since) l->at = *since;
    TAILQ_INSERT_TAIL(&e->listeners, l, place);
    e->count++;
    loop_timer_cancel(e->linger);
    if (!e->dead) connect_to(e);
    if (e->following) loop_timer_in(e->again, 0);
    return l;
}

void events_unlisten(struct events_listener *l)
{
    struct events *e = l->events;
    TAILQ_REMOVE(&e->listeners, l, place);
    if (--e->count == 0 && !e->dead) loop_timer_in(e->linger, LINGER_MS * 1000LL);
    l->dead = true;
    if (!l->asking) free(l);
}

size_t events_listeners(const struct events *e)
{
    return e->count;
}
