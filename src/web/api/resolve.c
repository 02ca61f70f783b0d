/* A person decides about those people of a campaign to whom the response was lost. Nobody else may:
 * sending again by guess texts people twice. */
#include "web/api/api.h"

#include "store/unknown.h"
#include "web/own.h"
#include "web/view/view.h"

enum { WHY_BYTES_MAX = 512 };

struct resolving {
    enum unknown_decision decision;
    struct slice why; /* of the body */
    uint64_t moved;
};

static void answer(struct web_call *c, json_t *status)
{
    const struct resolving *r = c->state;
    json_put(status, "resolved", json_integer((json_int_t)r->moved));
    web_answer(c, 200, status);
}

static void on_status(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) api_show_campaign(c, campaign, answer);
}

static void on_resolved(void *arg, int result, uint64_t moved, const struct err *e)
{
    struct web_call *c = arg;
    if (moved && c->config->nudge) c->config->nudge(c->config->nudge_arg);
    if (!web_ok(c, result, e)) return;
    ((struct resolving *)c->state)->moved = moved;
    campaign_load(c->config->store, c->id, on_status, c);
}

static void on_campaign(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    const struct resolving *r = c->state;
    if (own_campaign(c, result, campaign, e))
        unknown_resolve(c->config->store, c->id, r->decision, web_by(c), r->why, on_resolved, c);
}

static void post_resolve(struct web_call *c)
{
    struct slice decision = body_text(&c->body, "decision", 16, BODY_NEEDED);
    struct resolving *r = web_call_state(c, sizeof *r, NULL);
    r->why = body_text(&c->body, "why", WHY_BYTES_MAX, BODY_NEEDED);
    bool resend = slice_is(decision, "resend");
    r->decision = resend ? UNKNOWN_RESEND : UNKNOWN_LEAVE;
    if (!web_body_ok(c)) return;
    if (!resend && !slice_is(decision, "leave"))
        web_error(c, 400, "invalid",
                  "'decision' is resend (they are texted again, who may have it already) or leave");
    else if (slice_trim(r->why).n == 0)
        web_error(c, 400, "invalid",
                  "'why' is empty; say what the decision rests on, for the record");
    else
        campaign_load(c->config->store, c->id, on_campaign, c);
}

static const struct route rows[] = {
    {"POST", "/api/v1/campaigns/{id}/resolve", MAY_RESOLVE_UNKNOWN,
     NEEDS_STORE | IN_GROUP | WITH_ID | AUDITED, KEYS("decision", "why"), post_resolve},
};

const struct routes resolve_routes = {rows, COUNT_OF(rows)};
