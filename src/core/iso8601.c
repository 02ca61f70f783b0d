#include "core/iso8601.h"

static bool digits(struct slice *s, size_t n, unsigned max, unsigned *ret)
{
    uint64_t v;
    if (s->n < n || !slice_to_u64(slice_make(s->p, n), max, &v)) return false;
    *ret = (unsigned)v;
    *s = slice_from(*s, n);
    return true;
}

static bool one_of(struct slice *s, const char *letters)
{
    if (s->n == 0 || s->p[0] == '\0' || !strchr(letters, s->p[0])) return false;
    *s = slice_from(*s, 1);
    return true;
}

static unsigned days_of_month(unsigned year, unsigned month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01, in years that begin in March, so that the leap day is the last one. */
static int64_t days_since_1970(unsigned year, unsigned month, unsigned day)
{
    int64_t y = month <= 2 ? (int64_t)year - 1 : year, m = month <= 2 ? month + 9 : month - 3;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool read_date(struct slice *s, int64_t *ret_days)
{
    unsigned year, month, day;
    bool ok = digits(s, 4, 9999, &year) && one_of(s, "-") && digits(s, 2, 12, &month) &&
              one_of(s, "-") && digits(s, 2, 31, &day);
    if (!ok || year < 1970 || month == 0 || day == 0 || day > days_of_month(year, month))
        return false;
    *ret_days = days_since_1970(year, month, day);
    return true;
}

/* A leap second (:60) counts as the first of the next minute. */
static bool read_clock(struct slice *s, int64_t *ret_ms)
{
    unsigned hour, minute, second = 0, fraction = 0;
    if (!digits(s, 2, 23, &hour) || !one_of(s, ":") || !digits(s, 2, 59, &minute)) return false;
    if (one_of(s, ":")) {
        if (!digits(s, 2, 60, &second)) return false;
        if (one_of(s, ".")) {
            size_t n = 0;
            for (unsigned d; digits(s, 1, 9, &d); n++)
                if (n < 3) fraction = fraction * 10 + d;
            if (n == 0) return false;
            for (; n < 3; n++)
                fraction *= 10;
        }
    }
    *ret_ms = ((hour * 60LL + minute) * 60 + second) * 1000 + fraction;
    return true;
}

static bool read_zone(struct slice *s, int64_t *ret_ms)
{
    *ret_ms = 0;
    if (one_of(s, "Zz")) return true;
    bool west = s->n > 0 && s->p[0] == '-';
    unsigned hour, minute;
    if (!one_of(s, "+-") || !digits(s, 2, 23, &hour)) return false;
    (void)one_of(s, ":");
    if (!digits(s, 2, 59, &minute)) return false;
    *ret_ms = (hour * 60LL + minute) * 60000 * (west ? -1 : 1);
    return true;
}

bool iso8601_parse(struct slice text, int64_t *ret_wall_ms)
{
    struct slice s = text;
    int64_t days, ms, zone_ms;
    bool ok = read_date(&s, &days) && one_of(&s, "Tt ") && read_clock(&s, &ms) &&
              read_zone(&s, &zone_ms) && s.n == 0;
    if (!ok) return false;
    int64_t wall_ms = days * 86400000 + ms - zone_ms;
    if (wall_ms < 0) return false;
    *ret_wall_ms = wall_ms;
    return true;
}
