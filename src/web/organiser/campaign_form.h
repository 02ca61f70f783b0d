#pragma once
/* What somebody types into "New campaign", and the campaign that the API wants: one reading for the
 * form, its preview, the check, the test and the launch. */
#include "web/call.h"

/* The body of POST /api/v1/campaigns, whether it is whole or not, and what is wrong: {field: sentence};
 * both owned by the caller. *ret_wrong NULL: nothing. */
json_t *campaign_form_read(const struct web_call *c, json_t **ret_wrong);
/* Those of a body that the preview takes. Returns owned. */
json_t *campaign_form_preview(const struct web_call *c, const json_t *campaign);
/* What was typed, as hidden fields carry it on: [{name, value}, …]. Returns owned. */
json_t *campaign_form_hidden(const struct web_call *c);
/* Shows the form with what was typed, wrong (as above; NULL) and a problem ("" = none). */
void campaign_form_show(struct web_call *c, int status, const char *problem, const json_t *wrong);
/* What the form's template wants: the accounts that there are, what was typed, and what is wrong (NULL). */
void campaign_form_put(const struct web_call *c, json_t *data, const json_t *wrong);
