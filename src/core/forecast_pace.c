#include "core/forecast.h"

#include <math.h>

#define KEPT_S     900.0 /* what is older counts less and less */
#define PRIOR_S    600.0 /* what the configuration says counts as much as so much work that was seen */
#define PRIOR_USE  0.95 /* of the rate; there is always something */
#define PRIOR_SWAY 0.35 /* how far the rate of a step of STEP_S is from that, at first */
#define STEP_S     2.5
#define SURE       1.96 /* standard deviations: 19 of 20 */

void forecast_pace_add(struct forecast_pace *p, double seconds, double people)
{
    double keep = exp(-seconds / KEPT_S), rate = people / seconds;
    p->seconds = p->seconds * keep + seconds;
    p->people = p->people * keep + people;
    p->squares = p->squares * keep + rate * rate * seconds;
}

struct forecast_rates forecast_pace_rates(const struct forecast_pace *p, double nominal,
                                          double ahead_s)
{
    double s = PRIOR_S + p->seconds, prior = nominal * PRIOR_USE, sway = nominal * PRIOR_SWAY;
    double mean = (PRIOR_S * prior + p->people) / s;
    double squares = (PRIOR_S * (prior * prior + sway * sway) + p->squares) / s;
    double spread = fmax(0, squares - mean * mean);
    if (ahead_s < STEP_S) ahead_s = STEP_S;
    /* what is to come sways, and what was seen has */
    double off = SURE * sqrt(spread * STEP_S * (1 / ahead_s + 1 / s));
    double likely = fmin(mean, nominal);
    return (struct forecast_rates){
        .slow = fmax(likely - off, likely / 10),
        .likely = likely,
        .fast = fmin(likely + off, nominal),
    };
}
