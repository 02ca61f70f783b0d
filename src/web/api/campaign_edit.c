/* What a campaign says, and when, is changed while nothing of it leaves; what it said before; and the
 * JSON that launches it again. */
#include "web/api/api.h"

#include "flow/account.h"
#include "flow/launch.h"
#include "io/loop.h"
#include "store/approval.h"
#include "store/campaign_edit.h"
#include "store/money.h"
#include "store/tried.h"
#include "web/campaign_body.h"
#include "web/own.h"
#include "web/view/view.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    WHY_BYTES_MAX = 512,
    AGAIN_US = 250000, /* who is being sent to at this moment has an outcome soon */
    TRIES = 20,
};

struct edit {
    struct campaign_call call; /* the first */
    struct campaign *was;      /* owned */
    json_t *why;               /* owned; of the body */
    char digest[DIGEST_BYTES];
    struct campaign_prices *prices; /* owned; what it costs from now on; NULL: nobody knows */
    bool only_check;
    struct loop_timer *timer; /* owned */
    int tries;
};

static void edit_done(void *state)
{
    struct edit *x = state;
    campaign_free(x->was);
    json_decref(x->why);
    campaign_prices_free(x->prices);
    loop_timer_free(x->timer);
    web_campaign_done(&x->call);
}

/* ---- the change ---- */

static void on_changed_now(void *arg, int result, const struct campaign *campaign,
                           const struct err *e)
{
    struct web_call *c = arg;
    if (web_ok(c, result, e)) api_answer_campaign(c, campaign);
}

static void change(void *call);

static void on_changed(void *arg, int result, uint64_t in_flight, const struct err *e)
{
    struct web_call *c = arg;
    struct edit *x = c->state;
    if (result == ERR_CONFLICT && in_flight && ++x->tries < TRIES) {
        loop_timer_in(x->timer, AGAIN_US);
        return;
    }
    if (in_flight) {
        http_request_set_header(c->q, "Retry-After", "5");
        web_did_nothing(c);
    }
    if (!web_ok(c, result, e)) return;
    char digest[DIGEST_BYTES];
    tried_digest(slice_of(x->call.body.message), x->call.body.campaign.gateway, digest);
    tried_launched(c->config->store, digest, c->id, c->now_ms);
    if (c->config->nudge) c->config->nudge(c->config->nudge_arg);
    campaign_load(c->config->store, c->id, on_changed_now, c);
}

static void change(void *call)
{
    struct web_call *c = call;
    struct edit *x = c->state;
    struct campaign_body *b = &x->call.body;
    struct campaign to = b->campaign;
    campaign_digest(&to, slice_of(b->message), x->digest);
    to.digest = slice_of(x->digest);
    to.author = slice_of(c->member->id);
    to.written_by = slice_of(c->member->name);
    to.approval_why = x->was->approval_why;
    to.prices = x->prices;
    const struct campaign_edit edit = {
        .to = &to,
        .message = slice_of(b->message),
        .edits = x->was->edits,
        .who = web_by(c),
        .why = json_slice(x->why),
    };
    campaign_edit(c->config->store, c->id, &edit, c->now_ms, on_changed, c);
}

/* What is spent and what is to be are one sum. False: c has its response. */
static bool keeps_currency(struct web_call *c)
{
    const struct edit *x = c->state;
    const struct account *a = x->call.body.account;
    if (x->was->currency.n == 0 || slice_is(x->was->currency, a->price.currency)) return true;
    web_error(c, 409, "conflict",
              "campaign %u costs %.*s, and the prices of '%s' are in %s: one campaign costs one "
              "currency",
              c->id, SLICE_ARG(x->was->currency), a->name, a->price.currency);
    return false;
}

/* The first thing that is wrong is said at once: not everybody sees the report. Takes report. */
static void refuse_by_check(struct web_call *c, json_t *report)
{
    char why[ERR_TEXT_BYTES];
    const json_t *first = json_array_get(json_object_get(report, "errors"), 0);
    struct slice said = json_slice(json_object_get(first, "message"));
    (void)snprintf(why, sizeof why, "not changed: %.*s", SLICE_ARG(said));
    web_error_more(c, 422, "check_failed", why, json_pack("{s:o}", "report", report));
}

