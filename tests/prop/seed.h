#pragma once
/* The seed of a property test: MUSTER_SEED, else the clock. It is printed, so that a run that
 * failed can be run again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

/* On standard error: cmocka 1.1.7 prints "TAP version 13" itself, and nothing may stand before that
 * line. */
static inline uint64_t prop_seed(void)
{
    const char *given = getenv("MUSTER_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)clock_wall_ms();
    (void)fprintf(stderr, "MUSTER_SEED=%" PRIu64 "\n", seed);
    return seed;
}
