/* What a second person sees of a campaign that waits for them, and what they say. */
#include "web/api/api.h"

#include "flow/check.h"
#include "store/approval.h"
#include "web/api/launch.h"
#include "web/own.h"
#include "web/view/view.h"

#include <stdlib.h>

enum { WHY_BYTES_MAX = 512 };

/* ---- what would go out ---- */

/* The campaign as it is stored, in the shape of one that is about to be launched. */
struct proposal {
    struct campaign_body body;
    struct campaign *campaign; /* owned */
    json_t *report;            /* owned; the check's */
};

static void proposal_done(void *state)
{
    struct proposal *p = state;
    campaign_body_done(&p->body);
    campaign_free(p->campaign);
    json_decref(p->report);
}

static void on_shown(struct web_call *c, json_t *campaign)
{
    struct proposal *p = c->state;
    json_t *out = json_object();
    json_put(out, "campaign", campaign);
    json_put(out, "digest", json_text(p->campaign->digest));
    json_put(out, "message", json_loads(p->body.message, 0, NULL));
    json_put(out, "report", json_incref(p->report));
    json_put(out, "yours", json_boolean(slice_is(p->campaign->author, c->member->id)));
    web_answer(c, 200, out);
}

static void on_checked(void *arg, int result, const struct check_report *report,
                       const struct err *e)
{
    struct web_call *c = arg;
    struct proposal *p = c->state;
    c->web->checks--;
    if (!web_ok(c, result, e)) return;
    p->report = check_report_json(report);
    api_show_campaign(c, p->campaign, on_shown);
}

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct web_call *c = arg;
    struct proposal *p = c->state;
    struct err said;
    if (!web_ok(c, result, e)) return;
    result = campaign_body_take(&p->body, info, c->config->groups, c->config->means->hours,
                                c->config->means->consent, &said);
    if (web_ok(c, result, &said)) web_check_campaign(c, &p->body, 0, on_checked);
}

static void on_message(void *arg, int result, struct slice message, const struct err *e)
{
    struct web_call *c = arg;
    struct proposal *p = c->state;
    if (!web_ok(c, result, e)) return;
    if (!campaign_body_read(&p->body, campaign_body_of(p->campaign, message), CAMPAIGN_WHOLE)) {
        web_error(c, 409, "conflict", "%s", p->body.from.e.text);
        return;
    }
    if (p->body.campaign.start_ms < c->now_ms) p->body.campaign.start_ms = 0;
    if (campaign_body_account(&p->body, c->config->accounts))
        audience_load(c->config->store, p->campaign->audience, on_audience, c);
    else
        web_error(
            c, 409, "conflict",
            "the gateway '%.*s' is not in the configuration any more: cancel the campaign, or "
            "edit it",
            SLICE_ARG(p->campaign->gateway));
}

static void on_proposed(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    struct proposal *p = c->state;
    if (!own_campaign(c, result, campaign, e)) return;
    p->campaign = campaign_dup(campaign);
    campaign_message(c->config->store, c->id, on_message, c);
}

static void get_proposal(struct web_call *c)
{
    (void)web_call_state(c, sizeof(struct proposal), proposal_done);
    campaign_load(c->config->store, c->id, on_proposed, c);
}

/* ---- what they say ---- */

static void on_status(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    if (own_campaign(c, result, campaign, e)) api_answer_campaign(c, campaign);
}

static void on_decided(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    if (result == ERR_REFUSED) web_error(c, 403, "forbidden", "%s", e->text);
    if (result == ERR_REFUSED || !web_ok(c, result, e)) return;
    if (c->config->nudge) c->config->nudge(c->config->nudge_arg);
    campaign_load(c->config->store, c->id, on_status, c);
}

static void on_to_decide(void *arg, int result, const struct campaign *campaign,
                         const struct err *e)
{
    struct web_call *c = arg;
    struct approval *a = c->state;
    if (!own_campaign(c, result, campaign, e)) return;
    a->member = slice_of(c->member->id);
    campaign_decide(c->config->store, a, web_deed(c), on_decided, c);
}

/* Whoever is on the server may be anybody, and also the author. */
static void post_approve(struct web_call *c)
{
    struct approval *a = web_call_state(c, sizeof *a, NULL);
    *a = (struct approval){.campaign = c->id,
                           .move = MOVE_APPROVE,
                           .digest = body_text(&c->body, "digest", DIGEST_BYTES, BODY_NEEDED)};
    if (!web_body_ok(c)) return;
    if (http_request_is_unix(c->q))
        web_error(c, 403, "forbidden",
                  "the server's own socket does not say who you are: approve on the page, or with "
                  "your own token (--server URL --token TOKEN)");
    else
        campaign_load(c->config->store, c->id, on_to_decide, c);
}

static void post_send_back(struct web_call *c)
{
    struct approval *a = web_call_state(c, sizeof *a, NULL);
    *a = (struct approval){.campaign = c->id,
                           .move = MOVE_SEND_BACK,
                           .why = body_text(&c->body, "why", WHY_BYTES_MAX, BODY_NEEDED)};
    if (web_body_ok(c)) campaign_load(c->config->store, c->id, on_to_decide, c);
}

enum { READS = NEEDS_STORE | IN_GROUP | WITH_ID, DECIDES = READS | AUDITED };

static const struct route rows[] = {
    {"GET", "/api/v1/campaigns/{id}/proposal", MAY_READ_CAMPAIGNS, READS, NULL, get_proposal},
    {"POST", "/api/v1/campaigns/{id}/approve", MAY_APPROVE_CAMPAIGNS, DECIDES, KEYS("digest"),
     post_approve},
    {"POST", "/api/v1/campaigns/{id}/send-back", MAY_APPROVE_CAMPAIGNS, DECIDES, KEYS("why"),
     post_send_back},
};

const struct routes approval_routes = {rows, COUNT_OF(rows)};
