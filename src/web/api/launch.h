#pragma once
/* The check that stands before a launch, for whoever else shows what a campaign would do. */
#include "flow/check.h"
#include "web/campaign_body.h"

/* Checks what b holds, all of which must be there. cb gets c, and says web->checks-- first. named: the campaign
 * that has its name already; 0 = none. Too many at once, and c has its response. */
void web_check_campaign(struct web_call *c, const struct campaign_body *b, uint32_t named,
                        check_cb *cb);
/* Why a second person would have to approve it; null: none has to. Returns owned. */
json_t *launch_approval_json(const struct web_call *c, const struct campaign_body *b,
                             const struct check_report *report);
