/* Finding and reading. */
#include "private.h"

#include "base/buf.h"
#include "core/json.h"
#include "store/lua_scripts.h"
#include "store/page.h"

#include <jansson.h>

#include <stdlib.h>

static const struct script find = {.name = "audience_find",
                                   .parts = {&lua_names, &lua_audience_find}};
static const struct script named = {.name = "audience_named",
                                    .parts = {&lua_names, &lua_audience_named}};

static uint64_t count_of(const struct redisReply *reply, const char *field)
{
    uint64_t value = 0;
    (void)slice_to_u64(redis_field(reply, field), INT64_MAX, &value); /* absent is 0 */
    return value;
}

static int read_columns(uint32_t id, const struct redisReply *reply, json_t **ret, struct err *e)
{
    struct slice text = redis_field(reply, "columns");
    json_t *json = json_loadb(text.n ? text.p : "", text.n, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_array(json) || json_array_size(json) > AUDIENCE_COLUMNS_MAX) {
        json_decref(json);
        return err_set(e, ERR_SYNTAX, "audience %" PRIu32 " is damaged: its columns cannot be read",
                       id);
    }
    *ret = json;
    return 0;
}

/* Of a HGETALL of a:{id}; columns: of AUDIENCE_COLUMNS_MAX, borrowed from names. */
static struct audience_info info_of(uint32_t id, const struct redisReply *reply,
                                    const json_t *names, struct slice *columns)
{
    struct audience_info info = {
        .id = id,
        .name = redis_field(reply, "name"),
        .group = redis_field(reply, "group"),
        .country = redis_field(reply, "country"),
        .columns = columns,
        .column_count = json_array_size(names),
        .total = count_of(reply, "total"),
        .blocks = (uint32_t)count_of(reply, "blocks"),
        .buckets = (uint32_t)count_of(reply, "buckets"),
        .duplicates = count_of(reply, "duplicates"),
        .suppressed = count_of(reply, "suppressed"),
        .created_ms = (int64_t)count_of(reply, "created"),
        .frozen_ms = (int64_t)count_of(reply, "frozen"),
        .base = (uint32_t)count_of(reply, "base"),
        .next = (uint32_t)count_of(reply, "next"),
        .version = (uint32_t)count_of(reply, "version"),
        .list = (uint32_t)count_of(reply, "list"),
        .added = count_of(reply, "added"),
        .updated = count_of(reply, "updated"),
        .removed = count_of(reply, "removed"),
    };
    for (size_t i = 0; i < info.column_count; i++)
        columns[i] = json_slice(json_array_get(names, i));
    (void)audience_change_from(redis_field(reply, "change"), &info.change);
    if (info.version == 0) info.version = 1;
    if (info.list == 0) info.list = id;
    return info;
}

/* Reads a HGETALL of a:{id} and hands it to cb. */
static void deliver(uint32_t id, const struct redisReply *reply, audience_info_cb *cb, void *arg)
{
    struct err e;
    json_t *names = NULL;
    struct slice columns[AUDIENCE_COLUMNS_MAX];
    int r = call_failed(reply, &e);
    if (r == 0 && (redis_field(reply, "name").n == 0 || redis_field(reply, "gone").n > 0))
        r = audience_not_found(id, &e);
    if (r == 0) r = read_columns(id, reply, &names, &e);
    if (r < 0) {
        cb(arg, r, NULL, &e);
        return;
    }
    const struct audience_info info = info_of(id, reply, names, columns);
    cb(arg, 0, &info, NULL);
    json_decref(names);
}

/* ---- one audience ---- */

static void on_loaded(struct call *c, const struct redisReply *reply)
{
    deliver(c->id, reply, call_back(c, audience_info_cb), c->arg);
}

void audience_load(struct store *s, uint32_t id, audience_info_cb *cb, void *arg)
{
    struct call *c = call_command(s, "HGETALL");
    c->id = id;
    call_key(c, "a:%u", id);
    call_run(c, on_loaded, cb, arg);
}

struct finding {
    struct store *store;
    struct group_set groups;
    audience_info_cb *cb;
    void *arg;
};

/* "12 of leeds, 14 of york" */
static int several(const struct redisReply *reply, const char *name, struct err *e)
{
    struct buf list = BUF_INIT(ERR_TEXT_BYTES);
    for (size_t i = 1; i + 1 < redis_count(reply); i += 2)
        buf_addf(&list, "%s%.*s of '%.*s'", i > 1 ? ", " : "",
                 SLICE_ARG(redis_str(redis_at(reply, i))),
                 SLICE_ARG(redis_str(redis_at(reply, i + 1))));
    int r = err_set(e, ERR_CONFLICT,
                    "several groups have an audience '%s': %s; say which by its number", name,
                    list.p ? list.p : "?");
    buf_done(&list);
    return r;
}

