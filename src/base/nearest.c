#include "base/ascii.h"
#include "base/nearest.h"

enum { WORD_BYTES_MAX = 64 };

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t low = a < b ? a : b;
    return low < c ? low : c;
}

/* Levenshtein distance; words of at most WORD_BYTES_MAX bytes. */
static size_t distance(struct slice a, struct slice b)
{
    size_t row[WORD_BYTES_MAX + 1];
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t swap = diagonal + (ascii_lower(a.p[i - 1]) != ascii_lower(b.p[j - 1]));
            diagonal = row[j];
            row[j] = min3(row[j] + 1, row[j - 1] + 1, swap);
        }
    }
    return row[b.n];
}

/* Whether `known` is nearer than the best so far, which it then is. *best: at first one too far. */
static bool is_nearer(struct slice word, struct slice known, size_t *best)
{
    if (word.n > WORD_BYTES_MAX || known.n > WORD_BYTES_MAX) return false;
    size_t d = distance(word, known);
    if (d >= *best || d >= known.n) return false;
    *best = d;
    return true;
}

static size_t too_far(struct slice word)
{
    return word.n / 3 + 2;
}

const char *nearest_word(struct slice word, const char *const *words)
{
    const char *nearest = NULL;
    size_t best = too_far(word);
    for (; *words; words++)
        if (is_nearer(word, slice_of(*words), &best)) nearest = *words;
    return nearest;
}

struct slice nearest_slice(struct slice word, const struct slice *words, size_t n)
{
    struct slice nearest = SLICE_NONE;
    size_t best = too_far(word);
    for (size_t i = 0; i < n; i++)
        if (is_nearer(word, words[i], &best)) nearest = words[i];
    return nearest;
}
