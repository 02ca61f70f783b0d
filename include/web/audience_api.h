#pragma once
/* Audiences for programs, under /api/v1; for organisers only. How an import talks:
 *
 *   POST   /audiences  {"name", "group"?, "country"?, "columns"?: […], "rows_expected"?}
 *          → 201 {"id", …}, a draft
 *   POST   /audiences/{id}/rows  {"seq": N, "rows": [["+447…", "field", …], …]}
 *          → 200 {"stored", "duplicates": [row, …], "suppressed": [row, …]};
 *          the same chunk again is the same answer again
 *   POST   /audiences/{id}/freeze  → 200 the audience; 422 when no row was usable
 *   GET    /audiences             → {"audiences": […]}
 *   GET    /audiences/{id or name}
 *   DELETE /audiences/{id or name} → 200 {}; 409 while a campaign needs it: unfinished, or finished
 *          without ?reports_too=1 */
#include "store/audience.h"
#include "web/auth.h"
#include "web/router.h"

struct audience_api;

struct audience_api_config { /* all borrowed for the life */
    struct auth *auth;
    struct store *audiences;
    int64_t (*now_ms)(void); /* NULL = the wall clock */
};

/* Adds its routes. Free the router's server, and let its stores' calls end, first. */
struct audience_api *audience_api_new(const struct audience_api_config *config, struct router *r);
void audience_api_free(struct audience_api *a); /* NULL is fine */
