#pragma once
/* Mustache, as its public specification says: interpolation, sections, inverted sections, comments,
 * partials, set delimiter and the whitespace rules for tags that stand alone on a line. Neither
 * lambdas nor inheritance: a message has no code in it. A template is compiled once and rendered
 * for each recipient without allocating anything but the room in the buffer.
 *
 * Where the specification leaves room: an empty string counts as false in a section (a row without
 * a first name is a row without a first name), a number 0 as true; a list or map in {{x}} prints
 * nothing; blank lines of an indented partial stay blank. */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define TEMPLATE_ESCAPE_TABLE(X)                                                                   \
    X(TEMPLATE_ESCAPE_NONE, "none") /* as it is: SMS and WhatsApp texts */                         \
    X(TEMPLATE_ESCAPE_HTML, "html") /* & < > " ' become entities */                                \
    X(TEMPLATE_ESCAPE_URL, "url")   /* RFC 3986: all but A-Z a-z 0-9 - . _ ~ become %XX */         \
    X(TEMPLATE_ESCAPE_JSON, "json") /* fit for the inside of a JSON string */

/* What happens to {{x}}; {{{x}}} and {{&x}} are never escaped. */
enum template_escape {
#define X(name, text) name,
    TEMPLATE_ESCAPE_TABLE(X)
#undef X
};

const char *template_escape_to_string(enum template_escape escape); /* static */
/* False and untouched when `s` names no mode. */
bool template_escape_from_string(const char *s, enum template_escape *ret_escape);
/* Appends `text` as `escape` wants it. */
void template_escape_add(struct buf *out, struct slice text, enum template_escape escape);

/* The data: anything that can answer three questions. No copy is made, so all that a value points
 * to must live until the rendering is over. */
enum tvalue_kind {
    TVALUE_NONE,  /* not there: the search goes on in the outer context */
    TVALUE_FALSE, /* there and false; `text` is what {{x}} prints: "false", or nothing for a null */
    TVALUE_STRING, /* `text`; true is a string too */
    TVALUE_NUMBER, /* ops->text */
    TVALUE_LIST,   /* ops->count and ops->at */
    TVALUE_MAP,    /* ops->get */
};

struct tvalue_ops;

struct tvalue {
    enum tvalue_kind kind;
    struct slice text;            /* borrowed; STRING and FALSE */
    const void *node;             /* borrowed; the provider's own; NUMBER, LIST and MAP */
    const struct tvalue_ops *ops; /* NUMBER, LIST and MAP; functions of other kinds may be NULL */
};

enum { TVALUE_NUMBER_BYTES = 32 };

struct tvalue_ops {
    /* Writes the number into `space` of TVALUE_NUMBER_BYTES and returns how many bytes it took. */
    size_t (*text)(const struct tvalue *number, char *space);
    struct tvalue (*get)(const struct tvalue *map, struct slice key); /* NONE when absent */
    struct tvalue (*at)(const struct tvalue *list, size_t i);         /* i < count */
    size_t (*count)(const struct tvalue *list);
};

static inline struct tvalue tvalue_none(void)
{
    return (struct tvalue){.kind = TVALUE_NONE};
}

static inline struct tvalue tvalue_string(struct slice text)
{
    return (struct tvalue){.kind = TVALUE_STRING, .text = text};
}

/* Where partials come from. `load` writes the source of `name` into `source` (empty, with the
 * ceiling below) and returns 0; ERR_NOT_FOUND makes the partial an empty one, as the specification
 * wants; any other negative code ends the compilation with what it put into *e. Called once per
 * name. */
struct template_loader {
    int (*load)(void *arg, struct slice name, struct buf *source, struct err *e);
    void *arg;
};

enum {
    TEMPLATE_SOURCE_BYTES_MAX = 1024 * 1024, /* of one template or partial */
    TEMPLATE_PARTIALS_MAX = 256,             /* different ones in one template */
    TEMPLATE_SECTIONS_DEEP_MAX = 100,        /* sections open at once in one source */
    TEMPLATE_RENDER_DEEP_MAX = 500,          /* sections and partials open at once in a rendering */
    TEMPLATE_RENDER_STEPS_MAX = 10000000,    /* tags, texts and list items in one rendering */
};

struct template;

/* Compiles `source` (copied) and all its partials; `loader` NULL: there are none. `name` stands in
 * errors, which read "name:line:column: what; mend". ERR_SYNTAX: the template is wrong; ERR_LIMIT:
 * over one of the limits; or what the loader returned. *ret is owned by the caller. O(source). */
int template_compile(struct slice source, const char *name, const struct template_loader *loader,
                     struct template **ret, struct err *e) MUST_USE;
void template_free(struct template *t); /* NULL is fine */

/* Appends to `out`. ERR_LIMIT: `out` is full (its flag is set), or nested too deep, or too many
 * steps; what is in `out` then is of no use. A template may be rendered by several callers at once.
 */
int template_render(const struct template *t, const struct tvalue *data,
                    enum template_escape escape, struct buf *out, struct err *e) MUST_USE;

/* How a name is used, for the check of a template against its audience. */
enum template_use {
    TEMPLATE_USE_PLAIN = 1,   /* printed where a missing value leaves a hole */
    TEMPLATE_USE_SECTION = 2, /* asked for by {{#x}} or {{^x}}: missing is an answer too */
    TEMPLATE_USE_GUARDED = 4, /* printed inside its own {{#x}} section: never a hole */
    TEMPLATE_USE_WHOLE = 8,   /* a map that is printed as it is: always a hole */
};

/* A name that stands for a map whose members are known: {{x.member}}, {{#x}}{{member}}{{/x}}. */
struct template_map {
    struct slice name;
    const char *const *members;
    size_t count;
};

/* Calls `each` for every distinct name that the template and its partials look up (of a.b only a;
 * not the implicit "."), in order of first use. `uses` is a set of enum template_use. `name` is
 * borrowed from the template. A name inside a section over a list or map may be answered by its
 * items.
 *
 * map, or NULL: where one of its members is printed, its own name is what is looked up. A member
 * that it does not have is a name of its own, with its dot: "x.other". */
void template_fields(const struct template *t, const struct template_map *map,
                     void (*each)(void *arg, struct slice name, unsigned uses), void *arg);
