#pragma once
/* What the parts of the audience store share. */
#include "store/audience.h"

#include "store/call.h"

#include <inttypes.h>

/* The columns that become of a list's and a change's rows; room for twice AUDIENCE_COLUMNS_MAX. */
int change_columns(const struct audience_draft *draft, struct slice *ret, size_t *ret_count,
                   struct err *e) MUST_USE;
/* When that many steps are carried over. */
void freeze_carried(struct store *s, uint32_t id, uint64_t steps, int64_t now_ms,
                    audience_info_cb *cb, void *arg);
/* Somebody else was faster; returns ERR_CONFLICT. name NULL: not known here. */
int audience_changed(const char *name, struct err *e);

/* Deletes up to `limit` drafts whose time is over, then calls back; a negative limit
 * is none. */
void audience_sweep_some(struct store *s, int64_t now_ms, int limit, store_done_cb *cb, void *arg);
