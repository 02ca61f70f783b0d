#pragma once
/* Selectors: where in a JSON response or a webhook a value stands.
 *
 *   /messages/0/id          JSON pointer, from the item of `each` (else from the root)
 *   ../../metadata/x        the same, from two levels above the item
 *   contacts/only/…         the element of a list of one, for an item that is alone in its list, too
 *   contacts/[wa_id=from]/… the element whose wa_id equals the item's own `from`; null and "" equal nothing
 *   contacts/only[wa_id=from,user_id=from_user_id]/…  `only`, unless both have one of these and it is another; also of several
 *                           items, none of which has one of these
 *   ?ref                    a parameter of the query
 *   MessageSid              a field of the form
 *   @body                   the whole text of a response that is no JSON */
#include <jansson.h>

#include "base/arena.h"
#include "core/form.h"
#include "gateway/description/element.h"
#include "io/yaml.h"

enum { SELECT_STEPS_MAX = 16, SELECT_SAME_MAX = 2 };

enum select_source { SELECT_JSON, SELECT_QUERY, SELECT_FIELD, SELECT_BODY };

/* [key=other]: a member of the element, and the item's own. */
struct select_same {
    struct slice key, other;
};

struct select_step {
    struct slice key; /* member or index; none for the other kinds */
    bool each;        /* * */
    bool only;        /* of `same`, none may be another one's */
    struct select_same same[SELECT_SAME_MAX];
    size_t same_count;
};

struct selector {
    enum select_source source;
    int up;             /* levels above the item */
    struct slice name;  /* QUERY, FIELD */
    struct slice after; /* only what stands behind this text, in any case; none = the whole value */
    struct slice until; /* and before this one; none: with `after` the word that stands there */
    struct select_step *steps;
    size_t step_count;
};

/* Alternatives: the first that is there and not empty counts. */
struct selector_list {
    struct selector *list;
    size_t count;
};

/* What is being read. The trail leads from the root to the item; the last one is the item. */
struct facts {
    json_t *trail[SELECT_STEPS_MAX + 1];
    size_t depth; /* of the trail; 0 = no JSON here */
    const struct form *query, *fields;
    struct slice body; /* of a response in text */
    struct arena *arena;
    struct elements *elements; /* borrowed; NULL = `[key=other]` looks through the list each time */
};

/* A file under compilation: what every reader of it needs. */
struct compiler {
    const struct yaml_doc *doc;
    struct arena *arena;
    struct err *e;
};

/* A selector, a list of them, or {field, after, until}. NULL gives an empty list. */
int selector_compile(const struct compiler *c, const struct yaml_node *n,
                     struct selector_list *ret);
/* Each key of the mapping n into its list, in this order; a key that is not there gives an empty list. */
struct selector_row {
    const char *key;
    struct selector_list *to;
};
int selectors_compile(const struct compiler *c, const struct yaml_node *n,
                      const struct selector_row *rows, size_t count);
/* Of an `each` path: steps with `*`; only JSON. */
int selector_compile_each(const struct compiler *c, const struct yaml_node *n,
                          struct selector *ret);

/* Whether all of them, or any, are there, be they empty (but for a part of a text, which has to be something). */
bool selector_all_present(const struct selector_list *s, const struct facts *f);
bool selector_any_present(const struct selector_list *s, const struct facts *f);
/* The text of the first alternative that is not empty; none when there is none. Numbers and
 * booleans become text in the arena. */
struct slice selector_read(const struct selector_list *s, const struct facts *f);
/* How many of the alternatives are there and not empty. */
int selector_count(const struct selector_list *s, const struct facts *f);
/* Calls each with facts whose trail ends at every item that the path leads to. */
void selector_walk(const struct selector *s, struct facts *f,
                   void (*each)(void *arg, const struct facts *f), void *arg);
