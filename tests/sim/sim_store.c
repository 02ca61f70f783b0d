/* Keys and values; the commands are in sim_commands.c. Every value is a map of texts, but for
 * strings, which are one text; that is slow for nothing that is used here. A sorted set keeps its
 * scores as texts and is sorted when it is asked for. */
#include "sim_store_impl.h"

#include "base/check.h"

#include <stdlib.h>

struct text *sim_text_new(size_t n)
{
    struct text *t = xcalloc(1, sizeof *t + n + 1);
    t->n = n;
    return t;
}

struct text *sim_text_of(struct slice s)
{
    struct text *t = sim_text_new(s.n);
    if (s.n) memcpy(t->bytes, s.p, s.n);
    return t;
}

struct slice sim_text_slice(const struct text *t)
{
    return t ? slice_make(t->bytes, t->n) : SLICE_NONE;
}

static void value_free(struct value *v)
{
    size_t pos = 0;
    struct slice key;
    void *t;
    while (v->fields && map_next(v->fields, &pos, &key, &t))
        free(t);
    map_free(v->fields);
    free(v->string);
    free(v);
}

struct sim_store *sim_store_new(void)
{
    struct sim_store *s = xcalloc(1, sizeof *s);
    s->keys = map_new();
    sim_script_init(s);
    return s;
}

void sim_keys_free(struct map *keys)
{
    size_t pos = 0;
    struct slice key;
    void *v;
    while (map_next(keys, &pos, &key, &v))
        value_free(v);
    map_free(keys);
}

void sim_store_free(struct sim_store *s)
{
    sim_keys_free(s->keys);
    sim_script_done(s);
    free(s);
}

void sim_store_set_clock(struct sim_store *s, int64_t now_us)
{
    s->now_us = now_us;
}

void sim_store_set_run(struct sim_store *s, unsigned run)
{
    s->run = run;
}

uint64_t sim_store_writes(const struct sim_store *s)
{
    return s->writes;
}

/* ---- keys ---- */

struct value *sim_find(const struct sim_store *s, struct slice key)
{
    struct value *v = map_get(s->keys, key);
    return v && v->expires_us && v->expires_us <= s->now_us ? NULL : v;
}

bool sim_del(struct sim_store *s, struct slice key)
{
    bool there = sim_find(s, key) != NULL;
    struct value *v = map_del(s->keys, key);
    if (v) value_free(v);
    s->writes++;
    return there;
}

struct value *sim_make(struct sim_store *s, struct slice key)
{
    struct value *v = sim_find(s, key);
    s->writes++;
    if (!v) {
        (void)sim_del(s, key);
        v = xcalloc(1, sizeof *v);
        (void)map_put(s->keys, key, v);
    }
    v->changed = s->writes;
    return v;
}

struct map *sim_make_fields(struct sim_store *s, struct slice key)
{
    struct value *v = sim_make(s, key);
    check(!v->string);
    if (!v->fields) v->fields = map_new();
    return v->fields;
}

struct map *sim_fields(const struct sim_store *s, struct slice key)
{
    const struct value *v = sim_find(s, key);
    return v ? v->fields : NULL;
}

struct slice sim_string(const struct sim_store *s, struct slice key)
{
    const struct value *v = sim_find(s, key);
    return v ? sim_text_slice(v->string) : SLICE_NONE;
}

struct text *sim_field(const struct sim_store *s, struct slice key, struct slice field)
{
    struct map *m = sim_fields(s, key);
    return m ? map_get(m, field) : NULL;
}

bool sim_put_field(struct map *m, struct slice field, struct slice value)
{
    struct text *old = map_put(m, field, sim_text_of(value));
    free(old);
    return old == NULL;
}

bool sim_drop_field(struct sim_store *s, struct slice key, struct slice field)
{
    struct value *v = sim_find(s, key);
    struct text *old = v && v->fields ? map_del(v->fields, field) : NULL;
    if (!old) return false;
    free(old);
    v->changed = ++s->writes;
    if (map_count(v->fields) == 0) (void)sim_del(s, key);
    return true;
}

struct slice sim_store_string(const struct sim_store *s, const char *key)
{
    return sim_string(s, slice_of(key));
}

struct slice sim_store_field(const struct sim_store *s, const char *key, struct slice field)
{
    return sim_text_slice(sim_field(s, slice_of(key), field));
}

uint64_t sim_store_changed(const struct sim_store *s, const char *key)
{
    const struct value *v = sim_find(s, slice_of(key));
    return v ? v->changed : 0;
}
