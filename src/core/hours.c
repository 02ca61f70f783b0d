/* A moment is open when every zone's local clock says so. Between two changes (of a day's hours, or
 * of a clock) nothing happens, so the next window is found by going from change to change: the
 * local clock is asked at each, and an hour that a change of clocks skips or repeats needs no
 * special case. */
#include "core/hours.h"

#include "core/zone.h"

enum { DAY_S = 86400, DAY_MIN = 1440, DAYS = 7, THURSDAY = 3 };
#define SECOND_US INT64_C(1000000)

/* ---- reading ---- */

static const char *const day_names[DAYS] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static bool read_day(struct slice s, int *ret)
{
    for (int i = 0; i < DAYS; i++) {
        if (!slice_is_nocase(s, day_names[i])) continue;
        *ret = i;
        return true;
    }
    return false;
}

/* "mon", "mon-fri", "sat-sun", "sun-mon" */
static bool read_days(struct slice word, unsigned *mask)
{
    struct slice from;
    int first, last;
    if (!slice_cut(&word, '-', &from) || !read_day(from, &first)) return false;
    last = first;
    if (word.p && !read_day(word, &last)) return false;
    for (int i = first;; i = (i + 1) % DAYS) {
        *mask |= 1u << i;
        if (i == last) return true;
    }
}

/* "09:00", "24:00" */
static bool read_clock(struct slice s, uint16_t *ret_min)
{
    struct slice hour;
    uint64_t h, m;
    if (!slice_cut(&s, ':', &hour) || hour.n > 2 || s.n != 2) return false;
    if (!slice_to_u64(hour, 24, &h) || !slice_to_u64(s, 59, &m) || h * 60 + m > DAY_MIN)
        return false;
    *ret_min = (uint16_t)(h * 60 + m);
    return true;
}

static bool read_span(struct slice word, uint16_t *open, uint16_t *close)
{
    struct slice from;
    if (slice_is_nocase(word, "closed")) {
        *open = *close = 0;
        return true;
    }
    return slice_cut(&word, '-', &from) && read_clock(from, open) && read_clock(word, close);
}

static bool next_word(struct slice *rest, struct slice *word)
{
    size_t n = 0;
    while (rest->n && strchr(" ,\t", rest->p[0]))
        *rest = slice_from(*rest, 1);
    while (n < rest->n && !strchr(" ,\t", rest->p[n]))
        n++;
    *word = slice_make(rest->p, n);
    *rest = slice_from(*rest, n);
    return n > 0;
}

static int set_days(struct hours *h, unsigned mask, struct slice word, bool *beyond, struct err *e)
{
    uint16_t open, close;
    if (!read_span(word, &open, &close))
        return err_set(
            e, ERR_INVALID,
            "'%.*s' is no time of day: write hours as \"09:00-20:30\", \"mon-fri 09:00-20:30, sat "
            "10:00-18:00\", or any",
            SLICE_ARG(word));
    if (close < open || (close == open && close))
        return err_set(e, ERR_INVALID, "'%.*s' ends before it begins: hours cross no midnight",
                       SLICE_ARG(word));
    if (open < close && (open < HOURS_FLOOR_MIN || close > HOURS_CEILING_MIN)) *beyond = true;
    for (int i = 0; i < DAYS; i++) {
        if (mask && !(mask & 1u << i)) continue;
        h->day[i].open_min = open;
        h->day[i].close_min = close;
    }
    return 0;
}

static int read_rules(struct slice text, struct hours *h, struct err *e)
{
    struct slice word;
    unsigned mask = 0;
    bool agreed = false, beyond = false;
    while (next_word(&text, &word)) {
        if (slice_is_nocase(word, "agreed")) {
            agreed = true;
        } else if (!read_days(word, &mask)) {
            int rc = set_days(h, mask, word, &beyond, e);
            if (rc < 0) return rc;
            mask = 0;
        }
    }
    if (mask) return err_set(e, ERR_INVALID, "hours end with a day: which hours has it?");
    if (beyond && !agreed)
        return err_set(e, ERR_INVALID,
                       "before 08:00 and after 21:00 nobody is texted; only where the people "
                       "expressly agreed to it, "
                       "write \"… agreed\"");
    return 0;
}

