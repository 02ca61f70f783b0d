#include "flow/hook_intake.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "io/loop.h"
#include "io/redis.h"
#include "store/campaign.h"

enum {
    LOOK_US = 50 * 1000,         /* between looks whether Redis is back: a STOP may be waiting */
    AGAIN_FIRST_US = 100 * 1000, /* between tries when it is there and takes nothing */
    AGAIN_MAX_US = 2 * 1000 * 1000,
};

struct intake_gateway {
    struct hook_intake_gateway config;
    struct hook_intake_stats stats;
};

/* A webhook on its way into the store: one answer for each event, and one for the reading itself.
 */
struct storing {
    struct hook_intake *in;
    struct intake_gateway *g;
    int64_t received_ms;
    size_t waiting;
    int result; /* the first failure */
    void (*ended)(struct storing *w);
};

/* One whose sender waits for us. */
struct taking {
    struct storing storing; /* first member */
    struct hook_request hook;
    hook_intake_cb *cb;
    void *arg;
    struct taking *next; /* that waits for the disk */
};

struct hook_intake {
    struct hook_intake_config config;
    struct intake_gateway *gateways;
    struct taking *written,
        **written_end; /* in the spool's files, not yet known to be on the disk */
    struct loop_timer *commit, *drain;
    int64_t again_us;
    struct storing draining;
    struct spool_record oldest; /* borrowed from the spool while it drains */
    bool probing;               /* whether Redis refuses the oldest, or everything */
    int refusals;               /* of the oldest alone */
    size_t drained, rejected;   /* since the spool was empty */
    bool add_failing, drain_failing, unreadable; /* said so */
};

/* ---- storing the events of one webhook ---- */

static void storing_step_ended(struct storing *w, int result)
{
    if (result < 0 && w->result == 0) w->result = result;
    if (--w->waiting == 0) w->ended(w);
}

static void on_receipt_stored(void *arg, int result)
{
    struct storing *w = arg;
    if (result == 0) w->g->stats.receipts++;
    if (result > 0) w->g->stats.foreign_receipts++;
    storing_step_ended(w, result);
}

static void on_receipt(void *arg, const struct receipt_event *event)
{
    struct storing *w = arg;
    struct receipts receipts = w->in->config.receipts;
    receipts.queue = &w->g->config.queue;
    w->waiting++;
    receipt_apply(&receipts, event, w->received_ms, on_receipt_stored, w);
}

static void on_inbound_stored(void *arg, int result, enum inbound_verdict verdict,
                              const struct err *e)
{
    struct storing *w = arg;
    (void)e;
    if (result == 0) w->g->stats.inbound++;
    if (result == 0 && verdict == INBOUND_DUPLICATE) w->g->stats.duplicates++;
    storing_step_ended(w, result);
}

static void on_inbound(void *arg, const struct inbound_event *event)
{
    struct storing *w = arg;
    const struct hook_intake_gateway *g = &w->g->config;
    w->waiting++;
    inbound_receive(w->in->config.inbound, slice_of(g->name), slice_of(g->group), event,
                    w->received_ms, on_inbound_stored, w);
}

/* The 1st, 2nd, 4th, 8th … time: one that comes with every receipt does not fill the log. */
static void on_unlisted(void *arg, struct slice word)
{
    enum { SHOWN_BYTES = 40 };
    struct intake_gateway *g = ((struct storing *)arg)->g;
    uint64_t n = ++g->stats.unlisted;
    if ((n & (n - 1)) != 0) return;
    if (word.n > SHOWN_BYTES) word.n = SHOWN_BYTES;
    log_warn("gateway %s: a receipt says '%.*s', which its description does not know (%llu such so "
             "far); nothing follows from it: add the word to `states` in the provider's file",
             g->config.name, SLICE_ARG(word), (unsigned long long)n);
}

/* HOOK_OK: w->ended has run or will. A batch that was too large to be read whole is not: its sender
 * has it still. */
static enum hook_result store_all(struct storing *w, const struct hook_request *hook)
{
    const struct hook_sink sink = {
        .receipt = on_receipt, .inbound = on_inbound, .unlisted = on_unlisted, .arg = w};
    w->waiting = 1;
    w->result = 0;
    enum hook_result r = gateway_read(w->g->config.gateway, hook, &sink);
    bool began = w->waiting > 1;
    if (r != HOOK_OK && !began) return r;
    storing_step_ended(w, r == HOOK_OK ? 0 : ERR_LIMIT);
    return HOOK_OK;
}

/* ---- into the spool ---- */

static void answer(struct taking *t, int result)
{
    hook_intake_cb *cb = t->cb;
    void *arg = t->arg;
    free(t);
    cb(arg, result);
}

