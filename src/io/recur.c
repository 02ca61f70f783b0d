#include "io/recur.h"

#include <stdbool.h>
#include <time.h>

#include <libical/ical.h>

static struct icaltimetype to_ical(int64_t local_s)
{
    time_t t = (time_t)local_s;
    struct tm tm;
    check(gmtime_r(&t, &tm));
    struct icaltimetype at = icaltime_null_time();
    at.year = tm.tm_year + 1900;
    at.month = tm.tm_mon + 1;
    at.day = tm.tm_mday;
    at.hour = tm.tm_hour;
    at.minute = tm.tm_min;
    at.second = tm.tm_sec;
    return at; /* without a zone it floats */
}

static int64_t from_ical(struct icaltimetype at)
{
    struct tm tm = {.tm_year = at.year - 1900,
                    .tm_mon = at.month - 1,
                    .tm_mday = at.day,
                    .tm_hour = at.hour,
                    .tm_min = at.minute,
                    .tm_sec = at.second};
    return timegm(&tm);
}

int recur_list(const char *rule, int64_t from_local_s, int64_t after_local_s, int64_t *ret,
               size_t max, size_t *ret_n, struct err *e)
{
    struct icalrecurrencetype parsed = icalrecurrencetype_from_string(rule);
    icalrecur_iterator *it = parsed.freq == ICAL_NO_RECURRENCE
                                 ? NULL
                                 : icalrecur_iterator_new(parsed, to_ical(from_local_s));
    size_t n = 0;
    if (!it) return err_set(e, ERR_INVALID, "'%s' is no rule that ever comes", rule);
    while (n < max) {
        struct icaltimetype at = icalrecur_iterator_next(it);
        if (icaltime_is_null_time(at)) break;
        int64_t local_s = from_ical(at);
        if (local_s >= after_local_s) ret[n++] = local_s;
    }
    icalrecur_iterator_free(it);
    *ret_n = n;
    return 0;
}
