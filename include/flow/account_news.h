#pragma once
/* What a provider says about our account (struct account_event of gateway/gateway.h): when it says
 * that nothing leaves any more, by a template or at all, the running campaigns that it is about are
 * blocked with the reason, before each of their people is refused. */
#include "gateway/gateway.h"
#include "store/campaign.h"

/* result 0: all campaigns that it is about are blocked now, or were before. ERR_UNREACHABLE: not
 * known. */
typedef void account_news_cb(void *arg, int result);

/* `gateways` are the names of those whose account it is; all is copied. The level is not looked at.
 * cb runs once, perhaps before this returns. */
void account_news_block(struct store *store, const struct slice *gateways, size_t count,
                        const struct account_event *event, int64_t now_ms, account_news_cb *cb,
                        void *arg);
