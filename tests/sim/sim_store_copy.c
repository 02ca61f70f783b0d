/* A copy of all keys, and its way back: as a backup that is put in the place of what there is. */
#include "sim_store_impl.h"

#include "base/check.h"

#include <stdlib.h>

struct sim_store_copy {
    struct map *keys; /* struct value */
};

static struct map *copy_fields(const struct map *from)
{
    struct map *to = map_new();
    size_t pos = 0;
    struct slice field;
    void *text;
    while (map_next(from, &pos, &field, &text))
        (void)map_put(to, field, sim_text_of(sim_text_slice(text)));
    return to;
}

static struct value *copy_value(const struct value *v)
{
    struct value *to = xcalloc(1, sizeof *to);
    to->string = v->string ? sim_text_of(sim_text_slice(v->string)) : NULL;
    to->fields = v->fields ? copy_fields(v->fields) : NULL;
    to->appended = v->appended;
    to->expires_us = v->expires_us;
    return to;
}

static struct map *copy_keys(const struct map *from)
{
    struct map *to = map_new();
    size_t pos = 0;
    struct slice key;
    void *v;
    while (map_next(from, &pos, &key, &v))
        (void)map_put(to, key, copy_value(v));
    return to;
}

struct sim_store_copy *sim_store_copy(const struct sim_store *s)
{
    struct sim_store_copy *c = xcalloc(1, sizeof *c);
    c->keys = copy_keys(s->keys);
    return c;
}

void sim_store_copy_free(struct sim_store_copy *c)
{
    if (!c) return;
    sim_keys_free(c->keys);
    free(c);
}

void sim_store_put_back(struct sim_store *s, const struct sim_store_copy *c)
{
    size_t pos = 0;
    struct slice key;
    void *v;
    sim_keys_free(s->keys);
    s->keys = c ? copy_keys(c->keys) : map_new();
    s->writes++;
    while (map_next(s->keys, &pos, &key, &v))
        ((struct value *)v)->changed = s->writes;
}
