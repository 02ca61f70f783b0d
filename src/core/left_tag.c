/* The text is looked through for opening signs; each says what must stand between it and its
 * closing sign. Full-width signs (｛) count as the ASCII ones that they stand for: phones with a
 * Chinese or Japanese keyboard type them. */
#include "core/left_tag.h"

#include "base/check.h"

enum {
    INSIDE_BYTES_MAX = 64, /* a longer one is no name of a field */
    NAME_BYTES_MAX = 48,
};

enum inside {
    ANYTHING, /* with a letter or a digit in it */
    NAME,     /* a letter first, then letters, digits and - _ . : */
    FIELD,    /* a column, or a name that tools give to fields */
    UNCLOSED, /* the sign alone is enough */
    ALONE,    /* the sign, and no word behind it: %s */
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
    {"{", "}", ANYTHING},
    {"*|", "|*", ANYTHING},
    {"<<", ">>", ANYTHING},
    {"<%", "%>", ANYTHING},
    {"<", ">", NAME},
    {"<", ">", FIELD},
    {"&lt;", "&gt;", NAME}, /* as a web page writes them */
    {"&lt;", "&gt;", FIELD},
    {"((", "))", NAME},
    {"((", "))", FIELD},
    {"[[", "]]", ANYTHING},
    {"[*", "*]", NAME},
    {"|", "|", FIELD},
    {"@(", ")", FIELD},
    {"[", "]", FIELD},
    {"%%", "%%", NAME},
    {"%", "%", NAME},
    {"%", "%", FIELD},
    {"%s", "", ALONE},
    {"%1$s", "", ALONE},
    {"##", "##", NAME},
    {"#", "#", FIELD},
    {"@@", "@@", NAME},
    {"$$", "$$", NAME},
    {"$", "$", FIELD},
    {"$", "", WORD},
    {"@", "", PATH},
    {"__", "__", FIELD},
    {"~", "~", FIELD},
    {"\xC2\xAB", "\xC2\xBB", FIELD},
    {"\xE2\x80\xB9", "\xE2\x80\xBA", FIELD},
};

/* What tools call their fields, in small letters and without what stands between the words. */
static const char *const fields[] = {
    "name",
    "fname",
    "lname",
    "firstname",
    "lastname",
    "fullname",
    "surname",
    "forename",
    "givenname",
    "familyname",
    "nickname",
    "preferredname",
    "title",
    "salutation",
    "email",
    "emailaddress",
    "phone",
    "phonenumber",
    "mobile",
    "number",
    "cell",
    "address",
    "street",
    "city",
    "town",
    "postcode",
    "postalcode",
    "zip",
    "zipcode",
    "state",
    "county",
    "country",
    "region",
    "ward",
    "constituency",
    "pollingplace",
    "pollingstation",
    "date",
    "time",
    "venue",
    "location",
    "place",
    "eventname",
    "eventdate",
    "eventtime",
    "groupname",
    "branchname",
    "organisation",
    "organization",
    "company",
    "link",
    "url",
    "code",
    "id",
    "amount",
    "signature",
    "sender",
    "agent",
    "organiser",
    "organizer",
    "texter",
    "field",
    "tag",
    "variable",
    "value",
    "unsubscribe",
    "unsubscribelink",
    "optout",
    "nombre",
    "primernombre",
    "apellido",
    "apellidos",
    "ciudad",
    "fecha",
    "hora",
    "lugar",
    "enlace",
    "telefono",
    "prenom",
    "nom",
    "ville",
    "heure",
    "lieu",
    "lien",
    "vorname",
    "nachname",
    "stadt",
    "ort",
    "datum",
    "uhrzeit",
    "nome",
    "cognome",
    "sobrenome",
    "cidade",
    "data",
    "ora",
    "luogo",
    "imie",
    "imi\xC4\x99",
    "nazwisko",
    "miasto",
    "voornaam",
    "achternaam",
    "naam",
    "plaats",
    "tijd",
    "enw",
    "enwcyntaf",
    "isim",
    "ad",
    "soyad",
    "prénom",
    "teléfono",
};

/* Words in front of a field's name: [contact.name], [the date]. */
static const char *const prefixes[] = {"contact",    "recipient", "user",  "member",    "person",
                                       "subscriber", "customer",  "their", "the",       "profile",
                                       "custom",     "merge",     "voter", "supporter", "fields",
                                       "data",       "texters",   "my"};

/* Words that ask whoever writes the text to put something there: [insert date here], [your group].
 */
static const char *const requests[] = {"insert", "your", "enter"};

static bool is_letter(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
}

static bool is_digit(unsigned char c)
{
    return c >= '0' && c <= '9';
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
        if (is_letter((unsigned char)s.p[i]) || is_digit((unsigned char)s.p[i])) return true;
    return false;
}

static bool is_name(struct slice s)
{
    if (s.n < 2 || !(is_letter((unsigned char)s.p[0]) || s.p[0] == '_')) return false;
    for (size_t i = 0; i < s.n; i++)
        if (!is_letter((unsigned char)s.p[i]) && !is_digit((unsigned char)s.p[i]) &&
            !strchr("-_.:", s.p[i]))
            return false;
    return true;
}

