#pragma once
/* What programs talk to, under /api/v1; src/web/openapi.yaml tells of all of it. Each file has its
 * rows. */
#include "base/slice.h"
#include "web/route.h"

struct campaign_body;

extern const struct routes approval_routes, audience_routes, audit_routes, campaign_edit_routes,
    campaign_routes, campaign_test_routes, cascade_routes, consent_routes, day_routes,
    decide_routes, event_routes, forget_routes, gateway_routes, gazetteer_routes, group_routes,
    hand_routes, import_routes, inbox_routes, kept_routes, launch_routes, law_routes, loan_routes,
    money_routes, near_routes, outcome_routes, pause_all_routes, people_routes, place_import_routes,
    place_routes, pledge_routes, preview_routes, problem_routes, rehearsal_routes, reply_routes,
    resolve_routes, restore_routes, schedule_make_routes, schedule_routes, suggestion_routes,
    suppression_batch_routes, suppression_routes, template_routes, twin_routes, webhook_routes;

/* GET …/campaigns/{id}/report.csv, of the API and of its page. */
void api_send_report_csv(struct web_call *c);

/* A person as people and exports name them: a number in E.164, or "~GB.1349…". *ret_key is borrowed
 * from text or from out, which holds NUMBER_TEXT_BYTES; *ret_number is 0 without one. False: c has
 * its response. */
bool api_read_person(struct web_call *c, struct slice text, char *out, struct slice *ret_key,
                     uint64_t *ret_number);
/* A number in E.164, as its canonical one. False: c has its response. */
bool api_read_number(struct web_call *c, struct slice text, uint64_t *ret);
/* Whether a check of that campaign may begin: there is room, and its hours can be known. False: c has its
 * response. */
bool api_may_check(struct web_call *c, const struct campaign_body *b);
/* Whether the member may do in a scope of opt-outs ("all", "hold", a group) what the row says. False: c
 * has its response. */
bool api_check_scope(struct web_call *c, struct slice scope);
