#include "text.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/check.h"
#include "core/keywords.h"

enum {
    AROUND_LETTERS = 32, /* how far behind a keyword its purpose is told: "END to opt out" */
    BEFORE_BYTES = 96, /* and before one: "to opt out write END", in languages with the verb last */
    ASKED_WORDS_MAX = 4, /* "reply with just the word END" */
    WORD_SETS = 64,
    WORDS_PER_SET = 4,
    WORD_BYTES_MAX = 48,
};

static bool same_nocase(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ascii_lower(a[i]) != ascii_lower(b[i])) return false;
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

/* ---- what is known of words ---- */

/* "Reply …", "text the word …", "antworte mit …": what follows is what people are to send. */
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
                                      "sie",
                                      "vous",
                                      "usted",
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

/* Languages whose verb comes last: "iptal yazın", "रद्द लिखें". */
static const char *const verbs_behind[] = {
    "yaz",       "yazın",  "yazınız", "yazarak", "yazıp",  "gönderin", "gönderiniz", "लिखें",
    "लिखो",      "लिखिए",  "लिखकर",   "भेजें",      "भेजिए",   "লিখুন",     "লিখে",       "পাঠান",
    "ਲਿਖੋ",       "ਲਿਖ",    "ਭੇਜੋ",      "لکھیں",   "لکھ",    "بھیجیں",   "schreiben",  "senden",
    "antworten", "likhen", "likhein", "likho",   "bhejen", "bhejein",  NULL};

enum word_role { NO_ROLE, ASKS, BETWEEN, ASKS_BEHIND };

struct check_word {
    size_t n; /* 0 = nothing is kept here */
    char bytes[WORD_BYTES_MAX];
    uint64_t last; /* when it was asked for, in askings */
    enum word_role role;
    bool is_judged; /* `says` is known */
    enum keyword says;
};

static bool is_any(struct slice word, const char *const *list)
{
    for (; word.n > 0 && *list; list++)
        if (ascii_lower(word.p[0]) == (*list)[0] && word.n == strlen(*list) &&
            same_nocase(word.p, *list, word.n))
            return true;
    return false;
}

static enum word_role role_of(struct slice word)
{
    return is_any(word, verbs_behind) ? ASKS_BEHIND
           : is_any(word, verbs)      ? ASKS
           : is_any(word, fillers)    ? BETWEEN
                                      : NO_ROLE;
}

void check_words_init(struct check_words *w, const struct keywords *k)
{
    *w = (struct check_words){
        .keywords = k,
        .known = xcalloc((size_t)WORD_SETS * WORDS_PER_SET, sizeof(struct check_word))};
}

void check_words_done(struct check_words *w)
{
    free(w->known);
}

static struct check_word *set_of(const struct check_words *w, struct slice word)
{
    uint32_t h = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < word.n; i++)
        h = (h ^ (unsigned char)word.p[i]) * 16777619u;
    return &w->known[(h ^ h >> 16) % WORD_SETS * WORDS_PER_SET];
}

/* What is kept of the word, borrowed until the next call. The words of a template stay, since they
 * are asked for with every text; a name takes the room of another name. */
static struct check_word *know(struct check_words *w, struct slice word)
{
    struct check_word *set = set_of(w, word), *oldest = set;
    w->asked++;
    for (struct check_word *known = set; known < set + WORDS_PER_SET; known++) {
        if (known->n == word.n && memcmp(known->bytes, word.p, word.n) == 0) {
            known->last = w->asked;
            return known;
        }
        if (known->last < oldest->last) oldest = known;
    }
    *oldest = (struct check_word){.n = word.n, .last = w->asked, .role = role_of(word)};
    memcpy(oldest->bytes, word.p, word.n);
    return oldest;
}

static enum word_role word_role(struct check_words *w, struct slice word)
{
    return word.n == 0 || word.n > WORD_BYTES_MAX ? NO_ROLE : know(w, word)->role;
}

/* Of a word, or of some. */
static enum keyword says(struct check_words *w, struct slice words)
{
    if (words.n == 0 || words.n > WORD_BYTES_MAX) return keywords_recognise(w->keywords, words);
    struct check_word *known = know(w, words);
    if (!known->is_judged) known->says = keywords_recognise(w->keywords, words);
    known->is_judged = true;
    return known->says;
}

