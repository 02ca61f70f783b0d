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
    X(KEYWORD_HELP, "help")           /* the whole message asks who we are */                      \
    X(KEYWORD_REACTION, "reaction")   /* a phone's wording of a reaction: no reply, no opt-out */

enum keyword {
#define X(name, text) name,
    KEYWORD_TABLE(X)
#undef X
};

const char *keyword_to_string(enum keyword k); /* static */
/* False and untouched when `s` is none of them. */
bool keyword_from_string(const char *s, enum keyword *ret);

/* The words that are known, compiled (some milliseconds); many may read it at once. */
struct keywords;
struct keywords *keywords_new(void);
void keywords_free(struct keywords *k); /* NULL is fine */
/* One word or phrase more that is STOP, START or HELP when it is the whole message. NULL, or what
 * it must be ("no everyday answer"): nothing was added then. */
const char *keywords_add(struct keywords *k, enum keyword as, struct slice phrase);
/* The same, and nothing is added. */
const char *keywords_refuse(const struct keywords *k, enum keyword as, struct slice phrase);

enum { KEYWORDS_PLAIN_BYTES = 256 };
/* The words of a text in plain letters, with one blank between two: what differs only in case, accents, blanks and
 * punctuation is the same. None when there are none, or more than fit: that is no phrase. */
struct slice keywords_plain(struct slice text, char out[KEYWORDS_PLAIN_BYTES]);

/* Case, accents, blanks, punctuation and emoji make no difference ("S.T.O.P!" is STOP). A reaction
 * that quotes our own text (Liked "… Reply STOP …") is REACTION. What a mail program or a phone
 * quoted below or above the answer ("On … wrote:", lines with ">") does not count, where it is
 * certain which that is. Any bytes are welcome; what is
 * beyond the first KEYWORDS_BYTES_MAX of words is not looked at. */
enum { KEYWORDS_BYTES_MAX = 4096 };
enum keyword keywords_recognise(const struct keywords *k, struct slice text);

/* A button that was tapped: what it carries (payload) and what stood on it (title); either may be
 * none. STOP when one of them says so ("STOP_PROMOTIONS", "Stop promotions"), START and HELP alike;
 * else what the title is as a text. */
enum keyword keywords_recognise_action(const struct keywords *k, struct slice payload,
                                       struct slice title);

enum keyword_tag {
    KEYWORD_TAG_YES = 1,
    KEYWORD_TAG_NO = 2,
    KEYWORD_TAG_QUESTION = 4,
    KEYWORD_TAG_MAYBE_OPT_OUT = 8, /* STOP and NEAR_STOP */
    KEYWORD_TAG_WRONG_NUMBER = 16, /* says that we meant somebody else; never with yes or no */
};

/* A set of enum keyword_tag to sort an inbox by, guesses all: yes and no go by how the reply
 * begins, never both; a question by its mark or its first words. Of a reaction: none. */
unsigned keywords_tags(const struct keywords *k, struct slice text);

/* Both at once: the text is read once. */
struct keywords_said {
    enum keyword word; /* keywords_recognise */
    unsigned tags;     /* keywords_tags */
};
struct keywords_said keywords_look(const struct keywords *k, struct slice text);
