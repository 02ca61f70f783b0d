#pragma once
/* audience import: the file on this side, the API on the other. */
#include "cli/verb.h"

/* The verb with its options (audience.c). Prints what came of it. */
/* Which of --add, --merge, --replace, --remove is said; NULL: none. False: more than one. */
bool import_change(struct verb_call *c, const char **ret);
int import_run(struct verb_call *c);
