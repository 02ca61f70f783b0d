#pragma once
/* What a reply asks for, by rules simple enough to be told to the person who wrote it. An opt-out
 * word that is the whole message acts at once; anything that only sounds like one goes to a person,
 * since "I can't stop by tonight" is no opt-out and "lose my number" is. A bare "no" is an answer,
 * never an opt-out. */
#include "base/slice.h"

#define KEYWORD_TABLE(X)                                                                           \
    X(KEYWORD_NONE, "none")                                                                        \
    X(KEYWORD_STOP, "stop")           /* the whole message is an opt-out word: suppress */         \
    X(KEYWORD_NEAR_STOP, "near_stop") /* sounds like one: hold further sends, a person decides */  \
    X(KEYWORD_START, "start")         /* the whole message takes an opt-out back */                \
    X(KEYWORD_HELP, "help")           /* the whole message asks who we are */

enum keyword {
#define X(name, text) name,
    KEYWORD_TABLE(X)
#undef X
};

const char *keyword_to_string(enum keyword k);
/* False and untouched when `s` is none of them. */
bool keyword_from_string(const char *s, enum keyword *ret);

/* Case, accents, blanks, punctuation and emoji make no difference ("S.T.O.P!" is STOP). English,
 * Welsh and the words usual in some other languages of Europe. A reaction that quotes our own text
 * (Liked "… Reply STOP …") is NONE. Any bytes are welcome; what is beyond the first
 * KEYWORDS_BYTES_MAX of words is not looked at. */
enum { KEYWORDS_BYTES_MAX = 4096 };
enum keyword keywords_recognise(struct slice text);

enum keyword_tag {
    KEYWORD_TAG_YES = 1,
    KEYWORD_TAG_NO = 2,
    KEYWORD_TAG_QUESTION = 4,
    KEYWORD_TAG_MAYBE_OPT_OUT = 8, /* STOP and NEAR_STOP */
};

/* A set of enum keyword_tag to sort an inbox by, guesses all: yes and no go by how the reply
 * begins, never both; a question by its mark or its first words. */
unsigned keywords_tags(struct slice text);
