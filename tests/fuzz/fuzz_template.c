/* Whatever the bytes: a template compiles or says where it is wrong, and what compiles renders the
 * same twice within its limits, or says so. Behind a line "---" stands the source of the partial p.
 */
#include "fuzz.h"

#include "core/template.h"

enum { OUT_BYTES_MAX = 4096, ITEMS = 3 };

static struct tvalue get(const struct tvalue *map, struct slice key);

static struct tvalue at(const struct tvalue *list, size_t i)
{
    if (i == 0) return tvalue_string(SLICE_LIT("it's <1>\n"));
    return (struct tvalue){.kind = TVALUE_MAP, .ops = list->ops};
}

static size_t count(const struct tvalue *list)
{
    (void)list;
    return ITEMS;
}

static size_t number_text(const struct tvalue *number, char *space)
{
    (void)number;
    memcpy(space, "1.21", 4);
    return 4;
}

static const struct tvalue_ops ops = {.get = get, .at = at, .count = count, .text = number_text};

/* Endless: m is a map like this one. */
static struct tvalue get(const struct tvalue *map, struct slice key)
{
    (void)map;
    if (slice_is(key, "a")) return tvalue_string(SLICE_LIT("x & y"));
    if (slice_is(key, "f")) return (struct tvalue){.kind = TVALUE_FALSE};
    if (slice_is(key, "n")) return (struct tvalue){.kind = TVALUE_NUMBER, .ops = &ops};
    if (slice_is(key, "l")) return (struct tvalue){.kind = TVALUE_LIST, .ops = &ops};
    if (slice_is(key, "m")) return (struct tvalue){.kind = TVALUE_MAP, .ops = &ops};
    return tvalue_none();
}

static int load(void *arg, struct slice name, struct buf *source, struct err *e)
{
    (void)e;
    if (!slice_is(name, "p")) return ERR_NOT_FOUND;
    buf_add_slice(source, *(struct slice *)arg);
    return 0;
}

static void render_twice(const struct template *t, enum template_escape escape)
{
    const struct tvalue data = {.kind = TVALUE_MAP, .ops = &ops};
    struct buf once = BUF_INIT(OUT_BYTES_MAX), twice = BUF_INIT(OUT_BYTES_MAX);
    struct err e = {0};
    int rc = template_render(t, &data, escape, &once, &e);
    check(rc == 0 || (rc == ERR_LIMIT && e.code == rc && e.text[0]));
    check(template_render(t, &data, escape, &twice, &e) == rc);
    check(slice_eq(buf_slice(&once), buf_slice(&twice)));
    check(rc != 0 || once.n <= OUT_BYTES_MAX);
    buf_done(&once);
    buf_done(&twice);
}

static void see_field(void *arg, struct slice name, unsigned uses)
{
    (void)arg;
    check(name.n > 0 && uses != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice source = slice_make(data, n), partial = SLICE_NONE;
    const char *cut = n ? memmem(data, n, "\n---\n", 5) : NULL;
    if (cut) {
        source.n = (size_t)(cut - source.p);
        partial = slice_make(cut + 5, n - source.n - 5);
    }
    struct template_loader loader = {load, &partial};
    struct template *t = NULL;
    struct err e = {0};
    int rc = template_compile(source, "fuzz", &loader, &t, &e);
    check(rc == 0 ? t != NULL : t == NULL && e.code == rc && e.text[0]);
    if (rc < 0) return 0;
    template_fields(t, NULL, see_field, NULL);
    render_twice(t, TEMPLATE_ESCAPE_NONE);
    render_twice(t, TEMPLATE_ESCAPE_HTML);
    render_twice(t, TEMPLATE_ESCAPE_URL);
    render_twice(t, TEMPLATE_ESCAPE_JSON);
    template_free(t);
    return 0;
}
