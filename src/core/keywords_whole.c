/* Is the whole message that? Its words are gone through once, and what stood before each is kept in a few bits. */
#include "base/check.h"
#include "keywords_reading.h"

static unsigned lengths(const struct reading *r, size_t at, enum phrase class)
{
    return at < r->n ? r->hits[at].lengths[class] : 0;
}

size_t reading_longest(const struct reading *r, size_t at, enum phrase class)
{
    unsigned bits = lengths(r, at, class);
    for (size_t n = PHRASE_WORDS_MAX; bits && n > 0; n--)
        if ((bits & 1u << n) && at + n <= r->n) return n;
    return 0;
}

size_t reading_unbroken(const struct reading *r, size_t at, enum phrase class)
{
    size_t n = reading_longest(r, at, class);
    for (size_t i = at + 1; i < at + n; i++)
        if (r->fold.words[i].after_pause) return 0;
    return n;
}

/* What stood in a message up to some word. */
enum {
    SAID = 1,  /* one of what is looked for */
    BARE = 2,  /* a bare word, beside which only "please" may stand */
    OTHER = 4, /* courtesy beyond "please" */
    STATES = 8,
};

static bool is_number(struct slice word)
{
    for (size_t i = 0; i < word.n; i++)
        if (word.p[i] < '0' || word.p[i] > '9') return false;
    return word.n >= 4; /* a short code; "stop 7" is a bus stop */
}

static bool is_name(const struct reading *r, size_t at)
{
    return at < r->n && r->fold.words[at].capital && !is_number(fold_word_at(&r->fold, at));
}

size_t reading_name(const struct reading *r, size_t at)
{
    size_t n = 0;
    while (n < 3 && is_name(r, at + n) && (n == 0 || !r->fold.words[at + n].after_pause))
        n++;
    return n;
}

struct whole {
    const struct reading *r;
    enum phrase class;
    unsigned char *reached; /* at each word: bits of 1 << state */
};

static void reach(struct whole *w, size_t at, unsigned from, unsigned add)
{
    for (unsigned state = 0; state < STATES; state++)
        if (from & 1u << state) w->reached[at] |= (unsigned char)(1u << (state | add));
}

static void step_over(struct whole *w, size_t at, enum phrase class, unsigned from, unsigned add)
{
    unsigned bits = lengths(w->r, at, class);
    /* A plea goes to a person, even where a pattern of STOP covers the same words. */
    if (class == PHRASE_STOP) bits &= ~lengths(w->r, at, PHRASE_PLEA);
    for (size_t n = 1; bits >> n && at + n <= w->r->n; n++)
        if (bits & 1u << n) reach(w, at + n, from, add);
}

enum { NOT_BARE = 0x33, HAS_SAID = 0xAA }; /* states without BARE, and with SAID */

/* A name with its titles, in as many pieces as it is written in, up to the end: "Dr. P. Iyer, MBBS". Only where letters
 * come in two cases does a capital say that it is one. 0 = more stands there. */
static size_t names_to_end(const struct reading *r, size_t at)
{
    enum { NAMES_MAX = 6, LEAD_OF_HEBREW = 0xD7 };
    for (size_t i = at; i < r->n; i++) {
        unsigned char lead = (unsigned char)r->fold.text[r->fold.words[i].at];
        if (!is_name(r, i) || lead >= LEAD_OF_HEBREW) return 0;
    }
    return r->n - at <= NAMES_MAX ? r->n - at : 0;
}

/* "Hi Sam, …": up to two words that are no phrase, before a pause or what is looked for. */
static void step_over_greeted(struct whole *w, size_t at, unsigned from)
{
    size_t n = reading_longest(w->r, at, PHRASE_GREET);
    if (n == 0) return;
    reach(w, at + n, from, OTHER);
    size_t name = reading_name(w->r, at + n);
    for (size_t i = 1; i <= name; i++)
        reach(w, at + n + i, from, OTHER);
    if (at + n < w->r->n && w->r->fold.words[at + n].after_pause && names_to_end(w->r, at + n))
        reach(w, w->r->n, from & HAS_SAID, OTHER);
}

