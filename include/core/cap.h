#pragma once
/* The frequency cap: how often campaigns may text one person, all groups and campaigns together
 * (docs/adr/0041). Replies, confirmations, tests and links to sign in do not count. Pure. */
#include "base/slice.h"

enum {
    CAP_MAX = 20, /* the most that a cap may say */
    CAP_DAY_DEFAULT = 1,
    CAP_WEEK_DEFAULT = 3,
    CAP_PRINT_BYTES = 5,
};

/* In any 24 hours and in any 7 days; 0 = as often as anybody likes. */
struct cap {
    int day, week;
};

/* Whether anybody is left out for it at all. */
static inline bool cap_is_on(struct cap c)
{
    return c.day > 0 || c.week > 0;
}

/* How many of a person's contacts have to be known. */
static inline int cap_times(struct cap c)
{
    return c.day > c.week ? c.day : c.week;
}

/* "1" to "20", or "any". False: it is none of them, and *ret stands. */
bool cap_read(struct slice text, int *ret);

/* What the book of contacts knows a person by (src/store/cap/contacts.lua): 40 bits of a hash of the
 * canonical number. The first 4 stand in the book, with the fifth they say in which bucket. Two
 * people of a million share a print in one book of two; then they share a cap. */
void cap_print(uint64_t number, unsigned char ret[CAP_PRINT_BYTES]);
