#include "store/direct.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/old_call.h"
#include "io/redis.h"
#include "store/lua_scripts.h"

struct direct {
    struct redis *redis;
    char *prefix;
    struct redis_script *add, *due, *alike;
};

/* A call that waits for its answer; one of the callbacks is set. */
struct waiting {
    direct_index_cb *index_cb;
    direct_message_cb *message_cb;
    direct_due_cb *due_cb;
    direct_alike_cb *alike_cb;
    void *arg;
    uint32_t index;
};

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
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (!slice_is(s, kinds[i])) continue;
        *ret = (enum direct_kind)i;
        return true;
    }
    return false;
}

struct direct *direct_new(struct redis *r, const char *prefix)
{
    struct direct *d = xcalloc(1, sizeof *d);
    d->redis = r;
    d->prefix = xstrdup(prefix);
    d->add = call_script("direct_add", lua_direct_common, SLICE_NONE, lua_direct_add);
    d->due = call_script("direct_due", lua_direct_common, SLICE_NONE, lua_direct_due);
    d->alike = call_script("direct_alike", lua_direct_common, SLICE_NONE, lua_direct_alike);
    return d;
}

void direct_free(struct direct *d)
{
    if (!d) return;
    redis_script_free(d->add);
    redis_script_free(d->due);
    redis_script_free(d->alike);
    free(d->prefix);
    free(d);
}

struct slice direct_value(uint32_t index, char out[DIRECT_VALUE_BYTES])
{
    return slice_make(
        out, (size_t)snprintf(out, DIRECT_VALUE_BYTES, "{\"c\":0,\"i\":%" PRIu32 "}", index));
}

static void on_added(void *arg, const struct redisReply *reply)
{
    struct waiting *w = arg;
    struct err e = {0};
    int r = call_failed(reply, &e);
    w->index_cb(w->arg, r, r ? 0 : (uint32_t)redis_int(reply, 0), r ? &e : NULL);
    free(w);
}

static void add_field(struct old_call *c, const char *name, struct slice value)
{
    call_add_cstr(c, name);
    call_add(c, value);
}

void direct_add(struct direct *d, const struct direct_message *m, direct_index_cb *cb, void *arg)
{
    struct old_call c = {0};
    call_add_cstr(&c, d->prefix);
    call_add_int(&c, m->at_ms);
    call_add_cstr(&c, "to");
    call_add_uint(&c, m->to);
    add_field(&c, "gateway", m->gateway);
    add_field(&c, "sender", m->sender);
    add_field(&c, "group", m->group);
    add_field(&c, "text", m->text);
    add_field(&c, "by", m->by);
    add_field(&c, "kind", slice_of(direct_kind_to_string(m->kind)));
    call_add_cstr(&c, "conv");
    call_add_uint(&c, m->conversation);
    struct waiting *w = xcalloc(1, sizeof *w);
    w->index_cb = cb;
    w->arg = arg;
    call_eval(d->redis, d->add, on_added, w, &c);
}

static int64_t field_int(const struct redisReply *hash, const char *name)
{
    uint64_t v;
    return slice_to_u64(redis_field(hash, name), INT64_MAX, &v) ? (int64_t)v : 0;
}

static void on_loaded(void *arg, const struct redisReply *reply)
{
    struct waiting *w = arg;
    struct err e = {0};
    struct direct_message m = {0};
    int r = call_failed(reply, &e);
    if (r == 0 && !direct_kind_from_string(redis_field(reply, "kind"), &m.kind))
        r = err_set(&e, ERR_NOT_FOUND, "no direct message %" PRIu32, w->index);
    if (r) {
        w->message_cb(w->arg, r, NULL, &e);
        free(w);
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
    m.conversation = (uint32_t)field_int(reply, "conv");
    m.at_ms = field_int(reply, "at");
    w->message_cb(w->arg, 0, &m, NULL);
    free(w);
}

void direct_load(struct direct *d, uint32_t index, direct_message_cb *cb, void *arg)
{
    struct waiting *w = xcalloc(1, sizeof *w);
    w->message_cb = cb;
    w->arg = arg;
    w->index = index;
    redis_commandf(d->redis, on_loaded, w, "HGETALL %sdm:%lld", d->prefix, (long long)index);
}

void direct_published(struct direct *d, uint32_t index)
{
    redis_commandf(d->redis, NULL, NULL, "ZREM %sdm:pending %lld", d->prefix, (long long)index);
}

static void on_due(void *arg, const struct redisReply *reply)
{
    struct waiting *w = arg;
    struct err e = {0};
    int r = call_failed(reply, &e);
    size_t n = redis_count(reply);
    uint32_t *indexes = xcalloc(n + 1, sizeof *indexes);
    for (size_t i = 0; i < n; i++)
        indexes[i] = (uint32_t)redis_int(redis_at(reply, i), 0);
    w->due_cb(w->arg, r, indexes, n, r ? &e : NULL);
    free(indexes);
    free(w);
}

void direct_due(struct direct *d, int64_t now_ms, int64_t age_ms, int limit, direct_due_cb *cb,
                void *arg)
{
    struct old_call c = {0};
    call_add_cstr(&c, d->prefix);
    call_add_int(&c, now_ms);
    call_add_int(&c, now_ms - age_ms);
    call_add_int(&c, limit);
    struct waiting *w = xcalloc(1, sizeof *w);
    w->due_cb = cb;
    w->arg = arg;
    call_eval(d->redis, d->due, on_due, w, &c);
}

static void on_alike(void *arg, const struct redisReply *reply)
{
    struct waiting *w = arg;
    struct err e = {0};
    int r = call_failed(reply, &e);
    w->alike_cb(w->arg, r, r ? 0 : (size_t)redis_int(reply, 0));
    free(w);
}

void direct_alike(struct direct *d, const struct direct_likeness *like, direct_alike_cb *cb,
                  void *arg)
{
    struct old_call c = {0};
    call_add_cstr(&c, d->prefix);
    call_add_uint(&c, like->to);
    call_add(&c, like->text);
    call_add_int(&c, like->from_ms);
    call_add_int(&c, like->to_ms);
    if (like->but_index == DIRECT_NONE)
        call_add_cstr(&c, "");
    else
        call_add_uint(&c, like->but_index);
    call_add_older(&c, c.v[1]);
    struct waiting *w = xcalloc(1, sizeof *w);
    w->alike_cb = cb;
    w->arg = arg;
    call_eval(d->redis, d->alike, on_alike, w, &c);
}