/* "… Thanks Kim", "STOP, Kim", "STOP\nKim Jones" */
static void step_over_name(struct whole *w, size_t at, unsigned from)
{
    size_t n = reading_name(w->r, at);
    bool apart = at > 0 && at < w->r->n && w->r->fold.words[at].after_pause;
    if (apart && n > 0 && at + n == w->r->n) reach(w, w->r->n, from & HAS_SAID, OTHER);
}

/* A verb and a thing among small words, from one word up to another. */
static bool asks_within(const struct reading *r, size_t at, size_t to)
{
    enum { VERB = 1, THING = 2, BOTH = 3 };
    static const struct {
        enum phrase class;
        unsigned adds;
    } steps[] = {{PHRASE_VERB, VERB}, {PHRASE_THING, THING}, {PHRASE_GLUE, 0},
                 {PHRASE_PLEASE, 0},  {PHRASE_FILL, 0},      {PHRASE_GREET, 0}};
    unsigned char reached[FOLD_WORDS_MAX + 1] = {0};
    struct whole w = {.r = r, .reached = reached};
    if (to - at > REQUEST_WORDS_MAX) return false;
    reached[at] = 1;
    for (size_t i = at; i < to; i++)
        for (size_t s = 0; reached[i] && s < COUNT_OF(steps); s++)
            step_over(&w, i, steps[s].class, reached[i], steps[s].adds);
    return reached[to] & 1u << BOTH;
}

/* ---- what is said between two pauses ---- */

static size_t clause_end(const struct reading *r, size_t at)
{
    size_t to = at + 1;
    while (to < r->n && !r->fold.words[to].after_pause)
        to++;
    return to;
}

static bool has_within(const struct reading *r, size_t at, size_t to, enum phrase class)
{
    for (size_t i = at; i < to; i++)
        if (lengths(r, i, class) && i + reading_longest(r, i, class) <= to) return true;
    return false;
}

/* It would be a near-stop if it were all. */
static bool pleads_within(const struct reading *r, size_t at, size_t to)
{
    if (to - at > REQUEST_WORDS_MAX) return false;
    if (reading_longest(r, at, PHRASE_ALONE) == to - at) return true;
    if (has_within(r, at, to, PHRASE_NEAR) || has_within(r, at, to, PHRASE_PLEA)) return true;
    return has_within(r, at, to, PHRASE_UPSET) && has_within(r, at, to, PHRASE_THING);
}

/* "Who gave you my number? Take me off your list": beside what acts, what sounds like it leaves no doubt. */
static void step_over_clause(struct whole *w, size_t at, unsigned from)
{
    if (at > 0 && !w->r->fold.words[at].after_pause) return;
    size_t to = clause_end(w->r, at);
    if (to - at == w->r->n) return; /* the whole text, which is asked all of it elsewhere */
    if (asks_within(w->r, at, to)) reach(w, to, from, SAID);
    if (pleads_within(w->r, at, to)) reach(w, to, from, OTHER);
}

static void step(struct whole *w, size_t at)
{
    unsigned from = w->reached[at];
    step_over(w, at, w->class, from, SAID);
    if (w->class == PHRASE_STOP) step_over(w, at, PHRASE_BARE, from & NOT_BARE, BARE);
    step_over(w, at, PHRASE_PLEASE, from, 0);
    step_over(w, at, PHRASE_FILL, from, OTHER);
    step_over(w, at, PHRASE_PLEA, from, OTHER);
    step_over_greeted(w, at, from);
    step_over_name(w, at, from);
    if (w->class == PHRASE_STOP) step_over_clause(w, at, from);
    if (is_number(fold_word_at(&w->r->fold, at))) reach(w, at + 1, from, 0);
}

bool reading_is_whole(const struct reading *r, enum phrase class, bool bare_too)
{
    unsigned char reached[FOLD_WORDS_MAX + 1] = {0};
    struct whole w = {.r = r, .class = class, .reached = reached};
    reached[0] = 1u << 0;
    for (size_t i = 0; i < r->n; i++)
        if (reached[i]) step(&w, i);
    unsigned end = reached[r->n];
    return (end & HAS_SAID) || (bare_too && (end & 1u << BARE));
}

bool reading_is_request(const struct reading *r)
{
    return asks_within(r, 0, r->n);
}
