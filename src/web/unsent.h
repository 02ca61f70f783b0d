#pragma once
/* A form that came when its session was over, or from before a new one began: nothing of it is done, and it stands on a page with all
 * that was typed, from which it goes on with one tap. */
#include "web/call.h"

enum { UNSENT_BYTES_MAX = 64 * 1024 }; /* of its body; larger ones are lost, and so are files */

/* Whether it may: by a page of ours, says the browser, and not by a script. Nobody else's form is offered to anybody. */
bool unsent_may_wait(const struct http_request *q, const struct route *route);
/* Answers c, whose form is read; without a member, or as the one who is there now. */
void unsent_show(struct web_call *c);
