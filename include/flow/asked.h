#pragma once
/* What the person of a conversation answers to: the campaign's message, as they read it. It is kept
 * nowhere; it is rendered when somebody looks, from the campaign's message and the person's row of the
 * list. Whether who looks may see the conversation was asked before. */
#include "flow/account.h"
#include "flow/recipient.h"
#include "store/campaign.h"

/* Borrowed for the call. */
struct asked {
    const struct campaign *campaign;
    const struct recipient *recipient;
    const struct outgoing *said; /* the text, or the provider's template and its parameters */
};
/* asked NULL: it is not known (any more): no campaign asked them, or it, its list, its account or
 * their row is gone, or Redis gave no reply. */
typedef void asked_cb(void *arg, const struct asked *asked);

/* campaign 0: none; number 0: not known. Store, accounts and words (flow/recipient.h) are borrowed until the callback, which runs
 * once: from the loop, or from inside the call where nothing can be known. Costs five reads of Redis,
 * one of them of a block (256 rows). */
void asked_load(struct store *store, const struct accounts *accounts,
                const struct session_words *words, uint32_t campaign, uint64_t number, asked_cb *cb,
                void *arg);
