#include "web/near_only.h"

#include <stdio.h>

#include "core/iso8601.h"
#include "flow/launch.h"
#include "flow/zone_book.h"

enum { DAY_CHARS = 10, DAY_S = 24 * 60 * 60, TIME_BYTES = 32 };

/* [ms] The moment at which a clock there shows that. */
static int64_t moment_ms(const struct web_call *c, int64_t local_s)
{
    struct zone_book *zones = c->config->means ? c->config->means->zones : NULL;
    const struct zone_set *set =
        zones ? zone_book_named(zones, slice_of(c->config->country)) : NULL;
    return zone_moment_s(set && set->n ? set->zones[0] : NULL, local_s) * 1000;
}

static bool read_day(const struct web_call *c, struct slice day, struct near_only *ret)
{
    char midnight[TIME_BYTES];
    int64_t ms;
    (void)snprintf(midnight, sizeof midnight, "%.*sT00:00:00Z", SLICE_ARG(day));
    if (day.n != DAY_CHARS || !iso8601_parse(slice_of(midnight), &ms) || ms <= 0) return false;
    ret->from_ms = moment_ms(c, ms / 1000);
    ret->to_ms = moment_ms(c, ms / 1000 + DAY_S);
    return true;
}

int near_only_read(const struct web_call *c, struct near_only *ret, struct err *e)
{
    struct slice day = slice_trim(web_query(c, "on")), accessible = web_query(c, "accessible");
    *ret = (struct near_only){.accessible = slice_is(accessible, "1")};
    if (day.n && !read_day(c, day, ret))
        return err_set(e, ERR_INVALID, "on is a day, such as 2026-11-28");
    if (accessible.n && !ret->accessible && !slice_is(accessible, "0"))
        return err_set(e, ERR_INVALID, "accessible is 0 or 1");
    return 0;
}
