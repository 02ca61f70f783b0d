#pragma once
/* What became of one request to a provider: decided once, by the provider's description. An outcome
 * is not an error. The difference that matters most is between TRANSIENT (surely not taken: may be
 * sent again) and UNKNOWN (may have been taken: never sent again by guess). */
#include "base/slice.h"

#define OUTCOME_TABLE(X)                                                                           \
    X(ACCEPTED, "accepted")   /* the provider has it */                                            \
    X(THROTTLED, "throttled") /* not taken, we are too fast: slow down and try again */            \
    X(TRANSIENT, "transient") /* surely not taken: try again */                                    \
    X(REFUSED, "refused")     /* not taken, and never will be for this person or message */        \
    X(BLOCKED, "blocked")     /* nothing of this campaign or account is taken: pause and alarm */  \
    X(UNKNOWN, "unknown")     /* nobody can know */

enum outcome {
#define X(name, text) name,
    OUTCOME_TABLE(X)
#undef X
        OUTCOME_COUNT
};

const char *outcome_to_string(enum outcome o);               /* static */
bool outcome_from_string(struct slice s, enum outcome *ret); /* false and untouched when unknown */
