#pragma once
/* "Send me a test" (organiser/try_text.mustache), on each page that shows what the check says of a text. */
#include "base/err.h"
#include "web/call.h"

/* Whether its button was pressed, on a page that has others. */
bool try_text_asked(const struct web_call *c);
/* Sends what campaign (borrowed) says to the number that was typed; `then` gets the answer of POST /api/v1/campaigns/test, which it hands
 * to try_text_told. False: that is no number, and nothing is asked. What came of it is known from then on as "tested": {said, sent}. */
bool try_text(struct web_call *c, const json_t *campaign, web_then *then);
void try_text_told(struct web_call *c, int status, const json_t *body);
/* For the form: it goes to path, and the number stands in it. tested: what came of the last one is said above; NULL: there was none. */
void try_text_put(const struct web_call *c, json_t *data, const char *path, const json_t *tested);
