#pragma once
/* The pace of sending: how the limiter's numbers are chosen so that no sliding second at the
 * gateway ever holds more than the rate, and how a slot in Redis' time becomes a moment on our own
 * clock.
 *
 * A slot is when the request should leave. It leaves up to PACE_LATE_US late (later, and it does
 * not leave at all: the slot is given back), and the network adds some. The limiter
 * (store/gate/limiter.lua) therefore holds the rate over a little more than a second, and its even
 * pace stays PACE_MARGIN below the rate. */
#include "core/lead.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    /* slots reach this far ahead at least (pace_clock_reach_us) */
    PACE_WINDOW_US = 4000,
    PACE_LATE_US = 6000, /* later than this a slot is forfeited */
    /* the next slots are asked for this much before the last ones are used up */
    PACE_SLACK_US = 1000,
    PACE_GRAIN_US = 300, /* requests due within this leave together: timers are not free */
    PACE_JUMP_US = 2000, /* Redis' clock was set when it is this much further than it can be */
};
#define PACE_MARGIN 0.016

/* [µs] between slots; rate_per_s > 0. */
double pace_interval_us(double rate_per_s);
/* How many slots can be had within `reach_us`: asking for more is work for nothing. */
int pace_slots(double interval_us, int64_t reach_us);

/* Redis' clock seen from ours. Each reply bounds the offset from both sides: the script ran after
 * we sent and before we received. */
struct pace_clock {
    bool known;
    int64_t low_us, high_us;      /* bounds of redis - mono [µs] */
    int64_t floor_us, ceiling_us; /* the same bounds over a longer time, to notice a clock set */
    int64_t jumped_us;            /* mono of the last jump forward */
    int fast_ppm;                 /* Redis' clock runs so much faster than ours */
    int64_t at_us;                /* mono of the last sample */
    struct lead reply;            /* from the script's run to its reply here */
};
/* sent/received: clock_mono_us() around a call; redis_us: the script's `now`.
 *
 * Returns by how much Redis' clock was set since the samples before [µs], or another Redis' clock
 * differs: at least so much forward when it is positive, back when it is negative; 0: it was not,
 * or by less than PACE_JUMP_US and what the quickest replies take. Each jump is told once. Clocks
 * that run apart by up to 2,000 ppm are not set, and a process that stands still sets no clock: its
 * samples bound less, and are not wrong. */
int64_t pace_clock_sample(struct pace_clock *c, int64_t sent_us, int64_t received_us,
                          int64_t redis_us);
/* What to ask the gate for: rate_per_s, and less while Redis' clock, by which the gate counts, runs
 * fast: a jump forward soon after another is taken for that, for a minute. */
double pace_clock_rate(const struct pace_clock *c, double rate_per_s);
/* Our clock at a moment of Redis' clock. Needs a sample. */
int64_t pace_clock_mono_us(const struct pace_clock *c, int64_t redis_us);
/* Redis' clock [µs] at a moment of ours. Needs a sample. */
int64_t pace_clock_redis_us(const struct pace_clock *c, int64_t mono_us);
/* How long before a slot the gate should run so that its reply is here in time [µs]; bounded: by
 * little after a stall, by a second while Redis is slow all the time. */
int64_t pace_clock_lead_us(const struct pace_clock *c);
/* How far behind the lead the slots of one call may be [µs]: what has passed the gate waits no longer. A few calls are under way at once; where
 * replies are slow, all of them together must reach over the time that one takes, or part of the rate is never asked for. */
int64_t pace_clock_reach_us(const struct pace_clock *c);
