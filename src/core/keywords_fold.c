/* One code point at a time, so that a word still knows how it was written. */
#include "core/keywords.h"
#include "keywords_fold.h"

#include <stdlib.h>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>

#include "base/ascii.h"
#include "base/check.h"
#include "core/parts.h"
#include "core/unseen.h"

enum { DEPTH_MAX = 4, VIRAMA_CLASS = 9 };

struct folding {
    struct fold *f;
    struct slice text;
    size_t pos;   /* behind the code point at hand */
    bool open;    /* the last word goes on */
    bool pause;   /* since the last word */
    bool blank;   /* before the code point at hand */
    bool capital; /* of the code point at hand */
    bool alone;   /* the last letter is a word of its own */
    bool ending;  /* in the brackets of "polubił(a)": one word, and nobody drew breath */
};

/* ---- letters that are one to whoever writes them ---- */

struct same_letter {
    uint32_t from;
    const char *to;
};

static const struct same_letter same_letters[] = {
    {0xE6, "ae"}, {0xF0, "d"},  {0xF8, "o"},       {0xFE, "th"}, {0x111, "d"},
    {0x131, "i"}, {0x142, "l"}, {0x153, "oe"},     {0x3C2, "σ"}, {0x491, "г"},
    {0x621, ""},  {0x629, "ه"}, {0x640, ""},       {0x649, "ي"}, {0x671, "ا"},
    {0x6A9, "ك"}, {0x6BA, "ن"}, {0x6BE, "ه"},      {0x6C1, "ه"}, {0x6C3, "ه"},
    {0x6CC, "ي"}, {0x6D5, "ه"}, {0x901, "\u0902"}, {0x981, ""},  {0xA02, "\u0A70"},
};

static const char *same_letter(uint32_t cp)
{
    size_t low = 0, high = COUNT_OF(same_letters);
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (same_letters[mid].from == cp) return same_letters[mid].to;
        if (same_letters[mid].from < cp)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* ---- writing words ---- */

/* The Arabic plural's last letter is not spoken, and in chats as often not written: "احذفوا", "احذفو". */
static void end_word(struct fold *f)
{
    enum { LETTER = 2, SHORT = 3 * LETTER };
    if (f->count == 0) return;
    struct fold_word *last = &f->words[f->count - 1];
    if (last->n <= SHORT || !slice_ends(fold_word_at(f, f->count - 1), "وا")) return;
    last->n -= LETTER;
    f->bytes -= LETTER;
}

static bool begin_word(struct folding *g)
{
    struct fold *f = g->f;
    if (f->count == FOLD_WORDS_MAX) return false;
    end_word(f);
    f->words[f->count++] = (struct fold_word){
        .at = (uint16_t)f->bytes, .capital = g->capital, .after_pause = g->pause};
    g->open = true;
    g->pause = g->blank = false;
    return true;
}

static void write_bytes(struct folding *g, const char *p, size_t n)
{
    struct fold *f = g->f;
    if (n == 0 || f->bytes + n > FOLD_BYTES_MAX) return;
    if (!g->open && !begin_word(g)) return;
    memcpy(f->text + f->bytes, p, n);
    f->bytes += n;
    f->words[f->count - 1].n = (uint16_t)(f->words[f->count - 1].n + n);
}

static void write_code_point(struct folding *g, uint32_t cp)
{
    if (cp < 0x80) {
        write_bytes(g, (char[]){(char)cp}, 1);
        return;
    }
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    char out[4];
    unsigned more = cp < 0x800 ? 1 : cp < 0x10000 ? 2 : 3, n = 0;
    out[n++] = (char)(lead[more] | cp >> 6 * more);
    while (more-- > 0)
        out[n++] = (char)(0x80 | (cp >> 6 * more & 0x3F));
    write_bytes(g, out, n);
}

/* ---- one code point ---- */

static bool is_apostrophe(uint32_t cp)
{
    return cp == '\'' || cp == '`' || cp == 0xB4 || cp == 0x2018 || cp == 0x2019 || cp == 0x2032 ||
           (cp >= 0x2B9 && cp <= 0x2BF) || cp == 0x5F3 || cp == 0x5F4;
}

/* Accents, points and nuktas have a combining class, vowel signs have none; a virama changes what
 * is said. */
static bool is_unseen(uint32_t cp)
{
    int class = uc_combining_class(cp);
    return (class > 0 && class != VIRAMA_CLASS) || letter_is_ignorable(cp);
}

/* Scripts that are written without blanks between words: Thai, Lao, Burmese, Khmer, Japanese,
 * Chinese. Each of their letters is a word, so that a phrase is found in the middle of a text. */
static bool stands_alone(uint32_t cp)
{
    static const uint32_t scripts[][2] = {{0xE00, 0xEFF},   {0x1000, 0x109F}, {0x1780, 0x17FF},
                                          {0x3005, 0x30FF}, {0x31F0, 0x31FF}, {0x3400, 0x4DBF},
                                          {0x4E00, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x3FFFF}};
    for (size_t i = 0; i < COUNT_OF(scripts) && cp >= scripts[i][0]; i++)
        if (cp <= scripts[i][1]) return true;
    return false;
}

static void begin_letter(struct folding *g, uint32_t cp)
{
    bool alone = stands_alone(cp);
    if (alone || g->alone) g->open = false;
    g->alone = alone;
}

/* A sign between words that parts what is said; "and/or", "first_name" and a tab do not. */
static bool is_pause(uint32_t cp)
{
    return uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_P | UC_CATEGORY_MASK_Cc) &&
           cp != '_' && cp != '/' && cp != '\t';
}

