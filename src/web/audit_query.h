#pragma once
/* What is asked for of the audit trail, by query: who, what, campaign, group, from, until, day, limit, cursor. The API and the page
 * read it in one way, but that a day is UTC's for a program, and the group's for people. */
#include "store/audit.h"
#include "web/call.h"

/* NULL, or what is wrong, in words. Borrows from c, whose member's groups it keeps to. An empty parameter is none. */
const char *audit_query_read(struct web_call *c, size_t limit_default, struct audit_query *ret);
