#include "memory.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/map.h"

enum { OVERHEAD_BYTES = 64 }; /* of the map's place and of malloc */

struct kept {
    struct kept *older, *newer;
    int64_t at_ms;
    size_t key_n, value_n;
    bool is_absent;
    char text[]; /* key and value */
};

struct gazetteer_memory {
    struct map *by_key;
    struct kept *oldest, *newest;
    size_t bytes, bytes_max;
    int64_t old_ms;
};

struct gazetteer_memory *gazetteer_memory_new(size_t bytes_max, int64_t old_ms)
{
    struct gazetteer_memory *m = xcalloc(1, sizeof *m);
    m->by_key = map_new();
    m->bytes_max = bytes_max;
    m->old_ms = old_ms;
    return m;
}

static size_t bytes_of(const struct kept *k)
{
    return sizeof *k + k->key_n * 2 + k->value_n + OVERHEAD_BYTES;
}

static void take_out(struct gazetteer_memory *m, struct kept *k)
{
    *(k->older ? &k->older->newer : &m->oldest) = k->newer;
    *(k->newer ? &k->newer->older : &m->newest) = k->older;
}

static void put_in_front(struct gazetteer_memory *m, struct kept *k)
{
    k->older = m->newest;
    k->newer = NULL;
    *(m->newest ? &m->newest->newer : &m->oldest) = k;
    m->newest = k;
}

static void forget(struct gazetteer_memory *m, struct kept *k)
{
    take_out(m, k);
    map_del(m->by_key, slice_make(k->text, k->key_n));
    m->bytes -= bytes_of(k);
    free(k);
}

void gazetteer_memory_free(struct gazetteer_memory *m)
{
    if (!m) return;
    while (m->oldest)
        forget(m, m->oldest);
    map_free(m->by_key);
    free(m);
}

void gazetteer_memory_put(struct gazetteer_memory *m, struct slice key, struct slice value,
                          int64_t now_ms)
{
    struct kept *k = map_get(m->by_key, key);
    if (k) forget(m, k);
    k = xmalloc(sizeof *k + key.n + value.n);
    *k = (struct kept){.at_ms = now_ms, .key_n = key.n, .value_n = value.n, .is_absent = !value.p};
    memcpy(k->text, key.p, key.n);
    if (value.n) memcpy(k->text + key.n, value.p, value.n);
    map_put(m->by_key, key, k);
    put_in_front(m, k);
    m->bytes += bytes_of(k);
    while (m->bytes > m->bytes_max && m->oldest != k)
        forget(m, m->oldest);
}

bool gazetteer_memory_get(struct gazetteer_memory *m, struct slice key, int64_t now_ms,
                          struct slice *ret)
{
    struct kept *k = map_get(m->by_key, key);
    if (!k || now_ms - k->at_ms >= m->old_ms) return false;
    take_out(m, k);
    put_in_front(m, k);
    *ret = k->is_absent ? SLICE_NONE : slice_make(k->text + k->key_n, k->value_n);
    return true;
}
