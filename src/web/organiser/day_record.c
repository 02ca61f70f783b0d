/* /day/record: a day to look back through, minute by minute: what stood on the wall then, and how it went. */
#include "web/organiser/organiser.h"

#include <stdio.h>

#include "base/buf.h"
#include "store/day_record.h"
#include "web/organiser/campaign_words.h"
#include "web/organiser/day_record.h"
#include "web/organiser/day_words.h"
#include "web/local_time.h"
#include "web/page.h"
#include "web/view/view.h"

enum {
    MINUTE_MS = 60000,
    HOUR = 60,
    BUCKET = 5, /* [minutes] of a step of a curve */
    HEIGHT = 100,
    CURVE_BYTES_MAX = 16 * 1024,
    HREF_BYTES = 64,
    DATE_BYTES = 11,
    CLOCK_BYTES = 6,
};

/* The day that is looked at. */
struct past {
    int64_t from_ms; /* [wall ms] its midnight */
    int minutes;     /* that it has */
    int at;          /* the minute that is looked at; -1 = nothing is known of the day */
    int asked;       /* the one that was asked for; -1 = none */
    char date[DATE_BYTES], before[DATE_BYTES], after[DATE_BYTES];
};

/* In the order in which they are shown. */
static const struct {
    enum day_column column;
    const char *label;
    bool adds_up; /* of an hour: the sum, else the most */
} shown[] = {
    {DAY_TEXTED, "texted in a minute", true},
    {DAY_REPLIES, "replied in a minute", true},
    {DAY_WAITING, "waited for an answer", false},
    {DAY_THERE, "were here", false},
    {DAY_PLEDGES, "pledged in a minute", true},
    {DAY_OPENS, "opened a share page in a minute", true},
    {DAY_STOPS, "opted out in a minute", true},
};

/* ---- which day ---- */

static void date_of(const struct web_call *c, int64_t at_ms, char out[DATE_BYTES])
{
    char field[LOCAL_TIME_BYTES];
    json_t *iso = json_time(at_ms);
    local_time_field_iso(c, iso, field);
    (void)snprintf(out, DATE_BYTES, "%.10s", field);
    json_decref(iso);
}

static void clock_of(const struct web_call *c, int64_t at_ms, char out[CLOCK_BYTES])
{
    char field[LOCAL_TIME_BYTES];
    json_t *iso = json_time(at_ms);
    local_time_field_iso(c, iso, field);
    (void)snprintf(out, CLOCK_BYTES, "%.5s", strlen(field) > 11 ? field + 11 : "");
    json_decref(iso);
}

static bool time_of(const struct web_call *c, const char *date, struct slice clock, int64_t *ret_ms)
{
    char text[LOCAL_TIME_BYTES];
    struct err e;
    (void)snprintf(text, sizeof text, "%s %.*s", date, (int)(clock.n > 5 ? 5 : clock.n), clock.p);
    return local_time_read(c, slice_of(text), ret_ms, &e) == 0;
}

/* False: there is no such day. */
static bool read_past(const struct web_call *c, struct past *ret)
{
    int64_t at_ms, next_ms;
    struct slice date = web_query(c, "date"), clock = web_query(c, "at");
    *ret = (struct past){.at = -1, .asked = -1};
    if (date.n == DATE_BYTES - 1)
        (void)snprintf(ret->date, DATE_BYTES, "%.*s", SLICE_ARG(date));
    else
        date_of(c, c->now_ms, ret->date);
    if (!time_of(c, ret->date, SLICE_LIT("00:00"), &ret->from_ms)) return false;
    date_of(c, ret->from_ms - (int64_t)12 * HOUR * MINUTE_MS, ret->before);
    date_of(c, ret->from_ms + (int64_t)26 * HOUR * MINUTE_MS, ret->after);
    if (!time_of(c, ret->after, SLICE_LIT("00:00"), &next_ms)) return false;
    ret->minutes = (int)((next_ms - ret->from_ms) / MINUTE_MS);
    if (clock.n && time_of(c, ret->date, clock, &at_ms))
        ret->asked = (int)((at_ms - ret->from_ms) / MINUTE_MS);
    return ret->minutes > 0 && ret->minutes <= DAY_RECORD_MINUTES_MAX;
}

