#pragma once
/* What is lent to a member: inboxes, by what the groups say just now (flow/twin.h), and lists (store/loan.h). */
#include "web/call.h"

/* A copy of m that has what is lent to them: free(). */
struct member *lent_copy(const struct web *w, const struct member *m);
/* Whether the member's groups have that loan now, and their role may do that by a loan. */
bool loan_is_to(const struct web *w, const struct member *m, enum action action, uint32_t loan);
/* Which of the member's own groups has that group's inbox lent; NULL: it is not lent to them, or their own. Borrowed from
 * m. */
const char *lent_to(const struct web *w, const struct member *m, struct slice group);
/* Whether that group is the member's own, and not one that lends something to them. */
bool lent_is_own(const struct member *m, struct slice group);
/* c answered somebody of that group, of a campaign to a list that is lent by that loan (0 = by none). Where it is lent to its member,
 * that stands in that group's audit trail, with the group that they belong to; of an inbox that is lent it is counted. */
void lent_answered(struct web_call *c, struct slice group, uint32_t loan);
