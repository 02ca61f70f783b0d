/* A message is one compiled template per language (or a few, for the parameters of a template that
 * the provider holds). The row of an audience is the data; nothing is copied to render it. */
#include "flow/message.h"

#include "core/json.h"
#include "flow/aside.h"
#include "store/audience.h"
#include "store/campaign.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

enum {
    VARIANTS_MAX = 64,
    LANGUAGE_BYTES = 24,
    PLACE_BYTES = 64,
    PARAM_PLACE_BYTES = PLACE_BYTES + 32
};

struct variant {
    char language[LANGUAGE_BYTES];
    struct template *text;                       /* free text, or NULL */
    char *template_name, *template_language;     /* of a template that the provider holds */
    struct template *params[GATEWAY_PARAMS_MAX]; /* by position */
    char *param_names[GATEWAY_PARAMS_MAX];       /* NULL = positional */
    size_t param_count;
};

struct message {
    struct variant variants[VARIANTS_MAX];
    size_t n;
    const struct variant *fallback;
    struct slice *columns; /* owned copies */
    size_t column_count;
    int language_column;               /* -1 = none */
    bool tells_nearest, names_nearest; /* in the text; … a column is called so */
    struct aside *aside;               /* owned */
    struct outgoing_param out_params[GATEWAY_PARAMS_MAX];
};

static void free_variant(struct variant *v)
{
    template_free(v->text);
    free(v->template_name);
    free(v->template_language);
    for (size_t i = 0; i < v->param_count; i++) {
        template_free(v->params[i]);
        free(v->param_names[i]);
    }
}

void message_free(struct message *m)
{
    if (!m) return;
    for (size_t i = 0; i < m->n; i++)
        free_variant(&m->variants[i]);
    for (size_t i = 0; i < m->column_count; i++)
        free((void *)m->columns[i].p);
    free(m->columns);
    aside_free(m->aside);
    free(m);
}

/* ---- the nearest session ---- */

static const char *const nearest_names[] = {
#define X(name) #name,
    MESSAGE_NEAREST(X)
#undef X
};

const struct template_map message_nearest_map = {
    {"nearest", sizeof "nearest" - 1}, nearest_names, COUNT_OF(nearest_names)};

static struct tvalue nearest_get(const struct tvalue *map, struct slice key)
{
    const struct message_nearest *n = map->node;
    const struct slice values[] = {
#define X(name) n->name,
        MESSAGE_NEAREST(X)
#undef X
    };
    int i = slice_index(key, nearest_names, COUNT_OF(nearest_names));
    return i < 0 ? tvalue_none() : tvalue_string(values[i]);
}

static struct tvalue nearest_value(const struct message_nearest *n)
{
    static const struct tvalue_ops ops = {.get = nearest_get};
    if (!n || !n->place.n) return (struct tvalue){.kind = TVALUE_FALSE};
    return (struct tvalue){.kind = TVALUE_MAP, .node = n, .ops = &ops};
}

/* NULL: that name is a column's. */
static const struct template_map *map_of(const struct message *m)
{
    return m->names_nearest ? NULL : &message_nearest_map;
}

/* ---- compiling ---- */

static int refuse_partial(void *arg, struct slice name, struct buf *source, struct err *e)
{
    (void)arg;
    (void)source;
    return err_set(e, ERR_INVALID,
                   "a message has no partials: put the text of '%.*s' in place of its tag",
                   SLICE_ARG(name));
}

const struct template_loader message_partials = {refuse_partial, NULL};

static int only_keys(json_t *object, const char *const *allowed, const char *place, struct err *e)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        bool known = false;
        for (size_t i = 0; allowed[i] && !known; i++)
            known = strcmp(allowed[i], key) == 0;
        if (!known)
            return err_set(e, ERR_INVALID, "%s: the key '%s' is not known here", place, key);
    }
    return 0;
}

