#include "encoding.h"

#include <errno.h>
#include <iconv.h>

#include "io/charset.h"

/* ---- compiling */

/* Asked for once, when the description is read: a name that fails later would cost replies. */
static bool library_knows(const char *name)
{
    iconv_t converter = iconv_open("UTF-8", name);
    if (converter == (iconv_t)-1) return false;
    (void)iconv_close(converter);
    return true;
}

static int compile_name(const struct compiler *c, const struct yaml_node *n, struct encoding *ret)
{
    struct slice name = yaml_text(n);
    *ret = (struct encoding){ENCODING_LIBRARY, name.p};
    if (slice_is_nocase(name, "auto"))
        ret->kind = ENCODING_AUTO;
    else if (slice_is_nocase(name, "UTF-8"))
        ret->kind = ENCODING_UTF8;
    else if (slice_is_nocase(name, "GSM"))
        ret->kind = ENCODING_GSM;
    else if (name.n == 0 || slice_find(name, '/') >= 0 || !library_knows(name.p))
        return yaml_error(c->doc, n, ERR_INVALID, c->e,
                          "'%.*s' is no encoding; write auto, UTF-8, GSM, or one of `iconv -l`",
                          SLICE_ARG(name));
    return 0;
}

static int compile_words(const struct compiler *c, const struct yaml_node *n,
                         struct encoding_choice *choice)
{
    size_t count = yaml_count(n);
    if (yaml_kind_of(n) != YAML_MAPPING)
        return yaml_error(c->doc, n, ERR_INVALID, c->e, "expected {their_word: encoding}");
    choice->list = arena_zalloc(c->arena, sizeof *choice->list * (count + 1));
    if (!choice->list) return yaml_error(c->doc, n, ERR_LIMIT, c->e, "the description is too long");
    for (; choice->count < count; choice->count++) {
        struct encoding_word *word = &choice->list[choice->count];
        word->word = yaml_key_at(n, choice->count);
        int code = compile_name(c, yaml_at(n, choice->count), &word->encoding);
        if (code) return code;
    }
    return 0;
}

int encoding_compile(const struct compiler *c, const struct yaml_node *n,
                     struct encoding_choice *ret)
{
    static const char *const keys[] = {"by", "words", "otherwise", NULL};
    const struct yaml_node *otherwise = yaml_get(n, "otherwise");
    *ret = (struct encoding_choice){.otherwise = {ENCODING_UTF8, NULL}};
    if (!n) return 0;
    if (yaml_kind_of(n) != YAML_MAPPING) return compile_name(c, n, &ret->otherwise);
    int code = yaml_only_keys(c->doc, n, keys, c->e);
    if (!code && !yaml_get(n, "by"))
        code = yaml_error(c->doc, n, ERR_INVALID, c->e, "'by' is missing: which value says it?");
    if (!code) code = selector_compile(c, yaml_get(n, "by"), &ret->by);
    if (!code) code = compile_words(c, yaml_get(n, "words"), ret);
    if (!code && otherwise) code = compile_name(c, otherwise, &ret->otherwise);
    return code;
}

/* ---- reading */

static const char REPLACEMENT[] = "\xef\xbf\xbd";
enum { REPLACEMENT_BYTES = 3 };

/* 3GPP TS 23.038, the default alphabet; 27 leads to the other table. */
static const char *const GSM[128] = {
    "@", "£", "$",  "¥", "è", "é", "ù", "ì", "ò", "Ç", "\n", "Ø",  "ø", "\r", "Å", "å", //
    "Δ", "_", "Φ",  "Γ", "Λ", "Ω", "Π", "Ψ", "Σ", "Θ", "Ξ",  NULL, "Æ", "æ",  "ß", "É", //
    " ", "!", "\"", "#", "¤", "%", "&", "'", "(", ")", "*",  "+",  ",", "-",  ".", "/", //
    "0", "1", "2",  "3", "4", "5", "6", "7", "8", "9", ":",  ";",  "<", "=",  ">", "?", //
    "¡", "A", "B",  "C", "D", "E", "F", "G", "H", "I", "J",  "K",  "L", "M",  "N", "O", //
    "P", "Q", "R",  "S", "T", "U", "V", "W", "X", "Y", "Z",  "Ä",  "Ö", "Ñ",  "Ü", "§", //
    "¿", "a", "b",  "c", "d", "e", "f", "g", "h", "i", "j",  "k",  "l", "m",  "n", "o", //
    "p", "q", "r",  "s", "t", "u", "v", "w", "x", "y", "z",  "ä",  "ö", "ñ",  "ü", "à",
};
static const char *const GSM_ESCAPED[128] = {
    [0x0a] = "\n", [0x14] = "^", [0x28] = "{", [0x29] = "}", [0x2f] = "\\",
    [0x3c] = "[",  [0x3d] = "~", [0x3e] = "]", [0x40] = "|", [0x65] = "€",
};

/* One character, which may take two bytes; an escape to nowhere shows what stands behind it, as
 * the standard says. */
static const char *gsm_next(struct slice text, size_t *at)
{
    enum { ESCAPE = 0x1b };
    unsigned char c = (unsigned char)text.p[(*at)++];
    if (c > 127) return REPLACEMENT;
    if (c != ESCAPE) return GSM[c];
    unsigned char next = *at < text.n ? (unsigned char)text.p[*at] : ESCAPE;
    if (next > 127 || next == ESCAPE) return " ";
    (*at)++;
    return GSM_ESCAPED[next] ? GSM_ESCAPED[next] : GSM[next];
}

