#include "web/public/say.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#include "base/ascii.h"
#include "base/check.h"

enum { DAY_S = 24 * 3600, DAY_BYTES = 72 };

const char *public_far(enum public_language l, uint32_t metres, bool miles, char out[SAY_FAR_BYTES])
{
    static const double metres_a_mile = 1609.344, metres_a_km = 1000;
    int n = (int)lround(metres / (miles ? metres_a_mile : metres_a_km));
    const char *unit = public_word(l, !miles ? WORD_km : n <= 1 ? WORD_mile : WORD_miles);
    (void)snprintf(out, SAY_FAR_BYTES, "%s%d %s", n ? "" : public_word(l, WORD_less_than),
                   n ? n : 1, unit);
    return out;
}

const char *public_room(enum public_language l, uint32_t left, uint32_t capacity,
                        char out[SAY_FAR_BYTES])
{
    (void)snprintf(out, SAY_FAR_BYTES, "%s%u%s%u%s", public_word(l, WORD_left_before), left,
                   public_word(l, WORD_left_of), capacity, public_word(l, WORD_left_after));
    return out;
}

const char *public_near(enum public_language l, const struct near_found *f, bool miles,
                        char out[SAY_NEAR_BYTES])
{
    char far[SAY_FAR_BYTES], room[SAY_FAR_BYTES] = "";
    const char *comma = public_word(l, WORD_comma);
    bool most = f->reasons & 1U << NEAR_NEEDS_MOST, some = f->reasons & 1U << NEAR_NEEDS;
    if (f->session->capacity) (void)public_room(l, f->left, f->session->capacity, room);
    (void)snprintf(out, SAY_NEAR_BYTES, "%s%s%s%s%s", public_far(l, f->metres, miles, far),
                   *room ? comma : "", room, most || some ? comma : "",
                   most   ? public_word(l, WORD_needs_most)
                   : some ? public_word(l, WORD_needs)
                          : "");
    return out;
}

static struct tm tm_of(int64_t local_s)
{
    time_t t = (time_t)local_s;
    struct tm tm = {0};
    check(gmtime_r(&t, &tm));
    return tm;
}

/* True: it is one word, which has a small letter inside of a sentence. */
static bool say_day(enum public_language l, int64_t local_s, int64_t now_local_s,
                    char out[DAY_BYTES])
{
    struct tm tm = tm_of(local_s);
    int64_t ahead = local_s / DAY_S - now_local_s / DAY_S;
    struct slice day = public_nth(l, WORD_days, (unsigned)tm.tm_wday),
                 month = public_nth(l, WORD_months, (unsigned)tm.tm_mon);
    if (ahead == 0 || ahead == 1) {
        (void)snprintf(out, DAY_BYTES, "%s", public_word(l, ahead ? WORD_tomorrow : WORD_today));
        return true;
    }
    (void)snprintf(out, DAY_BYTES, "%.*s %d %.*s", SLICE_ARG(day), tm.tm_mday, SLICE_ARG(month));
    size_t n = strlen(out);
    if (tm.tm_year != tm_of(now_local_s).tm_year)
        (void)snprintf(out + n, DAY_BYTES - n, " %d", tm.tm_year + 1900);
    return false;
}

void public_when(enum public_language l, int64_t start_local_s, int64_t end_local_s,
                 int64_t now_local_s, char out[SAY_WHEN_BYTES])
{
    char first[DAY_BYTES], last[DAY_BYTES + 4] = "", day[DAY_BYTES];
    const char *comma = public_word(l, WORD_comma), *until = public_word(l, WORD_until);
    struct tm start = tm_of(start_local_s), end = tm_of(end_local_s);
    (void)say_day(l, start_local_s, now_local_s, first);
    if (start_local_s / DAY_S != end_local_s / DAY_S) {
        if (say_day(l, end_local_s, now_local_s, day)) *day = ascii_lower(*day);
        (void)snprintf(last, sizeof last, "%s%s", day, comma);
    }
    (void)snprintf(out, SAY_WHEN_BYTES, "%s%s%02d:%02d%s%s%02d:%02d", first, comma, start.tm_hour,
                   start.tm_min, until, last, end.tm_hour, end.tm_min);
}
