/* Open addressing, linear probing, tombstones; FNV-1a with a per-process seed so that what
 * strangers name cannot be chosen to collide. */
#include "base/map.h"

#include "base/check.h"

#include <stdlib.h>
#include <sys/random.h>

struct entry {
    char *key; /* owned; NULL = never used, DEAD = deleted */
    size_t key_n;
    uint64_t hash;
    void *value;
};

struct map {
    struct entry *entries;
    size_t cap, live, used; /* used counts tombstones too */
    uint64_t seed;
};

static char dead_mark;
#define DEAD (&dead_mark)
enum { MAP_FIRST_SLOTS = 16 };

struct map *map_new(void)
{
    struct map *m = xcalloc(1, sizeof *m);
    m->cap = MAP_FIRST_SLOTS;
    m->entries = xcalloc(m->cap, sizeof *m->entries);
    if (getrandom(&m->seed, sizeof m->seed, 0) != (ssize_t)sizeof m->seed) m->seed = (uintptr_t)m;
    return m;
}

void map_free(struct map *m)
{
    if (!m) return;
    for (size_t i = 0; i < m->cap; i++)
        if (m->entries[i].key != DEAD) free(m->entries[i].key);
    free(m->entries);
    free(m);
}

size_t map_count(const struct map *m)
{
    return m->live;
}

static uint64_t hash_of(const struct map *m, struct slice key)
{
    uint64_t h = 0xcbf29ce484222325u ^ m->seed;
    for (size_t i = 0; i < key.n; i++)
        h = (h ^ (unsigned char)key.p[i]) * 0x100000001b3u;
    return h ^ (h >> 29);
}

static struct entry *find(const struct map *m, struct slice key, uint64_t hash)
{
    for (size_t i = hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
        struct entry *e = &m->entries[i];
        if (e->key == NULL) return NULL;
        if (e->key != DEAD && e->hash == hash && slice_eq(slice_make(e->key, e->key_n), key))
            return e;
    }
}

static void place(struct map *m, struct entry fresh)
{
    size_t i = fresh.hash & (m->cap - 1);
    while (m->entries[i].key != NULL)
        i = (i + 1) & (m->cap - 1);
    m->entries[i] = fresh;
}

static void grow(struct map *m)
{
    struct entry *old = m->entries;
    size_t old_cap = m->cap;
    if (m->live * 2 >= m->cap) m->cap *= 2;
    m->entries = xcalloc(m->cap, sizeof *m->entries);
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].key && old[i].key != DEAD) place(m, old[i]);
    m->used = m->live;
    free(old);
}

void *map_get(const struct map *m, struct slice key)
{
    struct entry *e = find(m, key, hash_of(m, key));
    return e ? e->value : NULL;
}

void *map_put(struct map *m, struct slice key, void *value)
{
    check(value != NULL);
    uint64_t hash = hash_of(m, key);
    struct entry *e = find(m, key, hash);
    if (e) {
        void *before = e->value;
        e->value = value;
        return before;
    }
    if ((m->used + 1) * 4 > m->cap * 3) grow(m);
    place(m, (struct entry){slice_strdup(key), key.n, hash, value});
    m->live++;
    m->used++;
    return NULL;
}

void *map_del(struct map *m, struct slice key)
{
    struct entry *e = find(m, key, hash_of(m, key));
    if (!e) return NULL;
    void *before = e->value;
    free(e->key);
    *e = (struct entry){.key = DEAD};
    m->live--;
    return before;
}

bool map_next(const struct map *m, size_t *pos, struct slice *ret_key, void **ret_value)
{
    for (; *pos < m->cap; (*pos)++) {
        struct entry *e = &m->entries[*pos];
        if (!e->key || e->key == DEAD) continue;
        *ret_key = slice_make(e->key, e->key_n);
        *ret_value = e->value;
        (*pos)++;
        return true;
    }
    return false;
}
