/* The phrases of phrases.txt, found by their first word: all that a text says is found in one pass over its words. */
#include "words.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/map.h"

enum { TOKENS_MAX = 16, NEGATION_WORDS = 6 };

struct phrase {
    enum law_phrase_topic topic;
    bool can_be_denied;
    struct slice not_after; /* words, "a/b"; none = any */
    size_t count;
    struct token {
        enum { WORDS, NONE_OF, NUMBER, GAP } kind; /* "a/b", "!a/b", "#", "..3" or "~3" */
        struct slice text;                         /* "a/b", without the "!"; of a gap all of it */
        /* Most words are none of most tokens: a bit for each first byte of its words, by the byte's
         * lowest five bits. */
        uint32_t begins;
    } tokens[TOKENS_MAX];
    struct phrase *next; /* with the same first word */
};

struct law_words {
    struct phrase *list; /* owned */
    size_t count;
    struct map *by_word;    /* first word → phrase */
    struct map *denying;    /* the words that deny what follows them */
    struct phrase *numbers; /* that begin with a number */
    /* a phrase stands in a chain for each first word: the links */
    struct link {
        struct phrase *phrase;
        struct link *next;
    } * links;
    size_t link_count;
};

static const char denying[] = "not never cannot cant dont wont doesnt isnt arent shouldnt no "
                              "nobody nor without neither nunca "
                              "nicht kein nie nid ne pas peidiwch illegal unlawful offence";

static const char *const topic_names[SAYS_TOPICS] = {
    "voting", "promotes", "exit",   "postal", "treat",   "back",  "reply",  "share",
    "left",   "label",    "bought", "others", "private", "abuse", "serious"};

/* ---- words ---- */

/* How many bytes of the word stand at p. */
static size_t common(struct slice word, const char *p, const char *end)
{
    size_t n = 0;
    while (n < word.n && p + n < end && p[n] == word.p[n])
        n++;
    return n;
}

/* Each word of a person's text asks this many times, so nothing is cut out of the list first. */
static bool is_one_of(struct slice word, struct slice list, char sep)
{
    const char *end = list.p + list.n;
    for (const char *one = list.p; one < end; one++) {
        size_t same = common(word, one, end);
        const char *at = one + same;
        bool is_whole = at == end || *at == sep;
        bool is_prefix = same > 0 && at < end && *at == '*' && (at + 1 == end || at[1] == sep);
        if (is_prefix || (is_whole && same == word.n)) return true;
        while (one < end && *one != sep)
            one++;
    }
    return false;
}

bool law_is_any(struct slice word, const char *list)
{
    return is_one_of(word, slice_of(list), ' ');
}

bool law_digits(struct slice word, int *ret)
{
    int n = 0;
    if (word.n == 0 || word.n > 9) return false;
    for (size_t i = 0; i < word.n; i++) {
        if (word.p[i] < '0' || word.p[i] > '9') return false;
        n = 10 * n + (word.p[i] - '0');
    }
    *ret = n;
    return true;
}

static bool denies(const struct law_words *w, struct slice word)
{
    return map_get(w->denying, word) != NULL;
}

/* ---- compiling ---- */

static bool topic_of(struct slice name, struct phrase *p)
{
    if (name.n && name.p[name.n - 1] == '-') {
        p->can_be_denied = true;
        name.n--;
    }
    int i = slice_index(name, topic_names, SAYS_TOPICS);
    if (i >= 0) p->topic = (enum law_phrase_topic)i;
    return i >= 0;
}

static uint32_t begin_bit(char c)
{
    return UINT32_C(1) << ((unsigned char)c & 31);
}

static void add_token(struct phrase *p, struct slice text)
{
    check(p->count < TOKENS_MAX);
    struct token *t = &p->tokens[p->count++];
    struct slice word;
    t->kind = text.p[0] == '!'                               ? NONE_OF
              : slice_is(text, "#")                          ? NUMBER
              : text.p[0] == '~' || slice_starts(text, "..") ? GAP
                                                             : WORDS;
    t->text = slice_from(text, t->kind == NONE_OF);
    for (struct slice rest = t->text; slice_cut(&rest, '/', &word);)
        if (word.n) t->begins |= begin_bit(word.p[0]);
}

static bool read_line(struct slice line, struct phrase *p)
{
    struct slice name, token;
    line = slice_trim(line);
    if (line.n == 0 || line.p[0] == '#') return false;
    check(slice_cut(&line, ':', &name) && topic_of(name, p));
    line = slice_trim(line);
    while (slice_cut(&line, ' ', &token)) {
        if (token.n == 0) continue;
        if (token.p[0] == '<') {
            p->not_after = slice_from(token, 1);
            continue;
        }
        add_token(p, token);
    }
    check(p->count > 0);
    return true;
}

static size_t count_char(struct slice s, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == c;
    return n;
}

static void put_first(struct law_words *w, struct slice word, struct phrase *p)
{
    struct link *link = &w->links[w->link_count++];
    *link = (struct link){.phrase = p, .next = map_get(w->by_word, word)};
    (void)map_put(w->by_word, word, link);
}