static void on_named(struct call *c, const struct redisReply *reply)
{
    audience_info_cb *cb = call_back(c, audience_info_cb);
    const char *name = call_kept(c);
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && call_says(reply, "several")) r = several(reply, name, &e);
    if (r == 0 && !call_says(reply, "ok"))
        r = err_set(&e, ERR_NOT_FOUND, "there is no list '%s'; `muster audience list` shows them",
                    name);
    if (r < 0)
        cb(c->arg, r, NULL, &e);
    else
        audience_load(c->store, (uint32_t)redis_int(redis_at(reply, 1), 0), cb, c->arg);
}

static void find_named(struct store *s, const struct group_set *groups, struct slice name,
                       audience_info_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &find);
    struct slice shown = call_cut(name, CALL_KEPT_BYTES - 1);
    if (shown.n) call_keep_bytes(c, shown.p, shown.n); /* zeroes follow it */
    call_key(c, "audiences");
    call_name(c, "a:");
    call_text(c, name);
    call_groups(c, groups, SLICE_NONE);
    call_run(c, on_named, cb, arg);
}

/* A name is a group's own: one audience has it, the newest version. */
struct following {
    char *group; /* owned */
    const char *one[1];
    struct group_set groups;
    audience_info_cb *cb;
    void *arg;
};

static void on_followed(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct following *f = arg;
    f->cb(f->arg, result, info, e);
    free(f->group);
    free(f);
}

static void follow(struct store *s, const struct audience_info *info, audience_info_cb *cb,
                   void *arg)
{
    struct following *f = xcalloc(1, sizeof *f);
    f->group = slice_strdup(info->group);
    f->one[0] = f->group;
    f->groups = (struct group_set){.names = f->one, .count = 1};
    f->cb = cb;
    f->arg = arg;
    find_named(s, &f->groups, info->name, on_followed, f);
}

static void on_found(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct finding f = *(struct finding *)arg;
    struct err missing;
    free(arg);
    if (result == 0 && !group_set_has(&f.groups, info->group))
        f.cb(f.arg, audience_not_found(info->id, &missing), NULL, &missing);
    else if (result == 0 && info->next)
        follow(f.store, info, f.cb, f.arg);
    else
        f.cb(f.arg, result, info, e);
}

void audience_find(struct store *s, const struct group_set *groups, struct slice id_or_name,
                   audience_info_cb *cb, void *arg)
{
    uint64_t id;
    if (!slice_to_u64(id_or_name, UINT32_MAX, &id)) {
        find_named(s, groups, id_or_name, cb, arg);
        return;
    }
    struct finding *f = xmalloc(sizeof *f);
    *f = (struct finding){s, *groups, cb, arg};
    audience_load(s, (uint32_t)id, on_found, f);
}

/* ---- lists ---- */

struct listing {
    struct store *store;
    audience_list_cb *cb;
    void *arg;
    struct audience_info **infos; /* owned, room for the page; in the order of the replies */
    size_t count, waiting;
    char cursor[PAGE_CURSOR_BYTES];
    struct slice next; /* of it */
    struct err e;      /* the first failure */
};

static void listing_finish(struct listing *l)
{
    if (l->e.code)
        l->cb(l->arg, l->e.code, NULL, 0, SLICE_NONE, &l->e);
    else
        l->cb(l->arg, 0, (const struct audience_info *const *)l->infos, l->count, l->next, NULL);
    for (size_t i = 0; i < l->count; i++)
        audience_info_free(l->infos[i]);
    free(l->infos);
    free(l);
}

static void on_listed_one(void *arg, int result, const struct audience_info *info,
                          const struct err *e)
{
    struct listing *l = arg;
    if (result == 0)
        l->infos[l->count++] = audience_info_dup(info);
    else if (result != ERR_NOT_FOUND &&
             l->e.code == 0) /* deleted since the names were read: no matter */
        l->e = *e;
    if (--l->waiting == 0) listing_finish(l);
}

static void on_ids(struct call *c, const struct redisReply *reply)
{
    struct listing *l = c->arg;
    int r = call_failed(reply, &l->e);
    l->waiting = page_count(reply);
    if (r < 0 || l->waiting == 0) {
        listing_finish(l);
        return;
    }
    l->next = page_next(reply, l->cursor);
    l->infos = xcalloc(l->waiting, sizeof(struct audience_info *));
    for (size_t i = 0; i < page_count(reply); i++)
        audience_load(l->store, page_id(reply, i), on_listed_one, l);
}

