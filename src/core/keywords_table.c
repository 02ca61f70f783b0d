#include "keywords_table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "keywords_lexicon.h"

enum {
    ANY_WORD = LEXICON_FIRST - 1,
    ROOT = 0,
    SET_MAX = 1024,
    FIRST_NODES = 1024,
    FIRST_EDGES = 4096
};

/* Where one may stand after some words. */
struct node {
    uint32_t classes; /* bits of what ends there */
    uint32_t edges;   /* the first that leads on, 0 = none; not used of the root */
    bool joint;       /* by more ways than one */
};

struct edge {
    uint32_t word, to; /* to: a node */
    uint32_t next;     /* from the same node (from the root: by the same word), 0 = none */
};

struct table {
    struct lexicon words;
    struct node *nodes; /* owned */
    struct edge *edges; /* [0] is none; owned */
    uint32_t *starts;   /* by word: the first edge from the root, where most phrases begin; owned */
    uint64_t *visits;   /* by node: the step in which table_find() was there last; of ROOT, where
                           nothing leads, how many steps there were; owned */
    uint32_t *same;     /* by word: which word it often stands for, 0 = none; owned */
    size_t node_count, nodes_room, edge_count, edges_room, starts_room, same_room;
};

struct set {
    size_t n;
    uint32_t nodes[SET_MAX];
};

static uint32_t node_new(struct table *t)
{
    if (t->node_count == t->nodes_room) {
        t->nodes_room *= 2;
        t->nodes = xrealloc(t->nodes, t->nodes_room * sizeof *t->nodes);
        t->visits = xrealloc(t->visits, t->nodes_room * sizeof *t->visits);
        memset(t->visits + t->node_count, 0, (t->nodes_room - t->node_count) * sizeof *t->visits);
    }
    t->nodes[t->node_count] = (struct node){0};
    return (uint32_t)t->node_count++;
}

struct table *table_new(void)
{
    struct table *t = xcalloc(1, sizeof *t);
    lexicon_init(&t->words);
    t->nodes_room = FIRST_NODES;
    t->nodes = xcalloc(t->nodes_room, sizeof *t->nodes);
    t->visits = xcalloc(t->nodes_room, sizeof *t->visits);
    t->edges_room = FIRST_EDGES;
    t->edges = xcalloc(t->edges_room, sizeof *t->edges);
    t->edge_count = 1;
    (void)node_new(t);
    return t;
}

void table_free(struct table *t)
{
    if (!t) return;
    lexicon_done(&t->words);
    free(t->nodes);
    free(t->edges);
    free(t->starts);
    free(t->same);
    free(t->visits);
    free(t);
}

/* From where the edges of this word are to be looked for. */
static uint32_t first_edge(const struct table *t, uint32_t node, uint32_t word)
{
    if (node != ROOT) return t->nodes[node].edges;
    return word < t->starts_room ? t->starts[word] : 0;
}

bool table_knows(const struct table *t, struct slice word)
{
    return lexicon_find(&t->words, word) != 0;
}

static void set_add(struct set *s, uint32_t node)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->nodes[i] == node) return;
    if (s->n < SET_MAX) s->nodes[s->n++] = node;
}

/* ---- adding ---- */

/* So that what is kept by word has room for this one. */
static void reserve(const struct table *t, uint32_t **by_word, size_t *room, uint32_t word)
{
    if (word < *room) return;
    *by_word = xrealloc(*by_word, t->words.room * sizeof **by_word);
    memset(*by_word + *room, 0, (t->words.room - *room) * sizeof **by_word);
    *room = t->words.room;
}

static void add_edge(struct table *t, uint32_t from, uint32_t word, uint32_t to)
{
    if (t->edge_count == t->edges_room) {
        t->edges_room *= 2;
        t->edges = xrealloc(t->edges, t->edges_room * sizeof *t->edges);
    }
    if (from == ROOT) reserve(t, &t->starts, &t->starts_room, word);
    uint32_t *first = from == ROOT ? &t->starts[word] : &t->nodes[from].edges;
    t->edges[t->edge_count] = (struct edge){.word = word, .to = to, .next = *first};
    *first = (uint32_t)t->edge_count++;
}

