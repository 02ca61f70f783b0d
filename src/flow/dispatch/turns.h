#pragma once
/* Whose turn it is at an outlet (turns.c). */
#include "share.h"

struct run;

struct turns {
    struct shares replies;      /* that are ready, by age */
    TAILQ_HEAD(runs, run) runs; /* with shares that are ready */
    struct shares asleep;       /* in no order */
    int64_t wake_us;            /* none of those who sleep wakes before */
    size_t share_n;             /* of all that are not out */
    uint64_t ages;              /* given out */
    double most;                /* turns that a run has had */
    double weight;              /* of the runs that are ready */
    int64_t took_us;            /* when a campaign was granted something last [our clock] */
};

void turns_init(struct turns *t); /* of zeroes; nothing to free */
/* share.c tells: s is ready now, or is not any more. */
void turns_joined(struct share *s);
void turns_left(struct share *s);
/* Whose turn it is; replies only when `replies_only`. NULL: nobody's. O(campaigns with something to
 * do), and when sleepers wake, O(sleepers). */
struct share *turns_next(struct outlet *o, int64_t now_us, bool replies_only);
/* When the next turn could be given; in the past: now; INT64_MAX: not before something happens. */
int64_t turns_wake_us(const struct outlet *o);
void turns_took(struct share *s, size_t messages); /* its campaign was granted so many */
/* How much earlier than usual to ask for the next slot: other dispatchers had the last ones. */
int64_t turns_early_us(const struct outlet *o);
