#include "io/calendar_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/map.h"
#include "io/ical_time.h"

enum { TIME_BYTES = 24, KEY_BYTES = 600, DAY_S = 24 * 3600, NAME_BYTES = 256 };

struct reader {
    int64_t from_s, until_s;
    calendar_found_cb *cb;
    void *arg;
    struct map *moved; /* "uid time" of each that stands for itself */
};

/* An event, and what all of its times have. */
struct event {
    struct reader *r;
    icalcomponent *of;
    const icaltimezone *zone; /* NULL: UTC, none, or not told of in the file */
    struct calendar_found found;
    char organiser[NAME_BYTES];
};

/* ---- times ---- */

/* Without a zone: libical's iterators are an hour late behind a change of clocks (io/recur.h). */
static struct icaltimetype floating(struct icaltimetype at)
{
    at.zone = NULL;
    return at;
}

/* What stands in UTC in the middle of an event, by the event's own clock. */
static struct icaltimetype by_event(const struct event *ev, struct icaltimetype at)
{
    if (icaltime_is_utc(at) && ev->zone)
        at = icaltime_convert_to_zone(at, (icaltimezone *)ev->zone);
    return floating(at);
}

static void time_text(int64_t clock_s, char out[TIME_BYTES])
{
    time_t t = (time_t)clock_s;
    struct tm tm;
    check(gmtime_r(&t, &tm));
    (void)strftime(out, TIME_BYTES, "%Y%m%dT%H%M%S", &tm);
}

/* [s since 1970] of a clock's time. */
static int64_t moment_of(const struct event *ev, int64_t clock_s)
{
    if (!ev->zone) return clock_s;
    struct icaltimetype at = ical_time_at(clock_s);
    at.zone = ev->zone;
    return icaltime_as_timet_with_zone(at, ev->zone);
}

/* ---- what an event says ---- */

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static const char *text_of(icalcomponent *of, icalproperty_kind kind)
{
    icalproperty *p = icalcomponent_get_first_property(of, kind);
    const icalvalue *v = p ? icalproperty_get_value(p) : NULL;
    return v ? or_empty(icalvalue_get_text(v)) : "";
}

/* By their name; an address says nothing to people. */
static void read_organiser(struct event *ev)
{
    icalproperty *p = icalcomponent_get_first_property(ev->of, ICAL_ORGANIZER_PROPERTY);
    icalparameter *cn = p ? icalproperty_get_first_parameter(p, ICAL_CN_PARAMETER) : NULL;
    const char *name = cn ? or_empty(icalparameter_get_cn(cn)) : "";
    (void)snprintf(ev->organiser, sizeof ev->organiser, "%s", strchr(name, '@') ? "" : name);
    ev->found.organiser = ev->organiser;
}

static void read_categories(struct event *ev)
{
    size_t n = 0;
    icalproperty *p = icalcomponent_get_first_property(ev->of, ICAL_CATEGORIES_PROPERTY);
    for (; p && n < CALENDAR_CATEGORIES_MAX - 1;
         p = icalcomponent_get_next_property(ev->of, ICAL_CATEGORIES_PROPERTY))
        ev->found.categories[n++] = or_empty(icalproperty_get_categories(p));
}

static void read_texts(struct event *ev)
{
    ev->found.uid = or_empty(icalcomponent_get_uid(ev->of));
    ev->found.title = text_of(ev->of, ICAL_SUMMARY_PROPERTY);
    ev->found.where = text_of(ev->of, ICAL_LOCATION_PROPERTY);
    ev->found.about = text_of(ev->of, ICAL_DESCRIPTION_PROPERTY);
    ev->found.is_cancelled = icalcomponent_get_status(ev->of) == ICAL_STATUS_CANCELLED;
    read_organiser(ev);
    read_categories(ev);
}

