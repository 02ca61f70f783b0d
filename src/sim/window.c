/* A ring of times that doubles when the second holds more than it has room for: 8 bytes for each
 * event of the busiest second, nothing more. */
#include "sim/window.h"

#include "base/check.h"

#include <stdlib.h>

enum { WINDOW_FIRST_SLOTS = 64, SECOND_US = 1000000 };

struct window {
    int64_t *times_us; /* a ring; oldest at `first` */
    uint32_t cap, first, count, highest;
};

struct window *window_new(void)
{
    struct window *w = xcalloc(1, sizeof *w);
    w->cap = WINDOW_FIRST_SLOTS;
    w->times_us = xcalloc(w->cap, sizeof *w->times_us);
    return w;
}

void window_free(struct window *w)
{
    if (!w) return;
    free(w->times_us);
    free(w);
}

void window_clear(struct window *w)
{
    w->first = w->count = w->highest = 0;
}

static void forget_old(struct window *w, int64_t now_us)
{
    while (w->count && w->times_us[w->first] <= now_us - SECOND_US) {
        w->first = (w->first + 1) & (w->cap - 1);
        w->count--;
    }
}

static void grow(struct window *w)
{
    int64_t *bigger = xcalloc((size_t)w->cap * 2, sizeof *bigger);
    for (uint32_t i = 0; i < w->count; i++)
        bigger[i] = w->times_us[(w->first + i) & (w->cap - 1)];
    free(w->times_us);
    w->times_us = bigger;
    w->cap *= 2;
    w->first = 0;
}

void window_add(struct window *w, int64_t now_us)
{
    forget_old(w, now_us);
    if (w->count == w->cap) grow(w);
    w->times_us[(w->first + w->count) & (w->cap - 1)] = now_us;
    w->count++;
    if (w->count > w->highest) w->highest = w->count;
}

uint32_t window_count(struct window *w, int64_t now_us)
{
    forget_old(w, now_us);
    return w->count;
}

uint32_t window_highest(const struct window *w)
{
    return w->highest;
}
