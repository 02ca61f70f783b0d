/* What people leave in a text to be filled in later, and what programs print where a value is
 * missing, in no signs. What may be meant needs a word in front of it: "reply with HH:MM" is honest,
 * "we meet at HH:MM" is not. law/text.c asks about notes to oneself and what spreadsheets write. */
#include "base/ascii.h"
#include "base/check.h"
#include "left_tag_fields.h"

enum { WORD_BYTES_MAX = 10 };

enum behind {
    A_GREETING, /* "Hi null" */
    A_MOMENT,   /* "at HH:MM" */
};

static const struct {
    const char *text;
    enum behind behind;
} forgotten[] = {
    {"HH:MM", A_MOMENT},      {"DD/MM/YYYY", A_MOMENT},  {"DD/MM/YY", A_MOMENT},
    {"DD/MM", A_MOMENT},      {"MM/DD/YYYY", A_MOMENT},  {"MM/DD", A_MOMENT},
    {"YYYY-MM-DD", A_MOMENT}, {"undefined", A_GREETING}, {"null", A_GREETING},
    {"NULL", A_GREETING},     {"None", A_GREETING},      {"NaN", A_GREETING},
};

/* The word before `at`, none when it is too long. */
static struct slice word_before(struct slice text, size_t at)
{
    size_t to = at;
    while (to > 0 && text.p[to - 1] == ' ')
        to--;
    size_t from = to;
    while (from > 0 && to - from <= WORD_BYTES_MAX && left_tag_is_of_word(text.p[from - 1]))
        from--;
    return slice_make(text.p + from, to - from);
}

static bool is_one_of(struct slice word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_is_nocase(word, list[i])) return true;
    return false;
}

static bool stands_behind(struct slice text, size_t at, enum behind behind)
{
    static const char *const greetings[] = {"hi",    "hello", "hey",   "hiya",    "dear", "hola",
                                            "salut", "hallo", "liebe", "bonjour", "ciao", "lieber"};
    static const char *const moments[] = {"at", "on", "from", "until", "till", "by",
                                          "um", "am", "le",   "el",    "alle", "om"};
    if (behind == A_GREETING)
        return is_one_of(word_before(text, at), greetings, COUNT_OF(greetings));
    return is_one_of(word_before(text, at), moments, COUNT_OF(moments));
}

/* "INSERT VENUE", "INSERT YOUR NAME HERE": in capitals, since "insert the date" is a sentence. */
static size_t to_be_inserted(struct slice rest)
{
    struct slice word, all = rest;
    if (rest.p[0] != 'I' || !slice_starts(rest, "INSERT ")) return 0;
    rest = slice_from(rest, strlen("INSERT "));
    if (slice_starts(rest, "YOUR ")) rest = slice_from(rest, strlen("YOUR "));
    size_t n = 0;
    char small[WORD_BYTES_MAX];
    while (n < rest.n && n < sizeof small && ascii_is_upper(rest.p[n])) {
        small[n] = ascii_lower(rest.p[n]);
        n++;
    }
    word = slice_make(small, n);
    bool ends = n == rest.n || !left_tag_is_of_word(rest.p[n]);
    return ends && field_is_known(word) ? (size_t)(rest.p - all.p) + n : 0;
}

size_t forgotten_at(struct slice text, size_t at)
{
    struct slice rest = slice_from(text, at);
    for (size_t i = 0; i < COUNT_OF(forgotten); i++) {
        if (forgotten[i].text[0] != rest.p[0] || !slice_starts(rest, forgotten[i].text)) continue;
        size_t n = strlen(forgotten[i].text);
        bool ends = rest.n == n || !left_tag_is_of_word(rest.p[n]);
        if (ends && stands_behind(text, at, forgotten[i].behind)) return n;
    }
    return to_be_inserted(rest);
}
