#include "core/json_repair.h"

#include "base/ascii.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* One pass over the bytes. The only memory of it is which kind of container is open at each depth,
 * so that it costs the same however the text is made. */

enum { NUMBER_BYTES_MAX = 512 }; /* a longer one becomes a text */

static const char REPLACEMENT[] = "\xef\xbf\xbd";

struct repair {
    const char *p, *end;
    struct buf *out;
    char open[JSON_REPAIR_DEEP_MAX]; /* '{' or '[' */
    size_t depth;
    bool numbered; /* names are */
    unsigned names;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0';
}

static void skip_blanks(struct repair *r)
{
    while (r->p < r->end && is_blank(*r->p))
        r->p++;
}

/* ---- texts */

/* The unit of a \uXXXX whose backslash stands at p; -1 = there is none. */
static int32_t unit_at(const struct repair *r, const char *p)
{
    int32_t unit = 0;
    if (r->end - p < 6 || p[0] != '\\' || p[1] != 'u') return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0) return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

static void take_unit(struct repair *r)
{
    int32_t unit = unit_at(r, r->p), low = unit < 0 ? -1 : unit_at(r, r->p + 6);
    size_t n = 6;
    bool pair = unit >= 0xd800 && unit < 0xdc00 && low >= 0xdc00 && low < 0xe000;
    if (pair) n = 12;
    if (unit <= 0 || (!pair && unit >= 0xd800 && unit < 0xe000))
        buf_add_cstr(r->out, REPLACEMENT);
    else
        buf_add(r->out, r->p, n);
    r->p += unit < 0 ? 2 : n;
}

/* An escape that is none stands for its character: \' is an apostrophe. */
static void take_escape(struct repair *r)
{
    if (r->end - r->p < 2) {
        r->p = r->end;
        return;
    }
    char c = r->p[1];
    if (c == 'u') {
        take_unit(r);
        return;
    }
    if (c && strchr("\"\\/bfnrt", c)) {
        buf_add(r->out, r->p, 2);
        r->p += 2;
    } else {
        r->p++; /* what follows is taken as any character */
    }
}

/* As many bytes as one character takes, mended. */
static void take_character(struct repair *r)
{
    static const char *const escapes[] = {
        ['\b'] = "\\b", ['\f'] = "\\f", ['\n'] = "\\n", ['\r'] = "\\r", ['\t'] = "\\t"};
    unsigned char c = (unsigned char)*r->p;
    size_t left = (size_t)(r->end - r->p), n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (c < 0x20) {
        buf_add_cstr(r->out, c < COUNT_OF(escapes) && escapes[c] ? escapes[c] : REPLACEMENT);
        r->p++;
    } else if (n <= left && slice_is_utf8(slice_make(r->p, n), NULL)) {
        buf_add(r->out, r->p, n);
        r->p += n;
    } else {
        buf_add_cstr(r->out, REPLACEMENT);
        r->p++;
    }
}

/* False: it has no end. */
static bool take_text_behind(struct repair *r, const char *number)
{
    buf_add_char(r->out, '"');
    buf_add_cstr(r->out, number);
    for (r->p++; r->p < r->end && *r->p != '"';) {
        if (*r->p == '\\')
            take_escape(r);
        else
            take_character(r);
    }
    buf_add_char(r->out, '"');
    return r->p++ < r->end;
}

static bool take_text(struct repair *r)
{
    return take_text_behind(r, "");
}

/* ---- numbers and words */

static bool ends_word(char c)
{
    return is_blank(c) || strchr(",:]}[{\"", c) != NULL;
}

static size_t digits(struct slice s, size_t *at)
{
    size_t start = *at;
    while (*at < s.n && ascii_is_digit(s.p[*at]))
        ++*at;
    return *at - start;
}

/* Digits without a leading zero; how many, 0 = it is none. */
static size_t whole_part(struct slice s, size_t *at)
{
    size_t n = digits(s, at);
    return n > 1 && s.p[*at - n] == '0' ? 0 : n;
}

/* Whether a 64-bit integer holds it. */
static bool fits_integer(struct slice number)
{
    bool negative = number.p[0] == '-';
    const char *most = negative ? "9223372036854775808" : "9223372036854775807";
    size_t n = strlen(most);
    number = slice_from(number, negative);
    return number.n < n || (number.n == n && memcmp(number.p, most, n) <= 0);
}

static bool fits_double(struct slice number)
{
    char copy[NUMBER_BYTES_MAX];
    if (number.n >= sizeof copy) return false;
    memcpy(copy, number.p, number.n);
    copy[number.n] = '\0';
    return isfinite(strtod(copy, NULL));
}

/* ".5"; false: a point stands there, and no digit behind it. */
static bool skip_fraction(struct slice s, size_t *at)
{
    if (*at == s.n || s.p[*at] != '.') return true;
    ++*at;
    return digits(s, at) > 0;
}

/* "e-3"; the same. */
static bool skip_exponent(struct slice s, size_t *at)
{
    if (*at == s.n || (s.p[*at] != 'e' && s.p[*at] != 'E')) return true;
    ++*at;
    if (*at < s.n && (s.p[*at] == '+' || s.p[*at] == '-')) ++*at;
    return digits(s, at) > 0;
}

