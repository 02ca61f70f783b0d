#pragma once
/* The audit trail: who did what to campaigns and to answers that nobody knew about, when and why.
 * It is written by the scripts that do it (campaign_move.lua, resolve.lua, conv_decide.lua), in
 * the same step; about 100,000 entries are kept. */
#include "store/campaign.h"

struct audit_entry {
    int64_t at_ms;               /* [wall ms] */
    struct slice who, what, why; /* why may be empty */
};
enum { AUDIT_MAX = 1000 };
/* The newest `limit` entries (1 … AUDIT_MAX) about one campaign, 0 = about everything; the newest
 * first. Borrowed for the call, which comes later, once, from the loop. */
typedef void audit_cb(void *arg, int result, const struct audit_entry *entries, size_t n,
                      const struct err *e);
void audit_read(struct store *s, uint32_t campaign, size_t limit, audit_cb *cb, void *arg);