static int compile_text(json_t *source, const char *place, struct template **ret, struct err *e)
{
    if (!json_is_string(source)) return err_set(e, ERR_INVALID, "%s: a text is needed", place);
    struct slice text = json_slice(source);
    if (text.n == 0) return err_set(e, ERR_INVALID, "%s: the text is empty", place);
    int rc = template_compile(text, place, &message_partials, ret, e);
    return rc == ERR_INVALID ? err_prefix(e, "%s", place) : rc;
}

/* A parameter is a template, or {"name": …, "value": template}. */
static int compile_param(struct variant *v, json_t *param, const char *place, struct err *e)
{
    json_t *source = param;
    size_t at = v->param_count;
    if (at == GATEWAY_PARAMS_MAX)
        return err_set(e, ERR_LIMIT, "%s: at most %d parameters", place, GATEWAY_PARAMS_MAX);
    if (json_is_object(param)) {
        const char *name = json_string_value(json_object_get(param, "name"));
        if (!name)
            return err_set(e, ERR_INVALID, "%s: a parameter is a text, or {name, value}", place);
        v->param_names[at] = xstrdup(name);
        source = json_object_get(param, "value");
    }
    v->param_count++;
    return compile_text(source, place, &v->params[at], e);
}

static int compile_held(struct variant *v, json_t *from, const char *place, struct err *e)
{
    static const char *const keys[] = {"template", "language", "params", NULL};
    int rc = only_keys(from, keys, place, e);
    if (rc < 0) return rc;
    const char *name = json_string_value(json_object_get(from, "template"));
    if (!name || !*name)
        return err_set(e, ERR_INVALID, "%s: `template` must be the name of one", place);
    const char *language = json_string_value(json_object_get(from, "language"));
    v->template_name = xstrdup(name);
    v->template_language = xstrdup(language ? language : v->language);
    size_t i;
    json_t *param;
    json_array_foreach(json_object_get(from, "params"), i, param)
    {
        char at[PARAM_PLACE_BYTES];
        (void)snprintf(at, sizeof at, "%s.params[%zu]", place, i);
        rc = compile_param(v, param, at, e);
        if (rc < 0) return rc;
    }
    return 0;
}

static int compile_variant(struct message *m, const char *channel, const char *language,
                           json_t *from, struct err *e)
{
    char place[PLACE_BYTES];
    (void)snprintf(place, sizeof place, "%s.%s", channel, language);
    if (m->n == VARIANTS_MAX)
        return err_set(e, ERR_LIMIT, "%s: at most %d languages", place, VARIANTS_MAX);
    if (strlen(language) >= LANGUAGE_BYTES)
        return err_set(e, ERR_LIMIT, "%s: no language is called that", place);
    struct variant *v = &m->variants[m->n++];
    (void)snprintf(v->language, sizeof v->language, "%s", language);
    if (json_object_get(from, "template")) return compile_held(v, from, place, e);
    static const char *const keys[] = {"text", NULL};
    int rc = only_keys(from, keys, place, e);
    if (rc < 0) return rc;
    return compile_text(json_object_get(from, "text"), place, &v->text, e);
}

/* Of whom no language is known, or one that has no text. */
static int choose_fallback(struct message *m, const char *wanted, const char *channel,
                           struct err *e)
{
    m->fallback = &m->variants[0];
    for (size_t i = 0; wanted && i < m->n; i++)
        if (strcmp(m->variants[i].language, wanted) == 0) m->fallback = &m->variants[i];
    if (wanted && strcmp(m->fallback->language, wanted) != 0)
        return err_set(e, ERR_INVALID, "the default language '%s' has no text for channel '%s'",
                       wanted, channel);
    if (!wanted && m->n > 1)
        return err_set(e, ERR_INVALID, "there are %zu languages; say which one is the `default`",
                       m->n);
    return 0;
}