/* ---- opt-out words in a text of ours ---- */

/* A walk over the words of a text. */
struct walk {
    struct slice text, word; /* the word at hand, without quotes around it */
    bool by_verb;            /* a verb behind it asks for it */
    size_t at;               /* behind it */
    size_t from;             /* behind the opt-out word before it; 0: it is the first */
    unsigned asked; /* so many words from here on are what people are to send: fillers may stand
                       between */
};

static bool is_ascii(char c)
{
    return (unsigned char)c < 0x80;
}

static bool is_word_byte(char c)
{
    return ascii_is_digit(c) || ascii_is_letter(c) || !is_ascii(c);
}

static bool has_small(struct slice word)
{
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] >= 'a' && word.p[i] <= 'z') return true;
    return false;
}

/* Typographic quotes, and what ends a sentence in Hindi, Bengali, Urdu and Arabic, are bytes of a word here. */
static struct slice unquoted(struct slice word)
{
    static const char *const quotes[] = {"\xE2\x80\x98",
                                         "\xE2\x80\x99",
                                         "\xE2\x80\x9C",
                                         "\xE2\x80\x9D",
                                         "\xE2\x80\x9E",
                                         "\xC2\xAB",
                                         "\xC2\xBB",
                                         "।",
                                         "۔",
                                         "،",
                                         "؟"};
    if (word.n == 0 || (is_ascii(word.p[0]) && is_ascii(word.p[word.n - 1]))) return word;
    for (size_t i = 0; i < COUNT_OF(quotes); i++) {
        size_t n = strlen(quotes[i]);
        if (slice_starts(word, quotes[i])) word = slice_from(word, n);
        if (slice_ends(word, quotes[i])) word.n -= n;
    }
    return word;
}

static bool next_word(struct walk *k)
{
    size_t from = k->at, to;
    while (from < k->text.n && !is_word_byte(k->text.p[from]))
        from++;
    for (to = from; to < k->text.n && is_word_byte(k->text.p[to]);)
        to++;
    k->at = to;
    k->word = unquoted(slice_make(k->text.p + from, to - from));
    return to > from;
}

/* The next opt-out word that is in capitals, or asked for. The cheap questions come first. */
static bool next_stop_word(struct check_words *w, struct walk *k)
{
    struct slice before =
        k->word; /* a word that was found already may be asked for by a verb behind it */
    k->by_verb = false;
    for (; next_word(k); before = k->word) {
        bool meant = k->word.n >= 2 && (k->asked > 0 || !has_small(k->word));
        enum word_role role = word_role(w, k->word);
        k->by_verb = role == ASKS_BEHIND && before.n >= 2 && says(w, before) == KEYWORD_STOP;
        if (k->by_verb) k->word = before;
        if (k->by_verb) return true;
        if (role == ASKS || role == ASKS_BEHIND)
            k->asked = ASKED_WORDS_MAX;
        else
            k->asked = role == BETWEEN && k->asked > 0 ? k->asked - 1 : 0;
        if (meant && says(w, k->word) == KEYWORD_STOP) return true;
    }
    return false;
}

static struct slice rest_of_sentence(struct slice s)
{
    size_t n = 0;
    for (size_t letters = 0; n < s.n && !strchr(".?!;\n", s.p[n]); n++) {
        letters += ((unsigned char)s.p[n] & 0xC0) != 0x80;
        if (letters > AROUND_LETTERS) break;
    }
    return slice_make(s.p, n);
}

/* Whether what follows the word says that it ends the texts, in any language that replies are read
 * in. */
static bool says_purpose(struct check_words *w, struct slice after)
{
    static const char *const purpose[] = {"opt out", "opt-out",        "unsubscribe", "stop",
                                          "no more", "leave the list", "end texts",   NULL};
    struct slice rest = rest_of_sentence(after);
    enum keyword said = says(w, rest);
    return said == KEYWORD_STOP || said == KEYWORD_NEAR_STOP || contains_any(rest, purpose);
}

