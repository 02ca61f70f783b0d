/* GET /metrics: what the process knows itself (metrics_own.c), then what it asks Redis for. */
#include "web/ops/ops.h"

#include "store/inbox.h"
#include "store/backup.h"
#include "store/campaign.h"
#include "store/keep.h"
#include "store/release.h"
#include "store/schedule.h"
#include "web/call.h"
#include "web/ops/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { METRICS_BYTES_MAX = 2 << 20, CAMPAIGNS_MAX = 200 };

static void add_queues(const struct accounts *a, const int64_t *queued, struct buf *b)
{
    static const char taken[] = "muster_gateway_provider_queue",
                      most[] = "muster_gateway_provider_queue_max";
    metrics_family(b, taken, "gauge",
                   "Messages that the provider has taken and not yet passed on, about; absent "
                   "where no receipts tell.");
    for (size_t i = 0; i < a->count; i++)
        if (queued[i] >= 0)
            metrics_sample1(b, taken, "gateway", slice_of(a->list[i].name), (double)queued[i]);
    metrics_family(b, most, "gauge", "At so many campaigns wait.");
    for (size_t i = 0; i < a->count; i++)
        if (a->list[i].queue.max)
            metrics_sample1(b, most, "gateway", slice_of(a->list[i].name),
                            (double)a->list[i].queue.max);
}

/* A page of metrics while the active campaigns are loaded; each family must stand together, so the
 * campaigns are kept until all of them are there. */
struct gathering {
    struct buf text;
    struct campaign *campaigns[CAMPAIGNS_MAX + 1]; /* owned; the direct book among them */
    size_t n, waiting;
};

static void gathering_done(void *state)
{
    struct gathering *g = state;
    for (size_t i = 0; i < g->n; i++)
        campaign_free(g->campaigns[i]);
    buf_done(&g->text);
}

/* A campaign as the value of a label. */
struct label_id {
    char text[16];
};

static struct slice label_of(const struct campaign *c, struct label_id *room)
{
    (void)snprintf(room->text, sizeof room->text, "%u", c->id);
    return slice_of(room->text);
}

static void add_states(struct buf *b, const struct campaign *c)
{
    struct label_id id;
    for (int s = 0; s < STATE_COUNT; s++)
        metrics_sample2(b, "muster_campaign_recipients", "campaign", label_of(c, &id), "state",
                        slice_of(state_to_string((enum state)s)), (double)c->counts[s]);
}

static void add_unknown_age(struct buf *b, const struct campaign *c, int64_t now_ms)
{
    struct label_id id;
    int64_t age_ms = c->unknown_since_ms ? now_ms - c->unknown_since_ms : 0;
    metrics_sample1(b, "muster_campaign_unknown_oldest_seconds", "campaign", label_of(c, &id),
                    age_ms > 0 ? (double)age_ms / 1000 : 0);
}

static void add_late(struct buf *b, const struct campaign *c)
{
    struct label_id id;
    bool late = c->eta_seen_ms && (c->eta_ms == 0 || c->eta_ms > c->deadline_ms);
    if (c->deadline_ms)
        metrics_sample1(b, "muster_campaign_late", "campaign", label_of(c, &id), late);
}

static void add_info(struct buf *b, const struct campaign *c)
{
    struct label_id id;
    const struct metrics_label labels[4] = {
        {"campaign", label_of(c, &id)},
        {"name", c->name},
        {"status", slice_of(campaign_status_to_string(c->status))},
        {"gateway", c->gateway}};
    if (c->id) metrics_sample(b, "muster_campaign_info", labels, 1);
}

static void add_campaigns(struct gathering *g, int64_t now_ms)
{
    struct buf *b = &g->text;
    metrics_family(
        b, "muster_campaign_recipients", "gauge",
        "Recipients of the campaigns that are not finished, by state; campaign 0: answers, "
        "confirmations and tests.");
    for (size_t i = 0; i < g->n; i++)
        add_states(b, g->campaigns[i]);
    metrics_family(b, "muster_campaign_unknown_oldest_seconds", "gauge",
                   "For how long it has not been known whether the oldest one was reached.");
    for (size_t i = 0; i < g->n; i++)
        add_unknown_age(b, g->campaigns[i], now_ms);
    metrics_family(b, "muster_campaign_late", "gauge",
                   "1: it is foretold to be finished after its deadline.");
    for (size_t i = 0; i < g->n; i++)
        add_late(b, g->campaigns[i]);
    metrics_family(b, "muster_campaign_info", "gauge", "Name and status of a campaign; always 1.");
    for (size_t i = 0; i < g->n; i++)
        add_info(b, g->campaigns[i]);
}

static void answer(struct web_call *c)
{
    struct gathering *g = c->state;
    add_campaigns(g, c->now_ms);
    metrics_care(&g->text, g->campaigns, g->n, c->now_ms);
    if (g->text.failed)
        web_error(c, 500, "internal", "the metrics are larger than %d bytes", METRICS_BYTES_MAX);
    else
        web_answer_text(c, "text/plain; version=0.0.4; charset=utf-8", buf_slice(&g->text));
}

static void on_campaign(void *arg, int result, const struct campaign *campaign, const struct err *e)
{
    struct web_call *c = arg;
    struct gathering *g = c->state;
    (void)e;
    if (result == 0) g->campaigns[g->n++] = campaign_dup(campaign);
    if (--g->waiting == 0) answer(c);
}

