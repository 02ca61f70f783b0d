/* What a campaign takes from others than its JSON: its account, its list, whom an earlier campaign did not reach, and what
 * its group and the organisation say. */
#include "flow/campaign_body.h"

#include "flow/account.h"
#include "flow/check.h"
#include "flow/senders.h"
#include "store/group.h"

#include <stdio.h>
#include <stdlib.h>

bool campaign_body_account(struct campaign_body *b, const struct accounts *accounts)
{
    b->account = accounts_find(accounts, b->campaign.gateway);
    return b->account != NULL;
}

int campaign_body_take_of(struct campaign_body *b, const struct campaign *of, struct err *e)
{
    bool over = campaign_is_over(of->status);
    uint64_t people = 0;
    for (int s = 0; s < STATE_COUNT; s++)
        if (b->campaign.only & 1u << s) people += of->counts[s];
    if (!over || campaign_waiting(of) || of->made < of->blocks)
        return err_set(e, ERR_CONFLICT,
                       "campaign %u is not over yet: nobody knows who will not have got it",
                       of->id);
    if (of->trimmed_ms)
        return err_set(e, ERR_CONFLICT, "who stood where in campaign %u is not kept any more",
                       of->id);
    if (!slice_eq(b->audience, of->audience_name))
        return err_set(e, ERR_CONFLICT, "campaign %u went to the list '%.*s': name that one",
                       of->id, SLICE_ARG(of->audience_name));
    if (people == 0) return err_set(e, ERR_CONFLICT, "nobody stands so in campaign %u", of->id);
    b->campaign.people = people;
    return 0;
}

/* What it does not say, the group says, or else the organisation. */
static int take_usual_hours(struct campaign_body *b, const struct group_info *group,
                            const char *usual, struct err *e)
{
    if (!b->hours_unsaid) return 0;
    if (!usual) usual = "any";
    free(b->usual_hours);
    b->usual_hours = xstrdup(group && *group->hours ? group->hours : usual);
    b->campaign.hours = slice_of(b->usual_hours);
    return hours_parse(b->campaign.hours, &b->hours, e);
}

/* The organisation's word, where the campaign says none. */
static void take_usual_consent(struct campaign_body *b, const char *usual)
{
    if (b->consent_unsaid && usual && strcmp(usual, "no") != 0 && consent_word_ok(slice_of(usual)))
        (void)snprintf(b->consent.what, sizeof b->consent.what, "%s", usual);
    (void)snprintf(b->consent.kind, sizeof b->consent.kind, "%s",
                   law_purpose_to_string(b->purpose));
    consent_need_write(&b->consent, b->consent_text);
    b->campaign.consent = slice_of(b->consent_text);
}

static int refuse_account(const struct campaign_body *b, const struct group_info *group,
                          struct err *e)
{
    struct buf list = BUF_INIT(700);
    for (size_t i = 0; i < group->gateway_count; i++)
        buf_addf(&list, "%s%s", i ? ", " : "", group->gateways[i]);
    int rc = err_set(e, ERR_CONFLICT, "the group '%s' cannot send by '%.*s': it may use %.*s",
                     group->name, SLICE_ARG(b->campaign.gateway), SLICE_ARG(buf_slice(&list)));
    buf_done(&list);
    return rc;
}

static int refuse_sender(const struct campaign_body *b, const struct senders *may, struct err *e)
{
    char names[SENDERS_BYTES_MAX];
    struct slice list = senders_names(b->account, may, names);
    if (list.n == 0) /* all of the account's */
        return err_set(e, ERR_INVALID,
                       "gateway '%s' has no sender '%.*s'; `muster gateway list` shows them",
                       b->account->name, SLICE_ARG(b->sender));
    for (size_t i = 0; i < list.n; i++)
        if (names[i] == '\n') names[i] = ' ';
    return err_set(e, ERR_CONFLICT, "the group '%.*s' cannot send from '%.*s': it may use %.*s",
                   SLICE_ARG(b->campaign.group), SLICE_ARG(b->sender), SLICE_ARG(list));
}

static int find_sender(const struct campaign_body *b, const struct senders *may,
                       struct senders *ret, struct err *e)
{
    for (size_t i = 0; i < may->count; i++)
        if (slice_is(b->sender, b->account->senders[may->at[i]])) {
            *ret = (struct senders){.at = {may->at[i]}, .count = 1};
            return 0;
        }
    return refuse_sender(b, may, e);
}

/* The one that it says, or all that its group may use. */
static int take_senders(struct campaign_body *b, const struct groups *groups, struct err *e)
{
    char names[SENDERS_BYTES_MAX];
    int rc = 0;
    if (!b->account) return 0;
    struct senders use = senders_of_group(b->account, groups, b->campaign.group), may = use;
    if (use.count == 0)
        return err_set(e, ERR_CONFLICT,
                       "the gateway '%s' has no sender that the group '%.*s' may use",
                       b->account->name, SLICE_ARG(b->campaign.group));
    if (b->sender.n) rc = find_sender(b, &may, &use, e);
    free(b->senders);
    b->senders = slice_strdup(senders_names(b->account, &use, names));
    b->campaign.sender = slice_of(b->senders);
    return rc;
}

int campaign_body_take(struct campaign_body *b, const struct audience_info *info,
                       const struct groups *groups, const char *usual_hours,
                       const char *usual_consent, struct err *e)
{
    if (info->frozen_ms == 0)
        return err_set(e, ERR_CONFLICT,
                       "audience %u is still being imported: freeze it, or wait for the import",
                       info->id);
    audience_info_free(b->list);
    b->list = audience_info_dup(info);
    b->campaign.group = b->list->group;
    b->campaign.audience = b->list->id;
    b->campaign.audience_name = b->list->name;
    b->campaign.blocks = b->list->blocks;
    b->campaign.people = b->list->total;
    const struct group_info *group = groups_find(groups, info->group);
    if (group && !groups_may_use(groups, info->group, b->campaign.gateway))
        return refuse_account(b, group, e);
    int rc = take_senders(b, groups, e);
    if (rc < 0) return rc;
    take_usual_consent(b, usual_consent);
    return take_usual_hours(b, group, usual_hours, e);
}

void campaign_body_priced(struct campaign_body *b, const struct check_report *report)
{
    b->campaign.prices = check_report_prices(report);
    if (!b->campaign.prices) return;
    b->campaign.currency = slice_of(b->account->price.currency);
    b->campaign.price = check_report_price(report);
    b->campaign.budget = (uint64_t)b->budget.millionths;
}
