/* Creating and freezing, and what all parts of the audience store share. */
#include "private.h"

#include "base/ascii.h"

#include "core/group.h"
#include "core/json.h"
#include "store/lua_scripts.h"

#include <jansson.h>

#include <stdlib.h>

enum {
    SWEEP_BEFORE_CREATE = 4,
    /* A small hash of up to 512 entries is packed by Redis (hash-max-listpack-entries), 9 to 12
     * bytes a number, and searched from its start: 64 keeps that search short. */
    ROWS_PER_BUCKET = 64,
    ROWS_EXPECTED_OTHERWISE = 100000,
    BUCKETS_MAX = 1 << 18,
};

static const struct script create = {
    .name = "audience_create", .parts = {&lua_names, &lua_group_appear, &lua_audience_create}};
static const struct script freeze = {.name = "audience_freeze",
                                     .parts = {&lua_events, &lua_names, &lua_audience_freeze}};

int audience_not_found(uint32_t id, struct err *e)
{
    return err_set(e, ERR_NOT_FOUND,
                   "there is no list %" PRIu32 "; `muster audience list` shows them", id);
}

/* ---- creating ---- */

static bool has_control_or_slash(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f || s.p[i] == '/') return true;
    return false;
}

int audience_name_ok(struct slice name, struct err *e)
{
    uint64_t ignored;
    if (name.n == 0 || name.n > AUDIENCE_NAME_BYTES_MAX)
        return err_set(
            e, ERR_INVALID,
            "name: write one of at most %d bytes; a letter beyond a to z takes two or three",
            AUDIENCE_NAME_BYTES_MAX);
    if (has_control_or_slash(name) || !slice_is_utf8(name, NULL))
        return err_set(e, ERR_INVALID,
                       "name: leave out '/', line breaks and what is no letter or sign");
    if (slice_to_u64(name, UINT64_MAX, &ignored))
        return err_set(e, ERR_INVALID, "name: '%.*s' looks like the number of a list: add a word",
                       SLICE_ARG(name));
    return 0;
}

/* None: the audience is of the group "main". */
static int check_group(struct slice group, struct err *e)
{
    if (group.n == 0 || group_ok(group)) return 0;
    return err_set(e, ERR_INVALID, "group: must be " GROUP_RULE ", not '%.*s'", SLICE_ARG(group));
}

static int check_country(struct slice country, struct err *e)
{
    if (country.n == 0) return 0;
    bool ok = country.n == 2 && ascii_is_upper(country.p[0]) && ascii_is_upper(country.p[1]);
    return ok ? 0
              : err_set(e, ERR_INVALID, "country: two capital letters such as GB, not '%.*s'",
                        SLICE_ARG(country));
}

static int check_columns(const struct slice *columns, size_t count, struct err *e)
{
    if (count > AUDIENCE_COLUMNS_MAX)
        return err_set(e, ERR_LIMIT, "columns: %zu, and there may be %d", count,
                       AUDIENCE_COLUMNS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (columns[i].n == 0 || !slice_is_utf8(columns[i], NULL))
            return err_set(e, ERR_INVALID,
                           "columns: column %zu has no name, or one that is not UTF-8", i + 1);
        for (size_t j = 0; j < i; j++)
            if (slice_eq(columns[i], columns[j]))
                return err_set(e, ERR_INVALID, "columns: '%.*s' is there twice: rename one",
                               SLICE_ARG(columns[i]));
    }
    return 0;
}

static int check_draft(const struct audience_draft *d, struct err *e)
{
    int r = audience_name_ok(d->name, e);
    if (r == 0) r = check_group(d->group, e);
    if (r == 0) r = check_country(d->country, e);
    return r ? r : check_columns(d->columns, d->column_count, e);
}

/* The bucket is the number modulo this; numbers are decimal and often end alike, so the count must
 * share no factor with ten, or some buckets would stay empty. */
static uint32_t buckets_for(uint64_t rows)
{
    uint64_t n = (rows ? rows : ROWS_EXPECTED_OTHERWISE) / ROWS_PER_BUCKET;
    if (n > BUCKETS_MAX) n = BUCKETS_MAX;
    n |= 1;
    return (uint32_t)(n % 5 == 0 ? n + 2 : n);
}

static char *columns_json(const struct slice *columns, size_t count)
{
    json_t *a = json_array();
    for (size_t i = 0; i < count; i++)
        json_list_add(a, json_text(columns[i]));
    char *text = json_dumps(a, JSON_COMPACT);
    check(text != NULL);
    json_decref(a);
    return text;
}

/* A draft that waits for the sweep before it. */
struct making {
    struct store *store;
    audience_info_cb *cb;
    void *arg;
    int64_t now_ms;
    char *name, *group, *country, *columns; /* owned */
    size_t column_count;
    uint32_t buckets;
    uint32_t base; /* 0: none */
    enum audience_change change;
};

static void making_free(struct making *m)
{
    free(m->name);
    free(m->group);
    free(m->country);
    free(m->columns);
    free(m);
}

static void on_created(struct call *c, const struct redisReply *reply)
{
    struct making *m = c->arg;
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && call_says(reply, "exists"))
        r = err_set(
            &e, ERR_EXISTS,
            "there is an audience called '%s' already: choose another name, or delete it first",
            m->name);
    if (r == 0 && call_says(reply, "changed")) r = audience_changed(m->name, &e);
    if (r < 0)
        m->cb(m->arg, r, NULL, &e);
    else
        audience_load(m->store, (uint32_t)redis_int(redis_at(reply, 1), 0), m->cb, m->arg);
    making_free(m);
}

