#pragma once
#include "verb.h"

/* muster suppress batches. */
int suppress_batches(struct verb_call *c);
/* muster suppress undo BATCH, with the option why. */
int suppress_undo(struct verb_call *c);
