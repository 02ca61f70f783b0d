#include "text.h"

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

/* ---- opt-out words in a text of ours ---- */

/* An opt-out word, and what stands behind it. */
struct stop_word {
    struct slice word;  /* borrowed */
    struct slice after; /* the text behind it */
};

static bool is_word_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (unsigned char)c >= 0x80;
}

static bool is_small(char c)
{
    return c >= 'a' && c <= 'z';
}

/* The next word behind *at; false at the end. *at is then behind it. */
static bool next_word(struct slice text, size_t *at, struct slice *ret)
{
    size_t from = *at, to;
    while (from < text.n && !is_word_byte(text.p[from]))
        from++;
    for (to = from; to < text.n && is_word_byte(text.p[to]);)
        to++;
    *at = to;
    *ret = slice_make(text.p + from, to - from);
    return to > from;
}

static bool has_small(struct slice word)
{
    for (size_t i = 0; i < word.n; i++)
        if (is_small(word.p[i])) return true;
    return false;
}

/* Typographic quotes are bytes of a word here. */
static struct slice unquoted(struct slice word)
{
    static const char *const quotes[] = {"\xE2\x80\x98", "\xE2\x80\x99", "\xE2\x80\x9C",
                                         "\xE2\x80\x9D", "\xE2\x80\x9E", "\xC2\xAB",
                                         "\xC2\xBB"};
    for (size_t i = 0; i < COUNT_OF(quotes); i++) {
        size_t n = strlen(quotes[i]);
        if (slice_starts(word, quotes[i])) word = slice_from(word, n);
        if (slice_ends(word, quotes[i])) word.n -= n;
    }
    return word;
}

static bool is_any(struct slice word, const char *const *list)
{
    /* the first byte first: this is asked of every word of every text */
    for (; word.n > 0 && *list; list++)
        if (lower(word.p[0]) == (*list)[0] && word.n == strlen(*list) &&
            same_nocase(word.p, *list, word.n))
            return true;
    return false;
}

static struct slice last_word(struct slice s)
{
    size_t to = s.n, from;
    while (to > 0 && !is_word_byte(s.p[to - 1]))
        to--;
    for (from = to; from > 0 && is_word_byte(s.p[from - 1]);)
        from--;
    return unquoted(slice_make(s.p + from, to - from));
}

/* "Reply …", "text the word …", "antworte mit …": what follows is what people are to send. */
static bool is_asked_for(struct slice before)
{
    static const char *const verbs[] = {
        "reply",
        "replying",
        "text",
        "texting",
        "txt",
        "send",
        "sending",
        "answer",
        "respond",
        "write",
        "type",
        "message",
        "say",
        "msg",
        "ateb",
        "atebwch",
        "anfon",
        "anfonwch",
        "tecstiwch",
        "responde",
        "responda",
        "responder",
        "env\xC3\xAD"
        "a",
        "envia",
        "env\xC3\xAD"
        "e",
        "envie",
        "escribe",
        "escriba",
        "contesta",
        "conteste",
        "manda",
        "r\xC3\xA9ponds",
        "r\xC3\xA9pondez",
        "repondez",
        "r\xC3\xA9pondre",
        "envoyez",
        "envoie",
        "tapez",
        "\xC3\xA9"
        "crivez",
        "antworte",
        "antworten",
        "antwort",
        "sende",
        "senden",
        "schreib",
        "schreibe",
        "schreiben",
        "schicke",
        "smse",
        "odpowiedz",
        "wy\xC5\x9Blij",
        "odpisz",
        "napisz",
        "rispondi",
        "rispondere",
        "rispondete",
        "invia",
        "inviate",
        "scrivi",
        "antwoord",
        "stuur",
        "sms",
        "r\xC4\x83spunde",
        "r\xC4\x83spunde\xC8\x9Bi",
        "trimite",
        "trimite\xC8\x9Bi",
        "yaz",
        "yaz\xC4\xB1n",
        "g\xC3\xB6nder",
        "\xD0\xBE\xD1\x82\xD0\xB2\xD0\xB5\xD1\x82\xD1\x8C\xD1\x82\xD0\xB5", /* ответьте */
        "\xD0\xBE\xD1\x82\xD0\xBF\xD1\x80\xD0\xB0\xD0\xB2\xD1\x8C\xD1\x82\xD0\xB5", /* отправьте */
        "\xD0\xBD\xD0\xB0\xD0\xBF\xD0\xB8\xD1\x88\xD0\xB8\xD1\x82\xD0\xB5", /* напишите */
        "\xD0\xBD\xD0\xB0\xD0\xBF\xD0\xB8\xD1\x88\xD1\x96\xD1\x82\xD1\x8C", /* напишіть */
        "\xD8\xA3\xD8\xB1\xD8\xB3\xD9\x84",                                 /* أرسل */
        "\xD8\xA7\xD8\xB1\xD8\xB3\xD9\x84",                                 /* ارسل */
        "\xD8\xA7\xD9\x83\xD8\xAA\xD8\xA8",                                 /* اكتب */
        "\xD9\x84\xDA\xA9\xDA\xBE\xDB\x8C\xDA\xBA",                         /* لکھیں */
        "jawaab",
        "dir",
        NULL};
    static const char *const fillers[] = {"with",
                                          "the",
                                          "word",
                                          "just",
                                          "simply",
                                          "only",
                                          "back",
                                          "either",
                                          "a",
                                          "par",
                                          "avec",
                                          "le",
                                          "la",
                                          "mot",
                                          "con",
                                          "palabra",
                                          "mit",
                                          "dem",
                                          "das",
                                          "wort",
                                          "einfach",
                                          "nur",
                                          "com",
                                          "palavra",
                                          "col",
                                          "parola",
                                          "met",
                                          "het",
                                          "woord",
                                          "us",
                                          "s\xC5\x82owo",
                                          "tre\xC5\x9B\xC4\x87",
                                          "cu",
                                          "cuv\xC3\xA2ntul",
                                          "gyda",
                                          "y",
                                          "gair",
                                          "\xD1\x81\xD0\xBB\xD0\xBE\xD0\xB2\xD0\xBE", /* слово */
                                          "\xD9\x83\xD9\x84\xD9\x85\xD8\xA9",         /* كلمة */
                                          NULL};
    for (int words = 0; words < 4; words++) {
        struct slice word = last_word(before);
        if (is_any(word, verbs)) return true;
        if (word.n == 0 || !is_any(word, fillers)) return false;
        before.n = (size_t)(word.p - before.p);
    }
    return false;
}

