/* What a check says of money: a budget that does not suffice blocks the launch, before anybody is
 * texted. */
#include "report.h"

#include <inttypes.h>

/* How many people what is left pays. */
static uint64_t reached(const struct check_report *r, const struct cost_budget *b)
{
    int64_t left = b->budget.millionths - b->spent, all = r->cost.total;
    if (left <= 0 || all <= 0) return 0;
    double share = (double)left / (double)all;
    return share >= 1 ? r->tally.recipients : (uint64_t)(share * (double)r->tally.recipients);
}

/* Most who read it may raise the campaign's own only. */
static const char *raised_by(const char *which)
{
    if (strcmp(which, "group") == 0)
        return "ask somebody who runs every group to raise the budget, on the group's page";
    return strcmp(which, "organisation") == 0
               ? "ask whoever runs the server to raise the budget (organisation.month_budget)"
               : "raise the budget";
}

static void judge_budget(struct check_report *r, const struct cost_budget *b)
{
    const struct check_cost *c = &r->cost;
    char needed[MONEY_BYTES], left[MONEY_BYTES], missing[MONEY_BYTES], budget[MONEY_BYTES];
    const char *month = strcmp(b->which, "campaign") == 0 ? "" : " for this month";
    struct slice currency = slice_of(b->budget.currency);
    money_text(b->budget.millionths, currency, budget);
    if (!c->known || c->unpriced)
        report_say(
            r, FINDING_BLOCK, "budget_unpriced",
            "the budget of the %s%s cannot be kept: nobody knows what %s costs. Give the gateway "
            "price.default, or those countries in price.by_country",
            b->which, month, c->known ? "a text to some of these countries" : "a text");
    else if (strcmp(b->budget.currency, c->price->currency) != 0)
        report_say(r, FINDING_BLOCK, "budget_currency",
                   "the budget of the %s%s is %s, and this gateway's prices are in %s: one is not "
                   "held against the other",
                   b->which, month, budget, c->price->currency);
    else if (!cost_suffices(c, b))
        report_say(
            r, FINDING_BLOCK, "over_budget",
            "it may cost %s, and of the budget of the %s%s (%s) %s is left: %s is missing, and "
            "that would end it at "
            "about %" PRIu64 " of %" PRIu64 " people. Shorten the text, text fewer people, or %s",
            money_text(cost_needed(c), currency, needed), b->which, month, budget,
            money_text(b->budget.millionths - b->spent, currency, left),
            money_text(cost_needed(c) - (b->budget.millionths - b->spent), currency, missing),
            reached(r, b), r->tally.recipients, raised_by(b->which));
}

void judge_budgets(struct check_report *r)
{
    for (size_t i = 0; i < r->cost.budget_n; i++)
        judge_budget(r, &r->cost.budgets[i]);
}