static bool is_hyphen(uint32_t cp)
{
    return cp == '-' || cp == 0x2010 || cp == 0x2011;
}

static void separate(struct folding *g, uint32_t cp)
{
    bool hyphen = is_hyphen(cp) && !g->blank;
    bool ending = (cp == '(' && g->open) || (cp == ')' && g->ending);
    g->ending = ending && cp == '(';
    g->open = false;
    g->blank = cp == ' ' || cp == 0xA0 || cp == '\n';
    if (!hyphen && !ending && is_pause(cp)) g->pause = true;
    if (cp >= 0x2190 && uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_S))
        g->f->emoji = true;
}

/* cp is decomposed and of small case by now. */
static void write_folded(struct folding *g, uint32_t cp)
{
    int digit = cp < 0x80 ? -1 : uc_decimal_value(cp);
    const char *same = cp < 0x80 ? NULL : same_letter(cp);
    bool letter = uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
    if (letter && !(cp >= 0x80 && is_unseen(cp))) begin_letter(g, cp);
    if (digit >= 0)
        write_code_point(g, (uint32_t)('0' + digit));
    else if (same)
        write_bytes(g, same, strlen(same));
    else if (cp >= 0x80 && is_unseen(cp))
        return;
    else if (letter || (g->open && uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_M)))
        write_code_point(g, cp);
    else
        separate(g, cp);
}

static void add_decomposed(struct folding *g, uint32_t cp, unsigned depth);

static void add_small(struct folding *g, uint32_t cp, unsigned depth)
{
    uint32_t small[8];
    size_t n = COUNT_OF(small);
    uint32_t *folded = u32_casefold(&cp, 1, NULL, NULL, small, &n);
    if (folded != small || (n == 1 && small[0] == cp)) {
        write_folded(g, cp);
        if (folded != small) free(folded);
        return;
    }
    for (size_t i = 0; i < n; i++)
        add_decomposed(g, small[i], depth + 1);
}

static void add_decomposed(struct folding *g, uint32_t cp, unsigned depth)
{
    ucs4_t to[UC_DECOMPOSITION_MAX_LENGTH];
    int tag, n = depth < DEPTH_MAX ? uc_decomposition(cp, &tag, to) : -1;
    if (n <= 0) {
        add_small(g, cp, depth);
        return;
    }
    for (int i = 0; i < n; i++)
        add_decomposed(g, to[i], depth + 1);
}

static bool goes_on(const struct folding *g)
{
    char next = g->pos < g->text.n ? g->text.p[g->pos] : ' ';
    return (unsigned char)next >= 0x80 || ascii_is_digit(next) || ascii_is_letter(next);
}

