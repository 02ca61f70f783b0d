#include "web/local_time.h"

#include <stdio.h>
#include <time.h>

#include "core/iso8601.h"
#include "flow/zone_book.h"
#include "store/group.h"

enum { DAY_S = 24 * 3600, DATE_BYTES = 10 };

/* NULL: not all of the member's groups say the same one. */
static const char *zone_of_groups(const struct web_call *c)
{
    const char *zone = NULL;
    for (size_t i = 0; i < c->member->group_count; i++) {
        const struct group_info *info =
            groups_find(c->config->groups, slice_of(c->member->groups[i]));
        if (!info || !zone_book_knows(c->config->means->zones, slice_of(info->zone))) return NULL;
        if (zone && strcmp(zone, info->zone) != 0) return NULL;
        zone = info->zone;
    }
    return zone;
}

const char *local_zone_name(const struct web_call *c)
{
    const char *zone = zone_of_groups(c);
    return zone ? zone
                : zone_book_clock(c->config->means->zones, NULL, c->config->country, SLICE_NONE)
                      .name;
}

/* [s] ahead of UTC then. */
static int32_t offset_s(const struct web_call *c, int64_t at_s)
{
    int64_t until_s;
    const struct zone_set *set =
        zone_book_of(c->config->means->zones, 0, slice_of(local_zone_name(c)));
    return set->n ? zone_offset_s(set->zones[0], at_s, &until_s) : 0;
}

/* [s since 1970] What a clock there shows. */
static int64_t local_s(const struct web_call *c, int64_t at_ms)
{
    return at_ms / 1000 + offset_s(c, at_ms / 1000);
}

static bool local_tm(const struct web_call *c, int64_t at_ms, struct tm *tm)
{
    time_t at_s = (time_t)local_s(c, at_ms);
    return gmtime_r(&at_s, tm) != NULL;
}

void local_time_show(const struct web_call *c, int64_t at_ms, char out[LOCAL_TIME_BYTES])
{
    when_full(local_s(c, at_ms), out);
}

static void show_there(void *call, int64_t at_ms, char out[LOCAL_TIME_BYTES])
{
    local_time_show(call, at_ms, out);
}

char *local_time_words(const struct web_call *c, struct slice said)
{
    return when_words(said, show_there, (void *)c);
}

int64_t local_time_day(const struct web_call *c, int64_t at_ms)
{
    return local_s(c, at_ms) / DAY_S;
}

void local_time_show_day(const struct web_call *c, int64_t at_ms, char out[LOCAL_TIME_BYTES])
{
    struct tm tm;
    if (!local_tm(c, at_ms, &tm) || strftime(out, LOCAL_TIME_BYTES, "%a %e %B", &tm) == 0)
        out[0] = '\0';
}

/* [wall ms] When their clock shows that, or is set on over it. */
static int64_t at_local(const struct web_call *c, int64_t wall_s)
{
    return (wall_s - offset_s(c, wall_s - offset_s(c, wall_s))) * 1000;
}

bool local_time_read_day(const struct web_call *c, struct slice day, int64_t *ret_from_ms,
                         int64_t *ret_until_ms)
{
    char start[LOCAL_TIME_BYTES];
    int64_t wall_ms;
    (void)snprintf(start, sizeof start, "%.*sT00:00:00Z", SLICE_ARG(day));
    if (day.n != DATE_BYTES || !iso8601_parse(slice_of(start), &wall_ms)) return false;
    *ret_from_ms = at_local(c, wall_ms / 1000);
    *ret_until_ms = at_local(c, wall_ms / 1000 + DAY_S);
    return true;
}

void local_time_field_iso(const struct web_call *c, const json_t *iso, char out[LOCAL_TIME_BYTES])
{
    int64_t at_ms;
    struct tm tm;
    if (!iso8601_parse(json_slice(iso), &at_ms) || !local_tm(c, at_ms, &tm) ||
        strftime(out, LOCAL_TIME_BYTES, "%Y-%m-%dT%H:%M", &tm) == 0)
        out[0] = '\0';
}

void local_time_show_iso(const struct web_call *c, const json_t *iso, char out[LOCAL_TIME_BYTES])
{
    int64_t at_ms;
    out[0] = '\0';
    if (iso8601_parse(json_slice(iso), &at_ms)) local_time_show(c, at_ms, out);
}

void local_time_soon_iso(const struct web_call *c, const json_t *iso, char out[LOCAL_TIME_BYTES])
{
    int64_t at_ms;
    char today[LOCAL_TIME_BYTES];
    out[0] = '\0';
    if (!iso8601_parse(json_slice(iso), &at_ms)) return;
    local_time_show(c, at_ms, out);
    local_time_show(c, c->now_ms, today);
    char *clock = strstr(out, ", ");
    if (clock && strncmp(out, today, (size_t)(clock - out)) == 0)
        memmove(out, clock + 2, strlen(clock + 2) + 1);
}

int local_time_read(const struct web_call *c, struct slice text, int64_t *ret_ms, struct err *e)
{
    char iso[LOCAL_TIME_BYTES];
    int64_t wall_ms;
    (void)snprintf(iso, sizeof iso, "%.*sZ", SLICE_ARG(slice_trim(text)));
    if (!iso8601_parse(slice_of(iso), &wall_ms))
        return err_set(e, ERR_INVALID, "Write the day and the time, such as 2026-11-27 18:00.");
    int64_t wall_s = wall_ms / 1000;
    int64_t before = wall_s - offset_s(c, wall_s - DAY_S),
            after = wall_s - offset_s(c, wall_s + DAY_S);
    bool by_before = before + offset_s(c, before) == wall_s;
    bool by_after = after + offset_s(c, after) == wall_s;
    if (!by_before && !by_after)
        return err_set(e, ERR_INVALID,
                       "The clocks go forward over that time: choose another hour.");
    if (by_before && by_after && before != after)
        return err_set(e, ERR_INVALID,
                       "The clocks go back, and that time comes twice: choose another hour.");
    *ret_ms = (by_before ? before : after) * 1000;
    return 0;
}
