/* A text is first brought to plain words: " can t stop " with one blank around each, so that a
 * phrase is found by a search for itself between blanks. All lists below are in that form. */
#include "core/keywords.h"

#include "base/check.h"
#include "core/parts.h"

#include <stdlib.h>

struct words {
    char text[KEYWORDS_BYTES_MAX + 2]; /* NUL-terminated */
    size_t n;
    bool asks; /* a question mark, but not one inside a link */
    bool thumb_up, thumb_down;
};

// clang-format off
/* Each alone is the whole message; behind the English ones the usual words of other languages.
 * "no more" and its Welsh are near phrases and not here, as the field's rules have it. */
static const char *const stop_words[] = {
    "stop",    "stopall",   "end",      "quit",    "cancel",  "revoke", "unsubscribe", "unsub",
    "optout",  "remove",    "removeme", "stopio",  "arret",   "stopp",  "desabonner",  "alto",
    "parar",   "baja",      "cancelar", "ende",    "ferma",   "sair",   "abmelden",    "annulla",
    "stoppen", "afmelden",
};

static const char *const start_words[] = {"start", "unstop"};

static const char *const help_words[] = {"help", "info", "aide", "cymorth"};

static const char *const near_phrases[] = {
    "stop", "stopall", "stopio", "unsubscribe", "unsubscribed", "unsub", "revoke",
    "optout", "opt out", "opt me out", "opted out", "no more", "dim mwy",
    "take me off", "take us off", "take my name off", "take my number off", "take this number off",
    "off your list", "off this list", "off the list",
    "lose my number", "lose this number",
    "delete me", "delete my number", "delete my details", "delete this number",
    "remove me", "remove us", "remove my", "remove this number",
    "dont text", "do not text", "dont txt", "never text", "quit texting",
    "dont message", "do not message", "never message", "quit messaging", "dont send me",
    "dont contact", "do not contact", "never contact",
    "leave me alone", "leave us alone",
    "fuck off", "fuk off", "fck off", "feck off", "f off", "f k off", "eff off", "piss off",
    "p ss off", "sod off", "bugger off",
};

/* How phones describe a reaction to a message in a text of its own. */
static const char *const reactions[] = {
    "liked", "loved", "disliked", "questioned", "laughed at", "emphasized", "emphasised",
    "reacted", "removed a", "removed an",
};

static const char *const openers[] = {
    "hi", "hello", "hey", "hiya", "oh", "ah", "um", "well", "sorry", "thanks", "thank you",
};

static const char *const yes_phrases[] = {
    "yes", "yep", "yeah", "yea", "yup", "ya", "y", "ok", "okay", "sure", "definitely", "absolutely",
    "certainly", "of course", "count me in", "im in", "ill be there", "i will", "i can", "will do",
    "no problem", "no worries", "why not", "sounds good", "see you there", "id love to", "happy to",
    "ie", "ydw", "oui", "si", "sim", "ja", "tak",
};

static const char *const unsure_phrases[] = {"not sure", "no idea", "not yet"};

static const char *const no_phrases[] = {
    "no", "nope", "nah", "na", "n", "not", "cant", "cannot", "wont", "unfortunately", "i cant",
    "i cannot", "i can not", "i wont", "i will not", "im not", "i am not", "im afraid", "im busy",
    "nage", "non", "nein", "nee", "nie",
};

static const char *const wrong_number_phrases[] = {"wrong number", "wrong person"};

static const char *const question_phrases[] = {
    "who", "whos", "what", "whats", "when", "whens", "where", "wheres", "why", "how", "hows",
    "which", "can i", "can you", "could i", "could you", "do i", "do you", "does it", "is it",
    "is this", "is there", "are you", "are there", "will it", "will there", "should i", "may i",
    "would you",
};

// clang-format on

/* --- To plain words --- */

enum { DROPPED = 0, SEPARATOR = ' ' };

/* The letter under the accent; Latin-1 capitals and small letters lie 32 apart. */
static uint32_t fold_latin1(uint32_t cp)
{
    static const char base[] = "aaaaaaaceeeeiiiidnooooo ouuuuyts";
    if (cp == 0xFF) return 'y';
    return cp < 0xC0 ? SEPARATOR : (unsigned char)base[(cp - 0xC0) & 31];
}

