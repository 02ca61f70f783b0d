/* Finding and reading. */
#include "private.h"

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>

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

/* Reads a HGETALL of a:{id} and hands it to cb. */
static void deliver(uint32_t id, const struct redisReply *reply, audience_info_cb *cb, void *arg)
{
    struct err e;
    json_t *json = NULL;
    int r = audience_reply_error(reply, &e);
    if (r == 0 && (redis_field(reply, "name").n == 0 || redis_field(reply, "gone").n > 0))
        r = audience_not_found(id, &e);
    if (r == 0) r = read_columns(id, reply, &json, &e);
    if (r < 0) {
        cb(arg, r, NULL, &e);
        return;
    }
    struct slice columns[AUDIENCE_COLUMNS_MAX];
    size_t column_count = json_array_size(json);
    for (size_t i = 0; i < column_count; i++) {
        const json_t *name = json_array_get(json, i);
        columns[i] = slice_make(json_string_value(name), json_string_length(name));
    }
    struct audience_info info = {
        .id = id,
        .name = redis_field(reply, "name"),
        .group = redis_field(reply, "group"),
        .country = redis_field(reply, "country"),
        .columns = columns,
        .column_count = column_count,
        .total = count_of(reply, "total"),
        .blocks = (uint32_t)count_of(reply, "blocks"),
        .buckets = (uint32_t)count_of(reply, "buckets"),
        .duplicates = count_of(reply, "duplicates"),
        .suppressed = count_of(reply, "suppressed"),
        .created_ms = (int64_t)count_of(reply, "created"),
        .frozen_ms = (int64_t)count_of(reply, "frozen"),
    };
    cb(arg, 0, &info, NULL);
    json_decref(json);
}

/* ---- one audience ---- */

struct looking {
    struct audience_store *store;
    audience_info_cb *cb;
    void *arg;
    uint32_t id;
    char *name; /* owned, when it is looked for by name */
};

static void on_loaded(void *arg, const struct redisReply *reply)
{
    struct looking *l = arg;
    deliver(l->id, reply, l->cb, l->arg);
    free(l);
}

static void get_all(struct audience_store *s, uint32_t id, redis_cb *cb, void *arg)
{
    struct audience_key key;
    const struct slice argv[] = {SLICE_LIT("HGETALL"), audience_key(s, &key, "a:%" PRIu32, id)};
    redis_command(s->redis, cb, arg, COUNT_OF(argv), argv);
}

void audience_load(struct audience_store *s, uint32_t id, audience_info_cb *cb, void *arg)
{
    struct looking *l = xmalloc(sizeof *l);
    *l = (struct looking){.cb = cb, .arg = arg, .id = id};
    get_all(s, id, on_loaded, l);
}

static void on_named(void *arg, const struct redisReply *reply)
{
    struct looking *l = arg;
    struct err e;
    int r = audience_reply_error(reply, &e);
    if (r == 0 && redis_is_nil(reply))
        r = err_set(&e, ERR_NOT_FOUND,
                    "no audience '%s': `muster audience list` shows what there is", l->name);
    if (r < 0)
        l->cb(l->arg, r, NULL, &e);
    else
        audience_load(l->store, (uint32_t)redis_int(reply, 0), l->cb, l->arg);
    free(l->name);
    free(l);
}

void audience_find(struct audience_store *s, struct slice id_or_name, audience_info_cb *cb,
                   void *arg)
{
    uint64_t id;
    if (slice_to_u64(id_or_name, UINT32_MAX, &id)) {
        audience_load(s, (uint32_t)id, cb, arg);
        return;
    }
    struct looking *l = xmalloc(sizeof *l);
    *l = (struct looking){.store = s, .cb = cb, .arg = arg, .name = slice_strdup(id_or_name)};
    struct audience_key key;
    const struct slice argv[] = {SLICE_LIT("HGET"), audience_key(s, &key, "audiences"), id_or_name};
    redis_command(s->redis, on_named, l, COUNT_OF(argv), argv);
}

/* ---- all of them ---- */

