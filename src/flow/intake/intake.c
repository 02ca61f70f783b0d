/* Each webhook that comes: straight into the store (storing.c), into the spool, or among those that are kept for people. */
#include "private.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "io/loop.h"
#include "io/redis.h"

/* ---- into the spool ---- */

static void answer(struct taking *t, int result)
{
    hook_intake_cb *cb = t->cb;
    void *arg = t->arg;
    free(t);
    cb(arg, result);
}

/* Once when it begins: each webhook would say the same. */
static void cannot_add(struct hook_intake *in, const struct err *e)
{
    if (!in->add_failing) log_error("%s; until then webhooks get 503", e->text);
    in->add_failing = true;
}

static void commit(struct hook_intake *in)
{
    struct taking *list = in->written;
    struct err e = {0};
    if (!list) return;
    in->written = NULL;
    in->written_end = &in->written;
    int result = spool_commit(in->config.spool, &e);
    if (result < 0)
        cannot_add(in, &e);
    else
        in->add_failing = false;
    for (struct taking *next; list; list = next) {
        next = list->next;
        if (result == 0) list->storing.g->stats.spooled++;
        answer(list, result);
    }
    if (!in->wave.waiting && !loop_timer_armed(in->drain)) loop_timer_in(in->drain, 0);
}

static void on_commit(void *arg)
{
    commit(arg);
}

static struct spool_record record_of(const struct taking *t)
{
    return (struct spool_record){
        .gateway = slice_of(t->storing.g->account->name),
        .method = t->hook.method,
        .target = t->hook.target,
        .content_type = t->hook.header(t->hook.header_arg, "Content-Type"),
        .body = t->hook.body,
        .received_ms = t->storing.received_ms,
    };
}

enum spool_why intake_why(const struct storing *w)
{
    return w->unread ? SPOOL_UNREAD : SPOOL_MISDIRECTED;
}

void intake_say_kept(const struct hook_intake *in, struct intake_gateway *g)
{
    uint64_t n = ++g->stats.unread;
    if (log_worth_saying(n))
        log_error(
            "gateway %s: a webhook, or a part of it, cannot be read or is nobody's (%llu such "
            "so far); all that could be read is stored, and the webhook is kept in the folder "
            "`rejected` of %s: look at it, a STOP in it does not count yet",
            g->account->name, (unsigned long long)n, spool_folder(in->config.spool));
}

/* What nobody can read is kept as it came, for people. */
static void keep(struct taking *t, enum spool_why why)
{
    struct hook_intake *in = t->storing.in;
    struct spool_record record = record_of(t);
    record.why = why;
    struct err e = {0};
    int rc = spool_keep(in->config.spool, &record, &e);
    if (rc == 0)
        intake_say_kept(in, t->storing.g);
    else if (!in->keep_failing)
        log_error("%s; until then webhooks that cannot be read get 503", e.text);
    in->keep_failing = rc < 0;
    /* What is only another system's must not make the provider hold back our own people's words. */
    answer(t, t->storing.unread ? rc : 0);
}

static void put_into_spool(struct taking *t)
{
    struct hook_intake *in = t->storing.in;
    const struct spool_record record = record_of(t);
    struct err e = {0};
    bool first = spool_is_empty(in->config.spool);
    int rc = spool_add(in->config.spool, &record, &e);
    if (rc < 0) {
        cannot_add(in, &e);
        answer(t, rc);
        return;
    }
    if (first)
        log_warn("Redis does not take what comes in: webhooks go to %s until it does",
                 spool_folder(in->config.spool));
    *in->written_end = t;
    in->written_end = &t->next;
    /* One wait for the disk for all that arrives in this turn of the loop. */
    if (!loop_timer_armed(in->commit)) loop_timer_in(in->commit, 0);
}

/* ---- taking ---- */

struct counts {
    size_t receipts, inbound;
    bool mended;
};

static void count_receipt(void *arg, const struct receipt_event *event)
{
    (void)event;
    ((struct counts *)arg)->receipts++;
}

static void count_inbound(void *arg, const struct inbound_event *event)
{
    (void)event;
    ((struct counts *)arg)->inbound++;
}

/* It blocks campaigns: that is for Redis, like a person's words. */
static void count_account(void *arg, const struct account_event *event)
{
    if (event->level == ACCOUNT_BLOCKED) ((struct counts *)arg)->inbound++;
}

