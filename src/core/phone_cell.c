/* In three steps. The cell becomes a *sketch*: one byte for each character, in which all blanks are
 * a blank, all dashes a dash, digits of any script ASCII digits, letters of other scripts one mark.
 * Then what stands around a number goes: apostrophe, quotes, ="…", "tel:". Then the forms that
 * spreadsheets give to numbers are looked for, and what is left must be digits with signs between
 * them that people put there.
 *
 * Why not leave it to the plan's parser: that one is kind. It dials letters as on a keypad, drops
 * what follows a second number and reads ".0" as one more digit. */
#include "core/phone_cell.h"
#include "phone_american.h"
#include "phone_range.h"
#include "phone_shape.h"

#include "base/ascii.h"

#include <unictype.h>
#include <unistr.h>

enum {
    SKETCH_MAX = 256,
    LONG_RUN = 6, /* digits that may be a number of their own */
    /* digits without a plus that end in six zeros: one number in a million does, and every number
     * that a spreadsheet rounded to six places */
    ROUNDED_DIGITS = 9,
    ROUNDED_ZEROS = 6,
    DECIMALS_MAX = 3,
    LETTER = 1, /* of another script */
    OTHER = 2,  /* a sign that no number has */
};

struct sketch {
    char text[SKETCH_MAX + 1];
    const char *p; /* what is still looked at: [p, p + n), which ends with a NUL */
    size_t n;
};

/* ---- the sketch ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || c == LETTER;
}

static char sketch_ascii(char c)
{
    if (ascii_is_upper(c)) return ascii_lower(c);
    if (c == '\n' || c == '\r') return '\n';
    if (c == ' ' || c == '\t') return ' ';
    if (c == '`') return '\'';
    return c > ' ' && c < 0x7f ? c : OTHER;
}

/* Signs that stand for one of ASCII; 0: it is none of them. */
static char sketch_sign(ucs4_t c)
{
    static const struct {
        ucs4_t sign;
        char as;
    } signs[] = {{0x85, '\n'},  {0x2028, '\n'}, {0x2029, '\n'}, {0x2212, '-'},  {0x2044, '/'},
                 {0x2215, '/'}, {0xb4, '\''},   {0x2bc, '\''},  {0x2018, '\''}, {0x2019, '\''},
                 {0x201c, '"'}, {0x201d, '"'},  {0x201e, '"'}};
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (signs[i].sign == c) return signs[i].as;
    return 0;
}

/* 0 = nothing that anybody sees. */
static char sketch_char(ucs4_t c)
{
    if (c >= 0xff01 && c <= 0xff5e) c -= 0xfee0; /* full-width forms of ASCII */
    if (c < 0x80) return sketch_ascii((char)c);
    int digit = uc_decimal_value(c);
    if (digit >= 0) return (char)('0' + digit);
    if (uc_is_general_category(c, UC_FORMAT)) return 0;
    char sign = sketch_sign(c);
    if (sign) return sign;
    if (uc_is_property_white_space(c)) return ' ';
    if (uc_is_general_category(c, UC_DASH_PUNCTUATION)) return '-';
    return uc_is_general_category(c, UC_LETTER) ? LETTER : OTHER;
}

/* False when the cell is longer than any number is. */
static bool sketch_cell(struct slice cell, struct sketch *s)
{
    size_t n = 0;
    for (size_t at = 0; at < cell.n;) {
        ucs4_t c;
        int bytes = u8_mbtouc(&c, (const uint8_t *)cell.p + at, cell.n - at);
        at += (size_t)bytes;
        char mark = sketch_char(c);
        if (mark == 0) continue;
        if (n == SKETCH_MAX) return false;
        s->text[n++] = mark;
    }
    s->text[n] = '\0';
    s->p = s->text;
    s->n = n;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n';
}

static void drop_front(struct sketch *s, size_t n)
{
    s->p += n;
    s->n -= n;
}

static void drop_back(struct sketch *s, size_t n)
{
    s->n -= n;
    s->text[s->p - s->text + (long)s->n] = '\0';
}