static void create_now(void *arg, int swept, const struct err *swept_e)
{
    /* a failed sweep does not stop a creation, which says itself what is wrong */
    (void)swept, (void)swept_e;
    struct making *m = arg;
    struct call *c = call_begin(m->store, &create);
    call_key(c, "id:audience");
    call_key(c, "audiences");
    call_key(c, "drafts");
    call_name(c, "a:");
    call_str(c, m->name);
    call_i64(c, m->now_ms + AUDIENCE_DRAFT_TTL_MS);
    call_str(c, m->group);
    if (m->base)
        call_u64(c, m->base);
    else
        call_str(c, "");
    call_pair(c, "country", slice_of(m->country));
    call_pair(c, "columns", slice_of(m->columns));
    call_pair_u64(c, "width", m->column_count);
    call_pair_u64(c, "created", (uint64_t)m->now_ms);
    call_pair_u64(c, "buckets", m->buckets);
    call_pair_u64(c, "total", 0);
    call_pair_u64(c, "blocks", 0);
    call_pair_u64(c, "duplicates", 0);
    call_pair_u64(c, "suppressed", 0);
    call_pair_u64(c, "seq", 0);
    call_pair(c, "last", SLICE_NONE);
    if (m->base) {
        call_pair_u64(c, "base", m->base);
        call_pair(c, "change", slice_of(audience_change_text(m->change)));
        call_pair_u64(c, "added", 0);
        call_pair_u64(c, "updated", 0);
        call_pair_u64(c, "removed", 0);
    }
    call_run(c, on_created, NULL, m);
}

static void make(struct store *s, const struct audience_draft *draft, int64_t now_ms,
                 audience_info_cb *cb, void *arg)
{
    struct making *m = xmalloc(sizeof *m);
    *m = (struct making){
        .store = s,
        .cb = cb,
        .arg = arg,
        .now_ms = now_ms,
        .name = slice_strdup(draft->name),
        .group = slice_strdup(draft->group.n ? draft->group : SLICE_LIT("main")),
        .country = slice_strdup(draft->country),
        .columns = columns_json(draft->columns, draft->column_count),
        .column_count = draft->column_count,
        .buckets = buckets_for(draft->rows_expected),
        .base = draft->base ? draft->base->id : 0,
        .change = draft->change,
    };
    audience_sweep_some(s, now_ms, SWEEP_BEFORE_CREATE, create_now, m);
}

/* What the list has, and what its rows bring. */
static int follow(const struct audience_draft *draft, struct slice *columns,
                  struct audience_draft *ret, struct err *e)
{
    const struct audience_info *base = draft->base;
    *ret = *draft;
    ret->name = base->name;
    ret->group = base->group;
    ret->country = base->country;
    ret->columns = columns;
    if (draft->change != AUDIENCE_REPLACE) ret->rows_expected += base->total;
    return change_columns(draft, columns, &ret->column_count, e);
}

void audience_create(struct store *s, const struct audience_draft *draft, int64_t now_ms,
                     audience_info_cb *cb, void *arg)
{
    struct slice columns[2 * AUDIENCE_COLUMNS_MAX];
    struct audience_draft own = *draft;
    struct err e;
    int r = check_columns(draft->columns, draft->column_count, &e);
    if (r == 0 && draft->base) r = follow(draft, columns, &own, &e);
    if (r == 0) r = check_draft(&own, &e);
    if (r < 0)
        cb(arg, r, NULL, &e);
    else
        make(s, &own, now_ms, cb, arg);
}

/* ---- freezing ---- */

static int freeze_error(uint32_t id, const struct redisReply *reply, struct err *e)
{
    int r = call_failed(reply, e);
    if (r < 0) return r;
    struct slice what = redis_str(redis_at(reply, 0)), name = redis_str(redis_at(reply, 1));
    if (slice_is(what, "ok")) return 0;
    if (slice_is(what, "empty"))
        return err_set(
            e, ERR_REFUSED,
            "no usable row: every row was rejected, a duplicate or suppressed; nothing was stored");
    if (slice_is(what, "exists"))
        return err_set(e, ERR_EXISTS,
                       "an audience called '%.*s' was made meanwhile: choose another name",
                       SLICE_ARG(name));
    if (slice_is(what, "changed")) return audience_changed(NULL, e);
    if (slice_is(what, "steps"))
        return err_set(e, ERR_CONFLICT,
                       "audience %" PRIu32 " is still being made: who stays is carried over", id);
    if (slice_is(what, "emptied"))
        return err_set(e, ERR_REFUSED,
                       "nobody would be left in the list: it stays as it was. To be rid of it, "
                       "delete it");
    return audience_not_found(id, e);
}

static void on_frozen(struct call *c, const struct redisReply *reply)
{
    audience_info_cb *cb = call_back(c, audience_info_cb);
    struct err e;
    bool same = reply && call_says(reply, "same");
    int r = same ? 0 : freeze_error(c->id, reply, &e);
    if (r < 0)
        cb(c->arg, r, NULL, &e);
    else
        audience_load(c->store, same ? (uint32_t)redis_int(redis_at(reply, 1), 0) : c->id, cb,
                      c->arg);
}

void freeze_carried(struct store *s, uint32_t id, uint64_t steps, int64_t now_ms,
                    audience_info_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &freeze);
    call_lasts(c);
    c->id = id;
    call_key(c, "a:%u", id);
    call_key(c, "audiences");
    call_key(c, "drafts");
    call_key(c, "frozen");
    call_key(c, "versions");
    call_u64(c, id);
    call_i64(c, now_ms);
    call_name(c, "a:");
    call_u64(c, steps);
    call_run(c, on_frozen, cb, arg);
}
