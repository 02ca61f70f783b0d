#pragma once
/* "Send me a test" (organiser/try_text.mustache), on each page that shows what the check says of a text. */
#include "base/err.h"
#include "web/call.h"

/* Whether its button was pressed, on a page that has others. */
bool try_text_asked(const struct web_call *c);
/* Sends what campaign (borrowed) says to the number that was typed; `then` gets the answer of POST /api/v1/campaigns/test. False: that is no
 * number, nothing is asked, and problem says so to whoever typed it. */
bool try_text(struct web_call *c, const json_t *campaign, web_then *then,
              char problem[ERR_TEXT_BYTES]);
/* In words, what the answer says. */
void try_text_words(const struct web_call *c, int status, const json_t *body,
                    char out[ERR_TEXT_BYTES]);
/* For the form: it goes to path, and the number stands in it. said: above it, what came of the last one; none yet: "". */
void try_text_put(const struct web_call *c, json_t *data, const char *path, const char *said,
                  bool sent);
