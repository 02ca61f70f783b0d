/* The life of a template: its sources, the errors in them, and the names it asks for. Compiling and
 * rendering stand in files of their own. */
#include "template_internal.h"

#include "base/map.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

uint32_t template_add_unit(struct template *t, struct slice name)
{
    if (t->unit_count == t->unit_cap) {
        t->unit_cap = t->unit_cap ? t->unit_cap * 2 : 4;
        t->units = xrealloc(t->units, t->unit_cap * sizeof(struct unit *));
    }
    struct unit *u = xcalloc(1, sizeof *u);
    u->name = slice_strdup(name);
    t->units[t->unit_count] = u;
    return t->unit_count++;
}

static void unit_free(struct unit *u)
{
    free(u->name);
    free(u->source);
    free(u->nodes);
    free(u);
}

void template_free(struct template *t)
{
    if (!t) return;
    for (uint32_t i = 0; i < t->unit_count; i++)
        unit_free(t->units[i]);
    free(t->units);
    free(t);
}

static void place_of(const struct unit *u, size_t offset, unsigned *ret_line, unsigned *ret_column)
{
    unsigned line = 1, column = 1;
    for (size_t i = 0; i < offset; i++) {
        bool continues = ((unsigned char)u->source[i] & 0xC0) == 0x80;
        if (!continues) column++;
        if (u->source[i] != '\n') continue;
        line++;
        column = 1;
    }
    *ret_line = line;
    *ret_column = column;
}

int template_error(const struct unit *u, size_t offset, struct err *e, int code, const char *fmt,
                   ...)
{
    if (!e) return code;
    va_list ap;
    va_start(ap, fmt);
    char text[ERR_TEXT_BYTES];
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    unsigned line, column;
    place_of(u, offset, &line, &column);
    return err_set(e, code, "%s:%u:%u: %s", u->name, line, column, text);
}

static int set_source(struct unit *u, struct slice source, struct err *e)
{
    if (source.n > TEMPLATE_SOURCE_BYTES_MAX)
        return err_set(e, ERR_LIMIT, "%s: longer than %d bytes", u->name,
                       TEMPLATE_SOURCE_BYTES_MAX);
    u->source = slice_strdup(source);
    u->source_bytes = source.n;
    return 0;
}

static int load_source(struct unit *u, const struct template_loader *loader, struct err *e)
{
    struct buf source = BUF_INIT(TEMPLATE_SOURCE_BYTES_MAX);
    int rc = ERR_NOT_FOUND;
    if (loader) rc = loader->load(loader->arg, slice_of(u->name), &source, e);
    if (rc == 0 && source.failed)
        rc = err_set(e, ERR_LIMIT, "%s: longer than %d bytes", u->name, TEMPLATE_SOURCE_BYTES_MAX);
    if (rc == 0 || rc == ERR_NOT_FOUND)
        rc = set_source(u, rc == 0 ? buf_slice(&source) : SLICE_NONE, e);
    buf_done(&source);
    return rc;
}

static int compile_all(struct template *t, struct slice source,
                       const struct template_loader *loader, struct err *e)
{
    int rc = set_source(t->units[0], source, e);
    if (rc == 0) rc = template_compile_unit(t, t->units[0], e);
    for (uint32_t i = 1; rc == 0 && i < t->unit_count; i++) {
        rc = load_source(t->units[i], loader, e);
        if (rc == 0) rc = template_compile_unit(t, t->units[i], e);
    }
    return rc;
}

int template_compile(struct slice source, const char *name, const struct template_loader *loader,
                     struct template **ret, struct err *e)
{
    struct template *t = xcalloc(1, sizeof *t);
    (void)template_add_unit(t, slice_of(name));
    int rc = compile_all(t, source, loader, e);
    if (rc < 0) {
        template_free(t);
        return rc;
    }
    *ret = t;
    return 0;
}

/* --- The names it asks for --- */

struct field {
    struct slice name;
    unsigned uses;
};

