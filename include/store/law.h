#pragma once
/* Rules of law (core/law.h) that an owner has switched off, for the organisation or for one group, and why.
 * Every process keeps a copy (store/follow.h), which is asked at once; the audit trail keeps who did it. */
#include "io/loop.h"
#include "store/store.h"

struct law_book;

enum { LAW_WHY_BYTES_MAX = 500 };

struct law_book *law_book_new(struct loop *l, struct store *s); /* returns owned; both borrowed */
void law_book_free(struct law_book *b);                         /* NULL is fine */

/* Borrowed from the copy until the loop turns. */
struct law_off {
    const char *why, *by;
    int64_t at_ms; /* [wall ms] */
};
/* Whether a rule is off for exactly that scope: a group, or "" = the organisation. b NULL: none is. */
bool law_book_has(const struct law_book *b, int rule, struct slice scope, struct law_off *ret);
/* For a group: by itself or by the organisation. */
bool law_book_is_off(const struct law_book *b, int rule, struct slice group, struct law_off *ret);
/* The same as text, "WHY, by WHO"; NULL: it is on. Returns owned. book: a struct law_book. */
char *law_book_why(const void *book, int rule, struct slice group);

/* off: with why; else on again. Callbacks run when the copy here has the change, too. */
struct law_switch {
    int rule;
    struct slice scope; /* a group, or none: the organisation */
    bool off;
    struct slice why, by;
    int64_t now_ms;
};
/* ERR_NOT_FOUND: it is on already. */
void law_book_switch(struct law_book *b, const struct law_switch *change, store_done_cb *cb,
                     void *arg);
