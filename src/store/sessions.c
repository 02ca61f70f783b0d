#include "store/sessions.h"

#include "base/check.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/map.h"
#include "call.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 1000, EVERY_US = 1000 * 1000 };

static const char key[] = "sessions:ended";

struct sessions {
    struct store *store;
    struct loop_timer *timer;
    char last[48]; /* id of the stream's last entry that was read */
    struct map *ended;
    struct heap *by_end; /* the same ids, owned, by when they may be forgotten [ms] */
    bool is_read;
    bool asking, dead; /* a reply is to come; it frees us */
};

static void remember(struct sessions *s, struct slice id, int64_t end_ms)
{
    if (id.n == 0 || id.n > SESSIONS_ID_BYTES_MAX || map_get(s->ended, id)) return;
    char *copy = slice_strdup(id);
    (void)map_put(s->ended, id, copy);
    heap_push(s->by_end, end_ms, copy);
}

static void forget_until(struct sessions *s, int64_t now_ms)
{
    int64_t end_ms;
    void *id;
    while (heap_peek(s->by_end, &end_ms, &id) && end_ms <= now_ms &&
           heap_pop(s->by_end, NULL, NULL)) {
        (void)map_del(s->ended, slice_of(id));
        free(id);
    }
}

static void read_on(struct sessions *s);

static void take_page(struct sessions *s, const struct redisReply *page)
{
    for (size_t i = 0; i < redis_count(page); i++) {
        const struct redisReply *entry = redis_at(page, i), *fields = redis_at(entry, 1);
        struct slice at = redis_str(redis_at(entry, 0));
        uint64_t end_ms = 0;
        if (slice_to_u64(redis_field(fields, "end"), INT64_MAX, &end_ms))
            remember(s, redis_field(fields, "id"), (int64_t)end_ms);
        (void)snprintf(s->last, sizeof s->last, "%.*s", SLICE_ARG(at));
    }
}

static void on_page(struct call *c, const struct redisReply *reply)
{
    struct sessions *s = c->arg;
    struct err e;
    s->asking = false;
    if (s->dead) {
        free(s);
        return;
    }
    if (call_failed(reply, &e) == 0) {
        take_page(s, reply);
        if (redis_count(reply) == PAGE) {
            read_on(s);
            return;
        }
        s->is_read = true;
    }
    forget_until(s, clock_wall_ms());
    loop_timer_in(s->timer, EVERY_US);
}

static void read_on(struct sessions *s)
{
    s->asking = true;
    struct call *c = call_command(s->store, "XRANGE");
    call_key(c, "%s", key);
    call_f(c, "(%s", s->last);
    call_str(c, "+");
    call_str(c, "COUNT");
    call_u64(c, PAGE);
    call_run(c, on_page, NULL, s);
}

static void on_timer(void *arg)
{
    read_on(arg);
}

struct sessions *sessions_new(struct loop *l, struct store *store)
{
    struct sessions *s = xcalloc(1, sizeof *s);
    s->store = store;
    s->ended = map_new();
    s->by_end = heap_new();
    (void)snprintf(s->last, sizeof s->last, "0-0");
    s->timer = loop_timer_new(l, on_timer, s);
    loop_timer_in(s->timer, 0);
    return s;
}

void sessions_free(struct sessions *s)
{
    if (!s) return;
    forget_until(s, INT64_MAX);
    loop_timer_free(s->timer);
    heap_free(s->by_end);
    map_free(s->ended);
    s->dead = true;
    if (!s->asking) free(s);
}

bool sessions_are_read(const struct sessions *s)
{
    return s->is_read;
}

bool sessions_has_ended(const struct sessions *s, struct slice id)
{
    return map_get(s->ended, id) != NULL;
}

void sessions_end(struct sessions *s, struct slice id, int64_t end_ms, store_done_cb *cb, void *arg)
{
    check(id.n > 0 && id.n <= SESSIONS_ID_BYTES_MAX);
    remember(s, id, end_ms);
    struct call *c = call_command(s->store, "XADD");
    call_key(c, "%s", key);
    call_str(c, "MAXLEN");
    call_str(c, "~");
    call_u64(c, SESSIONS_ENDED_MAX);
    call_str(c, "*");
    call_pair(c, "id", id);
    call_pair_u64(c, "end", (uint64_t)end_ms);
    call_run(c, call_read_done, cb, arg);
    c = call_command(s->store, "EXPIRE");
    call_key(c, "%s", key);
    call_u64(c, SESSIONS_LAST_S);
    call_run(c, NULL, NULL, NULL);
}
