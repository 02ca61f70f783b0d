/* One campaign as the API answers with it: with how much of what is spent is set aside (store/money.h). The store
 * adds that up over the blocks that are on their way, so lists do without. */
#include "web/api/api.h"

#include "store/campaign.h"
#include "store/money.h"
#include "web/call.h"
#include "web/view/view.h"

#include <stdlib.h>

struct showing {
    struct web_call *c;
    struct campaign *campaign; /* owned */
    api_shown_fn *shown;
};

static void on_set_aside(void *arg, int result, int64_t set_aside, const struct err *e)
{
    struct showing *w = arg;
    if (web_ok(w->c, result, e)) {
        json_t *out = view_campaign(w->campaign, w->c->now_ms);
        view_set_aside(out, w->campaign, set_aside);
        w->shown(w->c, out);
    }
    campaign_free(w->campaign);
    free(w);
}

void api_show_campaign(struct web_call *c, const struct campaign *campaign, api_shown_fn *shown)
{
    if (campaign->spent == 0) {
        json_t *out = view_campaign(campaign, c->now_ms);
        if (campaign->currency.n) view_set_aside(out, campaign, 0);
        shown(c, out);
        return;
    }
    struct showing *w = xcalloc(1, sizeof *w);
    *w = (struct showing){c, campaign_dup(campaign), shown};
    campaign_set_aside(c->config->store, campaign->id, on_set_aside, w);
}

static void answer(struct web_call *c, json_t *shown)
{
    web_answer(c, 200, shown);
}

void api_answer_campaign(struct web_call *c, const struct campaign *campaign)
{
    api_show_campaign(c, campaign, answer);
}
