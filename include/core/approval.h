#pragma once
/* When a second person has to agree to a campaign before it begins. Pure. */
#include "base/slice.h"

#include <stdint.h>

struct approval_rule {
    bool two_people; /* false: nobody ever has to */
    /* More people need it, in one launch or in all that one author made alone lately. */
    uint64_t above;
};
enum { APPROVAL_WHY_BYTES = 128 };

/* Why, in words for people, written to out; none = nobody has to. people: who would get it. before: to
 * whom its author launched lately without a second person. asked: a finding of its check says so
 * (core/finding.h). */
struct slice approval_why(const struct approval_rule *rule, uint64_t people, uint64_t before,
                          bool asked, char out[APPROVAL_WHY_BYTES]);
