#include "waits.h"

#include "base/clock.h"

#include <stdlib.h>

void waits_add(struct waits *w, journal_sync_cb *cb, void *arg)
{
    if (w->n == w->room) {
        w->room = w->room ? 2 * w->room : 16;
        w->list = xrealloc(w->list, w->room * sizeof *w->list);
    }
    if (w->n == 0) w->since_us = clock_mono_us();
    w->list[w->n++] = (struct wait){cb, arg};
}

void waits_end(struct waits *w, int result)
{
    struct waits told = *w;
    *w = (struct waits){0};
    for (size_t i = 0; i < told.n; i++)
        told.list[i].cb(told.list[i].arg, result);
    if (w->list) {
        free(told.list);
    } else {
        told.n = 0;
        *w = told;
    }
}
