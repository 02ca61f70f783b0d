#pragma once
#include "core/block.h"
#include "flow/check.h"

/* Somebody whom a check goes through. */
struct check_person {
    uint32_t index;
    uint64_t number;
    const char *country; /* NULL: of none */
    const struct block *block;
    size_t row; /* of that block */
};

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