static void trim(struct sketch *s)
{
    while (s->n && is_blank(s->p[0]))
        drop_front(s, 1);
    while (s->n && is_blank(s->p[s->n - 1]))
        drop_back(s, 1);
}

/* ---- what stands around ---- */

static bool starts(const struct sketch *s, const char *word)
{
    size_t n = strlen(word);
    return s->n >= n && memcmp(s->p, word, n) == 0;
}

static bool ends_with(const struct sketch *s, const char *word)
{
    size_t n = strlen(word);
    return s->n >= n && memcmp(s->p + s->n - n, word, n) == 0;
}

static bool strip_scheme(struct sketch *s)
{
    static const char *const schemes[] = {"tel:", "sms:", "smsto:", "whatsapp:", "callto:", "p:"};
    for (size_t i = 0; i < COUNT_OF(schemes); i++)
        if (starts(s, schemes[i])) {
            drop_front(s, strlen(schemes[i]));
            return true;
        }
    return false;
}

/* WhatsApp's own address of a person has the country's code and no plus: "wa.me/447700900123",
 * "447700900123@c.us". */
static bool strip_whatsapp(struct sketch *s)
{
    static const char *const links[] = {"https://wa.me/", "http://wa.me/", "wa.me/"};
    static const char *const ends[] = {"@c.us", "@s.whatsapp.net"};
    size_t before = s->n;
    for (size_t i = 0; i < COUNT_OF(links); i++)
        if (starts(s, links[i])) drop_front(s, strlen(links[i]));
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (ends_with(s, ends[i])) drop_back(s, strlen(ends[i]));
    if (s->n == before || s->n == 0 || s->p[0] == '+') return s->n != before;
    memmove(s->text + 1, s->p, s->n + 1);
    s->text[0] = '+';
    s->p = s->text;
    s->n++;
    return true;
}

static bool strip_quotes(struct sketch *s)
{
    if (s->n < 2 || s->p[0] != '"' || s->p[s->n - 1] != '"') return false;
    drop_front(s, 1);
    drop_back(s, 1);
    return true;
}

/* ="…" and =+447700900123 hold the number itself; other formulas do not. */
static bool strip_equals(struct sketch *s)
{
    if (s->n < 2 || s->p[0] != '=') return false;
    bool quoted = s->p[1] == '"' && s->p[s->n - 1] == '"';
    bool plain = ascii_is_digit(s->p[1]) || s->p[1] == '+';
    for (size_t i = 2; plain && i < s->n; i++)
        plain = ascii_is_digit(s->p[i]);
    if (quoted || plain) drop_front(s, 1);
    return quoted || plain;
}

static bool strip_apostrophe(struct sketch *s)
{
    if (s->n < 2 || s->p[0] != '\'') return false;
    drop_front(s, 1);
    if (s->p[s->n - 1] == '\'') drop_back(s, 1);
    return true;
}

/* Each way at most once or twice: a cell that went through two programs. */
static void unwrap(struct sketch *s)
{
    trim(s);
    for (int i = 0; i < 6; i++) {
        if (!strip_apostrophe(s) && !strip_equals(s) && !strip_quotes(s) && !strip_scheme(s) &&
            !strip_whatsapp(s))
            break;
        trim(s);
    }
    if (s->n > 1 && strchr(";,:|.", s->p[s->n - 1])) drop_back(s, 1); /* a list's end sign */
    trim(s);
}

/* ---- forms that spreadsheets give to numbers ---- */

/* Digits from `at` on. */
static size_t run(const struct sketch *s, size_t at)
{
    size_t n = 0;
    while (at + n < s->n && ascii_is_digit(s->p[at + n]))
        n++;
    return n;
}

static bool is_zeros(const struct sketch *s, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (s->p[i] != '0') return false;
    return true;
}

