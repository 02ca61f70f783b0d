#include "core/when.h"

#include <stdio.h>
#include <time.h>

#include "base/check.h"
#include "core/own_text.h"

static struct tm tm_of(int64_t local_s)
{
    time_t t = (time_t)local_s;
    struct tm tm = {0};
    check(gmtime_r(&t, &tm));
    return tm;
}

void when_short(int64_t local_s, struct slice language, char out[WHEN_SHORT_BYTES])
{
    struct tm tm = tm_of(local_s);
    struct slice day = own_word(language, OWN_DAYS, (unsigned)tm.tm_wday);
    struct slice month = own_word(language, OWN_MONTHS, (unsigned)tm.tm_mon);
    (void)snprintf(out, WHEN_SHORT_BYTES, "%.*s %d %.*s %02d:%02d", SLICE_ARG(day), tm.tm_mday,
                   SLICE_ARG(month), tm.tm_hour, tm.tm_min);
}

void when_full(int64_t local_s, char out[WHEN_FULL_BYTES])
{
    time_t t = (time_t)local_s;
    struct tm tm;
    if (!gmtime_r(&t, &tm) || strftime(out, WHEN_FULL_BYTES, "%a %d %b %Y, %H:%M", &tm) == 0)
        out[0] = '\0';
}
