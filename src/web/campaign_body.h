#pragma once
/* The campaign that a request's body holds (flow/campaign_body.h), read for whoever asks. */
#include "flow/campaign_body.h"
#include "flow/check.h"
#include "web/call.h"

/* What the state of such a call begins with; web_campaign_done frees it. */
struct campaign_call {
    struct campaign_body body;
    void (*then)(struct web_call *c);
    /* Of a list that is lent to them: whose it is, and which of their groups borrows it. Owned. */
    const char *lender[1];
    char *helper;
    bool lent_too; /* also a list that is lent to them: only where nobody of it is shown */
};
void web_campaign_done(struct campaign_call *l);

/* Reads it, and finds its account where it names one. False: c has its response. */
bool web_campaign_read(struct web_call *c, enum campaign_body_need need);
/* Finds its audience among those of the member's groups and takes it; then goes on with `then`, or c
 * has its response. */
void web_campaign_find(struct web_call *c, void (*then)(struct web_call *c));
/* Whether they may exempt it from the cap, where it says that it is. False: c has its response. */
bool web_may_exempt(struct web_call *c, const struct campaign_body *b);
/* 400 about what was noted of the body. False: c has its response. */
bool web_campaign_ok(struct web_call *c);
