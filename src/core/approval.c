#include "core/approval.h"

#include <inttypes.h>
#include <stdio.h>

struct slice approval_why(const struct approval_rule *rule, uint64_t people, uint64_t before,
                          bool asked, char out[APPROVAL_WHY_BYTES])
{
    int n = 0;
    if (rule->two_people && people > rule->above)
        n = snprintf(out, APPROVAL_WHY_BYTES, "it goes to %" PRIu64 " people, more than %" PRIu64,
                     people, rule->above);
    else if (rule->two_people && people + before > rule->above)
        n = snprintf(out, APPROVAL_WHY_BYTES,
                     "with its author's other launches of 24 hours it goes to %" PRIu64
                     " people, more than %" PRIu64,
                     people + before, rule->above);
    else if (rule->two_people && asked)
        n = snprintf(out, APPROVAL_WHY_BYTES, "the check found what a second person has to see");
    return slice_make(out, (size_t)n);
}
