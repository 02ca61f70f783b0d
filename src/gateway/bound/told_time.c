/* When something happened, as providers write it. */
#include "told_time.h"

#include <stdio.h>
#include <time.h>

#include "base/ascii.h"
#include "core/iso8601.h"

/* Below the first a time is in seconds (up to the year 33658), below the next ones in milliseconds (from 2001 on), in
 * microseconds, else in nanoseconds. */
static const uint64_t MS_SINCE = 1000000000000, US_SINCE = 1000000000000000,
                      NS_SINCE = 1000000000000000000;

/* The first three digits behind the point, as milliseconds. */
static int64_t fraction_ms(struct slice digits)
{
    int64_t ms = 0;
    for (size_t i = 0; i < 3; i++)
        ms = ms * 10 + (i < digits.n ? digits.p[i] - '0' : 0);
    return ms;
}

static bool are_digits(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_digit(s.p[i])) return false;
    return true;
}

static bool read_number(struct slice text, int64_t *ret_ms)
{
    struct slice rest = text, whole;
    uint64_t at;
    if (!slice_cut(&rest, '.', &whole) || !slice_to_u64(whole, UINT64_MAX, &at)) return false;
    if (!are_digits(rest)) return false;
    if (at < MS_SINCE)
        *ret_ms = (int64_t)at * 1000 + fraction_ms(rest);
    else
        *ret_ms = (int64_t)(at < US_SINCE ? at : at < NS_SINCE ? at / 1000 : at / 1000000);
    return true;
}

/* Without a zone it is UTC: those who write it so say that they mean that. */
static bool read_iso(struct slice text, int64_t *ret_ms)
{
    char copy[64];
    if (iso8601_parse(text, ret_ms)) return true;
    int n = snprintf(copy, sizeof copy, "%.*sZ", SLICE_ARG(text));
    return n < (int)sizeof copy && iso8601_parse(slice_of(copy), ret_ms);
}

/* "Thu, 24 Aug 2023 05:01:45 +0000", with the week day. */
static bool read_rfc2822(struct slice text, int64_t *ret_ms)
{
    char copy[64];
    struct tm tm = {0};
    if (text.n >= sizeof copy) return false;
    (void)snprintf(copy, sizeof copy, "%.*s", SLICE_ARG(text));
    const char *end = strptime(copy, "%a, %d %b %Y %H:%M:%S %z", &tm);
    if (!end || *end) return false;
    long offset_s = tm.tm_gmtoff; /* timegm clears it */
    *ret_ms = ((int64_t)timegm(&tm) - offset_s) * 1000;
    return true;
}

bool told_time_read(struct slice text, int64_t *ret_ms)
{
    text = slice_trim(text);
    return text.n &&
           (read_number(text, ret_ms) || read_iso(text, ret_ms) || read_rfc2822(text, ret_ms));
}
