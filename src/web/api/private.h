#pragma once
/* What the parts of the campaign API share. */
#include "web/campaign_api.h"

#include <jansson.h>

struct campaign_api {
    struct campaign_api_config config;
    int checks;              /* under way */
    struct zone_book *zones; /* owned */
};

int64_t campaign_api_now(const struct campaign_api *a);
/* STATUS. Returns owned. */
json_t *campaign_status_json(const struct campaign *c);
/* A campaign_cb for an http_request that waits for it: the STATUS or the failure. */
void campaign_answer_status(void *request, int result, const struct campaign *c,
                            const struct err *e);

/* Each part adds its routes. The literal paths of launch must come before {id}. */
void campaign_launch_routes(struct campaign_api *a, struct router *r);
void campaign_people_routes(struct campaign_api *a, struct router *r);
void campaign_audit_routes(struct campaign_api *a, struct router *r);
void campaign_resolve_routes(struct campaign_api *a, struct router *r);
