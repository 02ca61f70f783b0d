#pragma once
/* Words by number, all their bytes in one block: some thousand words that are never taken out. */
#include "base/buf.h"

enum { LEXICON_FIRST = 2 }; /* the first word's number; 0 and 1 are for whoever uses it */

struct lexicon {
    struct buf bytes;           /* of all words, one behind the other */
    struct lexicon_word *words; /* by number; owned */
    size_t count, room;         /* of words, the two that are none among them */
    uint32_t *slots;            /* the first word of each slot, 0 = none; owned */
    size_t slot_count;          /* a power of two */
};

void lexicon_init(struct lexicon *l); /* empty */
void lexicon_done(struct lexicon *l); /* frees what it owns, not l */
/* 0 when it is not known. */
uint32_t lexicon_find(const struct lexicon *l, struct slice word);
/* Makes it known. */
uint32_t lexicon_add(struct lexicon *l, struct slice word);
/* By its number, LEXICON_FIRST and up. */
struct slice lexicon_word(const struct lexicon *l, uint32_t number);