int hours_parse(struct slice text, struct hours *ret, struct err *e)
{
    struct hours h = {.any = false};
    text = slice_trim(text);
    if (text.n > HOURS_TEXT_BYTES_MAX)
        return err_set(e, ERR_INVALID, "hours of more than %d bytes: make them shorter",
                       HOURS_TEXT_BYTES_MAX);
    h.any = slice_is_nocase(text, "any");
    int rc = h.any ? 0 : read_rules(text, &h, e);
    if (rc < 0) return rc;
    bool open = h.any;
    for (int i = 0; i < DAYS; i++)
        open |= h.day[i].open_min < h.day[i].close_min;
    if (!open)
        return err_set(e, ERR_INVALID, "no hour of the week is open: write \"%s\", or any",
                       HOURS_RECOMMENDED);
    *ret = h;
    return 0;
}

/* ---- windows ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Whether one zone's clock allows it, and until when [s] that stays so. */
static bool is_open_in(const struct hours *h, const struct zone *z, int64_t at_s,
                       int64_t *ret_until_s)
{
    int64_t change_s = INT64_MAX;
    int64_t local = at_s + (z ? zone_offset_s(z, at_s, &change_s) : 0);
    int64_t day = floor_div(local, DAY_S), of_day = local - day * DAY_S;
    int weekday = (int)(((day + THURSDAY) % DAYS + DAYS) % DAYS);
    int64_t open = 60 * (int64_t)h->day[weekday].open_min,
            close = 60 * (int64_t)h->day[weekday].close_min;
    bool is_open = of_day >= open && of_day < close;
    int64_t end = is_open ? close : open < close && of_day < open ? open : DAY_S;
    int64_t until = at_s + end - of_day;
    *ret_until_s = until < change_s ? until : change_s;
    return is_open;
}

/* The same for all of them together. */
static bool is_open(const struct hours *h, const struct zone *const *zones, size_t n, int64_t at_s,
                    int64_t *ret_until_s)
{
    int64_t open_until = INT64_MAX, closed_until = INT64_MIN;
    for (size_t i = 0; i < n || i == 0; i++) {
        int64_t until;
        if (is_open_in(h, n ? zones[i] : NULL, at_s, &until)) {
            if (until < open_until) open_until = until;
        } else if (until > closed_until) {
            closed_until = until;
        }
    }
    bool all = closed_until == INT64_MIN;
    *ret_until_s = all ? open_until : closed_until;
    return all;
}

bool hours_are_within(const struct hours *h, int open_min, int close_min, int sunday_open_min)
{
    size_t sunday = COUNT_OF(h->day) - 1;
    for (size_t i = 0; !h->any && i < COUNT_OF(h->day); i++) {
        int open = h->day[i].open_min, close = h->day[i].close_min;
        if (open < close &&
            (open < (i == sunday ? sunday_open_min : open_min) || close > close_min))
            return false;
    }
    return !h->any;
}

bool hours_window(const struct hours *h, const struct zone *const *zones, size_t n, int64_t at_us,
                  struct hours_window *ret)
{
    int64_t begin = floor_div(at_us, SECOND_US), end = begin + (int64_t)HOURS_AHEAD_DAYS * DAY_S,
            at = begin, until;
    if (h->any) {
        *ret = (struct hours_window){at_us, end * SECOND_US};
        return true;
    }
    while (!is_open(h, zones, n, at, &until)) {
        at = until;
        if (at >= end) return false;
    }
    ret->open_us = at == begin ? at_us : at * SECOND_US;
    do
        at = until;
    while (at < end && is_open(h, zones, n, at, &until));
    ret->close_us = at * SECOND_US;
    return true;
}
