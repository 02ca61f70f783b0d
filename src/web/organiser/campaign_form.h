#pragma once
/* The form of a campaign: of a new one, and of one (or a schedule) that is changed. */
#include "web/call.h"

/* Answers c with "New campaign": what was typed, what is wrong with it ({field: sentence}, NULL: nothing), and a problem
 * ("" = none). */
void campaign_form_show(struct web_call *c, int status, const char *problem, const json_t *wrong);
/* What the form's template wants: the accounts that there are, what was typed, and what is wrong (NULL). */
void campaign_form_put(const struct web_call *c, json_t *data, const json_t *wrong);
