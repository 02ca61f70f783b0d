/* The text is looked through for opening signs; each says what must stand between it and its
 * closing sign. Full-width signs (｛) count as the ASCII ones that they stand for: phones with a
 * Chinese or Japanese keyboard type them. */
#include "core/left_tag.h"

#include "base/ascii.h"
#include "base/check.h"
#include "left_tag_fields.h"

enum {
    INSIDE_BYTES_MAX = 64, /* a longer one is no name of a field */
    NAME_BYTES_MAX = 48,
};

enum inside {
    ANYTHING, /* with a letter or a digit in it */
    BRACED,   /* the same, and no {smile} */
    NAME,     /* a letter first, then letters, digits and - _ . : */
    FIELD,    /* a column, or a name that tools give to fields */
    UNCLOSED, /* the sign alone is enough */
    ALONE,    /* the sign, and no word behind it: %s */
    TITLE,    /* two words of a field's name as a form has it: (First Name) */
    ENTITY,   /* a character as a web page writes it: &amp; */
    WORD,     /* a FIELD that ends where its word ends: $first_name */
    PATH,     /* the same, with a dot in it: @contact.name; without one it is somebody's handle */
};

struct sign {
    const char *open, *close;
    enum inside inside;
};

/* The first one that fits counts, so longer ones come first. */
static const struct sign signs[] = {
    {"{{", "", UNCLOSED},
    {"}}", "", UNCLOSED},
    {"{", "}", BRACED},
    {"*|", "|*", ANYTHING},
    {"<<", ">>", ANYTHING},
    {"<%", "%>", ANYTHING},
    {"<#", "#>", ANYTHING},
    {"<", ">", NAME},
    {"<", ">", FIELD},
    {"&lt;", "&gt;", NAME}, /* as a web page writes them */
    {"&lt;", "&gt;", FIELD},
    {"</", ">", ANYTHING},
    {"&", ";", ENTITY},
    {"((", "))", NAME},
    {"((", "))", FIELD},
    {"[[", "]]", ANYTHING},
    {"[*", "*]", NAME},
    {"|", "|", FIELD},
    {"@(", ")", FIELD},
    {"[", "]", FIELD},
    {"(", ")", TITLE},
    {"*", "*", TITLE},
    {"\xE3\x80\x8A", "\xE3\x80\x8B", FIELD}, /* of East Asia */
    {"\xE3\x80\x88", "\xE3\x80\x89", FIELD},
    {"\xE3\x80\x8C", "\xE3\x80\x8D", FIELD},
    {"\xE3\x80\x8E", "\xE3\x80\x8F", FIELD},
    {"\xE3\x80\x90", "\xE3\x80\x91", FIELD},
    {"\xE2\x9F\xA8", "\xE2\x9F\xA9", FIELD}, /* angles of mathematics */
    {"\xE2\x9F\xAA", "\xE2\x9F\xAB", FIELD},
    {"%%[", "", UNCLOSED}, /* a program in a text */
    {"%%=", "=%%", ANYTHING},
    {"%%", "%%", NAME},
    {"%", "%", NAME},
    {"%", "%", FIELD},
    {"%s", "", ALONE},
    {"%d", "", ALONE},
    {"%1$s", "", ALONE},
    {"%", "", WORD},
    {"##", "##", NAME},
    {"#", "#", FIELD},
    {"@@", "@@", NAME},
    {"$$", "$$", NAME},
    {"$", "$", FIELD},
    {"$!", "", WORD},
    {"$", "", WORD},
    {"@", "@", FIELD},
    {"@", "", PATH},
    {"^", "^", FIELD},
    {"!", "!", FIELD},
    {"=", "=", FIELD},
    {"+", "+", FIELD},
    {"&", "&", FIELD},
    {":", ":", FIELD},
    {";", ";", FIELD},
    {"`", "`", FIELD},
    {"\\", "\\", FIELD},
    {"__", "__", FIELD},
    {"~", "~", FIELD},
    {"\xC2\xAB", "\xC2\xBB", FIELD},
    {"\xE2\x80\xB9", "\xE2\x80\xBA", FIELD},
};