/* ---- a moment ---- */

static const json_t *column_of(const json_t *record, enum day_column column)
{
    return json_object_get(record, day_column_to_string(column));
}

static bool is_known(const json_t *record, int minute)
{
    return json_is_integer(json_array_get(column_of(record, DAY_WAITING), (size_t)minute));
}

/* The one that was asked for, or the last of which something is known. */
static void find_moment(struct past *p, const json_t *record)
{
    if (p->asked >= 0 && p->asked < p->minutes) {
        p->at = p->asked;
        return;
    }
    for (int i = p->minutes; i-- > 0 && p->at < 0;)
        if (is_known(record, i)) p->at = i;
}

static void put_figures(json_t *data, const struct past *p, const json_t *record)
{
    json_t *figures = json_array();
    for (size_t i = 0; i < COUNT_OF(shown); i++)
        json_list_add(figures, json_pack("{s:s,s:o,s:s,s:n}", "label", shown[i].label, "n",
                                         words_count(json_array_get(
                                             column_of(record, shown[i].column), (size_t)p->at)),
                                         "kind", "", "href"));
    json_put(data, "figures", figures);
}

static void put_alarms(json_t *data, const struct past *p, const json_t *record)
{
    size_t i;
    const json_t *one;
    json_t *list = json_array();
    json_array_foreach(json_array_get(json_object_get(record, "alarms"), (size_t)p->at), i, one)
        json_list_add(list, json_string(day_alarm_words(json_string_value(one))));
    json_put(data, "then", list);
}

static void put_steps(const struct web_call *c, json_t *data, const struct past *p)
{
    static const struct {
        int by;
        const char *label;
    } steps[] = {{-HOUR, "‹ 1 h"}, {-10, "‹ 10 min"}, {-1, "‹ 1 min"},
                 {1, "1 min ›"},   {10, "10 min ›"},  {HOUR, "1 h ›"}};
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        char href[HREF_BYTES], clock[CLOCK_BYTES];
        int to = p->at + steps[i].by;
        if (to < 0 || to >= p->minutes) continue;
        clock_of(c, p->from_ms + (int64_t)to * MINUTE_MS, clock);
        (void)snprintf(href, sizeof href, "/day/record?date=%s&at=%s", p->date, clock);
        json_list_add(list, json_pack("{s:s,s:s}", "href", href, "label", steps[i].label));
    }
    json_put(data, "steps", list);
}

static void put_moment(const struct web_call *c, json_t *data, struct past *p, const json_t *record)
{
    char clock[CLOCK_BYTES] = "";
    find_moment(p, record);
    if (p->at >= 0) clock_of(c, p->from_ms + (int64_t)p->at * MINUTE_MS, clock);
    json_put(data, "clock", json_string(clock));
    json_put(data, "moment", json_boolean(p->at >= 0));
    if (p->at < 0) return;
    json_put(data, "unknown", json_boolean(!is_known(record, p->at)));
    put_figures(data, p, record);
    put_alarms(data, p, record);
    put_steps(c, data, p);
}

/* ---- curves ---- */

static json_int_t most_of(const json_t *column, int from, int n)
{
    json_int_t most = 0;
    for (int i = from; i < from + n; i++) {
        json_int_t one = json_integer_value(json_array_get(column, (size_t)i));
        if (one > most) most = one;
    }
    return most;
}

static json_int_t sum_of(const json_t *column, int from, int n)
{
    json_int_t sum = 0;
    for (int i = from; i < from + n; i++)
        sum += json_integer_value(json_array_get(column, (size_t)i));
    return sum;
}

/* Steps over the ground line, the most of so many minutes each. */
static json_t *curve_json(const json_t *column, int minutes, int step, json_int_t most)
{
    struct buf d = BUF_INIT(CURVE_BYTES_MAX);
    buf_addf(&d, "M0 %d", HEIGHT);
    for (int i = 0; i < minutes; i += step) {
        json_int_t n = most_of(column, i, step);
        int y = HEIGHT - (int)((json_int_t)HEIGHT * n / most);
        buf_addf(&d, "V%dH%d", y, i + step < minutes ? i + step : minutes);
    }
    buf_addf(&d, "V%dZ", HEIGHT);
    json_t *text = json_text(buf_slice(&d));
    buf_done(&d);
    return text;
}

