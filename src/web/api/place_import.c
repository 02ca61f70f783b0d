/* Many places and sessions at once, as an import reads them. Places are written first, so that the
 * sessions of the same request may be at them. */
#include "web/api/api.h"

#include <stdlib.h>

#include "flow/place_book.h"
#include "web/api/place_where.h"
#include "web/api/place_write.h"
#include "web/own.h"

struct importing {
    char *group;                   /* owned */
    json_t *rows[2], *outcomes[2]; /* places, sessions; rows are the body's */
    struct place_item *items;
    size_t *which; /* the row of each item */
    size_t n;
    int kind;      /* 0 places, 1 sessions */
    size_t sought; /* places whose postcodes were looked up */
};

static const char *const kinds[] = {"places", "sessions"};

static void importing_done(void *state)
{
    struct importing *w = state;
    for (size_t i = 0; i < w->n; i++)
        json_decref((json_t *)w->items[i].said);
    free(w->items);
    free(w->which);
    free(w->group);
    json_decref(w->outcomes[0]);
    json_decref(w->outcomes[1]);
}

/* ---- what a row says ---- */

static void refuse_unknown(struct body *b, const char *const *keys)
{
    const char *key;
    json_t *value;
    json_object_foreach(b->root, key, value)
    {
        const char *const *k = keys;
        while (*k && strcmp(*k, key) != 0)
            k++;
        if (!*k) body_note(b, key, "there is no '%.64s' here", key);
    }
}

static json_t *read_place(struct web_call *c, const struct importing *w, struct body *b,
                          uint32_t *ret_id)
{
    refuse_unknown(b, KEYS(PLACE_KEYS, "postcode"));
    json_t *said = place_said(b, false);
    if (!json_object_get(said, "group")) json_put(said, "group", json_string(w->group));
    struct slice group = json_slice(json_object_get(said, "group"));
    struct slice code = json_slice(json_object_get(said, "code"));
    if (code.n) return said;
    const struct place *p =
        place_book_named(c->config->places, group, json_slice(json_object_get(said, "name")));
    if (p) *ret_id = p->id;
    return said;
}

/* A place by its number, its code or its name. */
static const struct place *place_of(const struct web_call *c, const struct importing *w,
                                    struct body *b)
{
    const json_t *said = json_object_get(b->root, "place");
    const struct place_book *book = c->config->places;
    const struct place *p =
        json_is_string(said)
            ? place_book_named(book, slice_of(w->group), slice_trim(json_slice(said)))
            : place_book_place(book, (uint32_t)json_integer_value(said));
    if (!p) body_note(b, "place", "the group has no place of that number, code or name");
    return p;
}

static const struct session *same_start(const struct web_call *c, const struct place *p,
                                        int64_t start_ms)
{
    size_t n;
    const struct session *const *list = place_book_sessions_of(c->config->places, p->id, &n);
    for (size_t i = 0; i < n; i++)
        if (list[i]->start_ms == start_ms) return list[i];
    return NULL;
}

static json_t *read_session(struct web_call *c, const struct importing *w, struct body *b,
                            uint32_t *ret_id)
{
    refuse_unknown(b, KEYS(SESSION_KEYS));
    const struct place *p = place_of(c, w, b);
    json_object_del(b->root, "place");
    json_t *said = session_said(b, false);
    if (!p) return said;
    json_put_count(said, "place", p->id);
    if (json_slice(json_object_get(said, "code")).n) return said;
    const struct session *s = same_start(c, p, json_integer_value(json_object_get(said, "start")));
    if (s) *ret_id = s->id;
    return said;
}

static void put_outcome(struct importing *w, size_t row, const char *did, uint32_t id,
                        const char *why)
{
    json_t *o = json_pack("{s:s}", "did", did);
    if (id) json_put(o, "id", json_integer(id));
    if (why) json_put(o, "why", json_text(slice_of(why)));
    check(json_array_set_new(w->outcomes[w->kind], row, o) == 0);
}

/* A place whose postcode could not be used was refused before. */
static bool was_refused(const struct importing *w, size_t row)
{
    return !json_is_null(json_array_get(w->outcomes[w->kind], row));
}

static void read_row(struct web_call *c, struct importing *w, size_t row)
{
    if (was_refused(w, row)) return;
    struct body b = {.root = json_array_get(w->rows[w->kind], row)};
    uint32_t id = 0;
    if (!json_is_object(b.root)) {
        put_outcome(w, row, "refused", 0, "it must be an object {...}");
        return;
    }
    json_t *said = w->kind ? read_session(c, w, &b, &id) : read_place(c, w, &b, &id);
    if (b.e.code) {
        put_outcome(w, row, "refused", 0, b.e.text);
        json_decref(said);
    } else {
        w->which[w->n] = row;
        w->items[w->n++] = (struct place_item){w->kind == 1, id, said};
    }
    json_decref(b.errors);
}

