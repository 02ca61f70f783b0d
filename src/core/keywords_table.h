#pragma once
/* The phrases of src/core/words/ (one file a language) as a tree of words, so that looking for all
 * of them costs one step a word. A phrase file holds sections:
 *
 *     [stop]                          a class, see below
 *     stop (texting|messaging) (me|)  one of each bracket, nothing where one is empty
 *     take * off, opt me out          * is any one word; commas and line ends divide phrases
 *     # a remark
 *
 * In the section [same] a line is a word and what people write for it: there they are read as that word, too.
 *
 *     [same]
 *     receive recieve recive, you u ya
 *
 * Phrases are folded (keywords_fold.h) as the texts are: case and accents do not matter in them. */
#include "keywords_fold.h"

/* What a phrase can mean; one phrase may mean several. */
#define PHRASE_TABLE(X)                                                                            \
    X(PHRASE_STOP, "stop") /* acts when nothing but courtesy stands around it */                   \
    X(PHRASE_BARE, "bare") /* the same, once, with "please" or "thanks" at most */                 \
    X(PHRASE_PLEA, "plea") /* "leave me alone": near, wherever it stands; courtesy to a `stop` */  \
    X(PHRASE_ALONE, "alone")   /* near when nothing but courtesy stands around it */               \
    X(PHRASE_NEAR, "near")     /* near wherever it stands */                                       \
    X(PHRASE_WEAK, "weak")     /* near unless it is a part of a `mask` */                          \
    X(PHRASE_MASK, "mask")     /* "bus stop" */                                                    \
    X(PHRASE_NOT, "not")       /* "don't stop": what begins in it is not `near` either */          \
    X(PHRASE_VERB, "verb")     /* with a `thing` it is `stop` among `glue`, `near` elsewhere */    \
    X(PHRASE_THING, "thing")   /* what one gets too much of, or stands on */                       \
    X(PHRASE_UPSET, "upset")   /* "every single day": near in one short text with a `thing` */     \
    X(PHRASE_GLUE, "glue")     /* small words between them */                                      \
    X(PHRASE_PLEASE, "please") /* courtesy, next to any word */                                    \
    X(PHRASE_FILL, "fill")     /* what may stand around a `stop` besides */                        \
    X(PHRASE_GREET, "greet")   /* courtesy that a name follows: "Hi Sam" */                        \
    X(PHRASE_START, "start")   /* */                                                               \
    X(PHRASE_HELP, "help")     /* */                                                               \
    X(PHRASE_YES, "yes")       /* these go by how a reply begins */                                \
    X(PHRASE_NO, "no")         /* */                                                               \
    X(PHRASE_UNSURE, "unsure") /* begins like a yes or no and is none: "no problem" */             \
    X(PHRASE_ASK, "ask")       /* begins a question */                                             \
    X(PHRASE_AND, "and")       /* another sentence may begin behind it */                          \
    X(PHRASE_WRONG, "wrong")   /* wrong number */                                                  \
    X(PHRASE_NOT_ME, "not_me") /* "I'm not": a wrong number if a name follows, and no more */      \
    X(PHRASE_REACT, "react")   /* a phone's wording around what it quotes */                       \
    X(PHRASE_REACT_TO, "react_to") /* between an emoji and what it quotes */                       \
    X(PHRASE_REACTED, "reacted")   /* a reaction that quotes nothing: "Liked an image" */          \
    X(PHRASE_SIGN, "sign")         /* a signature begins: "Sent from my …" */                    \
    X(PHRASE_WROTE, "wrote")       /* in the line above a quoted text: "On … wrote:" */          \
    X(PHRASE_DATED, "dated")       /* a word in front of the date in that line: "On", "Tue" */     \
    X(PHRASE_ORIGINAL, "original") /* between dashes: "Original Message" */                        \
    X(PHRASE_HEADER, "header")     /* before a colon: "From", "Sent" */
enum phrase {
#define X(name, text) name,
    PHRASE_TABLE(X)
#undef X
        PHRASE_COUNT
};
#define PHRASE_BIT(p) (1u << (p))

enum { PHRASE_WORDS_MAX = 15 };

struct table;

struct table *table_new(void);
void table_free(struct table *t); /* NULL is fine */
/* Adds the phrases of a file. A fault in it is a bug: check() says where. */
void table_add_file(struct table *t, struct slice file);
/* Adds one phrase as it stands. False when it has no words, or more than PHRASE_WORDS_MAX. */
bool table_add(struct table *t, enum phrase class, struct slice phrase);

/* Words written differently on purpose become the words that are known: "st0p", "ѕtop", "stoppp",
 * "s t o p", "2stop". */
void table_mend(const struct table *t, struct fold *f);
/* Looks its words up, once for all that table_find() asks of them; table_mend() does it, too. */
void table_number(const struct table *t, struct fold *f);

/* What begins at a word of a text whose words have numbers: bit n of lengths[class] is set for a phrase of n words. */
struct table_hits {
    uint16_t lengths[PHRASE_COUNT];
};
void table_find(const struct table *t, const struct fold *f, size_t at, struct table_hits *ret);
/* Bits of what phrases that are this word alone mean. */
uint32_t table_classes(const struct table *t, struct slice word);
/* Goes through all words that stand in phrases; *number is 0 before the first. */
bool table_next_word(const struct table *t, uint32_t *number, struct slice *ret);
bool table_knows(const struct table *t, struct slice word); /* it stands in some phrase */
