/* What scripts tell of opt-outs goes to whoever keeps it elsewhere, before the call is answered. */
#include <stdlib.h>

#include "io/redis.h"
#include "store/mark.h"
#include "store/suppress/suppress.h"

/* ---- reading it: optouts.lua ---- */

static bool cut_one(struct slice *rest, struct suppress_told *ret)
{
    struct slice what, ms;
    uint64_t at_ms = 0;
    if (!slice_cut(rest, '\0', &what) || !slice_cut(rest, '\0', &ret->scope) ||
        !slice_cut(rest, '\0', &ret->key) || !slice_cut(rest, '\0', &ms) ||
        !slice_cut(rest, '\0', &ret->why))
        return false;
    (void)slice_to_u64(ms, INT64_MAX, &at_ms);
    ret->lifted = slice_is(what, "lift");
    ret->at_ms = (int64_t)at_ms;
    return true;
}

void suppress_add_told(struct told *t, struct slice text)
{
    struct suppress_told one;
    while (text.n && cut_one(&text, &one)) {
        if ((t->n & (t->n - 1)) == 0)
            t->list = xrealloc(t->list, (t->n ? 2 * t->n : 1) * sizeof *t->list);
        t->list[t->n++] = one;
    }
}

void suppress_told_last(struct told *t, const struct redisReply *reply)
{
    size_t n = redis_count(reply);
    if (n < 2) return;
    t->mark = (uint64_t)redis_int(redis_at(reply, n - 2), 0);
    suppress_add_told(t, redis_str(redis_at(reply, n - 1)));
}

/* ---- keeping it ---- */

void suppress_on_told(struct store *s, suppress_keep *keep, void *arg)
{
    *store_told(s) = (struct told_keeper){keep, arg};
}

static void on_kept(void *arg, int result)
{
    struct call *c = arg;
    struct redisReply *reply = c->held;
    c->held = NULL;
    call_answer(c, result < 0 ? NULL : reply);
    redis_reply_free(reply);
}

bool suppress_keeps(struct call *c, const struct redisReply *reply)
{
    const struct told_keeper *keeper = store_told(c->store);
    struct told t = {0};
    if (!keeper->keep || !reply) return false;
    c->told(&t, reply);
    if (t.mark < mark_seen(c->store)) t.mark = mark_seen(c->store);
    bool any = t.n > 0;
    if (any) {
        c->held = redis_reply_copy(reply);
        keeper->keep(keeper->arg, t.mark, t.list, t.n, on_kept, c);
    }
    free(t.list);
    return any;
}
