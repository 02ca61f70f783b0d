/* Numbers as the provider writes them, both ways. */
#include "bound.h"

void address_write(const struct gateway *g, struct slice number, struct buf *out)
{
    buf_add_slice(out, g->p->numbers.prefix[g->channel]);
    buf_add_slice(out, slice_from(number, !g->p->numbers.plus && slice_starts(number, "+")));
}

static bool all_digits(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n > 0;
}

static struct slice with_plus(struct slice digits, struct arena *a)
{
    char *p = arena_alloc(a, digits.n + 1);
    if (!p) return SLICE_NONE;
    p[0] = '+';
    memcpy(p + 1, digits.p, digits.n);
    return slice_make(p, digits.n + 1);
}

/* International without its plus: 8 to 15 digits, none of them a leading zero but the dialled "00".
 * A short code, a name, or a national number stays as it is. */
struct slice address_read(const struct gateway *g, struct slice text, struct arena *a)
{
    struct slice prefix = g->p->numbers.prefix[g->channel];
    if (prefix.n && text.n > prefix.n && memcmp(text.p, prefix.p, prefix.n) == 0)
        text = slice_from(text, prefix.n);
    text = slice_trim(text);
    struct slice digits = slice_from(text, slice_starts(text, "00") ? 2 : 0);
    bool international =
        all_digits(digits) && digits.p[0] != '0' && digits.n >= 8 && digits.n <= 15;
    return international ? with_plus(digits, a) : text;
}
