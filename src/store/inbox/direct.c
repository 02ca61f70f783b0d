#include "store/direct.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/call.h"
#include "store/lua_scripts.h"

#define DIRECT_SCRIPT(text, lua)                                                                   \
    {                                                                                              \
        .name = (text), .parts = { &lua_direct_common, &(lua) }                                    \
    }
static const struct script add_script = DIRECT_SCRIPT("direct_add", lua_direct_add);
static const struct script due_script = DIRECT_SCRIPT("direct_due", lua_direct_due);
static const struct script alike_script = DIRECT_SCRIPT("direct_alike", lua_direct_alike);
#undef DIRECT_SCRIPT

static const char *const kinds[] = {
#define X(name, text) text,
    DIRECT_KIND_TABLE(X)
#undef X
};

const char *direct_kind_to_string(enum direct_kind kind)
{
    check((size_t)kind < COUNT_OF(kinds));
    return kinds[kind];
}

bool direct_kind_from_string(struct slice s, enum direct_kind *ret)
{
    int i = slice_index(s, kinds, COUNT_OF(kinds));
    if (i >= 0) *ret = (enum direct_kind)i;
    return i >= 0;
}

static void on_added(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    call_back(c, direct_index_cb)(c->arg, r, r ? 0 : (uint32_t)redis_int(reply, 0), r ? &e : NULL);
}

void direct_add(struct store *s, const struct direct_message *m, direct_index_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &add_script);
    call_lasts(c);
    call_prefix(c);
    call_i64(c, m->at_ms);
    call_pair_u64(c, "to", m->to);
    call_pair(c, "gateway", m->gateway);
    call_pair(c, "sender", m->sender);
    call_pair(c, "group", m->group);
    call_pair(c, "text", m->text);
    call_pair(c, "by", m->by);
    call_pair(c, "kind", slice_of(direct_kind_to_string(m->kind)));
    call_pair_u64(c, "conv", m->conversation);
    if (m->until_ms) call_pair_u64(c, "until", (uint64_t)m->until_ms);
    call_run(c, on_added, cb, arg);
}

static int64_t field_int(const struct redisReply *hash, const char *name)
{
    uint64_t v;
    return slice_to_u64(redis_field(hash, name), INT64_MAX, &v) ? (int64_t)v : 0;
}

static void on_loaded(struct call *c, const struct redisReply *reply)
{
    struct err e;
    struct direct_message m = {0};
    int r = call_failed(reply, &e);
    if (r == 0 && !direct_kind_from_string(redis_field(reply, "kind"), &m.kind))
        r = err_set(&e, ERR_NOT_FOUND, "no direct message %" PRIu32, c->id);
    if (r) {
        call_back(c, direct_message_cb)(c->arg, r, NULL, &e);
        return;
    }
    struct slice to = redis_field(reply, "to");
    if (slice_starts(to, "~"))
        m.to_id = to;
    else
        m.to = (uint64_t)field_int(reply, "to");
    m.gateway = redis_field(reply, "gateway");
    m.sender = redis_field(reply, "sender");
    m.group = redis_field(reply, "group");
    m.text = redis_field(reply, "text");
    m.by = redis_field(reply, "by");
    m.held = redis_field(reply, "held");
    m.conversation = (uint32_t)field_int(reply, "conv");
    m.at_ms = field_int(reply, "at");
    m.until_ms = field_int(reply, "until");
    call_back(c, direct_message_cb)(c->arg, 0, &m, NULL);
}

void direct_load(struct store *s, uint32_t index, direct_message_cb *cb, void *arg)
{
    struct call *c = call_command(s, "HGETALL");
    c->id = index;
    call_key(c, "dm:%u", index);
    call_run(c, on_loaded, cb, arg);
}

void direct_published(struct store *s, uint32_t index)
{
    struct call *c = call_command(s, "ZREM");
    call_key(c, "dm:pending");
    call_u64(c, index);
    call_run(c, NULL, NULL, NULL);
}

static void on_due(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    size_t n = redis_count(reply);
    uint32_t *indexes = xcalloc(n + 1, sizeof *indexes);
    for (size_t i = 0; i < n; i++)
        indexes[i] = (uint32_t)redis_int(redis_at(reply, i), 0);
    call_back(c, direct_due_cb)(c->arg, r, indexes, n, r ? &e : NULL);
    free(indexes);
}

void direct_due(struct store *s, int64_t now_ms, int64_t age_ms, int limit, direct_due_cb *cb,
                void *arg)
{
    struct call *c = call_begin(s, &due_script);
    call_prefix(c);
    call_i64(c, now_ms);
    call_i64(c, now_ms - age_ms);
    call_i64(c, limit);
    call_run(c, on_due, cb, arg);
}

static void on_alike(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    call_back(c, direct_alike_cb)(c->arg, r, r ? 0 : (size_t)redis_int(reply, 0));
}

void direct_alike(struct store *s, const struct direct_likeness *like, direct_alike_cb *cb,
                  void *arg)
{
    struct call *c = call_begin(s, &alike_script);
    call_prefix(c);
    call_u64(c, like->to);
    call_text(c, like->text);
    call_i64(c, like->from_ms);
    call_i64(c, like->to_ms);
    if (like->but_index == DIRECT_NONE)
        call_str(c, "");
    else
        call_u64(c, like->but_index);
    call_older(c, like->to);
    call_run(c, on_alike, cb, arg);
}
