/* A text is folded to words (keywords_fold.c), every phrase that begins at any word is looked up at
 * once (keywords_table.c), and the rules below decide over what was found. What people say lives in
 * src/core/words/, one file a language; no word of theirs stands here. */
#include "core/keywords.h"

#include <stdlib.h>

#include "base/check.h"
#include "core/parts.h"
#include "keywords_quoted.h"
#include "keywords_reading.h"
#include "keywords_spell.h"
#include "keywords_words.h"

enum {
    REACTION_BYTES_MAX = 160, /* of the wording around a quote */
    FIRST_LINE_BYTES_MAX = 200,
    GUESSED_WORDS_MAX = 24, /* of longer texts no spelling is guessed */
};

struct keywords {
    struct table *table;
    struct spelling *spelling;
};

static void find_all(struct reading *r)
{
    r->n = r->fold.count;
    for (size_t i = 0; i < r->n; i++) {
        table_find(r->table, &r->fold, i, &r->hits[i]);
        if (r->hits[i].lengths[PHRASE_SIGN]) r->n = i; /* "Sent from my phone" */
    }
}

static void read_text(const struct keywords *k, struct slice text, struct reading *r)
{
    r->table = k->table;
    r->text = quoted_leave_out(k->table, text);
    fold_text(r->text, &r->fold);
    table_mend(k->table, &r->fold);
    find_all(r);
}

/* ---- is it in there? ---- */

/* Which words belong to phrases of the class; the first words of others lie in them then. */
static void cover(const struct reading *r, enum phrase class, bool *covered)
{
    for (size_t i = 0; i < r->n; i++)
        for (size_t n = reading_unbroken(r, i, class); n > 0; n--)
            covered[i + n - 1] = true;
}

/* Neither its first word nor its last is covered: "please take me off" does not stand in "please take me off the
 * rota", which begins a word later. */
static bool is_within(const struct reading *r, enum phrase class, const bool *covered)
{
    for (size_t i = 0; i < r->n; i++)
        if (reading_longest(r, i, class) && !covered[i] &&
            !covered[i + reading_longest(r, i, class) - 1])
            return true;
    return false;
}

static bool has_unbroken(const struct reading *r, enum phrase class)
{
    for (size_t i = 0; i < r->n; i++)
        if (reading_unbroken(r, i, class)) return true;
    return false;
}

static bool sounds_like_stop(const struct reading *r)
{
    bool covered[FOLD_WORDS_MAX] = {false};
    if (!has_unbroken(r, PHRASE_NOT) && reading_is_whole(r, PHRASE_ALONE, false)) return true;
    cover(r, PHRASE_NOT, covered);
    if (is_within(r, PHRASE_NEAR, covered) || is_within(r, PHRASE_PLEA, covered)) return true;
    cover(r, PHRASE_MASK, covered);
    bool told = is_within(r, PHRASE_VERB, covered) || is_within(r, PHRASE_UPSET, covered);
    if (told && r->n <= REQUEST_WORDS_MAX && is_within(r, PHRASE_THING, covered)) return true;
    return is_within(r, PHRASE_WEAK, covered);
}

/* ---- reactions ---- */

/* Every word is a part of phrases of either class, and there is one. */
static bool is_made_of(const struct reading *r, enum phrase class, enum phrase other)
{
    bool covered[FOLD_WORDS_MAX] = {false};
    cover(r, class, covered);
    cover(r, other, covered);
    for (size_t i = 0; i < r->n; i++)
        if (!covered[i]) return false;
    return r->n > 0;
}

/* How phones tell of a reaction in a text: wording around what they quote, an emoji "to" it, or, of
 * a picture, wording alone. */
static bool is_reaction(const struct keywords *k, const struct reading *r)
{
    struct slice before, behind;
    if (reading_longest(r, 0, PHRASE_REACTED) == r->n && r->n > 0) return true;
    if (!quoted_around(r->text, &before, &behind)) return false;
    char outside[REACTION_BYTES_MAX];
    if (before.n + behind.n + 1 > sizeof outside) return false;
    memcpy(outside, before.p, before.n);
    outside[before.n] = ' ';
    if (behind.n) memcpy(outside + before.n + 1, behind.p, behind.n);
    struct reading around;
    read_text(k, slice_make(outside, before.n + behind.n + 1), &around);
    return is_made_of(&around, PHRASE_REACT, around.fold.emoji ? PHRASE_REACT_TO : PHRASE_REACT);
}

/* ---- what it asks for ---- */

static enum keyword recognise(const struct keywords *k, const struct reading *r, bool bare_too)
{
    if (r->fold.count == 0 && r->fold.stop_sign) return KEYWORD_STOP;
    if (is_reaction(k, r)) return KEYWORD_REACTION;
    bool turned = has_unbroken(r, PHRASE_NOT);
    if (!turned && (reading_is_whole(r, PHRASE_STOP, bare_too) || reading_is_request(r)))
        return KEYWORD_STOP;
    if (reading_is_whole(r, PHRASE_START, false)) return KEYWORD_START;
    if (reading_is_whole(r, PHRASE_HELP, false)) return KEYWORD_HELP;
    return sounds_like_stop(r) ? KEYWORD_NEAR_STOP : KEYWORD_NONE;
}

