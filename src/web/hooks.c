#include "web/hooks.h"

#include "web/respond.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"

enum { SAY_EVERY_MS = 60 * 1000, REMEMBER_MS = 60 * 60 * 1000, WHY_BYTES = 640 };

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
};

/* One webhook until it is stored or spooled. */
struct hook_call {
    struct hooks *h;
    const struct account *account;
    struct http_request *q;
};

static struct counts *counts_of(const struct hooks *h, const struct account *a)
{
    return &h->counts[accounts_index(h->accounts, a)];
}

static struct slice header_of(const void *arg, const char *name)
{
    return http_request_header(arg, name);
}

static void on_taken(void *arg, int result)
{
    struct hook_call call = *(struct hook_call *)arg;
    free(arg);
    if (result < 0) {
        counts_of(call.h, call.account)->unstored++;
        http_request_set_header(call.q, "Retry-After", "5");
        respond_error(call.q, 503, "not_stored", "this could not be stored now; send it again");
        return;
    }
    struct hook_answer a = gateway_answer(call.account->gateway);
    http_request_answer(call.q, a.status, a.content_type, a.body);
}

static bool is_recent(const struct counts *c, int64_t now_ms)
{
    return c->refused.count && now_ms - c->refused.last_ms < REMEMBER_MS;
}

/* A wrong public_url refuses every STOP, so it is said aloud; once a minute, for anybody can cause
 * it, and finding out why costs something. */
static void say_refused(struct hooks *h, const struct account *account,
                        const struct hook_request *hook, enum hook_result r)
{
    struct counts *c = counts_of(h, account);
    int64_t now = clock_wall_ms();
    struct buf why = BUF_INIT(WHY_BYTES - 1);
    if (!is_recent(c, now)) c->refused.count = c->certain = 0;
    c->refused.count++;
    c->refused.last_ms = now;
    if (c->said_ms && now - c->said_ms < SAY_EVERY_MS && now >= c->said_ms) return;
    c->said_ms = now;
    bool certain = gateway_explain_refusal(account->gateway, hook, r, &why);
    if (certain || !c->certain)
        (void)snprintf(c->why, sizeof c->why, "%.*s", SLICE_ARG(buf_slice(&why)));
    c->certain |= certain;
    c->refused.why = c->why;
    log_warn("gateway %s refuses webhooks (%llu lately); replies and receipts in "
             "them are lost: %s",
             account->name, (unsigned long long)c->refused.count, c->why);
    buf_done(&why);
}

static void refuse(struct hooks *h, const struct account *account, struct http_request *q,
                   const struct hook_request *hook, enum hook_result r)
{
    say_refused(h, account, hook, r);
    if (r == HOOK_FORGED || r == HOOK_MISSING)
        counts_of(h, account)->forged++;
    else
        counts_of(h, account)->malformed++;
    respond_error(q, hook_result_status(r), r == HOOK_MALFORMED ? "malformed" : "not_signed",
                  r == HOOK_MALFORMED ? "this is not a webhook of the gateway's provider"
                                      : "the signature is missing or wrong");
}

static void take(struct hooks *h, const struct account *account, struct http_request *q,
                 const struct hook_request *hook)
{
    struct hook_call *call = xmalloc(sizeof *call);
    *call = (struct hook_call){h, account, q};
    hook_intake_take(h->intake, account, hook, on_taken, call);
}

static void on_hook(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct hooks *h = ctx;
    const struct account *account = accounts_find(h->accounts, route_param(params, "gateway"));
    if (!account) {
        respond_error(q, 404, "no_gateway",
                      "there is no gateway of that name in the configuration");
        return;
    }
    counts_of(h, account)->requests++;
    struct hook_request hook = {
        .method = http_request_method(q),
        .target = http_request_target(q),
        .body = http_request_body(q),
        .header = header_of,
        .header_arg = q,
    };
    struct slice challenge = SLICE_NONE;
    enum hook_result r = gateway_verify(account->gateway, &hook, &challenge);
    if (r == HOOK_CHALLENGE)
        http_request_answer(q, 200, "text/plain; charset=utf-8", challenge);
    else if (r != HOOK_OK)
        refuse(h, account, q, &hook, r);
    else
        take(h, account, q, &hook);
}

struct hooks *hooks_new(struct hook_intake *intake, const struct accounts *accounts,
                        struct router *router)
{
    struct hooks *h = xcalloc(1, sizeof *h);
    h->intake = intake;
    h->accounts = accounts;
    h->counts = xcalloc(accounts->count, sizeof *h->counts);
    static const char *const paths[] = {"/hooks/{gateway}", "/hooks/{gateway}/inbound",
                                        "/hooks/{gateway}/receipt"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        router_add(router, "POST", paths[i], on_hook, h);
        router_add(router, "GET", paths[i], on_hook,
                   h); /* challenges, and providers that report by GET */
    }
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

struct hooks_refused hooks_refused(const struct hooks *h, const struct account *a)
{
    const struct counts *c = counts_of(h, a);
    return is_recent(c, clock_wall_ms()) ? c->refused : (struct hooks_refused){0};
}

struct spool_stats hooks_spool_stats(const struct hooks *h)
{
    return hook_intake_spool_stats(h->intake);
}