static void put(struct law_words *w, struct phrase *p)
{
    struct slice first = p->tokens[0].text, word;
    if (p->tokens[0].kind == NUMBER) {
        p->next = w->numbers;
        w->numbers = p;
        return;
    }
    while (slice_cut(&first, '/', &word))
        put_first(w, word, p);
}

struct law_words *law_words_new(void)
{
    struct law_words *w = xcalloc(1, sizeof *w);
    size_t lines = count_char(law_phrases, '\n') + 1;
    w->by_word = map_new();
    w->list = xcalloc(lines, sizeof *w->list);
    w->links = xcalloc(lines + count_char(law_phrases, '/'), sizeof *w->links);
    struct slice rest = law_phrases, deny = slice_of(denying), word, line;
    w->denying = map_new();
    while (slice_cut(&deny, ' ', &word))
        (void)map_put(w->denying, word, w);
    while (slice_cut(&rest, '\n', &line))
        if (read_line(line, &w->list[w->count])) put(w, &w->list[w->count++]);
    return w;
}

void law_words_free(struct law_words *w)
{
    if (!w) return;
    map_free(w->by_word);
    map_free(w->denying);
    free(w->list);
    free(w->links);
    free(w);
}

/* ---- looking ---- */

static bool is_word(const struct token *t, struct slice word)
{
    int n;
    if (t->kind == NUMBER) return law_digits(word, &n);
    return word.n && (t->begins & begin_bit(word.p[0])) && is_one_of(word, t->text, '/');
}

static int match(const struct law_words *w, const struct phrase *p, size_t t, const struct fold *f,
                 size_t at);

/* The same where token t is a gap: "..3" up to so many words, "~3" with none of "you" among them. */
static int match_gap(const struct law_words *w, const struct phrase *p, size_t t,
                     const struct fold *f, size_t at)
{
    struct slice token = p->tokens[t].text;
    size_t most = (size_t)(token.p[token.n - 1] - '0');
    for (size_t skipped = 0; skipped <= most && at + skipped <= f->count; skipped++) {
        int end = match(w, p, t + 1, f, at + skipped);
        if (end >= 0 || at + skipped == f->count) return end;
        struct slice word = fold_word_at(f, at + skipped);
        if (p->can_be_denied && denies(w, word)) return -1;
        if (token.p[0] == '~' && law_is_any(word, "you youll youd")) return -1;
    }
    return -1;
}

/* Where the phrase from token t on ends when it begins at word `at`; -1: it does not. */
static int match(const struct law_words *w, const struct phrase *p, size_t t, const struct fold *f,
                 size_t at)
{
    if (t == p->count) return (int)at;
    const struct token *token = &p->tokens[t];
    if (token->kind == GAP) return match_gap(w, p, t, f, at);
    struct slice word = at < f->count ? fold_word_at(f, at) : SLICE_NONE;
    if (is_word(token, word) == (token->kind == NONE_OF)) return -1;
    return match(w, p, t + 1, f, token->kind == NONE_OF ? at : at + 1);
}

/* In the same sentence, a little before. */
static bool is_denied(const struct law_words *w, const struct fold *f, size_t at)
{
    for (size_t i = at; i > 0 && at - i < NEGATION_WORDS && !f->words[i].after_pause; i--)
        if (denies(w, fold_word_at(f, i - 1))) return true;
    return false;
}

/* The word `at` is one of the phrase's first ones. */
static void try(const struct law_words *w, const struct phrase *p, const struct fold *f, size_t at,
                struct law_said *ret)
{
    if (ret->is[p->topic]) return;
    if (p->not_after.n && at > 0 && !f->words[at].after_pause &&
        is_one_of(fold_word_at(f, at - 1), p->not_after, '/'))
        return;
    int end = match(w, p, 1, f, at + 1);
    if (end < 0 || (p->can_be_denied && is_denied(w, f, at))) return;
    ret->is[p->topic] = true;
    ret->from[p->topic] = (uint16_t)at;
    ret->to[p->topic] = (uint16_t)end;
}

void law_words_look(const struct law_words *w, const struct fold *f, struct law_said *ret)
{
    int n;
    *ret = (struct law_said){{false}, {0}, {0}};
    for (size_t at = 0; at < f->count; at++) {
        struct slice word = fold_word_at(f, at);
        for (const struct link *l = map_get(w->by_word, word); l; l = l->next)
            try(w, l->phrase, f, at, ret);
        for (const struct phrase *p = law_digits(word, &n) ? w->numbers : NULL; p; p = p->next)
            try(w, p, f, at, ret);
    }
}

struct slice law_phrase_of(const struct fold *f, const struct law_said *said,
                           enum law_phrase_topic t)
{
    size_t from = said->from[t], to = said->to[t];
    if (to <= from) return SLICE_NONE;
    const struct fold_word *last = &f->words[to - 1];
    return slice_make(f->text + f->words[from].at,
                      (size_t)(last->at + last->n - f->words[from].at));
}
