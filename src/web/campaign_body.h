#pragma once
/* The campaign that a request's body holds (flow/campaign_body.h), read for whoever asks. */
#include "flow/campaign_body.h"
#include "flow/check.h"
#include "web/call.h"

/* What the state of such a call begins with; web_campaign_done frees it. */
struct campaign_call {
    struct campaign_body body;
    void (*then)(struct web_call *c);
};
void web_campaign_done(struct campaign_call *l);

/* Reads it, and finds its account where it names one. False: c has its response. */
bool web_campaign_read(struct web_call *c, enum campaign_body_need need);
/* Finds its audience among those of the member's groups and takes it; then goes on with `then`, or c
 * has its response. */
void web_campaign_find(struct web_call *c, void (*then)(struct web_call *c));
/* 400 about what was noted of the body. False: c has its response. */
bool web_campaign_ok(struct web_call *c);
