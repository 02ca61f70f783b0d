#include "select.h"

#include "element.h"

/* Items of a list that are looked at for each of them. */
enum { ONLY_ITEMS_MAX = 100 };

static const double WHOLE_MAX = 1e15; /* above it a double does not tell neighbours apart */

/* ---- compiling */

static int bad_selector(const struct compiler *c, const struct yaml_node *n)
{
    return yaml_error(
        c->doc, n, ERR_SYNTAX, c->e,
        "'%.*s' is no selector; write /json/pointer, ../relative, ?parameter or Field",
        SLICE_ARG(yaml_text(n)));
}

/* key=other,key=other */
static bool compile_same(struct slice inside, struct select_step *ret)
{
    struct slice pair;
    while (slice_cut(&inside, ',', &pair)) {
        if (ret->same_count == SELECT_SAME_MAX) return false;
        struct select_same *same = &ret->same[ret->same_count++];
        same->other = pair;
        (void)slice_cut(&same->other, '=', &same->key);
        if (same->key.n == 0 || same->other.n == 0) return false;
    }
    return ret->same_count > 0;
}

static bool compile_step(struct slice part, struct select_step *ret)
{
    long open = slice_find(part, '[');
    if (part.n == 0) return false;
    *ret = (struct select_step){.key = part, .each = slice_is(part, "*")};
    if (open >= 0) ret->key = slice_make(part.p, (size_t)open);
    ret->only = slice_is(ret->key, "only");
    if (open < 0) return true;
    struct slice inside = slice_from(part, (size_t)open + 1);
    if (!slice_ends(inside, "]") || (ret->key.n && !ret->only)) return false;
    inside.n--;
    return compile_same(inside, ret) && (ret->only || ret->same_count == 1);
}

static int compile_path(const struct compiler *c, const struct yaml_node *n, struct slice path,
                        struct selector *s)
{
    struct select_step steps[SELECT_STEPS_MAX];
    struct slice part;
    s->source = SELECT_JSON;
    if (slice_starts(path, "/")) path = slice_from(path, 1);
    while (slice_cut(&path, '/', &part)) {
        if (slice_is(part, "..") && s->step_count == 0) {
            s->up++;
            continue;
        }
        if (s->step_count == SELECT_STEPS_MAX || !compile_step(part, &steps[s->step_count]))
            return bad_selector(c, n);
        s->step_count++;
    }
    s->steps = arena_alloc(c->arena, sizeof *steps * (s->step_count + 1));
    if (!s->steps) return yaml_error(c->doc, n, ERR_LIMIT, c->e, "the description is too long");
    memcpy(s->steps, steps, sizeof *steps * s->step_count);
    return 0;
}

static int compile_address(const struct compiler *c, const struct yaml_node *n, struct selector *s)
{
    struct slice text = yaml_text(n);
    if (yaml_kind_of(n) != YAML_SCALAR || text.n == 0) return bad_selector(c, n);
    if (text.p[0] == '/' || slice_starts(text, "../")) return compile_path(c, n, text, s);
    if (slice_is(text, "@body")) {
        s->source = SELECT_BODY;
        return 0;
    }
    s->source = text.p[0] == '?' ? SELECT_QUERY : SELECT_FIELD;
    s->name = slice_from(text, text.p[0] == '?');
    return s->name.n ? 0 : bad_selector(c, n);
}

static int compile_one(const struct compiler *c, const struct yaml_node *n, struct selector *s)
{
    static const char *const keys[] = {"field", "after", "until", NULL};
    *s = (struct selector){0};
    if (yaml_kind_of(n) != YAML_MAPPING) return compile_address(c, n, s);
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (code) return code;
    s->after = yaml_text(yaml_get(n, "after"));
    s->until = yaml_text(yaml_get(n, "until"));
    return compile_address(c, yaml_get(n, "field"), s);
}

int selector_compile(const struct compiler *c, const struct yaml_node *n, struct selector_list *ret)
{
    bool list = yaml_kind_of(n) == YAML_SEQUENCE;
    size_t count = !n ? 0 : list ? yaml_count(n) : 1;
    struct selector_list s = {.list = arena_zalloc(c->arena, sizeof *s.list * (count + 1))};
    if (!s.list) return yaml_error(c->doc, n, ERR_LIMIT, c->e, "the description is too long");
    for (; s.count < count; s.count++) {
        int code = compile_one(c, list ? yaml_at(n, s.count) : n, &s.list[s.count]);
        if (code) return code;
    }
    *ret = s;
    return 0;
}

