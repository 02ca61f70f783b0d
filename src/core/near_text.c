#include "core/near_text.h"

#include "base/check.h"

enum { SOURCE_BYTES_MAX = 480 };

static const char *const names[] = {
#define X(name) #name,
    NEAR_SAID(X)
#undef X
};

static struct tvalue get(const struct tvalue *map, struct slice key)
{
    const struct near_said *said = map->node;
    const struct slice values[] = {
#define X(name) said->name,
        NEAR_SAID(X)
#undef X
    };
    int i = slice_index(key, names, COUNT_OF(names));
    if (i >= 0) return tvalue_string(values[i]);
    return said->automatic && slice_is(key, "automatic") ? tvalue_string(SLICE_LIT("true"))
                                                         : tvalue_none();
}

/* ---- the rule ---- */

struct seen {
    bool says_automatic, unknown;
};

static void see(void *arg, struct slice name, unsigned uses)
{
    struct seen *seen = arg;
    if (slice_is(name, "automatic"))
        seen->says_automatic = (uses & TEMPLATE_USE_SECTION) != 0;
    else if (slice_index(name, names, COUNT_OF(names)) < 0)
        seen->unknown = true;
}

static int no_partial(void *arg, struct slice name, struct buf *source, struct err *e)
{
    (void)arg, (void)name, (void)source;
    return err_set(e, ERR_INVALID, "there are no partials here");
}

static int compile(const char *source, struct template **ret)
{
    static const struct template_loader none = {no_partial, NULL};
    struct err e;
    return template_compile(slice_of(source), "near.answer_text", &none, ret, &e);
}

const char *near_text_rule(const char *source)
{
    struct template *t = NULL;
    struct seen seen = {0};
    if (strlen(source) > SOURCE_BYTES_MAX || compile(source, &t) < 0)
        return "a Mustache template of at most 480 bytes";
    template_fields(t, NULL, see, &seen);
    template_free(t);
    if (seen.unknown)
        return "made of {{where}}, {{place}}, {{when}}, {{distance}}, {{reasons}}, "
               "{{meeting_point}}, {{link}} and {{#automatic}}";
    return seen.says_automatic ? NULL
                               : "open about itself: {{#automatic}} (Automatic "
                                 "answer){{/automatic}} has to be in it";
}

/* ---- use ---- */

struct template *near_text_compile(const char *source)
{
    struct template *t = NULL;
    check(compile(source, &t) == 0); /* near_text_rule */
    return t;
}

struct slice near_text_write(const struct template *t, const struct near_said *said,
                             char out[NEAR_TEXT_BYTES])
{
    static const struct tvalue_ops ops = {.get = get};
    const struct tvalue data = {.kind = TVALUE_MAP, .node = said, .ops = &ops};
    struct buf b = BUF_INIT(NEAR_TEXT_BYTES - 1);
    struct err e;
    struct slice written = SLICE_NONE;
    if (template_render(t, &data, TEMPLATE_ESCAPE_NONE, &b, &e) == 0) {
        memcpy(out, b.p ? b.p : "", b.n);
        written = slice_trim(slice_make(out, b.n));
    }
    buf_done(&b);
    return written;
}
