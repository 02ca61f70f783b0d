#include "core/iso8601.h"

#include "civil.h"

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

static bool read_date(struct slice *s, int64_t *ret_days)
{
    unsigned year, month, day;
    bool ok = digits(s, 4, 9999, &year) && one_of(s, "-") && digits(s, 2, 12, &month) &&
              one_of(s, "-") && digits(s, 2, 31, &day);
    if (!ok || year < 1970 || month == 0 || day == 0 || (int)day > civil_month_days(year, month))
        return false;
    *ret_days = civil_days(year, month, day);
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
