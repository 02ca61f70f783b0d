#include "sim/tape.h"

#include "base/check.h"

#include <stdlib.h>

struct tape {
    struct taped **ring; /* owned, NULL where nothing was written yet */
    size_t cap, next;    /* the slot that is written next */
};

struct tape *tape_new(size_t messages_max)
{
    struct tape *t = xcalloc(1, sizeof *t);
    t->cap = messages_max;
    if (messages_max) t->ring = xcalloc(messages_max, sizeof *t->ring);
    return t;
}

void tape_clear(struct tape *t)
{
    for (size_t i = 0; i < t->cap; i++) {
        free(t->ring[i]);
        t->ring[i] = NULL;
    }
    t->next = 0;
}

void tape_free(struct tape *t)
{
    if (!t) return;
    tape_clear(t);
    free(t->ring);
    free(t);
}

static char *put(char *at, struct slice *s)
{
    if (s->n) memcpy(at, s->p, s->n);
    s->p = at;
    return at + s->n;
}

static struct taped *copy_of(const struct taped *m)
{
    size_t bytes = m->id.n + m->account.n + m->to.n + m->from.n + m->text.n + m->ref.n;
    struct taped *copy = xmalloc(sizeof *copy + bytes);
    *copy = *m;
    char *at = (char *)(copy + 1);
    at = put(at, &copy->id);
    at = put(at, &copy->account);
    at = put(at, &copy->to);
    at = put(at, &copy->from);
    at = put(at, &copy->text);
    (void)put(at, &copy->ref);
    return copy;
}

void tape_add(struct tape *t, const struct taped *m)
{
    if (t->cap == 0) return;
    free(t->ring[t->next]);
    t->ring[t->next] = copy_of(m);
    t->next = (t->next + 1) % t->cap;
}

const struct taped *tape_next(const struct tape *t, size_t *pos, uint64_t number)
{
    while (*pos < t->cap) {
        const struct taped *m = t->ring[(t->next + t->cap - 1 - *pos) % t->cap];
        (*pos)++;
        if (!m) return NULL;
        if (number == 0 || m->number == number) return m;
    }
    return NULL;
}
