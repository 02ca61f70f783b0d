#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_BY_MALLOC 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_BY_MALLOC 1
#endif
#endif
#ifndef ARENA_BY_MALLOC
#define ARENA_BY_MALLOC 0
#endif

enum { ARENA_CHUNK_BYTES = 16 * 1024, ARENA_ALIGN = 16 };

struct chunk {
    struct chunk *next;
    size_t cap, used;
    _Alignas(16) char bytes[];
};

struct arena {
    struct chunk *first, *now; /* chunks after `now` are kept from an earlier round, empty */
    size_t max, used;
    bool failed;
};

struct arena *arena_new(size_t bytes_max)
{
    struct arena *a = xcalloc(1, sizeof *a);
    a->max = bytes_max;
    return a;
}

static void free_chunks(struct arena *a)
{
    for (struct chunk *c = a->first; c;) {
        struct chunk *next = c->next;
        free(c);
        c = next;
    }
    a->first = a->now = NULL;
}

void arena_free(struct arena *a)
{
    if (!a) return;
    free_chunks(a);
    free(a);
}

void arena_clear(struct arena *a)
{
    if (ARENA_BY_MALLOC) free_chunks(a);
    for (struct chunk *c = a->first; c; c = c->next)
        c->used = 0;
    a->now = a->first;
    a->used = 0;
    a->failed = false;
}

bool arena_failed(const struct arena *a)
{
    return a->failed;
}

static struct chunk *add_chunk(struct arena *a, size_t bytes)
{
    size_t cap = ARENA_BY_MALLOC || bytes > ARENA_CHUNK_BYTES ? bytes : ARENA_CHUNK_BYTES;
    struct chunk *c = xmalloc(sizeof *c + cap);
    c->cap = cap;
    c->used = 0;
    c->next = a->now ? a->now->next : a->first;
    if (a->now)
        a->now->next = c;
    else
        a->first = c;
    a->now = c;
    return c;
}

void *arena_alloc(struct arena *a, size_t bytes)
{
    size_t room = bytes;
    if (!ARENA_BY_MALLOC) room = (bytes + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if (a->failed || room > a->max || a->used > a->max - room) {
        a->failed = true;
        return NULL;
    }
    struct chunk *c = a->now;
    if (!ARENA_BY_MALLOC) {
        while (c && c->cap - c->used < room && c->next)
            c = a->now = c->next;
    }
    if (ARENA_BY_MALLOC || !c || c->cap - c->used < room) c = add_chunk(a, room);
    void *p = c->bytes + c->used;
    c->used += room;
    a->used += room;
    return p;
}

void *arena_zalloc(struct arena *a, size_t bytes)
{
    void *p = arena_alloc(a, bytes);
    if (p) memset(p, 0, bytes);
    return p;
}

struct slice arena_dup(struct arena *a, struct slice s)
{
    char *p = arena_alloc(a, s.n + 1);
    if (!p) return SLICE_NONE;
    if (s.n) memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return slice_make(p, s.n);
}

const char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    check(n >= 0);
    char *p = arena_alloc(a, (size_t)n + 1);
    if (p) (void)vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    va_end(ap);
    return p;
}
