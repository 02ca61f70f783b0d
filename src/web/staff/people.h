#pragma once
/* What is done to people, by the API and by forms alike: each answers c, with JSON or with a page. */
#include "web/call.h"

/* Their forms, with what was typed; problem "": none. */
void people_show_invite(struct web_call *c, int status, const char *problem);
void people_show_shift(struct web_call *c, int status, const char *problem);

/* Rows of the API and of the pages: each responds to c once, now or later. */
void people_invite(struct web_call *c);
void people_link(struct web_call *c); /* a new way in, for one who is there */
void people_revoke(struct web_call *c);
void people_approve(struct web_call *c);
void people_approve_all(struct web_call *c);
void people_move(struct web_call *c);
void people_end_sessions(struct web_call *c); /* all of {id} */
void people_add_shift(struct web_call *c);
void people_end_shift(struct web_call *c);
