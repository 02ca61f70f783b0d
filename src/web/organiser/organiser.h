#pragma once
/* The room of those who run campaigns, under /campaigns. Each page asks the API (web_ask) and shows
 * what it tells. Each file has its rows. */
#include "web/route.h"

extern const struct routes campaign_list_routes, campaign_form_routes, campaign_check_routes,
    campaign_live_routes;