static bool is_letter(unsigned char c)
{
    return ascii_is_letter((char)c) || c >= 0x80;
}

/* The ASCII character at text.p[at], full-width ones (U+FF01 to U+FF5E, three bytes) included; 0 at
 * the end. */
static char sign_at(struct slice text, size_t at, size_t *ret_bytes)
{
    *ret_bytes = 1;
    if (at >= text.n) return '\0';
    const unsigned char *p = (const unsigned char *)text.p + at;
    if (p[0] != 0xEF || at + 2 >= text.n || (p[1] != 0xBC && p[1] != 0xBD)) return (char)p[0];
    unsigned wide = (p[1] - 0xBCu) * 64 + (p[2] - 0x80u); /* from U+FF00 */
    if (wide < 1 || wide > 0x5E) return (char)p[0];
    *ret_bytes = 3;
    return (char)(wide + 0x20);
}

/* How many bytes the sign takes at `at`; 0 = it does not stand there. */
static size_t sign_bytes(struct slice text, size_t at, const char *sign)
{
    size_t from = at, bytes;
    for (; *sign; sign++, at += bytes)
        if (sign_at(text, at, &bytes) != *sign) return 0;
    return at - from;
}

/* ---- what stands inside ---- */

static bool holds_word(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (is_letter((unsigned char)s.p[i]) || ascii_is_digit(s.p[i])) return true;
    return false;
}

static bool is_name(struct slice s)
{
    if (s.n < 2 || !(is_letter((unsigned char)s.p[0]) || s.p[0] == '_')) return false;
    for (size_t i = 0; i < s.n; i++)
        if (!is_letter((unsigned char)s.p[i]) && !ascii_is_digit(s.p[i]) && !strchr("-_.:", s.p[i]))
            return false;
    return true;
}

/* Small letters and digits only; 0 when it is no name. */
static size_t bare(struct slice s, char out[NAME_BYTES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (!is_letter(c) && !ascii_is_digit((char)c)) {
            if (!strchr(" -_.:'", (char)c)) return 0;
            continue;
        }
        if (n == NAME_BYTES_MAX) return 0;
        out[n++] = ascii_lower((char)c);
    }
    return n;
}

static bool is_column(struct slice name, const struct slice *columns, size_t count)
{
    char column[NAME_BYTES_MAX];
    for (size_t i = 0; i < count; i++)
        if (slice_eq(name, slice_make(column, bare(columns[i], column)))) return true;
    return false;
}

/* [name|friend], [name,fallback=friend]: what stands there when the field is empty. */
static struct slice without_default(struct slice s)
{
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] == '|' || s.p[i] == ',') return slice_trim(slice_make(s.p, i));
    return s;
}

static bool is_one_field(struct slice s, const struct slice *columns, size_t count)
{
    char text[NAME_BYTES_MAX];
    struct slice name = slice_make(text, bare(s, text)), rest = field_without_prefix(name);
    if (name.n == 0) return false;
    return field_is_asked_for(name) || is_column(name, columns, count) || field_is_known(name) ||
           (rest.n > 0 && (is_column(rest, columns, count) || field_is_known(rest)));
}

/* [date/time], [name/friend]: each part is one, or what stands there when the one before is empty. "[Time/date change]" and "[day/night]"
 * are words. */
static bool is_field(struct slice s, const struct slice *columns, size_t count)
{
    static const char *const defaults[] = {"friend", "neighbour", "neighbor", "comrade", "there"};
    struct slice part;
    s = without_default(s);
    if (s.n == 0) return false;
    for (size_t parts = 0; slice_cut(&s, '/', &part); parts++) {
        part = slice_trim(part);
        bool is_default = false;
        for (size_t i = 0; parts && i < COUNT_OF(defaults); i++)
            is_default |= slice_is_nocase(part, defaults[i]);
        if (!is_default && !is_one_field(part, columns, count)) return false;
    }
    return true;
}

