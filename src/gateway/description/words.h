#pragma once
/* Words of the provider to ours: `states` and `kinds`. The first that fits counts, in any case, and with blanks, dashes and
 * underscores behind its letters or without.
 *
 *   DELIVRD        that word
 *   400-499, 7     a number or a range of them
 *   bit 2          a number that has this bit
 *   ESME_*         words that begin so; * alone is any word */
#include "select.h"

enum { WORD_IGNORED = -1 }; /* `ignored`: known, and nothing follows */

enum word_kind { WORD_EXACT, WORD_RANGE, WORD_BIT, WORD_PREFIX };

struct word {
    enum word_kind kind;
    struct slice text;  /* EXACT, PREFIX */
    uint64_t low, high; /* RANGE; low: BIT */
    int to;
};

struct word_list {
    struct word *list;
    size_t count;
};

/* A mapping; `ours` says which of our words there are. NULL gives none. */
int words_compile(const struct compiler *c, const struct yaml_node *n,
                  bool (*ours)(struct slice text, int *ret), struct word_list *ret);
bool words_find(const struct word_list *words, struct slice word, int *ret);
/* The first of the alternatives that the list knows; an empty one is passed over. When none is
 * known *ret_word is the first that is there. */
bool words_read(const struct word_list *words, const struct selector_list *alternatives,
                const struct facts *f, int *ret, struct slice *ret_word);
