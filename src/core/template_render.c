/* Walks the nodes of a compiled template over the data.
 *
 * The context stack is a chain of frames on the C stack, the innermost first; so is the indentation
 * of partials. Both depth and steps have ceilings, since partials may call themselves and a
 * template can thus ask for endless work without writing a byte. */
#include "template_internal.h"

/* One context: a value that a section has pushed, and the one around it. */
struct frame {
    const struct tvalue *value;
    const struct frame *up;
};

/* The indentation of a partial on top of that of the source that calls it. */
struct indent {
    struct slice text;
    const struct indent *up;
};

struct render {
    const struct template *t;
    struct buf *out;
    enum template_escape escape;
    unsigned depth;
    unsigned long steps;
    struct err *e;
};

static int render_nodes(struct render *r, const struct unit *u, uint32_t from, uint32_t to,
                        const struct frame *top, const struct indent *indent);

static struct tvalue get_member(const struct tvalue *v, struct slice key)
{
    return v->kind == TVALUE_MAP ? v->ops->get(v, key) : tvalue_none();
}

static struct tvalue find_in_contexts(struct slice key, const struct frame *top)
{
    struct tvalue v = tvalue_none();
    for (const struct frame *f = top; f && v.kind == TVALUE_NONE; f = f->up)
        v = get_member(f->value, key);
    return v;
}

/* Only the first part of a dotted name is looked for in all contexts; the rest must be right there.
 */
static struct tvalue find_value(const struct node *n, const struct frame *top)
{
    bool innermost = n->text.n == 1 && n->text.p[0] == '.';
    struct tvalue v = innermost ? *top->value : find_in_contexts(n->text, top);
    struct slice rest = n->rest, key;
    while (slice_cut(&rest, '.', &key))
        v = get_member(&v, key);
    return v;
}

static bool is_true(const struct tvalue *v)
{
    switch (v->kind) {
    case TVALUE_NONE:
    case TVALUE_FALSE:
        return false;
    case TVALUE_STRING:
        return v->text.n > 0;
    case TVALUE_LIST:
        return v->ops->count(v) > 0;
    case TVALUE_NUMBER:
    case TVALUE_MAP:
        return true;
    }
    check(!"a kind of value");
}

static void add_indent(struct buf *out, const struct indent *indent)
{
    if (!indent) return;
    add_indent(out, indent->up);
    buf_add_slice(out, indent->text);
}

/* Whether the rest of the line at the start of `text` holds anything. */
static bool line_is_blank(struct slice text)
{
    return text.n > 0 &&
           (text.p[0] == '\n' || (text.p[0] == '\r' && text.n > 1 && text.p[1] == '\n'));
}

static void add_text_indented(struct buf *out, struct slice text, bool starts_line,
                              const struct indent *indent)
{
    do {
        if (starts_line && !line_is_blank(text)) add_indent(out, indent);
        long newline = slice_find(text, '\n');
        size_t n = newline < 0 ? text.n : (size_t)newline + 1;
        buf_add(out, text.p, n);
        text = slice_from(text, n);
        starts_line = true;
    } while (text.n > 0);
}

static void add_text(struct render *r, const struct node *n, const struct indent *indent)
{
    if (indent)
        add_text_indented(r->out, n->text, n->starts_line, indent);
    else
        buf_add_slice(r->out, n->text);
}

static void add_value(struct render *r, const struct node *n, const struct frame *top)
{
    struct tvalue v = find_value(n, top);
    char space[TVALUE_NUMBER_BYTES];
    if (v.kind == TVALUE_NUMBER) v.text = slice_make(space, v.ops->text(&v, space));
    if (v.kind == TVALUE_LIST || v.kind == TVALUE_MAP) return;
    if (n->kind == NODE_RAW)
        buf_add_slice(r->out, v.text);
    else
        template_escape_add(r->out, v.text, r->escape);
}

static int count_step(struct render *r, const struct unit *u, const struct node *n)
{
    if (++r->steps <= TEMPLATE_RENDER_STEPS_MAX) return 0;
    return template_error(
        u, n->offset, r->e, ERR_LIMIT,
        "rendering takes more than %d steps; a partial that calls itself more than "
        "once, or far too long a list?",
        TEMPLATE_RENDER_STEPS_MAX);
}

