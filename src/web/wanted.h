#pragma once
/* The page that somebody wanted who has to log in first, by a link in a mail or after a week: a cookie holds it for an hour, so that
 * it is there also where a link by text ends the logging in. Only pages of ours, by the table of routes: whatever else the cookie
 * says is nowhere. */
#include "web/call.h"

/* Of a request that is sent to /login. A form's is the page above it. Sets the cookie, or nothing. */
void wanted_keep(const struct web *w, struct http_request *q, const struct route *route);
/* Where m, who has just logged in, goes on; the cookie is over. False: nowhere, and out is empty. */
bool wanted_take(struct web_call *c, const struct member *m, char out[AUTH_WANTED_BYTES]);
/* Whether it is a page of ours that m may open: "/campaigns/7?since=1", not "//host/inbox". Pure. */
bool wanted_is_ours(const struct router *r, struct slice target, const struct member *m);
