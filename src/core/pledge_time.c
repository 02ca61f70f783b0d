#include "core/pledge_time.h"

enum {
    DAY_S = 86400,
    HOUR_S = 3600,
    MINUTE_S = 60,
    MORNING_S = 8 * HOUR_S,
    EVENING_S = 21 * HOUR_S,
    NOON_S = 11 * HOUR_S, /* of the day before */
    SOON_S = 12 * HOUR_S,
    AHEAD_S = 2 * HOUR_S,
    LAST_S = 10 * MINUTE_S,
    USEFUL_S = 30 * MINUTE_S, /* a reminder later than that before the start is none */
};

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

enum pledge_reminder pledge_reminder_now(const struct zone *zone, int64_t start_ms, int64_t now_ms,
                                         int64_t *ret_due_ms)
{
    int64_t start_s = start_ms / 1000, now_s = now_ms / 1000;
    int64_t day_s = zone_local_s(zone, start_s) / DAY_S * DAY_S;
    int64_t hours_s = larger(start_s - AHEAD_S, zone_moment_s(zone, day_s + MORNING_S));
    int64_t before_s = zone_moment_s(zone, day_s - DAY_S + NOON_S);
    int64_t night_s = zone_moment_s(zone, day_s - DAY_S + EVENING_S);
    if (now_s >= hours_s && now_s < start_s - LAST_S && hours_s <= start_s - USEFUL_S) {
        *ret_due_ms = hours_s * 1000;
        return PLEDGE_REMIND_HOURS;
    }
    if (now_s < before_s || now_s >= night_s || now_s >= hours_s) return PLEDGE_REMIND_NONE;
    *ret_due_ms = before_s * 1000;
    return PLEDGE_REMIND_DAY;
}

int64_t pledge_news_at(const struct zone *zone, int64_t start_ms, int64_t now_ms)
{
    int64_t now_s = now_ms / 1000, local_s = zone_local_s(zone, now_s),
            day_s = local_s / DAY_S * DAY_S;
    if (start_ms - now_ms < SOON_S * INT64_C(1000)) return now_ms;
    if (local_s - day_s < MORNING_S) return zone_moment_s(zone, day_s + MORNING_S) * 1000;
    if (local_s - day_s >= EVENING_S) return zone_moment_s(zone, day_s + DAY_S + MORNING_S) * 1000;
    return now_ms;
}