/* "To opt out, reply END": the purpose of this word, where none stands between. */
static bool says_plainly_before(const struct walk *k)
{
    static const char *const purpose[] = {
        "opt out",        "opt-out",       "unsubscribe",      "opting out",
        "leave our list", "no more texts", "no more messages", NULL};
    size_t to = (size_t)(k->word.p - k->text.p), from = to;
    while (from > k->from && to - from < BEFORE_BYTES && !strchr(".?!;\n", k->text.p[from - 1]))
        from--;
    return contains_any(slice_make(k->text.p + from, to - from), purpose);
}

/* The same of what stands before a word that a verb behind it asks for. */
static bool says_purpose_before(struct check_words *w, const struct walk *k)
{
    if (!k->by_verb) return says_plainly_before(k);
    size_t to = (size_t)(k->word.p - k->text.p), from = to;
    while (from > 0 && to - from < BEFORE_BYTES && !strchr(".?!;:\n", k->text.p[from - 1]))
        from--;
    enum keyword said = says(w, slice_make(k->text.p + from, to - from));
    return to > from && (said == KEYWORD_STOP || said == KEYWORD_NEAR_STOP);
}

/* "YES, or STOP if you can't": it is to say no, and takes people off the list. */
static bool is_an_answer(struct slice after)
{
    static const char *const answers[] = {"if you can't",    "if you cannot",   "if you cant",
                                          "if you can not",  "if you are busy", "if you're busy",
                                          "if you are away", "if you're away",  "if busy",
                                          "for no",          "means no",        NULL};
    static const char *const texts[] = {"text", "message", NULL};
    struct slice rest = slice_trim(rest_of_sentence(after));
    for (size_t i = 0; answers[i] && !contains_any(rest, texts); i++) {
        struct slice begins = slice_make(rest.p, strlen(answers[i]));
        bool ends = rest.n == begins.n || (rest.n > begins.n && !is_word_byte(rest.p[begins.n]));
        if (ends && check_contains(begins, slice_of(answers[i]))) return true;
    }
    return false;
}

/* Words that can only mean the one thing. */
static bool is_clear(struct slice word)
{
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
                                        "διαγραφ",
                                        "Διαγραφ",
                                        "διακοπ",
                                        "Διακοπ",
                                        "\xD1\x81\xD1\x82\xD0\xBE\xD0\xBF",         /* стоп */
                                        "\xD0\xA1\xD0\xA2\xD0\x9E\xD0\x9F",         /* СТОП */
                                        "\xD0\xBE\xD1\x82\xD0\xBF\xD0\xB8\xD1\x81", /* отпис */
                                        NULL};
    return contains_any(word, clear);
}

static bool says_opt_out_plainly(struct slice text)
{
    static const char *const plain[] = {"opt out",
                                        "opt-out",
                                        "unsubscribe",
                                        "reply stop",
                                        "text stop",
                                        "send stop",
                                        "answer stop",
                                        "stop to end",
                                        "stop to quit",
                                        "stop2end",
                                        "stop2quit",
                                        "stop 2 end",
                                        "stop 2 quit",
                                        "stop=end",
                                        "stop=quit",
                                        "no more texts",
                                        "abmelden:",
                                        "abmeldung:",
                                        "abbestellen:",
                                        "zum abmelden",
                                        "zum abbestellen",
                                        "d\xC3\xA9sinscription",
                                        "d\xC3\xA9sabonnement",
                                        "darse de baja",
                                        "darte de baja",
                                        "afmelden:",
                                        "uitschrijven:",
                                        NULL};
    return contains_any(text, plain);
}

struct check_wording check_wording(struct check_words *w, struct slice text)
{
    struct check_wording ret = {0};
    for (struct walk k = {.text = text}; ret.answer.n == 0 && next_stop_word(w, &k);) {
        ret.says_opt_out = true;
        /* In scripts with the verb last the purpose stands before it, and the sentence ends here. */
        bool ends = k.by_verb && !is_ascii(text.p[k.at - 1]);
        struct slice after = ends ? SLICE_NONE : slice_from(text, k.at);
        bool other = !is_clear(k.word) || is_an_answer(after);
        if (other && !says_purpose(w, after) && !says_purpose_before(w, &k)) ret.answer = k.word;
        k.from = k.at;
    }
    ret.says_opt_out = ret.says_opt_out || says_opt_out_plainly(text);
    return ret;
}
