#pragma once
/* What campaigns cost and what is spent of it (docs/adr/0046): the price of each person, kept with
 * the campaign from its launch on; spent when their block is released, given back when the block
 * ends for whoever was not texted. The scripts that move people see to that (money.lua).
 *
 * Amounts are millionths of the campaign's currency (core/money.h). Callbacks as in store/store.h. */
#include "base/slice.h"
#include "core/money.h"
#include "store/deed.h"
#include "store/store.h"

#include <stdint.h>

/* ---- what each person of a campaign costs ---- */

struct campaign_prices;
struct campaign_prices *campaign_prices_new(void); /* returns owned; without a block */
struct campaign_prices *campaign_prices_dup(const struct campaign_prices *p); /* NULL is fine */
void campaign_prices_free(struct campaign_prices *p);                         /* NULL is fine */
/* The next block: millionths[i] is what its row i costs, also of those who will likely be left out:
 * what they are not texted for is given back. rows ≤ 256; 0 is fine. */
void campaign_prices_add(struct campaign_prices *p, const int64_t *millionths, size_t rows);

/* ---- budgets ---- */

/* What a release holds blocks against besides the campaign's own budget and its group's
 * (store/group.h). Borrowed for the call. */
struct campaign_purse {
    struct slice month;        /* "2026-11": the one it is now (flow/budget.h) */
    struct slice organisation; /* what it may spend in that month, "5000.00 GBP"; "" = any */
};

/* Why nothing more of a campaign is released. */
struct campaign_shortage {
    struct slice which;    /* "campaign", "group", "organisation" */
    int64_t spent, budget; /* of that budget */
    int64_t needed, rest;  /* by the next block; by all who wait, this block among them */
    struct slice currency, priced_in; /* of the budget, and of the campaign: two of them, and it
                                         cannot be held against it */
};

/* [millionths] How much of what is spent on a campaign is set aside: for people of blocks that are on their way, who still wait. It is
 * spent on whom is texted, and given back for the rest. set_aside is 0 when result is not 0. */
typedef void campaign_set_aside_cb(void *arg, int result, int64_t set_aside, const struct err *e);
void campaign_set_aside(struct store *s, uint32_t id, campaign_set_aside_cb *cb, void *arg);

/* Another budget for one campaign; 0 = none of its own. who and why go to the audit trail.
 * ERR_NOT_FOUND; ERR_CONFLICT: nobody knows what it costs. */
void campaign_set_budget(struct store *s, uint32_t id, int64_t millionths, struct deed deed,
                         store_done_cb *cb, void *arg);

struct month_spent {
    int64_t organisation, group;
};
/* spent [millionths]: borrowed for the call, NULL when result is not 0. */
typedef void month_spent_cb(void *arg, int result, const struct month_spent *spent,
                            const struct err *e);
/* What was spent in a month in that currency. group "" = only the organisation is asked about. */
void money_month(struct store *s, struct slice month, struct slice currency, struct slice group,
                 month_spent_cb *cb, void *arg);

/* All that was spent in a month: of the organisation (group none) and then of each group that spent, by name. At most
 * MONEY_SHARES_MAX; borrowed for the call. */
enum { MONEY_SHARES_MAX = 4096 };
struct month_share {
    struct slice group;
    struct money spent;
};
typedef void month_shares_cb(void *arg, int result, const struct month_share *shares, size_t n,
                             const struct err *e);
void money_shares(struct store *s, struct slice month, month_shares_cb *cb, void *arg);
