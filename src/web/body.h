#pragma once
/* The JSON body of a request: core/body.h reads it. */
#include "core/body.h"

struct web_call;

/* Reads the body of c, {} when it is empty. NULL-terminated `keys` are all that may be in it; any
 * other is refused by name. False: c has its response. The door calls it. */
bool body_open(struct web_call *c, const char *const *keys);
