#include "store/loan.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "base/map.h"
#include "core/json.h"
#include "store/call.h"
#include "store/follow.h"
#include "store/lua_scripts.h"
#include "store/told_keeper.h"

static const struct script lend = {.name = "loan_lend",
                                   .parts = {&lua_follow_changed, &lua_audit, &lua_loan_lend}};
static const struct script take_back = {
    .name = "loan_take_back",
    .parts = {&lua_follow_changed, &lua_audit, &lua_mark, &lua_taken, &lua_loan_take_back},
    .told = told_taken_last};

struct kept {
    struct loan loan; /* its texts are the record's */
    json_t *record;   /* owned */
};

struct loans {
    struct store *store;
    struct follow *follow;
    struct map *by_id; /* its number as text → struct kept, owned */
};

void loan_scope(uint32_t id, char out[LOAN_SCOPE_BYTES])
{
    (void)snprintf(out, LOAN_SCOPE_BYTES, "@%" PRIu32, id);
}

/* ---- the copy ---- */

static void kept_free(struct kept *k)
{
    if (!k) return;
    json_decref(k->record);
    free(k);
}

static int64_t number_of(const json_t *record, const char *key)
{
    return (int64_t)json_number_value(json_object_get(record, key));
}

static struct kept *kept_new(uint64_t id, json_t *record)
{
    struct kept *k = xcalloc(1, sizeof *k);
    k->record = record;
    k->loan = (struct loan){.id = (uint32_t)id,
                            .list = (uint32_t)number_of(record, "list"),
                            .list_name = json_cstr_at(record, "name"),
                            .group = json_cstr_at(record, "group"),
                            .to = json_cstr_at(record, "to"),
                            .why = json_cstr_at(record, "why"),
                            .by = json_cstr_at(record, "by"),
                            .at_ms = number_of(record, "at_ms"),
                            .until_ms = number_of(record, "until_ms"),
                            .back_ms = number_of(record, "back_ms")};
    return k;
}

static void take(void *arg, size_t hash, struct slice field, struct slice value)
{
    struct loans *l = arg;
    uint64_t id;
    (void)hash;
    kept_free(map_del(l->by_id, field));
    json_t *record = value.p ? json_loadb(value.p, value.n, 0, NULL) : NULL;
    if (json_is_object(record) && slice_to_u64(field, UINT32_MAX, &id))
        (void)map_put(l->by_id, field, kept_new(id, record));
    else
        json_decref(record);
}

struct loans *loans_new(struct loop *loop, struct store *s)
{
    struct loans *l = xcalloc(1, sizeof *l);
    const struct follow_config config = {.loop = loop,
                                         .store = s,
                                         .stream = "loan:changes",
                                         .hashes = {"loans"},
                                         .take = take,
                                         .arg = l};
    l->store = s;
    l->by_id = map_new();
    l->follow = follow_new(&config);
    return l;
}

void loans_free(struct loans *l)
{
    if (!l) return;
    size_t pos = 0;
    struct slice field;
    void *k;
    follow_free(l->follow);
    while (map_next(l->by_id, &pos, &field, &k))
        kept_free(k);
    map_free(l->by_id);
    free(l);
}

/* ---- asking it ---- */

static bool is_over(const struct loan *loan, int64_t now_ms)
{
    return loan->back_ms || loan->until_ms <= now_ms;
}

static const struct loan *find(const struct loans *l, uint32_t id)
{
    char text[LOAN_SCOPE_BYTES];
    loan_scope(id, text);
    const struct kept *k = l && id ? map_get(l->by_id, slice_of(text + 1)) : NULL;
    return k ? &k->loan : NULL;
}

const struct loan *loans_find(const struct loans *l, uint32_t id, int64_t now_ms)
{
    const struct loan *loan = find(l, id);
    return loan && !is_over(loan, now_ms) ? loan : NULL;
}

bool loans_are_over(const struct loans *l, uint32_t id, int64_t now_ms)
{
    const struct loan *loan = find(l, id);
    return loan && is_over(loan, now_ms);
}

