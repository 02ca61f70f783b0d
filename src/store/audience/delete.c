/* Deleting, in steps that never hold Redis up: first the name goes (audience_unname.lua), then
 * the parts, PARTS_PER_STEP at a time, and the audience's own key last, since it says how many
 * parts there are. Until then the id stands in `drafts`, so that a sweep finishes what a crash cut
 * off. */
#include "private.h"

#include "base/buf.h"
#include "store/lua_scripts.h"
#include "store/told_keeper.h"

#include <stdlib.h>

enum { PARTS_PER_STEP = 512 };

/* What it says of campaigns that need the list is longer than a no. */
static void told_deleted(struct told *t, const struct redisReply *reply)
{
    if (call_says(reply, "ok")) told_taken_last(t, reply);
}

static const struct script unname = {
    .name = "audience_unname",
    .parts = {&lua_events, &lua_mark, &lua_taken, &lua_names, &lua_audience_unname},
    .told = told_deleted};

struct deleting {
    struct store *store;
    store_done_cb *cb;
    void *arg;
    uint32_t id;
    uint64_t blocks, buckets, at; /* at: parts removed so far; blocks, the index, who waits */
};

static void deleting_finish(struct deleting *d, int result, const struct err *e)
{
    d->cb(d->arg, result, e);
    free(d);
}

static void on_deleted(struct call *c, const struct redisReply *reply)
{
    struct err e;
    int r = call_failed(reply, &e);
    deleting_finish(c->arg, r, r < 0 ? &e : NULL);
}

static void remove_last(struct deleting *d)
{
    struct call *c = call_command(d->store, "UNLINK");
    call_key(c, "a:%u", d->id);
    call_run(c, NULL, NULL, NULL);
    c = call_command(d->store, "ZREM");
    call_key(c, "drafts");
    call_u64(c, d->id);
    call_run(c, on_deleted, NULL, d);
}

static void on_step(struct call *c, const struct redisReply *reply);

static void remove_some(struct deleting *d)
{
    uint64_t parts = d->blocks + 2 * d->buckets;
    if (d->at == parts) {
        remove_last(d);
        return;
    }
    struct call *c = call_command(d->store, "UNLINK");
    for (size_t n = 0; n < PARTS_PER_STEP && d->at < parts; n++, d->at++) {
        uint64_t bucket = d->at - d->blocks;
        if (d->at < d->blocks)
            call_key(c, "a:%u:b:%" PRIu64, d->id, d->at);
        else if (bucket < d->buckets)
            call_key(c, "a:%u:x:%" PRIu64, d->id, bucket);
        else /* of a change that did not come to its end */
            call_key(c, "a:%u:m:%" PRIu64, d->id, bucket - d->buckets);
    }
    call_run(c, on_step, NULL, d);
}

static void on_step(struct call *c, const struct redisReply *reply)
{
    struct deleting *d = c->arg;
    struct err e;
    int r = call_failed(reply, &e);
    if (r < 0)
        deleting_finish(d, r, &e);
    else
        remove_some(d);
}

/* "7 'thursday', 9 'friday' and 3 more" */
static void name_campaigns(const struct redisReply *reply, struct buf *b)
{
    size_t n = redis_count(reply);
    int64_t more = redis_int(redis_at(reply, 1), 0) - (int64_t)(n - 2) / 2;
    for (size_t i = 2; i + 1 < n; i += 2)
        buf_addf(b, "%s%.*s '%.*s'", i > 2 ? ", " : "", SLICE_ARG(redis_str(redis_at(reply, i))),
                 SLICE_ARG(redis_str(redis_at(reply, i + 1))));
    if (more > 0) buf_addf(b, " and %" PRId64 " more", more);
}

