#include "core/every.h"

#include "core/iso8601.h"

#include <stdio.h>
#include <time.h>

enum { DAY_MINUTES = 24 * 60, MONTH_DAYS_MAX = 31 };

/* ---- clock times ---- */

bool wall_minute_parse(struct slice text, int *ret)
{
    uint64_t hour, minute;
    if (text.n != 5 || text.p[2] != ':' || !slice_to_u64(slice_make(text.p, 2), 23, &hour) ||
        !slice_to_u64(slice_from(text, 3), 59, &minute))
        return false;
    *ret = (int)(hour * 60 + minute);
    return true;
}

static bool parse_as_utc(struct slice text, const char *end, int64_t *ret_local_s)
{
    char iso[2 * WALL_TIME_BYTES];
    int64_t ms;
    if (text.n > WALL_TIME_BYTES) return false;
    (void)snprintf(iso, sizeof iso, "%.*s%s", SLICE_ARG(text), end);
    if (!iso8601_parse(slice_of(iso), &ms)) return false;
    *ret_local_s = ms / 1000;
    return true;
}

bool wall_time_parse(struct slice text, int64_t *ret_local_s)
{
    return parse_as_utc(text, "Z", ret_local_s);
}

bool wall_date_parse(struct slice text, int64_t *ret_local_s)
{
    return parse_as_utc(text, "T00:00Z", ret_local_s);
}

void wall_time_write(int64_t local_s, char out[WALL_TIME_BYTES])
{
    time_t t = (time_t)local_s;
    struct tm tm;
    if (!gmtime_r(&t, &tm) || strftime(out, WALL_TIME_BYTES, "%Y-%m-%d %H:%M", &tm) == 0)
        out[0] = '\0';
}

/* ---- words ---- */

static const char *const days[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
static const char *const codes[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
static const char *const places[] = {"first", "second", "third", "fourth", "last"};
static const int place_numbers[] = {1, 2, 3, 4, -1};

/* The next word; none at the end. */
static struct slice next_word(struct slice *rest)
{
    struct slice word = SLICE_NONE;
    *rest = slice_trim(*rest);
    if (rest->n) (void)slice_cut(rest, ' ', &word);
    return word;
}

static int day_of(struct slice word)
{
    for (size_t i = 0; i < COUNT_OF(days); i++)
        if (slice_is_nocase(word, days[i])) return (int)i;
    return -1;
}

/* "mon,thu", "mon-fri": a bit each, from Monday; 0: they are no days. */
static unsigned days_of(struct slice words)
{
    unsigned set = 0;
    struct slice part, first;
    while (words.n && slice_cut(&words, ',', &part)) {
        bool range = slice_find(part, '-') > 0;
        if (!range || !slice_cut(&part, '-', &first)) first = part;
        int from = day_of(first), to = range ? day_of(part) : from;
        if (from < 0 || to < from) return 0;
        for (int day = from; day <= to; day++)
            set |= 1u << day;
    }
    return set;
}

static bool is_weekly(struct slice words, uint64_t weeks, struct every *ret)
{
    unsigned set = days_of(words);
    if (set == 0) return false;
    int n = snprintf(ret->rule, sizeof ret->rule, "FREQ=WEEKLY;BYDAY");
    const char *between = "=";
    for (size_t i = 0; i < COUNT_OF(days); i++) {
        if (!(set & 1u << i)) continue;
        n += snprintf(ret->rule + n, sizeof ret->rule - (size_t)n, "%s%s", between, codes[i]);
        between = ",";
    }
    ret->weeks = (int)weeks;
    return true;
}

static bool is_monthly(struct slice words, struct every *ret)
{
    struct slice one;
    uint64_t day;
    int n = snprintf(ret->rule, sizeof ret->rule, "FREQ=MONTHLY;BYMONTHDAY");
    const char *between = "=";
    bool seen[MONTH_DAYS_MAX + 1] = {false};
    while (words.n && slice_cut(&words, ',', &one)) {
        if (slice_is_nocase(one, "last")) one = SLICE_LIT("0");
        if (!slice_to_u64(one, MONTH_DAYS_MAX, &day) || seen[day]) return false;
        seen[day] = true;
        n += snprintf(ret->rule + n, sizeof ret->rule - (size_t)n, "%s%d", between,
                      day ? (int)day : -1);
        between = ",";
    }
    return *between == ',';
}

static bool is_placed(struct slice place, struct slice day, struct every *ret)
{
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        if (!slice_is_nocase(place, places[i]) || day_of(day) < 0) continue;
        (void)snprintf(ret->rule, sizeof ret->rule, "FREQ=MONTHLY;BYDAY=%d%s", place_numbers[i],
                       codes[day_of(day)]);
        return true;
    }
    return false;
}

/* All but the time at the end. */
static bool read_rule(struct slice text, struct every *ret)
{
    struct slice first = next_word(&text), second = next_word(&text), third = next_word(&text);
    uint64_t weeks;
    if (slice_trim(text).n) return false;
    if (second.n == 0 && slice_is_nocase(first, "day")) {
        (void)snprintf(ret->rule, sizeof ret->rule, "FREQ=DAILY");
        return true;
    }
    if (second.n == 0) return is_weekly(first, 1, ret);
    if (slice_is_nocase(second, "weeks") && slice_to_u64(first, EVERY_WEEKS_MAX, &weeks))
        return weeks >= 2 && is_weekly(third, weeks, ret);
    if (third.n) return false;
    return slice_is_nocase(first, "month") ? is_monthly(second, ret)
                                           : is_placed(first, second, ret);
}

int every_parse(struct slice text, struct every *ret, struct err *e)
{
    *ret = (struct every){.weeks = 1};
    text = slice_trim(text);
    size_t at = text.n;
    while (at > 0 && text.p[at - 1] != ' ')
        at--;
    if (text.n <= EVERY_TEXT_BYTES_MAX && wall_minute_parse(slice_from(text, at), &ret->minute) &&
        read_rule(slice_make(text.p, at), ret))
        return 0;
    return err_set(e, ERR_INVALID,
                   "'%.*s' is no rule: write it as \"thu 09:00\", \"mon-fri 09:00\", \"2 weeks thu "
                   "09:00\", \"month 15 09:00\", \"month last 09:00\", \"first thu 09:00\" or "
                   "\"day 09:00\"",
                   (int)(text.n < EVERY_TEXT_BYTES_MAX ? text.n : EVERY_TEXT_BYTES_MAX),
                   text.n ? text.p : "");
}