void audience_list(struct store *s, const struct audience_query *query, audience_list_cb *cb,
                   void *arg)
{
    check(query->limit > 0 && query->limit <= AUDIENCE_PAGE_MAX);
    struct listing *l = xcalloc(1, sizeof *l);
    l->store = s;
    l->cb = cb;
    l->arg = arg;
    struct call *c = page_ask(s, "frozen", &query->groups, query->limit, query->before);
    call_run(c, on_ids, NULL, l);
}

static void keep_one(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct listing *l = arg;
    l->infos[l->count] = result == 0 ? audience_info_dup(info) : NULL;
    if (result < 0 && result != ERR_NOT_FOUND && l->e.code == 0) l->e = *e;
    l->count++;
}

static void on_named_all(struct call *c, const struct redisReply *reply)
{
    struct listing *l = c->arg;
    int r = call_failed(reply, &l->e);
    l->infos = r == 0 ? xcalloc(redis_count(reply) + 1, sizeof(struct audience_info *)) : NULL;
    for (size_t i = 0; r == 0 && i < redis_count(reply); i++) {
        const struct redisReply *one = redis_at(reply, i);
        if (redis_count(one) == 0)
            l->infos[l->count++] = NULL; /* none of that name */
        else
            deliver((uint32_t)redis_int(redis_at(one, 0), 0), redis_at(one, 1), keep_one, l);
    }
    listing_finish(l);
}

void audience_list_named(struct store *s, const struct audience_name *names, size_t count,
                         audience_list_cb *cb, void *arg)
{
    check(count > 0 && count <= AUDIENCE_PAGE_MAX);
    struct listing *l = xcalloc(1, sizeof *l);
    l->cb = cb;
    l->arg = arg;
    struct call *c = call_begin(s, &named);
    call_key(c, "audiences");
    call_name(c, "a:");
    for (size_t i = 0; i < count; i++) {
        call_text(c, names[i].name);
        call_text(c, names[i].group);
    }
    call_run(c, on_named_all, NULL, l);
}

/* ---- blocks and the index of numbers ---- */

struct wanted {
    uint32_t block;
    size_t columns;
};

static int open_block(const struct call *c, const struct redisReply *reply, struct block *ret,
                      struct err *e)
{
    const struct wanted *w = call_kept(c);
    int r = call_failed(reply, e);
    if (r == 0 && redis_is_nil(reply))
        return err_set(e, ERR_NOT_FOUND, "audience %" PRIu32 " has no block %" PRIu32, c->id,
                       w->block);
    if (r == 0) r = block_open(redis_str(reply), ret, e);
    if (r == 0 && block_columns(ret) != w->columns)
        r = err_set(e, ERR_SYNTAX, "it has %zu columns and its audience %zu", block_columns(ret),
                    w->columns);
    return r == ERR_SYNTAX
               ? err_prefix(e, "block %" PRIu32 " of audience %" PRIu32, w->block, c->id)
               : r;
}

static void on_block(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct block b;
    int r = open_block(c, reply, &b, &e);
    call_back(c, audience_block_cb)(c->arg, r, r < 0 ? NULL : &b, r < 0 ? &e : NULL);
}

void audience_block(struct store *s, const struct audience_info *info, uint32_t block,
                    audience_block_cb *cb, void *arg)
{
    struct call *c = call_command(s, "GET");
    c->id = info->id;
    call_keep(c, (struct wanted){block, info->column_count});
    call_key(c, "a:%u:b:%u", info->id, block);
    call_run(c, on_block, cb, arg);
}

static void on_index(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && redis_is_nil(reply))
        r = err_set(&e, ERR_NOT_FOUND, "the number is not in audience %" PRIu32, c->id);
    call_back(c, audience_index_cb)(c->arg, r, r < 0 ? 0 : (uint32_t)redis_int(reply, 0),
                                    r < 0 ? &e : NULL);
}

void audience_index_of(struct store *s, const struct audience_info *info, uint64_t number,
                       audience_index_cb *cb, void *arg)
{
    struct call *c = call_command(s, "HGET");
    c->id = info->id;
    call_key(c, "a:%u:x:%" PRIu64, info->id, info->buckets ? number % info->buckets : 0);
    call_u64(c, number);
    call_run(c, on_index, cb, arg);
}