static int by_id(const void *a, const void *b)
{
    uint32_t x = (*(const struct loan *const *)a)->id, y = (*(const struct loan *const *)b)->id;
    return (x > y) - (x < y);
}

static bool concerns(const struct loan *loan, const struct group_set *groups, enum loan_side side)
{
    return (side & LOAN_LENT && group_set_has(groups, slice_of(loan->group))) ||
           (side & LOAN_BORROWED && group_set_has(groups, slice_of(loan->to)));
}

const struct loan **loans_of(const struct loans *l, const struct group_set *groups,
                             enum loan_side side, int64_t now_ms, size_t *ret_n)
{
    const struct loan **list = xcalloc(l ? map_count(l->by_id) + 1 : 1, sizeof *list);
    size_t pos = 0, n = 0;
    struct slice field;
    void *k;
    while (l && map_next(l->by_id, &pos, &field, &k)) {
        const struct loan *loan = &((const struct kept *)k)->loan;
        if (!is_over(loan, now_ms) && concerns(loan, groups, side)) list[n++] = loan;
    }
    if (n > 1) qsort(list, n, sizeof *list, by_id);
    *ret_n = n;
    return list;
}

static bool is_called(const struct loan *loan, struct slice name)
{
    char scope[LOAN_SCOPE_BYTES];
    loan_scope(loan->id, scope);
    return slice_is(name, scope) || slice_is(name, loan->list_name);
}

const struct loan *loans_named(const struct loans *l, const struct group_set *groups,
                               struct slice name, int64_t now_ms, bool *ret_several)
{
    size_t n, found = 0;
    const struct loan *it = NULL;
    const struct loan **list = loans_of(l, groups, LOAN_BORROWED, now_ms, &n);
    for (size_t i = 0; i < n; i++)
        if (is_called(list[i], name)) it = list[i], found++;
    free(list);
    *ret_several = found > 1;
    return found == 1 ? it : NULL;
}

/* ---- changing it ---- */

struct changing {
    uint32_t id;
    loan_cb *cb;
    void *arg;
};

/* It is done, whatever the copy says. */
static void on_caught_up(void *arg, int result, const struct err *e)
{
    (void)result, (void)e;
    struct changing c = *(struct changing *)arg;
    free(arg);
    c.cb(c.arg, 0, c.id, NULL);
}

static void on_changed(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct loans *l = *(struct loans *const *)call_kept(c);
    int r = call_failed(reply, &e);
    if (r == 0 && call_says(reply, "full"))
        r = err_set(&e, ERR_CONFLICT, "%d lists are lent already: take one back first", LOANS_MAX);
    if (r == 0 && call_says(reply, "over"))
        r = err_set(&e, ERR_NOT_FOUND,
                    "there is no such loan, or it is over; `muster audience lent` shows them");
    if (r < 0) {
        call_back(c, loan_cb)(c->arg, r, 0, &e);
        return;
    }
    struct changing *w = xmalloc(sizeof *w);
    *w = (struct changing){(uint32_t)redis_int(redis_at(reply, 1), 0), call_back(c, loan_cb),
                           c->arg};
    follow_catch_up(l->follow, on_caught_up, w);
}

static struct call *begin(struct loans *l, const struct script *script, struct deed deed)
{
    struct call *c = call_begin(l->store, script);
    call_lasts(c);
    call_keep(c, l);
    call_prefix(c);
    call_i64(c, deed.at_ms);
    call_text(c, deed.who);
    return c;
}

void loans_lend(struct loans *l, const struct loan_made *made, struct deed deed, loan_cb *cb,
                void *arg)
{
    struct call *c = begin(l, &lend, deed);
    call_u64(c, made->list);
    call_text(c, made->list_name);
    call_text(c, made->group);
    call_text(c, made->to);
    call_i64(c, made->until_ms);
    call_text(c, made->why);
    call_u64(c, LOANS_MAX);
    call_run(c, on_changed, cb, arg);
}

void loans_take_back(struct loans *l, uint32_t id, struct deed deed, loan_cb *cb, void *arg)
{
    struct call *c = begin(l, &take_back, deed);
    call_u64(c, id);
    call_text(c, deed.why);
    call_run(c, on_changed, cb, arg);
}
