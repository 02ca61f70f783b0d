#include "store/once.h"

#include "store/call.h"
#include "store/lua_scripts.h"

static const struct script begin_script = {.name = "once_begin", .parts = {&lua_once_begin}};
static const struct script end_script = {.name = "once_end", .parts = {&lua_once_end}};

static struct call *begin(struct store *s, const struct script *script, const struct once *o)
{
    struct call *c = call_begin(s, script);
    call_key(c, "once:%.*s:%.*s", SLICE_ARG(o->id), SLICE_ARG(o->key));
    call_key(c, "once:%.*s", SLICE_ARG(o->id));
    call_text(c, o->digest);
    return c;
}

static struct once_answer read_answer(const struct redisReply *reply)
{
    static const char *const words[] = {"new", "begun", "kept", "other", "full"};
    struct once_answer a = {0};
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (call_says(reply, words[i])) a.state = (enum once_state)i;
    if (a.state == ONCE_BEGUN) a.since_ms = redis_int(redis_at(reply, 1), 0);
    if (a.state != ONCE_KEPT) return a;
    a.response.status = (int)redis_int(redis_at(reply, 1), 0);
    a.response.content_type = redis_str(redis_at(reply, 2));
    a.response.body = redis_str(redis_at(reply, 3));
    return a;
}

static void on_begun(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int rc = call_failed(reply, &e);
    struct once_answer a = {0};
    if (rc == 0) a = read_answer(reply);
    call_back(c, once_cb)(c->arg, rc, &a, rc ? &e : NULL);
}

void once_begin(struct store *s, const struct once *once, int64_t now_ms, once_cb *cb, void *arg)
{
    struct call *c = begin(s, &begin_script, once);
    call_lasts(c);
    call_i64(c, now_ms);
    call_u64(c, ONCE_KEPT_MS);
    call_u64(c, ONCE_KEYS_MAX);
    call_text(c, once->key);
    call_run(c, on_begun, cb, arg);
}

static void end(struct store *s, const struct once *once, const struct once_response *response,
                store_done_cb *cb, void *arg)
{
    struct call *c = begin(s, &end_script, once);
    call_i64(c, response->status);
    call_text(c, response->content_type);
    call_text(c, response->body);
    call_text(c, once->key);
    call_run(c, call_read_done, cb, arg);
}

void once_keep(struct store *s, const struct once *once, const struct once_response *response,
               store_done_cb *cb, void *arg)
{
    if (response->body.n > ONCE_BODY_BYTES_MAX)
        cb(arg, 0, NULL);
    else
        end(s, once, response, cb, arg);
}

void once_let_go(struct store *s, const struct once *once, store_done_cb *cb, void *arg)
{
    end(s, once, &(struct once_response){0}, cb, arg);
}
