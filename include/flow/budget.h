#pragma once
/* Budgets of a month, as the organisation counts months, and what becomes of a campaign for which
 * one does not suffice: it is paused before the people who would go over are texted
 * (docs/adr/0046). */
#include "base/buf.h"
#include "base/err.h"
#include "store/money.h"

struct budget;

struct budget_config {
    /* By whose clock a month begins: "Europe/London"; "" = that of most people of the country. */
    const char *zone;
    const char *country;      /* "GB" */
    const char *organisation; /* what it may spend in a month, "5000.00 GBP"; "" = any */
};
struct budget *budget_new(const struct budget_config *config); /* all copied */
void budget_free(struct budget *b);                            /* NULL is fine */

/* What is released at that time [wall ms] is held against. Borrowed until the next call. b NULL: a
 * campaign's own budget only. */
const struct campaign_purse *budget_purse(struct budget *b, int64_t now_ms);

/* Pauses it, with the reason in words. */
void budget_pause(struct store *s, uint32_t campaign, const struct campaign_shortage *shortage,
                  int64_t now_ms, store_done_cb *cb, void *arg);
/* That reason: "the group's budget of 500.00 GBP for this month does not suffice: …". Appends. */
void budget_words(const struct campaign_shortage *shortage, struct buf *out);
