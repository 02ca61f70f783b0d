#pragma once
/* What the files of the inbox's API share: inbox_api.c, and inbox_decide.c for answers that nobody
 * knows about. */
#include "web/inbox_api.h"

struct inbox_api {
    struct inbox_web_config config;
};

/* A request that waits for the store. */
struct inbox_call {
    struct http_request *q;
    const struct person *person;
    int64_t now_ms;
    uint32_t id;
};

/* The call of a route with {id}; NULL when it was answered already. */
struct inbox_call *inbox_call_begin(struct inbox_api *a, struct http_request *q,
                                    const struct route_params *params);

/* inbox_hold.c: POST /api/v1/conversations/{id}/keep and /take-off */
void inbox_api_post_keep(void *ctx, struct http_request *q, const struct route_params *params);
void inbox_api_post_take_off(void *ctx, struct http_request *q, const struct route_params *params);
/* inbox_decide.c: POST /api/v1/conversations/{id}/resolve */
void inbox_api_post_resolve(void *ctx, struct http_request *q, const struct route_params *params);
