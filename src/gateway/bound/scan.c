#include "scan.h"

#include "base/ascii.h"

enum { DEPTH_MAX = 16, DIGITS_MAX = 18 };

struct scan {
    const char *p, *end;
    int depth;
};

static void skip_blanks(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
        s->p++;
}

static bool take(struct scan *s, char c)
{
    skip_blanks(s);
    if (s->p == s->end || *s->p != c) return false;
    s->p++;
    return true;
}

/* A string whose escapes are none or of one character; *ret is its inside as it stands. */
static bool take_string(struct scan *s, struct slice *ret)
{
    if (!take(s, '"')) return false;
    const char *start = s->p, *p = start, *end = s->end;
    for (; p < end && *p != '"'; p++) {
        if ((unsigned char)*p < 0x20) return false;
        if (*p == '\\' && (++p == end || !*p || !strchr("\"\\/bfnrt", *p))) return false;
    }
    if (p == end) return false;
    *ret = slice_make(start, (size_t)(p - start));
    s->p = p + 1;
    return true;
}

static bool take_word(struct scan *s, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0) return false;
    s->p += n;
    return true;
}

/* A whole number. */
static bool take_number(struct scan *s)
{
    if (*s->p == '-') s->p++;
    const char *start = s->p;
    while (s->p < s->end && ascii_is_digit(*s->p))
        s->p++;
    size_t digits = (size_t)(s->p - start);
    bool fraction = s->p < s->end && strchr(".eE", *s->p);
    return digits > 0 && digits <= DIGITS_MAX && (digits == 1 || *start != '0') && !fraction;
}

static bool skip_value(struct scan *s);

static bool skip_members(struct scan *s, char close, bool object)
{
    struct slice key;
    if (take(s, close)) return true;
    if (++s->depth > DEPTH_MAX) return false;
    do {
        if (object && (!take_string(s, &key) || !take(s, ':'))) return false;
        if (!skip_value(s)) return false;
    } while (take(s, ','));
    s->depth--;
    return take(s, close);
}

static bool skip_value(struct scan *s)
{
    struct slice text;
    skip_blanks(s);
    if (s->p == s->end) return false;
    switch (*s->p) {
    case '"':
        return take_string(s, &text);
    case '{':
        s->p++;
        return skip_members(s, '}', true);
    case '[':
        s->p++;
        return skip_members(s, ']', false);
    case 't':
        return take_word(s, "true");
    case 'f':
        return take_word(s, "false");
    case 'n':
        return take_word(s, "null");
    default:
        return take_number(s);
    }
}

bool scan_is_plain_object(struct slice text)
{
    struct scan s = {.p = text.p, .end = text.p + text.n};
    if (text.n == 0 || !slice_is_utf8(text, NULL)) return false;
    skip_blanks(&s);
    if (s.p == s.end || *s.p != '{' || !skip_value(&s)) return false;
    skip_blanks(&s);
    return s.p == s.end;
}

/* Moves into the member or element of that name; the text is known to be well-formed. */
static bool enter(struct scan *s, struct slice step)
{
    struct slice key;
    bool object = take(s, '{');
    uint64_t index = 0, at = 0;
    if (!object && (!take(s, '[') || !slice_to_u64(step, SIZE_MAX, &index))) return false;
    skip_blanks(s);
    if (*s->p == '}' || *s->p == ']') return false;
    do {
        if (object && (!take_string(s, &key) || !take(s, ':'))) return false;
        if (object ? slice_eq(key, step) : at++ == index) return true;
        if (!skip_value(s)) return false;
    } while (take(s, ','));
    return false;
}

bool scan_find(struct slice text, const struct selector *path, struct slice *ret, bool *ret_string)
{
    struct scan s = {.p = text.p, .end = text.p + text.n};
    for (size_t i = 0; i < path->step_count; i++)
        if (!enter(&s, path->steps[i].key)) return false;
    skip_blanks(&s);
    *ret_string = *s.p == '"';
    if (*s.p == 'n') return false;
    if (*ret_string) return take_string(&s, ret);
    const char *start = s.p;
    if (!skip_value(&s)) return false;
    *ret = slice_make(start, (size_t)(s.p - start));
    return true;
}
