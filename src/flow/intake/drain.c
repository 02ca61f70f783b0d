/* The spool is stored as soon as Redis takes it: the oldest webhooks in a wave, side by side, as far
 * as no two hold words of one person. What one of them said stays in order, also where Redis refuses
 * something in between; the next wave begins when all of this one have ended. */
#include "private.h"

#include "base/log.h"
#include "flow/intake/inbound_event.h"
#include "io/loop.h"
#include "io/redis.h"
#include "store/campaign.h"

enum {
    LOOK_US = 50 * 1000, /* between looks whether Redis is back: a STOP may be waiting */
    AGAIN_MAX_US = 2 * 1000 * 1000,
    NAMES_MAX = 64, /* of people in one webhook; with more of them it goes alone */
};

/* What becomes of a record of a wave. */
enum fate {
    FATE_GONE,
    FATE_REFUSED,
    FATE_STUCK, /* the disk does not let it go */
};
enum { FATES = FATE_STUCK + 1 };

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

static enum fate put_aside(struct hook_intake *in, const struct draining *d, enum spool_why why)
{
    struct err e = {0};
    if (spool_reject(in->config.spool, &d->place, why, &e) < 0) {
        cannot_drain(in, &e);
        return FATE_STUCK;
    }
    in->drain_failing = false;
    in->rejected++;
    in->refusals = 0;
    return FATE_GONE;
}

/* Once since the spool was empty: all of a gateway would say the same. */
static enum fate put_unreadable_aside(struct hook_intake *in, const struct draining *d,
                                      enum spool_why kind, const char *why)
{
    if (put_aside(in, d, kind) == FATE_STUCK) return FATE_STUCK;
    if (d->storing.g) d->storing.g->stats.rejected++;
    if (!in->unreadable)
        log_error(
            "webhooks in %s cannot be stored: %s; they are kept in its folder `rejected`: mend "
            "the configuration, and have them tried again (`muster kept list`)",
            spool_folder(in->config.spool), why);
    in->unreadable = true;
    return FATE_GONE;
}

static void put_refused_aside(struct hook_intake *in)
{
    struct draining *d = &in->wave.records[0];
    if (put_aside(in, d, SPOOL_REFUSED) == FATE_STUCK) {
        drain_later(in);
        return;
    }
    d->storing.g->stats.rejected++;
    log_error("a webhook of gateway %s was refused by Redis %d times, which takes others; it is "
              "kept in the folder `rejected` of %s. Look at it now: a STOP in it does not count "
              "yet. Redis' error is in this log: when it is mended, have it tried again "
              "(`muster kept list`)",
              d->storing.g->account->name, HOOK_REFUSALS_MAX, spool_folder(in->config.spool));
    in->wave.alone = false;
    drain_on(in);
}

static void on_probed(void *arg, int result, const struct err *e)
{
    struct hook_intake *in = arg;
    (void)e;
    in->probing = false;
    /* Too few replicas refuse everybody's words, and take a small write. */
    bool takes = result == 0 && redis_lasts(in->config.redis);
    /* One that was refused so often before goes aside at once: nobody is sent anything meanwhile. */
    bool again = in->wave.n == 1 && in->wave.records[0].before == SPOOL_REFUSED;
    if (takes && (++in->refusals >= HOOK_REFUSALS_MAX || again))
        put_refused_aside(in);
    else
        drain_later(in);
}

/* Full, read-only, loading, gone: whatever it is, it holds for a small write as well. */
static void probe(struct hook_intake *in)
{
    in->probing = true;
    campaign_open_direct(in->config.store, on_probed, in);
}

static enum fate fate_of(struct hook_intake *in, const struct draining *d)
{
    const struct storing *w = &d->storing;
    if (d->unreadable) return put_unreadable_aside(in, d, d->why, d->unreadable);
    if (w->result == ERR_UNREACHABLE) return FATE_REFUSED;
    if (w->result < 0) return put_unreadable_aside(in, d, SPOOL_REFUSED, err_code_text(w->result));
    if (w->unread || w->misdirected) {
        enum fate fate = put_aside(in, d, intake_why(w));
        if (fate == FATE_GONE) intake_say_kept(in, w->g);
        return fate;
    }
    spool_settle(in->config.spool, &d->place);
    in->drain_failing = false;
    in->drained++;
    in->refusals = 0;
    return FATE_GONE;
}

static void end_wave(struct hook_intake *in)
{
    size_t fates[FATES] = {0};
    for (size_t i = 0; i < in->wave.n; i++)
        fates[fate_of(in, &in->wave.records[i])]++;
    in->wave.alone = fates[FATE_REFUSED] > 0;
    if (fates[FATE_REFUSED])
        probe(in);
    else if (fates[FATE_STUCK])
        drain_later(in);
    else
        drain_on(in);
}

static void wave_step_ended(struct hook_intake *in)
{
    if (--in->wave.waiting == 0 && in->wave.n) end_wave(in);
}