static bool is_apostrophe(uint32_t cp)
{
    return cp == '\'' || cp == '`' || cp == 0xB4 || cp == 0x2BC || cp == 0x2018 || cp == 0x2019;
}

/* Characters of no width, and the accents that follow their letter. */
static bool is_unseen(uint32_t cp)
{
    return cp == 0xAD || (cp >= 0x200B && cp <= 0x200F) || cp == 0x2060 || cp == 0xFEFF ||
           (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0x300 && cp <= 0x36F);
}

/* Punctuation, symbols and emoji above Latin-1. */
static bool is_symbol(uint32_t cp)
{
    return (cp >= 0x2000 && cp <= 0x2BFF) || (cp >= 0x3000 && cp <= 0x303F) ||
           (cp >= 0xFE10 && cp <= 0xFE6F) || (cp >= 0xFF00 && cp <= 0xFF20) || cp >= 0xFFF0;
}

/* A small letter or digit, SEPARATOR or DROPPED; other letters stay as they are. */
static uint32_t fold(uint32_t cp)
{
    if (cp >= 0xFF21 && cp <= 0xFF5A) cp -= 0xFF21 - 'A'; /* full-width letters */
    if (is_apostrophe(cp) || is_unseen(cp)) return DROPPED;
    if (cp >= 'A' && cp <= 'Z') return cp + 32;
    if ((cp >= 'a' && cp <= 'z') || (cp >= '0' && cp <= '9')) return cp;
    if (cp < 0x80) return SEPARATOR;
    if (cp <= 0xFF) return fold_latin1(cp);
    return is_symbol(cp) ? SEPARATOR : cp;
}

static void notice(struct words *w, struct slice text, size_t after, uint32_t cp)
{
    bool inside_link = after < text.n && fold((unsigned char)text.p[after]) > SEPARATOR;
    if ((cp == '?' && !inside_link) || cp == 0xFF1F || cp == 0x2753) w->asks = true;
    if (cp == 0x1F44D || cp == 0x1F44C || cp == 0x2705) w->thumb_up = true;
    if (cp == 0x1F44E || cp == 0x274C) w->thumb_down = true;
}

static void add_code_point(struct words *w, uint32_t cp)
{
    if (cp < 0x80) {
        w->text[w->n++] = (char)cp;
        return;
    }
    unsigned more = cp < 0x800 ? 1 : cp < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    w->text[w->n++] = (char)(lead[more] | cp >> 6 * more);
    while (more-- > 0)
        w->text[w->n++] = (char)(0x80 | (cp >> 6 * more & 0x3F));
}

static void to_words(struct slice text, struct words *w)
{
    *w = (struct words){.text = " ", .n = 1};
    for (size_t pos = 0; pos < text.n && w->n + 5 < sizeof w->text;) {
        uint32_t cp = parts_next_code_point(text, &pos), folded = fold(cp);
        notice(w, text, pos, cp);
        bool blank = w->text[w->n - 1] == ' ';
        if (folded != DROPPED && !(folded == SEPARATOR && blank)) add_code_point(w, folded);
    }
    if (w->text[w->n - 1] != ' ') w->text[w->n++] = ' ';
    w->text[w->n] = '\0';
}

/* --- Looking for phrases --- */

/* Whether ` phrase ` begins at the blank `at`; returns the blank behind it, or NULL. */
static const char *phrase_at(const char *at, const char *phrase)
{
    size_t n = strlen(phrase);
    return strncmp(at + 1, phrase, n) == 0 && at[n + 1] == ' ' ? at + n + 1 : NULL;
}

static const char *any_at(const char *at, const char *const *phrases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *end = phrase_at(at, phrases[i]);
        if (end) return end;
    }
    return NULL;
}

static bool any_within(const struct words *w, const char *const *phrases, size_t count)
{
    for (const char *at = w->text; at; at = strchr(at + 1, ' '))
        if (any_at(at, phrases, count)) return true;
    return false;
}

/* Whether the words run together are one of `list`: "stop all", "S.T.O.P". */
static bool is_one_of(const struct words *w, const char *const *list, size_t count)
{
    char joined[16];
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (w->text[i] == ' ') continue;
        if (n + 1 == sizeof joined) return false;
        joined[n++] = w->text[i];
    }
    joined[n] = '\0';
    for (size_t i = 0; i < count; i++)
        if (strcmp(joined, list[i]) == 0) return true;
    return false;
}

