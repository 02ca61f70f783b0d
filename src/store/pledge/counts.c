#include "private.h"

#include <stdio.h>

#include "core/json.h"

enum { DAY_MS = 24 * 3600 * 1000, HOUR_MS = 3600 * 1000, MINUTE_MS = 60 * 1000, KEY_BYTES = 96 };

static const struct script counts_script = {.name = "pledge_counts", .parts = {&lua_pledge_counts}};
static const struct script brought_script = {.name = "pledge_brought",
                                             .parts = {&lua_pledge_brought}};

/* The object under that key; made where there is none. */
static json_t *under(json_t *object, struct slice key)
{
    char name[KEY_BYTES];
    (void)snprintf(name, sizeof name, "%.*s", SLICE_ARG(key));
    json_t *found = json_object_get(object, name);
    if (!found) json_put(object, name, found = json_object());
    return found;
}

static void add(json_t *object, struct slice key, int64_t n)
{
    char name[KEY_BYTES];
    (void)snprintf(name, sizeof name, "%.*s", SLICE_ARG(key));
    n += json_integer_value(json_object_get(object, name));
    json_put(object, name, json_integer(n));
}

static void add_at(json_t *object, int64_t at_ms, struct slice state, int64_t n)
{
    json_t *at = json_time(at_ms);
    if (state.n)
        add(under(object, json_slice(at)), state, n);
    else
        add(object, json_slice(at), n);
    json_decref(at);
}

static bool cut_number(struct slice *rest, uint64_t *ret)
{
    struct slice word;
    return slice_cut(rest, ' ', &word) && slice_to_u64(word, UINT32_MAX, ret);
}

/* "7 9 coming leeds" */
static void read_from(json_t *counts, int64_t day_ms, struct slice rest, int64_t n)
{
    struct slice place, state;
    uint64_t hour;
    if (!slice_cut(&rest, ' ', &place) || !cut_number(&rest, &hour) ||
        !slice_cut(&rest, ' ', &state))
        return;
    json_t *at = json_time(day_ms + (int64_t)hour * HOUR_MS);
    json_t *hours = under(under(counts, SLICE_LIT("from")), place);
    add(under(under(hours, json_slice(at)), rest), state, n);
    json_decref(at);
}

/* "p 7 9 coming", "g coming leeds", "f 7 9 coming leeds", "m 1201" */
static void read_count(json_t *counts, int64_t day_ms, struct slice field, int64_t n)
{
    struct slice kind = SLICE_NONE, place = SLICE_NONE, state = SLICE_NONE;
    uint64_t of_day;
    if (n == 0 || !slice_cut(&field, ' ', &kind)) return;
    if (slice_is(kind, "p") && slice_cut(&field, ' ', &place) && cut_number(&field, &of_day)) {
        add_at(under(under(counts, SLICE_LIT("places")), place), day_ms + (int64_t)of_day * HOUR_MS,
               field, n);
    } else if (slice_is(kind, "g") && slice_cut(&field, ' ', &state)) {
        add(under(under(counts, SLICE_LIT("groups")), field), state, n);
    } else if (slice_is(kind, "f")) {
        read_from(counts, day_ms, field, n);
    } else if (slice_is(kind, "m") && cut_number(&field, &of_day)) {
        add_at(under(counts, SLICE_LIT("minutes")), day_ms + (int64_t)of_day * MINUTE_MS,
               SLICE_NONE, n);
    }
}

static void read_day(json_t *counts, int64_t day_ms, const struct redisReply *fields)
{
    uint64_t n;
    for (size_t i = 0; i + 1 < redis_count(fields); i += 2)
        if (slice_to_u64(redis_str(redis_at(fields, i + 1)), INT64_MAX, &n))
            read_count(counts, day_ms, redis_str(redis_at(fields, i)), (int64_t)n);
}

static void on_counts(struct call *c, const struct redisReply *reply)
{
    const int64_t *from_ms = call_kept(c);
    struct err e;
    int r = call_failed(reply, &e);
    json_t *counts = json_pack("{s:{},s:{},s:{},s:{}}", "places", "groups", "from", "minutes");
    check(counts);
    for (size_t i = 0; r == 0 && i < redis_count(reply); i++)
        read_day(counts, *from_ms + (int64_t)i * DAY_MS, redis_at(reply, i));
    call_back(c, pledge_counts_cb)(c->arg, r, r ? NULL : counts, r ? &e : NULL);
    json_decref(counts);
}

void pledge_counts(struct store *s, int64_t from_ms, int days, pledge_counts_cb *cb, void *arg)
{
    check(days > 0 && days <= PLEDGE_DAYS_MAX);
    struct call *c = call_begin(s, &counts_script);
    for (int i = 0; i < days; i++)
        call_key(c, "pledges:day:%lu", (unsigned long)(from_ms / DAY_MS + i));
    call_keep(c, (int64_t){from_ms / DAY_MS * DAY_MS});
    call_run(c, on_counts, cb, arg);
}

/* ---- of people of other groups than the place's ---- */

static uint64_t count_at(const struct redisReply *list, size_t i)
{
    uint64_t n = 0;
    (void)slice_to_u64(redis_str(redis_at(list, i)), UINT32_MAX, &n);
    return n;
}

static void on_brought(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct pledge_brought list[PLEDGE_BROUGHT_MAX] = {{0}};
    size_t n = *(const size_t *)call_kept(c);
    int r = call_failed(reply, &e);
    for (size_t i = 0; r == 0 && i < n; i++) {
        const struct redisReply *one = redis_at(reply, i);
        list[i] = (struct pledge_brought){count_at(one, 0), count_at(one, 1), count_at(one, 2),
                                          count_at(one, 3)};
    }
    call_back(c, pledge_brought_cb)(c->arg, r, list, n, r ? &e : NULL);
}

void pledge_brought(struct store *s, const struct pledge_brought_ask *asks, size_t n,
                    pledge_brought_cb *cb, void *arg)
{
    check(n <= PLEDGE_BROUGHT_MAX);
    if (n == 0) {
        cb(arg, 0, NULL, 0, NULL);
        return;
    }
    struct call *c = call_begin(s, &brought_script);
    for (size_t i = 0; i < n; i++)
        call_key(c, "pledges:from:%lu", (unsigned long)asks[i].place);
    for (size_t i = 0; i < n; i++)
        call_text(c, asks[i].group);
    call_keep(c, n);
    call_run(c, on_brought, cb, arg);
}
