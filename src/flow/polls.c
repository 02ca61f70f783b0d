#include "flow/polls.h"

#include "flow/zone_book.h"

enum { NOBODY = 1, MINUTE_S = 60, DAY_S = 24 * 3600 };

void polls_place(struct law_election *e, struct zone_book *zones)
{
    e->opens_ms = e->closes_ms = 0;
    if (e->date.year == 0) return;
    const struct zone_set *set =
        zones && e->zone && *e->zone ? zone_book_of(zones, NOBODY, slice_of(e->zone)) : NULL;
    const struct zone *zone = set && set->n ? set->zones[0] : NULL;
    int64_t midnight_s = law_days(e->date) * DAY_S;
    e->opens_ms = 1000 * zone_moment_s(zone, midnight_s + (int64_t)MINUTE_S * e->opens_min);
    e->closes_ms = 1000 * zone_moment_s(zone, midnight_s + (int64_t)MINUTE_S * e->closes_min);
}
