#pragma once
/* The room of those who run campaigns, under /campaigns and /lists. Each page of a campaign asks the
 * API (web_ask) and shows what it tells. Each file has its rows. */
#include "core/campaign_status.h"
#include "core/json.h"
#include "web/route.h"

extern const struct routes cascade_page_routes;
extern const struct routes campaign_approve_routes, day_page_routes, day_record_page_routes,
    month_page_routes, pause_page_routes;
extern const struct routes place_form_routes, place_import_page_routes, place_page_routes;
extern const struct routes pledge_page_routes, rehearsal_page_routes;
extern const struct routes campaign_report_routes, schedule_form_routes, schedule_page_routes,
    schedule_change_routes;
extern const struct routes campaign_list_routes, campaign_new_routes, campaign_check_routes,
    campaign_live_routes, campaign_change_routes;
extern const struct routes list_from_page_routes, list_import_page_routes, lent_page_routes,
    list_page_routes, lists_page_routes, optout_export_routes, optout_list_page_routes,
    optout_page_routes;

/* What pages call it: "Planned". */
const char *campaign_status_words(enum campaign_status s);