void day_put_curves(json_t *data, const json_t *record, int minutes, int step, int at)
{
    json_t *curves = json_array();
    for (size_t i = 0; i < COUNT_OF(shown); i++) {
        const json_t *column = column_of(record, shown[i].column);
        json_int_t most = most_of(column, 0, minutes);
        if (most == 0) continue;
        json_t *text = json_integer(most);
        json_list_add(curves, json_pack("{s:s,s:o,s:i,s:o,s:o}", "label", shown[i].label, "most",
                                        words_count(text), "width", minutes, "x",
                                        at < 0 ? json_null() : json_integer(at), "d",
                                        curve_json(column, minutes, step, most)));
        json_decref(text);
    }
    json_put(data, "any_curves", json_boolean(json_array_size(curves) > 0));
    json_put(data, "curves", curves);
}

/* ---- a table, by hours ---- */

static json_t *hour_json(const struct web_call *c, const struct past *p, const json_t *record,
                         int from)
{
    char clock[CLOCK_BYTES];
    json_t *cells = json_array();
    int n = from + HOUR < p->minutes ? HOUR : p->minutes - from;
    for (size_t i = 0; i < COUNT_OF(shown); i++) {
        const json_t *column = column_of(record, shown[i].column);
        json_t *number =
            json_integer(shown[i].adds_up ? sum_of(column, from, n) : most_of(column, from, n));
        json_list_add(cells, words_count(number));
        json_decref(number);
    }
    clock_of(c, p->from_ms + (int64_t)from * MINUTE_MS, clock);
    return json_pack("{s:s,s:o}", "clock", clock, "cells", cells);
}

static void put_hours(const struct web_call *c, json_t *data, const struct past *p,
                      const json_t *record)
{
    json_t *hours = json_array();
    for (int from = 0; from < p->minutes; from += HOUR) {
        bool any = false;
        for (int i = from; i < from + HOUR && i < p->minutes; i++)
            any |= is_known(record, i);
        if (any) json_list_add(hours, hour_json(c, p, record, from));
    }
    json_put(data, "hours", hours);
}

/* ---- the page ---- */

static void show(struct web_call *c, struct past *p, const json_t *record)
{
    char today[DATE_BYTES];
    json_t *data = page_data(c, "Looking back", "");
    date_of(c, c->now_ms, today);
    json_put(data, "wide", json_true());
    json_put(data, "date", json_string(p->date));
    json_put(data, "before", json_string(p->before));
    json_put(data, "after", strcmp(p->date, today) < 0 ? json_string(p->after) : json_null());
    put_moment(c, data, p, record);
    day_put_curves(data, record, p->minutes, BUCKET, p->at);
    put_hours(c, data, p, record);
    page_answer(c, PAGE_DAY_RECORD, 200, data);
}

static void on_record(void *arg, int result, const struct day_minute *list, size_t n,
                      const struct err *e)
{
    struct web_call *c = arg;
    struct past p = *(const struct past *)c->state;
    if (!web_ok(c, result, e)) return;
    json_t *record = view_day_record(p.from_ms, list, n);
    show(c, &p, record);
    json_decref(record);
}

static void get_record(struct web_call *c)
{
    struct past *p = web_call_state(c, sizeof *p, NULL);
    if (!access_may_everywhere(c->member, MAY_READ_CAMPAIGNS))
        web_answer_redirect(c, "/day"); /* it is of the whole organisation */
    else if (read_past(c, p))
        day_record_read(c->config->store, p->from_ms, (size_t)p->minutes, on_record, c);
    else
        web_error(c, 404, "not_found", "There is no such day. Choose another one.");
}

static const struct route rows[] = {
    {"GET", "/day/record", MAY_READ_CAMPAIGNS, NEEDS_STORE | IN_GROUP | PAGE, NULL, get_record},
};

const struct routes day_record_page_routes = {rows, COUNT_OF(rows)};
