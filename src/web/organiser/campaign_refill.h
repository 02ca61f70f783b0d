#pragma once
/* A campaign that there is, as if somebody had typed it into the form: "Use again", "Change it". */
#include "web/call.h"

/* c's form becomes what body says, which is as GET /api/v1/campaigns/{id}/body tells it. False: it is too
 * large for a form, and c has its response. */
bool campaign_refill(struct web_call *c, const json_t *body);
