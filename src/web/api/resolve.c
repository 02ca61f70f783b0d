/* A person decides about those of a campaign whose answer was lost. Nobody else may: sending again
 * by guess texts people twice. */
#include "private.h"

#include "web/body.h"

#include "store/unknown.h"
#include "web/guard.h"

#include <stdlib.h>

enum { WHY_BYTES_MAX = 512 };

struct resolving {
    struct campaign_api *api;
    struct http_request *q;
    uint32_t id;
    uint64_t moved;
};

static void on_status(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct resolving r = *(struct resolving *)arg;
    free(arg);
    if (result < 0) {
        respond_failed(r.q, result, e);
        return;
    }
    json_t *status = campaign_status_json(c);
    check(json_object_set_new(status, "resolved", json_integer((json_int_t)r.moved)) == 0);
    respond_json(r.q, 200, status);
}

static void on_resolved(void *arg, int result, uint64_t moved, const struct err *e)
{
    struct resolving *r = arg;
    const struct campaign_api_config *config = &r->api->config;
    if (moved && config->nudge) config->nudge(config->nudge_arg);
    if (result < 0) {
        respond_failed(r->q, result, e);
        free(r);
        return;
    }
    r->moved = moved;
    campaign_load(config->campaigns, r->id, on_status, r);
}

/* False when q was answered. */
static bool read_decision(struct body *b, struct http_request *q, enum unknown_decision *ret,
                          struct slice *ret_why)
{
    struct slice decision = body_text(b, "decision", 16, BODY_NEEDED);
    *ret_why = body_text(b, "why", WHY_BYTES_MAX, BODY_NEEDED);
    if (!body_ok(b, q)) return false;
    bool resend = slice_is(decision, "resend");
    *ret = resend ? UNKNOWN_RESEND : UNKNOWN_LEAVE;
    if (!resend && !slice_is(decision, "leave"))
        respond_error(
            q, 400, "invalid",
            "'decision' is resend (they are texted again, who may have it already) or leave");
    else if (slice_trim(*ret_why).n == 0)
        respond_error(q, 400, "invalid",
                      "'why' is empty; say what the decision rests on, for the record");
    else
        return true;
    return false;
}

static void post_resolve(void *ctx, struct http_request *q, const struct route_params *params)
{
    static const char *const keys[] = {"decision", "why", NULL};
    struct campaign_api *a = ctx;
    struct body b;
    uint32_t id;
    enum unknown_decision decision;
    struct slice why;
    const struct person *person = guard_organiser(a->config.auth, q, campaign_api_now(a));
    if (!person) return;
    if (!route_param_id(params, "id", &id)) {
        respond_error(q, 404, "not_found", "a campaign's id is a number");
        return;
    }
    if (!body_open(&b, q, keys)) return;
    if (read_decision(&b, q, &decision, &why)) {
        struct resolving *r = xmalloc(sizeof *r);
        *r = (struct resolving){.api = a, .q = q, .id = id};
        unknown_resolve(a->config.campaigns, id, decision, slice_of(person->name), why, on_resolved,
                        r);
    }
    body_close(&b);
}

void campaign_resolve_routes(struct campaign_api *a, struct router *r)
{
    router_add(r, "POST", "/api/v1/campaigns/{id}/resolve", post_resolve, a);
}