static int enter(struct render *r, const struct unit *u, const struct node *n)
{
    if (++r->depth <= TEMPLATE_RENDER_DEEP_MAX) return 0;
    return template_error(u, n->offset, r->e, ERR_LIMIT,
                          "sections and partials nest deeper than %d; does a partial call itself "
                          "without end?",
                          TEMPLATE_RENDER_DEEP_MAX);
}

static int render_children(struct render *r, const struct unit *u, const struct node *section,
                           const struct tvalue *value, const struct frame *top,
                           const struct indent *indent)
{
    struct frame inner = {value, top};
    uint32_t first = (uint32_t)(section - u->nodes) + 1;
    return render_nodes(r, u, first, section->end, &inner, indent);
}

static int render_list(struct render *r, const struct unit *u, const struct node *section,
                       const struct tvalue *list, const struct frame *top,
                       const struct indent *indent)
{
    size_t count = list->ops->count(list);
    int rc = 0;
    for (size_t i = 0; rc == 0 && !r->out->failed && i < count; i++) {
        struct tvalue item = list->ops->at(list, i);
        rc = count_step(r, u, section);
        if (rc == 0) rc = render_children(r, u, section, &item, top, indent);
    }
    return rc;
}

static int render_section(struct render *r, const struct unit *u, const struct node *n,
                          const struct frame *top, const struct indent *indent)
{
    struct tvalue v = find_value(n, top);
    bool inverted = n->kind == NODE_INVERTED;
    if (is_true(&v) == inverted) return 0;
    int rc = enter(r, u, n);
    if (rc == 0 && inverted)
        rc = render_children(r, u, n, top->value, top->up, indent);
    else if (rc == 0 && v.kind == TVALUE_LIST)
        rc = render_list(r, u, n, &v, top, indent);
    else if (rc == 0)
        rc = render_children(r, u, n, &v, top, indent);
    r->depth--;
    return rc;
}

static int render_partial(struct render *r, const struct unit *u, const struct node *n,
                          const struct frame *top, const struct indent *indent)
{
    const struct unit *partial = r->t->units[n->unit];
    struct indent inner = {n->text, indent};
    int rc = enter(r, u, n);
    if (rc == 0)
        rc = render_nodes(r, partial, 0, partial->node_count, top, n->indents ? &inner : NULL);
    r->depth--;
    return rc;
}

static int render_nodes(struct render *r, const struct unit *u, uint32_t from, uint32_t to,
                        const struct frame *top, const struct indent *indent)
{
    int rc = 0;
    for (uint32_t i = from; rc == 0 && !r->out->failed && i < to;) {
        const struct node *n = &u->nodes[i];
        uint32_t next = i + 1;
        rc = count_step(r, u, n);
        if (n->starts_line && n->kind != NODE_TEXT) add_indent(r->out, indent);
        switch (n->kind) {
        case NODE_TEXT:
            add_text(r, n, indent);
            break;
        case NODE_VALUE:
        case NODE_RAW:
            add_value(r, n, top);
            break;
        case NODE_PARTIAL:
            if (rc == 0) rc = render_partial(r, u, n, top, indent);
            break;
        case NODE_SECTION:
        case NODE_INVERTED:
            if (rc == 0) rc = render_section(r, u, n, top, indent);
            next = n->end;
            break;
        }
        i = next;
    }
    return rc;
}

int template_render(const struct template *t, const struct tvalue *data,
                    enum template_escape escape, struct buf *out, struct err *e)
{
    struct render r = {.t = t, .out = out, .escape = escape, .e = e};
    const struct unit *root = t->units[0];
    const struct frame top = {data, NULL};
    int rc = render_nodes(&r, root, 0, root->node_count, &top, NULL);
    if (rc == 0 && out->failed)
        rc = err_set(e, ERR_LIMIT, "%s: the text is longer than the %zu bytes it may have",
                     root->name, out->max);
    return rc;
}
