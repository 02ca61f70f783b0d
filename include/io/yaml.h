#pragma once
/* YAML (libyaml) as a small tree that knows where everything stood, so that errors can say
 * file:line:column. Refused: aliases and anchors, duplicate keys, tags, several documents, more
 * than YAML_DEPTH_MAX levels or YAML_NODES_MAX nodes, bytes that are not UTF-8. */
#include "base/err.h"
#include "base/slice.h"

struct yaml_doc;
struct yaml_node;
enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };
enum { YAML_DEPTH_MAX = 32, YAML_NODES_MAX = 200000 };

/* `name` is what errors call the source (usually the path); it is copied. *ret is owned. ERR_SYNTAX: it is no YAML, or no UTF-8;
 * ERR_INVALID: it holds what is refused; ERR_LIMIT: it is too large or too deep; yaml_load also as of open and read (-errno).
 * yaml_load reads up to 16 MiB. The limits are ours, against a file that was made to fill the memory. */
int yaml_parse(struct slice text, const char *name, struct yaml_doc **ret, struct err *e) MUST_USE;
int yaml_load(const char *path, struct yaml_doc **ret, struct err *e) MUST_USE;
/* NULL is fine. (Not yaml_free: libyaml exports a function of that name and would call ours.) */
void yaml_doc_free(struct yaml_doc *d);
const struct yaml_node *yaml_root(const struct yaml_doc *d); /* NULL when the document is empty */

/* All of these accept NULL nodes. Borrowed from the document. */
enum yaml_kind yaml_kind_of(const struct yaml_node *n); /* NULL reads as an empty scalar */
size_t yaml_count(const struct yaml_node *n);           /* entries of a sequence or mapping */
const struct yaml_node *yaml_at(const struct yaml_node *n,
                                size_t i);                     /* sequence item / mapping value */
struct slice yaml_key_at(const struct yaml_node *n, size_t i); /* mapping key */
const struct yaml_node *yaml_key_node_at(const struct yaml_node *n,
                                         size_t i); /* to point errors at */
const struct yaml_node *yaml_get(const struct yaml_node *n, const char *key); /* NULL when absent */
struct slice yaml_text(const struct yaml_node *n); /* scalar text; none otherwise */
bool yaml_is_plain(const struct yaml_node *n);     /* an unquoted scalar: may be null/true/number */
bool yaml_is_null(const struct yaml_node *n);      /* absent, empty plain, ~ or null */
const char *yaml_name(const struct yaml_doc *d);   /* as given to yaml_parse */
int yaml_line(const struct yaml_node *n);          /* from 1 */
int yaml_column(const struct yaml_node *n);        /* from 1 */

/* Sets e to "name:line:column: …" of that node and returns `code`. */
int yaml_error(const struct yaml_doc *d, const struct yaml_node *at, int code, struct err *e,
               const char *fmt, ...) PRINTF_LIKE(5, 6);

/* Typed reads, ERR_INVALID where they fail; *ret stays as it was. They say what was expected ("rate_per_s: a number from 1 to 100000, not 'fast'"). */
int yaml_bool(const struct yaml_doc *d, const struct yaml_node *n, bool *ret,
              struct err *e) MUST_USE;
int yaml_int(const struct yaml_doc *d, const struct yaml_node *n, int64_t min, int64_t max,
             int64_t *ret, struct err *e) MUST_USE;
int yaml_double(const struct yaml_doc *d, const struct yaml_node *n, double min, double max,
                double *ret, struct err *e) MUST_USE;
/* Refuses the first key of a mapping that is not in the NULL-terminated list; suggests the nearest.
 */
int yaml_only_keys(const struct yaml_doc *d, const struct yaml_node *mapping,
                   const char *const *keys, struct err *e) MUST_USE;
