#include "private.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "core/ref.h"
#include "flow/account_news.h"
#include "io/loop.h"
#include "io/redis.h"

enum { NEWS_SAID = 16 }; /* of each gateway and level; then the 32nd, 64th … */

/* ---- storing the events of one webhook ---- */

static void storing_step_ended(struct storing *w, int result)
{
    if (result < 0 && w->result == 0) w->result = result;
    if (--w->waiting == 0) w->ended(w);
}

/* The 1st, 2nd, 4th, 8th … time: what always comes is heard of, and does not fill the log. */
static void count_foreign(struct storing *w)
{
    uint64_t n = ++w->g->stats.foreign_receipts;
    if ((n & (n - 1)) == 0)
        log_warn("gateway %s: a receipt is about no message that we sent through it, and moves "
                 "nobody (%llu such so far): another system on this account, the address of "
                 "another gateway, or messages of a store that is lost",
                 w->g->account->name, (unsigned long long)n);
}

static void on_receipt_stored(void *arg, int result)
{
    struct storing *w = arg;
    if (result == 0) w->g->stats.receipts++;
    if (result > 0) count_foreign(w);
    storing_step_ended(w, result);
}

/* WhatsApp's own rule, whichever provider is between: an answer in free words goes out within a day
 * of the person's last message. */
enum { DAY_MS = 24 * 3600 * 1000 };

static struct inbound_door door_of(const struct account *a)
{
    return (struct inbound_door){.gateway = slice_of(a->name),
                                 .group = slice_of(a->group),
                                 .group_is_own = a->group_is_own,
                                 .takes_user_id = gateway_takes_user_id(a->gateway),
                                 .window_ms = strcmp(a->channel, "whatsapp") == 0 ? DAY_MS : 0,
                                 .country = a->country ? a->country : ""};
}

static void on_receipt(void *arg, const struct receipt_event *event)
{
    struct storing *w = arg;
    struct receipts receipts = w->in->config.receipts;
    receipts.batches = w->in->batches;
    receipts.gateway = w->g->account->name;
    receipts.queue = &w->g->account->queue;
    receipts.price = &w->g->account->price;
    w->waiting++;
    receipt_apply(&receipts, event, w->received_ms, on_receipt_stored, w);
    struct ref ref;
    const struct inbound_door door = door_of(w->g->account);
    if (event->to_user_id.n &&
        ref_read(receipts.ref_key, slice_of(receipts.gateway), event->ref, &ref))
        inbound_learn(w->in->config.inbound, &door, event);
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
    const struct inbound_door door = door_of(w->g->account);
    w->waiting++;
    inbound_receive(w->in->config.inbound, &door, event, w->received_ms, on_inbound_stored, w);
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
             g->account->name, SLICE_ARG(word), (unsigned long long)n);
}

/* ---- whose it is, where several gateways share an address */

static bool is_power_of_two(uint64_t n)
{
    return (n & (n - 1)) == 0;
}

static struct intake_gateway *gateway_of(const struct storing *w, struct slice own_id)
{
    const struct hook_intake *in = w->in;
    const struct gateway *by = w->g->account->gateway;
    if (gateway_has_number(by, by, own_id)) return w->g;
    for (size_t i = 0; i < in->config.accounts->count; i++)
        if (gateway_has_number(in->gateways[i].account->gateway, by, own_id))
            return &in->gateways[i];
    return NULL;
}

static bool has_sender(const struct intake_gateway *g, struct slice to)
{
    const char *const *senders = g->account->senders;
    for (size_t i = 0; i < g->account->sender_count; i++)
        if (slice_is(to, senders[i] + (senders[i][0] == '+'))) return true;
    return false;
}

/* By the number that was written to; of one that no gateway has, the gateway that was called. */
static struct intake_gateway *gateway_written_to(const struct storing *w, struct slice to)
{
    const struct hook_intake *in = w->in;
    if (to.n && to.p[0] == '+') to = slice_from(to, 1);
    if (has_sender(w->g, to)) return w->g;
    for (size_t i = 0; i < in->config.accounts->count; i++)
        if (has_sender(&in->gateways[i], to) &&
            gateway_shares_address(in->gateways[i].account->gateway, w->g->account->gateway))
            return &in->gateways[i];
    return w->g;
}

static void say_misdirected(struct storing *w, struct slice own_id)
{
    enum { SHOWN_BYTES = 40 };
    uint64_t n = ++w->g->stats.misdirected;
    if (own_id.n > SHOWN_BYTES) own_id.n = SHOWN_BYTES;
    w->misdirected = true;
    if (is_power_of_two(n))
        log_error("gateway %s: a webhook is about our number with the id '%.*s', which no gateway "
                  "with the same secret has (%llu such so far): add a gateway for it, or do not "
                  "send its webhooks here",
                  w->g->account->name, SLICE_ARG(own_id), (unsigned long long)n);
}

