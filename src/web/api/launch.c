/* The check, and the launch behind it: what the check calls an error is not launched. */
#include "web/api/api.h"
#include "web/api/launch.h"

#include "core/approval.h"
#include "flow/zone_book.h"
#include "web/campaign_body.h"
#include "web/own.h"
#include "web/view/view.h"

#define CAMPAIGN_KEYS ((const char *const[]){CAMPAIGN_BODY_KEYS NULL})

struct launch {
    struct campaign_call call; /* the first */
    bool only_check;
};

static void launch_done(void *state)
{
    struct launch *l = state;
    web_campaign_done(&l->call);
}

json_t *launch_approval_json(const struct web_call *c, const struct campaign_body *b,
                             const struct check_report *report)
{
    char why[APPROVAL_WHY_BYTES];
    bool asked =
        check_report_needs_approval(report) || launch_loosens(c->config->means, &b->campaign);
    struct slice said = approval_why(&c->config->means->approval, check_report_recipients(report),
                                     check_report_alone(report), asked, why);
    return said.n ? json_text(said) : json_null();
}

static void on_checked(void *arg, int result, const struct check_report *report,
                       const struct err *e)
{
    struct web_call *c = arg;
    const struct launch *l = c->state;
    c->web->checks--;
    if (!web_ok(c, result, e)) return;
    json_t *out = check_report_json(report);
    json_put(out, "approval", launch_approval_json(c, &l->call.body, report));
    web_answer(c, 200, out);
}

static void answer_launched(struct web_call *c, json_t *shown)
{
    web_answer(c, 201, shown);
}

static void on_launched(void *arg, int result, const struct campaign *campaign,
                        const struct check_report *report, const struct err *e)
{
    struct web_call *c = arg;
    const struct launch *l = c->state;
    c->web->checks--;
    if (report) {
        web_error_more(c, 422, "check_failed", e->text,
                       json_pack("{s:o}", "report", check_report_json(report)));
        return;
    }
    if (!web_ok(c, result, e)) return;
    if (c->config->nudge) c->config->nudge(c->config->nudge_arg);
    const struct slice late = l->call.body.is_late ? l->call.body.late_why : SLICE_NONE;
    web_act(c, campaign->group, "campaign %u launched%s%.*s%s%.*s%s%.*s%s%.*s", campaign->id,
            campaign->loan ? " for " : "", SLICE_ARG(campaign->helper),
            late.n ? " although it will be late: " : "", SLICE_ARG(late),
            campaign->cap.n ? ", exempt from the cap: " : "", SLICE_ARG(campaign->cap_why),
            campaign->brake_off.n ? ", the brake is off: " : "", SLICE_ARG(campaign->brake_off));
    api_show_campaign(c, campaign, answer_launched);
}

bool api_may_check(struct web_call *c, const struct campaign_body *b)
{
    if (c->web->checks >= WEB_CHECKS_MAX) {
        http_request_set_header(c->q, "Retry-After", "5");
        web_did_nothing(c);
        web_error(c, 503, "busy", "%d checks are running already: try again in some seconds",
                  c->web->checks);
        return false;
    }
    struct err e;
    return web_ok(c, b->hours.any ? 0 : zone_book_check(c->config->means->zones, &e), &e);
}

void web_check_campaign(struct web_call *c, const struct campaign_body *b, uint32_t named,
                        check_cb *cb)
{
    if (!api_may_check(c, b)) return;
    c->web->checks++;
    const struct check_input input = launch_check_input(c->config->means, b, named, c->now_ms);
    check_run(c->config->store, &input, cb, c);
}

static void launch(struct web_call *c)
{
    struct launch *l = c->state;
    struct campaign *campaign = &l->call.body.campaign;
    if (!api_may_check(c, &l->call.body)) return;
    c->web->checks++;
    campaign->launched_by = slice_of(c->member->name);
    campaign->author = slice_of(c->member->id);
    campaign->written_by = campaign->launched_by;
    launch_run(c->config->means, &l->call.body, c->now_ms, on_launched, c);
}

/* A launch is told by the store, in the same step in which it takes the name. */
static void on_named(void *arg, int result, uint32_t id, const struct err *e)
{
    struct web_call *c = arg;
    struct launch *l = c->state;
    l->call.body.campaign.author = slice_of(c->member->id);
    if (web_ok(c, result, e)) web_check_campaign(c, &l->call.body, id, on_checked);
}

static void on_audience(struct web_call *c)
{
    const struct launch *l = c->state;
    const struct campaign *campaign = &l->call.body.campaign;
    if (l->only_check)
        campaign_named(c->config->store, campaign->group, campaign->name, on_named, c);
    else
        launch(c);
}

static void begin(struct web_call *c, bool only_check)
{
    struct launch *l = web_call_state(c, sizeof *l, launch_done);
    l->only_check = only_check;
    l->call.lent_too = true;
    if (web_campaign_read(c, CAMPAIGN_WHOLE)) web_campaign_find(c, on_audience);
}

static void post_check(struct web_call *c)
{
    begin(c, true);
}

static void post_campaigns(struct web_call *c)
{
    begin(c, false);
}

enum { LAUNCHES = NEEDS_STORE | IN_GROUP | LARGE };

static const struct route rows[] = {
    {"POST", "/api/v1/campaigns/check", MAY_LAUNCH_CAMPAIGNS, LAUNCHES, CAMPAIGN_KEYS, post_check},
    {"POST", "/api/v1/campaigns", MAY_LAUNCH_CAMPAIGNS, LAUNCHES | ONCE | AUDITED, CAMPAIGN_KEYS,
     post_campaigns},
};

const struct routes launch_routes = {rows, COUNT_OF(rows)};
