#include "check_text.h"

#include "base/check.h"
#include "core/keywords.h"

enum {
    AROUND_BYTES = 32, /* how far behind a keyword its purpose is told: "END to opt out" */
    NAME_BYTES_MAX = 64,
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool same_nocase(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (lower(a[i]) != lower(b[i])) return false;
    return true;
}

bool check_contains(struct slice text, struct slice needle)
{
    for (size_t i = 0; i + needle.n <= text.n; i++)
        if (same_nocase(text.p + i, needle.p, needle.n)) return true;
    return needle.n == 0;
}

static bool contains_any(struct slice text, const char *const *needles)
{
    for (; *needles; needles++)
        if (check_contains(text, slice_of(*needles))) return true;
    return false;
}

/* ---- words in capitals ---- */

static bool is_word_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (unsigned char)c >= 0x80;
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

/* The next word of *rest that is an opt-out word without a small letter; *rest is then behind it.
 */
static bool next_stop_word(const struct keywords *k, struct slice *rest, struct slice *ret)
{
    while (rest->n > 0) {
        size_t from = 0, to;
        while (from < rest->n && !is_word_byte(rest->p[from]))
            from++;
        bool small = false;
        for (to = from; to < rest->n && is_word_byte(rest->p[to]); to++)
            small |= is_small(rest->p[to]);
        struct slice word = slice_make(rest->p + from, to - from);
        *rest = slice_from(*rest, to);
        if (word.n == 0 || small || keywords_recognise(k, word) != KEYWORD_STOP) continue;
        *ret = word;
        return true;
    }
    return false;
}

bool check_says_opt_out(const struct keywords *k, struct slice text)
{
    static const char *const plain[] = {"opt out",       "opt-out",   "unsubscribe", "reply stop",
                                        "text stop",     "send stop", "answer stop", "stop to end",
                                        "no more texts", NULL};
    struct slice rest = text, word;
    return next_stop_word(k, &rest, &word) || contains_any(text, plain);
}

static struct slice rest_of_sentence(struct slice s)
{
    size_t n = 0;
    while (n < s.n && n < AROUND_BYTES && !strchr(".?!;\n", s.p[n]))
        n++;
    return slice_make(s.p, n);
}

struct slice check_answer_keyword(const struct keywords *k, struct slice text)
{
    /* Words that can only mean the one thing, and wording that says so of the others. */
    static const char *const clear[] = {"stop", "unsub", "optout", NULL};
    static const char *const purpose[] = {"opt out", "opt-out",        "unsubscribe", "stop",
                                          "no more", "leave the list", "end texts",   NULL};
    struct slice rest = text, word;
    while (next_stop_word(k, &rest, &word)) {
        struct slice after = rest_of_sentence(rest);
        if (!contains_any(word, clear) && !contains_any(after, purpose)) return word;
    }
    return SLICE_NONE;
}

/* ---- tags ---- */

static bool names_column(struct slice inside, const struct slice *columns, size_t n)
{
    inside = slice_trim(inside);
    for (size_t i = 0; i < n; i++)
        if (inside.n == columns[i].n && same_nocase(inside.p, columns[i].p, inside.n)) return true;
    return false;
}

/* What stands between text.p[0] and the closing bracket; none when it is not closed. */
static struct slice bracketed(struct slice text)
{
    long end = slice_find(text, text.p[0] == '{' ? '}' : ']');
    return end < 1 ? SLICE_NONE : slice_make(text.p + 1, (size_t)end - 1);
}

bool check_left_tag(struct slice text, const struct slice *columns, size_t column_count)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool twice = i + 1 < text.n && text.p[i + 1] == c;
        if ((c == '{' || c == '}') && twice) return true;
        if (c != '{' && c != '[') continue;
        if (names_column(bracketed(slice_from(text, i)), columns, column_count)) return true;
    }
    return false;
}

/* ---- nearest name ---- */

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* Levenshtein's distance, one row at a time. */
static size_t distance(struct slice a, struct slice b)
{
    size_t row[NAME_BYTES_MAX + 1];
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1,
                           diagonal + (lower(a.p[i - 1]) != lower(b.p[j - 1])));
            diagonal = above;
        }
    }
    return row[b.n];
}

struct slice check_nearest(struct slice name, const struct slice *names, size_t n)
{
    struct slice nearest = SLICE_NONE;
    size_t least_steps = name.n / 2 + 1; /* more is another word */
    if (name.n > NAME_BYTES_MAX) return nearest;
    for (size_t i = 0; i < n; i++) {
        if (names[i].n > NAME_BYTES_MAX) continue;
        size_t steps = distance(name, names[i]);
        if (steps >= least_steps) continue;
        least_steps = steps;
        nearest = names[i];
    }
    return nearest;
}