/* "(First Name)": somebody may well write "(first name)". And "(insert link)", "(LINK HERE)". */
static bool is_title(struct slice s)
{
    char text[NAME_BYTES_MAX];
    bool capital = s.n > 0 && ascii_is_upper(s.p[0]);
    struct slice name = slice_make(text, bare(s, text));
    if (slice_starts(name, "insert") && field_is_known(slice_from(name, strlen("insert"))))
        return true;
    if (s.n > 1 && capital && ascii_is_upper(s.p[s.n - 1]) && slice_ends(name, "here"))
        return field_is_asked_for(name);
    return capital && field_is_coded(name);
}

static bool fits(enum inside inside, struct slice s, const struct slice *columns, size_t count)
{
    switch (inside) {
    case UNCLOSED:
    case ALONE:
        return true;
    case ANYTHING:
        return holds_word(s);
    case BRACED:
        return holds_word(s) && !field_is_gesture(s);
    case NAME:
        return is_name(s);
    case TITLE:
        return is_title(s);
    case ENTITY:
        return entity_is_known(s);
    case FIELD:
    case WORD:
        return is_field(s, columns, count);
    case PATH:
        return memchr(s.p, '.', s.n) && is_field(s, columns, count);
    }
    return false;
}

/* ---- where it ends ---- */

/* Whether the sign closes behind `at`; *ret_to is where it begins to. */
static bool find_close(struct slice text, size_t at, const char *close, size_t *ret_to,
                       size_t *ret_end)
{
    for (size_t to = at; to <= text.n && to - at <= INSIDE_BYTES_MAX; to++) {
        if (to < text.n && text.p[to] == '\n') return false;
        size_t n = *close ? sign_bytes(text, to, close) : 0;
        if (*close && n == 0) continue;
        *ret_to = to;
        *ret_end = to + n;
        return true;
    }
    return false;
}

/* Where the word at `at` ends: a full stop behind it ends the sentence. */
static size_t word_end(struct slice text, size_t at)
{
    size_t to = at;
    while (to < text.n && (is_letter((unsigned char)text.p[to]) || ascii_is_digit(text.p[to]) ||
                           strchr("_.", text.p[to])))
        to++;
    while (to > at && text.p[to - 1] == '.')
        to--;
    return to;
}

static bool ends_with_word(const struct sign *s)
{
    return s->inside == WORD || s->inside == PATH;
}

/* A walk over a text. */
struct look {
    struct slice text;
    const struct slice *columns;
    size_t column_count;
    size_t blank,
        slash; /* behind the last blank and the last slash before what is looked at; 0 = none */
    size_t word_end; /* of the last word that was looked at */
};

/* Links hold % # ~ _ of their own. */
static bool is_inside_link(const struct look *l, size_t at)
{
    return l->slash > l->blank && l->slash <= at;
}

static bool is_bracket(const struct sign *s)
{
    return strcmp(s->open, s->close) != 0 && s->inside != ALONE && !ends_with_word(s);
}

/* A sign that opens as it closes is one at the edge of a word: "50%off%", "7pm ~ date ~" hold none.
 */
static bool may_open(const struct look *l, size_t at, const struct sign *s)
{
    if (is_bracket(s)) return true;
    unsigned char before = at ? (unsigned char)l->text.p[at - 1] : ' ';
    return !ascii_is_digit((char)before) && !(is_letter(before) && before < 0x80) &&
           (s->inside == FIELD || !is_inside_link(l, at));
}

static bool is_inside(struct slice s, const struct sign *sign, const struct slice *columns,
                      size_t count)
{
    struct slice words = slice_trim(s);
    if (!is_bracket(sign) && words.n != s.n) return false;
    return fits(sign->inside, words, columns, count);
}

static size_t tag_at(const struct look *l, size_t at)
{
    struct slice text = l->text;
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        const struct sign *s = &signs[i];
        size_t n = sign_bytes(text, at, s->open), to, end;
        if (n == 0 || !may_open(l, at, s)) continue;
        if (s->inside == ALONE && at + n < text.n && is_letter((unsigned char)text.p[at + n]))
            continue;
        if (ends_with_word(s))
            to = end = word_end(text, at + n);
        else if (!find_close(text, at + n, s->close, &to, &end))
            continue;
        if (is_inside(slice_make(text.p + at + n, to - at - n), s, l->columns, l->column_count))
            return end - at;
    }
    return 0;
}

