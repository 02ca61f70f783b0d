#pragma once
/* A phone number as people type it on a page: "07700 900123", "+44 7700 900123". */
#include "core/number.h"
#include "web/call.h"

/* As +447700900123; what begins without + is of the organisation's country. As on the command line: with + and digits alone it
 * is taken as it is, whether the plan has it or not; else it is read as the cell of a list of opt-outs is, so that a slip of
 * the finger is no number. NULL, or why it is none, in the words of a list's rejects; static. */
const char *typed_number(const struct web_call *c, struct slice typed, char out[NUMBER_TEXT_BYTES]);
