#include "web/campaign_body.h"

#include "flow/account.h"
#include "web/own.h"

void web_campaign_done(struct campaign_call *l)
{
    campaign_body_done(&l->body);
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
static bool may_exempt(struct web_call *c)
{
    const struct campaign_call *l = c->state;
    if (l->body.campaign.cap.n == 0 || access_may_everywhere(c->member, MAY_LAUNCH_CAMPAIGNS))
        return true;
    web_error(c, 403, "forbidden",
              "only an owner, or an organiser of every group, exempts a campaign from the cap");
    return false;
}

bool web_campaign_read(struct web_call *c, enum campaign_body_need need)
{
    struct campaign_call *l = c->state;
    (void)campaign_body_read(&l->body, json_incref(c->body.root), need);
    if (!web_campaign_ok(c) || !may_exempt(c)) return false;
    struct slice gateway = l->body.campaign.gateway;
    if (gateway.n == 0 || campaign_body_account(&l->body, c->config->accounts)) return true;
    refuse_gateway(c, gateway);
    return false;
}

static void on_audience(void *arg, int result, const struct audience_info *info,
                        const struct err *e)
{
    struct web_call *c = arg;
    struct campaign_call *l = c->state;
    struct err said;
    if (!own_audience(c, result, info, e)) return;
    result = campaign_body_take(&l->body, info, c->config->groups, c->config->means->hours,
                                c->config->means->consent, &said);
    if (web_ok(c, result, &said)) l->then(c);
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
