#pragma once
/* Reads typed values out of the configuration's tree. The first failure sticks: after it every read
 * is a no-op, so that a section reads as a table and the code is looked at once, at its end. */
#include "base/arena.h"
#include "base/err.h"
#include "io/yaml.h"
#include "value.h"

struct config;

struct config_reader {
    const struct yaml_doc *doc;
    const char *name; /* of the file */
    struct arena *arena;
    const struct config *config; /* what is read already */
    struct err *e;
    int failed; /* 0 or the code of the first failure; *e tells the rest */
};

/* NULL when the text is fine, else what was expected, for "must be …". */
typedef const char *config_rule(const char *text);

/* Fails at a node: "name:line:column: …". */
void config_fail(struct config_reader *r, const struct yaml_node *at, int code, const char *fmt,
                 ...) PRINTF_LIKE(4, 5);
/* The mapping or sequence under a key; NULL when absent. */
const struct yaml_node *config_map(struct config_reader *r, const struct yaml_node *map,
                                   const char *key, size_t entries_max);
const struct yaml_node *config_list(struct config_reader *r, const struct yaml_node *map,
                                    const char *key, size_t items_max);

/* `otherwise` stands for an absent key; NULL = the key is required, and an error says so at `map`.
 * `rule` may be NULL. */
void config_text(struct config_reader *r, const struct yaml_node *map, const char *key,
                 const char *otherwise, config_rule *rule, const char **ret);
/* A text node of its own (an item of a list, a value of a mapping); `what` names it in errors. */
void config_text_at(struct config_reader *r, const struct yaml_node *n, const char *what,
                    config_rule *rule, const char **ret);
void config_number(struct config_reader *r, const struct yaml_node *map, const char *key,
                   double otherwise, double min, double max, double *ret);

/* "name:line:column", in the arena. */
const char *config_place(struct config_reader *r, const struct yaml_node *n);
/* Zeroed memory for `count` items; NULL after a failure (too large a file is one). */
void *config_alloc(struct config_reader *r, size_t count, size_t bytes);
