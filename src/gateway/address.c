/* Numbers as the provider writes them, both ways. */
#include "bound.h"

void address_write(const struct gateway *g, struct slice number, struct buf *out)
{
    buf_add_slice(out, g->p->numbers.prefix[g->channel]);
    buf_add_slice(out, slice_from(number, !g->p->numbers.plus && slice_starts(number, "+")));
}

/* The digits of something that holds only digits and what people put between them; 0 = it is no
 * number. */
static size_t digits_of(struct slice text, char *out, size_t out_bytes)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c >= '0' && c <= '9') {
            if (n == out_bytes) return 0;
            out[n++] = c;
        } else if (!strchr(i == 0 ? "+(" : " -().", c) || c == '\0') {
            return 0;
        }
    }
    return n;
}

/* International with or without its plus: 8 to 15 digits, no leading zero but the dialled "00". A
 * short code, a name, or a national number stays as it is. */
struct slice address_read(const struct gateway *g, struct slice text, struct arena *a)
{
    char digits[17];
    struct slice prefix = g->p->numbers.prefix[g->channel];
    if (prefix.n && text.n > prefix.n && memcmp(text.p, prefix.p, prefix.n) == 0)
        text = slice_from(text, prefix.n);
    text = slice_trim(text);
    size_t n = digits_of(text, digits, sizeof digits);
    size_t dialled = n > 2 && memcmp(digits, "00", 2) == 0 && text.p[0] != '+' ? 2 : 0;
    size_t count = n - dialled;
    if (count < 8 || count > 15 || digits[dialled] == '0') return text;
    char *out = arena_alloc(a, count + 1);
    if (!out) return SLICE_NONE;
    out[0] = '+';
    memcpy(out + 1, digits + dialled, count);
    return slice_make(out, count + 1);
}
