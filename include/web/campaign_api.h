#pragma once
/* Campaigns for programs, under /api/v1; for organisers only.
 *
 *   POST /campaigns/check          CAMPAIGN        → 200 the report of flow/check.h, ok or not
 *   POST /campaigns                CAMPAIGN        → 201 STATUS; 422 the report when it has errors;
 *                                                    409 a campaign of that name was launched before
 *   POST /campaigns/test           CAMPAIGN + "to": "+44…" (+ "row": index) → 202 {"index", "text"}
 *   GET  /campaigns?limit=                         → {"campaigns": [STATUS, …]}, the newest first
 *   GET  /campaigns/{id}                           → STATUS
 *   POST /campaigns/{id}/pause, resume, cancel {"why"?} → 200 STATUS; 409 when it cannot be
 *   GET  /campaigns/{id}/people?state=&block=&blocks=
 *                                  → {"people": [{"index","number","state","reason","fields"}],
 *                                     "next": block or null}
 *   POST /campaigns/{id}/resolve   {"decision": "resend" | "leave", "why"}
 *                                  → 200 STATUS + "resolved": how many of the unknown;
 *                                    409 the campaign was stopped, and they can only be left
 *
 * CAMPAIGN: {"name", "audience" (name or id), "gateway", "lane"?: "blast" | "reminder",
 * "deadline"?, "start"?: times with a zone, "hours"?: see core/hours.h, "message": see
 * flow/message.h}. STATUS: see src/web/openapi.yaml. */
#include "flow/account.h"
#include "store/campaign.h"
#include "web/auth.h"
#include "web/router.h"

struct campaign_api;
struct keywords;
struct outbox;
struct suppress;

enum {
    CAMPAIGN_NAME_BYTES_MAX = 128,
    CAMPAIGN_MESSAGE_BYTES_MAX = 256 * 1024, /* as JSON */
    CAMPAIGN_CHECKS_MAX = 4,                 /* at once; more are answered 503 */
    CAMPAIGN_PEOPLE_BLOCKS_MAX = 16,         /* of one page */
};

struct campaign_api_config { /* all borrowed for the life */
    struct auth *auth;
    struct store *campaigns;
    struct store *audiences;
    struct suppress *suppress;
    struct outbox *outbox;
    const struct keywords *keywords;
    const struct accounts *accounts;
    const char *organisation;
    const char *hours;        /* of campaigns that say none (core/hours.h); NULL = any */
    void (*nudge)(void *arg); /* something was launched or moved; NULL = nobody wants to know */
    void *nudge_arg;
    int64_t (*now_ms)(void); /* NULL = the wall clock */
};

/* Adds its routes. Free the router's server, and let its stores' calls end, first. */
struct campaign_api *campaign_api_new(const struct campaign_api_config *config, struct router *r);
void campaign_api_free(struct campaign_api *a); /* NULL is fine */