struct listing {
    struct audience_store *store;
    audience_list_cb *cb;
    void *arg;
    struct audience_info **infos; /* owned, room for all that have a name */
    size_t count, waiting;
    struct err e; /* the first failure */
};

static int by_id(const void *a, const void *b)
{
    uint32_t x = (*(struct audience_info *const *)a)->id,
             y = (*(struct audience_info *const *)b)->id;
    return (x > y) - (x < y);
}

static void listing_finish(struct listing *l)
{
    if (l->count > 1) qsort(l->infos, l->count, sizeof *l->infos, by_id);
    if (l->e.code)
        l->cb(l->arg, l->e.code, NULL, 0, &l->e);
    else
        l->cb(l->arg, 0, (const struct audience_info *const *)l->infos, l->count, NULL);
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

static void on_names(void *arg, const struct redisReply *reply)
{
    struct listing *l = arg;
    int r = audience_reply_error(reply, &l->e);
    l->waiting = redis_count(reply) / 2;
    if (r < 0 || l->waiting == 0) {
        listing_finish(l);
        return;
    }
    l->infos = xcalloc(l->waiting, sizeof(struct audience_info *));
    for (size_t i = 1, n = redis_count(reply); i < n; i += 2)
        audience_load(l->store, (uint32_t)redis_int(redis_at(reply, i), 0), on_listed_one, l);
}

void audience_list(struct audience_store *s, audience_list_cb *cb, void *arg)
{
    struct listing *l = xcalloc(1, sizeof *l);
    l->store = s;
    l->cb = cb;
    l->arg = arg;
    struct audience_key key;
    const struct slice argv[] = {SLICE_LIT("HGETALL"), audience_key(s, &key, "audiences")};
    redis_command(s->redis, on_names, l, COUNT_OF(argv), argv);
}

/* ---- blocks and the index of numbers ---- */

struct reading {
    audience_block_cb *block_cb;
    audience_index_cb *index_cb;
    void *arg;
    uint32_t id, block;
};

static void on_block(void *arg, const struct redisReply *reply)
{
    struct reading *rd = arg;
    struct err e;
    int r = audience_reply_error(reply, &e);
    if (r == 0 && redis_is_nil(reply))
        r = err_set(&e, ERR_NOT_FOUND, "audience %" PRIu32 " has no block %" PRIu32, rd->id,
                    rd->block);
    rd->block_cb(rd->arg, r, r < 0 ? SLICE_NONE : redis_str(reply), r < 0 ? &e : NULL);
    free(rd);
}

void audience_block(struct audience_store *s, uint32_t id, uint32_t block, audience_block_cb *cb,
                    void *arg)
{
    struct reading *rd = xmalloc(sizeof *rd);
    *rd = (struct reading){.block_cb = cb, .arg = arg, .id = id, .block = block};
    struct audience_key key;
    const struct slice argv[] = {SLICE_LIT("GET"),
                                 audience_key(s, &key, "a:%" PRIu32 ":b:%" PRIu32, id, block)};
    redis_command(s->redis, on_block, rd, COUNT_OF(argv), argv);
}

static void on_index(void *arg, const struct redisReply *reply)
{
    struct reading *rd = arg;
    struct err e;
    int r = audience_reply_error(reply, &e);
    if (r == 0 && redis_is_nil(reply))
        r = err_set(&e, ERR_NOT_FOUND, "the number is not in audience %" PRIu32, rd->id);
    rd->index_cb(rd->arg, r, r < 0 ? 0 : (uint32_t)redis_int(reply, 0), r < 0 ? &e : NULL);
    free(rd);
}

void audience_index_of(struct audience_store *s, const struct audience_info *info, uint64_t number,
                       audience_index_cb *cb, void *arg)
{
    struct reading *rd = xmalloc(sizeof *rd);
    *rd = (struct reading){.index_cb = cb, .arg = arg, .id = info->id};
    struct audience_key key;
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, number);
    const struct slice argv[] = {
        SLICE_LIT("HGET"),
        audience_key(s, &key, "a:%" PRIu32 ":x:%" PRIu64, info->id, number % info->buckets),
        slice_of(text)};
    redis_command(s->redis, on_index, rd, COUNT_OF(argv), argv);
}
