#include "flow/aside.h"

#include "base/nearest.h"
#include "core/json.h"
#include "flow/message.h"
#include "store/inbox.h"

#include <stdio.h>
#include <stdlib.h>

enum { PLACE_BYTES = 32, GAP_BRACES = 2 };

struct aside {
    size_t shown[ASIDE_SHOWN_MAX], shown_count;
    struct suggestion {
        char *tag; /* "" = none */
        struct template *text;
        char **gaps; /* "{{name}}" of each column that leaves a hole where it is empty */
        size_t gap_count;
    } suggestions[ASIDE_SUGGESTIONS_MAX];
    size_t count;
};

struct columns {
    const struct slice *list;
    size_t count;
};

void aside_free(struct aside *a)
{
    if (!a) return;
    for (size_t i = 0; i < a->count; i++) {
        for (size_t k = 0; k < a->suggestions[i].gap_count; k++)
            free(a->suggestions[i].gaps[k]);
        free(a->suggestions[i].gaps);
        free(a->suggestions[i].tag);
        template_free(a->suggestions[i].text);
    }
    free(a);
}

static int no_column(struct slice name, const struct columns *of, const char *place, struct err *e)
{
    struct slice near = nearest_slice(name, of->list, of->count);
    return err_set(e, ERR_INVALID, "%s: the list has no column '%.*s'%s%.*s%s", place,
                   SLICE_ARG(name), near.n ? "; did you mean '" : "", SLICE_ARG(near),
                   near.n ? "'?" : "");
}

static bool find(const struct columns *of, struct slice name, size_t *ret)
{
    for (size_t i = 0; i < of->count; i++) {
        if (!slice_eq(of->list[i], name)) continue;
        *ret = i;
        return true;
    }
    return false;
}

/* An array of at most `max`, or nothing. */
static int check_list(const json_t *list, size_t max, const char *place, struct err *e)
{
    if (list && !json_is_array(list)) return err_set(e, ERR_INVALID, "%s: a list is needed", place);
    return json_array_size(list) > max ? err_set(e, ERR_LIMIT, "%s: at most %zu", place, max) : 0;
}

static int compile_shown(struct aside *a, const json_t *list, const struct columns *of,
                         struct err *e)
{
    size_t i;
    const json_t *name;
    int rc = check_list(list, ASIDE_SHOWN_MAX, "show", e);
    if (rc < 0) return rc;
    json_array_foreach(list, i, name)
    {
        if (!find(of, json_slice(name), &a->shown[i]))
            return no_column(json_slice(name), of, "show", e);
        a->shown_count++;
    }
    return 0;
}

/* ---- suggestions ---- */

struct checking {
    const struct columns *of;
    struct suggestion *suggestion;
    const char *place;
    struct err *e;
    int rc;
};

static void add_gap(struct suggestion *s, struct slice name)
{
    size_t room = name.n + 2 * GAP_BRACES + 1;
    s->gaps = xrealloc(s->gaps, (s->gap_count + 1) * sizeof *s->gaps);
    s->gaps[s->gap_count] = xmalloc(room);
    (void)snprintf(s->gaps[s->gap_count++], room, "{{%.*s}}", SLICE_ARG(name));
}

static void check_field(void *arg, struct slice name, unsigned uses)
{
    struct checking *c = arg;
    size_t ignored;
    bool column = find(c->of, name, &ignored);
    bool known =
        column || (slice_eq(name, message_nearest_map.name) && !(uses & TEMPLATE_USE_WHOLE));
    if (column && uses & (TEMPLATE_USE_PLAIN | TEMPLATE_USE_WHOLE)) add_gap(c->suggestion, name);
    if (c->rc == 0 && !known) c->rc = no_column(name, c->of, c->place, c->e);
}

/* A text, or {"text", "tag"}. */
static int read_suggestion(const json_t *from, struct slice *ret_tag, struct slice *ret_text,
                           const char *place, struct err *e)
{
    const json_t *tag = json_object_get(from, "tag");
    bool known = json_object_size(from) == (tag ? 2 : 1);
    *ret_text = json_slice(json_object_get(from, "text"));
    *ret_tag = json_slice(tag);
    if (!json_is_object(from) || !known || slice_trim(*ret_text).n == 0)
        return err_set(e, ERR_INVALID, "%s: {text} or {tag, text} is needed", place);
    if (tag && !inbox_tag_ok(*ret_tag))
        return err_set(e, ERR_INVALID, "%s: a tag is 1 to %d of a-z 0-9 _ -", place,
                       INBOX_TAG_BYTES_MAX);
    if (ret_text->n > ASIDE_SUGGESTION_BYTES_MAX)
        return err_set(e, ERR_LIMIT, "%s: longer than %d bytes", place, ASIDE_SUGGESTION_BYTES_MAX);
    return 0;
}