static void on_drained(struct storing *w)
{
    wave_step_ended(w->in);
}

static struct slice spooled_header(const void *arg, const char *name)
{
    const struct spool_record *r = arg;
    return strcmp(name, "Content-Type") == 0 ? r->content_type : SLICE_NONE;
}

/* ---- whose words they are ---- */

/* Those who speak in a wave, by hashes: two who fall together only wait for each other. */
struct names {
    uint64_t of[INTAKE_WAVE_MAX + NAMES_MAX];
    size_t n, known; /* known: of the records before this one */
    const char *country;
    bool met; /* somebody of the records before speaks again */
};

static void add_name(struct names *names, const char *kind, struct slice name)
{
    uint64_t hash = 14695981039346656037U;
    if (name.n == 0) return;
    for (; *kind; kind++)
        hash = (hash ^ (unsigned char)*kind) * 1099511628211U;
    for (size_t i = 0; i < name.n; i++)
        hash = (hash ^ (unsigned char)name.p[i]) * 1099511628211U;
    for (size_t i = 0; i < names->known; i++)
        names->met |= names->of[i] == hash;
    if (names->n == COUNT_OF(names->of))
        names->met = true;
    else
        names->of[names->n++] = hash;
}

static void add_names(void *arg, const struct inbound_event *event)
{
    struct names *names = arg;
    struct inbound_who is = inbound_event_who(event, names->country);
    struct inbound_who becomes = inbound_event_new_who(event, names->country);
    add_name(names, "", slice_of(is.key));
    add_name(names, "", slice_of(becomes.key));
    add_name(names, "id", event->user_id);
    add_name(names, "id", event->parent_user_id);
    add_name(names, "id", event->new_user_id);
    add_name(names, "chat", event->chat);
}

/* ---- the wave ---- */

static bool may_join(const struct draining *d, const struct hook_request *hook, struct names *names)
{
    const struct hook_sink sink = {.inbound = add_names, .arg = names};
    if (d->unreadable) return true;
    names->country = d->storing.g->account->country ? d->storing.g->account->country : "";
    names->known = names->n;
    (void)gateway_read(d->storing.g->account->gateway, hook, &sink);
    return !names->met;
}

static void store(struct hook_intake *in, struct draining *d, const struct hook_request *hook)
{
    if (d->unreadable) return;
    in->wave.waiting++;
    if (intake_store(&d->storing, hook) == HOOK_OK) return;
    in->wave.waiting--;
    d->why = SPOOL_UNREADABLE;
    d->unreadable = "a gateway's provider description does not read them any more";
}

/* 1: it is on its way; 0: nobody is left who may go along; or -errno. */
static int drain_one(struct hook_intake *in, struct names *names, struct err *e)
{
    struct draining *d = &in->wave.records[in->wave.n];
    struct spool_record r;
    *d = (struct draining){0};
    int rc = spool_take(in->config.spool, &d->place, &r, e);
    if (rc != 1) return rc;
    const struct hook_request hook = {.method = r.method,
                                      .target = r.target,
                                      .body = r.body,
                                      .header = spooled_header,
                                      .header_arg = &r};
    const struct account *account = accounts_find(in->config.accounts, r.gateway);
    d->storing = (struct storing){.in = in,
                                  .g = account ? intake_of(in, account) : NULL,
                                  .received_ms = r.received_ms,
                                  .again = true,
                                  .ended = on_drained};
    d->before = r.why;
    d->why = SPOOL_NO_GATEWAY;
    if (!account) d->unreadable = "a gateway is no longer in the configuration";
    if (!may_join(d, &hook, names) && in->wave.n > 0) {
        spool_untake(&d->place);
        return 0;
    }
    in->wave.n++;
    store(in, d, &hook);
    return 1;
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

static int start_wave(struct hook_intake *in, struct err *e)
{
    struct names names = {0};
    int rc = 1;
    in->wave.n = 0;
    in->wave.waiting = 1;
    spool_rewind(in->config.spool);
    for (size_t most = in->wave.alone ? 1 : INTAKE_WAVE_MAX;
         rc == 1 && in->wave.n < most && !names.met;)
        rc = drain_one(in, &names, e);
    bool began = in->wave.n > 0;
    receipt_batches_flush(in->batches);
    inbound_flush(in->config.inbound);
    wave_step_ended(in);
    return began ? 1 : rc;
}

void intake_on_drain(void *arg)
{
    struct hook_intake *in = arg;
    struct err e = {0};
    if (in->wave.waiting || in->probing) return;
    if (!spool_is_empty(in->config.spool) && !redis_lasts(in->config.redis)) {
        loop_timer_in(in->drain, LOOK_US);
        return;
    }
    int rc = start_wave(in, &e);
    if (rc < 0) {
        cannot_drain(in, &e);
        drain_later(in);
    } else if (rc == 0 && spool_is_empty(in->config.spool)) {
        say_empty(in);
    }
}
