#include "web/view/view.h"

#include <stdlib.h>

#include "core/iso8601.h"
#include "core/place.h"
#include "flow/alarm.h"
#include "flow/place_book.h"
#include "store/day_record.h"
#include "store/group.h"
#include "web/call.h"

enum { PLEDGED_MAX = 200, MINUTE_MS = 60000, HOUR_MS = 60 * MINUTE_MS, AHEAD_MS = 36 * HOUR_MS };

static json_t *column_json(const struct day_minute *list, size_t n, enum day_column column)
{
    json_t *o = json_array();
    for (size_t i = 0; i < n; i++)
        json_list_add(o, list[i].is_known ? json_integer(list[i].n[column]) : json_null());
    return o;
}

static json_t *alarms_then_json(const struct day_minute *m)
{
    json_t *o = json_array();
    for (int i = 0; i < ALARM_COUNT; i++)
        if (m->alarms & 1U << i) json_list_add(o, json_string(alarm_to_string((enum alarm)i)));
    return o;
}

json_t *view_day_record(int64_t from_ms, const struct day_minute *list, size_t n)
{
    json_t *o = json_object(), *alarms = json_array();
    json_put_time(o, "from", from_ms);
    for (int i = 0; i < DAY_COLUMN_COUNT; i++)
        json_put(o, day_column_to_string((enum day_column)i),
                 column_json(list, n, (enum day_column)i));
    for (size_t i = 0; i < n; i++)
        json_list_add(alarms, list[i].is_known ? alarms_then_json(&list[i]) : json_null());
    json_put(o, "alarms", alarms);
    return o;
}

/* ---- who comes ---- */

/* The hours of one place. */
struct pledged {
    const struct place *place;
    int64_t start_ms;
    json_int_t coming, waiting;
    const json_t *from; /* of other groups than the place's, by group; NULL: none */
};
struct pledged_list {
    struct pledged list[PLEDGED_MAX];
    size_t n;
    json_int_t coming, waiting;
};

static json_int_t number_at(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

static json_int_t comes(const json_t *states)
{
    return number_at(states, "coming") + number_at(states, "came");
}

static void add_place(const struct web_call *c, struct pledged_list *all, const struct place *place,
                      const json_t *hours, const json_t *from)
{
    const char *hour;
    const json_t *counts;
    json_object_foreach((json_t *)hours, hour, counts)
    {
        struct pledged one = {.place = place,
                              .coming = comes(counts),
                              .waiting = number_at(counts, "waiting"),
                              .from = json_object_get(from, hour)};
        bool ok = iso8601_parse(slice_of(hour), &one.start_ms) && one.coming + one.waiting > 0 &&
                  one.start_ms > c->now_ms - AHEAD_MS / 3 && one.start_ms < c->now_ms + AHEAD_MS;
        if (!ok) continue;
        all->coming += one.coming;
        all->waiting += one.waiting;
        if (all->n < PLEDGED_MAX) all->list[all->n++] = one;
    }
}

static int by_start(const void *a, const void *b)
{
    const struct pledged *x = a, *y = b;
    if (x->start_ms != y->start_ms) return x->start_ms < y->start_ms ? -1 : 1;
    if (x->coming != y->coming) return x->coming > y->coming ? -1 : 1;
    return x->place->id < y->place->id ? -1 : x->place->id > y->place->id;
}

static json_t *from_json(const json_t *groups)
{
    const char *group;
    json_t *states, *o = json_object();
    json_object_foreach((json_t *)groups, group, states) if (comes(states) > 0)
        json_put(o, group, json_integer(comes(states)));
    return o;
}

/* A place of theirs, or one that a group of theirs adopted. */
static bool sees_place(const struct web_call *c, const struct group_set *groups,
                       const struct place *place)
{
    if (group_set_has(groups, slice_of(place->group))) return true;
    for (size_t i = 0; i < groups->count; i++) {
        const struct group_info *own = groups_find(c->config->groups, slice_of(groups->names[i]));
        for (size_t k = 0; own && k < own->twin_count; k++)
            if (own->twins[k] == place->id) return true;
    }
    return false;
}

static json_t *last_minute_json(const struct web_call *c, const json_t *counts)
{
    json_t *at = json_time((c->now_ms / MINUTE_MS - 1) * MINUTE_MS);
    json_t *n = json_integer(number_at(json_object_get(counts, "minutes"), json_string_value(at)));
    json_decref(at);
    return n;
}

json_t *view_day_pledges(const struct web_call *c, const struct group_set *groups,
                         const json_t *counts)
{
    const char *id;
    const json_t *hours;
    struct pledged_list all = {.n = 0};
    json_t *list = json_array();
    json_object_foreach(json_object_get(counts, "places"), id, hours)
    {
        uint64_t n = 0;
        const struct place *place = slice_to_u64(slice_of(id), UINT32_MAX, &n)
                                        ? place_book_place(c->config->places, (uint32_t)n)
                                        : NULL;
        if (place && sees_place(c, groups, place))
            add_place(c, &all, place, hours, json_object_get(json_object_get(counts, "from"), id));
    }
    qsort(all.list, all.n, sizeof all.list[0], by_start);
    for (size_t i = 0; i < all.n; i++) {
        const struct pledged *one = &all.list[i];
        json_t *o = json_pack("{s:I,s:s,s:s,s:I,s:I}", "place", (json_int_t)one->place->id, "name",
                              one->place->name, "group", one->place->group, "coming", one->coming,
                              "waiting", one->waiting);
        json_put_time(o, "start", one->start_ms);
        json_put(o, "from", from_json(one->from));
        json_list_add(list, o);
    }
    return json_pack("{s:I,s:I,s:o,s:o}", "coming", all.coming, "waiting", all.waiting,
                     "last_minute", groups->all ? last_minute_json(c, counts) : json_null(), "at",
                     list);
}
