#include "keywords_lexicon.h"

#include <stdlib.h>

enum { FIRST_SLOTS = 1024, FIRST_WORDS = 1024, BYTES_MAX = 16 * 1024 * 1024 };

struct lexicon_word {
    uint32_t at; /* in bytes */
    uint32_t n;
    uint32_t next; /* in the same slot, 0 = none */
};

void lexicon_init(struct lexicon *l)
{
    *l = (struct lexicon){
        .bytes = BUF_INIT(BYTES_MAX),
        .words = xcalloc(FIRST_WORDS, sizeof *l->words),
        .room = FIRST_WORDS,
        .count = LEXICON_FIRST,
        .slots = xcalloc(FIRST_SLOTS, sizeof *l->slots),
        .slot_count = FIRST_SLOTS,
    };
}

void lexicon_done(struct lexicon *l)
{
    buf_done(&l->bytes);
    free(l->words);
    free(l->slots);
}

/* FNV-1a */
static uint32_t *slot_of(const struct lexicon *l, struct slice word)
{
    uint32_t h = 2166136261U;
    for (size_t i = 0; i < word.n; i++)
        h = (h ^ (unsigned char)word.p[i]) * 16777619U;
    return &l->slots[(h ^ h >> 16) & (l->slot_count - 1)];
}

struct slice lexicon_word(const struct lexicon *l, uint32_t number)
{
    return slice_make(l->bytes.p + l->words[number].at, l->words[number].n);
}

uint32_t lexicon_find(const struct lexicon *l, struct slice word)
{
    uint32_t at = *slot_of(l, word);
    while (at && !slice_eq(lexicon_word(l, at), word))
        at = l->words[at].next;
    return at;
}

static void put(struct lexicon *l, uint32_t number)
{
    uint32_t *slot = slot_of(l, lexicon_word(l, number));
    l->words[number].next = *slot;
    *slot = number;
}

static void grow(struct lexicon *l)
{
    l->room *= 2;
    l->words = xrealloc(l->words, l->room * sizeof *l->words);
    free(l->slots);
    l->slot_count *= 2;
    l->slots = xcalloc(l->slot_count, sizeof *l->slots);
    for (uint32_t i = LEXICON_FIRST; i < l->count; i++)
        put(l, i);
}

uint32_t lexicon_add(struct lexicon *l, struct slice word)
{
    uint32_t number = lexicon_find(l, word);
    if (number) return number;
    if (l->count == l->room) grow(l);
    number = (uint32_t)l->count++;
    l->words[number] = (struct lexicon_word){.at = (uint32_t)l->bytes.n, .n = (uint32_t)word.n};
    buf_add_slice(&l->bytes, word);
    check(!l->bytes.failed);
    put(l, number);
    return number;
}