/* The next opt-out word that is in capitals, or asked for. The cheap questions come first. */
static bool next_stop_word(const struct keywords *k, struct slice text, size_t *at,
                           struct stop_word *ret)
{
    struct slice word;
    while (next_word(text, at, &word)) {
        struct slice bare = unquoted(word);
        struct slice before = slice_make(text.p, (size_t)(word.p - text.p));
        if (bare.n < 2 || (has_small(bare) && !is_asked_for(before))) continue;
        if (keywords_recognise(k, bare) != KEYWORD_STOP) continue;
        *ret = (struct stop_word){.word = bare, .after = slice_from(text, *at)};
        return true;
    }
    return false;
}

bool check_says_opt_out(const struct keywords *k, struct slice text)
{
    static const char *const plain[] = {"opt out",       "opt-out",   "unsubscribe", "reply stop",
                                        "text stop",     "send stop", "answer stop", "stop to end",
                                        "no more texts", NULL};
    struct stop_word w;
    size_t at = 0;
    return next_stop_word(k, text, &at, &w) || contains_any(text, plain);
}

static struct slice rest_of_sentence(struct slice s)
{
    size_t n = 0;
    while (n < s.n && n < AROUND_BYTES && !strchr(".?!;\n", s.p[n]))
        n++;
    return slice_make(s.p, n);
}

/* Whether what follows the word says that it ends the texts, in any language that replies are read
 * in. */
static bool says_purpose(const struct keywords *k, struct slice after)
{
    static const char *const purpose[] = {"opt out", "opt-out",        "unsubscribe", "stop",
                                          "no more", "leave the list", "end texts",   NULL};
    struct slice rest = rest_of_sentence(after);
    enum keyword said = keywords_recognise(k, rest);
    return said == KEYWORD_STOP || said == KEYWORD_NEAR_STOP || contains_any(rest, purpose);
}

struct slice check_answer_keyword(const struct keywords *k, struct slice text)
{
    /* Words that can only mean the one thing, and wording that says so of the others. */
    static const char *const clear[] = {"stop",
                                        "unsub",
                                        "optout",
                                        "arr",
                                        "d\xC3\xA9sabon",
                                        "desabon",
                                        "desinscri",
                                        "baja",
                                        "abmeld",
                                        "abbestell",
                                        "afmeld",
                                        "uitschrijv",
                                        "disiscri",
                                        "descadastr",
                                        "wypis",
                                        "dezabon",
                                        "\xD1\x81\xD1\x82\xD0\xBE\xD0\xBF",         /* стоп */
                                        "\xD0\xA1\xD0\xA2\xD0\x9E\xD0\x9F",         /* СТОП */
                                        "\xD0\xBE\xD1\x82\xD0\xBF\xD0\xB8\xD1\x81", /* отпис */
                                        NULL};
    struct stop_word w;
    for (size_t at = 0; next_stop_word(k, text, &at, &w);) {
        if (!contains_any(w.word, clear) && !says_purpose(k, w.after)) return w.word;
    }
    return SLICE_NONE;
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
