/* Source to nodes in one pass, without a token list: text up to the next tag, the tag, and so on.
 *
 * Standalone tags: a tag that prints nothing itself (all but {{x}} and its raw forms) and is alone
 * on its line takes the line with it: the blanks before it are not added to the text, and the scan
 * goes on after the newline. `line_open` remembers that nothing of the current line has become a
 * node yet: the next node gets the mark that the indentation of partials goes by. */
#include "template_internal.h"

#include <stdlib.h>

enum { DELIMITER_BYTES_MAX = 32, NAME_BYTES_MAX = 255 };

/* A section that waits for its closing tag. */
struct open_section {
    uint32_t node;
    size_t offset;
    struct slice name;
};

struct compiler {
    struct template *t;
    struct unit *u;
    struct err *e;
    struct slice source;
    struct slice open, close; /* the delimiters in force */
    size_t pos;               /* where the text begins that is not yet a node */
    bool line_open;
    struct open_section sections[TEMPLATE_SECTIONS_DEEP_MAX];
    unsigned section_count;
};

/* One tag as it stands in the source. */
struct tag {
    char sigil;           /* '#', '^', '/', '>', '&', '{', '=', '!', '<', '$'; 0: {{x}} */
    size_t offset, end;   /* from the opening delimiter to behind the closing one */
    struct slice content; /* without sigil and blanks around it */
};

static struct node *add_node(struct compiler *c, enum node_kind kind, size_t offset)
{
    struct unit *u = c->u;
    if (u->node_count == u->node_cap) {
        u->node_cap = u->node_cap ? u->node_cap * 2 : 16;
        u->nodes = xrealloc(u->nodes, u->node_cap * sizeof *u->nodes);
    }
    struct node *n = &u->nodes[u->node_count++];
    *n = (struct node){.kind = kind, .offset = (uint32_t)offset, .end = u->node_count};
    n->starts_line = c->line_open;
    c->line_open = false;
    return n;
}

/* Text from the current position up to `to`, which becomes the position. */
static void add_text(struct compiler *c, size_t to)
{
    if (to > c->pos) {
        struct node *n = add_node(c, NODE_TEXT, c->pos);
        n->text = slice_make(c->source.p + c->pos, to - c->pos);
        c->line_open = c->source.p[to - 1] == '\n';
    }
    c->pos = to;
}

/* --- Finding a tag --- */

static bool find_from(struct slice source, size_t from, struct slice what, size_t *ret_at)
{
    const char *p =
        from < source.n ? memmem(source.p + from, source.n - from, what.p, what.n) : NULL;
    if (!p) return false;
    *ret_at = (size_t)(p - source.p);
    return true;
}

static int unclosed_tag(struct compiler *c, size_t offset, struct slice end)
{
    return template_error(c->u, offset, c->e, ERR_SYNTAX, "this tag is never closed; add %.*s",
                          SLICE_ARG(end));
}

static bool is_blank(char ch)
{
    return ch == ' ' || ch == '\t';
}

static bool is_space(char ch)
{
    return is_blank(ch) || ch == '\n' || ch == '\r';
}

/* What must follow the content: the closing delimiter, after "}" or "=" for the paired sigils. */
static struct slice tag_ending(const struct compiler *c, char sigil, char *space)
{
    size_t n = 0;
    if (sigil == '{') space[n++] = '}';
    if (sigil == '=') space[n++] = '=';
    memcpy(space + n, c->close.p, c->close.n);
    return slice_make(space, n + c->close.n);
}

/* Reads the tag whose opening delimiter is at `offset`. */
static int read_tag(struct compiler *c, size_t offset, struct tag *ret)
{
    size_t from = offset + c->open.n;
    while (from < c->source.n && is_space(c->source.p[from]))
        from++;
    struct tag tag = {.offset = offset};
    if (from < c->source.n && c->source.p[from] != '\0' && strchr("#^/>&{=!<$", c->source.p[from]))
        tag.sigil = c->source.p[from++];
    char space[DELIMITER_BYTES_MAX + 1];
    struct slice ending = tag_ending(c, tag.sigil, space);
    size_t at;
    if (!find_from(c->source, from, ending, &at)) return unclosed_tag(c, offset, ending);
    tag.content = slice_trim(slice_make(c->source.p + from, at - from));
    tag.end = at + ending.n;
    *ret = tag;
    return 0;
}

/* Whether the tag is alone on its line, of which *ret_line is the start and *ret_next the end. What
 * lies before c->pos belongs to an earlier tag and is not blank, unless that took its whole line.
 */
