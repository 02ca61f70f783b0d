#pragma once
/* What a campaign gives its volunteers beside its message: the columns of the list that they may see of
 * a person, and answers that they may begin from. Both are part of the message's JSON:
 *   "show": ["ward"],
 *   "suggestions": [{"tag": "question", "text": "Hi {{first_name}}, it is at the hall."}]
 *
 * The tag may be left out. */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "core/template.h"

#include <jansson.h>

enum {
    ASIDE_SHOWN_MAX = 8,
    ASIDE_SUGGESTIONS_MAX = 20,
    ASIDE_SUGGESTION_BYTES_MAX = 1600, /* as written */
};

struct aside;

/* Columns are the audience's; all that is named has to be one of them. Errors name the place in the
 * message. Copies what it needs. */
int aside_compile(const json_t *message, const struct slice *columns, size_t column_count,
                  struct aside **ret, struct err *e) MUST_USE;
void aside_free(struct aside *a); /* NULL is fine */

size_t aside_shown_count(const struct aside *a);
size_t aside_shown(const struct aside *a, size_t i); /* which column */
size_t aside_suggestion_count(const struct aside *a);
struct slice aside_tag(const struct aside *a, size_t i); /* of a suggestion; none */
/* Appends the suggestion for a person, a map of columns. A column that is empty of them, where that would leave a hole, stands
 * there as "{{name}}". Negative when it does not fit. */
int aside_render(const struct aside *a, size_t i, const struct tvalue *person, struct buf *text,
                 struct err *e) MUST_USE;
/* What stands so in it: calls each for every such name; before it returns. */
typedef void aside_gap_cb(void *arg, struct slice name);
void aside_gaps(const struct aside *a, size_t i, const struct tvalue *person, aside_gap_cb *each,
                void *arg);
