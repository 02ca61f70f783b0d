#include "keywords_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/map.h"
#include "core/parts.h"

enum { ANY_WORD = 1, FIRST_WORD = 2, ROOT = 0, SET_MAX = 1024 };

struct edge {
    uint32_t to, next; /* node; the edge behind it from the same node by the same word, 0 = none */
};

struct table {
    struct map *words;  /* word → its number */
    struct map *steps;  /* struct step → its first edge */
    uint32_t *classes;  /* by node: bits of what ends there; owned */
    struct edge *edges; /* [0] is none; owned */
    size_t nodes, nodes_room, edge_count, edges_room, words_known;
};

struct step {
    uint32_t node, word;
};

/* Where one may stand after some words. */
struct set {
    size_t n;
    uint32_t nodes[SET_MAX];
};

static void *as_value(size_t n)
{
    return (void *)(uintptr_t)n;
}

static size_t as_number(const void *value)
{
    return (size_t)(uintptr_t)value;
}

static uint32_t node_new(struct table *t)
{
    if (t->nodes == t->nodes_room) {
        t->nodes_room = t->nodes_room ? 2 * t->nodes_room : 4096;
        t->classes = xrealloc(t->classes, t->nodes_room * sizeof *t->classes);
    }
    t->classes[t->nodes] = 0;
    return (uint32_t)t->nodes++;
}

struct table *table_new(void)
{
    struct table *t = xcalloc(1, sizeof *t);
    t->words = map_new();
    t->steps = map_new();
    t->words_known = FIRST_WORD;
    t->edge_count = 1;
    (void)node_new(t);
    return t;
}

void table_free(struct table *t)
{
    if (!t) return;
    map_free(t->words);
    map_free(t->steps);
    free(t->classes);
    free(t->edges);
    free(t);
}

static size_t first_edge(const struct table *t, uint32_t node, size_t word)
{
    struct step step = {node, (uint32_t)word};
    return word ? as_number(map_get(t->steps, slice_make(&step, sizeof step))) : 0;
}

static size_t word_number(const struct table *t, struct slice word)
{
    return as_number(map_get(t->words, word));
}

bool table_knows(const struct table *t, struct slice word)
{
    return word_number(t, word) != 0;
}

static void set_add(struct set *s, uint32_t node)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->nodes[i] == node) return;
    if (s->n < SET_MAX) s->nodes[s->n++] = node;
}

/* ---- adding ---- */

static size_t need_word(struct table *t, struct slice word)
{
    size_t n = word_number(t, word);
    if (n) return n;
    (void)map_put(t->words, word, as_value(t->words_known));
    return t->words_known++;
}

static void add_edge(struct table *t, uint32_t from, size_t word, uint32_t to)
{
    if (t->edge_count >= t->edges_room) {
        t->edges_room = t->edges_room ? 2 * t->edges_room : 16384;
        t->edges = xrealloc(t->edges, t->edges_room * sizeof *t->edges);
    }
    struct step step = {from, (uint32_t)word};
    void *before = map_put(t->steps, slice_make(&step, sizeof step), as_value(t->edge_count));
    t->edges[t->edge_count++] = (struct edge){to, (uint32_t)as_number(before)};
}

/* From everywhere in `at` by this word to one new place. */
static void go_by(struct table *t, struct set *at, size_t word)
{
    uint32_t to = node_new(t);
    for (size_t i = 0; i < at->n; i++)
        add_edge(t, at->nodes[i], word, to);
    *at = (struct set){.n = 1, .nodes = {to}};
}

static void go_by_words(struct table *t, struct set *at, struct slice piece)
{
    struct fold f;
    fold_text(piece, &f);
    for (size_t i = 0; i < f.count; i++)
        go_by(t, at, need_word(t, fold_word_at(&f, i)));
}

static _Noreturn void refuse(const char *why, struct slice what)
{
    char text[256];
    (void)snprintf(text, sizeof text, "%s: [%.*s]", why, SLICE_ARG(what));
    check_failed("src/core/words", 0, text);
}

static void end_phrase(struct table *t, enum phrase class, const struct set *at,
                       struct slice phrase)
{
    for (size_t i = 0; i < at->n; i++) {
        if (at->nodes[i] == ROOT) refuse("a phrase without words", phrase);
        t->classes[at->nodes[i]] |= PHRASE_BIT(class);
    }
}

bool table_add(struct table *t, enum phrase class, struct slice phrase)
{
    struct fold f;
    fold_text(phrase, &f);
    if (f.count == 0 || f.count > PHRASE_WORDS_MAX) return false;
    struct set at = {.n = 1, .nodes = {ROOT}};
    go_by_words(t, &at, phrase);
    end_phrase(t, class, &at, phrase);
    return true;
}

/* Where the bracket that s begins with closes. */
static size_t closing(struct slice s)
{
    size_t depth = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '(') depth++;
        if (s.p[i] == ')' && --depth == 0) return i;
    }
    refuse("a bracket that is not closed", s);
}

/* The next alternative of *rest, at a bar that stands in no bracket. */
static bool next_alternative(struct slice *rest, struct slice *ret)
{
    if (!rest->p) return false;
    size_t depth = 0, i = 0;
    for (; i < rest->n && (depth > 0 || rest->p[i] != '|'); i++) {
        if (rest->p[i] == '(') depth++;
        if (rest->p[i] == ')') depth--;
    }
    *ret = slice_make(rest->p, i);
    *rest = i == rest->n ? SLICE_NONE : slice_make(rest->p + i + 1, rest->n - i - 1);
    return true;
}

static void go_by_pattern(struct table *t, struct set *at, struct slice pattern);

