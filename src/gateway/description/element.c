#include "element.h"

#include "gateway/gateway.h"

enum {
    SHORT_LIST = 16,                            /* elements: looking through them costs less */
    NAME_BYTES_MAX = GATEWAY_HOOK_BYTES_MAX * 2 /* of a list, a key and a value */
};

void elements_done(struct elements *all)
{
    map_free(all->found);
    buf_done(&all->name);
}

/* What names somebody. null and "" are nobody's, so they are not the same as another null. */
static bool is_name(const json_t *value)
{
    return json_is_number(value) || json_is_boolean(value) || json_string_length(value) > 0;
}

static const json_t *member(const json_t *element, struct slice key)
{
    return json_object_getn(element, key.p, key.n);
}

static json_t *look_through(json_t *list, struct slice key, const json_t *wanted)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *element = json_array_get(list, i);
        const json_t *own = member(element, key);
        if (own && json_equal(own, wanted)) return element;
    }
    return NULL;
}

static void add_value(struct buf *name, const json_t *value)
{
    double real = json_real_value(value);
    json_int_t whole = json_integer_value(value);
    buf_add_char(name, (char)('0' + json_typeof(value)));
    if (json_is_string(value))
        buf_add(name, json_string_value(value), json_string_length(value));
    else if (json_is_real(value))
        buf_add(name, (const char *)&real, sizeof real);
    else if (json_is_integer(value))
        buf_add(name, (const char *)&whole, sizeof whole);
}

/* NULL: the list and its key. */
static struct slice name_of(struct elements *all, const json_t *list, struct slice key,
                            const json_t *value)
{
    if (!all->name.max) buf_init(&all->name, NAME_BYTES_MAX);
    buf_clear(&all->name);
    buf_add(&all->name, (const char *)&list, sizeof list);
    buf_add_slice(&all->name, key);
    buf_add_char(&all->name, '\0');
    if (value) add_value(&all->name, value);
    return buf_slice(&all->name);
}

static void remember(struct elements *all, json_t *list, struct slice key)
{
    if (!all->found) all->found = map_new();
    (void)map_put(all->found, name_of(all, list, key, NULL), list);
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *element = json_array_get(list, i);
        const json_t *own = member(element, key);
        if (!own || !is_name(own)) continue;
        struct slice name = name_of(all, list, key, own);
        if (!map_get(all->found, name)) (void)map_put(all->found, name, element);
    }
}

json_t *elements_find(struct elements *all, json_t *list, struct slice key, const json_t *wanted)
{
    if (!wanted || !is_name(wanted)) return NULL;
    if (!all || json_array_size(list) <= SHORT_LIST) return look_through(list, key, wanted);
    if (!all->found || !map_get(all->found, name_of(all, list, key, NULL)))
        remember(all, list, key);
    json_t *element = map_get(all->found, name_of(all, list, key, wanted));
    return element && !all->name.failed ? element : NULL;
}
