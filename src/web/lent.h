#pragma once
/* Inboxes that are lent to a member, by what the groups say just now (flow/twin.h). */
#include "web/call.h"

/* A copy of m to which those inboxes are lent: free(). */
struct member *lent_copy(const struct web *w, const struct member *m);
/* Which of the member's own groups has that group's inbox lent; NULL: it is not lent to them, or their own. Borrowed from
 * m. */
const char *lent_to(const struct web *w, const struct member *m, struct slice group);
/* c answered somebody of that group. Where it is lent to its member, that is counted, and stands in that group's audit
 * trail, with the group that they belong to. */
void lent_answered(struct web_call *c, struct slice group);
