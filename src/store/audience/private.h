#pragma once
/* What the parts of the audience store share. */
#include "store/audience.h"

#include "store/call.h"

#include <inttypes.h>

/* Deletes up to `limit` drafts whose time is over, then calls back; a negative limit
 * is none. */
void audience_sweep_some(struct store *s, int64_t now_ms, int limit, store_done_cb *cb, void *arg);
