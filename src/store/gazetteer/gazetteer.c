#include "store/gazetteer.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/ascii.h"
#include "base/check.h"
#include "core/json.h"
#include "store/call.h"
#include "store/lua_scripts.h"

static const struct script begin_script = {.name = "gazetteer_begin",
                                           .parts = {&lua_gazetteer_begin}};
static const struct script put_script = {.name = "gazetteer_put", .parts = {&lua_gazetteer_put}};
static const struct script end_script = {.name = "gazetteer_end",
                                         .parts = {&lua_audit, &lua_gazetteer_end}};
static const struct script remove_script = {.name = "gazetteer_remove",
                                            .parts = {&lua_audit, &lua_gazetteer_remove}};

enum { IMPORT_LIVES_S = 24 * 3600 };

bool gazetteer_country_ok(struct slice c)
{
    return c.n == 2 && ascii_is_upper(c.p[0]) && ascii_is_upper(c.p[1]);
}

/* ---- an import ---- */

static void on_begun(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    call_back(c, gazetteer_begin_cb)(c->arg, r, r < 0 ? 0 : (uint32_t)redis_int(reply, 0),
                                     r < 0 ? &e : NULL);
}

void gazetteer_begin(struct store *s, const char *country, gazetteer_begin_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &begin_script);
    call_prefix(c);
    call_str(c, country);
    call_u64(c, IMPORT_LIVES_S);
    call_run(c, on_begun, cb, arg);
}

/* What a script says it did. */
static void on_done(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && call_says(reply, "gone"))
        r = err_set(&e, ERR_CONFLICT,
                    "that import is not under way any more (another one began, or a day went by); "
                    "begin anew");
    else if (r == 0 && call_says(reply, "full"))
        r = err_set(&e, ERR_LIMIT,
                    "a gazetteer has %d postcodes and %d names of towns at most, and there are %d "
                    "of them at most",
                    GAZETTEER_CODES_MAX, GAZETTEER_TOWN_NAMES_MAX, GAZETTEER_COUNTRIES_MAX);
    else if (r == 0 && call_says(reply, "empty"))
        r = err_set(&e, ERR_INVALID, "nothing was imported: no postcode came, and no town");
    else if (r == 0 && call_says(reply, "missing"))
        r = err_set(&e, ERR_NOT_FOUND, "there is no gazetteer of that country");
    call_back(c, store_done_cb)(c->arg, r, r < 0 ? &e : NULL);
}

static struct slice area_of(const struct gazetteer_code *code)
{
    return slice_make(code->code, strlen(code->code) - POSTCODE_UNIT_CHARS);
}

/* Codes of one area that follow each other are packed together; returns how many areas were said. */
static size_t say_codes(struct call *c, const struct gazetteer_page *p, uint8_t *room)
{
    size_t areas = 0;
    for (size_t i = 0; i < p->code_count; areas++) {
        struct slice area = area_of(&p->codes[i]);
        uint8_t *from = room;
        for (; i < p->code_count && slice_eq(area_of(&p->codes[i]), area);
             i++, room += POSTCODE_ENTRY_BYTES)
            postcode_pack(p->codes[i].code + area.n, p->codes[i].at, room);
        call_text(c, area);
        call_text(c, slice_make(from, (size_t)(room - from)));
    }
    return areas;
}

static size_t count_areas(const struct gazetteer_page *p)
{
    size_t areas = 0;
    for (size_t i = 0; i < p->code_count; i++)
        areas += i == 0 || !slice_eq(area_of(&p->codes[i]), area_of(&p->codes[i - 1]));
    return areas;
}

struct town_said {
    char name[TOWN_BYTES_MAX + 1], label[2 * TOWN_BYTES_MAX + 4], at[32];
};

static void say_town(struct call *c, const struct gazetteer_town *t, struct town_said *said)
{
    check(town_fold(t->name, said->name));
    (void)snprintf(said->label, sizeof said->label, t->county.n ? "%.*s (%.*s)" : "%.*s",
                   SLICE_ARG(t->name), SLICE_ARG(t->county));
    (void)snprintf(said->at, sizeof said->at, "%d %d", (int)t->at.lat_e5, (int)t->at.lon_e5);
    call_str(c, said->name);
    call_str(c, said->label);
    call_str(c, said->at);
}

