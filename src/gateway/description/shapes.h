#pragma once
/* Shapes: what an item of a webhook may look like, and what it then says. The first that fits
 * counts. */
#include "core/template.h"
#include "gateway/gateway.h"
#include "rules.h"

struct provider;

enum { SHAPE_KIND_OPEN = -1 }; /* the reader says which */

struct shape {
    const struct shape_list *others; /* `- name`: look into that list here; the rest is unused */
    struct selector_list has;
    struct condition_list is;
    struct template *note; /* over the item; NULL = none */
    /* inbound */
    int kind; /* enum inbound_kind, or SHAPE_KIND_OPEN */
    struct selector_list text, action, about, media, media_count, new_from, new_user_id;
    /* alerts */
    enum account_level level;
    struct slice reason;
    bool keep; /* nobody knows what it is: the webhook is kept for people */
};

struct shape_list {
    struct shape *list;
    size_t count;
};

struct shape_book {
    struct slice names[8];
    struct shape_list lists[8];
    size_t count;
};

/* The section `shapes` of the file. */
int shape_book_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n);
/* A list of shapes, and names of lists. NULL gives none. */
int shapes_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                   struct shape_list *ret);
/* What a shape says but for `text`, from a mapping that may hold more. */
int shape_words_compile(const struct compiler *c, struct provider *p, const struct yaml_node *n,
                        struct shape *ret);
bool inbound_kind_from_string(struct slice text, int *ret);

/* The first that fits, through lists that are named; NULL = none. */
const struct shape *shape_find(const struct shape_list *shapes, const struct facts *f);

/* One line: control characters and runs of blanks are one blank, separators at the end go, what is
 * longer than NOTE_BYTES_MAX is cut. In the arena of the facts; none when the template is NULL. */
enum { NOTE_BYTES_MAX = 600 };
struct slice note_make(const struct template *t, const struct facts *f);