int selectors_compile(const struct compiler *c, const struct yaml_node *n,
                      const struct selector_row *rows, size_t count)
{
    int code = 0;
    for (size_t i = 0; !code && i < count; i++)
        code = selector_compile(c, yaml_get(n, rows[i].key), rows[i].to);
    return code;
}

int selector_compile_each(const struct compiler *c, const struct yaml_node *n, struct selector *ret)
{
    *ret = (struct selector){.source = SELECT_JSON};
    if (!n) return 0;
    if (!slice_starts(yaml_text(n), "/")) return bad_selector(c, n);
    return compile_path(c, n, yaml_text(n), ret);
}

/* ---- reading */

static const json_t *member_of(const json_t *object, struct slice name)
{
    return json_object_getn(object, name.p, name.n);
}

static bool says_something(const json_t *value)
{
    return value && !json_is_null(value) && json_string_length(value) + !json_is_string(value) > 0;
}

/* The element is about another one than the item. */
static bool is_another(const json_t *element, const struct select_step *step, const json_t *item)
{
    for (size_t i = 0; i < step->same_count; i++) {
        const json_t *own = member_of(element, step->same[i].key);
        const json_t *wanted = member_of(item, step->same[i].other);
        if (says_something(own) && says_something(wanted) && !json_equal(own, wanted)) return true;
    }
    return false;
}

static bool names_somebody(const struct select_step *step, const json_t *item)
{
    for (size_t i = 0; i < step->same_count; i++)
        if (says_something(member_of(item, step->same[i].other))) return true;
    return step->same_count == 0; /* or may: nobody says by what */
}

/* No other item stands in the item's own list, or none there names anybody: else "only" would be anybody's. */
static bool is_of_all(const struct select_step *step, const struct facts *f)
{
    const json_t *list = f->depth < 2 ? NULL : f->trail[f->depth - 2];
    size_t count = json_array_size(list);
    if (count > ONLY_ITEMS_MAX) return false;
    for (size_t i = 0; count > 1 && i < count; i++)
        if (names_somebody(step, json_array_get(list, i))) return false;
    return true;
}

static json_t *find_only(json_t *array, const struct select_step *step, const struct facts *f)
{
    json_t *element = json_array_get(array, 0);
    if (json_array_size(array) != 1 || is_another(element, step, f->trail[f->depth - 1]))
        return NULL;
    return is_of_all(step, f) ? element : NULL;
}

/* The element of an array whose member equals the item's. */
static json_t *find_same(json_t *array, const struct select_same *same, const struct facts *f)
{
    const json_t *item = f->trail[f->depth - 1];
    return elements_find(f->elements, array, same->key, member_of(item, same->other));
}

static json_t *follow(json_t *at, const struct select_step *step, const struct facts *f)
{
    uint64_t index;
    if (step->same_count && !step->only) return find_same(at, &step->same[0], f);
    if (json_is_object(at)) return json_object_getn(at, step->key.p, step->key.n);
    if (step->only) return find_only(at, step, f);
    if (json_is_array(at) && slice_to_u64(step->key, SIZE_MAX, &index))
        return json_array_get(at, (size_t)index);
    return NULL;
}

static json_t *find_json(const struct selector *s, const struct facts *f)
{
    if (f->depth == 0 || (size_t)s->up >= f->depth) return NULL;
    json_t *at = f->trail[f->depth - 1 - (size_t)s->up];
    for (size_t i = 0; at && i < s->step_count; i++)
        at = follow(at, &s->steps[i], f);
    return json_is_null(at) ? NULL : at;
}

/* Some write whole numbers, a time or an id, as 1700000000.0. */
static struct slice real_text(double value, struct arena *a)
{
    bool whole = value > -WHOLE_MAX && value < WHOLE_MAX && value == (double)(int64_t)value;
    return slice_of(whole ? arena_printf(a, "%lld", (long long)value)
                          : arena_printf(a, "%.15g", value));
}

static struct slice value_text(const json_t *value, struct arena *a)
{
    if (json_is_string(value))
        return slice_make(json_string_value(value), json_string_length(value));
    if (json_is_integer(value))
        return slice_of(arena_printf(a, "%" JSON_INTEGER_FORMAT, json_integer_value(value)));
    if (json_is_real(value)) return real_text(json_real_value(value), a);
    if (json_is_boolean(value)) return slice_of(json_is_true(value) ? "true" : "false");
    return SLICE_NONE;
}