static int read_refusal(const struct redisReply *reply, uint32_t id, struct err *e)
{
    struct slice word = redis_str(redis_at(reply, 0));
    if (slice_is(word, "ok")) return 0;
    if (slice_is(word, "missing")) return audience_not_found(id, e);
    struct buf names = BUF_INIT(ERR_TEXT_BYTES);
    name_campaigns(reply, &names);
    int r = err_set(e, ERR_CONFLICT,
                    slice_is(word, "unfinished")
                        ? "this list is needed by what is not finished: campaign %s; cancel it, or "
                          "wait until it is done"
                        : "the report of campaign %s needs this list: without it nobody knows "
                          "whose its rows are. Write them down first (muster campaign report ID "
                          "--csv FILE), then delete the list with --reports-too",
                    names.p ? names.p : "?");
    buf_done(&names);
    return r;
}

static void on_unnamed(struct call *c, const struct redisReply *reply)
{
    struct deleting *d = c->arg;
    struct err e;
    int r = call_failed(reply, &e);
    if (r == 0) r = read_refusal(reply, d->id, &e);
    if (r < 0) {
        deleting_finish(d, r, &e);
        return;
    }
    d->blocks = (uint64_t)redis_int(redis_at(reply, 1), 0);
    d->buckets = (uint64_t)redis_int(redis_at(reply, 2), 0);
    remove_some(d);
}

void audience_delete(struct store *s, uint32_t id, bool reports_too, int64_t now_ms,
                     store_done_cb *cb, void *arg)
{
    struct deleting *d = xmalloc(sizeof *d);
    *d = (struct deleting){.store = s, .cb = cb, .arg = arg, .id = id};
    struct call *c = call_begin(s, &unname);
    call_key(c, "a:%u", id);
    call_key(c, "audiences");
    call_key(c, "drafts");
    call_key(c, "campaigns");
    call_key(c, "active");
    call_key(c, "frozen");
    call_key(c, "versions");
    call_u64(c, id);
    call_i64(c, now_ms);
    call_name(c, "c:");
    call_u64(c, reports_too);
    call_name(c, "a:");
    call_run(c, on_unnamed, NULL, d);
}

/* ---- the sweep: one overdue draft after the other ---- */

struct sweeping {
    struct store *store;
    store_done_cb *cb;
    void *arg;
    int64_t now_ms;
    int left;
};

static void sweep_next(struct sweeping *w);

static void sweeping_finish(struct sweeping *w, int result, const struct err *e)
{
    w->cb(w->arg, result, e);
    free(w);
}

static void on_swept_one(void *arg, int result, const struct err *e)
{
    struct sweeping *w = arg;
    w->left--;
    if (result < 0 && result != ERR_NOT_FOUND)
        sweeping_finish(w, result, e);
    else
        sweep_next(w);
}

static void on_overdue(struct call *c, const struct redisReply *reply)
{
    struct sweeping *w = c->arg;
    struct err e;
    int r = call_failed(reply, &e);
    if (r < 0 || redis_count(reply) == 0)
        sweeping_finish(w, r, r < 0 ? &e : NULL);
    else
        audience_delete(w->store, (uint32_t)redis_int(redis_at(reply, 0), 0), true, w->now_ms,
                        on_swept_one, w);
}

static void sweep_next(struct sweeping *w)
{
    if (w->left == 0) {
        sweeping_finish(w, 0, NULL);
        return;
    }
    struct call *c = call_command(w->store, "ZRANGEBYSCORE");
    call_key(c, "drafts");
    call_str(c, "-inf");
    call_i64(c, w->now_ms);
    call_str(c, "LIMIT");
    call_u64(c, 0);
    call_u64(c, 1);
    call_run(c, on_overdue, NULL, w);
}

void audience_sweep_some(struct store *s, int64_t now_ms, int limit, store_done_cb *cb, void *arg)
{
    struct sweeping *w = xmalloc(sizeof *w);
    *w = (struct sweeping){.store = s, .cb = cb, .arg = arg, .now_ms = now_ms, .left = limit};
    sweep_next(w);
}

void audience_sweep(struct store *s, int64_t now_ms, store_done_cb *cb, void *arg)
{
    audience_sweep_some(s, now_ms, -1, cb, arg); /* until none is overdue */
}
