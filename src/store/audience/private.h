#pragma once
/* What the parts of the audience store share. */
#include "store/audience.h"

#include "store/call.h"

#include <inttypes.h>

/* "muster audience list" shows what there is: the text of ERR_NOT_FOUND for an id. */
int audience_not_found(uint32_t id, struct err *e);

/* Deletes up to `limit` drafts whose time is over, then calls back; a negative limit
 * is none. */
void audience_sweep_some(struct store *s, int64_t now_ms, int limit, store_done_cb *cb, void *arg);