/* False: it has no beginning. */
static bool read_times(struct event *ev, int64_t *ret_start, int64_t *ret_length)
{
    icalproperty *p = icalcomponent_get_first_property(ev->of, ICAL_DTSTART_PROPERTY);
    icalparameter *zone = p ? icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER) : NULL;
    struct icaltimetype start = icalcomponent_get_dtstart(ev->of);
    struct icaltimetype end = icalcomponent_get_dtend(ev->of);
    if (!p || icaltime_is_null_time(start)) return false;
    bool utc = icaltime_is_utc(start);
    ev->zone = utc ? NULL : start.zone;
    ev->found.zone = utc ? "UTC" : zone ? or_empty(icalparameter_get_tzid(zone)) : "";
    ev->found.is_known = utc || ev->zone;
    ev->found.is_day = icaltime_is_date(start);
    *ret_start = ical_time_clock(start);
    *ret_length = icaltime_is_null_time(end) ? 0 : ical_time_clock(by_event(ev, end)) - *ret_start;
    return true;
}

/* ---- its times ---- */

static void key_of(const char *uid, const char *time, char out[KEY_BYTES])
{
    (void)snprintf(out, KEY_BYTES, "%.500s %s", uid, time);
}

static void tell(struct event *ev, int64_t start, int64_t length)
{
    ev->found.start_clock_s = start;
    ev->found.end_clock_s = start + length;
    ev->found.start_s = moment_of(ev, start);
    ev->found.end_s = moment_of(ev, start + length);
    /* where the file does not say what its zone is, a day more at both ends */
    int64_t slack = ev->found.is_known ? 0 : DAY_S;
    if (ev->found.end_s + slack >= ev->r->from_s && ev->found.start_s - slack <= ev->r->until_s)
        ev->r->cb(ev->r->arg, &ev->found);
}

/* One time of an event that repeats, unless it stands for itself elsewhere. */
static void tell_time(struct event *ev, int64_t start, int64_t length)
{
    char time[TIME_BYTES], key[KEY_BYTES];
    time_text(start, time);
    key_of(ev->found.uid, time, key);
    if (map_get(ev->r->moved, slice_of(key))) return;
    ev->found.time = time;
    tell(ev, start, length);
    ev->found.time = "";
}

static bool is_left_out(const struct event *ev, int64_t start)
{
    icalproperty *p = icalcomponent_get_first_property(ev->of, ICAL_EXDATE_PROPERTY);
    for (; p; p = icalcomponent_get_next_property(ev->of, ICAL_EXDATE_PROPERTY)) {
        struct icaltimetype at = by_event(ev, icalproperty_get_exdate(p));
        int64_t out = ical_time_clock(at);
        if (out == start || (icaltime_is_date(at) && out == start - start % DAY_S)) return true;
    }
    return false;
}

/* Until when, by the clock of the event: a day lasts until it is over. */
static void mend_until(const struct event *ev, struct icalrecurrencetype *rule)
{
    if (icaltime_is_null_time(rule->until)) return;
    if (icaltime_is_date(rule->until))
        rule->until = ical_time_at(ical_time_clock(rule->until) + DAY_S - 1);
    else
        rule->until = by_event(ev, rule->until);
}

static void tell_rule(struct event *ev, icalproperty *p, int64_t start, int64_t length)
{
    struct icalrecurrencetype rule = icalproperty_get_rrule(p);
    mend_until(ev, &rule);
    icalrecur_iterator *it = icalrecur_iterator_new(rule, ical_time_at(start));
    for (size_t told = 0; it && told < CALENDAR_TIMES_MAX;) {
        struct icaltimetype at = icalrecur_iterator_next(it);
        int64_t clock = ical_time_clock(at);
        if (icaltime_is_null_time(at) || clock > ev->r->until_s + DAY_S) break;
        if (clock + length < ev->r->from_s - DAY_S || is_left_out(ev, clock)) continue;
        told++;
        tell_time(ev, clock, length);
    }
    if (it) icalrecur_iterator_free(it);
}

