#pragma once
#include "store/inbox.h"
#include "web/call.h"

/* Takes the person who waits longest, of those whom the form's `want_tag` and `want_campaign` name,
 * and leads to them; nobody, or too many held already: to the list, which says so. closed: the
 * conversation that the page may open again; 0 = none. */
void next_lead(struct web_call *c, uint32_t closed);

/* What a page shows of what came before it (the query of where next_lead led): said, a sentence; undo,
 * the conversation that was closed; want_tag, want_campaign. */
void next_put(const struct web_call *c, json_t *data);
