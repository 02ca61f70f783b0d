#pragma once
/* Which time zones a country has, from tzdata's table zone1970.tab: a number tells the country, and
 * only sometimes where in it the person is. And the files with the zones' rules. */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* Where tzdata is: $TZDIR, as for the C library, else /usr/share/zoneinfo. Borrowed. */
const char *zones_folder(void);

/* Called for each zone, "Europe/London", in the table's order (most populous first); borrowed. */
typedef void zones_cb(void *arg, struct slice zone);
/* country: "GB", capitals; one that is not in the table has none. path NULL = zone1970.tab of
 * the folder. -errno when the table cannot be read. */
int zones_of_country(const char *path, const char *country, zones_cb *cb, void *arg,
                     struct err *e) MUST_USE;

enum { ZONE_FILE_BYTES_MAX = 64 * 1024, ZONE_NAME_BYTES_MAX = 64 };
/* Adds the bytes of a zone's file to ret (core/zone.h reads them). ERR_NOT_FOUND: there is no zone
 * of that name; -errno when the file cannot be read. */
int zone_file_read(struct slice name, struct buf *ret, struct err *e) MUST_USE;
