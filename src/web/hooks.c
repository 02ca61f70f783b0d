#include "web/hooks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "base/log.h"
#include "web/call.h"

enum { SAY_EVERY_MS = 60 * 1000, REMEMBER_MS = 60 * 60 * 1000, WHY_BYTES = 640, SHOWN_BYTES = 40 };

struct counts {
    uint64_t requests, forged, malformed, unstored;
    struct hooks_refused refused;
    int64_t said_ms;
    bool certain; /* `why` is known, not guessed */
    char why[WHY_BYTES];
};

struct hooks {
    struct hook_intake *intake;
    const struct accounts *accounts;
    struct counts *counts; /* by account */
    struct counts nobodys; /* of names that no gateway has */
};

static struct counts *counts_of(const struct hooks *h, const struct account *a)
{
    return &h->counts[accounts_index(h->accounts, a)];
}

static struct slice header_of(const void *arg, const char *name)
{
    return http_request_header(arg, name);
}

/* {gateway}; NULL when there is none of that name. */
static const struct account *account_of(const struct web_call *call)
{
    return accounts_find(call->config->accounts, web_param(call, "gateway"));
}

static void on_taken(void *arg, int result)
{
    struct web_call *call = arg;
    const struct account *account = account_of(call);
    if (result < 0) {
        counts_of(call->web->hooks, account)->unstored++;
        http_request_set_header(call->q, "Retry-After", "5");
        web_error(call, 503, "not_stored", "this could not be stored now; send it again");
        return;
    }
    struct hook_answer a = gateway_answer(account->gateway);
    web_answer_raw(call, a.status, a.content_type, a.body);
}

static bool is_recent(const struct counts *c, int64_t now_ms)
{
    return c->refused.count && now_ms - c->refused.last_ms < REMEMBER_MS;
}

/* One more is refused. True when it is to be said: once a minute, for anybody can cause it. */
static bool count_refused(struct counts *c, int64_t now)
{
    if (!is_recent(c, now)) c->refused.count = c->certain = 0;
    c->refused.count++;
    c->refused.last_ms = now;
    if (c->said_ms && now - c->said_ms < SAY_EVERY_MS && now >= c->said_ms) return false;
    c->said_ms = now;
    return true;
}

static void say(struct counts *c, const struct account *account, bool certain, struct slice why)
{
    if (certain || !c->certain) (void)snprintf(c->why, sizeof c->why, "%.*s", SLICE_ARG(why));
    c->certain |= certain;
    c->refused.why = c->why;
    log_warn("gateway %s refuses webhooks (%llu lately); replies and receipts in "
             "them are lost: %s",
             account->name, (unsigned long long)c->refused.count, c->why);
}

/* A wrong public_url refuses every STOP, so it is said aloud. Finding out why costs something. */
static void say_refused(struct counts *c, const struct account *account, int64_t now,
                        const struct hook_request *hook, enum hook_result r)
{
    struct buf why = BUF_INIT(WHY_BYTES - 1);
    if (!count_refused(c, now)) return;
    bool certain = gateway_explain_refusal(account->gateway, hook, r, &why);
    say(c, account, certain, buf_slice(&why));
    buf_done(&why);
}

static size_t name_bytes(struct slice text)
{
    size_t n = 0;
    while (n < text.n && n < SHOWN_BYTES &&
           (ascii_is_letter(text.p[n]) || ascii_is_digit(text.p[n]) || strchr("-_", text.p[n])))
        n++;
    return n;
}

/* The gateway that was meant by "TW" and "tw#x"; NULL: nobody knows. */
static const struct account *account_like(const struct web_call *call, struct slice name)
{
    const struct accounts *all = call->config->accounts;
    for (size_t i = 0; name.n && i < all->count; i++)
        if (slice_is_nocase(name, all->list[i].name)) return &all->list[i];
    return NULL;
}

/* A STOP that comes under a name that no gateway has is lost as one that is refused. Of the name only letters are shown: a
 * stranger writes it. */
static void say_nobodys(struct web_call *call)
{
    struct hooks *h = call->web->hooks;
    struct slice name = web_param(call, "gateway");
    name.n = name_bytes(name);
    const struct account *account = account_like(call, name);
    struct counts *c = account ? counts_of(h, account) : &h->nobodys;
    struct buf why = BUF_INIT(WHY_BYTES - 1);
    if (!count_refused(c, call->now_ms)) return;
    if (account) {
        buf_addf(&why, "they come to another address than its own: enter %s at the provider",
                 gateway_hook_url(account->gateway));
        say(c, account, false, buf_slice(&why));
    } else {
        log_warn("webhooks come for '%.*s', and no gateway has that name (%llu lately); if they "
                 "are yours, replies and receipts "
                 "in them are lost: enter what `muster gateway show NAME` prints at the provider",
                 SLICE_ARG(name), (unsigned long long)c->refused.count);
    }
    buf_done(&why);
}

static void refuse(struct web_call *call, const struct account *account,
                   const struct hook_request *hook, enum hook_result r)
{
    struct counts *c = counts_of(call->web->hooks, account);
    say_refused(c, account, call->now_ms, hook, r);
    if (r == HOOK_FORGED || r == HOOK_MISSING)
        c->forged++;
    else
        c->malformed++;
    web_error(call, hook_result_status(r), r == HOOK_MALFORMED ? "malformed" : "not_signed",
              r == HOOK_MALFORMED ? "this is not a webhook of the gateway's provider"
                                  : "the signature is missing or wrong");
}