/* As JSON writes them, and not too big. */
static bool is_plain_number(struct slice s)
{
    size_t at = s.n && s.p[0] == '-';
    if (whole_part(s, &at) == 0) return false;
    size_t whole = at;
    if (!skip_fraction(s, &at) || !skip_exponent(s, &at) || at != s.n) return false;
    return at == whole ? fits_integer(s) : fits_double(s);
}

/* What stands bare, up to its end. */
static struct slice cut_word(struct repair *r)
{
    const char *start = r->p;
    while (r->p < r->end && !ends_word(*r->p))
        r->p++;
    return slice_make(start, (size_t)(r->p - start));
}

static void add_as_text(struct repair *r, const char *number, struct slice word)
{
    struct repair inside = {.p = word.p, .end = word.p + word.n, .out = r->out};
    buf_add_char(r->out, '"');
    buf_add_cstr(r->out, number);
    while (inside.p < inside.end) {
        if (*inside.p == '\\')
            inside.p++;
        else
            take_character(&inside);
    }
    buf_add_char(r->out, '"');
}

/* Whatever is neither a number nor a word of JSON becomes a text: an id of 30 digits, a NaN. */
static void take_word(struct repair *r)
{
    struct slice word = cut_word(r);
    if (is_plain_number(word) || slice_is(word, "true") || slice_is(word, "false") ||
        slice_is(word, "null"))
        buf_add_slice(r->out, word);
    else
        add_as_text(r, "", word);
}

/* ---- containers */

static void skip_text(struct repair *r)
{
    for (r->p++; r->p < r->end && *r->p != '"'; r->p++)
        if (*r->p == '\\' && r->p + 1 < r->end) r->p++;
    if (r->p < r->end) r->p++;
}

/* Over a container that is nested too deep. False: it has no end. */
static bool skip_container(struct repair *r)
{
    size_t open = 0;
    do {
        char c = *r->p;
        if (c == '"') {
            skip_text(r);
            continue;
        }
        open += c == '{' || c == '[';
        open -= c == '}' || c == ']';
        r->p++;
    } while (open && r->p < r->end);
    buf_add_cstr(r->out, "null");
    return open == 0;
}

static bool open_container(struct repair *r)
{
    if (r->depth == COUNT_OF(r->open)) return skip_container(r);
    r->open[r->depth++] = *r->p;
    buf_add_char(r->out, *r->p++);
    return true;
}

static bool take_value(struct repair *r)
{
    if (*r->p == '{' || *r->p == '[') return open_container(r);
    if (*r->p == '"') return take_text(r);
    if (strchr(",]}", *r->p))
        buf_add_cstr(r->out, "null");
    else
        take_word(r);
    return true;
}

/* A name, with quotes or bare, and its colon, up to where the value begins. */
static bool take_name(struct repair *r)
{
    char number[JSON_REPAIR_NUMBER_BYTES + 1] = "";
    if (*r->p == '{' || *r->p == '[') return false;
    if (r->numbered) (void)snprintf(number, sizeof number, "%08x", r->names++);
    if (*r->p != '"')
        add_as_text(r, number, cut_word(r));
    else if (!take_text_behind(r, number))
        return false;
    skip_blanks(r);
    if (r->p == r->end || *r->p != ':') return false;
    buf_add_char(r->out, *r->p++);
    skip_blanks(r);
    return r->p < r->end && *r->p != ':';
}

static bool closes(const struct repair *r)
{
    return *r->p == (r->open[r->depth - 1] == '{' ? '}' : ']');
}

/* One item of the container that is open, or its end. `first`: nothing stands in it yet. */
static bool take_item(struct repair *r, bool first)
{
    if (closes(r)) {
        buf_add_char(r->out, *r->p++);
        r->depth--;
        return true;
    }
    if (*r->p == '}' || *r->p == ']' || *r->p == ':') return false;
    if (!first) buf_add_char(r->out, ',');
    if (r->open[r->depth - 1] == '{' && !take_name(r)) return false;
    return take_value(r);
}

static void skip_commas(struct repair *r)
{
    for (skip_blanks(r); r->p < r->end && *r->p == ','; skip_blanks(r))
        r->p++;
}

static bool begins_container(const struct repair *r)
{
    return r->p < r->end && (*r->p == '{' || *r->p == '[');
}

static bool repair(struct slice text, bool numbered, struct buf *out, size_t *ret_rest)
{
    struct repair r = {
        .p = text.p, .end = text.n ? text.p + text.n : text.p, .out = out, .numbered = numbered};
    if (slice_starts(text, "\xef\xbb\xbf")) r.p += 3;
    skip_blanks(&r);
    if (!begins_container(&r) || !open_container(&r)) return false;
    while (r.depth) {
        skip_commas(&r);
        char last = out->n ? out->p[out->n - 1] : '\0';
        if (r.p == r.end || out->failed) return false;
        if (!take_item(&r, last == '{' || last == '[')) return false;
    }
    skip_blanks(&r);
    *ret_rest = (size_t)(r.end - r.p);
    return !out->failed;
}

bool json_repair(struct slice text, struct buf *out, size_t *ret_rest)
{
    return repair(text, false, out, ret_rest);
}

bool json_repair_numbered(struct slice text, struct buf *out, size_t *ret_rest)
{
    return repair(text, true, out, ret_rest);
}
