#include "shapes.h"

#include "description.h"

bool inbound_kind_from_string(struct slice text, int *ret)
{
    static const char *const texts[] = {
#define X(name, word) [name] = word,
        INBOUND_KIND_TABLE(X)
#undef X
    };
    int i = slice_index(text, texts, COUNT_OF(texts));
    if (i >= 0) *ret = i;
    return i >= 0;
}

static int compile_kind(const struct compiler *c, const struct yaml_node *n, int *ret)
{
    *ret = SHAPE_KIND_OPEN;
    if (!n || inbound_kind_from_string(yaml_text(n), ret)) return 0;
    return yaml_error(c->doc, n, ERR_INVALID, c->e,
                      "'%.*s' is none of our words; see docs/PROVIDERS.md",
                      SLICE_ARG(yaml_text(n)));
}

static int compile_level(const struct compiler *c, const struct yaml_node *n,
                         enum account_level *ret)
{
    static const char *const texts[] = {
#define X(name, word) [name] = word,
        ACCOUNT_LEVEL_TABLE(X)
#undef X
    };
    int i = n ? slice_index(yaml_text(n), texts, COUNT_OF(texts)) : -1;
    if (i >= 0) *ret = (enum account_level)i;
    return n && i < 0
               ? yaml_error(c->doc, n, ERR_INVALID, c->e, "level is info, warning or blocked")
               : 0;
}

int shape_words_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                        struct shape *ret)
{
    const struct selector_row rows[] = {
        {"action", &ret->action},     {"about", &ret->about},
        {"media", &ret->media},       {"media_count", &ret->media_count},
        {"new_from", &ret->new_from}, {"new_user_id", &ret->new_user_id},
    };
    const struct yaml_node *note = yaml_get(n, "note");
    int code = note ? template_keep(c, p, note, &ret->note) : 0;
    if (!code) code = selectors_compile(c, n, rows, COUNT_OF(rows));
    if (!code) code = compile_level(c, yaml_get(n, "level"), &ret->level);
    if (!code) code = compile_text(c, yaml_get(n, "reason"), &ret->reason);
    return code ? code : compile_flag(c, yaml_get(n, "keep"), &ret->keep);
}

static int find_list(const struct compiler *c, const struct provider *p, const struct yaml_node *n,
                     struct shape *ret)
{
    for (size_t i = 0; i < p->shapes.count; i++)
        if (slice_eq(yaml_text(n), p->shapes.names[i])) ret->others = &p->shapes.lists[i];
    if (ret->others) return 0;
    return yaml_error(c->doc, n, ERR_INVALID, c->e,
                      "there is no list of shapes above that is called '%.*s'",
                      SLICE_ARG(yaml_text(n)));
}

static int compile_shape(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                         struct shape *ret)
{
    static const char *const keys[] = {"has",   "is",    "kind",        "text",     "action",
                                       "about", "media", "media_count", "new_from", "new_user_id",
                                       "note",  "level", "reason",      "keep",     NULL};
    if (yaml_kind_of(n) == YAML_SCALAR) return find_list(c, p, n, ret);
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code) code = selector_compile(c, yaml_get(n, "has"), &ret->has);
    if (!code) code = conditions_compile(c, yaml_get(n, "is"), &ret->is);
    if (!code) code = compile_kind(c, yaml_get(n, "kind"), &ret->kind);
    if (!code) code = selector_compile(c, yaml_get(n, "text"), &ret->text);
    return code ? code : shape_words_compile(c, p, n, ret);
}

int shapes_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                   struct shape_list *ret)
{
    size_t count = yaml_count(n);
    struct shape_list shapes = {.list = arena_zalloc(c->arena, sizeof *shapes.list * (count + 1))};
    if (!shapes.list) return yaml_error(c->doc, n, ERR_LIMIT, c->e, "the description is too long");
    if (n && yaml_kind_of(n) != YAML_SEQUENCE)
        return yaml_error(c->doc, n, ERR_INVALID, c->e, "expected a list of shapes (- {…})");
    for (; shapes.count < count; shapes.count++) {
        int code = compile_shape(c, p, yaml_at(n, shapes.count), &shapes.list[shapes.count]);
        if (code) return code;
    }
    *ret = shapes;
    return 0;
}

/* A list may name those above it only, so none can lead back to itself. */
int shape_book_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n)
{
    struct shape_book *book = &p->shapes;
    size_t count = yaml_count(n);
    if (n && (yaml_kind_of(n) != YAML_MAPPING || count > COUNT_OF(book->lists)))
        return yaml_error(c->doc, n, ERR_INVALID, c->e, "expected at most %zu lists, name: [- {…}]",
                          COUNT_OF(book->lists));
    for (size_t i = 0; i < count; i++) {
        int code = shapes_compile(c, p, yaml_at(n, i), &book->lists[i]);
        if (code) return code;
        book->names[i] = yaml_key_at(n, i);
        book->count++;
    }
    return 0;
}

const struct shape *shape_find(const struct shape_list *shapes, const struct facts *f)
{
    for (size_t i = 0; i < shapes->count; i++) {
        const struct shape *s = &shapes->list[i];
        if (s->others)
            s = shape_find(s->others, f);
        else if (!selector_all_present(&s->has, f) || !conditions_fit(&s->is, f))
            s = NULL;
        if (s) return s;
    }
    return NULL;
}