static int compile_all(struct message *m, json_t *root, const char *channel, struct err *e)
{
    json_t *variants = json_object_get(root, channel), *from;
    if (!json_is_object(variants) || json_object_size(variants) == 0)
        return err_set(
            e, ERR_INVALID,
            "the message has nothing for channel '%s', which the campaign's gateway sends; add "
            "`%s:` to the template",
            channel, channel);
    const char *language;
    json_object_foreach(variants, language, from)
    {
        int rc = compile_variant(m, channel, language, from, e);
        if (rc < 0) return rc;
    }
    return choose_fallback(m, json_string_value(json_object_get(root, "default")), channel, e);
}

static void take_columns(struct message *m, const struct slice *columns, size_t n)
{
    m->columns = xcalloc(n, sizeof *m->columns);
    m->column_count = n;
    m->language_column = -1;
    for (size_t i = 0; i < n; i++) {
        m->columns[i] = slice_make(slice_strdup(columns[i]), columns[i].n);
        if (slice_is_nocase(columns[i], "language") || slice_is_nocase(columns[i], "lang"))
            m->language_column = (int)i;
        m->names_nearest |= slice_eq(columns[i], message_nearest_map.name);
    }
}

static void see_nearest(void *arg, struct slice field, int column, unsigned uses)
{
    struct message *m = arg;
    (void)field;
    (void)uses;
    m->tells_nearest |= column == MESSAGE_COLUMN_NEAREST;
}

bool message_tells_nearest(const struct message *m)
{
    return m->tells_nearest;
}

int message_compile(struct slice json, struct slice channel, const struct slice *columns,
                    size_t column_count, struct message **ret, struct err *e)
{
    json_error_t why;
    json_t *root = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(root)) {
        json_decref(root);
        return err_set(e, ERR_SYNTAX, "the message is not a JSON object");
    }
    char name[LANGUAGE_BYTES];
    (void)snprintf(name, sizeof name, "%.*s", SLICE_ARG(channel));
    struct message *m = xcalloc(1, sizeof *m);
    take_columns(m, columns, column_count);
    int rc = compile_all(m, root, name, e);
    if (rc == 0) rc = aside_compile(root, columns, column_count, &m->aside, e);
    json_decref(root);
    if (rc < 0) {
        message_free(m);
        return rc;
    }
    message_fields(m, see_nearest, m);
    *ret = m;
    return 0;
}

struct message_loading {
    const char *channel;
    const struct audience_info *audience;
    message_cb *cb;
    void *arg;
};

static void on_stored(void *arg, int result, struct slice json, const struct err *e)
{
    struct message_loading l = *(struct message_loading *)arg;
    struct message *m = NULL;
    struct err why;
    free(arg);
    if (result == 0) {
        e = &why;
        result = message_compile(json, slice_of(l.channel), l.audience->columns,
                                 l.audience->column_count, &m, &why);
    }
    l.cb(l.arg, result, m, result == 0 ? NULL : e);
}

void message_load(struct store *s, uint32_t campaign, const char *channel,
                  const struct audience_info *a, message_cb *cb, void *arg)
{
    struct message_loading *l = xmalloc(sizeof *l);
    *l = (struct message_loading){channel, a, cb, arg};
    campaign_message(s, campaign, on_stored, l);
}

/* ---- fields ---- */

static int find_column(const struct message *m, struct slice name)
{
    for (size_t i = 0; i < m->column_count; i++)
        if (slice_eq(m->columns[i], name)) return (int)i;
    return -1;
}

struct field_walk {
    const struct message *m;
    message_field_cb *cb;
    void *arg;
};

static void on_field(void *arg, struct slice name, unsigned uses)
{
    struct field_walk *w = arg;
    bool whole = (uses & TEMPLATE_USE_WHOLE) != 0; /* it prints nothing: as good as missing */
    bool nearest = map_of(w->m) && !whole && slice_eq(name, message_nearest_map.name);
    w->cb(w->arg, name, nearest ? MESSAGE_COLUMN_NEAREST : find_column(w->m, name), uses);
}

