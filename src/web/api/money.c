/* Money: the budget of a campaign, and what a month has cost. */
#include "web/api/api.h"

#include "core/money.h"
#include "flow/budget.h"
#include "store/campaign.h"
#include "store/group.h"
#include "store/money.h"
#include "web/own.h"
#include "web/view/view.h"

enum { WORD_BYTES_MAX = 64, WHY_BYTES_MAX = 512, BUDGETS_MAX = 512 };

/* ---- of a campaign ---- */

struct raising {
    struct money budget;
    struct slice why; /* of the body */
};

static void on_status(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    if (own_campaign(c, result, campaign, e)) api_answer_campaign(c, campaign);
}

static void on_set(void *arg, int result, const struct err *e)
{
    struct web_call *c = arg;
    if (!web_ok(c, result, e)) return;
    if (c->config->nudge) c->config->nudge(c->config->nudge_arg);
    campaign_load(c->config->store, c->id, on_status, c);
}

static void on_campaign(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    const struct raising *r = c->state;
    if (!own_campaign(c, result, campaign, e)) return;
    if (r->budget.millionths && campaign->currency.n &&
        !slice_is(campaign->currency, r->budget.currency))
        web_refuse_key(c, "budget", "this campaign costs %.*s, and a budget is in the same",
                       SLICE_ARG(campaign->currency));
    else
        campaign_set_budget(c->config->store, c->id, r->budget.millionths, web_deed_for(c, r->why),
                            on_set, c);
}

static void post_budget(struct web_call *c)
{
    struct raising *r = web_call_state(c, sizeof *r, NULL);
    struct slice text = body_text(&c->body, "budget", WORD_BYTES_MAX, BODY_OPTIONAL);
    r->why = body_text(&c->body, "why", WHY_BYTES_MAX, BODY_OPTIONAL);
    if (!web_body_ok(c)) return;
    if (text.n && !money_parse(text, &r->budget))
        web_refuse_key(c, "budget", "it is " MONEY_RULE);
    else
        campaign_load(c->config->store, c->id, on_campaign, c);
}

/* ---- of a month ---- */

struct month_asked {
    char month[16];
    struct group_set reach;
};

static json_t *month_one(struct slice group, const struct money *spent, struct slice budget_text)
{
    char text[MONEY_BYTES];
    struct money budget = {0};
    struct slice currency = slice_of(spent->currency);
    bool has =
        budget_text.n && money_parse(budget_text, &budget) && slice_is(currency, budget.currency);
    json_t *o = json_object();
    json_put(o, "group", group.n ? json_text(group) : json_null());
    json_put(o, "spent", json_string(money_text(spent->millionths, currency, text)));
    json_put(o, "budget",
             has ? json_string(money_text(budget.millionths, currency, text)) : json_null());
    json_put(o, "left",
             has ? json_string(money_text(budget.millionths - spent->millionths, currency, text))
                 : json_null());
    return o;
}

static void on_month(void *arg, int result, const struct month_share *shares, size_t n,
                     const struct err *e)
{
    struct web_call *c = arg;
    const struct month_asked *asked = c->state;
    if (!web_ok(c, result, e)) return;
    const struct campaign_purse *purse = budget_purse(c->config->means->budget, c->now_ms);
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct group_info *info = groups_find(c->config->groups, shares[i].group);
        bool all = shares[i].group.n == 0;
        if (all ? !asked->reach.all : !group_set_has(&asked->reach, shares[i].group)) continue;
        json_list_add(
            list, month_one(shares[i].group, &shares[i].spent,
                            all ? purse->organisation : slice_of(info ? info->month_budget : "")));
    }
    web_answer(c, 200, json_pack("{s:s,s:o}", "month", asked->month, "spent", list));
}

/* "2026-11" */
static bool is_month(struct slice s)
{
    uint64_t month = 0;
    for (size_t i = 0; i < s.n; i++)
        if (i == 4 ? s.p[i] != '-' : s.p[i] < '0' || s.p[i] > '9') return false;
    return s.n == 7 && slice_to_u64(slice_from(s, 5), 12, &month) && month > 0;
}

static void get_money(struct web_call *c)
{
    struct month_asked *asked = web_call_state(c, sizeof *asked, NULL);
    struct slice month = web_query(c, "month");
    if (month.n && !is_month(month)) {
        web_error(c, 400, "invalid", "'month' is such as 2026-11");
        return;
    }
    if (month.n == 0) month = budget_purse(c->config->means->budget, c->now_ms)->month;
    (void)snprintf(asked->month, sizeof asked->month, "%.*s", SLICE_ARG(month));
    asked->reach = own_groups(c);
    money_shares(c->config->store, slice_of(asked->month), on_month, c);
}

static const struct route rows[] = {
    {"GET", "/api/v1/money", MAY_READ_CAMPAIGNS, NEEDS_STORE | IN_GROUP, NULL, get_money},
    {"POST", "/api/v1/campaigns/{id}/budget", MAY_RUN_CAMPAIGNS,
     NEEDS_STORE | IN_GROUP | WITH_ID | AUDITED, KEYS("budget", "why"), post_budget},
};

const struct routes money_routes = {rows, COUNT_OF(rows)};
