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
