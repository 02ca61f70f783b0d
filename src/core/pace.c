#include "core/pace.h"

#include "base/check.h"

enum {
    LEAD_MIN_US = 300,
    /* A stall is waited out: what has passed the gate must not wait long for its slot. But while
     * Redis is slow all the time, a lead shorter than its replies would miss every slot, for ever.
     */
    LEAD_MAX_US = 20000,
    LEAD_MAX_SLOW_US = 500000,
    SLOW_AFTER = 16, /* late replies in a row: more than one stall of a few gateways makes */
    ANSWER_FIRST_US = 2000,
    DRIFT_PPM = 200, /* bounds widen this fast between samples: two clocks never run alike */
    /* Time servers hurry a clock by 500 ppm, and ours may be slowed as much. A clock that is faster
     * still has been set, a little at a time: a second of it is not one. */
    CREEP_PPM = 2000,
    /* Jumps that go on like this are two clocks that run apart: then nothing would ever be sent. */
    APART_US = 2000000,
    APART_PPM_MAX = 200000,
    APART_FOR_US = 60000000,
    APART_COSTS = 4, /* times the difference */
};

double pace_interval_us(double rate_per_s)
{
    check(rate_per_s > 0);
    return 1e6 * (1 + PACE_MARGIN) / rate_per_s;
}

int pace_window_slots(double interval_us)
{
    double n = PACE_WINDOW_US / interval_us + 1;
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
        c->answer_us = ANSWER_FIRST_US;
        c->floor_us = low - creep;
        c->ceiling_us = high + creep;
    }
    c->known = true;
    c->low_us = low;
    c->high_us = high;
    c->at_us = received_us;
    int64_t answer = received_us - (redis_us - high);
    c->late_n = answer <= LEAD_MAX_US ? 0 : c->late_n < SLOW_AFTER ? c->late_n + 1 : SLOW_AFTER;
    /* Rises at once, falls slowly: a reply that comes late costs slots, one that comes early
     * nothing. */
    c->answer_us +=
        answer > c->answer_us ? (answer - c->answer_us) / 2 : (answer - c->answer_us) / 16;
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
    int64_t lead = (c->known ? c->answer_us : ANSWER_FIRST_US) * 5 / 4;
    int64_t max = c->late_n >= SLOW_AFTER ? LEAD_MAX_SLOW_US : LEAD_MAX_US;
    return lead < LEAD_MIN_US ? LEAD_MIN_US : lead > max ? max : lead;
}
