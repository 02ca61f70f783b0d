#pragma once
/* Templates that a provider holds, as groups keep them at hand (flow/held.h), on their way to who answers. */
#include "store/inbox.h"
#include "web/call.h"

struct held;

/* As the API tells of it: what was kept, with id, group and gaps. Owned; NULL when it cannot be read (any more). */
json_t *offered_json(const struct inbox_shelved *kept);

/* Puts `templates` into data, which has "conversation" and "fields" (web/view): those of its group and account while
 * the channel takes no free text any more, with what is known of the person in their gaps; else none. Then calls
 * then(c), later or from inside the call. data is borrowed until then. */
void offered_put(struct web_call *c, json_t *data, void (*then)(struct web_call *c));

/* The one of that id that the member may send in conversation c->id. held is borrowed for the call; it is NULL when
 * c has its response. */
typedef void offered_cb(struct web_call *c, const struct held *held);
void offered_find(struct web_call *c, struct slice id, offered_cb *cb);
