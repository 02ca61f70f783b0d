#pragma once
/* What the configuration says of months and money, to flow/budget.h. */
#include "config/config.h"
#include "flow/budget.h"

static inline struct budget *app_budget_new(const struct config *c)
{
    const struct budget_config config = {
        .zone = c->organisation.zone,
        .country = c->organisation.country,
        .organisation = c->organisation.month_budget,
    };
    return budget_new(&config);
}
