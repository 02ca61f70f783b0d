#include "core/lead.h"

enum { SLOW_AFTER = 16 }; /* late ones in a row: more than one stall of a few gateways makes */

static bool is_slow(const struct lead *l)
{
    return l->late_n >= SLOW_AFTER;
}

static int64_t wanted_us(const struct lead *l, const struct lead_limits *limits)
{
    return lead_usual_us(l, limits) * 5 / 4;
}

void lead_saw(struct lead *l, const struct lead_limits *limits, int64_t took_us)
{
    int64_t usual_us = lead_usual_us(l, limits);
    if (took_us <= limits->max_us)
        l->late_n = 0;
    else if (!is_slow(l))
        l->late_n++;
    /* Rises at once, falls slowly: what comes late costs slots, what comes early nothing. */
    l->usual_us = usual_us + (took_us - usual_us) / (took_us > usual_us ? 2 : 16);
    if (l->usual_us < 1) l->usual_us = 1;
}

int64_t lead_usual_us(const struct lead *l, const struct lead_limits *limits)
{
    return l->usual_us ? l->usual_us : limits->first_us;
}

int64_t lead_us(const struct lead *l, const struct lead_limits *limits)
{
    int64_t wanted = wanted_us(l, limits), max = is_slow(l) ? limits->max_slow_us : limits->max_us;
    return wanted < max ? wanted : max;
}

bool lead_is_hopeless(const struct lead *l, const struct lead_limits *limits)
{
    return is_slow(l) && wanted_us(l, limits) > limits->max_slow_us;
}
