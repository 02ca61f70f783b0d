#pragma once
/* What is drawn in a story of a property test; the same seed draws the same. */
#include <stdbool.h>

#include "seed.h"

static uint64_t seed; /* main() sets it: prop_seed() */

/* xorshift64*: the same draws everywhere. */
static inline uint64_t roll(void)
{
    static uint64_t x;
    if (!x) x = seed * 2 + 1;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    return x * UINT64_C(2685821657736338717);
}

static inline int64_t between(int64_t low, int64_t high)
{
    return low + (int64_t)(roll() % (uint64_t)(high - low + 1));
}

static inline bool one_in(int n)
{
    return between(1, n) == 1;
}
