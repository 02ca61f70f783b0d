#include "io/ical_time.h"

#include <time.h>

#include "base/check.h"

struct icaltimetype ical_time_at(int64_t clock_s)
{
    time_t t = (time_t)clock_s;
    struct tm tm;
    struct icaltimetype at = icaltime_null_time();
    check(gmtime_r(&t, &tm));
    at.year = tm.tm_year + 1900;
    at.month = tm.tm_mon + 1;
    at.day = tm.tm_mday;
    at.hour = tm.tm_hour;
    at.minute = tm.tm_min;
    at.second = tm.tm_sec;
    return at;
}

int64_t ical_time_clock(struct icaltimetype at)
{
    struct tm tm = {.tm_year = at.year - 1900,
                    .tm_mon = at.month - 1,
                    .tm_mday = at.day,
                    .tm_hour = at.hour,
                    .tm_min = at.minute,
                    .tm_sec = at.second};
    return timegm(&tm);
}
