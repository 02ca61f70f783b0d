#pragma once
/* audience import: the file on this side, the API on the other. */
#include "cli/verb.h"

/* Which of --add, --merge, --replace, --remove is said; NULL: none. False: more than one. */
bool import_change(struct verb_call *c, const char **ret);
/* The verb `muster audience import` with its options (audience.c). Prints what came of it, and returns the exit code. */
int import_run(struct verb_call *c);
