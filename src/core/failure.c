#include "core/failure.h"

#include "base/ascii.h"

#include <ctype.h>

enum {
    DIGITS_MIN = 7, /* what has as many may be somebody's number; codes have six at most */
    HEX_DIGITS_MAX = 8,
};

struct line {
    char *out;
    size_t n;
    bool full;
};

/* A character or nothing: half of one is no text. */
static void add(struct line *l, struct slice text)
{
    l->full = l->full || l->n + text.n >= FAILURE_BYTES;
    if (l->full || text.n == 0) return;
    memcpy(l->out + l->n, text.p, text.n);
    l->n += text.n;
}

/* How many bytes of it are a number as people write one, with blanks and dashes; 0 = it begins with
 * none that is long enough to be a phone's. */
static size_t number_bytes(struct slice s)
{
    size_t digits = 0, end = 0, i = s.n && s.p[0] == '+';
    for (; i < s.n && (ascii_is_digit(s.p[i]) || memchr(" -().", s.p[i], 5)); i++) {
        if (!ascii_is_digit(s.p[i])) continue;
        digits++;
        end = i + 1;
    }
    return digits >= DIGITS_MIN ? end : 0;
}

/* How many bytes of it are a code of SMPP, 0x0000000b, which is nobody's number; 0 = it is none. */
static size_t code_bytes(struct slice s)
{
    size_t n = 2;
    if (!slice_starts(s, "0x")) return 0;
    while (n < s.n && isxdigit((unsigned char)s.p[n]))
        n++;
    return n <= 2 + HEX_DIGITS_MAX ? n : 0;
}

static size_t character_bytes(struct slice s)
{
    size_t n = 1;
    while (n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n++;
    return n;
}

/* C0 and DEL, and C1 (U+0080 to U+009F). */
static bool is_control(struct slice c)
{
    unsigned char first = (unsigned char)c.p[0];
    return first < 0x20 || first == 0x7f ||
           (c.n == 2 && first == 0xc2 && (unsigned char)c.p[1] < 0xa0);
}

static void add_words(struct line *l, struct slice s)
{
    bool after_digit = false;
    for (s = slice_trim(s); s.n && !l->full;) {
        bool begins = ascii_is_digit(s.p[0]) || s.p[0] == '+';
        size_t number = begins && !after_digit ? number_bytes(s) : 0;
        size_t code = after_digit ? 0 : code_bytes(s);
        size_t n = number ? number : code ? code : character_bytes(s);
        struct slice one = slice_make(s.p, n);
        after_digit = ascii_is_digit(s.p[n - 1]);
        add(l, number ? SLICE_LIT("(number)") : is_control(one) ? SLICE_LIT(" ") : one);
        s = slice_from(s, n);
    }
}

void failure_text(const struct failure *f, char out[FAILURE_BYTES])
{
    struct line l = {.out = out};
    struct slice title = slice_trim(f->title), details = slice_trim(f->details);
    if (title.n == 0) title = details;
    if (slice_eq_nocase(title, details)) details = SLICE_NONE;
    add_words(&l, f->code);
    if (l.n && f->reason.n) add(&l, SLICE_LIT(" "));
    add_words(&l, f->reason);
    if (l.n && title.n) add(&l, SLICE_LIT(": "));
    add_words(&l, title);
    if (details.n) add(&l, SLICE_LIT(" ("));
    add_words(&l, details);
    if (details.n) add(&l, SLICE_LIT(")"));
    out[l.n] = '\0';
}