/* ---- one kind after the other ---- */

static void next_kind(struct web_call *c);
static void begin_kind(struct web_call *c);

static void answer(struct web_call *c)
{
    struct importing *w = c->state;
    web_answer(c, 200,
               json_pack("{s:O,s:O}", "places", w->outcomes[0], "sessions", w->outcomes[1]));
}

static void on_caught_up(void *arg, int result, const struct err *e)
{
    (void)result, (void)e; /* it is done, whatever the copy says */
    next_kind(arg);
}

static void on_written(void *arg, int result, const struct place_outcome *list, size_t n,
                       const struct err *e)
{
    static const char *const words[] = {"made", "changed", "same", "refused"};
    struct web_call *c = arg;
    struct importing *w = c->state;
    if (!web_ok(c, result, e)) return;
    for (size_t i = 0; i < n; i++)
        put_outcome(w, w->which[i], words[list[i].did], list[i].id,
                    list[i].did == PLACE_REFUSED ? list[i].e.text : NULL);
    place_book_catch_up(c->config->places, on_caught_up, c);
}

static void write_kind(struct web_call *c)
{
    struct importing *w = c->state;
    const struct group_set groups = own_groups(c);
    const struct place_writing writing = {.items = w->items,
                                          .n = w->n,
                                          .is_import = true,
                                          .groups = &groups,
                                          .by = web_by(c),
                                          .now_ms = c->now_ms};
    place_write(c->config->store, &writing, on_written, c);
}

/* ---- postcodes, one after the other ---- */

static void seek(struct web_call *c);

static void on_where(void *arg, const struct err *e)
{
    struct web_call *c = arg;
    struct importing *w = c->state;
    if (e->code && e->code != ERR_INVALID) {
        web_failed(c, e->code, e);
        return;
    }
    if (e->code) put_outcome(w, w->sought, "refused", 0, e->text);
    w->sought++;
    seek(c);
}

static void seek(struct web_call *c)
{
    struct importing *w = c->state;
    if (w->sought < json_array_size(w->rows[0]))
        place_where(c, json_array_get(w->rows[0], w->sought), on_where, c);
    else
        begin_kind(c);
}

static void forget_items(struct importing *w)
{
    for (size_t i = 0; i < w->n; i++)
        json_decref((json_t *)w->items[i].said);
    w->n = 0;
}

/* The first of what is left. */
static void begin_kind(struct web_call *c)
{
    struct importing *w = c->state;
    for (; w->kind < 2; w->kind++) {
        for (size_t i = 0; i < json_array_size(w->rows[w->kind]); i++)
            read_row(c, w, i);
        if (w->n == 0) continue;
        write_kind(c);
        return;
    }
    answer(c);
}

static void next_kind(struct web_call *c)
{
    struct importing *w = c->state;
    forget_items(w);
    w->kind++;
    begin_kind(c);
}

static void make_room(struct importing *w, size_t n)
{
    w->items = xcalloc(n, sizeof *w->items);
    w->which = xcalloc(n, sizeof *w->which);
    for (int kind = 0; kind < 2; kind++) {
        w->outcomes[kind] = json_array();
        for (size_t i = 0; i < json_array_size(w->rows[kind]); i++)
            json_list_add(w->outcomes[kind], json_null());
    }
}

static void post_import(struct web_call *c)
{
    struct slice group;
    struct body *b = &c->body;
    json_t *rows[2] = {body_list(b, kinds[0], PLACE_PAGE_MAX, BODY_OPTIONAL),
                       body_list(b, kinds[1], PLACE_PAGE_MAX, BODY_OPTIONAL)};
    struct slice asked = body_text(b, "group", GROUP_BYTES_MAX, BODY_OPTIONAL);
    size_t n = json_array_size(rows[0]) + json_array_size(rows[1]);
    if (n == 0 || n > PLACE_PAGE_MAX)
        body_note(b, kinds[0], "say 1 to %d places and sessions, all together", PLACE_PAGE_MAX);
    if (asked.n && !group_ok(asked)) body_note(b, "group", "'group' is " GROUP_RULE);
    if (!web_body_ok(c) || !own_group(c, asked, &group)) return;
    struct importing *w = web_call_state(c, sizeof *w, importing_done);
    w->group = slice_strdup(group);
    w->rows[0] = rows[0];
    w->rows[1] = rows[1];
    make_room(w, n);
    seek(c);
}

static const struct route rows[] = {
    {"POST", "/api/v1/places/import", MAY_RUN_PLACES,
     NEEDS_STORE | IN_GROUP | ONCE | AUDITED | LARGE, KEYS("group", "places", "sessions"),
     post_import},
};

const struct routes place_import_routes = {rows, COUNT_OF(rows)};
