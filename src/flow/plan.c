#include "flow/plan.h"

#include "core/json.h"
#include "io/recur.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_S = 24 * 3600, WEEK_S = 7 * DAY_S, LOOK_BACK_S = 2 * DAY_S, WALK = 16 };

/* ---- reading ---- */

static struct slice next_word(struct slice *rest)
{
    struct slice word = SLICE_NONE;
    *rest = slice_trim(*rest);
    if (rest->n) (void)slice_cut(rest, ' ', &word);
    return word;
}

/* [s] "minutes", "hour" …; 0: it is no such word. */
static int64_t unit_s(struct slice word)
{
    static const struct {
        const char *one, *many;
        int64_t s;
    } units[] = {{"minute", "minutes", 60},
                 {"hour", "hours", 3600},
                 {"day", "days", DAY_S},
                 {"week", "weeks", WEEK_S}};
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (slice_is_nocase(word, units[i].one) || slice_is_nocase(word, units[i].many))
            return units[i].s;
    return 0;
}

/* "2 hours before", "1 day before at 11:00" */
static bool read_reminder(struct slice text, struct plan_reminder *ret)
{
    uint64_t n;
    struct slice number = next_word(&text), unit = next_word(&text), before = next_word(&text),
                 at = next_word(&text), time = next_word(&text);
    int64_t s = unit_s(unit);
    if (!slice_to_u64(number, 366, &n) || s == 0 || !slice_is_nocase(before, "before") ||
        slice_trim(text).n)
        return false;
    *ret = (struct plan_reminder){(int64_t)n * s, -1};
    if (at.n == 0) return n > 0;
    return s >= DAY_S && slice_is_nocase(at, "at") && wall_minute_parse(time, &ret->at_minute);
}

/* [local s] of one with a time of day. */
static int64_t reminder_local_s(const struct plan *p, const struct plan_reminder *r)
{
    int64_t midnight = p->event_local_s - p->event_local_s % DAY_S;
    return midnight - r->before_s + r->at_minute * 60;
}

static bool is_before_event(const struct plan *p, const struct plan_reminder *r)
{
    return r->at_minute < 0 || reminder_local_s(p, r) < p->event_local_s;
}

static int read_event(const json_t *o, struct plan *p, const char **ret_key, struct err *e)
{
    size_t i;
    const json_t *one, *list = json_object_get(o, "remind");
    *ret_key = "event";
    if (!wall_time_parse(json_slice(json_object_get(o, "event")), &p->event_local_s))
        return err_set(e, ERR_INVALID, "write when it is, such as 2026-12-03 19:00");
    *ret_key = "remind";
    if (json_array_size(list) == 0 || json_array_size(list) > PLAN_REMINDERS_MAX)
        return err_set(e, ERR_INVALID, "say when to remind: 1 to %d times", PLAN_REMINDERS_MAX);
    json_array_foreach(list, i, one)
    {
        struct plan_reminder *r = &p->reminders[p->reminder_count++];
        if (!read_reminder(json_slice(one), r))
            return err_set(e, ERR_INVALID,
                           "'%.*s' is no reminder: write it as \"1 day before at 11:00\" or \"2 "
                           "hours before\"",
                           (int)(json_slice(one).n < 60 ? json_slice(one).n : 60),
                           json_slice(one).n ? json_slice(one).p : "");
        if (!is_before_event(p, r))
            return err_set(e, ERR_INVALID, "'%.*s' is after the event", SLICE_ARG(json_slice(one)));
    }
    return 0;
}