static void count_mended(void *arg)
{
    ((struct counts *)arg)->mended = true;
}

static void on_taken_stored(struct storing *w)
{
    struct taking *t = (struct taking *)w;
    if (w->result == ERR_UNREACHABLE)
        put_into_spool(t);
    else if (w->result == 0 && (w->unread || w->misdirected))
        keep(t, intake_why(w));
    else
        answer(t, w->result);
}

static enum hook_result take_slowly(struct taking *t)
{
    struct hook_intake *in = t->storing.in;
    struct counts n = {0};
    const struct hook_sink counter = {.receipt = count_receipt,
                                      .inbound = count_inbound,
                                      .account = count_account,
                                      .mended = count_mended,
                                      .arg = &n};
    enum hook_result r = gateway_read(t->storing.g->account->gateway, &t->hook, &counter);
    if (r != HOOK_OK) return r;
    bool away = n.receipts && !redis_lasts(in->config.redis);
    if (!n.inbound && !away) return intake_store(&t->storing, &t->hook);
    t->storing.g->stats.mended += n.mended;
    put_into_spool(t);
    return HOOK_OK;
}

void hook_intake_take(struct hook_intake *in, const struct account *account,
                      const struct hook_request *hook, hook_intake_cb *cb, void *arg)
{
    struct taking *t = xcalloc(1, sizeof *t);
    *t = (struct taking){.storing = {.in = in,
                                     .g = intake_of(in, account),
                                     .received_ms = clock_wall_ms(),
                                     .ended = on_taken_stored},
                         .hook = *hook,
                         .cb = cb,
                         .arg = arg};
    bool straight = redis_lasts(in->config.redis) && spool_is_empty(in->config.spool);
    enum hook_result r = straight ? intake_store(&t->storing, hook) : take_slowly(t);
    if (r == HOOK_OK) return;
    t->storing.unread = true;
    keep(t, SPOOL_UNREADABLE);
}

int hook_intake_try_again(struct hook_intake *in, const uint64_t *numbers, size_t n,
                          size_t *ret_done, struct err *e)
{
    commit(in);
    int rc = spool_try_again(in->config.spool, numbers, n, ret_done, e);
    if (*ret_done) {
        log_info("%zu webhooks that were kept are tried again", *ret_done);
        if (!in->wave.waiting && !loop_timer_armed(in->drain)) loop_timer_in(in->drain, 0);
    }
    return rc;
}

void hook_intake_flush(struct hook_intake *in)
{
    receipt_batches_give_up(in->batches);
    inbound_give_up(in->config.inbound);
    commit(in);
}

/* ---- life ---- */

struct hook_intake *hook_intake_new(const struct hook_intake_config *config)
{
    struct hook_intake *in = xcalloc(1, sizeof *in);
    in->config = *config;
    in->gateways = xcalloc(config->accounts->count, sizeof *in->gateways);
    for (size_t i = 0; i < config->accounts->count; i++)
        in->gateways[i].account = &config->accounts->list[i];
    in->written_end = &in->written;
    in->again_us = INTAKE_AGAIN_FIRST_US;
    in->commit = loop_timer_new(config->loop, on_commit, in);
    in->drain = loop_timer_new(config->loop, intake_on_drain, in);
    in->batches = receipt_batches_new(config->loop, config->receipts.ledger);
    size_t left = spool_stats(config->spool).records;
    if (left)
        log_info("the spool holds %zu webhooks of an earlier run: they are stored first", left);
    loop_timer_in(in->drain, 0);
    return in;
}

void hook_intake_free(struct hook_intake *in)
{
    if (!in) return;
    check(!in->wave.waiting && !in->probing);
    hook_intake_flush(in);
    receipt_batches_free(in->batches);
    loop_timer_free(in->commit);
    loop_timer_free(in->drain);
    free(in->gateways);
    free(in);
}

/* ---- looking ---- */

bool hook_intake_is_caught_up(const struct hook_intake *in)
{
    return spool_is_empty(in->config.spool);
}

struct intake_gateway *intake_of(const struct hook_intake *in, const struct account *account)
{
    return &in->gateways[accounts_index(in->config.accounts, account)];
}

struct hook_intake_stats hook_intake_stats(const struct hook_intake *in,
                                           const struct account *account)
{
    return intake_of(in, account)->stats;
}

struct spool *hook_intake_spool(const struct hook_intake *in)
{
    return in->config.spool;
}
