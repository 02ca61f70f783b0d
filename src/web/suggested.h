#pragma once
/* Answers that a group suggests to whoever answers its people, beside those of the campaign that they answer to. */
#include "store/inbox.h"
#include "web/call.h"

struct template;

enum { SUGGESTED_SHOWN = 20, SUGGESTED_BYTES_MAX = 6400 };

/* {id, group, tag, text} of what stands on a shelf; NULL: it cannot be read. Owned. */
json_t *suggested_json(const struct inbox_shelved *s);
/* What a group may suggest: a template, whose fields are those of whichever campaign the person answers to. *ret is owned. ERR_SYNTAX,
 * ERR_INVALID, ERR_LIMIT: e says where. */
int suggested_compile(struct slice text, struct template **ret, struct err *e) MUST_USE;
/* Puts those of the conversation's group behind o's `suggestions`, as {tag, text, missing}, those whose tag the conversation has first,
 * at most SUGGESTED_SHOWN. Their fields are filled from o's `fields`, which is what the member may see of the person; where one is
 * missing, {{its_name}} stays, and flow/doubt.h asks about it. o has `conversation`, `fields` and `suggestions`, and stays until
 * `then`. What cannot be had is left out. */
void suggested_put(struct web_call *c, json_t *o, void (*then)(struct web_call *c));
