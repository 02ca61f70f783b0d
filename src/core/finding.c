#include "core/finding.h"

static const char *const names[FINDING_LEVELS] = {"block", "approve", "warn", "note"};

const char *finding_level_to_string(enum finding_level level)
{
    return names[level];
}

bool finding_level_from_string(struct slice text, enum finding_level *ret)
{
    for (size_t i = 0; i < FINDING_LEVELS; i++) {
        if (!slice_is(text, names[i])) continue;
        *ret = (enum finding_level)i;
        return true;
    }
    return false;
}