static struct slice read_gsm(struct slice text, struct arena *a)
{
    char *out = arena_alloc(a, text.n * REPLACEMENT_BYTES + 1);
    size_t n = 0;
    if (!out) return SLICE_NONE;
    for (size_t at = 0; at < text.n;) {
        const char *character = gsm_next(text, &at);
        size_t bytes = strlen(character);
        memcpy(out + n, character, bytes);
        n += bytes;
    }
    return slice_make(out, n);
}

/* [bytes] of the smallest unit: after a wrong one the next begins there. */
static size_t unit_of(const char *name)
{
    if (strncasecmp(name, "UTF-16", 6) == 0 || strncasecmp(name, "UCS-2", 5) == 0) return 2;
    return strncasecmp(name, "UTF-32", 6) == 0 || strncasecmp(name, "UCS-4", 5) == 0 ? 4 : 1;
}

/* *ret_wrong counts what could not be read. Any encoding gives at most 3 bytes for one (UTF-16: 3
 * for 2), and so does the mark. */
static struct slice read_library(const char *name, struct slice text, struct arena *a,
                                 size_t *ret_wrong)
{
    size_t room = text.n * REPLACEMENT_BYTES + REPLACEMENT_BYTES, left = text.n, whole = room;
    char *out = arena_alloc(a, room), *to = out, *from = (char *)text.p;
    iconv_t converter = out ? iconv_open("UTF-8", name) : (iconv_t)-1;
    *ret_wrong = 0;
    if (converter == (iconv_t)-1) return SLICE_NONE;
    while (left && room >= REPLACEMENT_BYTES) {
        if (iconv(converter, &from, &left, &to, &room) != (size_t)-1 || errno == E2BIG) break;
        size_t skipped = errno == EINVAL || left < unit_of(name) ? left : unit_of(name);
        from += skipped;
        left -= skipped;
        if (room < REPLACEMENT_BYTES) break;
        memcpy(to, REPLACEMENT, REPLACEMENT_BYTES);
        to += REPLACEMENT_BYTES;
        room -= REPLACEMENT_BYTES;
        (*ret_wrong)++;
    }
    (void)iconv_close(converter);
    return slice_make(out, whole - room);
}

/* The mark of the byte order is no part of the text. */
static struct slice without_mark(struct slice text)
{
    return slice_starts(text, "\xef\xbb\xbf") ? slice_from(text, 3) : text;
}

static struct slice read_named(const char *name, struct slice text, struct arena *a,
                               size_t *ret_wrong)
{
    bool little = strcasecmp(name, "UTF-16BE") == 0 && slice_starts(text, "\xff\xfe");
    return without_mark(read_library(little ? "UTF-16LE" : name, text, a, ret_wrong));
}

/* No phone writes control characters but these. */
static bool has_controls(struct slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == 0x7f || (c < 0x20 && c != '\t' && c != '\n' && c != '\f' && c != '\r'))
            return true;
    }
    return false;
}

/* Most scripts stand below U+2000, so that the first byte of each unit is below 0x20: that tells
 * those apart whose row is a tab or a line's end (Devanagari, Gurmukhi, Malayalam …). */
static bool is_in_low_rows(struct slice text)
{
    size_t low = 0;
    for (size_t i = 0; i < text.n; i += 2)
        low += (unsigned char)text.p[i] < 0x20;
    return low * 4 >= text.n; /* half of the units */
}

/* None: it is none, or need not be. */
static struct slice read_wide(struct slice text, bool is_utf8, struct arena *a)
{
    size_t wrong;
    if (text.n % 2 || (!has_controls(text) && (is_utf8 || !is_in_low_rows(text))))
        return SLICE_NONE;
    struct slice wide = read_named("UTF-16BE", text, a, &wrong);
    return wrong || has_controls(wide) ? SLICE_NONE : wide;
}

/* Accented letters within words, as the lists' own scan knows them: a guess, and a STOP in it counts. */
static bool looks_western(struct slice text)
{
    struct charset_scan scan;
    charset_scan_begin(&scan);
    charset_scan_feed(&scan, text);
    return charset_scan_end(&scan) == CHARSET_WINDOWS_1252;
}

static struct slice read_auto(struct slice text, struct arena *a)
{
    size_t wrong;
    bool is_utf8 = slice_is_utf8(text, NULL);
    struct slice wide = read_wide(text, is_utf8, a);
    if (wide.n) return wide;
    if (is_utf8 || !looks_western(text)) return text;
    return read_named(charset_name(CHARSET_WINDOWS_1252), text, a, &wrong);
}

static const struct encoding *choose(const struct encoding_choice *choice, const struct facts *f)
{
    for (size_t i = 0; i < choice->by.count; i++) {
        struct slice word = selector_read(&(struct selector_list){&choice->by.list[i], 1}, f);
        for (size_t k = 0; word.n && k < choice->count; k++)
            if (slice_eq_nocase(word, choice->list[k].word)) return &choice->list[k].encoding;
    }
    return &choice->otherwise;
}

struct slice encoding_read(const struct encoding_choice *choice, struct slice text,
                           const struct facts *f)
{
    const struct encoding *encoding = choose(choice, f);
    size_t wrong;
    if (text.n == 0) return text;
    switch (encoding->kind) {
    case ENCODING_AUTO:
        return read_auto(text, f->arena);
    case ENCODING_GSM:
        return read_gsm(text, f->arena);
    case ENCODING_LIBRARY:
        return read_named(encoding->name, text, f->arena, &wrong);
    case ENCODING_UTF8:
        break;
    }
    return text;
}
