#include "offered.h"

#include <stdlib.h>

#include "flow/held.h"
#include "web/view/view.h"

enum { SHOWN_BYTES_MAX = 64 * 1024 };

/* NULL: it was kept by another version, or is damaged. */
static struct held *read_kept(const struct inbox_shelved *kept, json_t **ret_json)
{
    struct held *h = NULL;
    struct err e;
    json_t *json = json_loadb(kept->thing.p, kept->thing.n, 0, NULL);
    if (!json_is_object(json) || held_read(json, &h, &e) < 0) {
        json_decref(json);
        return NULL;
    }
    *ret_json = json;
    return h;
}

static void put_gaps(json_t *o, const struct held *h, const json_t *fills)
{
    json_t *gaps = json_array();
    for (size_t i = 0; i < held_gap_count(h); i++)
        json_list_add(gaps, json_pack("{s:o,s:o}", "name", json_text(held_gap(h, i)), "fill",
                                      json_text(json_slice(json_array_get(fills, i)))));
    json_put(o, "gaps", gaps);
}

json_t *offered_json(const struct inbox_shelved *kept)
{
    json_t *json;
    struct held *h = read_kept(kept, &json);
    if (!h) return NULL;
    put_gaps(json, h, json_object_get(json, "fills"));
    (void)json_object_del(json, "fills");
    json_put(json, "id", json_text(kept->id));
    json_put(json, "group", kept->group.n ? json_text(kept->group) : json_null());
    held_free(h);
    return json;
}

/* ---- what is offered to who answers ---- */

/* {"first_name": "Ann", …, "name": what the provider says} */
static json_t *person_json(const json_t *data)
{
    json_t *person = json_object();
    size_t i;
    const json_t *field;
    const json_t *name = json_object_get(json_object_get(data, "conversation"), "name");
    if (json_slice(name).n > 0) json_put(person, "name", json_incref((json_t *)name));
    json_array_foreach(json_object_get(data, "fields"), i, field)
    {
        const char *column = json_string_value(json_object_get(field, "name"));
        if (column) json_put(person, column, json_incref(json_object_get(field, "value")));
    }
    return person;
}

/* What was typed in its form, where that comes back; else what is known. */
static json_t *value_of(const struct web_call *c, const struct held *h, size_t i, bool typed,
                        const json_t *person)
{
    char name[HELD_FIELD_BYTES];
    struct buf value = BUF_INIT(SHOWN_BYTES_MAX);
    held_field(i, name);
    if (typed)
        buf_add_slice(&value, web_field(c, name));
    else
        held_fill(h, i, person, &value);
    json_t *text = json_text(slice_trim(buf_slice(&value)));
    buf_done(&value);
    return text;
}

/* Puts gaps, and the text with them. */
static void put_filled(const struct web_call *c, json_t *o, const struct held *h, bool typed,
                       const json_t *person)
{
    struct slice values[HELD_GAPS_MAX];
    struct buf preview = BUF_INIT(SHOWN_BYTES_MAX);
    json_t *gaps = json_array();
    for (size_t i = 0; i < held_gap_count(h); i++) {
        json_t *value = value_of(c, h, i, typed, person);
        values[i] = json_slice(value);
        json_list_add(gaps,
                      json_pack("{s:o,s:o}", "name", json_text(held_gap(h, i)), "value", value));
    }
    held_write(h, values, &preview);
    json_put(o, "gaps", gaps);
    json_put(o, "preview", json_text(buf_slice(&preview)));
    buf_done(&preview);
}

static void add_offered(const struct web_call *c, json_t *list, const struct inbox_shelved *kept,
                        struct slice gateway, const json_t *person)
{
    json_t *json;
    struct held *h = read_kept(kept, &json);
    if (!h) return;
    if (slice_eq(held_gateway(h), gateway)) {
        json_t *o = json_pack("{s:o,s:o,s:O,s:o}", "id", json_text(kept->id), "name",
                              json_text(held_name(h)), "language",
                              json_object_get(json, "language"), "text", json_text(held_text(h)));
        put_filled(c, o, h, slice_eq(web_field(c, "template"), kept->id), person);
        json_list_add(list, o);
    }
    held_free(h);
    json_decref(json);
}

struct offering {
    struct web_call *c;
    json_t *data;
    void (*then)(struct web_call *c);
};

static void on_shelf(void *arg, int result, const struct inbox_shelved *list, size_t n,
                     const struct err *e)
{
    struct offering o = *(struct offering *)arg;
    struct slice gateway =
        json_slice(json_object_get(json_object_get(o.data, "conversation"), "gateway"));
    json_t *offered = json_array(), *person = person_json(o.data);
    (void)e; /* without them the conversation is shown all the same */
    free(arg);
    for (size_t i = 0; result == 0 && i < n; i++)
        add_offered(o.c, offered, &list[i], gateway, person);
    json_decref(person);
    json_put(o.data, "templates", offered);
    o.then(o.c);
}

static bool says(const json_t *o, const char *key)
{
    return json_is_true(json_object_get(o, key));
}

void offered_put(struct web_call *c, json_t *data, void (*then)(struct web_call *c))
{
    const json_t *conversation = json_object_get(data, "conversation");
    struct inbox_actor who = view_actor(c);
    json_put(data, "templates", json_array());
    if (!says(conversation, "window_closed") || !says(conversation, "answerable")) {
        then(c);
        return;
    }
    struct offering *o = xmalloc(sizeof *o);
    *o = (struct offering){c, data, then};
    inbox_shelf_list(c->config->inbox, INBOX_TEMPLATES, &who,
                     json_slice(json_object_get(conversation, "group")), on_shelf, o);
}

/* ---- one of them ---- */

struct finding {
    struct web_call *c;
    offered_cb *cb;
    char *id, *gateway; /* owned */
};

static void finding_free(struct finding *f)
{
    free(f->id);
    free(f->gateway);
    free(f);
}

static struct held *find(const struct finding *f, const struct inbox_shelved *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        json_t *json;
        struct held *h = slice_is(list[i].id, f->id) ? read_kept(&list[i], &json) : NULL;
        if (!h) continue;
        json_decref(json);
        if (slice_is(held_gateway(h), f->gateway)) return h;
        held_free(h);
    }
    return NULL;
}

static void on_find(void *arg, int result, const struct inbox_shelved *list, size_t n,
                    const struct err *e)
{
    struct finding *f = arg;
    struct held *h = result == 0 ? find(f, list, n) : NULL;
    if (web_ok(f->c, result, e) && !h)
        web_error(
            f->c, 404, "not_found",
            "there is no template '%s' for the account of this conversation: the conversation "
            "lists those that there are",
            f->id);
    f->cb(f->c, h);
    held_free(h);
    finding_free(f);
}

static void on_conversation(void *arg, int result, const struct inbox_thread *t,
                            const struct err *e)
{
    struct finding *f = arg;
    if (!web_ok(f->c, result, e)) {
        f->cb(f->c, NULL);
        finding_free(f);
        return;
    }
    struct inbox_actor who = view_actor(f->c);
    f->gateway = slice_strdup(t->conversation.gateway);
    inbox_shelf_list(f->c->config->inbox, INBOX_TEMPLATES, &who, t->conversation.group, on_find, f);
}

void offered_find(struct web_call *c, struct slice id, offered_cb *cb)
{
    struct inbox_actor who = view_actor(c);
    struct finding *f = xmalloc(sizeof *f);
    *f = (struct finding){.c = c, .cb = cb, .id = slice_strdup(id)};
    inbox_read(c->config->inbox, c->id, &who, 1, on_conversation, f);
}
