#pragma once
/* Of a query: to which sessions somebody can go. */
#include "core/near.h"
#include "web/call.h"

/* `on`, a day such as 2026-11-28 by the clock of the organisation's country, and `accessible`, 0 or 1; either may be empty.
 * ERR_INVALID: which is wrong, and the mend. */
int near_only_read(const struct web_call *c, struct near_only *ret, struct err *e) MUST_USE;
