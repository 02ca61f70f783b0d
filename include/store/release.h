#pragma once
/* What the release role does with campaigns: which are active, their ledgers made, their blocks
 * reserved for the queue. Callbacks run once, from the loop; ERR_UNREACHABLE as everywhere. */
#include "store/money.h"
#include "store/store.h"

/* Ids of those that are not done, cancelled and swept, or expired and swept. */
typedef void campaign_ids_cb(void *arg, int result, const uint32_t *ids, size_t n);
void campaign_active(struct store *s, campaign_ids_cb *cb, void *arg);

/* Which of them the leader looks at now, at most CAMPAIGN_DUE_MAX: because something has changed,
 * its time has come, or it did not look for CAMPAIGN_LOOK_MS. None of them is due again for that
 * long, unless campaign_look_at makes it so. */
enum { CAMPAIGN_DUE_MAX = 256, CAMPAIGN_LOOK_MS = 30 * 1000 };
void campaign_due(struct store *s, int64_t now_ms, campaign_ids_cb *cb, void *arg);
/* Then, if not sooner [wall ms]; 0 = at once. The scripts that change a campaign say so themselves.
 */
void campaign_look_at(struct store *s, uint32_t id, int64_t at_ms);
/* All that are active are due; or, without known_too, only those that no look was noted for. */
void campaign_look_all(struct store *s, bool known_too, store_done_cb *cb, void *arg);

/* Not active any more. ERR_CONFLICT: it is not over (again). */
void campaign_retire(struct store *s, uint32_t id, store_done_cb *cb, void *arg);

/* One bounded step of making the ledger. ERR_NOT_FOUND: a block of the audience is gone; a campaign
 * that is over already is then complete without it. */
typedef void campaign_grow_cb(void *arg, int result, uint32_t made, uint32_t blocks);
void campaign_grow(struct store *s, uint32_t id, uint32_t audience, campaign_grow_cb *cb,
                   void *arg);

/* Reserves up to CAMPAIGN_RESERVE_MAX blocks for the queue, so that at most `target` are
 * outstanding. Those that have been outstanding for lost_ms and that nobody holds are reserved
 * again (0: not now). What they may cost is spent in the same step; a block for which a budget does
 * not suffice stays. shortage is not NULL when therefore nothing goes on, and nobody is on the way any
 * more: the campaign has to be paused. All is borrowed for the call. */
enum {
    CAMPAIGN_RESERVE_MAX = 64, /* target + CAMPAIGN_LOST_MAX is no more */
    CAMPAIGN_LOST_MAX = 16,    /* of them those that were lost; reserve.lua has it, too */
};
typedef void campaign_reserve_cb(void *arg, int result, const uint32_t *blocks, size_t n,
                                 const struct campaign_shortage *shortage);
void campaign_reserve(struct store *s, uint32_t id, size_t target, int64_t lost_ms,
                      const struct campaign_purse *purse, campaign_reserve_cb *cb, void *arg);
/* Only a few people of that block are left, and all of them have to wait: until it is reserved
 * again it does not count as outstanding. When this call is lost, the block goes on counting, and
 * others have to wait for it. */
void campaign_block_waits(struct store *s, uint32_t id, uint32_t block);
