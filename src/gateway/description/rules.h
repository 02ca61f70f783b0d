#pragma once
/* Rules: what a response means. The first that fits counts. */
#include "gateway/gateway.h"
#include "select.h"

/* Numbers, ranges of them ("21200-21299") and words. */
struct value_range {
    uint64_t low, high;
    struct slice word; /* none = a range */
};

struct value_set {
    struct value_range *list;
    size_t count; /* 0 = anything */
};

struct condition {
    struct selector_list where;
    struct value_set is;
};

struct condition_list {
    struct condition *list;
    size_t count;
};

struct rule {
    bool table; /* `- codes`: look into the table of codes here */
    struct value_set status, code;
    struct selector_list has;
    struct condition_list conditions;
    struct value_set contains; /* words, any of which must stand in the body */
    enum outcome outcome;
    struct slice reason;
    struct selector_list id;
    enum verdict_scope scope;
    int64_t retry_after_ms; /* -1 = not said */
    bool suppress, filtered;
};

struct rule_list {
    struct rule *list;
    size_t count;
};

/* A response, or a receipt's code. */
struct rule_input {
    struct slice status; /* as text; none for receipts */
    struct slice code, body;
    const struct facts *facts;
};

/* A mapping of selector to value, range, or a list of them: all must fit. NULL gives none, which
 * always fits. */
int conditions_compile(const struct compiler *c, const struct yaml_node *n,
                       struct condition_list *ret);
bool conditions_fit(const struct condition_list *conditions, const struct facts *f);

/* A list of mappings; `- codes` is understood when `with_table` is set. NULL gives none. */
int rules_compile(const struct compiler *c, const struct yaml_node *n, bool with_table,
                  struct rule_list *ret);
/* The first rule that fits, through the table where the list says so; NULL = none. */
const struct rule *rules_find(const struct rule_list *rules, const struct rule_list *table,
                              const struct rule_input *in);
/* Which of several codes counts: the first that says in `codes` that the person opted out, else the first that is there (none
 * of them: SLICE_NONE). *ret_first (may be NULL): it is that one, so that what is said of the first error is said of it. */
struct slice rules_choose_code(const struct rule_list *codes, const struct selector_list *list,
                               const struct facts *f, bool *ret_first);
/* Whether a rule is about that status at all. */
bool rules_status_fits(const struct rule *r, struct slice status);
