/* The line that says what an item was: the description's template over the item itself. */
#include "core/json.h"
#include "gateway/description/description.h"

enum { ROUGH_BYTES_MAX = 16 * 1024 }; /* before it is tidied and cut */

/* ---- a form as a template sees it */

static struct tvalue field_get(const struct tvalue *map, struct slice key)
{
    const struct form_pair *pair = form_find(map->node, key);
    return pair ? tvalue_string(pair->value) : tvalue_none();
}

static const struct tvalue_ops FIELD_OPS = {.get = field_get};

static struct tvalue item_of(const struct facts *f)
{
    if (f->depth) return json_value(f->trail[f->depth - 1]);
    return (struct tvalue){.kind = TVALUE_MAP, .node = f->fields, .ops = &FIELD_OPS};
}

/* ---- one line */

static bool is_blank(char c)
{
    return (unsigned char)c <= 0x20 || c == 0x7f;
}

/* A section that is repeated leaves its separator behind the last item. */
static size_t without_separators(const char *text, size_t n)
{
    while (n && strchr(" ,;:", text[n - 1]))
        n--;
    return n;
}

/* In place. */
static size_t join_blanks(char *text, size_t n)
{
    size_t out = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] == ';') out = without_separators(text, out);
        if (!is_blank(text[i]))
            text[out++] = text[i];
        else if (out && text[out - 1] != ' ')
            text[out++] = ' ';
    }
    return out;
}

static size_t cut(const char *text, size_t n)
{
    if (n <= NOTE_BYTES_MAX) return n;
    for (n = NOTE_BYTES_MAX; n && ((unsigned char)text[n] & 0xc0) == 0x80;)
        n--;
    return n;
}

struct slice note_make(const struct template *t, const struct facts *f)
{
    struct buf out = BUF_INIT(ROUGH_BYTES_MAX);
    struct err e;
    if (!t) return SLICE_NONE;
    struct tvalue item = item_of(f);
    int code = template_render(t, &item, TEMPLATE_ESCAPE_NONE, &out, &e);
    /* What did not fit would have been cut anyway. */
    if (code < 0 && !out.failed) buf_clear(&out);
    struct slice line = SLICE_NONE;
    if (out.n) {
        size_t n = join_blanks(out.p, out.n);
        n = without_separators(out.p, cut(out.p, n));
        line = arena_dup(f->arena, slice_make(out.p, n));
    }
    buf_done(&out);
    return line;
}
