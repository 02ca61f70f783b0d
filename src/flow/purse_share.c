#include "flow/purse_share.h"

#include "store/campaign.h"

#include <math.h>

enum { HALVINGS = 50 }; /* of the time in which the money ends: exact to less than a millisecond */

static double rest_of(const struct campaign *c)
{
    double paid = (double)c->spent - (double)c->spent_twice;
    return fmax(0, (double)c->price - paid);
}

static bool goes_on(const struct campaign *c)
{
    return c->eta_ms > 0 && (c->status == CAMPAIGN_RUNNING || c->status == CAMPAIGN_SCHEDULED ||
                             c->status == CAMPAIGN_PREPARING);
}

static bool shares(const struct campaign *c, const struct campaign *other)
{
    if (other->id == c->id || !goes_on(other) || !slice_eq(other->currency, c->currency))
        return false;
    return slice_is(c->purse_of, "organisation") || slice_eq(other->group, c->group);
}

/* What it has spent more by then. */
static double spends(const struct campaign *c, double at_ms, int64_t now_ms)
{
    double begin =
        (double)(c->status == CAMPAIGN_RUNNING || c->start_ms < now_ms ? now_ms : c->start_ms);
    double end = fmax((double)c->eta_ms, begin + 1);
    return rest_of(c) * fmin(fmax((at_ms - begin) / (end - begin), 0), 1);
}

static double all_spend(const struct campaign *c, const struct campaign *list, size_t n,
                        double at_ms, int64_t now_ms)
{
    double sum = spends(c, at_ms, now_ms);
    for (size_t i = 0; i < n; i++)
        if (shares(c, &list[i])) sum += spends(&list[i], at_ms, now_ms);
    return sum;
}

uint64_t purse_share(const struct campaign *c, const struct campaign *list, size_t n,
                     int64_t now_ms)
{
    double from = (double)now_ms, to = (double)c->eta_ms, left = (double)c->purse_left;
    bool is_shared = slice_is(c->purse_of, "group") || slice_is(c->purse_of, "organisation");
    if (!is_shared || !goes_on(c) || all_spend(c, list, n, to, now_ms) <= left)
        return c->purse_left;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (from + to) / 2;
        if (all_spend(c, list, n, middle, now_ms) <= left)
            from = middle;
        else
            to = middle;
    }
    return (uint64_t)spends(c, from, now_ms);
}