static enum phone_cell keep(struct phone_text *ret, const struct sketch *s, size_t to)
{
    size_t digits = 0, n = 0;
    char out[1 + SKETCH_MAX];
    for (size_t i = 0; i < to; i++) {
        if (!ascii_is_digit(s->p[i]) && s->p[i] != '+') continue;
        digits += s->p[i] != '+';
        out[n++] = s->p[i];
    }
    /* 15, with a plus two more for "(0)" in it; with an exit code at the front some more */
    size_t max = out[0] == '+' ? 17 : out[0] == '0' ? PHONE_CELL_DIGITS_MAX : 16;
    if (digits > max) return PHONE_CELL_TOO_LONG;
    memcpy(ret->digits, out, n);
    ret->digits[n] = '\0';
    ret->n = n;
    ret->american = false;
    ret->decimals = ret->range = ret->last = 0;
    return PHONE_CELL_NUMBER;
}

/* The same for what a spreadsheet took for a number: it may have been rounded once and written out
 * again, as "447701000000". */
static enum phone_cell keep_counted(struct phone_text *ret, const struct sketch *s, size_t to)
{
    enum phone_cell kind = keep(ret, s, to);
    if (phone_shape_is_bare_day(slice_make(ret->digits, ret->n))) return PHONE_CELL_DAY;
    if (kind != PHONE_CELL_NUMBER || ret->n < ROUNDED_DIGITS || ret->digits[0] == '+' ||
        ret->digits[0] == '0')
        return kind;
    return strcmp(ret->digits + ret->n - ROUNDED_ZEROS, "000000") == 0 ? PHONE_CELL_ROUNDED : kind;
}

/* "e+11" from `at` to the end. */
static bool read_exponent(const struct sketch *s, size_t at, bool *ret_down, size_t *ret)
{
    if (at >= s->n || s->p[at] != 'e') return false;
    at++;
    *ret_down = at < s->n && s->p[at] == '-';
    if (at < s->n && (s->p[at] == '+' || s->p[at] == '-')) at++;
    size_t n = run(s, at);
    if (n == 0 || at + n != s->n || n > 4) return false;
    *ret = 0;
    for (size_t i = 0; i < n; i++)
        *ret = 10 * *ret + (size_t)(s->p[at + i] - '0');
    return true;
}

static bool is_decimal_mark(char c)
{
    return c == '.' || c == ',';
}

/* "4.477E+11": true when the cell is a power of ten. It is a number only when all its digits are
 * there: as many as the exponent says. */
static bool read_power(const struct sketch *s, enum phone_cell *ret_kind, struct phone_text *ret)
{
    size_t at = s->n && s->p[0] == '+', whole = run(s, at), fraction = 0, exponent = 0;
    at += whole;
    if (whole == 0) return false;
    if (at < s->n && is_decimal_mark(s->p[at])) {
        fraction = run(s, at + 1);
        at += 1 + fraction;
    }
    bool down;
    if (!read_exponent(s, at, &down, &exponent)) return false;
    *ret_kind = !down && fraction == exponent ? keep_counted(ret, s, at) : PHONE_CELL_ROUNDED;
    return true;
}

/* "447,700,900,123", or with dots or Swiss apostrophes, from `at` to where it ends; its mark, or 0 when it is not that.
 */
static char skip_thousands(const struct sketch *s, size_t *at)
{
    size_t i = *at, n = run(s, i), groups = 0;
    char mark = n >= 1 && n <= 3 && i + n < s->n ? s->p[i + n] : 0;
    if (mark != ',' && mark != '.' && mark != '\'') return 0;
    for (i += n; i < s->n && s->p[i] == mark && run(s, i + 1) == 3; i += 4)
        groups++;
    if (groups < 2) return 0;
    *at = i;
    return mark;
}

/* A plain number of a spreadsheet: thousands, ".00". False when the cell is something else. */
static bool read_spreadsheet(const struct sketch *s, enum phone_cell *ret_kind,
                             struct phone_text *ret)
{
    size_t at = s->n && s->p[0] == '+', whole = run(s, at);
    char grouped = skip_thousands(s, &at);
    if (!grouped) at += whole;
    if (at == s->n) {
        *ret_kind = keep_counted(ret, s, at);
        return whole > 0;
    }
    if (!is_decimal_mark(s->p[at]) || s->p[at] == grouped) return false;
    size_t fraction = run(s, at + 1);
    if (at + 1 + fraction != s->n || fraction == 0 || (!grouped && whole <= LONG_RUN)) return false;
    bool zeros = is_zeros(s, at + 1, s->n);
    if (!zeros && fraction > 2) return false;
    *ret_kind =
        zeros ? keep_counted(ret, s, at) : PHONE_CELL_DOUBTFUL; /* half a digit is nobody's */
    return true;
}

