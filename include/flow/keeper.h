#pragma once
/* What has an end, as muster.yaml's `keep` says: conversations, finished campaigns' details, their audiences, what lists were before. In
 * steps that are small (a few conversations, one campaign, one audience), one after the other; the next is not begun
 * before the last has ended. Never the suppressions, their evidence, or when somebody said START.
 *
 * The leader's: what is removed by two at once is removed. Once a day the log says how much went. */
#include "store/store.h"

struct inbox;
struct keeper;

struct keeper_config {
    struct store *store; /* borrowed for its life */
    struct inbox *inbox;
    /* [days] 0 = for ever. Of strangers and closed conversations after their last word, of campaigns and their
     * audiences after the end (of the last campaign that used it). An audience that no campaign used stays. */
    int strangers_days, conversations_days, campaigns_days, audiences_days;
    int consent_days; /* of what people agreed to (store/consent.h), after it was used last */
    int pledges_days; /* of who came to a session (store/pledge.h), after its end */
};

/* Returns owned. The config is copied; what it points to is borrowed for its life. */
struct keeper *keeper_new(const struct keeper_config *config);
void keeper_free(struct keeper *k); /* NULL is fine */

/* What a list was before it changed (store/audience.h) goes so long after, unless a campaign needs it: then with
 * the audiences. */
enum { KEEPER_VERSION_MS = 3600 * 1000 };

/* One step, about once a second while this process leads; now_ms: Redis' wall clock. All campaigns are looked at
 * once in KEEPER_WALK_MS. */
enum { KEEPER_WALK_MS = 3600 * 1000 };
void keeper_step(struct keeper *k, int64_t now_ms);
