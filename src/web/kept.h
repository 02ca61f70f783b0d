#pragma once
/* Webhooks that are kept for people (flow/spool.h), as a member may see them: those of a group's own gateway are that group's, all
 * others are of who may in every group. What stands in them is shown to nobody. */
#include "web/call.h"
#include "web/hooks.h"

/* Whether the member may do that with what is kept of this gateway. */
bool kept_is_theirs(const struct web_call *c, enum action may, const char *gateway);
/* The group that the gateway belongs to; "": none. */
const char *kept_owner(const struct web_call *c, const char *gateway);
/* How many of them the member may see, and whether there is room for more. */
struct hooks_kept kept_seen(const struct web_call *c);

/* For people: what it was kept for, and what is to be done. */
const char *kept_why_words(enum spool_why why);
const char *kept_mend_words(enum spool_why why);
