#pragma once
/* What a campaign may cost, person by person, and whether the budgets suffice for it. */
#include "core/money.h"
#include "core/price.h"
#include "flow/check.h"
#include "gateway/gateway.h"
#include "store/money.h"

enum { COST_BUDGETS = 3, COST_ROWS = 256 };

struct cost_budget {
    const char *which; /* "campaign", "group", "organisation": of the month but the first */
    struct money budget;
    int64_t spent;
};

struct check_cost {
    const struct price *price;      /* borrowed */
    bool known, sms;                /* known: the account has prices */
    struct campaign_prices *prices; /* owned */
    int64_t row[COST_ROWS];
    size_t rows;
    int64_t total;     /* of those who would be texted */
    int64_t left_out;  /* of this block: of those who would not, as it is now */
    int64_t slack;     /* the largest of those: a block is held against a budget with them */
    uint64_t unpriced; /* people whose country has no price */
    struct cost_budget budgets[COST_BUDGETS];
    size_t budget_n;
};

/* input: its account and audience are borrowed for the life of it. */
void cost_init(struct check_cost *c, const struct check_input *input);
void cost_done(struct check_cost *c);
/* How many parts are paid for of a message that nobody looks at; out NULL: of none, 0. */
uint32_t cost_parts(const struct check_cost *c, const struct outgoing *out);
/* The next row of the block, of people of that country (NULL: of none). parts 0: nobody, or no message. */
void cost_row(struct check_cost *c, const char *country, uint32_t parts, bool left_out);
void cost_block_end(struct check_cost *c);
/* [millionths] that have to be left of a budget, so that nobody is left out for want of money. */
int64_t cost_needed(const struct check_cost *c);
/* Whether it takes a question to the store what of the budgets is spent. */
bool cost_has_months(const struct check_cost *c);
void cost_spent(struct check_cost *c, const struct month_spent *spent);
bool cost_suffices(const struct check_cost *c, const struct cost_budget *b);
/* [{"which", "budget", "spent", "left", "suffices"}, …]. Returns owned. */
json_t *cost_budgets_json(const struct check_cost *c);