/* For the length of a call the webhook is the one of another gateway. */
static void route_receipt(void *arg, const struct receipt_event *event)
{
    struct storing *w = arg;
    struct intake_gateway *by = w->g, *to = gateway_of(w, event->from_id);
    if (!to) {
        say_misdirected(w, event->from_id);
        return;
    }
    w->g = to;
    on_receipt(w, event);
    w->g = by;
}

static void route_inbound(void *arg, const struct inbound_event *event)
{
    struct storing *w = arg;
    struct intake_gateway *by = w->g, *to = gateway_of(w, event->to_id);
    if (!to) {
        say_misdirected(w, event->to_id);
        return;
    }
    w->g = event->to_id.n ? to : gateway_written_to(w, event->to);
    on_inbound(w, event);
    w->g = by;
}

static void on_unread(void *arg)
{
    ((struct storing *)arg)->unread = true;
}

static void on_mended(void *arg)
{
    const struct storing *w = arg;
    if (!w->again) w->g->stats.mended++;
}

/* ---- news of the account */

static void on_account_stored(void *arg, int result)
{
    storing_step_ended(arg, result);
}

static void block_campaigns(struct storing *w, const struct account_event *event)
{
    const struct hook_intake *in = w->in;
    struct slice *names = xcalloc(in->config.accounts->count, sizeof *names);
    size_t n = 0;
    for (size_t i = 0; i < in->config.accounts->count; i++)
        if (gateway_has_account(in->gateways[i].account->gateway, w->g->account->gateway,
                                event->account_id))
            names[n++] = slice_of(in->gateways[i].account->name);
    w->waiting++;
    account_news_block(in->config.store, names, n, event, w->received_ms, on_account_stored, w);
    free(names);
}

/* What always comes (the history of a phone) does not fill the log, and hides nothing that is
 * worse.
 */
static void say_account(struct intake_gateway *g, const struct account_event *event)
{
    uint64_t n = ++g->news[event->level];
    g->stats.account++;
    if (n > NEWS_SAID && !is_power_of_two(n)) return;
    if (event->level == ACCOUNT_INFO)
        log_info("gateway %s: %.*s", g->account->name, SLICE_ARG(event->text));
    else
        log_warn("gateway %s: %.*s (%.*s; %llu such news so far)", g->account->name,
                 SLICE_ARG(event->text), SLICE_ARG(event->reason), (unsigned long long)n);
}

static void on_account(void *arg, const struct account_event *event)
{
    struct storing *w = arg;
    say_account(w->g, event);
    if (event->level == ACCOUNT_BLOCKED) block_campaigns(w, event);
}

enum hook_result intake_store(struct storing *w, const struct hook_request *hook)
{
    const struct hook_sink sink = {.receipt = route_receipt,
                                   .inbound = route_inbound,
                                   .account = on_account,
                                   .unlisted = on_unlisted,
                                   .unread = on_unread,
                                   .mended = on_mended,
                                   .arg = w};
    w->waiting = 1;
    w->result = 0;
    enum hook_result r = gateway_read(w->g->account->gateway, hook, &sink);
    bool began = w->waiting > 1;
    if (r != HOOK_OK && !began) return r;
    w->unread |= r != HOOK_OK;
    storing_step_ended(w, 0);
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

void intake_say_kept(const struct hook_intake *in, struct intake_gateway *g)
{
    uint64_t n = ++g->stats.unread;
    if (is_power_of_two(n))
        log_error(
            "gateway %s: a webhook, or a part of it, cannot be read or is nobody's (%llu such "
            "so far); all that could be read is stored, and the webhook is kept in the folder "
            "`rejected` of %s: look at it, a STOP in it does not count yet",
            g->account->name, (unsigned long long)n, spool_folder(in->config.spool));
}

/* What nobody can read is kept as it came, for people. */
static void keep(struct taking *t)
{
    struct hook_intake *in = t->storing.in;
    const struct spool_record record = record_of(t);
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
        keep(t);
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
    keep(t);
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

int hook_intake_forget(struct hook_intake *in, const char *const *texts, size_t n, struct err *e)
{
    return spool_forget(spool_folder(in->config.spool), texts, n, e);
}

struct spool_stats hook_intake_spool_stats(const struct hook_intake *in)
{
    return spool_stats(in->config.spool);
}
