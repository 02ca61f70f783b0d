/* One letter too many, too few, another one, or two that changed places; twice that in long words. The first two are
 * right: what turns a word into its opposite stands there ("wpisz", put in, and "wypisz", take out). Those and the
 * length choose whom a word is compared with: a few. */
#include "keywords_spell.h"

#include <stdlib.h>

#include "core/parts.h"

enum {
    LETTERS_MIN = 5,
    LETTERS_LONG = 9, /* from here on two slips */
    LETTERS_MAX = 20,
    FIRST = 2,
    ALPHABETS_END = 0x700, /* Latin to Arabic; in others a sign less is another word */
    SLOTS = 1024,
    ROOM_FIRST = 512,
    SEEN = PHRASE_BIT(PHRASE_STOP) | PHRASE_BIT(PHRASE_BARE) | PHRASE_BIT(PHRASE_VERB) |
           PHRASE_BIT(PHRASE_THING) | PHRASE_BIT(PHRASE_GLUE),
};

struct letters {
    uint32_t n, at[LETTERS_MAX]; /* code points */
};

struct meant {
    struct letters letters;
    uint32_t number, next; /* of the table; in the same slot, 0 = none */
};

struct spelling {
    struct meant *words; /* [0] is none; owned */
    size_t count, room;
    uint32_t slots[SLOTS];
};

/* False when they are too few or too many to be told apart. */
static bool letters_of(struct slice word, struct letters *ret)
{
    ret->n = 0;
    for (size_t pos = 0; pos < word.n; ret->n++) {
        if (ret->n == LETTERS_MAX) return false;
        ret->at[ret->n] = parts_next_code_point(word, &pos);
        if (ret->at[ret->n] < 'a' || ret->at[ret->n] >= ALPHABETS_END) return false;
    }
    return ret->n >= LETTERS_MIN;
}

static size_t slot_of(const uint32_t *first, size_t n)
{
    return ((first[0] * 31 + first[1]) * 31 + n) % SLOTS;
}

static void add(struct spelling *s, uint32_t number, const struct letters *l)
{
    if (s->count == s->room) {
        s->room *= 2;
        s->words = xrealloc(s->words, s->room * sizeof *s->words);
    }
    uint32_t *slot = &s->slots[slot_of(l->at, l->n)];
    s->words[s->count] = (struct meant){.letters = *l, .number = number, .next = *slot};
    *slot = (uint32_t)s->count++;
}

struct spelling *spelling_new(const struct table *t)
{
    struct spelling *s = xcalloc(1, sizeof *s);
    struct slice word;
    struct letters letters;
    s->room = ROOM_FIRST;
    s->count = 1;
    s->words = xcalloc(s->room, sizeof *s->words);
    for (uint32_t number = 0; table_next_word(t, &number, &word);)
        if (letters_of(word, &letters) && (table_classes(t, word) & SEEN)) add(s, number, &letters);
    return s;
}

void spelling_add(struct spelling *s, const struct table *t, struct slice phrase)
{
    struct fold f;
    struct letters letters;
    fold_text(phrase, &f);
    table_number(t, &f);
    for (size_t i = 0; i < f.count; i++)
        if (f.words[i].number && letters_of(fold_word_at(&f, i), &letters))
            add(s, f.words[i].number, &letters);
}

void spelling_free(struct spelling *s)
{
    if (!s) return;
    free(s->words);
    free(s);
}

/* A slip of the keyboard: so many letters of the one are passed over, and so many of the other. One more, one less, another one, two in
 * turned order. */
static const struct slip {
    size_t a, b;
} slip[] = {{1, 0}, {0, 1}, {1, 1}, {2, 2}};

static bool may_be(const struct slip *s, const struct letters *a, size_t i, const struct letters *b,
                   size_t k)
{
    size_t left_a = a->n - i, left_b = b->n - k;
    if (s->a > left_a || s->b > left_b) return false;
    if (s->a != s->b) return s->a > s->b ? left_a >= left_b : left_b >= left_a;
    return s->a == 1 || (a->at[i] == b->at[k + 1] && a->at[i + 1] == b->at[k]);
}

/* Whether `a` becomes `b` by that many slips; both from a letter on. */
static bool is_close(const struct letters *a, size_t i, const struct letters *b, size_t k,
                     int slips)
{
    while (i < a->n && k < b->n && a->at[i] == b->at[k]) {
        i++;
        k++;
    }
    if (i == a->n && k == b->n) return true;
    for (const struct slip *s = slip; slips > 0 && s < slip + COUNT_OF(slip); s++)
        if (may_be(s, a, i, b, k) && is_close(a, i + s->a, b, k + s->b, slips - 1)) return true;
    return false;
}

/* 0 = nothing that is known. */
static uint32_t meant_by(const struct spelling *s, const struct letters *l)
{
    int slips = l->n < LETTERS_LONG ? 1 : 2;
    for (size_t n = l->n - 1; n <= l->n + 1; n++)
        for (uint32_t i = s->slots[slot_of(l->at, n)]; i; i = s->words[i].next) {
            const struct meant *m = &s->words[i];
            bool alike =
                m->letters.n == n && memcmp(m->letters.at, l->at, FIRST * sizeof *l->at) == 0;
            if (alike && is_close(&m->letters, FIRST, l, FIRST, slips)) return m->number;
        }
    return 0;
}

bool spelling_guess(const struct spelling *s, const struct fold *from, size_t n, struct fold *ret)
{
    bool any = false;
    for (size_t i = 0; i < n; i++) {
        struct letters letters;
        if (from->words[i].number || !letters_of(fold_word_at(from, i), &letters)) continue;
        uint32_t number = meant_by(s, &letters);
        if (number == 0) continue;
        if (!any) *ret = *from;
        ret->words[i].number = number;
        any = true;
    }
    return any;
}