/* Small letters and digits only; 0 when it is no name. */
static size_t bare(struct slice s, char out[NAME_BYTES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (!is_letter(c) && !is_digit(c)) {
            if (!strchr(" -_.:'", (char)c)) return 0;
            continue;
        }
        if (n == NAME_BYTES_MAX) return 0;
        out[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
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

static bool is_known(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        if (slice_is(name, fields[i])) return true;
    return false;
}

static bool is_request(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(requests); i++)
        if (slice_starts(name, requests[i]) && name.n > strlen(requests[i])) return true;
    return false;
}

static struct slice without_prefix(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(prefixes); i++)
        if (slice_starts(name, prefixes[i])) return slice_from(name, strlen(prefixes[i]));
    return name;
}

/* [name|friend]: behind the bar is what stands there when the field is empty. */
static struct slice without_default(struct slice s)
{
    const char *bar = memchr(s.p, '|', s.n);
    return bar && bar != s.p ? slice_trim(slice_make(s.p, (size_t)(bar - s.p))) : s;
}

static bool is_field(struct slice s, const struct slice *columns, size_t count)
{
    char text[NAME_BYTES_MAX];
    s = without_default(s);
    struct slice name = slice_make(text, bare(s, text)), rest = without_prefix(name);
    if (name.n == 0) return false;
    return is_request(name) || is_column(name, columns, count) || is_known(name) ||
           (rest.n > 0 && (is_column(rest, columns, count) || is_known(rest)));
}

static bool fits(enum inside inside, struct slice s, const struct slice *columns, size_t count)
{
    switch (inside) {
    case UNCLOSED:
    case ALONE:
        return true;
    case ANYTHING:
        return holds_word(s);
    case NAME:
        return is_name(s);
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
    while (to < text.n && (is_letter((unsigned char)text.p[to]) ||
                           is_digit((unsigned char)text.p[to]) || strchr("_.", text.p[to])))
        to++;
    while (to > at && text.p[to - 1] == '.')
        to--;
    return to;
}

static bool ends_with_word(const struct sign *s)
{
    return s->inside == WORD || s->inside == PATH;
}

/* Links hold % # ~ _ of their own. */
static bool is_inside_link(struct slice text, size_t at)
{
    while (at > 0 && !strchr(" \n\t", text.p[at - 1]))
        if (text.p[--at] == '/') return true;
    return false;
}

static bool is_bracket(const struct sign *s)
{
    return strcmp(s->open, s->close) != 0 && s->inside != ALONE && !ends_with_word(s);
}

/* A sign that opens as it closes is one at the edge of a word: "50%off%", "7pm ~ date ~" hold none.
 */
static bool may_open(struct slice text, size_t at, const struct sign *s)
{
    if (is_bracket(s)) return true;
    unsigned char before = at ? (unsigned char)text.p[at - 1] : ' ';
    return !is_digit(before) && !(is_letter(before) && before < 0x80) &&
           (s->inside == FIELD || !is_inside_link(text, at));
}

static bool is_inside(struct slice s, const struct sign *sign, const struct slice *columns,
                      size_t count)
{
    struct slice words = slice_trim(s);
    if (!is_bracket(sign) && words.n != s.n) return false;
    return fits(sign->inside, words, columns, count);
}

static size_t tag_at(struct slice text, size_t at, const struct slice *columns, size_t count)
{
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
        const struct sign *s = &signs[i];
        size_t n = sign_bytes(text, at, s->open), to, end;
        if (n == 0 || !may_open(text, at, s)) continue;
        if (s->inside == ALONE && at + n < text.n && is_letter((unsigned char)text.p[at + n]))
            continue;
        if (ends_with_word(s))
            to = end = word_end(text, at + n);
        else if (!find_close(text, at + n, s->close, &to, &end))
            continue;
        if (is_inside(slice_make(text.p + at + n, to - at - n), s, columns, count)) return end - at;
    }
    return 0;
}

/* [bytes] of the word around the "_" at `at`, when it is a column as it stands in the list: in
 * @first_name, :first_name: or a bare first_name. No signs are needed: nobody writes so to a person,
 * but in an address (first_name@x.example, https://x.example/first_name). */
static size_t column_around(struct slice text, size_t at, const struct slice *columns, size_t count,
                            size_t *ret_from)
{
    size_t from = at, to = word_end(text, at);
    while (from > 0 && (is_letter((unsigned char)text.p[from - 1]) ||
                        is_digit((unsigned char)text.p[from - 1]) || text.p[from - 1] == '_'))
        from--;
    struct slice word = slice_make(text.p + from, to - from);
    bool address = (to < text.n && text.p[to] == '@') || is_inside_link(text, from);
    *ret_from = from;
    for (size_t i = 0; !address && i < count; i++)
        if (slice_eq(word, columns[i])) return word.n;
    return 0;
}

bool left_tag_find(struct slice text, const struct slice *columns, size_t column_count,
                   struct slice *ret)
{
    static const bool opens[256] = {
        /* the first bytes of all signs */
        ['{'] = true, ['}'] = true, ['*'] = true,  ['<'] = true,  ['['] = true, ['('] = true,
        ['|'] = true, ['%'] = true, ['#'] = true,  ['@'] = true,  ['$'] = true, ['_'] = true,
        ['~'] = true, ['&'] = true, [0xC2] = true, [0xE2] = true, [0xEF] = true};
    for (size_t at = 0; at < text.n; at++) {
        if (!opens[(unsigned char)text.p[at]]) continue;
        size_t from = at, n = tag_at(text, at, columns, column_count);
        if (n == 0 && text.p[at] == '_') n = column_around(text, at, columns, column_count, &from);
        if (n == 0) continue;
        *ret = slice_make(text.p + from, n);
        return true;
    }
    return false;
}