/* Where another phrase went by this word; ROOT = nowhere. Not where more ways than that one lead to. */
static uint32_t known_way(const struct table *t, uint32_t from, uint32_t word)
{
    for (uint32_t e = first_edge(t, from, word); e; e = t->edges[e].next)
        if (t->edges[e].word == word && !t->nodes[t->edges[e].to].joint) return t->edges[e].to;
    return ROOT;
}

/* From everywhere in `at` by this word to one place. */
static void go_by(struct table *t, struct set *at, uint32_t word)
{
    uint32_t to = at->n == 1 ? known_way(t, at->nodes[0], word) : ROOT;
    if (to == ROOT) {
        to = node_new(t);
        t->nodes[to].joint = at->n > 1;
        for (size_t i = 0; i < at->n; i++)
            add_edge(t, at->nodes[i], word, to);
    }
    *at = (struct set){.n = 1, .nodes = {to}};
}

static void go_by_words(struct table *t, struct set *at, struct slice piece)
{
    struct fold f;
    fold_text(piece, &f);
    for (size_t i = 0; i < f.count; i++)
        go_by(t, at, lexicon_add(&t->words, fold_word_at(&f, i)));
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
        t->nodes[at->nodes[i]].classes |= PHRASE_BIT(class);
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

static void lead_to(struct table *t, size_t first_edge, uint32_t from, uint32_t to)
{
    for (size_t e = first_edge; e < t->edge_count; e++)
        if (t->edges[e].to == from) t->edges[e].to = to;
    if (from == t->node_count - 1) t->node_count--;
}

/* What follows is the same behind all ends of a choice, so that those from where nothing leads
 * on yet can be one. first_…: what the choice has added. */
static void join_ends(struct table *t, struct set *ends, size_t first_node, size_t first_edge)
{
    uint32_t joint = ROOT;
    size_t kept = 0;
    for (size_t i = 0; i < ends->n; i++) {
        uint32_t end = ends->nodes[i];
        bool open = end >= first_node && t->nodes[end].edges == 0;
        if (open && joint != ROOT) {
            t->nodes[joint].joint = true;
            lead_to(t, first_edge, end, joint);
            continue;
        }
        if (open) joint = end;
        ends->nodes[kept++] = end;
    }
    ends->n = kept;
}

static void go_by_pattern(struct table *t, struct set *at, struct slice pattern);

/* NOLINTNEXTLINE(misc-no-recursion): as deep as a phrase has brackets */
static void go_by_choice(struct table *t, struct set *at, struct slice inside)
{
    struct set ends = {.n = 0};
    struct slice choice;
    size_t first_node = t->node_count, first_edge = t->edge_count;
    while (next_alternative(&inside, &choice)) {
        struct set way = *at;
        go_by_pattern(t, &way, choice);
        for (size_t i = 0; i < way.n; i++)
            set_add(&ends, way.nodes[i]);
    }
    check(ends.n < SET_MAX);
    join_ends(t, &ends, first_node, first_edge);
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

/* "receive recieve recive" */
static void add_same(struct table *t, struct slice line)
{
    struct fold f;
    fold_text(line, &f);
    uint32_t meant = lexicon_add(&t->words, fold_word_at(&f, 0));
    for (size_t i = 1; i < f.count; i++) {
        uint32_t word = lexicon_add(&t->words, fold_word_at(&f, i));
        reserve(t, &t->same, &t->same_room, word);
        if (t->same[word]) refuse("a word that stands for two others", fold_word_at(&f, i));
        t->same[word] = meant;
    }
}

static enum phrase class_named(struct slice name)
{
    static const char *const names[] = {
#define X(name, text) text,
        PHRASE_TABLE(X)
#undef X
    };
    int i = slice_index(name, names, COUNT_OF(names));
    if (i < 0) refuse("no class of phrases", name);
    return (enum phrase)i;
}

void table_add_file(struct table *t, struct slice file)
{
    enum phrase class = PHRASE_STOP;
    bool same = false;
    struct slice line, pattern;
    while (slice_cut(&file, '\n', &line)) {
        line = slice_trim(line);
        if (line.n == 0 || line.p[0] == '#') continue;
        if (line.p[0] == '[') {
            check(line.p[line.n - 1] == ']');
            struct slice name = slice_make(line.p + 1, line.n - 2);
            same = slice_eq(name, slice_of("same"));
            if (!same) class = class_named(name);
            continue;
        }
        while (slice_cut(&line, ',', &pattern))
            if (same)
                add_same(t, pattern);
            else if (slice_trim(pattern).n)
                add_pattern(t, class, slice_trim(pattern));
    }
}

/* ---- single words ---- */

bool table_next_word(const struct table *t, uint32_t *number, struct slice *ret)
{
    *number = *number < LEXICON_FIRST ? LEXICON_FIRST : *number + 1;
    if (*number >= t->words.count) return false;
    *ret = lexicon_word(&t->words, *number);
    return true;
}

uint32_t table_classes(const struct table *t, struct slice word)
{
    uint32_t found = 0, number = lexicon_find(&t->words, word);
    for (uint32_t e = number ? first_edge(t, ROOT, number) : 0; e; e = t->edges[e].next)
        found |= t->nodes[t->edges[e].to].classes;
    return found;
}

void table_number(const struct table *t, struct fold *f)
{
    for (size_t i = 0; i < f->count; i++) {
        struct fold_word *word = &f->words[i];
        word->number = lexicon_find(&t->words, fold_word_at(f, i));
        word->also = word->number < t->same_room ? t->same[word->number] : 0;
    }
}

/* ---- finding ---- */

static void hit(struct table_hits *hits, uint32_t classes, size_t length)
{
    for (size_t c = 0; classes; c++, classes >>= 1)
        if (classes & 1) hits->lengths[c] |= (uint16_t)(1u << length);
}

/* Some words begin hundreds of phrases: looking for each in the set would cost most of a text. */
static void visit(const struct table *t, uint32_t node, struct set *to)
{
    if (t->visits[node] == t->visits[ROOT]) return;
    t->visits[node] = t->visits[ROOT];
    if (to->n < SET_MAX) to->nodes[to->n++] = node;
}

/* By that word, by what it stands for, and by any. */
static void follow(const struct table *t, uint32_t node, const struct fold_word *word,
                   struct set *to)
{
    uint32_t also = word->also ? word->also : word->number;
    for (uint32_t e = t->nodes[node].edges; e; e = t->edges[e].next) {
        uint32_t by = t->edges[e].word;
        if (by == word->number || by == also || by == ANY_WORD) visit(t, t->edges[e].to, to);
    }
}

/* The same from the root, whose edges by one word are a list of their own. */
static void follow_start(const struct table *t, uint32_t word, struct set *to)
{
    for (uint32_t e = word ? first_edge(t, ROOT, word) : 0; e; e = t->edges[e].next)
        visit(t, t->edges[e].to, to);
}

void table_find(const struct table *t, const struct fold *f, size_t at, struct table_hits *ret)
{
    *ret = (struct table_hits){{0}};
    struct set sets[2];
    sets[0].n = 0;
    for (size_t n = 1; n <= PHRASE_WORDS_MAX && at + n <= f->count; n++) {
        const struct set *from = &sets[(n + 1) % 2];
        struct set *to = &sets[n % 2];
        const struct fold_word *word = &f->words[at + n - 1];
        to->n = 0;
        t->visits[ROOT]++;
        if (n == 1) {
            follow_start(t, word->number, to);
            follow_start(t, word->also, to);
            follow_start(t, ANY_WORD, to);
        }
        for (size_t i = 0; i < from->n && n > 1; i++)
            follow(t, from->nodes[i], word, to);
        for (size_t i = 0; i < to->n; i++)
            hit(ret, t->nodes[to->nodes[i]].classes, n);
        if (to->n == 0) break;
    }
}
