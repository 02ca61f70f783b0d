#include "web/organiser/schedule_when.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"
#include "flow/plan.h"
#include "web/page.h"

enum { LINES_BYTES_MAX = 8 * 1024, NUMBER_BYTES = 24, MINUTES_MAX = 14 * 24 * 60 };

static const char *const fields[] = {"when",  "every",  "until",          "count",       "dates",
                                     "event", "remind", "within_minutes", "late_minutes"};
static const char *const kinds[][2] = {{"every", "Again and again"},
                                       {"dates", "On dates that you give"},
                                       {"event", "Before an event"}};

/* ---- as it would be typed ---- */

/* A text, a number, or one a line. */
static json_t *typed_of(const json_t *value)
{
    size_t i;
    const json_t *one;
    char number[NUMBER_BYTES];
    if (json_is_integer(value)) {
        (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        return json_string(number);
    }
    if (!json_is_array(value)) return json_text(json_slice(value));
    struct buf lines = BUF_INIT(LINES_BYTES_MAX);
    json_array_foreach(value, i, one)
    {
        buf_add_slice(&lines, json_slice(one));
        buf_add_char(&lines, '\n');
    }
    json_t *text = json_text(buf_slice(&lines));
    buf_done(&lines);
    return text;
}

/* "2026-12-03T19:00", as a field for a time wants it. */
static void put_event(json_t *o, struct slice event)
{
    int64_t local_s;
    char text[WALL_TIME_BYTES];
    if (!wall_time_parse(event, &local_s)) return;
    wall_time_write(local_s, text);
    text[sizeof "2026-12-03" - 1] = 'T';
    json_put(o, "event", json_string(text));
}

static json_t *said_by(const json_t *schedule)
{
    json_t *o = json_object();
    const json_t *plan = json_object_get(schedule, "plan");
    for (size_t i = 0; i < COUNT_OF(fields); i++) {
        const json_t *value = json_object_get(plan, fields[i]);
        json_put(o, fields[i], typed_of(value ? value : json_object_get(schedule, fields[i])));
    }
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (json_object_get(plan, kinds[i][0])) json_put(o, "when", json_string(kinds[i][0]));
    put_event(o, json_slice(json_object_get(plan, "event")));
    return o;
}

void schedule_when_put(const struct web_call *c, json_t *data, const json_t *schedule)
{
    json_t *o = NULL, *list = json_array();
    if (c->route->flags & FORM) {
        o = json_object();
        for (size_t i = 0; i < COUNT_OF(fields); i++)
            json_put(o, fields[i], json_text(web_field(c, fields[i])));
    } else {
        o = said_by(schedule);
    }
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        page_option(list, kinds[i][0], kinds[i][1], json_slice(json_object_get(o, "when")));
    json_put(o, "kinds", list);
    json_put(data, "plan", o);
}

void schedule_when_hide(const struct web_call *c, json_t *list)
{
    for (size_t i = 0; i < COUNT_OF(fields); i++)
        json_list_add(list, json_pack("{s:s,s:o}", "name", fields[i], "value",
                                      json_text(web_field(c, fields[i]))));
}

/* ---- what was typed ---- */

static void is_wrong(json_t **wrong, const char *name, const char *text)
{
    if (!*wrong) *wrong = json_object();
    if (!json_object_get(*wrong, name)) json_put(*wrong, name, json_string(text));
}

static void read_number(const struct web_call *c, const char *name, uint64_t most, bool or_zero,
                        json_t *to, json_t **wrong)
{
    uint64_t n = 0;
    struct slice typed = web_typed(c, name);
    if (typed.n && (!slice_to_u64(typed, most, &n) || (n == 0 && !or_zero)))
        is_wrong(wrong, name, "Write a whole number, or nothing.");
    else if (typed.n || or_zero)
        json_put(to, name, json_integer((json_int_t)n));
}

json_t *schedule_when_lines(struct slice rest)
{
    struct slice line;
    json_t *list = json_array();
    while (slice_cut(&rest, '\n', &line))
        if (slice_trim(line).n) json_list_add(list, json_text(slice_trim(line)));
    return list;
}

/* Of the three that one which is chosen. Returns owned. */
static json_t *plan_typed(const struct web_call *c, json_t **wrong)
{
    json_t *plan = json_object();
    struct slice when = web_typed(c, "when"), event = web_typed(c, "event");
    int64_t local_s;
    char text[WALL_TIME_BYTES];
    if (slice_is(when, "dates")) {
        json_put(plan, "dates", schedule_when_lines(web_typed(c, "dates")));
    } else if (slice_is(when, "event")) {
        if (wall_time_parse(event, &local_s)) {
            wall_time_write(local_s, text);
            event = slice_of(text);
        }
        json_put(plan, "event", json_text(event));
        json_put(plan, "remind", schedule_when_lines(web_typed(c, "remind")));
    } else {
        json_put(plan, "every", json_text(web_typed(c, "every")));
        if (web_typed(c, "until").n) json_put(plan, "until", json_text(web_typed(c, "until")));
        read_number(c, "count", PLAN_COUNT_MAX, false, plan, wrong);
    }
    return plan;
}

/* The same that the API says to it, before anything is checked or changed. */
static void judge(const json_t *plan, json_t **wrong)
{
    struct plan parsed;
    const char *key;
    struct err e;
    if (plan_read(plan, 0, &parsed, &key, &e) < 0) is_wrong(wrong, key, e.text);
}

void schedule_when_read(const struct web_call *c, const json_t *was, json_t *body, json_t **wrong)
{
    json_t *plan = plan_typed(c, wrong), *rule = json_copy((json_t *)was);
    judge(plan, wrong);
    (void)json_object_del(rule, "except"); /* which stays, and has no field here */
    /* what is said again begins again, and counts from one */
    if (!json_equal(plan, rule)) (void)json_object_update(body, plan);
    json_decref(plan);
    json_decref(rule);
    read_number(c, "within_minutes", MINUTES_MAX, true, body, wrong);
    read_number(c, "late_minutes", MINUTES_MAX, true, body, wrong);
}
