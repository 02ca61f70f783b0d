#pragma once
/* audience import: the file on this side, the API on the other. */
#include "cli/verb.h"

/* The verb with its options (audience.c). Prints what came of it. */
int import_run(struct verb_call *c);
