#pragma once
/* How long before its time something has to be asked for, so that what it waits for (a reply of Redis, a disk) is there in time:
 * as long as that took as of late, and a quarter more. All times in [µs].
 *
 * A stall is waited out: what has passed the gate must not wait long for its slot, so a lead has a bound. But where it is slow all
 * the time, a lead that is shorter than that would miss every slot, for ever: then a larger bound counts, until it is quick once. */
#include <stdbool.h>
#include <stdint.h>

struct lead_limits {
    int64_t first_us;    /* what is assumed before anything is known */
    int64_t max_us;      /* the bound for stalls */
    int64_t max_slow_us; /* the bound while it is slow all the time; larger */
};

struct lead {
    int64_t usual_us; /* 0: nothing is known */
    int late_n;       /* so many in a row took longer than max_us, bounded */
};

/* It took so long, this time. */
void lead_saw(struct lead *l, const struct lead_limits *limits, int64_t took_us);
/* What it takes as of late. */
int64_t lead_usual_us(const struct lead *l, const struct lead_limits *limits);
int64_t lead_us(const struct lead *l, const struct lead_limits *limits);
/* It is slow all the time, and even max_slow_us is too short: most slots are missed. */
bool lead_is_hopeless(const struct lead *l, const struct lead_limits *limits);