void message_fields(const struct message *m, message_field_cb *cb, void *arg)
{
    struct field_walk w = {m, cb, arg};
    for (size_t i = 0; i < m->n; i++) {
        const struct variant *v = &m->variants[i];
        if (v->text) template_fields(v->text, map_of(m), on_field, &w);
        for (size_t k = 0; k < v->param_count; k++)
            template_fields(v->params[k], map_of(m), on_field, &w);
    }
}

/* ---- rendering ---- */

struct row {
    const struct message *m;
    const struct block *block;
    const struct message_nearest *nearest; /* or NULL */
    size_t at;
};

static struct slice row_field(const struct row *r, int column)
{
    return block_field(r->block, r->at, (size_t)column);
}

static struct tvalue row_get(const struct tvalue *map, struct slice key)
{
    const struct row *r = map->node;
    int column = find_column(r->m, key);
    if (column < 0 && slice_eq(key, message_nearest_map.name)) return nearest_value(r->nearest);
    return column < 0 ? tvalue_none() : tvalue_string(row_field(r, column));
}

static const struct tvalue_ops row_ops = {.get = row_get};

static const struct variant *choose(const struct message *m, const struct row *r)
{
    if (m->language_column < 0 || m->n == 1) return m->fallback;
    struct slice wanted = row_field(r, m->language_column);
    for (size_t i = 0; i < m->n; i++)
        if (slice_is_nocase(wanted, m->variants[i].language)) return &m->variants[i];
    return m->fallback;
}

static int render_params(struct message *m, const struct variant *v, const struct tvalue *data,
                         struct buf *text, struct outgoing *out, struct err *e)
{
    size_t ends[GATEWAY_PARAMS_MAX];
    for (size_t i = 0; i < v->param_count; i++) {
        int rc = template_render(v->params[i], data, TEMPLATE_ESCAPE_NONE, text, e);
        if (rc < 0) return rc;
        ends[i] = text->n;
    }
    for (size_t i = 0, from = 0; i < v->param_count; from = ends[i++])
        m->out_params[i] = (struct outgoing_param){
            .name = v->param_names[i] ? slice_of(v->param_names[i]) : SLICE_NONE,
            .value = slice_make(text->p + from, ends[i] - from),
        };
    out->params = m->out_params;
    out->param_count = v->param_count;
    out->template_name = slice_of(v->template_name);
    out->template_language = slice_of(v->template_language);
    return 0;
}

static int render(struct message *m, const struct row *r, struct buf *text, struct outgoing *out,
                  struct err *e)
{
    struct tvalue data = {.kind = TVALUE_MAP, .node = r, .ops = &row_ops};
    const struct variant *v = choose(m, r);
    buf_clear(text);
    if (!v->text) return render_params(m, v, &data, text, out, e);
    int rc = template_render(v->text, &data, TEMPLATE_ESCAPE_NONE, text, e);
    if (rc < 0) return rc;
    out->text = buf_slice(text);
    return 0;
}

int message_render(struct message *m, const struct block *b, size_t row,
                   const struct message_nearest *nearest, struct buf *text, struct outgoing *out,
                   struct err *e)
{
    struct row r = {.m = m, .block = b, .nearest = nearest, .at = row};
    return render(m, &r, text, out, e);
}

const struct aside *message_aside(const struct message *m)
{
    return m->aside;
}

int message_suggest(const struct message *m, size_t i, const struct block *b, size_t row,
                    const struct message_nearest *nearest, struct buf *text,
                    void (*gap)(void *arg, struct slice name), void *arg, struct err *e)
{
    const struct row r = {.m = m, .block = b, .nearest = nearest, .at = row};
    const struct tvalue data = {.kind = TVALUE_MAP, .node = &r, .ops = &row_ops};
    buf_clear(text);
    aside_gaps(m->aside, i, &data, gap, arg);
    return aside_render(m->aside, i, &data, text, e);
}
