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
            size_t swap = diagonal + (a.p[i - 1] != b.p[j - 1]);
            diagonal = row[j];
            row[j] = min3(row[j] + 1, row[j - 1] + 1, swap);
        }
    }
    return row[b.n];
}

const char *nearest_word(struct slice word, const char *const *words)
{
    const char *best = NULL;
    if (word.n > WORD_BYTES_MAX) return NULL;
    size_t best_distance = word.n / 3 + 2; /* the first one that is too far */
    for (; *words; words++) {
        struct slice known = slice_of(*words);
        if (known.n > WORD_BYTES_MAX) continue;
        size_t d = distance(word, known);
        if (d < best_distance && d < known.n) {
            best_distance = d;
            best = *words;
        }
    }
    return best;
}
