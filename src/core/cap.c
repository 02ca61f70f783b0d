#include "core/cap.h"

bool cap_read(struct slice text, int *ret)
{
    uint64_t n;
    if (slice_is(text, "any")) {
        *ret = 0;
        return true;
    }
    if (!slice_to_u64(text, CAP_MAX, &n) || n == 0) return false;
    *ret = (int)n;
    return true;
}

/* The end of splitmix64: every bit of the number moves every bit of the print. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

void cap_print(uint64_t number, unsigned char ret[CAP_PRINT_BYTES])
{
    uint64_t hash = mix(number + UINT64_C(0x9e3779b97f4a7c15));
    for (int i = 0; i < CAP_PRINT_BYTES; i++)
        ret[i] = (unsigned char)(hash >> (8 * i));
}