static int compile_suggestion(struct aside *a, const json_t *from, const struct columns *of,
                              struct err *e)
{
    char place[PLACE_BYTES];
    struct slice tag, text;
    struct template *compiled;
    (void)snprintf(place, sizeof place, "suggestions[%zu]", a->count);
    int rc = read_suggestion(from, &tag, &text, place, e);
    if (rc == 0) rc = template_compile(text, place, &message_partials, &compiled, e);
    if (rc < 0) return rc;
    struct suggestion *s = &a->suggestions[a->count++];
    *s = (struct suggestion){.tag = slice_strdup(tag), .text = compiled};
    struct checking c = {of, s, place, e, 0};
    template_fields(compiled, &message_nearest_map, check_field, &c);
    return c.rc;
}

int aside_compile(const json_t *message, const struct slice *columns, size_t column_count,
                  struct aside **ret, struct err *e)
{
    const struct columns of = {columns, column_count};
    const json_t *list = json_object_get(message, "suggestions"), *one;
    size_t i;
    struct aside *a = xcalloc(1, sizeof *a);
    int rc = compile_shown(a, json_object_get(message, "show"), &of, e);
    if (rc == 0) rc = check_list(list, ASIDE_SUGGESTIONS_MAX, "suggestions", e);
    if (rc == 0) json_array_foreach(list, i, one)
        {
            rc = compile_suggestion(a, one, &of, e);
            if (rc < 0) break;
        }
    if (rc < 0)
        aside_free(a);
    else
        *ret = a;
    return rc;
}

/* ---- what is in it ---- */

size_t aside_shown_count(const struct aside *a)
{
    return a->shown_count;
}

size_t aside_shown(const struct aside *a, size_t i)
{
    return a->shown[i];
}

size_t aside_suggestion_count(const struct aside *a)
{
    return a->count;
}

struct slice aside_tag(const struct aside *a, size_t i)
{
    return slice_of(a->suggestions[i].tag);
}

/* ---- for a person ---- */

struct gapped {
    const struct suggestion *suggestion;
    const struct tvalue *person;
};

static struct slice name_of(const char *gap)
{
    struct slice whole = slice_of(gap);
    return slice_make(whole.p + GAP_BRACES, whole.n - 2 * GAP_BRACES);
}

static bool is_empty(const struct tvalue *person, struct slice name)
{
    struct tvalue value = person->ops->get(person, name);
    return value.kind == TVALUE_NONE || (value.kind == TVALUE_STRING && value.text.n == 0);
}

static struct tvalue gapped_get(const struct tvalue *map, struct slice key)
{
    const struct gapped *g = map->node;
    for (size_t i = 0; i < g->suggestion->gap_count; i++) {
        const char *gap = g->suggestion->gaps[i];
        if (slice_eq(name_of(gap), key) && is_empty(g->person, key))
            return tvalue_string(slice_of(gap));
    }
    return g->person->ops->get(g->person, key);
}

int aside_render(const struct aside *a, size_t i, const struct tvalue *person, struct buf *text,
                 struct err *e)
{
    static const struct tvalue_ops ops = {.get = gapped_get};
    const struct gapped g = {&a->suggestions[i], person};
    const struct tvalue data = {.kind = TVALUE_MAP, .node = &g, .ops = &ops};
    return template_render(a->suggestions[i].text, &data, TEMPLATE_ESCAPE_NONE, text, e);
}

void aside_gaps(const struct aside *a, size_t i, const struct tvalue *person, aside_gap_cb *each,
                void *arg)
{
    const struct suggestion *s = &a->suggestions[i];
    for (size_t k = 0; k < s->gap_count; k++)
        if (is_empty(person, name_of(s->gaps[k]))) each(arg, name_of(s->gaps[k]));
}
