#pragma once
/* What the pages of opt-outs share. */
#include "web/call.h"

/* Where the member may set or lift: [{value, label}], their groups; everybody's is of who is
 * everywhere. Owned. */
json_t *optout_scopes(const struct web_call *c);
/* "by anybody here", "by leeds": who must not text. Owned. */
json_t *optout_by(struct slice scope);
/* /optouts without anybody looked up: with the lists that were imported. problem: "" is none; copied. */
void optouts_show(struct web_call *c, int status, const char *problem);
/* What is kept of a person's consent, as GET /api/v1/consents/{number} has it, into a page's data; NULL: nobody here knows them. */
void consents_put(const struct web_call *c, json_t *data, const json_t *found);
