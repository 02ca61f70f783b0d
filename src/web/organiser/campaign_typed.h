#pragma once
/* What somebody typed into the form of a campaign, and the campaign that the API wants: one reading for the
 * form, its preview, the check, the test, the launch and a schedule. */
#include "flow/account.h"
#include "web/call.h"
#include "web/organiser/campaign_message.h"

/* Of whom it is once more (CAMPAIGN key `only`): a box each, "only_" and the state. Ends with NULL. */
enum { CAMPAIGN_TYPED_ONLY = 4 };
extern const char *const campaign_typed_only[CAMPAIGN_TYPED_ONLY + 1];

/* Each field of the form, and what was typed there. */
void campaign_typed_each(const struct web_call *c, campaign_field_cb *take, void *arg);
/* The account that was chosen; borrowed from the configuration. NULL: none, or none of that name. */
const struct account *campaign_typed_account(const struct web_call *c);
/* Whether that account sends a template in place of a text. */
bool campaign_typed_template(const struct web_call *c);

/* The body of POST /api/v1/campaigns, whether it is whole or not, and what is wrong: {field: sentence};
 * both owned by the caller. *ret_wrong NULL: nothing. */
json_t *campaign_typed_read(const struct web_call *c, json_t **ret_wrong);
/* What the preview (POST /api/v1/campaigns/preview) takes of such a body. Returns owned. */
json_t *campaign_typed_preview(const struct web_call *c, const json_t *campaign);
/* What was typed, as hidden fields carry it on: [{name, value}, …]. Returns owned. */
json_t *campaign_typed_hidden(const struct web_call *c);
