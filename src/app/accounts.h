#pragma once
/* The gateways of the configuration: provider files loaded, accounts bound. Borrows the
 * configuration for their life. */
#include "config/config.h"
#include "base/err.h"
#include "flow/account.h"

int accounts_new(const struct config *config, const struct accounts **ret, struct err *e) MUST_USE;
void accounts_free(const struct accounts *a); /* NULL is fine */
