#pragma once
/* Asks the provider what became of the unknown, where its description says how
 * (gateway_has_lookup): the leader of the release role goes through the newest campaigns that have
 * any, and through their unknown, the oldest first. A person whose message is found is settled as
 * by a receipt. One whose message is not found stays unknown: a person has to decide
 * (store/unknown.h). A message that cannot be told from an equal one to the same person stays
 * unknown, too.
 *
 * The direct book's unknown (replies, confirmations, tests) are asked for in the same way, each at
 * its own gateway, before the next one of a campaign.
 *
 * It is gentle: it asks at most one question a second, of all gateways together, on connections of
 * its own, so that it never competes with sending. Receipts get a minute of grace to settle it
 * first. A campaign whose unknown have all been asked for rests, longer each time; so does each
 * direct message. A gateway that gives no list is not asked again for a while. What is kept in
 * memory may be forgotten by a restart without harm. */
#include "flow/account.h"
#include "flow/receipt.h"
#include "store/direct.h"
#include "store/inbox.h"

struct lookup;

enum {
    LOOKUP_GRACE_MS = 60 * 1000,
    LOOKUP_EVERY_MS = 1000,
    LOOKUP_CAMPAIGNS = 64, /* the newest */
    LOOKUP_DAYS = 7,       /* what is older is not asked for */
};

struct lookup_config {
    struct loop *loop;
    struct redis *redis; /* all borrowed for its life */
    struct store *store;
    struct inbox *inbox;
    struct receipts receipts;
    const struct accounts *accounts;
    const struct session_words *words; /* flow/recipient.h */
    int64_t grace_ms, every_ms;        /* [ms] 0 = LOOKUP_GRACE_MS, LOOKUP_EVERY_MS */
    bool (*leads)(void *arg);          /* whether this process is the one to ask */
    void *leads_arg;
};

/* *ret is owned. The config is copied; what it points to is borrowed for its life. An error: an account's client
 * cannot be made. */
int lookup_new(const struct lookup_config *config, struct lookup **ret, struct err *e) MUST_USE;
void lookup_free(struct lookup *l);  /* NULL is fine; calls of its stores must have ended */
void lookup_start(struct lookup *l); /* before: nobody is asked */

struct lookup_stats {
    uint64_t asked, found, not_found, cannot_tell;
    uint64_t looks; /* through the direct book, to their end */
};
/* Since the start of the process. */
struct lookup_stats lookup_stats(const struct lookup *l);
