/* Numbers as the provider writes them, both ways. */
#include <ctype.h>

#include "private.h"

#include "base/ascii.h"

struct slice address_user_id(struct slice to)
{
    return slice_starts(to, "~") ? slice_from(to, 1) : SLICE_NONE;
}

/* A country's two letters, a dot, and letters, digits and dots. */
bool address_is_user_id(const struct gateway *g, struct slice text)
{
    if (!(g->p->numbers.user_ids & g->channel) || text.n < 4 || text.p[2] != '.') return false;
    for (size_t i = 0; i < text.n; i++) {
        bool good = i < 2 ? isupper((unsigned char)text.p[i])
                          : isalnum((unsigned char)text.p[i]) || text.p[i] == '.';
        if (!good) return false;
    }
    return true;
}

bool address_is_parent_id(struct slice user_id)
{
    return user_id.n > 7 && memcmp(user_id.p + 2, ".ENT.", 5) == 0;
}

static bool drop_prefix(struct slice *text, struct slice prefix)
{
    if (prefix.n == 0 || text->n <= prefix.n ||
        !slice_eq_nocase(slice_make(text->p, prefix.n), prefix))
        return false;
    *text = slice_from(*text, prefix.n);
    return true;
}

/* Of any channel: all channels of a provider may come in by one address. */
static struct slice without_prefix(const struct gateway *g, struct slice text)
{
    const struct number_format *f = &g->p->numbers;
    text = slice_trim(text);
    if (drop_prefix(&text, f->prefix[CHANNEL_WHATSAPP]) ||
        drop_prefix(&text, f->prefix[CHANNEL_SMS]))
        return slice_trim(text);
    for (size_t i = 0; f->also[i].n; i++)
        if (drop_prefix(&text, f->also[i])) break;
    return slice_trim(text);
}

struct slice address_channel(const struct gateway *g, struct slice text)
{
    const struct slice *prefix = g->p->numbers.prefix;
    text = slice_trim(text);
    if (text.n == 0) return SLICE_NONE;
    if (drop_prefix(&text, prefix[CHANNEL_WHATSAPP])) return SLICE_LIT("whatsapp");
    if (drop_prefix(&text, prefix[CHANNEL_SMS])) return SLICE_LIT("sms");
    /* One of the two has none, so a number without is of that one. */
    if (prefix[CHANNEL_WHATSAPP].n && !prefix[CHANNEL_SMS].n) return SLICE_LIT("sms");
    return prefix[CHANNEL_SMS].n && !prefix[CHANNEL_WHATSAPP].n ? SLICE_LIT("whatsapp")
                                                                : SLICE_NONE;
}

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
        if (ascii_is_digit(c)) {
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
    text = without_prefix(g, text);
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

struct slice address_of_person(const struct gateway *g, struct slice text, struct arena *a)
{
    struct slice bare = without_prefix(g, text);
    bool certain = !g->p->numbers.national || slice_starts(bare, "+");
    return certain ? address_read(g, text, a) : bare;
}
