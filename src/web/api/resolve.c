/* A person decides about those people of a campaign to whom the response was lost. Nobody else may:
 * sending again by guess texts people twice. */
#include "web/api/api.h"

#include "store/unknown.h"
#include "web/call.h"
#include "web/view/view.h"

enum { WHY_BYTES_MAX = 512 };

static void on_status(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    json_t *status = view_campaign(campaign, c->now_ms);
    json_put(status, "resolved", json_integer((json_int_t) * (uint64_t *)c->state));
    web_answer(c, 200, status);
}

static void on_resolved(void *arg, int result, uint64_t moved, const struct err *e)
{
    struct web_call *c = arg;
    if (moved && c->config->nudge) c->config->nudge(c->config->nudge_arg);
    if (!web_ok(c, result, e)) return;
    *(uint64_t *)web_call_state(c, sizeof moved, NULL) = moved;
    campaign_load(c->config->store, c->id, on_status, c);
}

static void post_resolve(struct web_call *c)
{
    struct slice decision = body_text(&c->body, "decision", 16, BODY_NEEDED);
    struct slice why = body_text(&c->body, "why", WHY_BYTES_MAX, BODY_NEEDED);
    bool resend = slice_is(decision, "resend");
    if (!web_body_ok(c)) return;
    if (!resend && !slice_is(decision, "leave"))
        web_error(c, 400, "invalid",
                  "'decision' is resend (they are texted again, who may have it already) or leave");
    else if (slice_trim(why).n == 0)
        web_error(c, 400, "invalid",
                  "'why' is empty; say what the decision rests on, for the record");
    else
        unknown_resolve(c->config->store, c->id, resend ? UNKNOWN_RESEND : UNKNOWN_LEAVE,
                        slice_of(c->member->name), why, on_resolved, c);
}

static const struct route rows[] = {
    {"POST", "/api/v1/campaigns/{id}/resolve", MAY_RESOLVE_UNKNOWN, NEEDS_STORE | WITH_ID | AUDITED,
     KEYS("decision", "why"), post_resolve},
};

const struct routes resolve_routes = {rows, COUNT_OF(rows)};
