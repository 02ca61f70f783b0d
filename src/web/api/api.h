#pragma once
/* What programs talk to, under /api/v1; src/web/openapi.yaml tells of all of it. Each file has its
 * rows. */
#include "base/slice.h"
#include "core/json.h"
#include "web/route.h"

struct campaign;
struct campaign_body;

/* GET …/campaigns/{id}/report.csv, of the API and of its page. */
void api_send_report_csv(struct web_call *c);

/* A person as people and exports name them: a number in E.164, or "~GB.1349…". *ret_key is borrowed
 * from text or from out, which holds NUMBER_TEXT_BYTES; *ret_number is 0 without one. False: c has
 * its response. */
bool api_read_person(struct web_call *c, struct slice text, char *out, struct slice *ret_key,
                     uint64_t *ret_number);
/* A number in E.164, as its canonical one. False: c has its response. */
bool api_read_number(struct web_call *c, struct slice text, uint64_t *ret);
/* One campaign as JSON, with what of its money is set aside. shown gets c and it (which it takes), now or from the loop; not
 * where the store fails: then c has its response. campaign is borrowed for the call. */
typedef void api_shown_fn(struct web_call *c, json_t *campaign);
void api_show_campaign(struct web_call *c, const struct campaign *campaign, api_shown_fn *shown);
/* The same as the response, 200. */
void api_answer_campaign(struct web_call *c, const struct campaign *campaign);
/* Whether a check of that campaign may begin: there is room, and its hours can be known. False: c has its
 * response. */
bool api_may_check(struct web_call *c, const struct campaign_body *b);
/* Whether the member may do in a scope of opt-outs ("all", "hold", a group) what the row says. False: c
 * has its response. */
bool api_check_scope(struct web_call *c, struct slice scope);
