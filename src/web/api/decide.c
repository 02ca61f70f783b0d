/* A person decides about an answer of which nobody knows whether it arrived: over the API, and with
 * the two buttons of the page. Nobody else sends one again: a guess texts people twice. */
#include <stdlib.h>

#include "core/state.h"
#include "flow/reply.h"
#include "inbox_private.h"
#include "web/pages/pages.h"
#include "web/view/view.h"
#include "web/respond.h"

/* ---- API ---- */

static void on_resolved(void *arg, int result, bool changed, int state, const struct err *e)
{
    struct inbox_call *c = arg;
    const char *name = state < 0 ? "?" : state_to_string((enum state)state);
    if (result < 0)
        respond_failed(c->q, result, e);
    else
        respond_json(c->q, 200, json_pack("{s:b,s:s}", "resolved", changed, "state", name));
    free(c);
}

static bool read_number(const json_t *body, const char *key, json_int_t max, json_int_t *ret)
{
    const json_t *v = json_object_get(body, key);
    *ret = json_integer_value(v);
    return json_is_integer(v) && *ret >= 0 && *ret <= max;
}

static bool read_decision(const json_t *body, struct inbox_resolve *ret)
{
    json_int_t message, fence, resent;
    const char *decision = json_string_value(json_object_get(body, "decision"));
    if (!decision || !read_number(body, "message", UINT32_MAX, &message) ||
        !read_number(body, "fence", INT64_MAX, &fence) ||
        !read_number(body, "resent", UINT32_MAX, &resent))
        return false;
    ret->index = (uint32_t)message;
    ret->fence = (uint64_t)fence;
    ret->resent = (uint32_t)resent;
    ret->decision = strcmp(decision, "resend") == 0 ? INBOX_SEND_AGAIN : INBOX_LEAVE;
    return ret->decision == INBOX_SEND_AGAIN || strcmp(decision, "leave") == 0;
}

void inbox_api_post_resolve(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct inbox_api *a = ctx;
    struct inbox_call *c = inbox_call_begin(a, q, params);
    if (!c) return;
    json_t *body = respond_read_json(q);
    struct inbox_resolve what = {.id = c->id, .lease_ms = a->config.lease_ms};
    struct inbox_actor who = view_actor(c->person);
    if (body && read_decision(body, &what)) {
        reply_resolve(a->config.inbox, a->config.outbox, &what, &who, c->now_ms, on_resolved, c);
    } else {
        if (body)
            respond_error(q, 400, "invalid",
                          "a decision is {\"message\": INDEX, \"resent\": N, \"fence\": N, "
                          "\"decision\": \"resend\" or \"leave\"}: index and resent from the "
                          "thread, the fence from the claim");
        free(c);
    }
    json_decref(body);
}

/* ---- the page ---- */

/* Pressed twice, or late: the thread says what stands. */
static void on_decided(void *arg, int result, bool changed, int state, const struct err *e)
{
    (void)changed;
    (void)state;
    form_end(arg, result, e);
}

/* What is no number becomes one that the store knows nothing of. */
static uint64_t number_of(const struct visit *v, const char *name, uint64_t max)
{
    uint64_t n = max;
    (void)slice_to_u64(visit_field(v, name), max, &n);
    return n;
}

void inbox_pages_post_resolve(void *ctx, struct http_request *q, const struct route_params *params)
{
    struct inbox_pages *p = ctx;
    struct visit *v = form_begin(p, q, params);
    if (!v) return;
    struct inbox_actor who = view_actor(v->person);
    bool again = slice_is(visit_field(v, "decision"), "resend");
    const struct inbox_resolve what = {.id = v->id,
                                       .index = (uint32_t)number_of(v, "message", UINT32_MAX),
                                       .fence = number_of(v, "fence", UINT64_MAX),
                                       .resent = (uint32_t)number_of(v, "resent", UINT32_MAX),
                                       .decision = again ? INBOX_SEND_AGAIN : INBOX_LEAVE,
                                       .lease_ms = p->config.lease_ms};
    if (again || slice_is(visit_field(v, "decision"), "leave"))
        reply_resolve(p->config.inbox, p->config.outbox, &what, &who, v->now_ms, on_decided, v);
    else
        form_end(v, 0, NULL);
}