/* Once when it begins: each webhook would say the same. */
static void disk_fails(bool *said, const struct err *e, const char *until_then)
{
    if (!*said) log_error("%s; until then %s", e->text, until_then);
    *said = true;
}

static void cannot_add(struct hook_intake *in, const struct err *e)
{
    disk_fails(&in->add_failing, e, "webhooks get 503");
}

static void cannot_drain(struct hook_intake *in, const struct err *e)
{
    disk_fails(&in->drain_failing, e, "nothing is sent, because a STOP may wait there");
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
    if (!in->draining.waiting && !loop_timer_armed(in->drain)) loop_timer_in(in->drain, 0);
}

static void on_commit(void *arg)
{
    commit(arg);
}

static void put_into_spool(struct taking *t)
{
    struct hook_intake *in = t->storing.in;
    const struct spool_record record = {
        .gateway = slice_of(t->storing.g->config.name),
        .method = t->hook.method,
        .target = t->hook.target,
        .content_type = t->hook.header(t->hook.header_arg, "Content-Type"),
        .body = t->hook.body,
        .received_ms = t->storing.received_ms,
    };
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

static void on_taken_stored(struct storing *w)
{
    struct taking *t = (struct taking *)w;
    if (w->result == ERR_UNREACHABLE)
        put_into_spool(t);
    else
        answer(t, w->result);
}

static enum hook_result take_slowly(struct taking *t)
{
    struct hook_intake *in = t->storing.in;
    struct counts n = {0};
    const struct hook_sink counter = {
        .receipt = count_receipt, .inbound = count_inbound, .arg = &n};
    enum hook_result r = gateway_read(t->storing.g->config.gateway, &t->hook, &counter);
    if (r != HOOK_OK) return r;
    if (n.receipts + n.inbound == 0)
        answer(t, 0);
    else if (n.inbound || !redis_is_connected(in->config.redis))
        put_into_spool(t);
    else
        return store_all(&t->storing, &t->hook);
    return HOOK_OK;
}

enum hook_result hook_intake_take(struct hook_intake *in, size_t gateway,
                                  const struct hook_request *hook, hook_intake_cb *cb, void *arg)
{
    check(gateway < in->config.gateway_count);
    struct taking *t = xcalloc(1, sizeof *t);
    *t = (struct taking){.storing = {.in = in,
                                     .g = &in->gateways[gateway],
                                     .received_ms = clock_wall_ms(),
                                     .ended = on_taken_stored},
                         .hook = *hook,
                         .cb = cb,
                         .arg = arg};
    bool straight = redis_is_connected(in->config.redis) && spool_is_empty(in->config.spool);
    enum hook_result r = straight ? store_all(&t->storing, hook) : take_slowly(t);
    if (r != HOOK_OK) free(t);
    return r;
}

void hook_intake_flush(struct hook_intake *in)
{
    commit(in);
}

/* ---- draining ---- */

static void drain_later(struct hook_intake *in)
{
    loop_timer_in(in->drain, in->again_us);
    in->again_us = in->again_us * 2 > AGAIN_MAX_US ? AGAIN_MAX_US : in->again_us * 2;
}

static void drain_on(struct hook_intake *in)
{
    in->again_us = AGAIN_FIRST_US;
    loop_timer_in(in->drain, 0);
}

static bool put_aside(struct hook_intake *in)
{
    struct err e = {0};
    if (spool_reject(in->config.spool, &e) < 0) {
        cannot_drain(in, &e);
        drain_later(in);
        return false;
    }
    in->drain_failing = false;
    in->rejected++;
    in->refusals = 0;
    drain_on(in);
    return true;
}

/* Once since the spool was empty: all of a gateway would say the same. */
static void put_unreadable_aside(struct hook_intake *in, const char *why)
{
    if (!put_aside(in) || in->unreadable) return;
    in->unreadable = true;
    log_error(
        "webhooks in %s cannot be stored: %s; they are kept in its folder `rejected`: mend the "
        "configuration, move them back into the spool and restart",
        spool_folder(in->config.spool), why);
}

static void put_refused_aside(struct hook_intake *in)
{
    struct intake_gateway *g = in->draining.g;
    if (!put_aside(in)) return;
    g->stats.rejected++;
    log_error("a webhook of gateway %s was refused by Redis %d times, which takes others; it is "
              "kept in the folder `rejected` of %s. Look at it now: a STOP in it does not count "
              "yet. Redis' error is in this log: when it is mended, move the file back into the "
              "spool and restart",
              g->config.name, HOOK_REFUSALS_MAX, spool_folder(in->config.spool));
}

static void on_probed(void *arg, int result, const struct err *e)
{
    struct hook_intake *in = arg;
    (void)e;
    in->probing = false;
    if (result == 0 && ++in->refusals >= HOOK_REFUSALS_MAX)
        put_refused_aside(in);
    else
        drain_later(in);
}

/* Full, read-only, loading, gone: whatever it is, it holds for a small write as well. */
static void probe(struct hook_intake *in)
{
    in->probing = true;
    campaign_open_direct(in->config.campaigns, on_probed, in);
}

static void on_drained(struct storing *w)
{
    struct hook_intake *in = w->in;
    if (w->result == ERR_UNREACHABLE) {
        probe(in);
        return;
    }
    if (w->result < 0) {
        w->g->stats.rejected++;
        put_unreadable_aside(in, err_code_text(w->result));
        return;
    }
    spool_settle(in->config.spool);
    in->drain_failing = false;
    in->drained++;
    in->refusals = 0;
    drain_on(in);
}

static struct intake_gateway *find(struct hook_intake *in, struct slice name)
{
    for (size_t i = 0; i < in->config.gateway_count; i++)
        if (slice_is(name, in->gateways[i].config.name)) return &in->gateways[i];
    return NULL;
}

static struct slice spooled_header(const void *arg, const char *name)
{
    const struct spool_record *r = arg;
    return strcmp(name, "Content-Type") == 0 ? r->content_type : SLICE_NONE;
}

static void drain_one(struct hook_intake *in)
{
    const struct spool_record *r = &in->oldest;
    struct intake_gateway *g = find(in, r->gateway);
    if (!g) {
        put_unreadable_aside(in, "a gateway is no longer in the configuration");
        return;
    }
    const struct hook_request hook = {.method = r->method,
                                      .target = r->target,
                                      .body = r->body,
                                      .header = spooled_header,
                                      .header_arg = r};
    in->draining =
        (struct storing){.in = in, .g = g, .received_ms = r->received_ms, .ended = on_drained};
    if (store_all(&in->draining, &hook) == HOOK_OK) return;
    in->draining.waiting = 0;
    g->stats.rejected++;
    put_unreadable_aside(in, "a gateway's provider description does not read them any more");
}

static void say_empty(struct hook_intake *in)
{
    if (in->drained + in->rejected)
        log_info("the spool is empty: %zu webhooks are stored, %zu are put aside", in->drained,
                 in->rejected);
    in->drained = in->rejected = 0;
    in->unreadable = in->drain_failing = false;
    in->again_us = AGAIN_FIRST_US;
}

static void on_drain(void *arg)
{
    struct hook_intake *in = arg;
    struct err e = {0};
    if (in->draining.waiting || in->probing) return;
    if (!spool_is_empty(in->config.spool) && !redis_is_connected(in->config.redis)) {
        loop_timer_in(in->drain, LOOK_US);
        return;
    }
    int rc = spool_peek(in->config.spool, &in->oldest, &e);
    if (rc == 1) {
        drain_one(in);
    } else if (rc < 0) {
        cannot_drain(in, &e);
        drain_later(in);
    } else if (spool_is_empty(in->config.spool)) {
        say_empty(in);
    }
}

/* ---- life ---- */

struct hook_intake *hook_intake_new(const struct hook_intake_config *config)
{
    struct hook_intake *in = xcalloc(1, sizeof *in);
    in->config = *config;
    in->gateways = xcalloc(config->gateway_count, sizeof *in->gateways);
    for (size_t i = 0; i < config->gateway_count; i++)
        in->gateways[i].config = config->gateways[i];
    in->written_end = &in->written;
    in->again_us = AGAIN_FIRST_US;
    in->commit = loop_timer_new(config->loop, on_commit, in);
    in->drain = loop_timer_new(config->loop, on_drain, in);
    size_t left = spool_stats(config->spool).records;
    if (left)
        log_info("the spool holds %zu webhooks of an earlier run: they are stored first", left);
    loop_timer_in(in->drain, 0);
    return in;
}

void hook_intake_free(struct hook_intake *in)
{
    if (!in) return;
    check(!in->draining.waiting && !in->probing);
    commit(in);
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

size_t hook_intake_count(const struct hook_intake *in)
{
    return in->config.gateway_count;
}

const struct hook_intake_gateway *hook_intake_gateway(const struct hook_intake *in, size_t i)
{
    check(i < in->config.gateway_count);
    return &in->gateways[i].config;
}

struct hook_intake_stats hook_intake_stats(const struct hook_intake *in, size_t gateway)
{
    check(gateway < in->config.gateway_count);
    return in->gateways[gateway].stats;
}

struct spool_stats hook_intake_spool_stats(const struct hook_intake *in)
{
    return spool_stats(in->config.spool);
}
