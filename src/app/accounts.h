#pragma once
/* The gateways of the configuration: provider files loaded, accounts bound. */
#include "app/config.h"
#include "base/err.h"
#include "gateway/gateway.h"

struct accounts;

int accounts_new(const struct config *config, struct accounts **ret, struct err *e) MUST_USE;
void accounts_free(struct accounts *a); /* NULL is fine */
/* By position in config->gateways. */
struct gateway *accounts_gateway(const struct accounts *a, size_t i);
