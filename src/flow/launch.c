#include "flow/launch.h"

#include <stdlib.h>

#include "flow/budget.h"
#include "flow/zone_book.h"
#include "store/group.h"
#include "store/law.h"
#include "store/memory.h"

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
        .organisation = m->organisation,
        .keywords = m->keywords,
        .hours = &b->hours,
        .hours_text = b->campaign.hours,
        .hours_unsaid = b->hours_unsaid,
        .cap = b->campaign.cap.n ? (struct cap){0} : m->cap,
        .lane = b->campaign.lane,
        .answer_ms = b->campaign.answer_ms,
        .late_why = b->late_why,
        .consent = b->consent,
        .law = {.words = m->law_words,
                .organisation = m->law,
                .purpose = b->purpose,
                .confirmed = {b->confirmed[0], b->confirmed[1]},
                .off_why = law_book_why,
                .off_arg = m->law_book,
                .accounts = m->accounts},
        .zones = m->zones,
        .words = m->words,
        .memory = m->memory ? memory_watched(m->memory) : NULL,
        .budgets = budgets_of(m, b, now_ms),
        .named = named,
        .of = b->campaign.of,
        .only = (unsigned)b->campaign.only,
    };
}

static void on_created(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct launching l = *(struct launching *)arg;
    free(arg);
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

/* With how many it begins, by itself or as all large ones do. */
static void take_canary(const struct launching *l, uint64_t people, struct campaign *c)
{
    const struct launch_means *m = l->m;
    bool usual = !l->b->canary_said && m->canary_above && people > m->canary_above;
    c->canary = canary_people(usual ? &m->canary : &l->b->canary, people);
    if (c->canary == 0)
        c->canary_then = SLICE_NONE;
    else if (c->canary_then.n == 0)
        c->canary_then = slice_of(canary_then_to_string(usual ? m->canary_then : CANARY_LOOK));
}

/* It waits for a second person, or nobody has to look. */
static void create(struct launching *l, const struct check_report *report)
{
    char why[APPROVAL_WHY_BYTES];
    struct campaign c = l->b->campaign;
    take_canary(l, check_report_recipients(report), &c);
    c.approval_why = approval_why(&l->m->approval, check_report_recipients(report),
                                  check_report_needs_approval(report) || c.brake_off.n, why);
    campaign_create(l->m->store, &c, slice_of(l->b->message), l->now_ms, on_created, l);
}

static void on_checked(void *arg, int result, const struct check_report *report,
                       const struct err *e)
{
    struct launching *l = arg;
    struct err refused;
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
