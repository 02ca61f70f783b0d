/* A ring of entries in the order of their offsets. The first `done` ones are known to be settled,
 * so that the point is found without walking from the front each time. */
#include "store/offset_window.h"

#include "base/check.h"

#include <stdlib.h>

struct entry {
    int64_t offset;
    void *item;
    bool settled;
};

struct offset_window {
    struct entry *entries;
    size_t max, first, count, done;
};

static struct entry *at(const struct offset_window *w, size_t i)
{
    return &w->entries[(w->first + i) % w->max];
}

struct offset_window *offset_window_new(size_t max)
{
    struct offset_window *w = xcalloc(1, sizeof *w);
    check(max > 0);
    w->max = max;
    w->entries = xcalloc(max, sizeof *w->entries);
    return w;
}

void offset_window_free(struct offset_window *w)
{
    if (!w) return;
    free(w->entries);
    free(w);
}

size_t offset_window_count(const struct offset_window *w)
{
    return w->count;
}

bool offset_window_is_full(const struct offset_window *w)
{
    return w->count == w->max;
}

void offset_window_add(struct offset_window *w, int64_t offset, void *item)
{
    check(item && w->count < w->max);
    check(w->count == 0 || at(w, w->count - 1)->offset < offset);
    *at(w, w->count) = (struct entry){.offset = offset, .item = item};
    w->count++;
}

void offset_window_settle(struct offset_window *w, int64_t offset)
{
    size_t low = 0, high = w->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (at(w, mid)->offset < offset)
            low = mid + 1;
        else
            high = mid;
    }
    check(low < w->count && at(w, low)->offset == offset);
    at(w, low)->settled = true;
}

int64_t offset_window_point(struct offset_window *w)
{
    while (w->done < w->count && at(w, w->done)->settled)
        w->done++;
    return w->done ? at(w, w->done - 1)->offset + 1 : -1;
}

void *offset_window_pop(struct offset_window *w, int64_t below)
{
    if (w->count == 0 || at(w, 0)->offset >= below) return NULL;
    void *item = at(w, 0)->item;
    w->first = (w->first + 1) % w->max;
    w->count--;
    if (w->done) w->done--;
    return item;
}
