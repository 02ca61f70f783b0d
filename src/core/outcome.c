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
    int i = slice_index(s, TEXTS, OUTCOME_COUNT);
    if (i >= 0) *ret = (enum outcome)i;
    return i >= 0;
}
