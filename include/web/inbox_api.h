#pragma once
/* The inbox for programs, under /api/v1:
 *
 *   GET  /inbox?group=&state=open|closed&mine=1&free=1&order=newest|oldest&limit=&before=
 *                                     → {"conversations": […], "next": "…" or null}
 *   GET  /conversations/{id}          → {"conversation": {…}, "messages": […], "suppressed"}
 *   POST /conversations/{id}/claim    → {"fence", "until", "by"}
 *   POST /conversations/{id}/reply    {"text", "fence", "key"?} → 202 {"index"}
 *   POST /conversations/{id}/release  (and close, reopen) → {}
 *   POST /conversations/{id}/tag      {"add": […], "remove": […]} → {}
 *   POST /conversations/{id}/resolve  {"message", "resent", "fence", "decision": "resend"|"leave"}
 *                                     → {"resolved": bool, "state"}: about an unknown answer
 *
 * "suppressed" is the scope, or null. `before` is the `next` of the page before. The same `key`
 * again is the same answer again. Volunteers see the conversations of their group, with masked
 * numbers. */
#include "web/auth.h"
#include "web/router.h"

struct inbox;
struct outbox;
struct sessions;
struct inbox_api;

struct inbox_web_config { /* borrowed for the life */
    struct auth *auth;
    struct inbox *inbox;
    struct outbox *outbox;
    struct sessions *sessions; /* that logging out ends; NULL: it takes the cookie back only */
    const char *organisation;
    int64_t lease_ms;        /* [ms] of a claim, 0 = INBOX_LEASE_MS */
    int64_t (*now_ms)(void); /* NULL = the wall clock */
};
enum { INBOX_LEASE_MS = 10 * 60 * 1000 };

/* Adds its routes. Free the router's server first. */
struct inbox_api *inbox_api_new(const struct inbox_web_config *config, struct router *r);
void inbox_api_free(struct inbox_api *a); /* NULL is fine */
