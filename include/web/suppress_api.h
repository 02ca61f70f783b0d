#pragma once
/* Numbers that must not be texted, for programs, under /api/v1; for organisers only.
 *
 *   POST   /suppressions {"scope", "numbers": ["+44…"], "reason"?, "evidence"?}  → 200 {"added"}
 *   DELETE /suppressions/{scope}/{number} {"why"}                                → 200 {}
 *   GET    /suppressions/{scope}?cursor=  → {"suppressions": […], "next": cursor or null}
 *   GET    /suppressions/check/{number}?group=  → {"suppressed", "scope"?, "reason"?, "at"?,
 *                                                "evidence"?} */
#include "store/suppress.h"
#include "web/auth.h"
#include "web/router.h"

struct suppress_api;

struct suppress_api_config { /* all borrowed for the life */
    struct auth *auth;
    struct suppress *suppress;
    int64_t (*now_ms)(void); /* NULL = the wall clock */
};

/* Adds its routes. Free the router's server, and let the store's calls end, first. */
struct suppress_api *suppress_api_new(const struct suppress_api_config *config, struct router *r);
void suppress_api_free(struct suppress_api *a); /* NULL is fine */