/* NOLINTNEXTLINE(misc-no-recursion): as deep as a phrase has brackets */
static void go_by_choice(struct table *t, struct set *at, struct slice inside)
{
    struct set ends = {.n = 0};
    struct slice choice;
    while (next_alternative(&inside, &choice)) {
        struct set way = *at;
        go_by_pattern(t, &way, choice);
        for (size_t i = 0; i < way.n; i++)
            set_add(&ends, way.nodes[i]);
    }
    check(ends.n < SET_MAX);
    *at = ends;
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static void go_by_pattern(struct table *t, struct set *at, struct slice pattern)
{
    for (size_t i = 0; i < pattern.n;) {
        size_t n = 0;
        while (i + n < pattern.n && pattern.p[i + n] != '(' && pattern.p[i + n] != '*')
            n++;
        if (n > 0) {
            go_by_words(t, at, slice_make(pattern.p + i, n));
        } else if (pattern.p[i] == '*') {
            go_by(t, at, ANY_WORD);
            n = 1;
        } else {
            n = closing(slice_from(pattern, i));
            go_by_choice(t, at, slice_make(pattern.p + i + 1, n - 1));
            n++;
        }
        i += n;
    }
}

static void add_pattern(struct table *t, enum phrase class, struct slice pattern)
{
    struct set at = {.n = 1, .nodes = {ROOT}};
    go_by_pattern(t, &at, pattern);
    end_phrase(t, class, &at, pattern);
}

static enum phrase class_named(struct slice name)
{
    static const char *const names[] = {
#define X(name, text) text,
        PHRASE_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_is(name, names[i])) return (enum phrase)i;
    refuse("no class of phrases", name);
}

void table_add_file(struct table *t, struct slice file)
{
    enum phrase class = PHRASE_STOP;
    struct slice line, pattern;
    while (slice_cut(&file, '\n', &line)) {
        line = slice_trim(line);
        if (line.n == 0 || line.p[0] == '#') continue;
        if (line.p[0] == '[') {
            check(line.p[line.n - 1] == ']');
            class = class_named(slice_make(line.p + 1, line.n - 2));
            continue;
        }
        while (slice_cut(&line, ',', &pattern))
            if (slice_trim(pattern).n) add_pattern(t, class, slice_trim(pattern));
    }
}

/* ---- words that are written differently on purpose ---- */

static bool is_word_of(const struct table *t, struct slice word, uint32_t classes)
{
    uint32_t found = 0;
    for (size_t e = first_edge(t, ROOT, word_number(t, word)); e; e = t->edges[e].next)
        found |= t->classes[t->edges[e].to];
    return found & classes;
}

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
        {'0', 'o'},   {'1', 'i'},   {'3', 'e'},   {'4', 'a'},   {'5', 's'},   {'7', 't'},
        {0x3B1, 'a'}, {0x3B5, 'e'}, {0x3B9, 'i'}, {0x3BA, 'k'}, {0x3BD, 'v'}, {0x3BF, 'o'},
        {0x3C1, 'p'}, {0x3C4, 't'}, {0x3C5, 'u'}, {0x430, 'a'}, {0x432, 'b'}, {0x435, 'e'},
        {0x43A, 'k'}, {0x43C, 'm'}, {0x43D, 'h'}, {0x43E, 'o'}, {0x43F, 'n'}, {0x440, 'p'},
        {0x441, 'c'}, {0x442, 't'}, {0x443, 'y'}, {0x445, 'x'}, {0x455, 's'}, {0x456, 'i'},
        {0x458, 'j'}, {0x4BB, 'h'}, {0x501, 'd'},
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
    if (n && is_word_of(t, slice_make(out, n), ACTS)) {
        replace(f, i, out, n);
        return;
    }
    struct slice bare = without_digits(word);
    if (bare.n && is_word_of(t, bare, ACTS_ALONE)) replace(f, i, bare.p, bare.n);
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
        if (n > 2 && is_word_of(t, slice_make(f->text + f->words[i].at, n), ACTS_ALONE))
            join(f, i, n);
    }
    bool whole = f->count > 1 && f->count < 5 && f->bytes >= 4;
    if (whole && is_word_of(t, slice_make(f->text, f->bytes), ACTS)) join(f, 0, f->count);
}

void table_mend(const struct table *t, struct fold *f)
{
    join_letters(t, f);
    for (size_t i = 0; i < f->count; i++)
        mend_word(t, f, i);
}

/* ---- finding ---- */

static void hit(struct table_hits *hits, uint32_t classes, size_t length)
{
    for (size_t c = 0; classes; c++, classes >>= 1)
        if (classes & 1) hits->lengths[c] |= (uint16_t)(1u << length);
}

static void follow(const struct table *t, uint32_t node, size_t word, struct set *to)
{
    for (size_t e = first_edge(t, node, word); e; e = t->edges[e].next)
        set_add(to, t->edges[e].to);
}

void table_find(const struct table *t, const struct fold *f, size_t at, struct table_hits *ret)
{
    *ret = (struct table_hits){{0}};
    struct set sets[2];
    sets[0].n = 1;
    sets[0].nodes[0] = ROOT;
    for (size_t n = 1; n <= PHRASE_WORDS_MAX && at + n <= f->count; n++) {
        struct set *from = &sets[(n + 1) % 2], *to = &sets[n % 2];
        size_t word = word_number(t, fold_word_at(f, at + n - 1));
        to->n = 0;
        for (size_t i = 0; i < from->n; i++) {
            follow(t, from->nodes[i], word, to);
            follow(t, from->nodes[i], ANY_WORD, to);
        }
        for (size_t i = 0; i < to->n; i++)
            hit(ret, t->classes[to->nodes[i]], n);
        if (to->n == 0) break;
    }
}