static size_t count(const struct sketch *s, char c, size_t from, size_t to)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        n += s->p[i] == c;
    return n;
}

static size_t count_digits(const struct sketch *s, size_t from, size_t to)
{
    size_t n = 0;
    for (size_t i = from; i < to; i++)
        n += ascii_is_digit(s->p[i]);
    return n;
}

/* "07700 900100.0", "447 700 900 100,00": the zeros go, and are told of, since somebody may have
 * meant them as digits. 0 when the cell does not end so. */
static size_t cut_decimals(struct sketch *s)
{
    size_t zeros = 0;
    while (zeros < s->n && s->p[s->n - 1 - zeros] == '0')
        zeros++;
    if (zeros == 0 || zeros > DECIMALS_MAX || zeros == s->n) return 0;
    size_t at = s->n - zeros - 1;
    bool once = count(s, '.', 0, s->n) + count(s, ',', 0, s->n) == 1;
    if (!is_decimal_mark(s->p[at]) || !once) return 0;
    if (count_digits(s, 0, at) < LONG_RUN || !ascii_is_digit(s->p[at - 1])) return 0;
    drop_back(s, zeros + 1);
    return zeros;
}

/* ---- why it is no number ---- */

/* Signs that stand between the digits of one number. */
static bool is_soft(char c)
{
    return c && strchr(" -./()", c);
}

/* "ext. 3" from `at` to the end? */
static bool is_extension(const struct sketch *s, size_t at)
{
    static const char *const words[] = {
        "extension", "extn",  "ext",   "x",   "#",       "anexo", "interno", "int", "dw",
        "durchwahl", "poste", "ramal", "app", "toestel", ";ext",  ",",       ";"};
    for (size_t w = 0; w < COUNT_OF(words); w++) {
        size_t n = strlen(words[w]), i = at + n;
        if (at + n > s->n || memcmp(s->p + at, words[w], n) != 0) continue;
        while (i < s->n && strchr(" .:=#,", s->p[i]))
            i++;
        size_t digits = run(s, i);
        if (digits && digits < LONG_RUN && i + digits == s->n) return true;
    }
    return false;
}

/* Whether a second number begins after the sign at `at`: digits that do not belong to what is in
 * front of it. */
static bool parts_numbers(const struct sketch *s, size_t at)
{
    size_t before = 0, after = 0;
    for (size_t i = 0; i < at; i++)
        before += ascii_is_digit(s->p[i]);
    for (size_t i = at + 1; i < s->n; i++)
        after += ascii_is_digit(s->p[i]);
    return before >= LONG_RUN && after >= LONG_RUN;
}

/* What the cell is with this sign in it, too: letters say most. */
static enum phone_cell worse_by(char c, enum phone_cell worst)
{
    if (is_letter(c)) return PHONE_CELL_LETTERS;
    if (worst != PHONE_CELL_NUMBER) return worst;
    return strchr("\n;|&", c) ? PHONE_CELL_TWO_NUMBERS : PHONE_CELL_NOT_A_NUMBER;
}

/* Looks at all that is neither digit nor soft sign. PHONE_CELL_NUMBER: there is nothing of it. */
static enum phone_cell judge_signs(const struct sketch *s)
{
    enum phone_cell worst = PHONE_CELL_NUMBER;
    bool begun = false;
    for (size_t i = 0; i < s->n; i++) {
        char c = s->p[i];
        bool opens = c == '+' && !begun;
        begun |= ascii_is_digit(c) || c == '+';
        if (ascii_is_digit(c) || opens || is_soft(c)) continue;
        if (begun && is_extension(s, i)) return PHONE_CELL_EXTENSION;
        if (parts_numbers(s, i)) return PHONE_CELL_TWO_NUMBERS;
        worst = worse_by(c, worst);
    }
    return worst;
}

