#include "base/plain.h"

#include "base/check.h"

static const char UNSEEN[] = "", BLANK[] = " ", LINE_END[] = "\n", REPLACED[] = "\xef\xbf\xbd";

static bool between(uint32_t c, uint32_t low, uint32_t high)
{
    return c >= low && c <= high;
}

static bool ends_line(uint32_t c)
{
    return c == '\n' || c == '\r' || c == 0x85 || between(c, 0x2028, 0x2029);
}

static bool is_control(uint32_t c)
{
    return c < ' ' || between(c, 0x7F, 0x9F) || between(c, 0xFFF9, 0xFFFB);
}

static bool turns(uint32_t c)
{
    return between(c, 0x202A, 0x202E) || between(c, 0x2066, 0x2069);
}

static bool hides(uint32_t c)
{
    return c == 0xAD || c == 0x61C || c == 0x180E || c == 0x200B || between(c, 0x200E, 0x200F) ||
           between(c, 0x2060, 0x2064) || c == 0xFEFF;
}

/* What is shown for a character; NULL = itself. */
static const char *instead_of(uint32_t c, enum plain_kind kind)
{
    bool line = kind == PLAIN_LINE;
    if (ends_line(c)) return line ? BLANK : c == '\n' ? NULL : LINE_END;
    if (c == '\t') return line ? BLANK : NULL;
    if (is_control(c)) return REPLACED;
    return turns(c) || (line && hides(c)) ? UNSEEN : NULL;
}

/* Cuts the first character off; returns what is shown for it. */
static struct slice next(struct slice *rest, enum plain_kind kind)
{
    uint32_t c;
    size_t n = slice_first(*rest, &c);
    const char *instead = n ? instead_of(c, kind) : REPLACED;
    if (!n) n = 1;
    struct slice itself = slice_make(rest->p, n);
    if (c == '\r' && rest->n > 1 && rest->p[1] == '\n') n = 2;
    *rest = slice_from(*rest, n);
    return instead ? slice_of(instead) : itself;
}

bool plain_is(struct slice text, enum plain_kind kind)
{
    while (text.n) {
        const char *at = text.p;
        if (*at >= ' ' && *at < 0x7F)
            text = slice_from(text, 1);
        else if (next(&text, kind).p != at)
            return false;
    }
    return true;
}

void plain_add(struct buf *out, struct slice text, enum plain_kind kind)
{
    while (text.n)
        buf_add_slice(out, next(&text, kind));
}

size_t plain_copy(char *out, size_t room, struct slice text, enum plain_kind kind)
{
    size_t n = 0;
    check(room > 0);
    while (text.n) {
        struct slice shown = next(&text, kind);
        if (n + shown.n >= room) break;
        memcpy(out + n, shown.p, shown.n);
        n += shown.n;
    }
    out[n] = '\0';
    return n;
}