static void on_checked(void *arg, int result, const struct check_report *report,
                       const struct err *e)
{
    struct web_call *c = arg;
    struct edit *x = c->state;
    c->web->checks--;
    if (!web_ok(c, result, e)) return;
    if (x->only_check) {
        web_answer(c, 200, check_report_json(report));
        return;
    }
    if (!check_report_ok(report)) {
        refuse_by_check(c, check_report_json(report));
        return;
    }
    if (!keeps_currency(c)) return;
    x->prices = campaign_prices_dup(check_report_prices(report));
    x->timer = loop_timer_new(c->config->loop, change, c);
    change(c);
}

/* What of its first few is still to come: whoever looked at those who had it need not look again. */
static struct canary_plan canary_left(const struct campaign *was, struct canary_plan plan)
{
    uint64_t texted = campaign_texted(was);
    plan.said = true;
    plan.own = (struct canary_size){.people = was->canary > texted ? was->canary - texted : 0};
    plan.then_said = canary_then_from_string(was->canary_then, &plan.then);
    return plan;
}

/* What a second person agreed to stays so, if this does not change it. */
static struct slice approval_again(struct edit *x)
{
    struct campaign to = x->call.body.campaign;
    campaign_digest(&to, slice_of(x->call.body.message), x->digest);
    bool given = x->was->approved.n && slice_is(x->was->approved, x->digest);
    return given ? SLICE_NONE : x->was->approval_why;
}

static void run_check(struct web_call *c)
{
    struct edit *x = c->state;
    struct check_input input = launch_check_input(c->config->means, &x->call.body, 0, c->now_ms);
    input.canary = canary_left(x->was, input.canary);
    input.approval = NULL;
    input.approval_again = approval_again(x);
    if (x->was->made == x->was->blocks) { /* who has been sent to does not count any more */
        input.of = c->id;
        input.only = 1u << STATE_PENDING;
    }
    /* Its budget is what it is now, whatever it was launched with. */
    input.budgets.campaign = (struct money){.millionths = (int64_t)x->was->budget};
    (void)snprintf(input.budgets.campaign.currency, MONEY_CURRENCY_BYTES, "%.*s",
                   SLICE_ARG(x->was->currency));
    input.budgets.campaign_spent = (int64_t)x->was->spent;
    c->web->checks++;
    check_run(c->config->store, &input, on_checked, c);
}

static void on_list(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct web_call *c = arg;
    struct edit *x = c->state;
    struct err said;
    if (!web_ok(c, result, e)) return;
    result = campaign_body_take(&x->call.body, info, c->config->groups, c->config->means->hours,
                                c->config->means->consent, &said);
    if (!web_ok(c, result, &said)) return;
    if (api_may_check(c, &x->call.body)) run_check(c);
}

/* The campaign as it is to be takes the place of the change in the call. */
static void on_message(void *arg, int result, struct slice message, const struct err *e)
{
    struct web_call *c = arg;
    struct edit *x = c->state;
    struct err said;
    if (!web_ok(c, result, e)) return;
    json_t *whole = campaign_body_of(x->was, message);
    result = campaign_body_change(whole, c->body.root, x->was->running_ms != 0, &said);
    json_decref(c->body.root);
    c->body.root = whole;
    if (web_ok(c, result, &said) && web_campaign_read(c, CAMPAIGN_WHOLE))
        audience_load(c->config->store, x->was->audience, on_list, c);
}

static void refuse_status(struct web_call *c, const struct campaign *campaign)
{
    if (campaign->status == CAMPAIGN_RUNNING)
        web_error(c, 409, "conflict", "campaign %u is running: pause it first", campaign->id);
    else
        web_error(c, 409, "conflict", "campaign %u is %s and cannot be changed any more",
                  campaign->id, campaign_status_to_string(campaign->status));
}

