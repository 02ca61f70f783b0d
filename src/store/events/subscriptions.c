#include "store/subscriptions.h"

#include <stdlib.h>

#include "base/buf.h"
#include "read.h"
#include "store/call.h"
#include "store/lua_scripts.h"

enum { BODY_BYTES_MAX = 256 * 1024, DUE_MAX = 16 };

static const struct script create = {.name = "subscription_create",
                                     .parts = {&lua_audit, &lua_subscription_create}};
static const struct script drop = {.name = "subscription_delete",
                                   .parts = {&lua_audit, &lua_subscription_delete}};
static const struct script list_all = {.name = "subscription_list",
                                       .parts = {&lua_subscription_list}};
static const struct script step = {.name = "subscription_step", .parts = {&lua_subscription_step}};
static const struct script told = {.name = "subscription_told", .parts = {&lua_subscription_told}};
static const struct script test = {.name = "subscription_test",
                                   .parts = {&lua_events, &lua_subscription_test}};

/* ---- making and unmaking ---- */

static void on_created(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && call_says(reply, "full"))
        r = err_set(&e, ERR_LIMIT,
                    "there are %d webhooks, which is the most: delete one that nobody needs",
                    SUBSCRIPTIONS_MAX);
    call_back(c, subscription_made_cb)(
        c->arg, r, r ? 0 : (uint32_t)redis_int(redis_at(reply, 1), 0), r ? &e : NULL);
}

void subscription_create(struct store *s, const struct subscription *new, int64_t now_ms,
                         subscription_made_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &create);
    call_lasts(c);
    call_prefix(c);
    call_i64(c, now_ms);
    call_u64(c, SUBSCRIPTIONS_MAX);
    call_text(c, new->url);
    call_text(c, new->kinds);
    call_text(c, new->group);
    call_text(c, new->by);
    call_text(c, new->nonce);
    call_run(c, on_created, cb, arg);
}

static void on_done(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0 && call_says(reply, "missing"))
        r = err_set(&e, ERR_NOT_FOUND, "there is no webhook %u", c->id);
    call_back(c, store_done_cb)(c->arg, r, r ? &e : NULL);
}

void subscription_delete(struct store *s, uint32_t id, struct deed deed, store_done_cb *cb,
                         void *arg)
{
    struct call *c = call_begin(s, &drop);
    call_lasts(c);
    c->id = id;
    call_prefix(c);
    call_i64(c, deed.at_ms);
    call_u64(c, id);
    call_text(c, deed.who);
    call_run(c, on_done, cb, arg);
}

void subscription_test(struct store *s, uint32_t id, struct slice by, store_done_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &test);
    c->id = id;
    call_prefix(c);
    call_u64(c, id);
    call_text(c, by);
    call_run(c, on_done, cb, arg);
}

/* ---- reading ---- */

static struct subscription read_one(const struct redisReply *r)
{
    const struct redisReply *fields = redis_at(r, 2);
    struct subscription s = {.id = (uint32_t)redis_int(redis_at(r, 0), 0),
                             .url = redis_field(fields, "url"),
                             .kinds = redis_field(fields, "kinds"),
                             .group = redis_field(fields, "group"),
                             .by = redis_field(fields, "by"),
                             .nonce = redis_field(fields, "nonce"),
                             .error = redis_field(fields, "last_error"),
                             .waiting = (uint64_t)redis_int(redis_at(r, 1), 0)};
    static const struct {
        const char *name;
        size_t at;
    } numbers[] = {{"delivered", offsetof(struct subscription, delivered)},
                   {"dropped", offsetof(struct subscription, dropped)},
                   {"failures", offsetof(struct subscription, failures)},
                   {"made_ms", offsetof(struct subscription, made_ms)},
                   {"since_ms", offsetof(struct subscription, since_ms)},
                   {"next_ms", offsetof(struct subscription, next_ms)},
                   {"last_ms", offsetof(struct subscription, last_ms)}};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        uint64_t n = 0;
        (void)slice_to_u64(redis_field(fields, numbers[i].name), INT64_MAX, &n);
        memcpy((char *)&s + numbers[i].at, &n, sizeof n);
    }
    uint64_t status = 0;
    (void)slice_to_u64(redis_field(fields, "last_status"), 999, &status);
    s.last_status = (int)status;
    return s;
}

