#pragma once
/* How the process is.
 *
 *   GET /healthz          200: it lives; open to all
 *   GET /readyz           200, or 503 and what is missing; open to all
 *   GET /metrics          Prometheus' text format; organisers
 *   GET /api/v1/gateways  the accounts and how they do; organisers
 *   GET /api/v1/organisation  {"name","country","numbering_plan":{"date","version"}}; everybody who
 *                         may in
 *   GET /api/openapi.yaml what the API is (OpenAPI 3.1); open to all */
#include "flow/account.h"
#include "store/campaign.h"
#include "web/auth.h"
#include "web/router.h"

struct dispatch;
struct hooks;
struct queue;
struct redis;
struct system_api;

enum { SYSTEM_CAMPAIGNS_MAX = 200 }; /* in /metrics */

struct system_api_config { /* all borrowed for the life */
    struct auth *auth;
    struct redis *redis;
    const char *prefix; /* of the keys in it */
    struct queue *queue;
    struct store *campaigns;
    const struct dispatch *dispatch; /* NULL without that role */
    const struct hooks *hooks;       /* NULL without that role */
    const struct accounts *accounts;
    const char *organisation, *country; /* its name; "GB", of numbers without + */
    size_t (*open_requests)(void *arg); /* of all the servers; NULL = not told */
    void *open_requests_arg;
};

extern const struct slice openapi_yaml; /* src/web/openapi.yaml, embedded */

/* Adds its routes. Free the router's server first. */
struct system_api *system_api_new(const struct system_api_config *config, struct router *r);
void system_api_free(struct system_api *a); /* NULL is fine */
