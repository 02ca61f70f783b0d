#include "web/suggested.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/template.h"
#include "flow/message.h"
#include "web/view/view.h"

enum { FILLED_BYTES_MAX = 4 * SUGGESTED_BYTES_MAX, GAP_BYTES = 160 };

struct suggesting {
    struct web_call *c;
    json_t *o;
    void (*then)(struct web_call *c);
};

json_t *suggested_json(const struct inbox_shelved *s)
{
    uint64_t id;
    json_t *thing = json_loadb(s->thing.p ? s->thing.p : "", s->thing.n, 0, NULL);
    struct slice text = json_slice(json_object_get(thing, "text"));
    struct slice tag = json_slice(json_object_get(thing, "tag"));
    json_t *o = NULL;
    if (text.n > 0 && slice_to_u64(s->id, UINT32_MAX, &id)) {
        o = json_pack("{s:I,s:o}", "id", (json_int_t)id, "text", view_plain(text, PLAIN_TEXT));
        json_put_text(o, "group", s->group);
        json_put_text(o, "tag", tag);
    }
    json_decref(thing);
    return o;
}

int suggested_compile(struct slice text, struct template **ret, struct err *e)
{
    return template_compile(text, "text", &message_partials, ret, e);
}

/* ---- its fields ---- */

struct filling {
    const json_t *fields;   /* of the person, as the member may see them */
    json_t *missing, *gaps; /* names that print a hole; and what stands there: {name: "{{name}}"} */
};

/* A number of which digits are hidden is nothing to send. */
static struct slice value_of(const struct filling *f, struct slice name)
{
    size_t i;
    const json_t *one;
    json_array_foreach(f->fields, i, one)
    {
        bool shown = !json_is_true(json_object_get(one, "masked"));
        if (slice_eq(json_slice(json_object_get(one, "name")), name))
            return shown ? json_slice(json_object_get(one, "value")) : SLICE_NONE;
    }
    return SLICE_NONE;
}

static void look_for(void *arg, struct slice name, unsigned uses)
{
    struct filling *f = arg;
    char gap[GAP_BYTES];
    if (!(uses & (TEMPLATE_USE_PLAIN | TEMPLATE_USE_WHOLE)) || value_of(f, name).n > 0) return;
    (void)snprintf(gap, sizeof gap, "{{%.*s}}", SLICE_ARG(name));
    json_list_add(f->missing, json_text(name));
    (void)json_object_setn_new(f->gaps, name.p, name.n, json_string(gap));
}

static struct tvalue field_get(const struct tvalue *map, struct slice key)
{
    const struct filling *f = map->node;
    struct slice value = value_of(f, key);
    if (value.n == 0) value = json_slice(json_object_getn(f->gaps, key.p, key.n));
    return value.n ? tvalue_string(value) : tvalue_none();
}

/* {tag, text, missing} of one for this person; NULL: nothing is left of it. */
static json_t *filled_json(const json_t *fields, const json_t *one)
{
    static const struct tvalue_ops ops = {.get = field_get};
    struct template *t;
    struct err e;
    json_t *ret = NULL;
    if (suggested_compile(json_slice(json_object_get(one, "text")), &t, &e) < 0) return NULL;
    struct filling f = {fields, json_array(), json_object()};
    const struct tvalue data = {.kind = TVALUE_MAP, .node = &f, .ops = &ops};
    struct buf text = BUF_INIT(FILLED_BYTES_MAX);
    template_fields(t, NULL, look_for, &f);
    if (template_render(t, &data, TEMPLATE_ESCAPE_NONE, &text, &e) == 0 &&
        slice_trim(buf_slice(&text)).n > 0)
        ret = json_pack("{s:O,s:o,s:O}", "tag", json_object_get(one, "tag"), "text",
                        view_plain(buf_slice(&text), PLAIN_TEXT), "missing", f.missing);
    buf_done(&text);
    json_decref(f.missing);
    json_decref(f.gaps);
    template_free(t);
    return ret;
}

/* ---- those of a group ---- */

static bool has_tag(const json_t *tags, const json_t *tag)
{
    size_t i;
    const json_t *one;
    json_array_foreach(tags, i, one) if (json_equal(one, tag)) return true;
    return false;
}

/* Those that fit the conversation's tags, or the others. */
static void add_some(json_t *o, const json_t *all, bool fit)
{
    size_t i;
    const json_t *one, *tags = json_object_get(json_object_get(o, "conversation"), "tags");
    json_t *list = json_object_get(o, "suggestions");
    json_array_foreach(all, i, one)
    {
        if (i >= SUGGESTED_SHOWN || has_tag(tags, json_object_get(one, "tag")) != fit) continue;
        json_t *filled = filled_json(json_object_get(o, "fields"), one);
        if (filled) json_list_add(list, filled);
    }
}

static void on_list(void *arg, int result, const struct inbox_shelved *list, size_t n,
                    const struct err *e)
{
    struct suggesting s = *(struct suggesting *)arg;
    (void)e;
    free(arg);
    json_t *all = json_array();
    for (size_t i = 0; result == 0 && i < n; i++) {
        json_t *one = suggested_json(&list[i]);
        if (one) json_list_add(all, one);
    }
    add_some(s.o, all, true);
    add_some(s.o, all, false);
    json_decref(all);
    s.then(s.c);
}

void suggested_put(struct web_call *c, json_t *o, void (*then)(struct web_call *c))
{
    struct inbox_actor who = view_actor(c);
    struct slice group = json_slice(json_object_get(json_object_get(o, "conversation"), "group"));
    struct suggesting *s = xmalloc(sizeof *s);
    *s = (struct suggesting){c, o, then};
    inbox_shelf_list(c->config->inbox, INBOX_SUGGESTIONS, &who, group, on_list, s);
}
