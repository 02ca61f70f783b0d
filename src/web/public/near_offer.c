/* The link of a campaign's text: which session it told of, and whom. Whoever has the link has the text, so it
 * stands for their number. */
#include "flow/recipient.h"
#include "store/campaign.h"
#include "store/offer.h"
#include "web/public/near_session.h"

struct offer {
    uint32_t campaign, index, session;
    struct recipients *recipients; /* owned */
    meeting_offer_cb *cb;
};

static void offer_done(void *state)
{
    recipients_free(((struct offer *)state)->recipients);
}

static void on_recipient(void *arg, int result, const struct recipient *r, const struct err *e)
{
    struct web_call *c = arg;
    const struct offer *o = c->state;
    if (result == ERR_NOT_FOUND)
        meeting_none(c);
    else if (web_ok(c, result, e))
        o->cb(c, o->session, recipient_number(r));
}

static void on_campaign(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    struct offer *o = c->state;
    if (result == ERR_NOT_FOUND) {
        meeting_none(c);
        return;
    }
    if (!web_ok(c, result, e)) return;
    o->recipients = recipients_new(c->config->store, campaign->audience, NULL);
    recipients_load(o->recipients, o->index, on_recipient, c);
}

static void on_offer(void *arg, int result, const uint32_t *sessions, size_t n)
{
    struct web_call *c = arg;
    struct offer *o = c->state;
    if (result < 0) {
        web_failed(c, result, NULL);
        return;
    }
    o->session = n ? sessions[0] : 0;
    if (o->session)
        campaign_load(c->config->store, o->campaign, on_campaign, c);
    else
        meeting_none(c);
}

void meeting_offer(struct web_call *c, const struct link *link, meeting_offer_cb *cb)
{
    struct offer *o = web_call_state(c, sizeof *o, offer_done);
    o->campaign = link->a;
    o->index = link->b;
    o->cb = cb;
    offers_load(c->config->store, o->campaign, o->index, 1, on_offer, c);
}
