#pragma once
/* What programs talk to, under /api/v1; src/web/openapi.yaml tells of all of it. Each file has its
 * rows. */
#include "web/route.h"

extern const struct routes audience_routes, audit_routes, campaign_routes, decide_routes,
    gateway_routes, inbox_routes, launch_routes, people_routes, resolve_routes, suppression_routes;