static void on_hook(struct web_call *call)
{
    const struct account *account = account_of(call);
    if (!account) {
        say_nobodys(call);
        web_error(call, 404, "no_gateway", "there is no gateway of that name in the configuration");
        return;
    }
    const struct hook_request hook = {
        .method = http_request_method(call->q),
        .target = http_request_target(call->q),
        .body = http_request_body(call->q),
        .header = header_of,
        .header_arg = call->q,
    };
    struct slice challenge = SLICE_NONE;
    counts_of(call->web->hooks, account)->requests++;
    enum hook_result r = gateway_verify(account->gateway, &hook, &challenge);
    if (r == HOOK_CHALLENGE)
        web_answer_text(call, "text/plain; charset=utf-8", challenge);
    else if (r != HOOK_OK)
        refuse(call, account, &hook, r);
    else
        hook_intake_take(call->config->intake, account, &hook, on_taken, call);
}

/* By GET: challenges, and providers that report so. */
static const struct route rows[] = {
    {"POST", "/hooks/{gateway}", MAY_ANYBODY, SIGNED | WIDE, NULL, on_hook},
    {"POST", "/hooks/{gateway}/inbound", MAY_ANYBODY, SIGNED | WIDE, NULL, on_hook},
    {"POST", "/hooks/{gateway}/receipt", MAY_ANYBODY, SIGNED | WIDE, NULL, on_hook},
    {"GET", "/hooks/{gateway}", MAY_ANYBODY, SIGNED | WIDE, NULL, on_hook},
    {"GET", "/hooks/{gateway}/inbound", MAY_ANYBODY, SIGNED | WIDE, NULL, on_hook},
    {"GET", "/hooks/{gateway}/receipt", MAY_ANYBODY, SIGNED | WIDE, NULL, on_hook},
};

const struct routes hook_routes = {rows, COUNT_OF(rows)};

struct hooks *hooks_new(struct hook_intake *intake, const struct accounts *accounts)
{
    struct hooks *h = xcalloc(1, sizeof *h);
    h->intake = intake;
    h->accounts = accounts;
    h->counts = xcalloc(accounts->count, sizeof *h->counts);
    return h;
}

void hooks_free(struct hooks *h)
{
    if (!h) return;
    free(h->counts);
    free(h);
}

struct hooks_stats hooks_stats(const struct hooks *h, const struct account *a)
{
    struct hook_intake_stats in = hook_intake_stats(h->intake, a);
    const struct counts *c = counts_of(h, a);
    return (struct hooks_stats){
        .requests = c->requests,
        .forged = c->forged,
        .malformed = c->malformed,
        .unstored = c->unstored,
        .receipts = in.receipts,
        .foreign_receipts = in.foreign_receipts,
        .inbound = in.inbound,
        .duplicates = in.duplicates,
        .unlisted = in.unlisted,
        .spooled = in.spooled,
        .rejected = in.rejected,
        .unread = in.unread,
        .mended = in.mended,
        .misdirected = in.misdirected,
        .account = in.account,
    };
}

struct hooks_refused hooks_refused(const struct hooks *h, const struct account *a, int64_t now_ms)
{
    const struct counts *c = counts_of(h, a);
    return is_recent(c, now_ms) ? c->refused : (struct hooks_refused){0};
}

void hooks_kept_words(struct hooks_kept *kept)
{
    bool one = kept->webhooks == 1;
    kept->text[0] = '\0';
    if (kept->webhooks)
        (void)snprintf(kept->text, sizeof kept->text,
                       "%" PRIu64 " message%s from providers could not be read or stored, and %s "
                       "kept. What people wrote in %s, STOP too, does not count yet.%s",
                       kept->webhooks, one ? "" : "s", one ? "is" : "are", one ? "it" : "them",
                       kept->full ? " There is no room for more: those that come now get a 503."
                                  : "");
}

struct hooks_kept hooks_kept(const struct hooks *h, int64_t now_ms)
{
    struct spool_kept s = spool_kept(hook_intake_spool(h->intake), now_ms);
    struct hooks_kept kept = {.webhooks = s.webhooks, .full = s.full};
    hooks_kept_words(&kept);
    return kept;
}

const struct spool_kept_item *hooks_kept_items(const struct hooks *h, int64_t now_ms, size_t *ret_n)
{
    return spool_kept_items(hook_intake_spool(h->intake), now_ms, ret_n);
}

int hooks_try_again(struct hooks *h, const uint64_t *ids, size_t n, size_t *ret_done, struct err *e)
{
    return hook_intake_try_again(h->intake, ids, n, ret_done, e);
}

int hooks_put_away(struct hooks *h, const uint64_t *ids, size_t n, size_t *ret_done, struct err *e)
{
    return spool_put_away(hook_intake_spool(h->intake), ids, n, ret_done, e);
}

struct spool_stats hooks_spool_stats(const struct hooks *h)
{
    return spool_stats(hook_intake_spool(h->intake));
}

bool hooks_are_caught_up(const struct hooks *h)
{
    return hook_intake_is_caught_up(h->intake);
}

int hooks_forget(struct hooks *h, const char *const *texts, size_t n, struct err *e)
{
    return spool_forget(spool_folder(hook_intake_spool(h->intake)), texts, n, e);
}
