#pragma once
/* What a campaign says: a compiled message by language, rendered for one recipient after another.
 *
 * JSON form (as the API takes it and the store keeps it):
 *   {"default": "en", "sms":      {"en": {"text": "Hi {{first_name}}…"}, "cy": {…}},
 *                     "whatsapp": {"en": {"template": "meeting", "language": "en_GB",
 *                                      "params": ["{{first_name}}"]}}}
 *
 * and, for volunteers, what flow/aside.h says.
 *
 * A recipient's language is the column `language` (or `lang`) of the audience, where there is
 * one.
 *
 * {{nearest.place}}, {{nearest.when}} and so on say where the person is needed most (docs/adr/0051): no
 * columns of the list, unless it has one that is called `nearest`. */
#include "base/buf.h"
#include "base/err.h"
#include "core/block.h"
#include "core/template.h"
#include "gateway/gateway.h"

/* For template_compile: a message has no partials. Left empty, as Mustache has it, one would leave
 * a hole in what people read. */
extern const struct template_loader message_partials;

struct message;

/* The session that one person is told of; all borrowed. */
#define MESSAGE_NEAREST(X)                                                                         \
    X(place)                                                                                       \
    X(when)                                                                                        \
    X(link)                                                                                        \
    X(distance)                                                                                    \
    X(meeting_point)
struct message_nearest {
#define X(name) struct slice name;
    MESSAGE_NEAREST(X)
#undef X
};
enum {
#define X(name) MESSAGE_NEAREST_##name,
    MESSAGE_NEAREST(X)
#undef X
        MESSAGE_NEAREST_COUNT
};
/* For template_fields: where it is one of the names. */
extern const struct template_map message_nearest_map;

enum {
    /* of one rendered message: what does not fit is not sent */
    MESSAGE_TEXT_BYTES_MAX = 16 * 1024,
};

/* channel: "sms" | "whatsapp". Columns are the audience's (phone not among them). Every error names
 * the variant and line:column. Copies what it needs. */
int message_compile(struct slice json, struct slice channel, const struct slice *columns,
                    size_t column_count, struct message **ret, struct err *e) MUST_USE;
void message_free(struct message *m); /* NULL is fine */

struct store;
struct audience_info;
/* Loads what a campaign says, and compiles it. The callback owns m, which is NULL when result is
 * not 0. The audience is borrowed until then. Besides the errors of the compiler: ERR_UNREACHABLE,
 * ERR_NOT_FOUND. */
typedef void message_cb(void *arg, int result, struct message *m, const struct err *e);
void message_load(struct store *s, uint32_t campaign, const char *channel,
                  const struct audience_info *a, message_cb *cb, void *arg);

/* Whether it says anything of the nearest session in any language. */
bool message_tells_nearest(const struct message *m);

/* Renders for row `row` of an open block: fills text or the template fields of `out`, with bytes in
 * `text` (cleared first; must outlive out's use). nearest: of that person, NULL = they have none.
 * params is borrowed from m until the next call. Negative when it does not fit. */
int message_render(struct message *m, const struct block *b, size_t row,
                   const struct message_nearest *nearest, struct buf *text, struct outgoing *out,
                   struct err *e) MUST_USE;

struct aside;
const struct aside *message_aside(const struct message *m); /* borrowed */
/* Its i-th suggestion for row `row` of an open block, into `text` (cleared first); gap is called with each name that stands
 * there as "{{name}}", since the column is empty. Negative when it does not fit. */
int message_suggest(const struct message *m, size_t i, const struct block *b, size_t row,
                    const struct message_nearest *nearest, struct buf *text,
                    void (*gap)(void *arg, struct slice name), void *arg, struct err *e) MUST_USE;

/* The columns that the message uses. */
enum {
    MESSAGE_COLUMN_MISSING = -1, /* the audience has none of that name */
    MESSAGE_COLUMN_NEAREST = -2, /* it is what MESSAGE_NEAREST tells */
};
typedef void message_field_cb(void *arg, struct slice field, int column,
                              unsigned uses /* enum template_use */);
void message_fields(const struct message *m, message_field_cb *cb, void *arg);
