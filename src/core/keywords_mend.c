/* Words that are written differently on purpose. */
#include "base/check.h"
#include "core/parts.h"
#include "keywords_table.h"

enum {
    ACTS = PHRASE_BIT(PHRASE_STOP),
    ACTS_ALONE = PHRASE_BIT(PHRASE_STOP) | PHRASE_BIT(PHRASE_BARE),
    MENDED_BYTES_MAX = 32,
};

/* Three of the same letter and more become one. */
static size_t without_runs(struct slice word, char out[MENDED_BYTES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < word.n && n < MENDED_BYTES_MAX;) {
        size_t run = 1;
        while (i + run < word.n && word.p[i + run] == word.p[i])
            run++;
        bool letter = word.p[i] >= 'a' && word.p[i] <= 'z';
        for (size_t k = letter && run > 2 ? 1 : run; k > 0 && n < MENDED_BYTES_MAX; k--)
            out[n++] = word.p[i];
        i += run;
    }
    return n;
}

/* The Latin letter that a Cyrillic or Greek one, or a digit, looks like; 0 = none. */
static char latin_look(uint32_t cp)
{
    static const struct {
        uint32_t from;
        char to;
    } looks[] = {
        {'0', 'o'},    {'1', 'i'},    {'3', 'e'},    {'4', 'a'},    {'5', 's'},    {'7', 't'},
        {0x3B1, 'a'},  {0x3B5, 'e'},  {0x3B9, 'i'},  {0x3BA, 'k'},  {0x3BD, 'v'},  {0x3BF, 'o'},
        {0x3C1, 'p'},  {0x3C4, 't'},  {0x3C5, 'u'},  {0x430, 'a'},  {0x432, 'b'},  {0x435, 'e'},
        {0x43A, 'k'},  {0x43C, 'm'},  {0x43D, 'h'},  {0x43E, 'o'},  {0x43F, 'n'},  {0x440, 'p'},
        {0x441, 'c'},  {0x442, 't'},  {0x443, 'y'},  {0x445, 'x'},  {0x455, 's'},  {0x456, 'i'},
        {0x458, 'j'},  {0x4BB, 'h'},  {0x501, 'd'},  {0x1D00, 'a'}, {0x299, 'b'},  {0x1D04, 'c'},
        {0x1D05, 'd'}, {0x1D07, 'e'}, {0x262, 'g'},  {0x29C, 'h'},  {0x26A, 'i'},  {0x1D0A, 'j'},
        {0x1D0B, 'k'}, {0x29F, 'l'},  {0x1D0D, 'm'}, {0x274, 'n'},  {0x1D0F, 'o'}, {0x1D18, 'p'},
        {0x280, 'r'},  {0xA731, 's'}, {0x1D1B, 't'}, {0x1D1C, 'u'}, {0x1D20, 'v'}, {0x1D21, 'w'},
        {0x28F, 'y'},  {0x1D22, 'z'},
    };
    if (cp >= 'a' && cp <= 'z') return (char)cp;
    for (size_t i = 0; i < COUNT_OF(looks); i++)
        if (looks[i].from == cp) return looks[i].to;
    return 0;
}

/* 0 when something in it looks like no Latin letter. */
static size_t as_latin(struct slice word, char out[MENDED_BYTES_MAX])
{
    size_t n = 0;
    for (size_t pos = 0; pos < word.n && n < MENDED_BYTES_MAX;) {
        out[n] = latin_look(parts_next_code_point(word, &pos));
        if (!out[n++]) return 0;
    }
    return without_runs(slice_make(out, n), out);
}

/* "2stop", "stop36" */
static struct slice without_digits(struct slice word)
{
    while (word.n && word.p[0] >= '0' && word.p[0] <= '9')
        word = slice_from(word, 1);
    while (word.n && word.p[word.n - 1] >= '0' && word.p[word.n - 1] <= '9')
        word.n--;
    return word;
}

/* A mended word is never longer than what it stands for. */
static void replace(struct fold *f, size_t i, const char *by, size_t n)
{
    check(n <= f->words[i].n);
    memmove(f->text + f->words[i].at, by, n);
    f->words[i].n = (uint16_t)n;
}

static void mend_word(const struct table *t, struct fold *f, size_t i)
{
    char out[MENDED_BYTES_MAX];
    struct slice word = fold_word_at(f, i);
    if (table_knows(t, word) || word.n > MENDED_BYTES_MAX) return;
    size_t n = without_runs(word, out);
    if (table_knows(t, slice_make(out, n))) {
        replace(f, i, out, n);
        return;
    }
    n = as_latin(word, out);
    if (n && (table_classes(t, slice_make(out, n)) & ACTS)) {
        replace(f, i, out, n);
        return;
    }
    struct slice bare = without_digits(word);
    if (bare.n && (table_classes(t, bare) & ACTS_ALONE)) replace(f, i, bare.p, bare.n);
}

static void join(struct fold *f, size_t from, size_t n)
{
    struct fold_word *first = &f->words[from], *last = first + n - 1;
    first->n = (uint16_t)(last->at + last->n - first->at);
    memmove(first + 1, last + 1, (f->count - from - n) * sizeof *first);
    f->count -= n - 1;
}

/* "s t o p", wherever it stands, and "sto p", "un subscribe" as the whole text. */
static void join_letters(const struct table *t, struct fold *f)
{
    for (size_t i = 0; i < f->count; i++) {
        size_t n = 0;
        while (i + n < f->count && f->words[i + n].n == 1)
            n++;
        if (n > 2 && (table_classes(t, slice_make(f->text + f->words[i].at, n)) & ACTS_ALONE))
            join(f, i, n);
    }
    bool whole = f->count > 1 && f->count < 5 && f->bytes >= 4;
    if (whole && (table_classes(t, slice_make(f->text, f->bytes)) & ACTS)) join(f, 0, f->count);
}

void table_mend(const struct table *t, struct fold *f)
{
    join_letters(t, f);
    for (size_t i = 0; i < f->count; i++)
        mend_word(t, f, i);
    table_number(t, f);
}
