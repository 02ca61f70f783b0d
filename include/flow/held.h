#pragma once
/* A template that the provider holds (WhatsApp), as a group keeps it at hand (docs/adr/0070): with its text as the
 * provider approved it, so that who sends it sees what the person will read.
 *
 *   {"name": "Ask again", "gateway": "whatsapp", "template": "ask_again", "language": "en_GB",
 *    "text": "Hello {{1}}, you asked about {{2}}. Is it still open?", "fills": ["{{first_name}}", ""]}
 *
 * The text has gaps: {{1}}, {{2}} … without a number left out, or names such as {{first_name}}; not both. `fills` says
 * what stands in each to begin with, in their order (of names: as they come first in the text): a text in Mustache
 * over what is known of the person. It may be shorter, or absent. */
#include "base/buf.h"
#include "base/err.h"
#include "core/json.h"
#include "gateway/gateway.h"

enum {
    HELD_GAPS_MAX = 20,
    HELD_NAME_BYTES_MAX = 80,         /* what the team calls it */
    HELD_TEMPLATE_BYTES_MAX = 512,    /* Meta, names of templates */
    HELD_LANGUAGE_BYTES_MAX = 16,     /* "en_GB" */
    HELD_TEXT_CHARACTERS_MAX = 1024,  /* Meta, body of a template */
    HELD_FILL_BYTES_MAX = 200,        /* one of `fills` */
    HELD_VALUE_CHARACTERS_MAX = 1024, /* Meta, a parameter */
};

enum { HELD_FIELD_BYTES = 16 };
/* What the form's field of gap i is called: "gap-0". */
void held_field(size_t i, char out[HELD_FIELD_BYTES]);

struct held;

/* Copies what it needs. The error says which key is wrong and the mend: of what an organiser typed. */
int held_read(const json_t *from, struct held **ret, struct err *e) MUST_USE;
void held_free(struct held *h); /* NULL is fine */

/* As they were typed; borrowed from h. Gaps: what a volunteer fills in. */
struct slice held_name(const struct held *h);
struct slice held_gateway(const struct held *h);
struct slice held_template(const struct held *h);
struct slice held_text(const struct held *h);
size_t held_gap_count(const struct held *h);
struct slice held_gap(const struct held *h, size_t i); /* "1", or "first_name" */

/* What stands in gap i for somebody of whom `person` is known (an object of texts), appended to `out`: one line,
 * "" where nothing is known. */
void held_fill(const struct held *h, size_t i, const json_t *person, struct buf *out);

/* The text with values[0 … gap count) in its gaps, appended to `out`; one of no bytes leaves the gap as it is
 * written. */
void held_write(const struct held *h, const struct slice *values, struct buf *out);

/* Whether Meta takes that in a gap: not blank, no line break, tab or more than four blanks in a row, not too long. */
bool held_value_ok(struct slice value);

/* What a dispatcher needs to send it: {"name", "language", "params": [{"name", "value"}]}. Owned. */
json_t *held_call(const struct held *h, const struct slice *values);

/* The other end of held_call. */
struct held_sent;
struct held_sent *held_sent_read(struct slice json); /* NULL: it is none. Owned: held_sent_free */
void held_sent_free(struct held_sent *h);            /* NULL is fine */
/* Fills the template of `out`, borrowed from h. */
void held_sent_put(const struct held_sent *h, struct outgoing *out);
