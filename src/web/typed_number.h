#pragma once
/* A phone number as people type it on a page: "07700 900123", "+44 7700 900123". */
#include "base/err.h"
#include "core/number.h"
#include "web/call.h"

/* As +447700900123; what begins without + is of the organisation's country. As on the command line: with + and digits alone it
 * is taken as it is, whether the plan has it or not; else it is read as the cell of a list of opt-outs is, so that a slip of
 * the finger is no number. False: `problem` says to whoever typed it why it is none, and how to write one. */
bool typed_number(const struct web_call *c, struct slice typed, char out[NUMBER_TEXT_BYTES],
                  char problem[ERR_TEXT_BYTES]);