void gazetteer_put(struct store *s, const struct gazetteer_page *p, store_done_cb *cb, void *arg)
{
    check(p->code_count + p->town_count <= GAZETTEER_PAGE_MAX);
    uint8_t *packed = xmalloc(p->code_count * POSTCODE_ENTRY_BYTES + 1);
    struct town_said *towns = xcalloc(p->town_count + 1, sizeof *towns);
    struct call *c = call_begin(s, &put_script);
    call_prefix(c);
    call_str(c, p->country);
    call_u64(c, p->import);
    call_u64(c, GAZETTEER_CODES_MAX);
    call_u64(c, GAZETTEER_TOWN_NAMES_MAX);
    call_u64(c, GAZETTEER_NAMESAKES_MAX);
    call_u64(c, POSTCODE_ENTRY_BYTES);
    call_u64(c, POSTCODE_UNIT_CHARS);
    call_u64(c, IMPORT_LIVES_S);
    call_u64(c, count_areas(p));
    (void)say_codes(c, p, packed);
    for (size_t i = 0; i < p->town_count; i++)
        say_town(c, &p->towns[i], &towns[i]);
    call_run(c, on_done, cb, arg);
    free(packed);
    free(towns);
}

void gazetteer_end(struct store *s, const char *country, uint32_t import, struct slice from,
                   struct deed deed, store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &end_script);
    call_prefix(c);
    call_str(c, country);
    call_u64(c, import);
    call_text(c, call_cut(from, GAZETTEER_FROM_BYTES_MAX));
    call_text(c, deed.who);
    call_i64(c, deed.at_ms);
    call_u64(c, GAZETTEER_COUNTRIES_MAX);
    call_run(c, on_done, cb, arg);
}

void gazetteer_remove(struct store *s, const char *country, struct deed deed, store_done_cb *cb,
                      void *arg)
{
    struct call *c = call_begin(s, &remove_script);
    call_prefix(c);
    call_str(c, country);
    call_text(c, deed.who);
    call_i64(c, deed.at_ms);
    call_run(c, on_done, cb, arg);
}

/* ---- reading ---- */

static json_t *read_info(const struct redisReply *r, size_t i, struct gazetteer_info *info)
{
    struct slice text = redis_str(redis_at(r, 2 * i + 1));
    json_t *record = json_loadb(text.n ? text.p : "", text.n, 0, NULL);
    *info = (struct gazetteer_info){
        .country = redis_str(redis_at(r, 2 * i)),
        .from = json_slice(json_object_get(record, "from")),
        .by = json_slice(json_object_get(record, "by")),
        .codes = (uint64_t)json_number_value(json_object_get(record, "codes")),
        .towns = (uint64_t)json_number_value(json_object_get(record, "towns")),
        .at_ms = (int64_t)json_number_value(json_object_get(record, "at")),
    };
    return record;
}

static void on_list(struct call *c, const struct redisReply *reply)
{
    struct gazetteer_info list[GAZETTEER_COUNTRIES_MAX];
    json_t *records[GAZETTEER_COUNTRIES_MAX];
    struct err e;
    int r = call_failed(reply, &e);
    size_t n = r < 0 ? 0 : redis_count(reply) / 2;
    if (n > GAZETTEER_COUNTRIES_MAX) n = GAZETTEER_COUNTRIES_MAX;
    for (size_t i = 0; i < n; i++)
        records[i] = read_info(reply, i, &list[i]);
    call_back(c, gazetteer_list_cb)(c->arg, r, list, n, r < 0 ? &e : NULL);
    for (size_t i = 0; i < n; i++)
        json_decref(records[i]);
}

void gazetteer_list(struct store *s, gazetteer_list_cb *cb, void *arg)
{
    struct call *c = call_command(s, "HGETALL");
    call_key(c, "gaz");
    call_run(c, on_list, cb, arg);
}

static void on_read(struct call *c, const struct redisReply *reply)
{
    struct slice values[GAZETTEER_AREAS_MAX];
    struct err e;
    int r = call_failed(reply, &e);
    size_t n = r < 0 ? 0 : redis_count(reply);
    for (size_t i = 0; i < n && i < GAZETTEER_AREAS_MAX; i++)
        values[i] = redis_str(redis_at(reply, i));
    call_back(c, gazetteer_read_cb)(c->arg, r, values, n, r < 0 ? &e : NULL);
}

void gazetteer_read(struct store *s, const char *country, bool towns, const struct slice *fields,
                    size_t n, gazetteer_read_cb *cb, void *arg)
{
    check(n > 0 && n <= GAZETTEER_AREAS_MAX);
    struct call *c = call_command(s, "HMGET");
    call_key(c, towns ? "gaz:%s:towns" : "gaz:%s", country);
    for (size_t i = 0; i < n; i++)
        call_text(c, fields[i]);
    call_run(c, on_read, cb, arg);
}
