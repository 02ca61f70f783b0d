#pragma once
/* The room of those who run campaigns, under /campaigns and /lists. Each page of a campaign asks the
 * API (web_ask) and shows what it tells. Each file has its rows. */
#include "core/campaign_status.h"
#include "core/json.h"
#include "web/route.h"

/* What pages call it: "Planned". */
const char *campaign_status_words(enum campaign_status s);
