#include "core/when.h"

#include <stdio.h>
#include <time.h>

#include "base/check.h"
#include "core/own_text.h"

enum { DAY_S = 24 * 3600, DAY_BYTES = 40 };

static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                   "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

static struct tm tm_of(int64_t local_s)
{
    time_t t = (time_t)local_s;
    struct tm tm = {0};
    check(gmtime_r(&t, &tm));
    return tm;
}

static int64_t day_of(int64_t local_s)
{
    return local_s / DAY_S;
}

static void say_day(int64_t local_s, int64_t now_local_s, char out[DAY_BYTES])
{
    struct tm tm = tm_of(local_s), now = tm_of(now_local_s);
    int64_t ahead = day_of(local_s) - day_of(now_local_s);
    if (ahead == 0 || ahead == 1)
        (void)snprintf(out, DAY_BYTES, "%s", ahead ? "Tomorrow" : "Today");
    else if (tm.tm_year == now.tm_year)
        (void)snprintf(out, DAY_BYTES, "%s %d %s", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon]);
    else
        (void)snprintf(out, DAY_BYTES, "%s %d %s %d", days[tm.tm_wday], tm.tm_mday,
                       months[tm.tm_mon], tm.tm_year + 1900);
}

void when_words(int64_t start_local_s, int64_t end_local_s, int64_t now_local_s,
                char out[WHEN_BYTES])
{
    char first[DAY_BYTES], last[DAY_BYTES + 2] = "";
    struct tm start = tm_of(start_local_s), end = tm_of(end_local_s);
    say_day(start_local_s, now_local_s, first);
    if (day_of(start_local_s) != day_of(end_local_s)) {
        char day[DAY_BYTES];
        say_day(end_local_s, now_local_s, day);
        if (*day == 'T' && day[1] == 'o') *day = 't'; /* not of Tuesday and Thursday */
        (void)snprintf(last, sizeof last, "%s, ", day);
    }
    (void)snprintf(out, WHEN_BYTES, "%s, %02d:%02d to %s%02d:%02d", first, start.tm_hour,
                   start.tm_min, last, end.tm_hour, end.tm_min);
}

void when_short(int64_t local_s, struct slice language, char out[WHEN_SHORT_BYTES])
{
    struct tm tm = tm_of(local_s);
    struct slice day = own_word(language, OWN_DAYS, (unsigned)tm.tm_wday);
    struct slice month = own_word(language, OWN_MONTHS, (unsigned)tm.tm_mon);
    (void)snprintf(out, WHEN_SHORT_BYTES, "%.*s %d %.*s %02d:%02d", SLICE_ARG(day), tm.tm_mday,
                   SLICE_ARG(month), tm.tm_hour, tm.tm_min);
}
