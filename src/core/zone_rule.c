#include "zone_rule.h"

#include "base/ascii.h"
#include "civil.h"

enum { DAY_S = 86400, HOUR_S = 3600, CHANGE_HOURS_MAX = 167, DEFAULT_CHANGE_S = 2 * HOUR_S };

/* ---- reading ---- */

static bool skip_char(struct slice *s, char c)
{
    if (s->n == 0 || s->p[0] != c) return false;
    *s = slice_from(*s, 1);
    return true;
}

static bool is_digit(struct slice s)
{
    return s.n > 0 && ascii_is_digit(s.p[0]);
}

static bool read_number(struct slice *s, int min, int max, int *ret)
{
    int v = 0;
    if (!is_digit(*s)) return false;
    for (; is_digit(*s) && v <= max; *s = slice_from(*s, 1))
        v = 10 * v + (s->p[0] - '0');
    *ret = v;
    return v >= min && v <= max;
}

/* "EST", or "<+0330>" */
static bool skip_name(struct slice *s)
{
    size_t n = 0;
    if (skip_char(s, '<')) {
        long end = slice_find(*s, '>');
        if (end < 0) return false;
        *s = slice_from(*s, (size_t)end + 1);
        return true;
    }
    while (n < s->n && ((s->p[n] | 32) >= 'a' && (s->p[n] | 32) <= 'z'))
        n++;
    *s = slice_from(*s, n);
    return n >= 3;
}

/* [+-]hh[:mm[:ss]] */
static bool read_time(struct slice *s, int hours_max, int32_t *ret_s)
{
    int hours, minutes = 0, seconds = 0;
    bool minus = skip_char(s, '-');
    if (!minus) (void)skip_char(s, '+');
    if (!read_number(s, 0, hours_max, &hours)) return false;
    if (skip_char(s, ':') && !read_number(s, 0, 59, &minutes)) return false;
    if (skip_char(s, ':') && !read_number(s, 0, 59, &seconds)) return false;
    int32_t v = hours * HOUR_S + minutes * 60 + seconds;
    *ret_s = minus ? -v : v;
    return true;
}

static bool read_day(struct slice *s, struct zone_change *c)
{
    if (skip_char(s, 'M')) {
        c->kind = ZONE_DAY_MONTH;
        return read_number(s, 1, 12, &c->month) && skip_char(s, '.') &&
               read_number(s, 1, 5, &c->week) && skip_char(s, '.') && read_number(s, 0, 6, &c->day);
    }
    c->kind = skip_char(s, 'J') ? ZONE_DAY_JULIAN : ZONE_DAY_OF_YEAR;
    return read_number(s, c->kind == ZONE_DAY_JULIAN, 365, &c->day);
}

static bool read_change(struct slice *s, struct zone_change *c)
{
    c->time_s = DEFAULT_CHANGE_S;
    return skip_char(s, ',') && read_day(s, c) &&
           (!skip_char(s, '/') || read_time(s, CHANGE_HOURS_MAX, &c->time_s));
}

bool zone_rule_parse(struct slice s, struct zone_rule *r)
{
    *r = (struct zone_rule){.standard_s = 0};
    /* West of Greenwich is positive there. */
    if (!skip_name(&s) || !read_time(&s, 24, &r->standard_s)) return false;
    r->standard_s = -r->standard_s;
    r->summer_s = r->standard_s + HOUR_S;
    if (s.n == 0) return true;
    r->has_summer = true;
    if (!skip_name(&s)) return false;
    if (s.n && s.p[0] != ',') {
        if (!read_time(&s, 24, &r->summer_s)) return false;
        r->summer_s = -r->summer_s;
    }
    return read_change(&s, &r->to_summer) && read_change(&s, &r->to_standard) && s.n == 0;
}

/* ---- the calendar ---- */

static int64_t year_of(int64_t day)
{
    int64_t year = 1970 + day / 366;
    while (civil_days(year + 1, 1, 1) <= day)
        year++;
    return year;
}

/* 1970-01-01 was a Thursday; 0 = Sunday. */
static int weekday_of(int64_t day)
{
    return (int)((day % 7 + 7 + 4) % 7);
}

static int64_t day_of_month_rule(const struct zone_change *c, int64_t year)
{
    int64_t first = civil_days(year, c->month, 1);
    int length = civil_month_days(year, c->month);
    int day = (c->day - weekday_of(first) + 7) % 7 + 7 * (c->week - 1);
    while (day >= length)
        day -= 7; /* week 5 is the last one */
    return first + day;
}

static int64_t change_day(const struct zone_change *c, int64_t year)
{
    switch (c->kind) {
    case ZONE_DAY_MONTH:
        return day_of_month_rule(c, year);
    case ZONE_DAY_JULIAN: /* 1..365, February 29 does not count */
        return civil_days(year, 1, 1) + c->day - 1 + (civil_is_leap(year) && c->day > 59);
    case ZONE_DAY_OF_YEAR:
        break;
    }
    return civil_days(year, 1, 1) + c->day;
}

/* [s since 1970] the clock is changed that year, from an offset. */
static int64_t change_s(const struct zone_change *c, int64_t year, int32_t from_s)
{
    return change_day(c, year) * DAY_S + c->time_s - from_s;
}

int32_t zone_rule_offset_s(const struct zone_rule *r, int64_t at_s, int64_t *ret_until_s)
{
    *ret_until_s = INT64_MAX;
    if (!r->has_summer || at_s < 0) return r->standard_s;
    int64_t last = INT64_MIN, year = year_of(at_s / DAY_S);
    bool summer = false;
    /* Of the changes of three years: the last one that has been, and the next one. When summer ends
     * at the moment that it begins again (a rule for "always"), the beginning counts. */
    for (int64_t y = year > 1970 ? year - 1 : year; y <= year + 1; y++) {
        int64_t begin = change_s(&r->to_summer, y, r->standard_s),
                end = change_s(&r->to_standard, y, r->summer_s);
        if (end <= at_s && end > last) last = end, summer = false;
        if (begin <= at_s && begin >= last) last = begin, summer = true;
        if (begin > at_s && begin < *ret_until_s) *ret_until_s = begin;
        if (end > at_s && end < *ret_until_s) *ret_until_s = end;
    }
    return summer ? r->summer_s : r->standard_s;
}
