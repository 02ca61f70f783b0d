#pragma once
/* A gateway of the configuration, bound to its provider's description. */
#include "config/config.h"
#include "gateway/gateway.h"

/* Loads the description that g names; ret is owned. ERR_NOT_FOUND, or what provider_load says;
 * errors begin with the place of the entry. */
int account_provider(const struct config *c, const struct config_gateway *g, struct provider **ret,
                     struct err *e) MUST_USE;
/* p is borrowed for the gateway's life, the rest for the call. Errors are those of gateway_new. */
int account_bind(const struct config *c, const struct config_gateway *g, const struct provider *p,
                 struct gateway **ret, struct err *e) MUST_USE;
