#include "web/own.h"

#include <stdio.h>

#include "base/buf.h"
#include "flow/account.h"
#include "flow/senders.h"
#include "store/audience.h"
#include "store/campaign.h"
#include "store/group.h"
#include "store/loan.h"

struct group_set own_groups(const struct web_call *c)
{
    return access_groups(c->member, c->route->may);
}

static bool may_in(const struct web_call *c, struct slice group)
{
    return access_may(c->member, c->route->may, group);
}

bool own_or_lent_campaign(struct web_call *c, int result, const struct campaign *campaign,
                          const struct err *e)
{
    char scope[LOAN_SCOPE_BYTES];
    if (result == 0 && campaign->loan) {
        loan_scope(campaign->loan, scope);
        if (may_in(c, slice_of(scope))) return true;
    }
    return own_campaign(c, result, campaign, e);
}

bool own_campaign(struct web_call *c, int result, const struct campaign *campaign,
                  const struct err *e)
{
    struct err missing;
    if (!web_ok(c, result, e)) return false;
    if (may_in(c, campaign->group)) return true;
    web_failed(c, campaign_not_found(campaign->id, &missing), &missing);
    return false;
}

bool own_account(const struct web_call *c, const struct account *a)
{
    const struct member *m = c->member;
    for (size_t i = 0; i < m->group_count && !m->everywhere; i++) {
        struct slice group = slice_of(m->groups[i]);
        bool is_anothers = a->group_is_own && !slice_is(group, a->group);
        if (!is_anothers && senders_serve(a, c->config->groups, group)) return true;
    }
    return m->everywhere;
}

bool own_audience(struct web_call *c, int result, const struct audience_info *info,
                  const struct err *e)
{
    struct err missing;
    if (!web_ok(c, result, e)) return false;
    if (may_in(c, info->group)) return true;
    web_failed(c, audience_not_found(info->id, &missing), &missing);
    return false;
}

void own_say_groups(const struct member *m, char out[OWN_GROUPS_BYTES])
{
    struct buf list = BUF_INIT(OWN_GROUPS_BYTES);
    if (m->everywhere) buf_add_cstr(&list, "every group");
    for (size_t i = 0; i < m->group_count; i++)
        buf_addf(&list, "%s%s", i ? ", " : "", m->groups[i]);
    (void)snprintf(out, OWN_GROUPS_BYTES, "%.*s", SLICE_ARG(buf_slice(&list)));
    buf_done(&list);
}

/* None: they have to say it. */
static struct slice usual_group(const struct web_call *c)
{
    const struct member *m = c->member;
    if (access_may_everywhere(m, c->route->may)) return SLICE_LIT("main");
    return m->group_count == 1 ? slice_of(m->groups[0]) : SLICE_NONE;
}

bool own_group(struct web_call *c, struct slice asked, struct slice *ret)
{
    char groups[OWN_GROUPS_BYTES];
    *ret = asked.n ? asked : usual_group(c);
    /* What is no name is the store's to say. */
    if (ret->n > 0 && (!group_ok(*ret) || may_in(c, *ret))) return true;
    own_say_groups(c->member, groups);
    if (ret->n == 0)
        web_error(c, 400, "invalid", "say for which 'group' it is: one of %s", groups);
    else
        web_error(c, 404, "not_found", "you have no group '%.*s'; yours: %s",
                  asked.n > GROUP_BYTES_MAX ? GROUP_BYTES_MAX : (int)asked.n, asked.p, groups);
    return false;
}
