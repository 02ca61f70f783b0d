#include "app_leads.h"

#include <stdlib.h>

#include "app_keeper.h"
#include "app_schedules.h"
#include "flow/keeper.h"
#include "flow/pledge_teller.h"
#include "flow/schedule.h"

static struct pledge_teller *pledges_new(const struct app_leads_parts *p)
{
    const struct pledge_teller_config config = {
        .store = p->means->launch.store,
        .outbox = p->outbox,
        .accounts = p->means->launch.accounts,
        .groups = p->means->groups,
        .zones = p->means->zones,
        .country = p->config->organisation.country,
        .gateway = p->config->organisation.pledge_gateway,
        .organisation = p->config->organisation.name,
        .public_url = p->config->public_url,
        .link_key = p->link_key,
    };
    return pledge_teller_new(&config);
}

struct app_leads *app_leads_new(const struct app_leads_parts *p)
{
    struct app_leads *l = xcalloc(1, sizeof *l);
    l->keeper = app_keeper_new(p->config, p->means->launch.store, p->inbox);
    l->schedules = app_schedules_new(p->config, &p->means->launch, p->nudge, p->arg);
    l->pledges = pledges_new(p);
    return l;
}

void app_leads_free(struct app_leads *l)
{
    if (!l) return;
    keeper_free(l->keeper);
    schedules_free(l->schedules);
    pledge_teller_free(l->pledges);
    free(l);
}