static int by_time(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static int read_dates(const json_t *o, struct plan *p, const char **ret_key, struct err *e)
{
    size_t i;
    const json_t *one, *list = json_object_get(o, "dates");
    *ret_key = "dates";
    if (json_array_size(list) == 0 || json_array_size(list) > PLAN_DATES_MAX)
        return err_set(e, ERR_INVALID, "give 1 to %d dates", PLAN_DATES_MAX);
    json_array_foreach(list, i, one)
    {
        if (!wall_time_parse(json_slice(one), &p->dates[p->date_count++]))
            return err_set(e, ERR_INVALID, "write each of 'dates' as 2026-12-03 19:00");
    }
    qsort(p->dates, p->date_count, sizeof *p->dates, by_time);
    return 0;
}

static int read_every(const json_t *o, struct plan *p, const char **ret_key, struct err *e)
{
    const json_t *until = json_object_get(o, "until"), *count = json_object_get(o, "count");
    *ret_key = "every";
    int rc = every_parse(json_slice(json_object_get(o, "every")), &p->every, e);
    if (rc < 0) return rc;
    *ret_key = "until";
    if (until && !json_is_null(until)) {
        if (!wall_date_parse(json_slice(until), &p->until_local_s))
            return err_set(e, ERR_INVALID, "write 'until', the last day, as 2027-06-30");
        p->until_local_s += DAY_S;
    }
    *ret_key = "count";
    if (!count || json_is_null(count)) return 0;
    json_int_t n = json_is_integer(count) ? json_integer_value(count) : 0;
    if (n < 1 || n > PLAN_COUNT_MAX)
        return err_set(e, ERR_INVALID, "'count' is 1 to %d", PLAN_COUNT_MAX);
    p->count = (uint32_t)n;
    return 0;
}

/* "2026-12-24", or "2026-12-24 09:00" */
static bool read_left_out(struct slice text, int64_t *from_s, int64_t *until_s)
{
    bool is_day = wall_date_parse(text, from_s);
    if (!is_day && !wall_time_parse(text, from_s)) return false;
    *until_s = *from_s + (is_day ? DAY_S : 60);
    return true;
}

static int read_except(const json_t *o, struct plan *p, const char **ret_key, struct err *e)
{
    size_t i;
    const json_t *one, *list = json_object_get(o, "except");
    if (!list || json_is_null(list)) return 0;
    *ret_key = "except";
    if (!json_is_array(list) || json_array_size(list) > PLAN_EXCEPT_MAX)
        return err_set(e, ERR_INVALID, "'except' is a list of at most %d days", PLAN_EXCEPT_MAX);
    json_array_foreach(list, i, one)
    {
        int64_t from_s, until_s;
        if (!read_left_out(json_slice(one), &from_s, &until_s))
            return err_set(e, ERR_INVALID,
                           "write each of 'except', a day or a time, as 2026-12-24 or 2026-12-24 "
                           "09:00");
        p->except[p->except_count].from_s = from_s;
        p->except[p->except_count++].until_s = until_s;
    }
    return 0;
}

void plan_forget_over(json_t *o, int64_t local_s)
{
    json_t *list = json_object_get(o, "except");
    for (size_t i = json_array_size(list); i-- > 0;) {
        int64_t from_s, until_s;
        if (read_left_out(json_slice(json_array_get(list, i)), &from_s, &until_s) &&
            until_s <= local_s)
            (void)json_array_remove(list, i);
    }
    if (json_is_array(list) && json_array_size(list) == 0) (void)json_object_del(o, "except");
}

int plan_leave_out(json_t *o, struct slice day, bool left_out, int64_t local_s, struct err *e)
{
    int64_t from_s, until_s;
    if (!read_left_out(day, &from_s, &until_s))
        return err_set(e, ERR_INVALID,
                       "write the day, or the time, as 2026-12-24 or 2026-12-24 09:00");
    if (!json_object_get(o, "except")) json_put(o, "except", json_array());
    json_t *list = json_object_get(o, "except");
    for (size_t i = json_array_size(list); i-- > 0;)
        if (slice_eq(json_slice(json_array_get(list, i)), day)) (void)json_array_remove(list, i);
    if (left_out) json_list_add(list, json_text(day));
    plan_forget_over(o, local_s);
    return 0;
}

static bool has(const json_t *o, const char *key)
{
    const json_t *value = json_object_get(o, key);
    return value && !json_is_null(value);
}

int plan_read(const json_t *o, int64_t from_local_s, struct plan *ret, const char **ret_key,
              struct err *e)
{
    *ret = (struct plan){.from_local_s = from_local_s, .until_local_s = INT64_MAX};
    *ret_key = "every";
    if (has(o, "every") + has(o, "dates") + has(o, "event") != 1)
        return err_set(e, ERR_INVALID,
                       "say when: one of `every`, `dates`, or `event` with `remind`");
    ret->kind = has(o, "every") ? PLAN_EVERY : has(o, "dates") ? PLAN_DATES : PLAN_EVENT;
    if (read_except(o, ret, ret_key, e) < 0) return ERR_INVALID;
    if (ret->kind == PLAN_EVERY) return read_every(o, ret, ret_key, e);
    *ret_key = has(o, "until") ? "until" : "count";
    if (has(o, "until") || has(o, "count")) return err_set(e, ERR_INVALID, "it goes with `every`");
    return ret->kind == PLAN_DATES ? read_dates(o, ret, ret_key, e)
                                   : read_event(o, ret, ret_key, e);
}

json_t *plan_json(const json_t *o)
{
    static const char *const keys[] = {"every", "dates", "event", "remind",
                                       "until", "count", "except"};
    json_t *plan = json_object();
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (has(o, keys[i])) json_put(plan, keys[i], json_deep_copy(json_object_get(o, keys[i])));
    return plan;
}

/* ---- asking ---- */

int64_t plan_local_s(const struct zone *zone, int64_t at_ms)
{
    return zone_local_s(zone, at_ms / 1000);
}

struct firings { /* sorted by when they are, each once */
    const struct plan *plan;
    struct plan_firing *list;
    size_t n, max;
};

static bool is_left_out(const struct plan *p, int64_t local_s)
{
    for (size_t i = 0; i < p->except_count; i++)
        if (local_s >= p->except[i].from_s && local_s < p->except[i].until_s) return true;
    return false;
}

static void add(struct firings *f, int64_t after_ms, struct plan_firing one)
{
    size_t at = f->n;
    if (one.at_ms <= after_ms || one.at_ms >= one.end_ms || is_left_out(f->plan, one.local_s))
        return;
    while (at > 0 && f->list[at - 1].at_ms > one.at_ms)
        at--;
    if ((at > 0 && f->list[at - 1].at_ms == one.at_ms) || at == f->max) return;
    size_t keep = f->n < f->max ? f->n++ : f->max - 1;
    memmove(f->list + at + 1, f->list + at, (keep - at) * sizeof *f->list);
    f->list[at] = one;
}

/* The first clock time at which the rule may come. Of "every second week" the first is the next one
 * there is, whatever week it is in. */
static int64_t first_s(const struct plan *p)
{
    struct err ignored; /* plan_read took it */
    size_t n;
    int64_t start = p->from_local_s - p->from_local_s % DAY_S + p->every.minute * 60;
    if (start < p->from_local_s) start += DAY_S;
    if (p->every.weeks > 1) (void)!recur_list(p->every.rule, start, start, &start, 1, &n, &ignored);
    return start;
}

/* Where the walk may begin instead, without changing what comes: years of days are not gone through
 * each time. Who counts has to. */
static int64_t walk_from(const struct plan *p, int64_t after_local_s)
{
    int64_t start = first_s(p), step = p->every.weeks * (int64_t)WEEK_S,
            ahead = after_local_s - start;
    return p->count || ahead < step ? start : start + ahead / step * step;
}

static void write_rule(const struct plan *p, char out[2 * EVERY_RULE_BYTES])
{
    char count[32] = "";
    if (p->count) (void)snprintf(count, sizeof count, ";COUNT=%u", p->count);
    (void)snprintf(out, (size_t)2 * EVERY_RULE_BYTES, "%s;INTERVAL=%d%s", p->every.rule,
                   p->every.weeks > 1 ? p->every.weeks : 1, count);
}

static void add_every(const struct plan *p, const struct zone *zone, int64_t after_ms,
                      struct firings *f)
{
    int64_t after = plan_local_s(zone, after_ms) - LOOK_BACK_S, list[WALK];
    char rule[2 * EVERY_RULE_BYTES];
    struct err ignored; /* plan_read took it */
    if (after < p->from_local_s) after = p->from_local_s;
    write_rule(p, rule);
    while (f->n < f->max) {
        size_t n;
        if (recur_list(rule, walk_from(p, after), after, list, WALK, &n, &ignored) < 0) return;
        for (size_t i = 0; i < n && list[i] < p->until_local_s; i++)
            add(f, after_ms,
                (struct plan_firing){zone_moment_s(zone, list[i]) * 1000, list[i], INT64_MAX});
        if (n < WALK || list[n - 1] >= p->until_local_s) return;
        after = list[n - 1] + 1;
    }
}

static void add_event(const struct plan *p, const struct zone *zone, int64_t after_ms,
                      struct firings *f)
{
    int64_t event_ms = zone_moment_s(zone, p->event_local_s) * 1000;
    for (size_t i = 0; i < p->reminder_count; i++) {
        const struct plan_reminder *r = &p->reminders[i];
        struct plan_firing one = {.at_ms = event_ms - r->before_s * 1000, .end_ms = event_ms};
        if (r->at_minute < 0) {
            one.local_s = plan_local_s(zone, one.at_ms);
        } else {
            one.local_s = reminder_local_s(p, r);
            one.at_ms = zone_moment_s(zone, one.local_s) * 1000;
        }
        add(f, after_ms, one);
    }
}

size_t plan_after(const struct plan *p, const struct zone *zone, int64_t after_ms,
                  struct plan_firing *ret, size_t max)
{
    struct firings f = {p, ret, 0, max};
    if (p->kind == PLAN_EVERY) add_every(p, zone, after_ms, &f);
    if (p->kind == PLAN_EVENT) add_event(p, zone, after_ms, &f);
    for (size_t i = 0; p->kind == PLAN_DATES && i < p->date_count; i++)
        add(&f, after_ms,
            (struct plan_firing){zone_moment_s(zone, p->dates[i]) * 1000, p->dates[i], INT64_MAX});
    return f.n;
}

bool plan_fires_on(const struct plan *p, const struct zone *zone, struct slice day)
{
    int64_t from_s, until_s;
    struct plan_firing first;
    return read_left_out(day, &from_s, &until_s) &&
           plan_after(p, zone, zone_moment_s(zone, from_s) * 1000 - 1, &first, 1) > 0 &&
           first.local_s < until_s;
}
