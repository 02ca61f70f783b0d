#include "core/form.h"

#include "base/ascii.h"

static size_t decode_into(struct slice raw, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.p[i];
        if (c == '%' && i + 2 < raw.n && hex_digit(raw.p[i + 1]) >= 0 &&
            hex_digit(raw.p[i + 2]) >= 0) {
            c = (char)(hex_digit(raw.p[i + 1]) << 4 | hex_digit(raw.p[i + 2]));
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        out[n++] = c;
    }
    return n;
}

/* Most names and values hold nothing to decode and are borrowed as they are. */
static bool decode(struct slice raw, struct arena *a, struct slice *ret)
{
    *ret = raw;
    if (raw.n == 0 || (!memchr(raw.p, '%', raw.n) && !memchr(raw.p, '+', raw.n))) return true;
    char *out = arena_alloc(a, raw.n);
    if (!out) return false;
    *ret = slice_make(out, decode_into(raw, out));
    return true;
}

static size_t count_parts(struct slice raw)
{
    size_t n = 1;
    for (size_t i = 0; i < raw.n; i++)
        n += raw.p[i] == '&';
    return n;
}

int form_parse(struct slice raw, struct arena *a, struct form *ret)
{
    size_t most = count_parts(raw);
    if (most > FORM_PAIRS_MAX) return ERR_LIMIT;
    struct form f = {.pairs = arena_alloc(a, most * sizeof(struct form_pair))};
    if (!f.pairs) return ERR_LIMIT;
    struct slice part;
    while (slice_cut(&raw, '&', &part)) {
        if (part.n == 0) continue;
        struct form_pair *pair = &f.pairs[f.count++];
        struct slice value = part, name;
        (void)slice_cut(&value, '=', &name);
        if (!value.p) value = SLICE_LIT("");
        if (!decode(name, a, &pair->name) || !decode(value, a, &pair->value)) return ERR_LIMIT;
    }
    *ret = f;
    return 0;
}

static size_t mend_lines_into(struct slice s, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\r' || i + 1 == s.n || s.p[i + 1] != '\n') out[n++] = s.p[i];
    return n;
}

int form_mend_lines(struct form *f, struct arena *a)
{
    for (size_t i = 0; i < f->count; i++) {
        struct slice *value = &f->pairs[i].value;
        if (value->n == 0 || !memchr(value->p, '\r', value->n)) continue;
        char *out = arena_alloc(a, value->n);
        if (!out) return ERR_LIMIT;
        *value = slice_make(out, mend_lines_into(*value, out));
    }
    return 0;
}

const struct form_pair *form_find(const struct form *f, struct slice name)
{
    for (size_t i = 0; i < f->count; i++)
        if (slice_eq(f->pairs[i].name, name)) return &f->pairs[i];
    return NULL;
}

static inline bool is_unreserved(unsigned char c)
{
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/* Counted only where there is no room for the most that it can be: that costs as much as writing. */
static size_t encoded_bytes(const struct buf *out, struct slice value)
{
    size_t n = value.n * 3;
    if (out->n + n <= out->max) return n;
    for (size_t i = 0; i < value.n; i++)
        n -= is_unreserved((unsigned char)value.p[i]) ? 2 : 0;
    return n;
}

void form_encode(struct buf *out, struct slice value)
{
    static const char HEX[] = "0123456789ABCDEF";
    char *p = buf_reserve(out, encoded_bytes(out, value));
    if (!p) return;
    char *start = p;
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.p[i];
        if (is_unreserved(c)) {
            *p++ = (char)c;
        } else {
            *p++ = '%';
            *p++ = HEX[c >> 4];
            *p++ = HEX[c & 15];
        }
    }
    out->n += (size_t)(p - start);
    out->p[out->n] = '\0';
}
