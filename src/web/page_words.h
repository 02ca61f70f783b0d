#pragma once
/* What API and store say, as a page says it: without the client's commands and the names of JSON keys. Where a
 * page asks the API (web_ask), all that it is told of a failure went through here. */
#include "base/slice.h"

#include <jansson.h>

/* "no list 'x': `muster audience list` shows them" is "No list 'x'". errors: of the problem (core/body.h), whose keys get
 * the words of a form's labels; NULL: none. Returns owned. */
char *page_words(struct slice said, const json_t *errors);
/* A problem as a page that asked is told of it: more, which it takes (NULL: nothing), with code and detail. Returns owned. */
json_t *page_problem(const char *code, const char *message, json_t *more);

/* Who did something, as people call them: who sat at the server itself (ADR 0034) is "root at the server", or null where even
 * that is not known. by: the name, or null. Returns owned. */
json_t *page_who(const json_t *by);

/* What went wrong, in a sentence, of a problem as a page is told of it. Borrowed of it; never NULL. */
const char *page_detail(const json_t *problem);
/* {field: sentence} of a problem's `errors`, for the fields of a form. Returns owned; never NULL. */
json_t *page_wrong(const json_t *problem);
/* What stands above a form: "Please look at: the name, when it begins." wrong: {field: sentence}. Returns owned. */
char *page_wrong_words(const json_t *wrong);