/* ---- signs between digits ---- */

/* "0176/1234567" is an area code and a number; "01761234567/8" and "…/01761234568" are two. */
static enum phone_cell judge_slash(const struct sketch *s)
{
    const char *slash = memchr(s->p, '/', s->n);
    if (!slash) return PHONE_CELL_NUMBER;
    size_t at = (size_t)(slash - s->p);
    size_t before = count_digits(s, 0, at), after = count_digits(s, at, s->n);
    size_t max = s->p[0] == '+' || starts(s, "00") ? LONG_RUN + 2 : LONG_RUN;
    bool one = count(s, '/', 0, s->n) == 1 && before >= 2 && before <= max && after >= 5;
    return one ? PHONE_CELL_NUMBER : PHONE_CELL_TWO_NUMBERS;
}

/* Brackets around a country code, an area code, a trunk zero; not "1) 0664…", not "… (2)". */
static bool brackets_are_fine(const struct sketch *s)
{
    bool open = false;
    size_t pairs = 0, end = 0;
    for (size_t i = 0; i < s->n; i++) {
        if (s->p[i] != '(' && s->p[i] != ')') continue;
        if ((s->p[i] == '(') == open) return false; /* one in another, or none to close */
        open = !open;
        pairs += open;
        end = i;
    }
    return pairs == 0 || (!open && pairs <= 2 && count_digits(s, end, s->n) >= 3);
}

static enum phone_cell judge_soft(const struct sketch *s)
{
    if (s->p[0] == '-' || s->p[0] == '/' || s->p[0] == '.') return PHONE_CELL_NOT_A_NUMBER;
    enum phone_cell kind = phone_shape_of(slice_make(s->p, s->p[0] == '+' ? 0 : s->n));
    if (kind == PHONE_CELL_NUMBER) kind = judge_slash(s);
    return kind != PHONE_CELL_NUMBER || brackets_are_fine(s) ? kind : PHONE_CELL_DOUBTFUL;
}

/* Most cells are nothing but digits: those are not drawn. */
static bool read_bare(struct slice cell, enum phone_cell *ret_kind, struct phone_text *ret)
{
    struct sketch s; /* its text is not needed */
    s.p = cell.p;
    s.n = cell.n;
    if (cell.n == 0 || cell.n > PHONE_CELL_DIGITS_MAX || run(&s, 0) != cell.n) return false;
    *ret_kind = keep_counted(ret, &s, cell.n);
    return true;
}

enum phone_cell phone_cell_read(struct slice cell, struct phone_text *ret)
{
    struct sketch s;
    enum phone_cell kind;
    if (read_bare(cell, &kind, ret)) return kind;
    if (!sketch_cell(cell, &s)) return PHONE_CELL_NOT_A_NUMBER;
    unwrap(&s);
    if (s.n == 0) return PHONE_CELL_EMPTY;
    if (s.p[0] == '=') return PHONE_CELL_FORMULA;
    if (count_digits(&s, 0, s.n) == 0) return PHONE_CELL_NOT_A_NUMBER;
    if (read_power(&s, &kind, ret) || read_spreadsheet(&s, &kind, ret)) return kind;
    size_t decimals = cut_decimals(&s);
    kind = judge_signs(&s);
    if (kind == PHONE_CELL_NUMBER) kind = judge_soft(&s);
    if (kind == PHONE_CELL_NUMBER)
        kind = decimals ? keep_counted(ret, &s, s.n) : keep(ret, &s, s.n);
    if (kind != PHONE_CELL_NUMBER) return kind;
    ret->american = phone_is_american(slice_make(s.p, s.n));
    ret->decimals = decimals;
    ret->range = phone_range(slice_make(s.p, s.n));
    while (ret->last < s.n && ascii_is_digit(s.p[s.n - 1 - ret->last]))
        ret->last++;
    return PHONE_CELL_NUMBER;
}