struct fields {
    struct map *by_name; /* to struct field */
    struct field **all;  /* owned, in order of first use */
    size_t count, cap;
};

static void note_use(struct fields *f, struct slice name, unsigned use)
{
    struct field *field = map_get(f->by_name, name);
    if (!field) {
        field = xcalloc(1, sizeof *field);
        field->name = name;
        (void)map_put(f->by_name, name, field);
        if (f->count == f->cap) {
            f->cap = f->cap ? f->cap * 2 : 16;
            f->all = xrealloc(f->all, f->cap * sizeof(struct field *));
        }
        f->all[f->count++] = field;
    }
    field->uses |= use;
}

/* Sections open around the node, as indices; they end one after the other. */
struct guards {
    uint32_t section[TEMPLATE_SECTIONS_DEEP_MAX];
    size_t count;
};

static bool is_guarded(const struct unit *u, const struct guards *g, struct slice name)
{
    for (size_t i = 0; i < g->count; i++) {
        const struct node *s = &u->nodes[g->section[i]];
        if (s->kind == NODE_SECTION && slice_eq(s->text, name)) return true;
    }
    return false;
}

static bool is_section(const struct node *n)
{
    return n->kind == NODE_SECTION || n->kind == NODE_INVERTED;
}

static bool is_value(const struct node *n)
{
    return n->kind == NODE_VALUE || n->kind == NODE_RAW;
}

/* From the first byte of its name to the last, dots and all. */
static struct slice whole_name(const struct node *n)
{
    return n->rest.n ? slice_make(n->text.p, (size_t)(n->rest.p - n->text.p) + n->rest.n) : n->text;
}

/* The name that is looked up for the node. */
static struct slice name_of(const struct unit *u, const struct guards *g, const struct node *n,
                            const struct template_map *map)
{
    if (!map) return n->text;
    bool is_map = slice_eq(n->text, map->name);
    if (!is_map) {
        bool answered = !n->rest.n && is_guarded(u, g, map->name) &&
                        slice_index(n->text, map->members, map->count) >= 0;
        return answered ? map->name : n->text;
    }
    if (n->rest.n && slice_index(n->rest, map->members, map->count) < 0) return whole_name(n);
    return map->name;
}

static unsigned use_of(const struct unit *u, const struct guards *g, const struct node *n,
                       struct slice name, const struct template_map *map)
{
    if (map && !n->rest.n && slice_eq(n->text, map->name)) return TEMPLATE_USE_WHOLE;
    return is_guarded(u, g, name) ? TEMPLATE_USE_GUARDED : TEMPLATE_USE_PLAIN;
}

static void note_fields_of(struct fields *f, const struct unit *u, const struct template_map *map)
{
    struct guards g = {.count = 0};
    for (uint32_t i = 0; i < u->node_count; i++) {
        const struct node *n = &u->nodes[i];
        while (g.count > 0 && u->nodes[g.section[g.count - 1]].end <= i)
            g.count--;
        bool names = (is_section(n) || is_value(n)) && !slice_is(n->text, ".");
        struct slice name = names ? name_of(u, &g, n, map) : SLICE_NONE;
        if (names && is_section(n)) note_use(f, name, TEMPLATE_USE_SECTION);
        if (names && is_value(n)) note_use(f, name, use_of(u, &g, n, name, map));
        if (is_section(n)) g.section[g.count++] = i;
    }
}

void template_fields(const struct template *t, const struct template_map *map,
                     void (*each)(void *arg, struct slice name, unsigned uses), void *arg)
{
    struct fields f = {.by_name = map_new()};
    for (uint32_t i = 0; i < t->unit_count; i++)
        note_fields_of(&f, t->units[i], map);
    for (size_t i = 0; i < f.count; i++) {
        each(arg, f.all[i]->name, f.all[i]->uses);
        free(f.all[i]);
    }
    free(f.all);
    map_free(f.by_name);
}
