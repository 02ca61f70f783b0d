#include "pieces.h"

#include "base/check.h"

#include <stdlib.h>

static struct piece *at(struct pieces *p, size_t i)
{
    return &p->ring[(p->first + i) % PIECES_MAX];
}

bool pieces_are_full(const struct pieces *p)
{
    return p->n == PIECES_MAX;
}

struct piece *pieces_add(struct pieces *p)
{
    check(!pieces_are_full(p));
    struct piece *added = at(p, p->n++);
    const struct waits nobody = added->waits; /* its room is used again */
    check(nobody.n == 0);
    *added = (struct piece){.number = ++p->numbers, .waits = nobody};
    return added;
}

struct piece *pieces_last(struct pieces *p)
{
    return p->n ? at(p, p->n - 1) : NULL;
}

struct piece *pieces_find(struct pieces *p, uint64_t number)
{
    for (size_t i = 0; i < p->n; i++)
        if (at(p, i)->number == number) return at(p, i);
    return NULL;
}

static struct piece *take_first(struct pieces *p)
{
    struct piece *first = at(p, 0);
    p->first = (p->first + 1) % PIECES_MAX;
    p->n--;
    return first;
}

struct piece *pieces_take_standing(struct pieces *p)
{
    if (p->n == 0 || !at(p, 0)->on_disk || !at(p, 0)->copied) return NULL;
    return take_first(p);
}

void pieces_end(struct pieces *p, int result)
{
    while (p->n)
        waits_end(&take_first(p)->waits, result);
}

void pieces_done(struct pieces *p)
{
    for (size_t i = 0; i < PIECES_MAX; i++)
        free(p->ring[i].waits.list);
}
