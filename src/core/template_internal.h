#pragma once
/* What the compiler makes and the renderer reads. A source becomes one flat array of nodes; a
 * section is followed by its children and knows where they end, so that rendering is a walk with
 * jumps. */
#include "core/template.h"

enum node_kind {
    NODE_TEXT,
    NODE_VALUE, /* {{x}} */
    NODE_RAW,   /* {{{x}}}, {{&x}} */
    NODE_SECTION,
    NODE_INVERTED,
    NODE_PARTIAL,
};

struct node {
    enum node_kind kind;
    /* This is the first thing on its line of the source: the indentation of the partial goes here.
     */
    bool starts_line;
    bool indents;    /* NODE_PARTIAL alone on its line: hands indentation down, its own in `text` */
    uint32_t end;    /* sections: index of the node after the last child */
    uint32_t unit;   /* NODE_PARTIAL: index in template.units */
    uint32_t offset; /* [bytes] of the tag in its source, for errors */
    /* NODE_TEXT: the text; else the name up to its first dot, "." for the iterator */
    struct slice text;
    struct slice rest; /* the name after the first dot; none when there is none */
};

/* One source: the template itself (unit 0) or a partial. */
struct unit {
    char *name;   /* owned */
    char *source; /* owned; texts and names point into it */
    size_t source_bytes;
    struct node *nodes; /* owned */
    uint32_t node_count, node_cap;
};

struct template
{
    struct unit **units; /* owned */
    uint32_t unit_count, unit_cap;
};

/* Adds a unit without a source; it is compiled when its turn comes. Returns its index. */
uint32_t template_add_unit(struct template *t, struct slice name);

/* Fills the nodes of `u`, and adds units to `t` for partials met for the first time. */
int template_compile_unit(struct template *t, struct unit *u, struct err *e) MUST_USE;

/* "name:line:column: " + text into *e, for the byte at `offset` of the unit's source. Columns are
 * characters, both counted from 1. Returns `code`. */
int template_error(const struct unit *u, size_t offset, struct err *e, int code, const char *fmt,
                   ...) PRINTF_LIKE(5, 6);