static int by_newest(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x < y) - (x > y);
}

/* Without Redis there are no campaigns to tell of; the rest is told all the same. Of too many the newest are told: what has stood for
 * months must not hide what runs. */
static void on_active(void *arg, int result, const uint32_t *ids, size_t n)
{
    struct web_call *c = arg;
    struct gathering *g = c->state;
    if (result < 0) {
        answer(c);
        return;
    }
    size_t active = n < CAMPAIGNS_MAX ? n : CAMPAIGNS_MAX;
    uint32_t *newest = xcalloc(n, sizeof *newest);
    memcpy(newest, ids, n * sizeof *newest);
    qsort(newest, n, sizeof *newest, by_newest);
    metrics_value(&g->text, "muster_campaigns_unfinished", "gauge",
                  "Campaigns that are not finished; the newest 200 of them are told of.",
                  (double)n);
    g->waiting = 1 + active;
    campaign_load(c->config->store, 0, on_campaign, c);
    for (size_t i = 0; i < active; i++)
        campaign_load(c->config->store, newest[i], on_campaign, c);
    free(newest);
}

static void add_kept(struct buf *b, const struct kept *kept)
{
    static const char name[] = "muster_kept_removed_total";
    metrics_family(b, name, "counter", "What was removed because it was older than `keep` says.");
    metrics_sample1(b, name, "what", SLICE_LIT("strangers"), (double)kept->strangers);
    metrics_sample1(b, name, "what", SLICE_LIT("conversations"), (double)kept->conversations);
    metrics_sample1(b, name, "what", SLICE_LIT("campaigns"), (double)kept->campaigns);
    metrics_sample1(b, name, "what", SLICE_LIT("audiences"), (double)kept->audiences);
}

/* Alert on the first one: people wait longer than was promised. */
static void on_waiting(void *arg, int result, const struct inbox_waiting *w, const struct err *e)
{
    struct web_call *c = arg;
    struct buf *b = &((struct gathering *)c->state)->text;
    (void)e;
    if (result == 0) {
        int64_t oldest_ms = w->since_ms ? c->now_ms - w->since_ms : 0;
        metrics_value(b, "muster_inbox_overdue", "gauge",
                      "People who wait for an answer for longer than inbox.target_minutes.",
                      (double)w->overdue);
        metrics_value(b, "muster_inbox_waiting", "gauge", "People to whom an answer is due.",
                      (double)w->waiting);
        metrics_value(b, "muster_inbox_oldest_waiting_seconds", "gauge",
                      "For how long the first of them waits.", (double)oldest_ms / 1000);
    }
    campaign_active(c->config->store, on_active, c);
}

static void on_backup(void *arg, int result, const struct backup_last *last)
{
    struct web_call *c = arg;
    struct gathering *g = c->state;
    if (result == 0 && last->at_ms) {
        metrics_value(&g->text, "muster_backup_age_seconds", "gauge",
                      "How old the last backup is; absent when there was none.",
                      (double)(c->now_ms - last->at_ms) / 1000);
    }
    const struct inbox_actor everybody = {.now_ms = c->now_ms, .groups = {.all = true}};
    inbox_count_waiting(c->config->inbox, &everybody, on_waiting, c);
}

static void on_kept(void *arg, int result, const struct kept *kept)
{
    struct web_call *c = arg;
    struct gathering *g = c->state;
    if (result == 0) add_kept(&g->text, kept);
    backup_last_load(c->config->store, on_backup, c);
}

/* Alert on firings that failed or were missed: texts that people expected did not go. */
static void on_schedules(void *arg, int result, const struct schedule_counts *counts)
{
    static const char firings[] = "muster_schedule_firings_total";
    struct web_call *c = arg;
    struct buf *b = &((struct gathering *)c->state)->text;
    if (result == 0) {
        metrics_family(b, firings, "counter", "Campaigns that schedules were to launch.");
        for (int i = 0; i < SCHEDULE_OUTCOME_COUNT; i++)
            metrics_sample1(b, firings, "outcome",
                            slice_of(schedule_outcome_to_string((enum schedule_outcome)i)),
                            (double)counts->outcomes[i]);
        metrics_value(b, "muster_schedules_active", "gauge", "Schedules that launch campaigns.",
                      (double)counts->active);
    }
    kept_load(c->config->store, on_kept, c);
}

static void on_queues(void *arg, const int64_t *taken)
{
    struct web_call *c = arg;
    struct gathering *g = c->state;
    add_queues(c->config->accounts, taken, &g->text);
    schedule_counts(c->config->store, on_schedules, c);
}

static void get_metrics(struct web_call *c)
{
    struct gathering *g = web_call_state(c, sizeof *g, gathering_done);
    buf_init(&g->text, METRICS_BYTES_MAX);
    metrics_family(&g->text, "muster_build_info", "gauge", "The version; always 1.");
    metrics_sample1(&g->text, "muster_build_info", "version", slice_of(MUSTER_VERSION), 1);
    metrics_process(&g->text);
    metrics_own(c->web, c->now_ms, &g->text);
    provider_queues_look(c->web, on_queues, c);
}

static const struct route rows[] = {
    {"GET", "/metrics", MAY_READ_METRICS, 0, NULL, get_metrics},
};

const struct routes metrics_routes = {rows, COUNT_OF(rows)};
