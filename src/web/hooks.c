#include "web/hooks.h"

#include "base/clock.h"
#include "web/respond.h"

#include <stdlib.h>

struct hook_gateway {
    struct hooks *h;
    struct hooks_gateway config;
    struct hooks_stats stats;
};

struct hooks {
    struct hooks_config config;
    struct hook_gateway *gateways;
    size_t n;
};

/* One webhook until all that it holds is stored. */
struct hook_call {
    struct hook_gateway *g;
    struct http_request *q;
    size_t waiting; /* events on their way to the store, and one for the reading itself */
    bool failed;
};

static struct slice header_of(const void *arg, const char *name)
{
    return http_request_header(arg, name);
}

static void answer(struct hook_call *call)
{
    struct hook_gateway *g = call->g;
    if (call->failed) {
        g->stats.unstored++;
        http_request_set_header(call->q, "Retry-After", "5");
        respond_error(call->q, 503, "not_stored", "this could not be stored now; send it again");
    } else {
        struct hook_answer a = gateway_answer(g->config.gateway);
        http_request_answer(call->q, a.status, a.content_type, a.body);
    }
    free(call);
}

static void event_ended(struct hook_call *call, bool failed)
{
    call->failed |= failed;
    if (--call->waiting == 0) answer(call);
}

static void on_receipt_stored(void *arg, int result)
{
    event_ended(arg, result < 0);
}

static void on_receipt(void *arg, const struct receipt_event *event)
{
    struct hook_call *call = arg;
    struct hook_gateway *g = call->g;
    g->stats.receipts++;
    call->waiting++;
    if (receipt_apply(&g->h->config.receipts, event, clock_wall_ms(), on_receipt_stored, call) == RECEIPT_FOREIGN) {
        g->stats.foreign_receipts++;
        call->waiting--;
    }
}

static void on_inbound_stored(void *arg, int result, enum inbound_verdict verdict, const struct err *e)
{
    struct hook_call *call = arg;
    (void)e;
    if (result == 0 && verdict == INBOUND_DUPLICATE) call->g->stats.duplicates++;
    event_ended(call, result < 0);
}

static void on_inbound(void *arg, const struct inbound_event *event)
{
    struct hook_call *call = arg;
    struct hook_gateway *g = call->g;
    g->stats.inbound++;
    call->waiting++;
    inbound_receive(g->h->config.inbound, slice_of(g->config.name), slice_of(g->config.group), event,
                    clock_wall_ms(), on_inbound_stored, call);
}

static void refuse(struct hook_gateway *g, struct http_request *q, enum hook_result r)
{
    if (r == HOOK_FORGED || r == HOOK_MISSING)
        g->stats.forged++;
    else
        g->stats.malformed++;
    respond_error(q, hook_result_status(r), r == HOOK_MALFORMED ? "malformed" : "not_signed",
                  r == HOOK_MALFORMED ? "this is not a webhook of the gateway's provider"
                                      : "the signature is missing or wrong");
}

static struct hook_gateway *find(struct hooks *h, struct slice name)
{
    for (size_t i = 0; i < h->n; i++)
        if (slice_is(name, h->gateways[i].config.name)) return &h->gateways[i];
    return NULL;
}

static void on_hook(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct hooks *h = ctx;
    struct hook_gateway *g = find(h, route_param(params, "gateway"));
    if (!g) {
        respond_error(q, 404, "no_gateway", "there is no gateway of that name in the configuration");
        return;
    }
    g->stats.requests++;
    struct hook_request hook = {
        .method = http_request_method(q),
        .target = http_request_target(q),
        .body = http_request_body(q),
        .header = header_of,
        .header_arg = q,
    };
    struct slice challenge = SLICE_NONE;
    enum hook_result r = gateway_verify(g->config.gateway, &hook, &challenge);
    if (r == HOOK_CHALLENGE) {
        http_request_answer(q, 200, "text/plain; charset=utf-8", challenge);
        return;
    }
    if (r != HOOK_OK) {
        refuse(g, q, r);
        return;
    }
    struct hook_call *call = xmalloc(sizeof *call);
    *call = (struct hook_call){.g = g, .q = q, .waiting = 1};
    struct hook_sink sink = {.receipt = on_receipt, .inbound = on_inbound, .arg = call};
    r = gateway_read(g->config.gateway, &hook, &sink);
    if (r != HOOK_OK) {
        check(call->waiting == 1);
        free(call);
        refuse(g, q, r);
        return;
    }
    event_ended(call, false);
}

struct hooks *hooks_new(const struct hooks_config *config, struct router *router)
{
    struct hooks *h = xcalloc(1, sizeof *h);
    h->config = *config;
    h->n = config->gateway_count;
    h->gateways = xcalloc(h->n, sizeof *h->gateways);
    for (size_t i = 0; i < h->n; i++) h->gateways[i] = (struct hook_gateway){h, config->gateways[i], {0}};
    static const char *const paths[] = {"/hooks/{gateway}", "/hooks/{gateway}/inbound", "/hooks/{gateway}/receipt"};
    for (size_t i = 0; i < COUNT_OF(paths); i++) {
        router_add(router, "POST", paths[i], on_hook, h);
        router_add(router, "GET", paths[i], on_hook, h); /* challenges, and providers that report by GET */
    }
    return h;
}

void hooks_free(struct hooks *h)
{
    if (!h) return;
    free(h->gateways);
    free(h);
}

size_t hooks_count(const struct hooks *h)
{
    return h->n;
}

const char *hooks_name(const struct hooks *h, size_t i)
{
    return h->gateways[i].config.name;
}

struct hooks_stats hooks_stats(const struct hooks *h, size_t i)
{
    return h->gateways[i].stats;
}
