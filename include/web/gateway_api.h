#pragma once
/* What a person enters at a provider.
 *
 *   GET /api/v1/gateways/{gateway}  the account, its addresses and what to do at the provider;
 *                                   for organisers
 *
 * The token of a callback's address is shown here only: whoever enters it has to know it. */
#include "flow/account.h"
#include "web/auth.h"
#include "web/router.h"

struct gateway_api;

/* All borrowed for the life. Adds its route; free the router's server first. */
struct gateway_api *gateway_api_new(struct auth *auth, const struct accounts *accounts,
                                    struct router *r);
void gateway_api_free(struct gateway_api *a); /* NULL is fine */