static const struct form_pair *find_pair(const struct selector *s, const struct facts *f)
{
    const struct form *form = s->source == SELECT_QUERY ? f->query : f->fields;
    return form ? form_find(form, s->name) : NULL;
}

/* Where `part` begins in it, in any case; -1 = nowhere. */
static long find_part(struct slice text, struct slice part)
{
    for (size_t i = 0; i + part.n <= text.n; i++)
        if (slice_eq_nocase(slice_make(text.p + i, part.n), part)) return (long)i;
    return -1;
}

/* Where the word at its beginning ends. */
static size_t first_word(struct slice text)
{
    size_t n = 0;
    while (n < text.n && !strchr(" \t\r\n,;", text.p[n]))
        n++;
    return n;
}

static struct slice part_of(const struct selector *s, struct slice text)
{
    long start = s->after.n ? find_part(text, s->after) : 0;
    if (start < 0 || text.n == 0) return SLICE_NONE;
    text = slice_trim(slice_from(text, (size_t)start + s->after.n));
    if (s->until.n == 0) return slice_make(text.p, first_word(text));
    long end = find_part(text, s->until);
    return slice_trim(end < 0 ? text : slice_make(text.p, (size_t)end));
}

static struct slice whole_text(const struct selector *s, const struct facts *f)
{
    if (s->source == SELECT_BODY) return f->body;
    if (s->source == SELECT_JSON) return value_text(find_json(s, f), f->arena);
    const struct form_pair *pair = find_pair(s, f);
    return pair ? pair->value : SLICE_NONE;
}

static bool is_part(const struct selector *s)
{
    return s->after.n || s->until.n;
}

static struct slice read_one(const struct selector *s, const struct facts *f)
{
    struct slice text = whole_text(s, f);
    return is_part(s) ? part_of(s, text) : text;
}

static bool is_present(const struct selector *s, const struct facts *f)
{
    if (is_part(s)) return read_one(s, f).n > 0;
    if (s->source == SELECT_BODY) return f->body.n > 0;
    return s->source == SELECT_JSON ? find_json(s, f) != NULL : find_pair(s, f) != NULL;
}

bool selector_all_present(const struct selector_list *s, const struct facts *f)
{
    for (size_t i = 0; i < s->count; i++)
        if (!is_present(&s->list[i], f)) return false;
    return true;
}

bool selector_any_present(const struct selector_list *s, const struct facts *f)
{
    for (size_t i = 0; i < s->count; i++)
        if (is_present(&s->list[i], f)) return true;
    return false;
}

struct slice selector_read(const struct selector_list *s, const struct facts *f)
{
    for (size_t i = 0; i < s->count; i++) {
        struct slice text = read_one(&s->list[i], f);
        if (text.n) return text;
    }
    return SLICE_NONE;
}

int selector_count(const struct selector_list *s, const struct facts *f)
{
    int n = 0;
    for (size_t i = 0; i < s->count; i++)
        n += read_one(&s->list[i], f).n > 0;
    return n;
}

struct walk {
    const struct selector *path;
    struct facts *facts;
    void (*each)(void *arg, const struct facts *f);
    void *arg;
};

static void walk_step(const struct walk *w, size_t i);

static void walk_into(const struct walk *w, json_t *next, size_t i)
{
    if (!next) return;
    w->facts->trail[w->facts->depth++] = next;
    walk_step(w, i + 1);
    w->facts->depth--;
}

/* Depth is bounded by the steps of the path, which the trail has room for. */
static void walk_step(const struct walk *w, size_t i)
{
    json_t *at = w->facts->trail[w->facts->depth - 1];
    if (i == w->path->step_count) {
        w->each(w->arg, w->facts);
        return;
    }
    const struct select_step *step = &w->path->steps[i];
    if (!step->each) {
        walk_into(w, follow(at, step, w->facts), i);
        return;
    }
    if (json_is_object(at)) walk_into(w, at, i); /* one where a list is wanted */
    for (size_t k = 0; k < json_array_size(at); k++)
        walk_into(w, json_array_get(at, k), i);
}

void selector_walk(const struct selector *s, struct facts *f,
                   void (*each)(void *arg, const struct facts *f), void *arg)
{
    struct walk w = {.path = s, .facts = f, .each = each, .arg = arg};
    if (s->step_count == 0)
        each(arg, f);
    else if (f->depth)
        walk_step(&w, 0);
}
