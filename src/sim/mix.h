#pragma once
/* What may happen, and how often: "21610:0.01,http500:0.001". What is left of 1 is "nothing of it".
 * And the dice: a number in [0, 1) from a seed and a key, so that what happens to a message depends
 * on the message and never on the order of arrival. */
#include "base/err.h"
#include "base/slice.h"

enum { MIX_ITEMS_MAX = 24, MIX_NAME_BYTES = 24 };

struct mix {
    int count;
    struct mix_item {
        char name[MIX_NAME_BYTES];
        double chance; /* 0 .. 1 */
    } items[MIX_ITEMS_MAX];
};

/* Reads "name:chance,…" ("" = nothing). Names are letters, digits, '_'; the chances sum to at
 * most 1. */
int mix_parse(struct slice text, struct mix *ret, struct err *e) MUST_USE;
/* The item that `roll` (in [0, 1)) falls on; NULL = what is left. Borrowed from the mix. */
const char *mix_pick(const struct mix *m, double roll);

/* A 64-bit hash of two byte strings, well mixed; the same on every machine. */
uint64_t dice_key(struct slice a, struct slice b);
/* One roll in [0, 1): `salt` tells the questions apart that are asked about one key. */
double dice_roll(uint64_t seed, uint64_t key, uint64_t salt);