bool left_tag_is_of_word(char c)
{
    return is_letter((unsigned char)c) || ascii_is_digit(c) || c == '_';
}

/* "your first_name", "reply FIRSTNAME": somebody is asked for it. */
static bool is_asked_for(struct slice text, size_t from)
{
    size_t to = from;
    while (to > 0 && text.p[to - 1] == ' ')
        to--;
    for (from = to;
         from > 0 && to - from < NAME_BYTES_MAX && is_letter((unsigned char)text.p[from - 1]);)
        from--;
    return field_is_asked_after(slice_make(text.p + from, to - from));
}

/* A name that only programs write, in no signs at all: FirstName, first_name, FNAME. */
static bool is_coded(struct slice text, size_t from, struct slice word)
{
    char name[NAME_BYTES_MAX];
    bool mixed = false;
    if (!field_may_be_coded(word) || !field_is_coded(slice_make(name, bare(word, name))))
        return false;
    for (size_t i = 1; i < word.n; i++)
        mixed |= word.p[i] == '_' || (ascii_is_upper(word.p[i]) && word.p[i - 1] >= 'a');
    return mixed || !is_asked_for(text, from);
}

/* _first_name_: signs of a text that stands out are no part of it. */
static struct slice without_rules(struct slice word)
{
    while (word.n && word.p[0] == '_')
        word = slice_from(word, 1);
    while (word.n && word.p[word.n - 1] == '_')
        word.n--;
    return word;
}

/* [bytes] of the word at `at`, when it is a column with a "_" in it as it stands in the list, or a name that only
 * programs write: in @first_name, :first_name: or a bare first_name. No signs are needed: nobody writes so to a person,
 * but in an address (first_name@x.example, https://x.example/first_name). */
static size_t word_is_tag(struct look *l, size_t at)
{
    size_t to = at;
    while (to < l->text.n && left_tag_is_of_word(l->text.p[to]))
        to++;
    l->word_end = to;
    struct slice whole = slice_make(l->text.p + at, to - at), word = without_rules(whole);
    if ((to < l->text.n && l->text.p[to] == '@' && to + 1 < l->text.n &&
         left_tag_is_of_word(l->text.p[to + 1])) ||
        is_inside_link(l, at))
        return 0;
    bool joined = word.n && memchr(word.p, '_', word.n), column = false;
    for (size_t i = 0; joined && !column && i < l->column_count; i++)
        column = slice_eq(word, l->columns[i]);
    return column || is_coded(l->text, at, word) ? whole.n : 0;
}

bool left_tag_find(struct slice text, const struct slice *columns, size_t column_count,
                   struct slice *ret)
{
    static const bool opens[256] = {
        /* the first bytes of all signs */
        ['{'] = true,  ['}'] = true, ['*'] = true, ['<'] = true,  ['['] = true,  ['('] = true,
        ['|'] = true,  ['%'] = true, ['#'] = true, ['@'] = true,  ['$'] = true,  ['_'] = true,
        ['~'] = true,  ['&'] = true, ['^'] = true, ['!'] = true,  ['='] = true,  ['+'] = true,
        [':'] = true,  [';'] = true, ['`'] = true, ['\\'] = true, [0xC2] = true, [0xE2] = true,
        [0xE3] = true, [0xEF] = true};
    static const bool begins[256] = {/* what was forgotten */
                                     ['H'] = true, ['D'] = true, ['M'] = true, ['Y'] = true,
                                     ['u'] = true, ['n'] = true, ['N'] = true, ['I'] = true};
    struct look l = {.text = text, .columns = columns, .column_count = column_count};
    for (size_t at = 0; at < text.n; at++) {
        unsigned char c = (unsigned char)text.p[at];
        size_t n = opens[c] ? tag_at(&l, at) : 0;
        if (n == 0 && at >= l.word_end && left_tag_is_of_word((char)c)) {
            n = word_is_tag(&l, at);
            if (n == 0 && begins[c]) n = forgotten_at(text, at);
        }
        if (c == '/') l.slash = at + 1;
        if (c == ' ' || c == '\n' || c == '\t') l.blank = at + 1;
        if (n == 0) continue;
        *ret = slice_make(text.p + at, n);
        return true;
    }
    return false;
}
