#pragma once
#include "verb.h"

/* Of whom the numbers are kept: what --group says, else "all". */
const char *suppress_scope(const struct verb_call *c);
/* Tells on stderr when nobody knows that group: a name that was mistyped keeps nobody from being texted. */
void suppress_scope_note(struct verb_call *c);
