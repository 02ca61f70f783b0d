#include "store/law.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/map.h"
#include "core/json.h"
#include "store/call.h"
#include "store/follow.h"
#include "store/lua_scripts.h"

static const struct script switch_script = {
    .name = "law_switch", .parts = {&lua_follow_changed, &lua_audit, &lua_law_switch}};

enum { FIELD_BYTES = 96 };

struct law_book {
    struct store *store;
    struct follow *follow;
    struct map *by_field; /* "8:leeds" → its record, owned */
};

static void take(void *arg, size_t hash, struct slice field, struct slice value)
{
    struct law_book *b = arg;
    (void)hash;
    json_decref(map_del(b->by_field, field));
    json_t *record = value.p ? json_loadb(value.p, value.n, 0, NULL) : NULL;
    if (json_is_object(record))
        (void)map_put(b->by_field, field, record);
    else
        json_decref(record);
}

struct law_book *law_book_new(struct loop *l, struct store *s)
{
    struct law_book *b = xcalloc(1, sizeof *b);
    const struct follow_config config = {.loop = l,
                                         .store = s,
                                         .stream = "law:changes",
                                         .hashes = {"law:off"},
                                         .take = take,
                                         .arg = b};
    b->store = s;
    b->by_field = map_new();
    b->follow = follow_new(&config);
    return b;
}

void law_book_free(struct law_book *b)
{
    if (!b) return;
    size_t pos = 0;
    struct slice field;
    void *record;
    follow_free(b->follow);
    while (map_next(b->by_field, &pos, &field, &record))
        json_decref(record);
    map_free(b->by_field);
    free(b);
}

bool law_book_has(const struct law_book *b, int rule, struct slice scope, struct law_off *ret)
{
    char field[FIELD_BYTES];
    (void)snprintf(field, sizeof field, "%d:%.*s", rule, SLICE_ARG(scope));
    const json_t *record = b ? map_get(b->by_field, slice_of(field)) : NULL;
    if (record)
        *ret = (struct law_off){json_cstr_at(record, "why"), json_cstr_at(record, "by"),
                                (int64_t)json_number_value(json_object_get(record, "at"))};
    return record != NULL;
}

bool law_book_is_off(const struct law_book *b, int rule, struct slice group, struct law_off *ret)
{
    return law_book_has(b, rule, SLICE_LIT(""), ret) || law_book_has(b, rule, group, ret);
}

char *law_book_why(const void *book, int rule, struct slice group)
{
    enum { TEXT_BYTES = LAW_WHY_BYTES_MAX + 300 };
    struct law_off off;
    char text[TEXT_BYTES];
    if (!law_book_is_off(book, rule, group, &off)) return NULL;
    (void)snprintf(text, sizeof text, "%s, by %s", off.why, off.by);
    return xstrdup(text);
}

/* ---- changing ---- */

struct switching {
    store_done_cb *cb;
    void *arg;
};

/* It is done, whatever the copy says. */
static void on_caught_up(void *arg, int result, const struct err *e)
{
    (void)result, (void)e;
    struct switching s = *(struct switching *)arg;
    free(arg);
    s.cb(s.arg, 0, NULL);
}

static void on_switched(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct law_book *b = *(struct law_book *const *)call_kept(c);
    int r = call_failed(reply, &e);
    if (r == 0 && !call_says(reply, "ok")) r = err_set(&e, ERR_NOT_FOUND, "the rule is on already");
    if (r < 0) {
        call_back(c, store_done_cb)(c->arg, r, &e);
        return;
    }
    struct switching *s = xmalloc(sizeof *s);
    *s = (struct switching){call_back(c, store_done_cb), c->arg};
    follow_catch_up(b->follow, on_caught_up, s);
}

void law_book_switch(struct law_book *b, const struct law_switch *change, store_done_cb *cb,
                     void *arg)
{
    struct call *c = call_begin(b->store, &switch_script);
    call_lasts(c);
    call_keep(c, b);
    call_prefix(c);
    call_i64(c, change->now_ms);
    call_text(c, change->by);
    call_i64(c, change->rule);
    call_text(c, change->scope);
    call_str(c, change->off ? "off" : "on");
    call_text(c, change->why);
    call_run(c, on_switched, cb, arg);
}
