#pragma once
/* The unknown of a campaign: handed over, and the response was lost. Who they are and since when,
 * and what a person decides about them. (Receipts and look-ups settle them one by one:
 * store/ledger.h.) */
#include "store/campaign.h"

struct unknown_range {
    int64_t at_least_ms, at_most_ms; /* [ms] how long they have been unknown */
    size_t skip;                     /* of those, the oldest so many */
};
struct unknown_person {
    uint32_t index;
    int64_t since_ms; /* [wall ms] by Redis' clock */
};
enum { UNKNOWN_DUE_MAX = 64 };
/* At most UNKNOWN_DUE_MAX, the oldest first; borrowed for the call. */
typedef void unknown_due_cb(void *arg, int result, const struct unknown_person *people, size_t n);
void unknown_due(struct store *s, uint32_t campaign, const struct unknown_range *range,
                 unknown_due_cb *cb, void *arg);

/* Since when each nibble of a block is unknown [wall ms], 0 = it is not; n = 256. Borrowed for the
 * call. */
typedef void unknown_since_cb(void *arg, int result, const int64_t *since_ms, size_t n);
void unknown_since(struct store *s, uint32_t campaign, uint32_t block, unknown_since_cb *cb,
                   void *arg);

/* All that are unknown now: UNKNOWN_RESEND makes them pending (they are texted again; a campaign
 * that was done runs again), UNKNOWN_LEAVE makes them refused. In bounded steps; who and why go to
 * the audit trail with the first one. moved: how many, also when a later step failed (then it is to
 * be done again). ERR_NOT_FOUND; ERR_CONFLICT: the campaign was cancelled or its deadline has
 * passed, so nothing of it is sent again. */
enum unknown_decision { UNKNOWN_RESEND, UNKNOWN_LEAVE };
typedef void unknown_resolve_cb(void *arg, int result, uint64_t moved, const struct err *e);
void unknown_resolve(struct store *s, uint32_t campaign, enum unknown_decision decision,
                     struct slice who, struct slice why, unknown_resolve_cb *cb, void *arg);
