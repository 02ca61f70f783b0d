/* The spool is stored, the oldest webhook first, as soon as Redis takes them. */
#include "private.h"

#include "base/log.h"
#include "io/loop.h"
#include "io/redis.h"
#include "store/campaign.h"

enum {
    LOOK_US = 50 * 1000, /* between looks whether Redis is back: a STOP may be waiting */
    AGAIN_MAX_US = 2 * 1000 * 1000,
};

/* Once when it begins: each webhook would say the same. */
static void cannot_drain(struct hook_intake *in, const struct err *e)
{
    if (!in->drain_failing)
        log_error("%s; until then nothing is sent, because a STOP may wait there", e->text);
    in->drain_failing = true;
}

static void drain_later(struct hook_intake *in)
{
    loop_timer_in(in->drain, in->again_us);
    in->again_us = in->again_us * 2 > AGAIN_MAX_US ? AGAIN_MAX_US : in->again_us * 2;
}

static void drain_on(struct hook_intake *in)
{
    in->again_us = INTAKE_AGAIN_FIRST_US;
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
              g->account->name, HOOK_REFUSALS_MAX, spool_folder(in->config.spool));
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
    if (w->unread || w->misdirected) {
        if (put_aside(in)) intake_say_kept(in, w->g);
        return;
    }
    spool_settle(in->config.spool);
    in->drain_failing = false;
    in->drained++;
    in->refusals = 0;
    drain_on(in);
}

static struct slice spooled_header(const void *arg, const char *name)
{
    const struct spool_record *r = arg;
    return strcmp(name, "Content-Type") == 0 ? r->content_type : SLICE_NONE;
}

static void drain_one(struct hook_intake *in)
{
    const struct spool_record *r = &in->oldest;
    const struct account *account = accounts_find(in->config.accounts, r->gateway);
    if (!account) {
        put_unreadable_aside(in, "a gateway is no longer in the configuration");
        return;
    }
    const struct hook_request hook = {.method = r->method,
                                      .target = r->target,
                                      .body = r->body,
                                      .header = spooled_header,
                                      .header_arg = r};
    struct intake_gateway *g = intake_of(in, account);
    in->draining =
        (struct storing){.in = in, .g = g, .received_ms = r->received_ms, .ended = on_drained};
    if (intake_store(&in->draining, &hook) == HOOK_OK) return;
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
    in->again_us = INTAKE_AGAIN_FIRST_US;
}

void intake_on_drain(void *arg)
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
