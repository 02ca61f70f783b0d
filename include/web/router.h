#pragma once
/* Which function answers which request: a table of method and path pattern. One router serves all
 * of web: webhooks, API, pages, health. A pattern is literal segments and {named} ones, each
 * standing for exactly one non-empty segment ("/api/v1/conversations/{id}/claim"); the first route
 * that fits wins. HEAD is answered by the GET route. No route: 404; another method only: 405 with
 * Allow. Both are JSON under /api/ and /hooks/ and a small page elsewhere (see web/respond.h). */
#include "base/slice.h"
#include "io/http_server.h"

struct router;

enum { ROUTE_PARAMS_MAX = 4, ROUTE_SEGMENTS_MAX = 12 };

struct route_params {
    size_t n;
    struct slice name[ROUTE_PARAMS_MAX];
    struct slice value[ROUTE_PARAMS_MAX]; /* borrowed from the request's path */
};

/* Answers q once, now or later (the contract of http_handler). params only until it returns. */
typedef void route_handler(void *ctx, struct http_request *q, const struct route_params *params);

struct router *router_new(void);    /* returns owned */
void router_free(struct router *r); /* NULL is fine */
/* method and pattern are borrowed for ever (literals). A malformed pattern is a bug. */
void router_add(struct router *r, const char *method, const char *pattern, route_handler *handler,
                void *ctx);
/* The door before all handlers: false = it has answered q itself. One only, asked for requests that
 * have a route. */
typedef bool route_door(void *ctx, struct http_request *q);
void router_set_door(struct router *r, route_door *door, void *ctx);
/* Finds the route and calls it, or answers 404/405. Fits http_handler: router_handle(r, q).
 * O(routes). */
void router_handle(void *router, struct http_request *q);

/* The i-th route in the order of adding; false behind the last. For tests and documents. Borrowed.
 */
bool router_route(const struct router *r, size_t i, const char **ret_method,
                  const char **ret_pattern);

/* The value of a named segment; none when the pattern has no such name. */
struct slice route_param(const struct route_params *p, const char *name);
/* A named segment as a positive number up to UINT32_MAX; false when it is none. */
bool route_param_id(const struct route_params *p, const char *name, uint32_t *ret_id);
