#include "store/there.h"

#include <stdlib.h>

#include "base/map.h"
#include "store/call.h"
#include "store/lua_scripts.h"

enum { AT_ONCE = 500 }; /* members in one call: Lua unpacks no more than some thousands */

struct there {
    struct loop_timer *write;
    struct store *store;
    struct map *seen; /* since the last write: id → any pointer */
    int64_t now_ms;   /* of the newest of them */
};

static const struct script note_script = {.name = "there_note", .parts = {&lua_there_note}};

static void on_write(void *arg)
{
    there_write(arg);
}

struct there *there_new(struct loop *l, struct store *s)
{
    struct there *t = xcalloc(1, sizeof *t);
    t->store = s;
    t->seen = map_new();
    t->write = loop_timer_new(l, on_write, t);
    return t;
}

void there_free(struct there *t)
{
    if (!t) return;
    loop_timer_free(t->write);
    map_free(t->seen);
    free(t);
}

void there_see(struct there *t, struct slice member, int64_t now_ms)
{
    if (map_count(t->seen) >= THERE_MAX) return;
    (void)map_put(t->seen, member, t);
    if (now_ms > t->now_ms) t->now_ms = now_ms;
    if (!loop_timer_armed(t->write)) loop_timer_in(t->write, THERE_WRITE_MS * 1000LL);
}

static struct call *begin_note(const struct there *t)
{
    struct call *c = call_begin(t->store, &note_script);
    call_key(c, "there");
    call_i64(c, t->now_ms);
    call_i64(c, THERE_MS);
    call_i64(c, THERE_MAX);
    return c;
}

void there_write(struct there *t)
{
    size_t pos = 0, n = 0;
    struct slice id;
    void *any;
    struct call *c = NULL;
    while (map_next(t->seen, &pos, &id, &any)) {
        if (!c) c = begin_note(t);
        call_text(c, id);
        if (++n % AT_ONCE == 0) {
            call_run(c, NULL, NULL, NULL);
            c = NULL;
        }
    }
    if (c) call_run(c, NULL, NULL, NULL);
    map_free(t->seen);
    t->seen = map_new();
}

/* ---- reading ---- */

static void on_list(struct call *c, const struct redisReply *reply)
{
    struct slice ids[THERE_MAX];
    struct err e;
    size_t n = 0;
    int rc = call_failed(reply, &e);
    for (size_t i = 0; rc == 0 && i < redis_count(reply) && n < THERE_MAX; i++)
        ids[n++] = redis_str(redis_at(reply, i));
    call_back(c, there_cb)(c->arg, rc, ids, n, rc < 0 ? &e : NULL);
}

void there_list(struct store *s, int64_t now_ms, there_cb *cb, void *arg)
{
    struct call *c = call_command(s, "ZRANGEBYSCORE");
    call_key(c, "there");
    call_i64(c, now_ms - THERE_MS);
    call_str(c, "+inf");
    call_str(c, "LIMIT");
    call_u64(c, 0);
    call_u64(c, THERE_MAX);
    call_run(c, on_list, cb, arg);
}
