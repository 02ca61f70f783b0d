#include "core/price.h"

#include <string.h>

/* NULL when it has no price of its own. */
static const struct country_price *own_price(const struct price *p, const char *country)
{
    for (size_t i = 0; country && i < p->country_count; i++)
        if (strcmp(p->by_country[i].country, country) == 0) return &p->by_country[i];
    return NULL;
}

int64_t price_of(const struct price *p, const char *country)
{
    const struct country_price *own = own_price(p, country);
    return own ? own->millionths : p->default_millionths;
}

bool price_is_known(const struct price *p, const char *country)
{
    return p->default_said || own_price(p, country);
}
