#include "core/pace.h"

#include "base/check.h"

enum {
    LEAD_MIN_US = 300,
    REACH_MAX_US = 200000, /* with the longest leads within what the limiter's record holds */
    DRIFT_PPM = 200,       /* bounds widen this fast between samples: two clocks never run alike */
    /* Time servers hurry a clock by 500 ppm, and ours may be slowed as much. A clock that is faster
     * still has been set, a little at a time: a second of it is not one. */
    CREEP_PPM = 2000,
    /* Jumps that go on like this are two clocks that run apart: then nothing would ever be sent. */
    APART_US = 2000000,
    APART_PPM_MAX = 200000,
    APART_FOR_US = 60000000,
    APART_COSTS = 4, /* times the difference */
};

static const struct lead_limits reply_limits = {
    .first_us = 2000, .max_us = 20000, .max_slow_us = 1000000};

double pace_interval_us(double rate_per_s)
{
    check(rate_per_s > 0);
    return 1e6 * (1 + PACE_MARGIN) / rate_per_s;
}

int pace_slots(double interval_us, int64_t reach_us)
{
    double n = (double)reach_us / interval_us + 1;
    return n > 1e6 ? 1000000 : (int)n;
}

static int64_t creep_us(const struct pace_clock *c, int64_t passed_us)
{
    return passed_us * (CREEP_PPM + c->fast_ppm) / 1000000 + 1;
}

/* A jump forward, soon after another and no larger than a clock that runs fast would make it.
 * most_us: it may have been that much. */
static void find_speed(struct pace_clock *c, int64_t jump_us, int64_t most_us, int64_t now_us)
{
    int64_t since = now_us - c->jumped_us;
    c->jumped_us = now_us;
    if (since > APART_US || jump_us > since * APART_PPM_MAX / 1000000) return;
    int64_t ppm = most_us * 1000000 / since + CREEP_PPM;
    if (ppm > APART_PPM_MAX) ppm = APART_PPM_MAX;
    if (ppm > c->fast_ppm) c->fast_ppm = (int)ppm;
}

/* The bounds for jumps: each sample narrows them, time widens them; also the time that the call
 * itself took, since nobody knows when in it the script ran. What does not fit is a jump; so is
 * what adds up to one, since bounds that fit are kept however small the steps are. */
static int64_t find_jump(struct pace_clock *c, int64_t low, int64_t high, int64_t now_us)
{
    int64_t passed_us = now_us - c->at_us;
    int64_t floor = c->floor_us - creep_us(c, passed_us);
    int64_t ceiling = c->ceiling_us + creep_us(c, passed_us);
    int64_t jump = low > ceiling ? low - ceiling : high < floor ? high - floor : 0;
    bool jumped = jump < -PACE_JUMP_US || jump > PACE_JUMP_US;
    if (jump > PACE_JUMP_US) find_speed(c, jump, high - c->floor_us, now_us);
    c->floor_us = jumped || low > floor ? low : floor;
    c->ceiling_us = jumped || high < ceiling ? high : ceiling;
    return jumped ? jump : 0;
}

int64_t pace_clock_sample(struct pace_clock *c, int64_t sent_us, int64_t received_us,
                          int64_t redis_us)
{
    int64_t low = redis_us - received_us, high = redis_us - sent_us, jump = 0;
    if (received_us - c->jumped_us > APART_FOR_US) c->fast_ppm = 0;
    int64_t creep = creep_us(c, received_us - sent_us);
    if (c->known) {
        jump = find_jump(c, low - creep, high + creep, received_us);
        int64_t drift = (received_us - c->at_us) * DRIFT_PPM / 1000000 + 1;
        int64_t wide_low = c->low_us - drift, wide_high = c->high_us + drift;
        wide_high += (received_us - c->at_us) * c->fast_ppm / 1000000;
        /* Bounds that contradict each other: the clocks have moved. Only the new sample counts
         * then.
         */
        bool moved = low > wide_high || high < wide_low;
        if (!moved && wide_low > low) low = wide_low;
        if (!moved && wide_high < high) high = wide_high;
    } else {
        c->floor_us = low - creep;
        c->ceiling_us = high + creep;
    }
    c->known = true;
    c->low_us = low;
    c->high_us = high;
    c->at_us = received_us;
    lead_saw(&c->reply, &reply_limits, received_us - (redis_us - high));
    return jump;
}

double pace_clock_rate(const struct pace_clock *c, double rate_per_s)
{
    if (c->fast_ppm == 0) return rate_per_s;
    /* By Redis' clock a second is too short: once for the even pace, once for the record of the
     * last second; and where a slot is on our clock is known the less, the slower the replies are.
     * The record counts whole messages: there must be one less. */
    double whole = rate_per_s >= 1 ? (double)(int64_t)rate_per_s : rate_per_s;
    return whole / (1 + APART_COSTS * c->fast_ppm / 1e6);
}

int64_t pace_clock_mono_us(const struct pace_clock *c, int64_t redis_us)
{
    check(c->known);
    return redis_us - c->high_us;
}

int64_t pace_clock_redis_us(const struct pace_clock *c, int64_t mono_us)
{
    check(c->known);
    return mono_us + c->high_us;
}

int64_t pace_clock_lead_us(const struct pace_clock *c)
{
    int64_t lead = lead_us(&c->reply, &reply_limits);
    return lead < LEAD_MIN_US ? LEAD_MIN_US : lead;
}

int64_t pace_clock_reach_us(const struct pace_clock *c)
{
    int64_t reach = pace_clock_lead_us(c) / 2;
    return reach < PACE_WINDOW_US ? PACE_WINDOW_US : reach > REACH_MAX_US ? REACH_MAX_US : reach;
}
