#include "flow/launch.h"

#include <stdlib.h>

#include "flow/budget.h"
#include "flow/zone_book.h"
#include "store/group.h"
#include "store/law.h"
#include "store/loan.h"
#include "store/memory.h"
#include "store/tried.h"

struct launching {
    const struct launch_means *m;
    struct campaign_body *b;
    int64_t now_ms;
    launch_cb *cb;
    void *arg;
};

static struct check_budgets budgets_of(const struct launch_means *m, const struct campaign_body *b,
                                       int64_t now_ms)
{
    const struct group_info *group = groups_find(m->groups, b->campaign.group);
    return (struct check_budgets){.campaign = b->budget,
                                  .group = slice_of(group ? group->month_budget : ""),
                                  .purse = budget_purse(m->budget, now_ms)};
}

static struct canary_plan canary_of(const struct launch_means *m, const struct campaign_body *b)
{
    struct canary_plan plan = {.own = b->canary,
                               .usual = m->canary,
                               .said = b->canary_said,
                               .above = m->canary_above,
                               .usual_then = m->canary_then,
                               .wait_ms = m->canary_wait_ms};
    plan.then_said = canary_then_from_string(b->campaign.canary_then, &plan.then);
    return plan;
}

static struct check_law law_of(const struct launch_means *m, const struct campaign_body *b)
{
    return (struct check_law){.words = m->law_words,
                              .organisation = m->law,
                              .purpose = b->purpose,
                              .confirmed = {b->confirmed[0], b->confirmed[1]},
                              .off_why = law_book_why,
                              .off_arg = m->law_book,
                              .accounts = m->accounts,
                              .scheduled = b->campaign.schedule.n > 0,
                              .lent = b->campaign.loan != 0};
}

struct check_input launch_check_input(const struct launch_means *m, const struct campaign_body *b,
                                      uint32_t named, int64_t now_ms)
{
    return (struct check_input){
        .message = slice_of(b->message),
        .account = b->account,
        .senders = b->campaign.sender,
        .audience = b->list,
        .start_ms = b->campaign.start_ms,
        .deadline_ms = b->campaign.deadline_ms,
        .now_ms = now_ms,
        .author = b->campaign.author,
        .approval = &m->approval,
        .loosens = launch_loosens(m, &b->campaign),
        .canary = canary_of(m, b),
        .organisation = m->organisation,
        .keywords = m->keywords,
        .hours = &b->hours,
        .hours_text = b->campaign.hours,
        .hours_unsaid = b->hours_unsaid,
        .cap = m->cap,
        .exempt = b->campaign.cap.n > 0,
        .lane = b->campaign.lane,
        .answer_ms = b->campaign.answer_ms,
        .late_why = b->late_why,
        .consent = b->consent,
        .law = law_of(m, b),
        .zones = m->zones,
        .words = m->words,
        .memory = m->memory ? memory_watched(m->memory) : NULL,
        .budgets = budgets_of(m, b, now_ms),
        .named = named,
        .of = b->campaign.of,
        .only = (unsigned)b->campaign.only,
        .nameless = b->campaign.loan != 0,
    };
}

static void on_created(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct launching l = *(struct launching *)arg;
    char digest[DIGEST_BYTES];
    free(arg);
    if (result == 0) {
        tried_digest(slice_of(l.b->message), slice_of(l.b->account->name), digest);
        tried_launched(l.m->store, digest, campaign->id, l.now_ms);
    }
    l.cb(l.arg, result, campaign, NULL, e);
}

/* What only the check knows, and the campaign keeps. */
static void take_report(struct campaign_body *b, const struct check_report *report)
{
    free(b->zones);
    b->zones = check_report_zones(report);
    b->campaign.zones = slice_of(b->zones);
    b->is_late = *check_report_late(report) != '\0';
    campaign_body_priced(b, report);
}

static void take_canary(const struct launching *l, uint64_t people, struct campaign *c)
{
    enum canary_then then;
    const struct canary_plan plan = canary_of(l->m, l->b);
    c->canary = canary_planned(&plan, people, &then);
    c->canary_then = c->canary ? slice_of(canary_then_to_string(then)) : SLICE_NONE;
}

/* 0: the campaign says nothing of it; or nothing stops by that anyway. */
static bool is_above(uint64_t own, int usual)
{
    return usual > 0 && own > (uint64_t)usual;
}

bool launch_loosens(const struct launch_means *m, const struct campaign *c)
{
    return c->brake_off.n > 0 || is_above(c->pause_account_refusals, m->pause.account_refusals) ||
           is_above(c->pause_failed_percent, m->pause.failed_percent) ||
           is_above(c->pause_filtered_percent, m->pause.filtered_percent) ||
           is_above(c->pause_of_receipts, m->pause.of);
}

/* It waits for a second person, or nobody has to look. */
static void create(struct launching *l, const struct check_report *report)
{
    char why[APPROVAL_WHY_BYTES];
    struct campaign c = l->b->campaign;
    take_canary(l, check_report_recipients(report), &c);
    c.approval_why =
        approval_why(&l->m->approval, check_report_recipients(report), check_report_alone(report),
                     check_report_needs_approval(report) || launch_loosens(l->m, &c), why);
    c.alone_people = check_report_recipients(report);
    c.alone_max = l->m->approval.two_people ? l->m->approval.above : 0;
    campaign_create(l->m->store, &c, slice_of(l->b->message), l->now_ms, on_created, l);
}

static void on_checked(void *arg, int result, const struct check_report *report,
                       const struct err *e)
{
    struct launching *l = arg;
    struct err refused;
    if (result == 0 && l->b->campaign.loan &&
        !loans_find(l->m->loans, l->b->campaign.loan, l->now_ms)) {
        result = err_set(&refused, ERR_CONFLICT,
                         "not launched: the list was taken back while it was checked");
        e = &refused;
    }
    if (result == 0 && check_report_ok(report)) {
        take_report(l->b, report);
        create(l, report);
        return;
    }
    struct launching done = *l;
    free(l);
    if (result < 0) {
        done.cb(done.arg, result, NULL, NULL, e);
        return;
    }
    result = err_set(&refused, ERR_REFUSED, "not launched: the check found errors");
    done.cb(done.arg, result, NULL, report, &refused);
}

void launch_run(const struct launch_means *m, struct campaign_body *b, int64_t now_ms,
                launch_cb *cb, void *arg)
{
    struct launching *l = xmalloc(sizeof *l);
    *l = (struct launching){m, b, now_ms, cb, arg};
    const struct check_input input = launch_check_input(m, b, 0, now_ms);
    check_run(m->store, &input, on_checked, l);
}
