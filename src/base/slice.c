#include "base/slice.h"

#include "base/check.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

bool slice_eq_nocase(struct slice a, struct slice b)
{
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (tolower((unsigned char)a.p[i]) != tolower((unsigned char)b.p[i])) return false;
    return true;
}

bool slice_holds_nocase(struct slice whole, struct slice part)
{
    for (size_t i = 0; i + part.n <= whole.n; i++)
        if (slice_eq_nocase(slice_make(whole.p + i, part.n), part)) return true;
    return false;
}

int slice_index(struct slice s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (slice_is(s, words[i])) return (int)i;
    return -1;
}

int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool slice_is_nocase(struct slice a, const char *cstr)
{
    return a.n == strlen(cstr) && (a.n == 0 || strncasecmp(a.p, cstr, a.n) == 0);
}

bool slice_starts(struct slice s, const char *prefix)
{
    size_t n = strlen(prefix);
    return s.n >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

bool slice_ends(struct slice s, const char *suffix)
{
    size_t n = strlen(suffix);
    return s.n >= n && (n == 0 || memcmp(s.p + s.n - n, suffix, n) == 0);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct slice slice_trim(struct slice s)
{
    while (s.n > 0 && is_space(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_space(s.p[s.n - 1]))
        s.n--;
    return s;
}

long slice_find(struct slice s, char c)
{
    const char *at = s.n ? memchr(s.p, c, s.n) : NULL;
    return at ? at - s.p : -1;
}

bool slice_cut(struct slice *rest, char sep, struct slice *ret_part)
{
    bool more = rest->p != NULL;
    long at = slice_find(*rest, sep);
    if (at < 0) {
        *ret_part = *rest;
        *rest = SLICE_NONE;
        return more;
    }
    *ret_part = slice_make(rest->p, (size_t)at);
    *rest = slice_make(rest->p + at + 1, rest->n - (size_t)at - 1);
    return true;
}

bool slice_to_u64(struct slice s, uint64_t max, uint64_t *ret_value)
{
    uint64_t v = 0;
    if (s.n == 0) return false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned digit = (unsigned char)s.p[i] - '0';
        if (digit > 9) return false;
        if (digit > max || v > (max - digit) / 10) return false;
        v = v * 10 + digit;
    }
    *ret_value = v;
    return true;
}

char *slice_strdup(struct slice s)
{
    char *p = xmalloc(s.n + 1);
    if (s.n) memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    return p;
}

/* Length of the sequence that starts with `c`, and the range of its second byte: the table 3-7 of
 * the Unicode standard, which excludes overlongs and surrogates by that range alone. */
static size_t utf8_sequence(unsigned char c, unsigned char *lo, unsigned char *hi)
{
    *lo = 0x80;
    *hi = 0xBF;
    if (c >= 0xC2 && c <= 0xDF) return 2;
    if (c >= 0xE0 && c <= 0xEF) {
        if (c == 0xE0) *lo = 0xA0;
        if (c == 0xED) *hi = 0x9F;
        return 3;
    }
    if (c >= 0xF0 && c <= 0xF4) {
        if (c == 0xF0) *lo = 0x90;
        if (c == 0xF4) *hi = 0x8F;
        return 4;
    }
    return 0;
}

/* How many bytes from `at` on are surely ASCII; a few more may be. */
static size_t ascii_run(struct slice s, size_t at)
{
    size_t n = 0;
    for (uint64_t eight; at + n + sizeof eight <= s.n; n += sizeof eight) {
        memcpy(&eight, s.p + at + n, sizeof eight);
        if (eight & UINT64_C(0x8080808080808080)) break;
    }
    return n;
}

size_t slice_characters(struct slice utf8)
{
    size_t n = 0;
    for (size_t i = 0; i < utf8.n; i++)
        n += ((unsigned char)utf8.p[i] & 0xC0) != 0x80;
    return n;
}

bool slice_is_utf8(struct slice s, size_t *ret_bad)
{
    const unsigned char *p = (const unsigned char *)s.p;
    size_t i = ascii_run(s, 0);
    while (i < s.n) {
        if (p[i] < 0x80) {
            i++;
            continue;
        }
        unsigned char lo, hi;
        size_t len = utf8_sequence(p[i], &lo, &hi);
        bool ok = len > 0 && i + len <= s.n && p[i + 1] >= lo && p[i + 1] <= hi;
        for (size_t k = 2; ok && k < len; k++)
            ok = p[i + k] >= 0x80 && p[i + k] <= 0xBF;
        if (!ok) {
            if (ret_bad) *ret_bad = i;
            return false;
        }
        i += len;
        i += ascii_run(s, i);
    }
    return true;
}

struct slice slice_fitting(const char *text, size_t n)
{
    struct slice s = slice_of(text);
    size_t good;
    if (s.n > n) s.n = n;
    if (!slice_is_utf8(s, &good)) s.n = good;
    return s;
}

size_t slice_first(struct slice s, uint32_t *ret)
{
    static const unsigned char bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    *ret = 0xFFFD;
    if (s.n == 0) return 0;
    unsigned char c = (unsigned char)s.p[0];
    size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (n > s.n || !slice_is_utf8(slice_make(s.p, n), NULL)) return 0;
    uint32_t rune = c & bits[n];
    for (size_t i = 1; i < n; i++)
        rune = rune << 6 | ((unsigned char)s.p[i] & 0x3F);
    *ret = rune;
    return n;
}
