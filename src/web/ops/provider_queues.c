#include "web/ops/ops.h"

#include <stdlib.h>

struct looking {
    provider_queues_cb *cb;
    void *arg;
    size_t waiting;
    int64_t *taken; /* owned; by account */
    struct looked {
        struct looking *all;
        size_t i;
    } of[];
};

static void look_ended(struct looking *l)
{
    if (--l->waiting > 0) return;
    l->cb(l->arg, l->taken);
    free(l->taken);
    free(l);
}

static void on_taken(void *arg, int64_t taken)
{
    const struct looked *one = arg;
    one->all->taken[one->i] = taken;
    look_ended(one->all);
}

void provider_queues_look(const struct web *w, provider_queues_cb *cb, void *arg)
{
    const struct accounts *a = w->config.accounts;
    struct looking *l = xcalloc(1, sizeof *l + a->count * sizeof l->of[0]);
    l->cb = cb;
    l->arg = arg;
    l->waiting = 1;
    l->taken = xcalloc(a->count, sizeof *l->taken);
    for (size_t i = 0; i < a->count; i++) {
        const struct provider_queue *q = &a->list[i].queue;
        l->taken[i] = -1;
        l->of[i] = (struct looked){l, i};
        if (q->max == 0) continue;
        l->waiting++;
        provider_queue_look(w->config.store, q, on_taken, &l->of[i]);
    }
    look_ended(l);
}
