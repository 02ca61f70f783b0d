#include "sim/backlog.h"

#include "base/check.h"

#include <stdlib.h>

enum { BACKLOG_FIRST_SLOTS = 64 };

struct backlog {
    int64_t *leave_us; /* a ring; the next one to leave at `first` */
    size_t cap, first, count;
    uint64_t highest;
    int64_t last_us; /* when the last one leaves */
};

struct backlog *backlog_new(void)
{
    struct backlog *b = xcalloc(1, sizeof *b);
    b->cap = BACKLOG_FIRST_SLOTS;
    b->leave_us = xcalloc(b->cap, sizeof *b->leave_us);
    return b;
}

void backlog_free(struct backlog *b)
{
    if (!b) return;
    free(b->leave_us);
    free(b);
}

void backlog_clear(struct backlog *b)
{
    b->first = b->count = 0;
    b->highest = 0;
    b->last_us = 0;
}

static void grow(struct backlog *b)
{
    int64_t *bigger = xcalloc(b->cap * 2, sizeof *bigger);
    for (size_t i = 0; i < b->count; i++)
        bigger[i] = b->leave_us[(b->first + i) & (b->cap - 1)];
    free(b->leave_us);
    b->leave_us = bigger;
    b->cap *= 2;
    b->first = 0;
}

uint64_t backlog_count(struct backlog *b, int64_t now_us)
{
    while (b->count && b->leave_us[b->first] <= now_us) {
        b->first = (b->first + 1) & (b->cap - 1);
        b->count--;
    }
    return b->count;
}

int64_t backlog_add(struct backlog *b, int64_t rate_per_s, int64_t now_us)
{
    (void)backlog_count(b, now_us);
    int64_t leaves_us = b->last_us;
    if (rate_per_s) leaves_us += INT64_C(1000000) / rate_per_s;
    if (leaves_us < now_us) leaves_us = now_us;
    b->last_us = leaves_us;
    if (leaves_us == now_us) return now_us;
    if (b->count == b->cap) grow(b);
    b->leave_us[(b->first + b->count++) & (b->cap - 1)] = leaves_us;
    if (b->count > b->highest) b->highest = b->count;
    return leaves_us;
}

uint64_t backlog_highest(const struct backlog *b)
{
    return b->highest;
}
