#include "web/campaign_body.h"

#include "flow/account.h"
#include "store/loan.h"
#include "web/own.h"

#include <stdlib.h>

void web_campaign_done(struct campaign_call *l)
{
    campaign_body_done(&l->body);
    free((char *)l->lender[0]);
    free(l->helper);
}

bool web_campaign_ok(struct web_call *c)
{
    const struct campaign_call *l = c->state;
    const struct body *from = &l->body.from;
    if (!from->e.code) return true;
    web_error_more(c, 400, "invalid", from->e.text, json_pack("{s:O}", "errors", from->errors));
    return false;
}

static void refuse_gateway(struct web_call *c, struct slice name)
{
    struct buf list = BUF_INIT(700);
    for (size_t i = 0; i < c->config->accounts->count; i++)
        if (own_account(c, &c->config->accounts->list[i]))
            buf_addf(&list, "%s%s", list.n ? ", " : "", c->config->accounts->list[i].name);
    web_error(c, 400, "no_gateway",
              "there is no gateway '%.*s' in the configuration; there are: %s", SLICE_ARG(name),
              list.n ? list.p : "none");
    buf_done(&list);
}

/* Other groups' people are theirs, too: only who launches for every group may text them once more. */
bool web_may_exempt(struct web_call *c, const struct campaign_body *b)
{
    if (b->campaign.cap.n == 0 || access_may_everywhere(c->member, MAY_LAUNCH_CAMPAIGNS))
        return true;
    web_error(c, 403, "forbidden",
              "only an owner, or an organiser of every group, exempts a campaign from the cap");
    return false;
}

bool web_campaign_read(struct web_call *c, enum campaign_body_need need)
{
    struct campaign_call *l = c->state;
    (void)campaign_body_read(&l->body, json_incref(c->body.root), need);
    if (!web_campaign_ok(c) || !web_may_exempt(c, &l->body)) return false;
    struct slice gateway = l->body.campaign.gateway;
    if (gateway.n == 0 || campaign_body_account(&l->body, c->config->accounts)) return true;
    refuse_gateway(c, gateway);
    return false;
}

static void take(struct web_call *c, const struct audience_info *info)
{
    struct campaign_call *l = c->state;
    struct err said;
    int result = campaign_body_take(&l->body, info, c->config->groups, c->config->means->hours,
                                    c->config->means->consent, &said);
    if (web_ok(c, result, &said)) l->then(c);
}

/* ---- a list that is lent ---- */

static const struct loan *loan_of(struct web_call *c)
{
    const struct campaign_call *l = c->state;
    return loans_find(c->config->loans, l->body.campaign.loan, c->now_ms);
}

/* Another list of that name, made since, is not lent. */
static void on_lent(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct web_call *c = arg;
    struct err gone;
    const struct loan *loan = loan_of(c);
    if (result == 0 && (!loan || info->list != loan->list)) {
        result = err_set(&gone, ERR_NOT_FOUND, "that list is not lent to you any more");
        e = &gone;
    }
    if (web_ok(c, result, e)) take(c, info);
}

/* False: none of that name is lent to them. */
static bool find_lent(struct web_call *c)
{
    struct campaign_call *l = c->state;
    bool several;
    const struct group_set groups = own_groups(c);
    const struct loan *loan =
        loans_named(c->config->loans, &groups, l->body.audience, c->now_ms, &several);
    if (several)
        web_error(c, 409, "conflict",
                  "several lists of that name are lent to you: say which by its loan (@5); `muster "
                  "audience lent` shows them");
    if (several || !loan) return several;
    l->lender[0] = xstrdup(loan->group);
    l->body.campaign.loan = loan->id;
    l->body.campaign.helper = slice_of(l->helper = xstrdup(loan->to));
    campaign_body_name_list(&l->body, slice_of(loan->list_name));
    audience_find(c->config->store, &(struct group_set){.names = l->lender, .count = 1},
                  slice_of(loan->list_name), on_lent, c);
    return true;
}

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct web_call *c = arg;
    const struct campaign_call *l = c->state;
    if (result == ERR_NOT_FOUND && l->lent_too && find_lent(c)) return;
    if (own_audience(c, result, info, e)) take(c, info);
}

static void on_earlier_list(void *arg, int result, const struct audience_info *info,
                            const struct err *e)
{
    struct web_call *c = arg;
    struct campaign_call *l = c->state;
    uint64_t people = l->body.campaign.people;
    struct err said;
    if (!own_audience(c, result, info, e)) return;
    result = campaign_body_take(&l->body, info, c->config->groups, c->config->means->hours,
                                c->config->means->consent, &said);
    l->body.campaign.people = people;
    if (web_ok(c, result, &said)) l->then(c);
}

/* The list as it was then, which may have another one of its name since. */
static void on_earlier(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    struct campaign_call *l = c->state;
    struct err said;
    if (!own_campaign(c, result, campaign, e)) return;
    result = campaign_body_take_of(&l->body, campaign, &said);
    if (web_ok(c, result, &said))
        audience_load(c->config->store, campaign->audience, on_earlier_list, c);
}

void web_campaign_find(struct web_call *c, void (*then)(struct web_call *c))
{
    struct campaign_call *l = c->state;
    const struct group_set groups = own_groups(c);
    l->then = then;
    if (l->body.campaign.of) {
        campaign_load(c->config->store, l->body.campaign.of, on_earlier, c);
        return;
    }
    audience_find(c->config->store, &groups, l->body.audience, on_audience, c);
}
