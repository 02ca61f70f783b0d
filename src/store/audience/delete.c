/* Deleting, in steps that never hold Redis up: first the name goes (audience_unname.lua), then
 * the parts, PARTS_PER_STEP at a time, and the audience's own key last, since it says how many
 * parts there are. Until then the id stands in `drafts`, so that a sweep finishes what a crash cut
 * off. */
#include "private.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

enum { PARTS_PER_STEP = 512 };

struct deleting {
    struct audience_store *store;
    audience_done_cb *cb;
    void *arg;
    uint32_t id;
    uint64_t blocks, buckets, at; /* at: parts removed so far, blocks before buckets */
};

static void deleting_finish(struct deleting *d, int result, const struct err *e)
{
    d->cb(d->arg, result, e);
    free(d);
}

static void on_deleted(void *arg, const struct redisReply *reply)
{
    struct err e;
    int r = audience_reply_error(reply, &e);
    deleting_finish(arg, r, r < 0 ? &e : NULL);
}

static void remove_last(struct deleting *d)
{
    struct audience_store *s = d->store;
    struct audience_key key;
    char id[16];
    (void)snprintf(id, sizeof id, "%" PRIu32, d->id);
    const struct slice unlink[] = {SLICE_LIT("UNLINK"), audience_key(s, &key, "a:%" PRIu32, d->id)};
    redis_command(s->redis, NULL, NULL, COUNT_OF(unlink), unlink);
    const struct slice forget[] = {SLICE_LIT("ZREM"), audience_key(s, &key, "drafts"),
                                   slice_of(id)};
    redis_command(s->redis, on_deleted, d, COUNT_OF(forget), forget);
}

static void on_step(void *arg, const struct redisReply *reply);

static void remove_some(struct deleting *d)
{
    if (d->at == d->blocks + d->buckets) {
        remove_last(d);
        return;
    }
    struct audience_key *keys = xmalloc(PARTS_PER_STEP * sizeof *keys);
    struct slice argv[1 + PARTS_PER_STEP] = {SLICE_LIT("UNLINK")};
    size_t n = 0;
    for (; n < PARTS_PER_STEP && d->at < d->blocks + d->buckets; n++, d->at++) {
        bool block = d->at < d->blocks;
        argv[1 + n] = audience_key(d->store, &keys[n], "a:%" PRIu32 ":%c:%" PRIu64, d->id,
                                   block ? 'b' : 'x', block ? d->at : d->at - d->blocks);
    }
    redis_command(d->store->redis, on_step, d, 1 + n, argv);
    free(keys);
}

static void on_step(void *arg, const struct redisReply *reply)
{
    struct deleting *d = arg;
    struct err e;
    int r = audience_reply_error(reply, &e);
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

static void on_unnamed(void *arg, const struct redisReply *reply)
{
    struct deleting *d = arg;
    struct err e;
    int r = audience_reply_error(reply, &e);
    if (r == 0) r = read_refusal(reply, d->id, &e);
    if (r < 0) {
        deleting_finish(d, r, &e);
        return;
    }
    d->blocks = (uint64_t)redis_int(redis_at(reply, 1), 0);
    d->buckets = (uint64_t)redis_int(redis_at(reply, 2), 0);
    remove_some(d);
}

void audience_delete(struct audience_store *s, uint32_t id, bool reports_too, int64_t now_ms,
                     audience_done_cb *cb, void *arg)
{
    struct deleting *d = xmalloc(sizeof *d);
    *d = (struct deleting){.store = s, .cb = cb, .arg = arg, .id = id};
    struct audience_key meta, names, drafts, campaigns, active, campaign;
    char id_text[16], now[24];
    (void)snprintf(id_text, sizeof id_text, "%" PRIu32, id);
    (void)snprintf(now, sizeof now, "%" PRId64, now_ms);
    const struct slice argv[] = {
        audience_key(s, &meta, "a:%" PRIu32, id),
        audience_key(s, &names, "audiences"),
        audience_key(s, &drafts, "drafts"),
        audience_key(s, &campaigns, "campaigns"),
        audience_key(s, &active, "active"),
        slice_of(id_text),
        slice_of(now),
        audience_key(s, &campaign, "c:"),
        reports_too ? SLICE_LIT("1") : SLICE_LIT("0"),
    };
    redis_eval(s->redis, s->unname, on_unnamed, d, 5, COUNT_OF(argv), argv);
}

/* ---- the sweep: one overdue draft after the other ---- */

struct sweeping {
    struct audience_store *store;
    audience_done_cb *cb;
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

static void on_overdue(void *arg, const struct redisReply *reply)
{
    struct sweeping *w = arg;
    struct err e;
    int r = audience_reply_error(reply, &e);
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
    struct audience_key drafts;
    char now[24];
    (void)snprintf(now, sizeof now, "%" PRId64, w->now_ms);
    const struct slice argv[] = {SLICE_LIT("ZRANGEBYSCORE"),
                                 audience_key(w->store, &drafts, "drafts"),
                                 SLICE_LIT("-inf"),
                                 slice_of(now),
                                 SLICE_LIT("LIMIT"),
                                 SLICE_LIT("0"),
                                 SLICE_LIT("1")};
    redis_command(w->store->redis, on_overdue, w, COUNT_OF(argv), argv);
}

void audience_sweep_some(struct audience_store *s, int64_t now_ms, int limit, audience_done_cb *cb,
                         void *arg)
{
    struct sweeping *w = xmalloc(sizeof *w);
    *w = (struct sweeping){.store = s, .cb = cb, .arg = arg, .now_ms = now_ms, .left = limit};
    sweep_next(w);
}

void audience_sweep(struct audience_store *s, int64_t now_ms, audience_done_cb *cb, void *arg)
{
    audience_sweep_some(s, now_ms, -1, cb, arg); /* until none is overdue */
}