static bool is_standalone(const struct compiler *c, const struct tag *tag, size_t *ret_line,
                          size_t *ret_next)
{
    const char *p = c->source.p;
    size_t line = tag->offset;
    while (line > c->pos && is_blank(p[line - 1]))
        line--;
    if (line > 0 && p[line - 1] != '\n') return false;
    size_t next = tag->end;
    while (next < c->source.n && is_blank(p[next]))
        next++;
    if (next + 1 < c->source.n && p[next] == '\r' && p[next + 1] == '\n') next++;
    if (next < c->source.n && p[next] != '\n') return false;
    *ret_line = line;
    *ret_next = next < c->source.n ? next + 1 : next;
    return true;
}

/* --- Names --- */

static int bad_name(struct compiler *c, const struct tag *tag, const char *why)
{
    return template_error(c->u, tag->offset, c->e, ERR_SYNTAX, "%s", why);
}

static bool dots_are_well_placed(struct slice name)
{
    struct slice part;
    if (name.p[0] == '.') name = slice_from(name, 1);
    while (slice_cut(&name, '.', &part))
        if (part.n == 0) return false;
    return true;
}

/* Blanks inside a name are allowed, though the specification does not: columns of a list may have
 * them. */
static int check_name(struct compiler *c, const struct tag *tag)
{
    struct slice name = tag->content;
    if (name.n == 0) return bad_name(c, tag, "this tag has no name; write one or remove the tag");
    if (name.n > NAME_BYTES_MAX) return bad_name(c, tag, "this name is longer than 255 bytes");
    for (size_t i = 0; i < name.n; i++)
        if ((unsigned char)name.p[i] < ' ')
            return bad_name(c, tag, "a name ends with its line; is this tag closed?");
    if (tag->sigil != '>' && !slice_is(name, ".") && !dots_are_well_placed(name))
        return bad_name(c, tag, "a dotted name has a part of no length; write it like a.b");
    return 0;
}

/* A dot in front means the innermost context alone, as "." does. */
static void set_name(struct node *n, struct slice name)
{
    bool innermost = name.p[0] == '.';
    n->rest = name;
    (void)slice_cut(&n->rest, '.', &n->text);
    if (innermost) n->text = slice_make(name.p, 1);
    if (n->rest.n == 0) n->rest = SLICE_NONE;
}

/* --- The tags --- */

static int open_section(struct compiler *c, const struct tag *tag)
{
    if (c->section_count == TEMPLATE_SECTIONS_DEEP_MAX)
        return template_error(c->u, tag->offset, c->e, ERR_LIMIT,
                              "more than %d sections are open here; nest less",
                              TEMPLATE_SECTIONS_DEEP_MAX);
    struct node *n = add_node(c, tag->sigil == '#' ? NODE_SECTION : NODE_INVERTED, tag->offset);
    set_name(n, tag->content);
    c->sections[c->section_count++] =
        (struct open_section){c->u->node_count - 1, tag->offset, tag->content};
    return 0;
}

static unsigned line_of(const struct compiler *c, size_t offset)
{
    unsigned line = 1;
    for (size_t i = 0; i < offset; i++)
        line += c->source.p[i] == '\n';
    return line;
}

static int close_section(struct compiler *c, const struct tag *tag)
{
    struct slice name = tag->content;
    if (c->section_count == 0)
        return template_error(
            c->u, tag->offset, c->e, ERR_SYNTAX,
            "nothing is open that '/%.*s' could close; remove it, or open the section "
            "with %.*s#%.*s%.*s",
            SLICE_ARG(name), SLICE_ARG(c->open), SLICE_ARG(name), SLICE_ARG(c->close));
    const struct open_section *s = &c->sections[c->section_count - 1];
    if (!slice_eq(s->name, name))
        return template_error(
            c->u, tag->offset, c->e, ERR_SYNTAX,
            "'/%.*s' comes while section '%.*s' opened at line %u is still open; add "
            "%.*s/%.*s%.*s before it",
            SLICE_ARG(name), SLICE_ARG(s->name), line_of(c, s->offset), SLICE_ARG(c->open),
            SLICE_ARG(s->name), SLICE_ARG(c->close));
    c->u->nodes[s->node].end = c->u->node_count;
    c->section_count--;
    return 0;
}

static int check_all_closed(struct compiler *c)
{
    if (c->section_count == 0) return 0;
    const struct open_section *s = &c->sections[c->section_count - 1];
    return template_error(c->u, s->offset, c->e, ERR_SYNTAX,
                          "section '%.*s' opened at line %u is never closed; add %.*s/%.*s%.*s",
                          SLICE_ARG(s->name), line_of(c, s->offset), SLICE_ARG(c->open),
                          SLICE_ARG(s->name), SLICE_ARG(c->close));
}

