#pragma once
/* Postcodes, places and sessions in the store of redis_group.h, made one at a time. After <cmocka.h>. */
#include "redis_group.h"
#include "store/gazetteer.h"
#include "store/place.h"

enum { MADE_MAX = 4 };
static struct {
    bool done;
    int result;
    struct err e;
    uint32_t import;
    struct place_outcome list[MADE_MAX];
} made;

static inline int made_wait(void)
{
    while (!made.done)
        loop_turn(loop, -1);
    made.done = false;
    return made.result;
}

static inline void made_on_done(void *arg, int result, const struct err *e)
{
    (void)arg;
    made.result = result;
    if (e) made.e = *e;
    made.done = true;
}

/* ---- postcodes and towns ---- */

static inline void made_on_import(void *arg, int result, uint32_t import, const struct err *e)
{
    made.import = import;
    made_on_done(arg, result, e);
}

static inline uint32_t import_begin(const char *country)
{
    gazetteer_begin(store, country, made_on_import, NULL);
    assert_int_equal(made_wait(), 0);
    return made.import;
}

static inline int import_code(uint32_t import, const char *code, int32_t lat_e5, int32_t lon_e5)
{
    const struct gazetteer_code one = {code, {lat_e5, lon_e5}};
    const struct gazetteer_page page = {
        .country = "GB", .import = import, .codes = &one, .code_count = 1};
    gazetteer_put(store, &page, made_on_done, NULL);
    return made_wait();
}

static inline int import_town(uint32_t import, const char *name, const char *county, int32_t lat_e5,
                              int32_t lon_e5)
{
    const struct gazetteer_town one = {slice_of(name), slice_of(county), {lat_e5, lon_e5}};
    const struct gazetteer_page page = {
        .country = "GB", .import = import, .towns = &one, .town_count = 1};
    gazetteer_put(store, &page, made_on_done, NULL);
    return made_wait();
}

static inline int import_end(uint32_t import, int64_t now_ms)
{
    gazetteer_end(store, "GB", import, SLICE_LIT("a test"), deed_of(SLICE_LIT("olga"), now_ms),
                  made_on_done, NULL);
    return made_wait();
}

/* ---- places and sessions ---- */

static inline void made_on_written(void *arg, int result, const struct place_outcome *list,
                                   size_t n, const struct err *e)
{
    assert_true(n <= MADE_MAX);
    if (n) memcpy(made.list, list, n * sizeof *list);
    made_on_done(arg, result, e);
}

static const struct group_set everywhere = {.all = true};

static inline void write_places(const struct place_item *items, size_t n, bool is_import,
                                const struct group_set *groups, int64_t now_ms)
{
    const struct place_writing w = {.items = items,
                                    .n = n,
                                    .is_import = is_import,
                                    .groups = groups,
                                    .by = SLICE_LIT("olga"),
                                    .now_ms = now_ms};
    place_write(store, &w, made_on_written, NULL);
    assert_int_equal(made_wait(), 0);
}

/* Makes one, for everybody; said is taken. Returns its id. */
static inline uint32_t make_one(bool is_session, json_t *said, int64_t now_ms)
{
    assert_non_null(said);
    const struct place_item item = {is_session, 0, said};
    write_places(&item, 1, false, &everywhere, now_ms);
    json_decref(said);
    assert_int_equal(made.list[0].did, PLACE_MADE);
    return made.list[0].id;
}

static inline uint32_t make_place(const char *name, const char *priority, int lat_e5, int lon_e5,
                                  int64_t now_ms)
{
    return make_one(false,
                    json_pack("{s:s,s:i,s:i,s:s}", "name", name, "lat", lat_e5, "lon", lon_e5,
                              "priority", priority),
                    now_ms);
}

/* In an hour, for an hour. */
static inline uint32_t make_session(uint32_t place, int64_t now_ms)
{
    enum { HOUR = 3600 * 1000 };
    return make_one(true,
                    json_pack("{s:I,s:I,s:I,s:i}", "place", (json_int_t)place, "start",
                              (json_int_t)now_ms + HOUR, "end", (json_int_t)now_ms + 2 * HOUR,
                              "capacity", 20),
                    now_ms);
}