static void on_list(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    size_t n = r ? 0 : redis_count(reply);
    struct subscription *list = xcalloc(n + 1, sizeof *list);
    for (size_t i = 0; i < n; i++)
        list[i] = read_one(redis_at(reply, i));
    call_back(c, subscription_list_cb)(c->arg, r, list, n, r ? &e : NULL);
    free(list);
}

void subscription_list(struct store *s, uint32_t id, subscription_list_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &list_all);
    call_prefix(c);
    if (id)
        call_u64(c, id);
    else
        call_str(c, "");
    call_run(c, on_list, cb, arg);
}

/* ---- delivering ---- */

/* Adds the body to `to`; its slice is set when all stand there. */
static void read_due(const struct redisReply *r, struct subscription_due *d, struct buf *to)
{
    const struct redisReply *entries = redis_at(r, 4);
    *d = (struct subscription_due){.id = (uint32_t)redis_int(redis_at(r, 0), 0),
                                   .url = redis_str(redis_at(r, 1)),
                                   .nonce = redis_str(redis_at(r, 2)),
                                   .reset = redis_int(redis_at(r, 3), 0) == 1};
    size_t from = to->n;
    const char *between = "";
    buf_add_cstr(to, "{\"events\":[");
    for (size_t i = 0; i < redis_count(entries); i++) {
        struct event e;
        size_t before = to->n;
        buf_add_cstr(to, between);
        (void)event_entry_id(redis_at(entries, i), &d->last);
        if (event_read(redis_at(entries, i), &e, to))
            between = ",";
        else
            to->n = before; /* of a kind that a newer Muster tells of */
    }
    buf_addf(to, "],\"reset\":%s}", d->reset ? "true" : "false");
    d->body = slice_make(NULL, to->n - from);
}

static void on_step(struct call *c, const struct redisReply *reply)
{
    struct buf bodies = BUF_INIT(BODY_BYTES_MAX * DUE_MAX);
    struct subscription_due list[DUE_MAX];
    int r = call_failed(reply, NULL);
    size_t n = r || redis_count(reply) == 0 ? 0 : redis_count(reply) - 1, at = 0;
    check(n <= DUE_MAX);
    for (size_t i = 0; i < n; i++)
        read_due(redis_at(reply, i + 1), &list[i], &bodies);
    check(!bodies.failed);
    for (size_t i = 0; i < n; i++) {
        list[i].body.p = bodies.p + at;
        at += list[i].body.n;
    }
    call_back(c, subscription_step_cb)(c->arg, r, list, n, redis_int(redis_at(reply, 0), 0) == 1);
    buf_done(&bodies);
}

void subscription_step(struct store *s, int64_t now_ms, subscription_step_cb *cb, void *arg)
{
    struct call *c = call_begin(s, &step);
    call_prefix(c);
    call_i64(c, now_ms);
    call_u64(c, SUBSCRIPTION_STEP);
    call_u64(c, SUBSCRIPTION_QUEUE_MAX);
    call_u64(c, SUBSCRIPTION_KEEP_MS);
    call_u64(c, SUBSCRIPTION_BATCH);
    call_u64(c, SUBSCRIPTION_AGAIN_MAX_MS);
    call_run(c, on_step, cb, arg);
}

void subscription_told(struct store *s, const struct subscription_due *of, bool taken, int status,
                       struct slice error, int64_t now_ms, store_done_cb *cb, void *arg)
{
    char last[EVENTS_ID_BYTES];
    event_id_write(of->last, last);
    struct call *c = call_begin(s, &told);
    call_prefix(c);
    call_i64(c, now_ms);
    call_u64(c, of->id);
    call_u64(c, taken);
    call_str(c, of->last.ms ? last : "");
    call_u64(c, of->reset);
    call_i64(c, status);
    call_text(c, call_cut(error, 200));
    call_u64(c, SUBSCRIPTION_AGAIN_MIN_MS);
    call_u64(c, SUBSCRIPTION_AGAIN_MAX_MS);
    call_run(c, call_read_done, cb, arg);
}
