#include "flow/polls.h"

#include "flow/zone_book.h"

enum { NOBODY = 1, MINUTE_S = 60, DAY_S = 24 * 3600 };

static int64_t moment_ms(const struct zone_set *set, int64_t local_s)
{
    return 1000 * (set && set->n ? zone_moment_s(set->zones[0], local_s) : local_s);
}

void polls_place(struct law_election *e, struct zone_book *zones)
{
    e->opens_ms = e->closes_ms = 0;
    if (e->date.year == 0) return;
    const struct zone_set *set =
        zones && e->zone && *e->zone ? zone_book_of(zones, NOBODY, slice_of(e->zone)) : NULL;
    int64_t midnight_s = law_days(e->date) * DAY_S;
    e->opens_ms = moment_ms(set, midnight_s + (int64_t)MINUTE_S * e->opens_min);
    e->closes_ms = moment_ms(set, midnight_s + (int64_t)MINUTE_S * e->closes_min);
}
