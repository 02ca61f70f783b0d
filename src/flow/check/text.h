#pragma once
/* What can be said about one rendered text, or one name, by looking at it. Pure. */
#include "base/slice.h"

struct keywords;

/* ASCII letters of either case are the same. An empty needle is in every text. */
bool check_contains(struct slice text, struct slice needle);

/* What has been found out about words, so that a word that stands in the text of everybody is
 * judged once. Of a fixed size, whatever the texts hold. */
struct check_words {
    const struct keywords *keywords; /* borrowed */
    struct check_word *known;        /* owned */
    uint64_t asked;                  /* how often a word was */
};
void check_words_init(struct check_words *w, const struct keywords *k);
void check_words_done(struct check_words *w);

struct check_wording {
    /* It tells the person how to opt out: an opt-out word in capitals or asked for ("reply stop"),
     * or plain words. */
    bool says_opt_out;
    /* The first opt-out word that looks like an answer to choose, in capitals ("YES or CANCEL") or
     * asked for in any case and language ("reply cancel", "antworte mit ende"); none when there is
     * none. Whoever picks it would be unsubscribed. Borrowed from the text. */
    struct slice answer;
};
/* Depends on nothing but the text and the keywords. */
struct check_wording check_wording(struct check_words *w, struct slice text);
