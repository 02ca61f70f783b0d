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
    struct counts *counts; /* by gateway */
};

/* One webhook until it is stored or spooled. */
struct hook_call {
    struct hooks *h;
    size_t gateway;
    struct http_request *q;
};

static struct slice header_of(const void *arg, const char *name)
{
    return http_request_header(arg, name);
}

static void on_taken(void *arg, int result)
{
    struct hook_call call = *(struct hook_call *)arg;
    free(arg);
    if (result < 0) {
        call.h->counts[call.gateway].unstored++;
        http_request_set_header(call.q, "Retry-After", "5");
        respond_error(call.q, 503, "not_stored", "this could not be stored now; send it again");
        return;
    }
    struct hook_answer a =
        gateway_answer(hook_intake_gateway(call.h->intake, call.gateway)->gateway);
    http_request_answer(call.q, a.status, a.content_type, a.body);
}

static bool is_recent(const struct counts *c, int64_t now_ms)
{
    return c->refused.count && now_ms - c->refused.last_ms < REMEMBER_MS;
}

/* A wrong public_url refuses every STOP, so it is said aloud; once a minute, for anybody can cause
 * it, and finding out why costs something. */
static void say_refused(struct hooks *h, size_t gateway, const struct hook_request *hook,
                        enum hook_result r)
{
    struct counts *c = &h->counts[gateway];
    struct gateway *g = hook_intake_gateway(h->intake, gateway)->gateway;
    int64_t now = clock_wall_ms();
    struct buf why = BUF_INIT(WHY_BYTES - 1);
    if (!is_recent(c, now)) c->refused.count = c->certain = 0;
    c->refused.count++;
    c->refused.last_ms = now;
    if (c->said_ms && now - c->said_ms < SAY_EVERY_MS && now >= c->said_ms) return;
    c->said_ms = now;
    bool certain = gateway_explain_refusal(g, hook, r, &why);
    if (certain || !c->certain)
        (void)snprintf(c->why, sizeof c->why, "%.*s", SLICE_ARG(buf_slice(&why)));
    c->certain |= certain;
    c->refused.why = c->why;
    log_warn("gateway %s refuses webhooks (%llu lately); replies and receipts in "
             "them are lost: %s",
             gateway_name(g), (unsigned long long)c->refused.count, c->why);
    buf_done(&why);
}

static void refuse(struct hooks *h, size_t gateway, struct http_request *q,
                   const struct hook_request *hook, enum hook_result r)
{
    say_refused(h, gateway, hook, r);
    if (r == HOOK_FORGED || r == HOOK_MISSING)
        h->counts[gateway].forged++;
    else
        h->counts[gateway].malformed++;
    respond_error(q, hook_result_status(r), r == HOOK_MALFORMED ? "malformed" : "not_signed",
                  r == HOOK_MALFORMED ? "this is not a webhook of the gateway's provider"
                                      : "the signature is missing or wrong");
}

static void take(struct hooks *h, size_t gateway, struct http_request *q,
                 const struct hook_request *hook)
{
    struct hook_call *call = xmalloc(sizeof *call);
    *call = (struct hook_call){h, gateway, q};
    hook_intake_take(h->intake, gateway, hook, on_taken, call);
}

static bool find(const struct hooks *h, struct slice name, size_t *ret)
{
    for (size_t i = 0; i < hooks_count(h); i++) {
        if (!slice_is(name, hooks_name(h, i))) continue;
        *ret = i;
        return true;
    }
    return false;
}

static void on_hook(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct hooks *h = ctx;
    size_t gateway;
    if (!find(h, route_param(params, "gateway"), &gateway)) {
        respond_error(q, 404, "no_gateway",
                      "there is no gateway of that name in the configuration");
        return;
    }
    h->counts[gateway].requests++;
    struct hook_request hook = {
        .method = http_request_method(q),
        .target = http_request_target(q),
        .body = http_request_body(q),
        .header = header_of,
        .header_arg = q,
    };
    struct slice challenge = SLICE_NONE;
    enum hook_result r =
        gateway_verify(hook_intake_gateway(h->intake, gateway)->gateway, &hook, &challenge);
    if (r == HOOK_CHALLENGE)
        http_request_answer(q, 200, "text/plain; charset=utf-8", challenge);
    else if (r != HOOK_OK)
        refuse(h, gateway, q, &hook, r);
    else
        take(h, gateway, q, &hook);
}

struct hooks *hooks_new(struct hook_intake *intake, struct router *router)
{
    struct hooks *h = xcalloc(1, sizeof *h);
    h->intake = intake;
    h->counts = xcalloc(hook_intake_count(intake), sizeof *h->counts);
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

size_t hooks_count(const struct hooks *h)
{
    return hook_intake_count(h->intake);
}

const char *hooks_name(const struct hooks *h, size_t i)
{
    return hook_intake_gateway(h->intake, i)->name;
}

struct hooks_stats hooks_stats(const struct hooks *h, size_t i)
{
    struct hook_intake_stats in = hook_intake_stats(h->intake, i);
    const struct counts *c = &h->counts[i];
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

struct hooks_refused hooks_refused(const struct hooks *h, size_t i)
{
    bool recent = is_recent(&h->counts[i], clock_wall_ms());
    return recent ? h->counts[i].refused : (struct hooks_refused){0};
}

struct spool_stats hooks_spool_stats(const struct hooks *h)
{
    return hook_intake_spool_stats(h->intake);
}
