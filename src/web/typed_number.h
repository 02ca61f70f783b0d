#pragma once
/* A phone number as people type it on a page: "07700 900123", "+44 7700 900123". */
#include "core/number.h"
#include "web/call.h"

/* As +447700900123; what begins without + is of the organisation's country. False: it is no number. */
bool typed_number(const struct web_call *c, struct slice typed, char out[NUMBER_TEXT_BYTES]);