static void notice(struct folding *g, uint32_t cp)
{
    struct fold *f = g->f;
    bool question = cp == 0x37E || cp == 0x61F || cp == 0x55E || cp == 0xFF1F || cp == 0x2753;
    if (question || (cp == '?' && !goes_on(g))) f->asks = true;
    if (cp == 0x1F44D || cp == 0x1F44C || cp == 0x2705) f->thumb_up = true;
    if (cp == 0x1F44E || cp == 0x274C) f->thumb_down = true;
    if (cp == 0x1F6D1) f->stop_sign = true;
}

static void add_ascii(struct folding *g, char c)
{
    begin_letter(g, (unsigned char)c);
    if (ascii_is_letter(c) || ascii_is_digit(c))
        write_bytes(g, (char[]){ascii_lower(c)}, 1);
    else
        separate(g, (unsigned char)c);
}

/* Letters in black discs and squares: symbols, to Unicode. */
static uint32_t letter_of_symbol(uint32_t cp)
{
    static const uint32_t first[] = {0x1F150, 0x1F170};
    for (size_t i = 0; i < COUNT_OF(first); i++)
        if (cp >= first[i] && cp < first[i] + 26) return 'a' + (cp - first[i]);
    return cp;
}

static void add(struct folding *g, uint32_t cp)
{
    notice(g, cp);
    cp = letter_of_symbol(cp);
    if (is_apostrophe(cp)) return;
    g->capital = cp < 0x80 ? !(cp >= 'a' && cp <= 'z') : !uc_is_lower(cp);
    if (cp < 0x80)
        add_ascii(g, (char)cp);
    else
        add_decomposed(g, cp, 0);
}

/* "--" alone on its line. */
static bool is_signature_line(struct slice rest)
{
    struct slice line;
    if (!slice_cut(&rest, '\n', &line)) return false;
    line = slice_trim(line);
    size_t n = 0;
    while (n < line.n && (line.p[n] == '-' || line.p[n] == '_'))
        n++;
    return n >= 2 && n == line.n;
}

/* Where the line at `at` ends if it is one that a program quotes ("> Hi Kim"), else `at`. */
static size_t behind_quoted_line(struct slice text, size_t at)
{
    if (at == text.n || text.p[at] != '>') return at;
    const char *end = memchr(text.p + at, '\n', text.n - at);
    return end ? (size_t)(end - text.p) : text.n;
}

/* The letters that go on a word that is open: most of most texts, and nothing is to be asked of them. */
static void add_rest_of_word(struct folding *g)
{
    struct fold *f = g->f;
    size_t from = f->bytes;
    while (g->pos < g->text.n && f->bytes + 4 < FOLD_BYTES_MAX) {
        char c = g->text.p[g->pos];
        if (!ascii_is_letter(c) && !ascii_is_digit(c)) break;
        f->text[f->bytes++] = ascii_lower(c);
        g->pos++;
    }
    f->words[f->count - 1].n = (uint16_t)(f->words[f->count - 1].n + (f->bytes - from));
}

void fold_text(struct slice text, struct fold *f)
{
    f->bytes = f->count = 0;
    f->asks = f->thumb_up = f->thumb_down = f->stop_sign = f->emoji = false;
    struct folding g = {.f = f, .text = text};
    while (g.pos < text.n && f->bytes + 4 < FOLD_BYTES_MAX && f->count < FOLD_WORDS_MAX) {
        uint32_t cp = parts_next_code_point(text, &g.pos);
        add(&g, cp);
        if (g.open && !g.alone && cp < 0x80) add_rest_of_word(&g);
        if (cp == '\n' && is_signature_line(slice_from(text, g.pos))) break;
        if (cp == '\n' && f->count > 0) g.pos = behind_quoted_line(text, g.pos);
    }
    end_word(f);
}

struct slice fold_word_at(const struct fold *f, size_t i)
{
    return slice_make(f->text + f->words[i].at, f->words[i].n);
}

struct slice keywords_plain(struct slice text, char out[KEYWORDS_PLAIN_BYTES])
{
    struct fold f;
    size_t n = 0;
    fold_text(text, &f);
    for (size_t i = 0; i < f.count; i++) {
        struct slice word = fold_word_at(&f, i);
        if (n + word.n + 1 > KEYWORDS_PLAIN_BYTES) return SLICE_NONE;
        if (i) out[n++] = ' ';
        memcpy(out + n, word.p, word.n);
        n += word.n;
    }
    return slice_make(out, n);
}