/* "STOP STOP STOP", "stop, unsubscribe" */
static bool all_are_stop_words(const struct words *w)
{
    const char *at = w->text;
    while (at[1] != '\0') {
        at = any_at(at, stop_words, COUNT_OF(stop_words));
        if (!at) return false;
    }
    return w->n > 1;
}

static bool is_reaction(const struct words *w, struct slice text)
{
    text = slice_trim(text);
    return any_at(w->text, reactions, COUNT_OF(reactions)) &&
           (slice_ends(text, "\"") || slice_ends(text, "\xE2\x80\x9D"));
}

static enum keyword recognise(const struct words *w, struct slice text)
{
    if (is_one_of(w, stop_words, COUNT_OF(stop_words)) || all_are_stop_words(w))
        return KEYWORD_STOP;
    if (is_one_of(w, start_words, COUNT_OF(start_words))) return KEYWORD_START;
    if (is_one_of(w, help_words, COUNT_OF(help_words))) return KEYWORD_HELP;
    if (is_reaction(w, text)) return KEYWORD_REACTION;
    return any_within(w, near_phrases, COUNT_OF(near_phrases)) ? KEYWORD_NEAR_STOP : KEYWORD_NONE;
}

enum keyword keywords_recognise(const struct keywords *k, struct slice text)
{
    (void)k;
    struct words w;
    to_words(text, &w);
    return recognise(&w, text);
}

struct keywords {
    char unused;
};

struct keywords *keywords_new(void)
{
    return xcalloc(1, sizeof(struct keywords));
}

void keywords_free(struct keywords *k)
{
    free(k);
}

enum keyword keywords_recognise_action(const struct keywords *k, struct slice payload,
                                       struct slice title)
{
    enum keyword first = keywords_recognise(k, payload), second = keywords_recognise(k, title);
    if (first == KEYWORD_STOP || second == KEYWORD_STOP) return KEYWORD_STOP;
    return first != KEYWORD_NONE ? first : second;
}

/* --- Tags --- */

static unsigned yes_or_no(const struct words *w, const char *start)
{
    if (any_at(start, unsure_phrases, COUNT_OF(unsure_phrases))) return 0;
    if (any_at(start, yes_phrases, COUNT_OF(yes_phrases))) return KEYWORD_TAG_YES;
    if (any_at(start, no_phrases, COUNT_OF(no_phrases))) return KEYWORD_TAG_NO;
    if (w->thumb_up != w->thumb_down) return w->thumb_up ? KEYWORD_TAG_YES : KEYWORD_TAG_NO;
    return 0;
}

unsigned keywords_tags(const struct keywords *keywords, struct slice text)
{
    (void)keywords;
    struct words w;
    to_words(text, &w);
    enum keyword k = recognise(&w, text);
    if (k == KEYWORD_STOP) return KEYWORD_TAG_MAYBE_OPT_OUT;
    if (is_reaction(&w, text)) return 0;
    if (any_within(&w, wrong_number_phrases, COUNT_OF(wrong_number_phrases)))
        return KEYWORD_TAG_WRONG_NUMBER | (k == KEYWORD_NEAR_STOP ? KEYWORD_TAG_MAYBE_OPT_OUT : 0);
    const char *start = w.text, *next;
    while ((next = any_at(start, openers, COUNT_OF(openers))))
        start = next;
    unsigned tags = yes_or_no(&w, start);
    if (w.asks || any_at(start, question_phrases, COUNT_OF(question_phrases)))
        tags |= KEYWORD_TAG_QUESTION;
    if (k == KEYWORD_NEAR_STOP) tags |= KEYWORD_TAG_MAYBE_OPT_OUT;
    return tags;
}

/* --- Names --- */

static const char *const keyword_names[] = {
#define X(name, text) [name] = text,
    KEYWORD_TABLE(X)
#undef X
};

const char *keyword_to_string(enum keyword k)
{
    check((size_t)k < COUNT_OF(keyword_names));
    return keyword_names[k];
}

bool keyword_from_string(const char *s, enum keyword *ret)
{
    for (size_t i = 0; i < COUNT_OF(keyword_names); i++) {
        if (strcmp(s, keyword_names[i]) != 0) continue;
        *ret = (enum keyword)i;
        return true;
    }
    return false;
}