static void on_campaign(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    struct edit *x = c->state;
    if (!own_campaign(c, result, campaign, e)) return;
    x->was = campaign_dup(campaign);
    if (campaign_may_edit(campaign->status))
        campaign_message(c->config->store, c->id, on_message, c);
    else
        refuse_status(c, campaign);
}

static void begin(struct web_call *c, bool only_check)
{
    struct edit *x = web_call_state(c, sizeof *x, edit_done);
    x->only_check = only_check;
    (void)body_text(&c->body, "why", WHY_BYTES_MAX, BODY_OPTIONAL);
    if (!web_body_ok(c)) return;
    x->why = json_incref(json_object_get(c->body.root, "why"));
    (void)json_object_del(c->body.root, "why");
    campaign_load(c->config->store, c->id, on_campaign, c);
}

static void post_edit(struct web_call *c)
{
    begin(c, false);
}

static void post_edit_check(struct web_call *c)
{
    begin(c, true);
}

/* ---- what it said ---- */

static json_t *text_json(const struct campaign_text *t, uint64_t before)
{
    json_t *o = json_object();
    json_put_count(o, "version", t->version);
    json_put(o, "message", json_loadb(t->message.p, t->message.n, 0, NULL));
    json_put_text(o, "gateway", t->gateway);
    json_put_count(o, "people", t->people - before);
    json_put_time(o, "until", t->until_ms);
    json_put_text(o, "changed_by", t->by);
    return o;
}

static void on_texts(void *arg, int result, const struct campaign_text *list, size_t n,
                     const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    json_t *texts = json_array();
    for (size_t i = 0; i < n; i++)
        json_list_add(texts, text_json(&list[i], i ? list[i - 1].people : 0));
    web_answer(c, 200, json_pack("{s:o}", "texts", texts));
}

static void on_whose_texts(void *arg, int result, const struct campaign *campaign,
                           const struct err *e)
{
    struct web_call *c = arg;
    if (own_campaign(c, result, campaign, e)) campaign_texts(c->config->store, c->id, on_texts, c);
}

static void get_texts(struct web_call *c)
{
    campaign_load(c->config->store, c->id, on_whose_texts, c);
}

/* ---- again ---- */

static void on_body_message(void *arg, int result, struct slice message, const struct err *e)
{
    struct web_call *c = arg;
    const struct edit *x = c->state;
    if (web_ok(c, result, e)) web_answer(c, 200, campaign_body_of(x->was, message));
}

static void on_body_of(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    struct edit *x = c->state;
    if (!own_campaign(c, result, campaign, e)) return;
    x->was = campaign_dup(campaign);
    campaign_message(c->config->store, c->id, on_body_message, c);
}

static void get_body(struct web_call *c)
{
    (void)web_call_state(c, sizeof(struct edit), edit_done);
    campaign_load(c->config->store, c->id, on_body_of, c);
}

enum { READS = NEEDS_STORE | IN_GROUP | WITH_ID };

static const struct route rows[] = {
    {"POST", "/api/v1/campaigns/{id}/edit", MAY_LAUNCH_CAMPAIGNS,
     NEEDS_STORE | IN_GROUP | WITH_ID | LARGE | ONCE | AUDITED, KEYS(CAMPAIGN_BODY_KEYS "why"),
     post_edit},
    {"POST", "/api/v1/campaigns/{id}/edit/check", MAY_LAUNCH_CAMPAIGNS,
     NEEDS_STORE | IN_GROUP | WITH_ID | LARGE, KEYS(CAMPAIGN_BODY_KEYS "why"), post_edit_check},
    {"GET", "/api/v1/campaigns/{id}/texts", MAY_READ_CAMPAIGNS, READS, NULL, get_texts},
    {"GET", "/api/v1/campaigns/{id}/body", MAY_READ_CAMPAIGNS, READS, NULL, get_body},
};

const struct routes campaign_edit_routes = {rows, COUNT_OF(rows)};
