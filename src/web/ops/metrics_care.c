/* What waits for a person, or was stopped before it went wrong: approvals, canaries and the brake. */
#include "web/ops/metrics.h"

#include <stdio.h>

#include "store/campaign.h"

#define COUNT_BY(X)                                                                                \
    X("brake", "system:brake")                                                                     \
    X("canary", "system:canary")                                                                   \
    X("budget", "system:budget")

static void add_approvals(struct buf *b, struct campaign *const *list, size_t n, int64_t now_ms)
{
    uint64_t waiting = 0;
    int64_t oldest_ms = now_ms;
    for (size_t i = 0; i < n; i++) {
        if (list[i]->status != CAMPAIGN_PROPOSED) continue;
        waiting++;
        if (list[i]->proposed_ms && list[i]->proposed_ms < oldest_ms)
            oldest_ms = list[i]->proposed_ms;
    }
    metrics_value(b, "muster_approvals_waiting", "gauge",
                  "Campaigns that wait for a second person.", (double)waiting);
    metrics_value(b, "muster_approvals_oldest_seconds", "gauge",
                  "For how long the first of them has waited; 0 when none does.",
                  (double)(now_ms - oldest_ms) / 1000);
}

static uint64_t stopped_by(struct campaign *const *list, size_t n, const char *who)
{
    uint64_t stopped = 0;
    for (size_t i = 0; i < n; i++)
        stopped += list[i]->status == CAMPAIGN_PAUSED && slice_is(list[i]->status_by, who);
    return stopped;
}

static void add_stops(struct buf *b, struct campaign *const *list, size_t n)
{
    static const char name[] = "muster_campaigns_stopped";
    metrics_family(b, name, "gauge", "Campaigns that stand because the system paused them.");
#define X(by, who)                                                                                 \
    metrics_sample(b, name, (struct metrics_label[4]){{"by", SLICE_LIT(by)}},                      \
                   (double)stopped_by(list, n, who));
    COUNT_BY(X)
#undef X
}

static void add_warned(struct buf *b, struct campaign *const *list, size_t n)
{
    static const char canary[] = "muster_campaign_canary",
                      warned[] = "muster_campaign_brake_warning";
    char id[16];
    metrics_family(b, canary, "gauge",
                   "Running campaigns that reach a few people first: at so many they wait.");
    for (size_t i = 0; i < n; i++) {
        if (list[i]->canary == 0 || list[i]->canary_done_ms) continue;
        (void)snprintf(id, sizeof id, "%u", list[i]->id);
        metrics_sample(b, canary, (struct metrics_label[4]){{"campaign", slice_of(id)}},
                       (double)list[i]->canary);
    }
    metrics_family(b, warned, "gauge", "Running campaigns: 1 when the brake warns of them.");
    for (size_t i = 0; i < n; i++) {
        if (list[i]->status != CAMPAIGN_RUNNING || list[i]->id == 0) continue;
        (void)snprintf(id, sizeof id, "%u", list[i]->id);
        metrics_sample(b, warned, (struct metrics_label[4]){{"campaign", slice_of(id)}},
                       list[i]->brake_warning.n > 0);
    }
}

void metrics_care(struct buf *b, struct campaign *const *list, size_t n, int64_t now_ms)
{
    add_approvals(b, list, n, now_ms);
    add_stops(b, list, n);
    add_warned(b, list, n);
}
