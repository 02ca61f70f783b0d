/* The events of one webhook on their way into the store: whose gateway each is about, what is done with it, and when all of them
 * are done. */
#include "private.h"

#include <stdlib.h>

#include "base/log.h"
#include "core/ref.h"
#include "flow/account_news.h"

enum { NEWS_SAID = 16 }; /* of each gateway and level; then the 32nd, 64th … */

static void storing_step_ended(struct storing *w, int result)
{
    if (result < 0 && w->result == 0) w->result = result;
    if (--w->waiting == 0) w->ended(w);
}

static void count_foreign(struct storing *w)
{
    uint64_t n = ++w->g->stats.foreign_receipts;
    if (log_worth_saying(n))
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

static void on_unlisted(void *arg, struct slice word)
{
    enum { SHOWN_BYTES = 40 };
    struct intake_gateway *g = ((struct storing *)arg)->g;
    uint64_t n = ++g->stats.unlisted;
    if (!log_worth_saying(n)) return;
    if (word.n > SHOWN_BYTES) word.n = SHOWN_BYTES;
    log_warn("gateway %s: a receipt says '%.*s', which its description does not know (%llu such so "
             "far); nothing follows from it: add the word to `states` in the provider's file",
             g->account->name, SLICE_ARG(word), (unsigned long long)n);
}

/* ---- whose it is, where several gateways share an address */

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

static bool is_written_to(const struct intake_gateway *g, const struct gateway *by, struct slice to,
                          struct slice channel)
{
    const char *const *senders = g->account->senders;
    if (!gateway_shares_address(g->account->gateway, by, channel)) return false;
    for (size_t i = 0; i < g->account->sender_count; i++)
        if (slice_is(to, senders[i] + (senders[i][0] == '+'))) return true;
    return false;
}

/* By the number that was written to, and the channel; of what no gateway has, the gateway that was called. */
static struct intake_gateway *gateway_written_to(const struct storing *w,
                                                 const struct inbound_event *event)
{
    const struct hook_intake *in = w->in;
    const struct gateway *by = w->g->account->gateway;
    struct slice to = event->to;
    if (to.n && to.p[0] == '+') to = slice_from(to, 1);
    if (is_written_to(w->g, by, to, event->to_channel)) return w->g;
    for (size_t i = 0; i < in->config.accounts->count; i++)
        if (is_written_to(&in->gateways[i], by, to, event->to_channel)) return &in->gateways[i];
    return w->g;
}

static void say_misdirected(struct storing *w, struct slice own_id)
{
    enum { SHOWN_BYTES = 40 };
    uint64_t n = ++w->g->stats.misdirected;
    if (own_id.n > SHOWN_BYTES) own_id.n = SHOWN_BYTES;
    w->misdirected = true;
    if (log_worth_saying(n))
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
    w->g = event->to_id.n ? to : gateway_written_to(w, event);
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
    if (n > NEWS_SAID && !log_worth_saying(n)) return;
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
