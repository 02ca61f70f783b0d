#include "when.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Fixed positions: the forms differ only in what stands behind the minutes. */
enum { DATE_AND_MINUTES = 16 /* "2026-11-27 18:00" */ };

static const char forms[] = "write it as 2026-11-27T18:00:00Z, 2026-11-27T18:00+01:00, or "
                            "2026-11-27 18:00 (this machine's zone)";

/* n digits at *at; moves behind them. */
static bool digits(struct slice s, size_t *at, size_t n, int *ret)
{
    uint64_t value;
    if (*at + n > s.n || !slice_to_u64(slice_make(s.p + *at, n), 9999, &value)) return false;
    *at += n;
    *ret = (int)value;
    return true;
}

static bool mark(struct slice s, size_t *at, const char *any_of)
{
    if (*at >= s.n || !s.p[*at] || !strchr(any_of, s.p[*at])) return false;
    ++*at;
    return true;
}

static bool read_clock(struct slice s, size_t *at, struct tm *tm)
{
    const struct {
        size_t digits;
        int *ret;
        const char *mark; /* one of these stands behind it; "": anything */
    } parts[] = {{4, &tm->tm_year, "-"},
                 {2, &tm->tm_mon, "-"},
                 {2, &tm->tm_mday, "Tt "},
                 {2, &tm->tm_hour, ":"},
                 {2, &tm->tm_min, ""}};
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (!digits(s, at, parts[i].digits, parts[i].ret) ||
            (*parts[i].mark && !mark(s, at, parts[i].mark)))
            return false;
    tm->tm_year -= 1900;
    tm->tm_mon -= 1;
    return !mark(s, at, ":") || digits(s, at, 2, &tm->tm_sec);
}

/* Milliseconds and the like are read over: nobody schedules by them. */
static void skip_fraction(struct slice s, size_t *at)
{
    int ignored;
    if (!mark(s, at, ".")) return;
    while (digits(s, at, 1, &ignored))
        continue;
}

/* "Z", "+01:00", "-0330", or nothing: then *ret_local. */
static bool read_zone(struct slice s, size_t *at, int *ret_seconds, bool *ret_local)
{
    int hours, minutes;
    *ret_seconds = 0;
    *ret_local = *at == s.n;
    if (*ret_local) return true;
    if (mark(s, at, "Zz")) return *at == s.n;
    bool west = s.p[*at] == '-';
    if (!mark(s, at, "+-") || !digits(s, at, 2, &hours)) return false;
    (void)mark(s, at, ":");
    if (!digits(s, at, 2, &minutes) || hours > 14 || minutes > 59) return false;
    *ret_seconds = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
    return *at == s.n;
}

static bool same_clock(const struct tm *a, const struct tm *b)
{
    return a->tm_year == b->tm_year && a->tm_mon == b->tm_mon && a->tm_mday == b->tm_mday &&
           a->tm_hour == b->tm_hour && a->tm_min == b->tm_min && a->tm_sec == b->tm_sec;
}

/* The moment at which this machine's clocks show tm, if isdst says so of it. */
static bool local_moment(const struct tm *tm, int isdst, time_t *ret)
{
    struct tm copy = *tm, back;
    copy.tm_isdst = isdst;
    *ret = mktime(&copy);
    return localtime_r(ret, &back) && same_clock(&back, tm);
}

static int read_local(const struct tm *tm, struct slice text, struct when *ret, struct err *e)
{
    time_t winter, summer, t;
    bool in_winter = local_moment(tm, 0, &winter), in_summer = local_moment(tm, 1, &summer);
    if (!in_winter && !in_summer)
        return err_set(
            e, ERR_INVALID,
            "'%.*s' does not exist here: the clocks go forward over it; choose another time",
            SLICE_ARG(text));
    if (in_winter && in_summer && winter != summer)
        return err_set(
            e, ERR_INVALID,
            "'%.*s' comes twice here, since the clocks go back: add a zone such as +01:00",
            SLICE_ARG(text));
    t = in_winter ? winter : summer;
    struct tm back;
    check(localtime_r(&t, &back));
    long minutes = labs(back.tm_gmtoff) / 60;
    ret->ms = (int64_t)t * 1000;
    (void)snprintf(ret->zone, sizeof ret->zone, "%s (%c%02ld:%02ld)", back.tm_zone,
                   back.tm_gmtoff < 0 ? '-' : '+', minutes / 60, minutes % 60);
    return 0;
}

int when_parse(struct slice text, struct when *ret, struct err *e)
{
    struct tm tm = {.tm_mday = 1}, utc;
    size_t at = 0;
    int offset_s;
    *ret = (struct when){0};
    bool fine = text.n >= DATE_AND_MINUTES && read_clock(text, &at, &tm);
    if (fine) skip_fraction(text, &at);
    if (!fine || !read_zone(text, &at, &offset_s, &ret->local))
        return err_set(e, ERR_SYNTAX, "'%.*s' is no time; %s", (int)(text.n > 60 ? 60 : text.n),
                       text.n ? text.p : "", forms);
    struct tm normal = tm;
    time_t t = timegm(&normal); /* brings 30 February to March, which shows */
    if (!gmtime_r(&t, &utc) || !same_clock(&utc, &tm))
        return err_set(e, ERR_INVALID, "'%.*s': there is no such day or time", SLICE_ARG(text));
    if (ret->local) return read_local(&tm, text, ret, e);
    ret->ms = ((int64_t)t - offset_s) * 1000;
    return 0;
}

void when_show(int64_t ms, char *out, size_t out_bytes)
{
    time_t t = (time_t)(ms / 1000);
    struct tm tm;
    out[0] = '\0';
    if (!localtime_r(&t, &tm)) return;
    if (strftime(out, out_bytes, tm.tm_sec ? "%a %d %b %Y %H:%M:%S %Z" : "%a %d %b %Y %H:%M %Z",
                 &tm) == 0)
        out[0] = '\0';
}
