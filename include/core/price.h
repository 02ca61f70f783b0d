#pragma once
/* What messages of one account cost. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct country_price {
    const char *country; /* "GB" */
    int64_t millionths;
};

struct price {
    const char *currency; /* "GBP" */
    /* [millionths of the currency] per part (SMS) or message (WhatsApp) */
    int64_t default_millionths;
    bool default_said; /* false: what a country costs that is not listed is not known */
    const struct country_price *by_country;
    size_t country_count;
};

/* [millionths] of one part or message to that country; NULL = not known which. O(countries). */
int64_t price_of(const struct price *p, const char *country);
bool price_is_known(const struct price *p, const char *country);
