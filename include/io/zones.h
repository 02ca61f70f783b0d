#pragma once
/* Which time zones a country has, from tzdata's table zone1970.tab: a number tells the country, and
 * only sometimes where in it the person is. */
#include "base/err.h"
#include "base/slice.h"

#define ZONES_FILE "/usr/share/zoneinfo/zone1970.tab"

/* Called for each zone, "Europe/London", in the table's order (most populous first); borrowed. */
typedef void zones_cb(void *arg, struct slice zone);
/* country: "GB", capitals; one that is not in the table has none. path NULL = ZONES_FILE. -errno
 * when the table cannot be read. */
int zones_of_country(const char *path, const char *country, zones_cb *cb, void *arg,
                     struct err *e) MUST_USE;
