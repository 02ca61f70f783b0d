#include "store/follow.h"

#include "base/map.h"
#include "call.h"
#include "store/lua_scripts.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE = 500, SCAN = 500, EVERY_US = 250 * 1000, ID_BYTES = 48, CURSOR_BYTES = 24 };

static const struct script follow_script = {.name = "follow", .parts = {&lua_follow}};

struct waiter {
    struct waiter *next;
    store_done_cb *cb;
    void *arg;
};

struct follow {
    struct follow_config config;
    struct loop_timer *timer;
    size_t hash_count;
    char last[ID_BYTES];                  /* entry that was read; "" = read all */
    struct map *known[FOLLOW_HASHES_MAX]; /* fields → the round in which they were read, + 1 */
    uintptr_t round;
    size_t scanning; /* which hash */
    char cursor[CURSOR_BYTES];
    bool is_read;
    bool asking, dead;      /* a reply is to come; it frees us */
    struct waiter *waiting; /* for the look that is under way */
    struct waiter *later;   /* came while it was: for the next one */
};

/* ---- who waits ---- */

static void tell(struct waiter **list, int result, const struct err *e)
{
    struct waiter *w = *list;
    *list = NULL;
    while (w) {
        struct waiter *next = w->next;
        w->cb(w->arg, result, e);
        free(w);
        w = next;
    }
}

static void tell_all(struct follow *f, const struct err *e)
{
    tell(&f->waiting, e->code, e);
    tell(&f->later, e->code, e);
}

/* ---- the copy ---- */

static void take(struct follow *f, size_t hash, struct slice field, struct slice value)
{
    if (hash >= f->hash_count) return;
    if (value.p)
        (void)map_put(f->known[hash], field, (void *)(f->round + 1));
    else
        (void)map_del(f->known[hash], field);
    f->config.take(f->config.arg, hash, field, value);
}

/* What a whole reading did not meet is gone. */
static void drop_unmet(struct follow *f)
{
    for (size_t i = 0; i < f->hash_count; i++) {
        size_t pos = 0;
        struct slice field;
        void *round;
        while (map_next(f->known[i], &pos, &field, &round)) {
            if ((uintptr_t)round == f->round + 1) continue;
            f->config.take(f->config.arg, i, field, SLICE_NONE);
            (void)map_del(f->known[i], field);
        }
    }
}

/* ---- asking ---- */

static void ask(struct follow *f);
static void scan(struct follow *f);

static void rest(struct follow *f)
{
    if (f->later) {
        f->waiting = f->later;
        f->later = NULL;
        ask(f);
        return;
    }
    loop_timer_in(f->timer, EVERY_US);
}

/* False: f is gone, or Redis did not tell, and that was seen to. */
static bool goes_on(struct follow *f, const struct redisReply *reply)
{
    struct err e;
    f->asking = false;
    if (f->dead) {
        free(f);
        return false;
    }
    if (call_failed(reply, &e) == 0) return true;
    tell_all(f, &e);
    loop_timer_in(f->timer, EVERY_US);
    return false;
}

static void on_scanned(struct call *c, const struct redisReply *reply)
{
    struct follow *f = c->arg;
    /* Read by halves is not read: it begins anew. Nor could the cursor go on: where Redis started
     * again, or a replica took over, the order is another one, and a quarter would be passed over. */
    if (call_failed(reply, NULL)) f->last[0] = '\0';
    if (!goes_on(f, reply)) return;
    const struct redisReply *pairs = redis_at(reply, 1);
    for (size_t i = 0; i + 1 < redis_count(pairs); i += 2)
        take(f, f->scanning, redis_str(redis_at(pairs, i)), redis_str(redis_at(pairs, i + 1)));
    (void)snprintf(f->cursor, sizeof f->cursor, "%.*s", SLICE_ARG(redis_str(redis_at(reply, 0))));
    if (strcmp(f->cursor, "0") == 0) f->scanning++;
    if (f->scanning < f->hash_count) {
        scan(f);
        return;
    }
    drop_unmet(f);
    f->is_read = true;
    ask(f); /* what changed meanwhile */
}

static void scan(struct follow *f)
{
    f->asking = true;
    struct call *c = call_command(f->config.store, "HSCAN");
    call_key(c, "%s", f->config.hashes[f->scanning]);
    call_str(c, f->cursor);
    call_str(c, "COUNT");
    call_u64(c, SCAN);
    call_run(c, on_scanned, NULL, f);
}

static void read_all(struct follow *f)
{
    f->round++;
    f->scanning = 0;
    (void)snprintf(f->cursor, sizeof f->cursor, "0");
    scan(f);
}

static void on_told(struct call *c, const struct redisReply *reply)
{
    struct follow *f = c->arg;
    if (!goes_on(f, reply)) return;
    struct slice last = redis_str(redis_at(reply, 1));
    (void)snprintf(f->last, sizeof f->last, "%.*s", SLICE_ARG(last));
    if (call_says(reply, "lost")) {
        read_all(f);
        return;
    }
    for (size_t i = 3; i + 2 < redis_count(reply); i += 3)
        take(f, (size_t)redis_int(redis_at(reply, i), FOLLOW_HASHES_MAX),
             redis_str(redis_at(reply, i + 1)), redis_str(redis_at(reply, i + 2)));
    if (redis_int(redis_at(reply, 2), 0) == PAGE) {
        ask(f);
        return;
    }
    tell(&f->waiting, 0, NULL);
    rest(f);
}

static void ask(struct follow *f)
{
    f->asking = true;
    struct call *c = call_begin(f->config.store, &follow_script);
    call_key(c, "%s", f->config.stream);
    call_str(c, f->last);
    call_u64(c, PAGE);
    call_prefix(c);
    for (size_t i = 0; i < f->hash_count; i++)
        call_str(c, f->config.hashes[i]);
    call_run(c, on_told, NULL, f);
}

static void on_timer(void *arg)
{
    struct follow *f = arg;
    if (!f->asking) ask(f);
}

/* ---- life ---- */

struct follow *follow_new(const struct follow_config *config)
{
    struct follow *f = xcalloc(1, sizeof *f);
    f->config = *config;
    while (f->hash_count < FOLLOW_HASHES_MAX && config->hashes[f->hash_count])
        f->known[f->hash_count++] = map_new();
    f->timer = loop_timer_new(config->loop, on_timer, f);
    loop_timer_in(f->timer, 0);
    return f;
}

void follow_free(struct follow *f)
{
    if (!f) return;
    struct err e;
    (void)err_set(&e, ERR_UNREACHABLE, "musterd is stopping");
    tell_all(f, &e);
    for (size_t i = 0; i < f->hash_count; i++)
        map_free(f->known[i]);
    loop_timer_free(f->timer);
    f->dead = true;
    if (!f->asking) free(f);
}

bool follow_is_read(const struct follow *f)
{
    return f->is_read;
}

void follow_catch_up(struct follow *f, store_done_cb *cb, void *arg)
{
    struct waiter *w = xcalloc(1, sizeof *w), **list = f->asking ? &f->later : &f->waiting;
    *w = (struct waiter){*list, cb, arg};
    *list = w;
    if (!f->asking) ask(f);
}
