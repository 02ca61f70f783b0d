#pragma once
/* A text as plain words: full Unicode case folding and compatibility decomposition by libunistring,
 * accents, vowel points and nuktas gone, the variants of one Arabic letter joined, the
 * silent one at a plural's end gone, digits of all scripts as 0 to 9. What people type differently on purpose (st0p, Cyrillic letters that look like
 * Latin ones, stoppp) is left to keywords_mend.c, which knows the words. */
#include "base/slice.h"

enum { FOLD_WORDS_MAX = 256, FOLD_BYTES_MAX = 4096 };

struct fold_word {
    uint16_t at, n;   /* [bytes] in text */
    bool capital;     /* began with a capital letter, or its script has none */
    bool after_pause; /* a stop, comma, dash, bracket or new line stands before it */
    uint32_t number;  /* which word of a table it is (table_number), 0 = of none */
    uint32_t also;    /* and which one it often stands for, 0 = none */
};

struct fold {
    char text[FOLD_BYTES_MAX + 8]; /* the words one behind the other */
    size_t bytes, count;
    struct fold_word words[FOLD_WORDS_MAX];
    bool asks; /* a question mark, but not one inside a link */
    bool thumb_up, thumb_down, stop_sign, emoji;
};

/* Any bytes; what is beyond the bounds is not looked at. A line of dashes ends it: a signature. */
void fold_text(struct slice text, struct fold *f);
struct slice fold_word_at(const struct fold *f, size_t i);