/* A line of its own that says STOP before others that say something else: a person looks. What stands above a quoted
 * text that is not known as one reads so. */
static bool begins_with_stop(const struct keywords *k, struct slice text)
{
    struct slice line = SLICE_NONE;
    struct reading r;
    while (slice_trim(line).n == 0)
        if (!slice_cut(&text, '\n', &line)) return false;
    if (text.n == 0 || line.n > FIRST_LINE_BYTES_MAX) return false;
    read_text(k, line, &r);
    return recognise(k, &r, false) == KEYWORD_STOP;
}

/* What it would be if the words that nobody knows were slips of those that are known. A guess never acts. */
static bool is_misspelt_stop(const struct keywords *k, const struct reading *r)
{
    struct reading guess;
    if (r->n > GUESSED_WORDS_MAX) return false;
    if (!spelling_guess(k->spelling, &r->fold, r->n, &guess.fold)) return false;
    guess.table = r->table;
    guess.text = r->text;
    find_all(&guess);
    enum keyword said = recognise(k, &guess, false);
    return said == KEYWORD_STOP || said == KEYWORD_NEAR_STOP;
}

static enum keyword recognise_text(const struct keywords *k, const struct reading *r)
{
    enum keyword said = recognise(k, r, true);
    bool near = said == KEYWORD_NONE && (begins_with_stop(k, r->text) || is_misspelt_stop(k, r));
    return near ? KEYWORD_NEAR_STOP : said;
}

enum keyword keywords_recognise(const struct keywords *k, struct slice text)
{
    struct reading r;
    read_text(k, text, &r);
    return recognise_text(k, &r);
}

/* ---- buttons ---- */

/* A payload is a name that somebody gave to a button: it begins with the word ("STOP_PROMOTIONS"),
 * perhaps behind "btn"; more than "thanks" may stand around it. */
static enum keyword recognise_payload(const struct keywords *k, struct slice payload)
{
    struct reading r;
    bool covered[FOLD_WORDS_MAX] = {false};
    read_text(k, payload, &r);
    cover(&r, PHRASE_NOT, covered);
    cover(&r, PHRASE_MASK, covered);
    for (size_t i = 0; i < r.n && i < 2; i++)
        if (reading_longest(&r, i, PHRASE_STOP) && !covered[i]) return KEYWORD_STOP;
    return recognise(k, &r, false);
}

/* "Cancel" and "End" on a button of our own mean what we asked: a person looks. */
enum keyword keywords_recognise_action(const struct keywords *k, struct slice payload,
                                       struct slice title)
{
    struct reading r;
    read_text(k, title, &r);
    enum keyword by_payload = recognise_payload(k, payload);
    enum keyword by_title = recognise(k, &r, false);
    if (by_payload == KEYWORD_STOP || by_title == KEYWORD_STOP) return KEYWORD_STOP;
    if (!has_unbroken(&r, PHRASE_NOT) && reading_is_whole(&r, PHRASE_STOP, true))
        return KEYWORD_NEAR_STOP;
    return by_title != KEYWORD_NONE ? by_title : by_payload;
}

/* ---- tags ---- */

/* Behind "Hi", "Sorry," and "Hello Sam,": where the answer begins. */
static size_t answer_at(const struct reading *r)
{
    size_t at = 0, n;
    while ((n = reading_longest(r, at, PHRASE_GREET)) > 0 && !reading_longest(r, at, PHRASE_YES)) {
        size_t name = at + n, known = reading_name(r, name);
        at += n;
        if (known && name + known < r->n && r->fold.words[name + known].after_pause)
            at = name + known;
    }
    return at;
}

/* The longest phrase tells: "no problem" is no "no". */
static unsigned yes_or_no(const struct reading *r, size_t at)
{
    size_t yes = reading_longest(r, at, PHRASE_YES), no = reading_longest(r, at, PHRASE_NO);
    size_t unsure = reading_longest(r, at, PHRASE_UNSURE);
    if (unsure && unsure >= yes && unsure >= no) return 0;
    if (yes || no) return yes > no ? KEYWORD_TAG_YES : KEYWORD_TAG_NO;
    if (r->fold.thumb_up != r->fold.thumb_down)
        return r->fold.thumb_up ? KEYWORD_TAG_YES : KEYWORD_TAG_NO;
    return 0;
}

static bool begins_sentence(const struct reading *r, size_t at, size_t i)
{
    bool joined = i > 0 && reading_longest(r, i - 1, PHRASE_AND) == 1 &&
                  !reading_longest(r, i - 1, PHRASE_YES);
    return i == at || r->fold.words[i].after_pause || joined;
}

