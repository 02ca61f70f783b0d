#pragma once
/* How much a finding of a check weighs. Pure. */
#include "base/slice.h"

enum finding_level {
    FINDING_BLOCK,   /* it is not launched like this */
    FINDING_APPROVE, /* it needs a second person */
    FINDING_WARN,    /* somebody should look at it */
    FINDING_NOTE,    /* good to know */
    FINDING_LEVELS
};

/* "block", "approve", "warn", "note" */
const char *finding_level_to_string(enum finding_level level);
bool finding_level_from_string(struct slice text, enum finding_level *ret);
