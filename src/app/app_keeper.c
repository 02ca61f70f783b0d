#include "app_keeper.h"

struct keeper *app_keeper_new(const struct config *c, struct store *s, struct inbox *inbox)
{
    const struct keeper_config keeps = {
        .store = s,
        .inbox = inbox,
        .strangers_days = c->inbox.keep_days,
        .conversations_days = c->keep.conversations_days,
        .campaigns_days = c->keep.campaigns_days,
        .audiences_days = c->keep.audiences_days,
        .consent_days = c->keep.consent_days,
        .pledges_days = c->keep.pledges_days,
    };
    return keeper_new(&keeps);
}