/* By its mark, or by how one of its sentences begins: "alla i" asks in Welsh and "alla i ddim" is a no. */
static bool is_question(const struct reading *r, size_t at)
{
    if (r->fold.asks) return true;
    for (size_t i = at; i < r->n; i++) {
        size_t asks = begins_sentence(r, at, i) ? reading_longest(r, i, PHRASE_ASK) : 0;
        if (asks > reading_longest(r, i, PHRASE_NO) && asks > reading_longest(r, i, PHRASE_WRONG))
            return true;
    }
    return false;
}

/* "This isn't Kim", "Ik ben Kim niet": nothing but that and a name, which is written as one where other words are not. */
static bool is_not_me(const struct reading *r, size_t at)
{
    size_t n = reading_longest(r, at, PHRASE_NOT_ME), name = reading_name(r, at + n), inside = 0;
    bool small = false;
    for (size_t i = at; i < at + n; i++) {
        small |= !r->fold.words[i].capital;
        inside += i > at && i + 1 < at + n && r->fold.words[i].capital;
    }
    if (inside && at + n == r->n) return !r->fold.words[r->n - 1].capital;
    return small && name > 0 && at + n + name == r->n && !reading_longest(r, at, PHRASE_UNSURE) &&
           reading_longest(r, at, PHRASE_NO) <= n;
}

static bool has(const struct reading *r, enum phrase class)
{
    for (size_t i = 0; i < r->n; i++)
        if (reading_longest(r, i, class)) return true;
    return false;
}

static unsigned tags_of(const struct reading *r, enum keyword keyword)
{
    if (keyword == KEYWORD_STOP) return KEYWORD_TAG_MAYBE_OPT_OUT;
    if (keyword == KEYWORD_REACTION) return 0;
    size_t at = answer_at(r);
    bool wrong = has(r, PHRASE_WRONG) || is_not_me(r, at);
    unsigned tags = wrong ? KEYWORD_TAG_WRONG_NUMBER : yes_or_no(r, at);
    if (is_question(r, at)) tags |= KEYWORD_TAG_QUESTION;
    if (keyword == KEYWORD_NEAR_STOP) tags |= KEYWORD_TAG_MAYBE_OPT_OUT;
    return tags;
}

struct keywords_said keywords_look(const struct keywords *k, struct slice text)
{
    struct reading r;
    read_text(k, text, &r);
    enum keyword word = recognise_text(k, &r);
    return (struct keywords_said){.word = word, .tags = tags_of(&r, word)};
}

unsigned keywords_tags(const struct keywords *k, struct slice text)
{
    return keywords_look(k, text).tags;
}

/* ---- the words themselves ---- */

static const struct {
    enum keyword keyword;
    enum phrase class;
} further_classes[] = {
    {KEYWORD_STOP, PHRASE_STOP}, {KEYWORD_START, PHRASE_START}, {KEYWORD_HELP, PHRASE_HELP}};

struct keywords *keywords_new(void)
{
    struct keywords *k = xcalloc(1, sizeof *k);
    k->table = table_new();
    for (size_t i = 0; i < COUNT_OF(keywords_files); i++)
        table_add_file(k->table, *keywords_files[i]);
    k->spelling = spelling_new(k->table);
    return k;
}

void keywords_free(struct keywords *k)
{
    if (!k) return;
    spelling_free(k->spelling);
    table_free(k->table);
    free(k);
}

/* The whole of it is what people say all day. */
static bool is_everyday(const struct reading *r)
{
    static const enum phrase everyday[] = {PHRASE_YES, PHRASE_NO, PHRASE_PLEASE, PHRASE_FILL,
                                           PHRASE_GREET};
    for (size_t i = 0; i < COUNT_OF(everyday); i++)
        if (reading_longest(r, 0, everyday[i]) == r->n) return true;
    return false;
}

const char *keywords_refuse(const struct keywords *k, enum keyword as, struct slice phrase)
{
    struct reading r;
    struct fold as_written;
    enum keyword is = keywords_recognise(k, phrase);
    read_text(k, phrase, &r);
    fold_text(phrase, &as_written);
    if (r.n == 0 || r.n > PHRASE_WORDS_MAX) return "1 to 15 words of letters or digits";
    if (as_written.count != r.n && is != as)
        return "words that are written as a whole: letters with blanks between are read as one";
    if (has_unbroken(&r, PHRASE_NOT)) return "a phrase without a \"don't\" or a bus stop";
    if (is != as && (is == KEYWORD_STOP || is == KEYWORD_START || is == KEYWORD_HELP))
        return "a word that does not mean the opposite already";
    if (is_everyday(&r)) return "no everyday answer: whoever says it would be taken at their word";
    return NULL;
}

const char *keywords_add(struct keywords *k, enum keyword as, struct slice phrase)
{
    const char *refused = keywords_refuse(k, as, phrase);
    for (size_t i = 0; !refused && i < COUNT_OF(further_classes); i++)
        if (further_classes[i].keyword == as)
            check(table_add(k->table, further_classes[i].class, phrase));
    if (!refused && as == KEYWORD_STOP) spelling_add(k->spelling, k->table, phrase);
    return refused;
}