static void tell_dates(struct event *ev, int64_t length)
{
    icalproperty *p = icalcomponent_get_first_property(ev->of, ICAL_RDATE_PROPERTY);
    for (; p; p = icalcomponent_get_next_property(ev->of, ICAL_RDATE_PROPERTY)) {
        struct icaltimetype at = icalproperty_get_rdate(p).time;
        if (!icaltime_is_null_time(at)) tell_time(ev, ical_time_clock(by_event(ev, at)), length);
    }
}

static void read_event(struct reader *r, icalcomponent *of)
{
    int64_t start, length;
    char time[TIME_BYTES] = "";
    struct event ev = {.r = r, .of = of, .found = {.time = ""}};
    read_texts(&ev);
    if (!read_times(&ev, &start, &length)) return;
    icalproperty *rule = icalcomponent_get_first_property(of, ICAL_RRULE_PROPERTY);
    bool dates = icalcomponent_get_first_property(of, ICAL_RDATE_PROPERTY) != NULL;
    struct icaltimetype moved = icalcomponent_get_recurrenceid(of);
    if (!icaltime_is_null_time(moved)) {
        time_text(ical_time_clock(by_event(&ev, moved)), time);
        ev.found.time = time;
        tell(&ev, start, length);
    } else if (rule) {
        tell_rule(&ev, rule, start, length);
        tell_dates(&ev, length);
    } else {
        if (dates) tell_dates(&ev, length);
        tell(&ev, start, length);
    }
}

/* ---- the file ---- */

static void note_moved(struct reader *r, icalcomponent *of)
{
    int64_t start, length;
    char time[TIME_BYTES], key[KEY_BYTES];
    struct icaltimetype moved = icalcomponent_get_recurrenceid(of);
    struct event ev = {.r = r, .of = of};
    if (icaltime_is_null_time(moved) || !read_times(&ev, &start, &length)) return;
    time_text(ical_time_clock(by_event(&ev, moved)), time);
    key_of(or_empty(icalcomponent_get_uid(of)), time, key);
    (void)map_put(r->moved, slice_of(key), r);
}

static void each_event(struct reader *r, icalcomponent *calendar,
                       void (*run)(struct reader *r, icalcomponent *of))
{
    icalcompiter at = icalcomponent_begin_component(calendar, ICAL_VEVENT_COMPONENT);
    for (icalcomponent *of = icalcompiter_deref(&at); of; of = icalcompiter_next(&at))
        run(r, of);
}

static void read_calendar(struct reader *r, icalcomponent *calendar)
{
    each_event(r, calendar, note_moved);
    each_event(r, calendar, read_event);
}

int calendar_read(struct slice text, int64_t from_s, int64_t until_s, calendar_found_cb *cb,
                  void *arg, struct err *e)
{
    struct reader r = {from_s, until_s, cb, arg, NULL};
    char *copy = slice_strdup(text);
    icalcomponent *root = icalparser_parse_string(copy);
    free(copy);
    icalcomponent_kind kind = root ? icalcomponent_isa(root) : ICAL_NO_COMPONENT;
    if (kind != ICAL_VCALENDAR_COMPONENT && kind != ICAL_XROOT_COMPONENT) {
        if (root) icalcomponent_free(root);
        return err_set(e, ERR_SYNTAX, "it is no calendar: export it again as iCalendar (.ics)");
    }
    r.moved = map_new();
    if (kind == ICAL_VCALENDAR_COMPONENT) {
        read_calendar(&r, root);
    } else {
        icalcompiter at = icalcomponent_begin_component(root, ICAL_VCALENDAR_COMPONENT);
        for (icalcomponent *one = icalcompiter_deref(&at); one; one = icalcompiter_next(&at))
            read_calendar(&r, one);
    }
    map_free(r.moved);
    icalcomponent_free(root);
    return 0;
}
