#pragma once
/* Who does something, when and why, as the store keeps it and the audit trail tells it. */
#include "base/slice.h"

struct deed {
    struct slice who; /* core/actor.h; none: the person themselves */
    int64_t at_ms;    /* [wall ms] */
    struct slice why; /* in their words; may be empty */
};

static inline struct deed deed_for(struct slice who, int64_t at_ms, struct slice why)
{
    return (struct deed){who, at_ms, why};
}

static inline struct deed deed_of(struct slice who, int64_t at_ms)
{
    return deed_for(who, at_ms, SLICE_NONE);
}
