#pragma once
/* "Every Thursday at nine", as people write it, and as RFC 5545 says it:
 *
 *   "day 09:00"               each day
 *   "thu 09:00"               each Thursday; "mon,thu 09:00" and "mon-fri 09:00" go, too
 *   "2 weeks thu 09:00"       every second week; 2 to 52
 *   "month 15 09:00"          on the 15th; "month 1,15 09:00"; a month without that day has none
 *   "month last 09:00"        on the last day of each month
 *   "first thu 09:00"         of each month; also second, third, fourth, last
 *
 * And clock times without a zone: [s since 1970] as a clock on the wall shows them there. Pure. */
#include "base/err.h"
#include "base/slice.h"

enum { EVERY_TEXT_BYTES_MAX = 64, EVERY_RULE_BYTES = 160, EVERY_WEEKS_MAX = 52 };

struct every {
    char rule[EVERY_RULE_BYTES]; /* "FREQ=WEEKLY;BYDAY=TH" */
    int minute;                  /* of the day */
    int weeks;                   /* every so many: RFC 5545's INTERVAL */
};
/* ERR_INVALID: the text says what may be written. */
int every_parse(struct slice text, struct every *ret, struct err *e) MUST_USE;

/* "09:00": minutes of the day; false: it is none. */
bool wall_minute_parse(struct slice text, int *ret) MUST_USE;
/* "2026-12-03 19:00", or with a T; no zone. False: there is no such day or time. */
bool wall_time_parse(struct slice text, int64_t *ret_local_s) MUST_USE;
/* "2026-12-03": its midnight. */
bool wall_date_parse(struct slice text, int64_t *ret_local_s) MUST_USE;
enum { WALL_TIME_BYTES = 32 };
void wall_time_write(int64_t local_s, char out[WALL_TIME_BYTES]); /* "2026-12-03 19:00" */
