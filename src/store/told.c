/* What scripts tell goes to whoever keeps it elsewhere, before the call is answered. */
#include "store/told_keeper.h"

#include <stdlib.h>

#include "io/redis.h"
#include "store/mark.h"

void told_add(struct told *t, const struct told_word *word)
{
    if ((t->n & (t->n - 1)) == 0)
        t->list = xrealloc(t->list, (t->n ? 2 * t->n : 1) * sizeof *t->list);
    t->list[t->n++] = *word;
}

static bool cut_taken(struct slice *rest, struct told_taken *ret)
{
    struct slice began;
    uint64_t began_ms = 0;
    if (!slice_cut(rest, '\0', &ret->kind) || !slice_cut(rest, '\0', &ret->id) ||
        !slice_cut(rest, '\0', &began) || !slice_cut(rest, '\0', &ret->more))
        return false;
    (void)slice_to_u64(began, INT64_MAX, &began_ms);
    ret->began_ms = (int64_t)began_ms;
    return true;
}

void told_taken_last(struct told *t, const struct redisReply *reply)
{
    size_t n = redis_count(reply);
    if (n < 4) return; /* it said no */
    struct slice text = redis_str(redis_at(reply, n - 1));
    struct told_word word = {.kind = TOLD_TAKEN};
    t->mark = (uint64_t)redis_int(redis_at(reply, n - 2), 0);
    while (text.n && cut_taken(&text, &word.taken))
        told_add(t, &word);
}

void store_on_told(struct store *s, told_keep *keep, void *arg)
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

bool told_is_kept(struct call *c, const struct redisReply *reply)
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
