#include "core/outcome.h"

#include "base/check.h"

static const char *const TEXTS[] = {
#define X(name, text) [name] = text,
    OUTCOME_TABLE(X)
#undef X
};

const char *outcome_to_string(enum outcome o)
{
    check((unsigned)o < OUTCOME_COUNT);
    return TEXTS[o];
}

bool outcome_from_string(struct slice s, enum outcome *ret)
{
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (!slice_is(s, TEXTS[i])) continue;
        *ret = (enum outcome)i;
        return true;
    }
    return false;
}
