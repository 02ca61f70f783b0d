#pragma once
#include "flow/check.h"

/* Of how many people something is true, and who the first ones are. */
struct tally_finding {
    uint64_t count;
    size_t shown;
    struct {
        uint32_t index;
        uint64_t number;
    } people[CHECK_EXAMPLES_MAX];
};

/* One more person of whom it is true. */
void tally_found(struct tally_finding *f, uint32_t index, uint64_t number);
