#pragma once
/* A text with all that was found in it: what keywords.c and keywords_whole.c decide over. */
#include "keywords_table.h"

struct reading {
    const struct table *table;
    struct slice text;
    struct fold fold;
    struct table_hits hits[FOLD_WORDS_MAX];
    size_t n; /* words, without a signature */
};

enum { REQUEST_WORDS_MAX = 12 }; /* longer texts tell of something else as well */

/* [words] of the longest such phrase that begins there and ends before the signature; 0 = none. */
size_t reading_longest(const struct reading *r, size_t at, enum phrase class);
/* The same, of phrases in which nobody drew breath: "non-stop" is one and "Non, stop" is not. */
size_t reading_unbroken(const struct reading *r, size_t at, enum phrase class);
/* How many words from `at` on are a name: at most three with a capital, up to a pause or the end. */
size_t reading_name(const struct reading *r, size_t at);

/* Nothing but phrases of the class and courtesy. Beside a bare word only "please" may stand, unless another word has
 * said it already. */
bool reading_is_whole(const struct reading *r, enum phrase class, bool bare_too);
/* "von der Liste streichen", "the messages, stop them": a verb and a thing in any order, and nothing but small words
 * and courtesy between. No list holds all such sentences of a language. */
bool reading_is_request(const struct reading *r);