static int set_delimiters(struct compiler *c, const struct tag *tag)
{
    struct slice content = tag->content;
    size_t a = 0;
    while (a < content.n && !is_space(content.p[a]))
        a++;
    struct slice open = slice_make(content.p, a);
    struct slice close = slice_trim(slice_from(content, a));
    bool ok = open.n > 0 && close.n > 0 && open.n <= DELIMITER_BYTES_MAX &&
              close.n <= DELIMITER_BYTES_MAX && slice_find(content, '=') < 0;
    for (size_t i = 0; i < close.n; i++)
        ok = ok && !is_space(close.p[i]);
    if (!ok)
        return template_error(
            c->u, tag->offset, c->e, ERR_SYNTAX,
            "these are no delimiters; write two, with a blank between and no '=', like "
            "{{=<%% %%>=}}");
    c->open = open;
    c->close = close;
    return 0;
}

static int find_unit(struct compiler *c, const struct tag *tag, uint32_t *ret_unit)
{
    for (uint32_t i = 1; i < c->t->unit_count; i++) {
        if (!slice_is(tag->content, c->t->units[i]->name)) continue;
        *ret_unit = i;
        return 0;
    }
    if (c->t->unit_count > TEMPLATE_PARTIALS_MAX)
        return template_error(c->u, tag->offset, c->e, ERR_LIMIT, "more than %d different partials",
                              TEMPLATE_PARTIALS_MAX);
    *ret_unit = template_add_unit(c->t, tag->content);
    return 0;
}

/* `blanks` before a tag that is alone on its line are the indentation of all its lines. */
static int add_partial(struct compiler *c, const struct tag *tag, bool standalone,
                       struct slice blanks)
{
    if (tag->content.p[0] == '*')
        return bad_name(c, tag, "dynamic partial names are not supported; name the partial itself");
    uint32_t unit = 0;
    int rc = find_unit(c, tag, &unit);
    if (rc < 0) return rc;
    struct node *n = add_node(c, NODE_PARTIAL, tag->offset);
    n->unit = unit;
    n->indents = standalone;
    n->text = blanks;
    return 0;
}

/* What is alone on its line leaves the line open: whatever comes next stands at a line's start. */
static int add_block_tag(struct compiler *c, const struct tag *tag)
{
    size_t line = tag->offset, next = tag->end;
    bool standalone = is_standalone(c, tag, &line, &next);
    add_text(c, line);
    c->pos = next;
    bool line_open = c->line_open;
    if (standalone) c->line_open = false;
    int rc = 0;
    struct slice blanks = slice_make(c->source.p + line, tag->offset - line);
    switch (tag->sigil) {
    case '#':
    case '^':
        rc = open_section(c, tag);
        break;
    case '/':
        if (c->line_open) (void)add_node(c, NODE_TEXT, tag->offset); /* takes the indentation */
        rc = close_section(c, tag);
        break;
    case '>':
        rc = add_partial(c, tag, standalone, blanks);
        break;
    case '=':
        rc = set_delimiters(c, tag);
        break;
    default:
        return bad_name(c, tag, "template inheritance is not supported; use a partial");
    case '!':
        break;
    }
    if (standalone) c->line_open = line_open;
    return rc;
}

static void add_value_tag(struct compiler *c, const struct tag *tag)
{
    add_text(c, tag->offset);
    struct node *n = add_node(c, tag->sigil ? NODE_RAW : NODE_VALUE, tag->offset);
    set_name(n, tag->content);
    c->pos = tag->end;
}

static int add_tag(struct compiler *c, const struct tag *tag)
{
    int rc = tag->sigil == '!' || tag->sigil == '=' ? 0 : check_name(c, tag);
    if (rc < 0) return rc;
    if (tag->sigil && tag->sigil != '&' && tag->sigil != '{') return add_block_tag(c, tag);
    add_value_tag(c, tag);
    return 0;
}

int template_compile_unit(struct template *t, struct unit *u, struct err *e)
{
    struct compiler c = {.t = t, .u = u, .e = e, .line_open = true};
    c.source = slice_make(u->source, u->source_bytes);
    c.open = SLICE_LIT("{{");
    c.close = SLICE_LIT("}}");
    size_t offset;
    while (find_from(c.source, c.pos, c.open, &offset)) {
        struct tag tag = {0};
        int rc = read_tag(&c, offset, &tag);
        if (rc == 0) rc = add_tag(&c, &tag);
        if (rc < 0) return rc;
    }
    add_text(&c, c.source.n);
    return check_all_closed(&c);
}
