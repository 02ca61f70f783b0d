#pragma once
/* The one way to ask where people are needed near somebody: from what they wrote (a postcode, a town) or a
 * point to the sessions (core/near.h says how they are chosen). */
#include "core/near.h"
#include "flow/gazetteer.h"
#include "flow/place_book.h"

struct groups;
struct nearest;

struct nearest_config { /* all is borrowed for its life */
    const struct place_book *book;
    struct gazetteer *gazetteer;
    const struct groups *groups; /* whose twins come first; NULL: none has one */
    struct near_rules rules;
    int64_t (*now_ms)(void); /* NULL: the wall clock */
};
/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct nearest *nearest_new(const struct nearest_config *c);
void nearest_free(struct nearest *n);                            /* NULL is fine */
const struct near_rules *nearest_rules(const struct nearest *n); /* of the config; borrowed */

struct nearest_ask {
    struct slice text;      /* a postcode, a town, or "53.45,-2.22" */
    const struct point *at; /* instead; NULL: the text is looked up */
    struct slice group;     /* whose people they are; none: nobody's */
    bool is_text;           /* a campaign's text is to tell them (core/near.h) */
    size_t per_place;       /* sessions of one place at most; 0: any number */
    size_t max;             /* 1…NEAR_MAX */
    struct near_only only;  /* what they can go to */
};
struct nearest_answer {
    struct point at;
    const char *where;              /* as the gazetteer says it; "" of a point */
    bool is_exact;                  /* a whole postcode that is known, or a point */
    const struct near_found *found; /* best first */
    size_t n;                       /* 0: none is in reach */
};

/* answer is borrowed for the call. Errors are the gazetteer's. */
typedef void nearest_cb(void *arg, int result, const struct nearest_answer *answer,
                        const struct err *e);
/* cb may run before it returns. */
void nearest_find(struct nearest *n, const struct nearest_ask *ask, nearest_cb *cb, void *arg);
/* From a point, at once; the text is not looked at. Returns how many. What is found is borrowed until
 * place_book_changed moves. */
size_t nearest_at(struct nearest *n, const struct nearest_ask *ask, struct near_found *out);
