/* GET /metrics: Prometheus' text format. */
#include "web/ops/ops.h"

#include "flow/check_in.h"
#include "flow/dispatch.h"
#include "flow/journal.h"
#include "io/redis.h"
#include "store/inbox.h"
#include "store/backup.h"
#include "store/campaign.h"
#include "store/keep.h"
#include "store/memory.h"
#include "store/release.h"
#include "store/schedule.h"
#include "web/call.h"
#include "web/hooks.h"
#include "web/ops/metrics.h"

#include <stdio.h>

enum { METRICS_BYTES_MAX = 2 << 20, CAMPAIGNS_MAX = 200 };

static void sample1(struct buf *b, const char *name, const char *label, struct slice value,
                    double v)
{
    metrics_sample(b, name, (struct metrics_label[4]){{label, value}}, v);
}

static void sample2(struct buf *b, const char *name, const char *label1, struct slice value1,
                    const char *label2, struct slice value2, double v)
{
    metrics_sample(b, name, (struct metrics_label[4]){{label1, value1}, {label2, value2}}, v);
}

struct figure {
    const char *name;
    size_t offset; /* of a uint64_t */
};

static double figure_of(const void *stats, const struct figure *f)
{
    return (double)*(const uint64_t *)((const char *)stats + f->offset);
}

static void add_outcomes(const struct web_config *config, struct buf *b)
{
    static const struct figure outcomes[] = {
        {"accepted", offsetof(struct dispatch_stats, accepted)},
        {"throttled", offsetof(struct dispatch_stats, throttled)},
        {"transient", offsetof(struct dispatch_stats, transient)},
        {"refused", offsetof(struct dispatch_stats, refused)},
        {"blocked", offsetof(struct dispatch_stats, blocked)},
        {"unknown", offsetof(struct dispatch_stats, unknown)},
    };
    static const char name[] = "muster_gateway_outcomes_total";
    metrics_family(b, name, "counter", "Requests to the provider by their outcome.");
    for (size_t i = 0; i < config->accounts->count; i++) {
        const struct account *account = &config->accounts->list[i];
        struct dispatch_stats s = dispatch_stats(config->dispatch, account);
        for (size_t k = 0; k < COUNT_OF(outcomes); k++)
            sample2(b, name, "gateway", slice_of(account->name), "outcome",
                    slice_of(outcomes[k].name), figure_of(&s, &outcomes[k]));
    }
}

static void add_dispatch(const struct web_config *config, struct buf *b)
{
    static const struct {
        const char *name, *kind, *help;
    } families[] = {
        {"muster_gateway_requests_total", "counter", "Requests that were sent to the provider."},
        {"muster_gateway_forfeited_total", "counter",
         "Slots that were reached too late to be used."},
        {"muster_gateway_skipped_total", "counter",
         "Recipients that the gate did not let through."},
        {"muster_gateway_in_flight", "gauge",
         "Requests at the provider: sent, and the response is not there."},
        {"muster_gateway_open", "gauge", "Recipients granted and not yet recorded."},
        {"muster_gateway_batches", "gauge", "Batches that are held."},
        {"muster_gateway_dead", "gauge", "1 while the gateway does not answer."},
    };
    add_outcomes(config, b);
    for (size_t f = 0; f < COUNT_OF(families); f++) {
        metrics_family(b, families[f].name, families[f].kind, families[f].help);
        for (size_t i = 0; i < config->accounts->count; i++) {
            const struct account *account = &config->accounts->list[i];
            struct dispatch_stats s = dispatch_stats(config->dispatch, account);
            const double values[] = {(double)s.requests,
                                     (double)s.forfeited,
                                     (double)s.skipped,
                                     (double)s.in_flight,
                                     (double)s.open,
                                     (double)s.batches,
                                     s.dead};
            sample1(b, families[f].name, "gateway", slice_of(account->name), values[f]);
        }
    }
}

static void add_hooks(const struct web *w, struct buf *b)
{
    static const struct figure events[] = {
        {"request", offsetof(struct hooks_stats, requests)},
        {"forged", offsetof(struct hooks_stats, forged)},
        {"malformed", offsetof(struct hooks_stats, malformed)},
        {"unstored", offsetof(struct hooks_stats, unstored)},
        {"receipt", offsetof(struct hooks_stats, receipts)},
        {"foreign_receipt", offsetof(struct hooks_stats, foreign_receipts)},
        {"inbound", offsetof(struct hooks_stats, inbound)},
        {"duplicate", offsetof(struct hooks_stats, duplicates)},
        {"unlisted", offsetof(struct hooks_stats, unlisted)},
        {"spooled", offsetof(struct hooks_stats, spooled)},
        {"rejected", offsetof(struct hooks_stats, rejected)},
        {"unread", offsetof(struct hooks_stats, unread)},
        {"mended", offsetof(struct hooks_stats, mended)},
        {"misdirected", offsetof(struct hooks_stats, misdirected)},
        {"account", offsetof(struct hooks_stats, account)},
    };
    static const char name[] = "muster_hook_events_total";
    metrics_family(b, name, "counter", "Webhooks, and what they held.");
    const struct accounts *accounts = w->config.accounts;
    for (size_t i = 0; i < accounts->count; i++) {
        const struct account *account = &accounts->list[i];
        struct hooks_stats s = hooks_stats(w->hooks, account);
        for (size_t k = 0; k < COUNT_OF(events); k++)
            sample2(b, name, "gateway", slice_of(account->name), "event", slice_of(events[k].name),
                    figure_of(&s, &events[k]));
    }
}

static void add_spool(const struct hooks *h, int64_t now_ms, struct buf *b)
{
    struct spool_stats s = hooks_spool_stats(h);
    int64_t age_ms = s.oldest_ms ? now_ms - s.oldest_ms : 0;
    metrics_family(b, "muster_spool_records", "gauge", "Webhooks on the disk that wait for Redis.");
    metrics_sample(b, "muster_spool_records", NULL, (double)s.records);
    metrics_family(b, "muster_spool_bytes", "gauge", "Size of the spool's files.");
    metrics_sample(b, "muster_spool_bytes", NULL, (double)s.bytes);
    metrics_family(b, "muster_spool_oldest_seconds", "gauge",
                   "How long the oldest one has been waiting; 0 when there is none.");
    metrics_sample(b, "muster_spool_oldest_seconds", NULL, (double)age_ms / 1000);
    metrics_family(b, "muster_spool_rejected_total", "counter",
                   "Webhooks that were put aside for a person to look at.");
    metrics_sample(b, "muster_spool_rejected_total", NULL, (double)s.rejected);
}

static void add_brokers(const struct queue *q, struct buf *b)
{
    struct queue_health h;
    queue_health(q, &h);
    if (h.brokers < 0) return;
    metrics_family(b, "muster_kafka_brokers", "gauge", "Brokers that are there.");
    metrics_sample(b, "muster_kafka_brokers", NULL, h.brokers);
    metrics_family(b, "muster_kafka_partitions", "gauge", "Partitions of our topics.");
    metrics_sample(b, "muster_kafka_partitions", NULL, h.partitions);
    metrics_family(b, "muster_kafka_partitions_short", "gauge",
                   "Those of which some replica is not in sync.");
    metrics_sample(b, "muster_kafka_partitions_short", NULL, h.short_of);
    metrics_family(b, "muster_kafka_partitions_stuck", "gauge",
                   "Those that take nothing: without a leader, or too few replicas in sync.");
    metrics_sample(b, "muster_kafka_partitions_stuck", NULL, h.stuck);
}

static void add_journal(const struct journal *j, int64_t now_ms, struct buf *b)
{
    struct journal_stats s = journal_stats(j);
    const struct {
        const char *name, *kind, *help;
        double value;
    } figures[] = {
        {"muster_journal_records_total", "counter", "Records that are on the disk.",
         (double)s.records},
        {"muster_journal_written_bytes_total", "counter", "Their bytes.", (double)s.bytes},
        {"muster_journal_syncs_total", "counter", "Waits for the disk.", (double)s.syncs},
        {"muster_journal_failed_total", "counter", "Those that failed.", (double)s.failed},
        {"muster_journal_sync_seconds", "gauge", "How long one takes as of late.",
         (double)journal_sync_us(j) / 1e6},
        {"muster_journal_bytes", "gauge", "Size of its files.", (double)s.file_bytes},
        {"muster_journal_failing_seconds", "gauge",
         "For how long it could not be written, and nothing is sent; 0 when it can.",
         s.failing_since_ms ? (double)(now_ms - s.failing_since_ms + 1) / 1000 : 0},
        {"muster_journal_dropped_files_total", "counter",
         "Files that went for journal.bytes_max before a backup was known to hold them.",
         (double)s.dropped_files},
        {"muster_journal_copy_waiting_bytes", "gauge",
         "What Kafka's topic has not taken yet; see journal.kafka.", (double)s.copy_waiting},
        {"muster_journal_copy_lost_bytes_total", "counter",
         "What it will never have: it stands on the disk alone.", (double)s.copy_lost},
    };
    for (size_t i = 0; i < COUNT_OF(figures); i++) {
        metrics_family(b, figures[i].name, figures[i].kind, figures[i].help);
        metrics_sample(b, figures[i].name, NULL, figures[i].value);
    }
}

static void add_stores(const struct web *w, struct buf *b)
{
    metrics_family(b, "muster_queue_depth", "gauge",
                   "Batches that are published and not delivered.");
    for (int lane = 0; lane < LANE_COUNT; lane++) {
        int64_t depth = queue_depth(w->config.queue, (enum lane)lane);
        if (depth >= 0)
            sample1(b, "muster_queue_depth", "lane", slice_of(lane_to_string((enum lane)lane)),
                    (double)depth);
    }
    metrics_family(b, "muster_queue_ready", "gauge", "1 while the queue can be used.");
    metrics_sample(b, "muster_queue_ready", NULL, queue_is_ready(w->config.queue));
    add_brokers(w->config.queue, b);
    metrics_family(b, "muster_redis_connected", "gauge", "1 while Redis can be reached.");
    metrics_sample(b, "muster_redis_connected", NULL, redis_is_connected(w->config.redis));
    int replicas = redis_replicas(w->config.redis);
    metrics_family(b, "muster_redis_replicas", "gauge",
                   "Replicas that had what was written last (only with redis.replicas_min).");
    if (replicas >= 0) metrics_sample(b, "muster_redis_replicas", NULL, replicas);
    metrics_family(b, "muster_redis_lasts", "gauge",
                   "1 while Redis, and as many replicas as there must be, have what is written.");
    metrics_sample(b, "muster_redis_lasts", NULL, redis_lasts(w->config.redis));
    metrics_family(b, "muster_redis_pending", "gauge", "Commands that wait for Redis' answer.");
    metrics_sample(b, "muster_redis_pending", NULL, (double)redis_pending(w->config.redis));
    metrics_family(b, "muster_http_open_requests", "gauge",
                   "HTTP requests that are not answered yet.");
    metrics_sample(b, "muster_http_open_requests", NULL, (double)web_open_requests(w));
}

static void add_queues(const struct accounts *a, const int64_t *queued, struct buf *b)
{
    static const char taken[] = "muster_gateway_provider_queue",
                      most[] = "muster_gateway_provider_queue_max";
    metrics_family(b, taken, "gauge",
                   "Messages that the provider has taken and not yet passed on, about; absent "
                   "where no receipts tell.");
    for (size_t i = 0; i < a->count; i++)
        if (queued[i] >= 0)
            sample1(b, taken, "gateway", slice_of(a->list[i].name), (double)queued[i]);
    metrics_family(b, most, "gauge", "At so many campaigns wait.");
    for (size_t i = 0; i < a->count; i++)
        if (a->list[i].queue.max)
            sample1(b, most, "gateway", slice_of(a->list[i].name), (double)a->list[i].queue.max);
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

static void add_campaigns(struct gathering *g, int64_t now_ms)
{
    struct buf *b = &g->text;
    metrics_family(
        b, "muster_campaign_recipients", "gauge",
        "Recipients of the campaigns that are not finished, by state; campaign 0: answers, "
        "confirmations and tests.");
    for (size_t i = 0; i < g->n; i++) {
        const struct campaign *c = g->campaigns[i];
        char id[16];
        (void)snprintf(id, sizeof id, "%u", c->id);
        for (int s = 0; s < STATE_COUNT; s++)
            sample2(b, "muster_campaign_recipients", "campaign", slice_of(id), "state",
                    slice_of(state_to_string((enum state)s)), (double)c->counts[s]);
    }
    metrics_family(b, "muster_campaign_unknown_oldest_seconds", "gauge",
                   "For how long it has not been known whether the oldest one was reached.");
    for (size_t i = 0; i < g->n; i++) {
        const struct campaign *c = g->campaigns[i];
        char id[16];
        (void)snprintf(id, sizeof id, "%u", c->id);
        int64_t age_ms = c->unknown_since_ms ? now_ms - c->unknown_since_ms : 0;
        sample1(b, "muster_campaign_unknown_oldest_seconds", "campaign", slice_of(id),
                age_ms > 0 ? (double)age_ms / 1000 : 0);
    }
    metrics_family(b, "muster_campaign_late", "gauge",
                   "1: it is foretold to be finished after its deadline.");
    for (size_t i = 0; i < g->n; i++) {
        const struct campaign *c = g->campaigns[i];
        char id[16];
        if (c->deadline_ms == 0) continue;
        (void)snprintf(id, sizeof id, "%u", c->id);
        bool late = c->eta_seen_ms && (c->eta_ms == 0 || c->eta_ms > c->deadline_ms);
        sample1(b, "muster_campaign_late", "campaign", slice_of(id), late);
    }
    metrics_family(b, "muster_campaign_info", "gauge", "Name and status of a campaign; always 1.");
    for (size_t i = 0; i < g->n; i++) {
        const struct campaign *c = g->campaigns[i];
        char id[16];
        if (c->id == 0) continue;
        (void)snprintf(id, sizeof id, "%u", c->id);
        metrics_sample(
            b, "muster_campaign_info",
            (struct metrics_label[4]){{"campaign", slice_of(id)},
                                      {"name", c->name},
                                      {"status", slice_of(campaign_status_to_string(c->status))},
                                      {"gateway", c->gateway}},
            1);
    }
}

static void answer(struct web_call *c)
{
    struct gathering *g = c->state;
    add_campaigns(g, c->now_ms);
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

/* Without Redis there are no campaigns to tell of; the rest is told all the same. */
static void on_active(void *arg, int result, const uint32_t *ids, size_t n)
{
    struct web_call *c = arg;
    struct gathering *g = c->state;
    if (result < 0) {
        answer(c);
        return;
    }
    size_t active = n < CAMPAIGNS_MAX ? n : CAMPAIGNS_MAX;
    g->waiting = 1 + active;
    campaign_load(c->config->store, 0, on_campaign, c);
    for (size_t i = 0; i < active; i++)
        campaign_load(c->config->store, ids[i], on_campaign, c);
}

static void add_kept(struct buf *b, const struct kept *kept)
{
    static const char name[] = "muster_kept_removed_total";
    metrics_family(b, name, "counter", "What was removed because it was older than `keep` says.");
    sample1(b, name, "what", SLICE_LIT("strangers"), (double)kept->strangers);
    sample1(b, name, "what", SLICE_LIT("conversations"), (double)kept->conversations);
    sample1(b, name, "what", SLICE_LIT("campaigns"), (double)kept->campaigns);
    sample1(b, name, "what", SLICE_LIT("audiences"), (double)kept->audiences);
}

/* Alert on the first one: people wait longer than was promised. */
static void on_waiting(void *arg, int result, const struct inbox_waiting *w, const struct err *e)
{
    struct web_call *c = arg;
    struct buf *b = &((struct gathering *)c->state)->text;
    (void)e;
    if (result == 0) {
        int64_t oldest_ms = w->since_ms ? c->now_ms - w->since_ms : 0;
        metrics_family(b, "muster_inbox_overdue", "gauge",
                       "People who wait for an answer for longer than inbox.target_minutes.");
        metrics_sample(b, "muster_inbox_overdue", NULL, (double)w->overdue);
        metrics_family(b, "muster_inbox_waiting", "gauge", "People to whom an answer is due.");
        metrics_sample(b, "muster_inbox_waiting", NULL, (double)w->waiting);
        metrics_family(b, "muster_inbox_oldest_waiting_seconds", "gauge",
                       "For how long the first of them waits.");
        metrics_sample(b, "muster_inbox_oldest_waiting_seconds", NULL, (double)oldest_ms / 1000);
    }
    campaign_active(c->config->store, on_active, c);
}

static void on_backup(void *arg, int result, const struct backup_last *last)
{
    struct web_call *c = arg;
    struct gathering *g = c->state;
    if (result == 0 && last->at_ms) {
        metrics_family(&g->text, "muster_backup_age_seconds", "gauge",
                       "How old the last backup is; absent when there was none.");
        metrics_sample(&g->text, "muster_backup_age_seconds", NULL,
                       (double)(c->now_ms - last->at_ms) / 1000);
    }
    const struct inbox_actor everybody = {.groups = {.all = true}};
    inbox_count_waiting(c->config->inbox, &everybody, c->now_ms, on_waiting, c);
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
            sample1(b, firings, "outcome",
                    slice_of(schedule_outcome_to_string((enum schedule_outcome)i)),
                    (double)counts->outcomes[i]);
        metrics_family(b, "muster_schedules_active", "gauge", "Schedules that launch campaigns.");
        metrics_sample(b, "muster_schedules_active", NULL, (double)counts->active);
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

/* Alert on the second one: somebody has to say what becomes of what is missing. */
static void add_check_in(const struct check_in *check_in, int64_t now_ms, struct buf *b)
{
    const struct check_in_heard *h = check_in_heard(check_in);
    bool back = h->stand == MARK_BACK;
    metrics_family(b, "muster_store_mark", "gauge",
                   "The number that each grant, record and opt-out moves on.");
    metrics_sample(b, "muster_store_mark", NULL, (double)h->mark);
    metrics_family(b, "muster_store_back_seconds", "gauge",
                   "For how long nothing is sent because Redis went back; 0 when it did not.");
    metrics_sample(b, "muster_store_back_seconds", NULL,
                   back ? (double)(now_ms - h->since_ms + 1) / 1000 : 0);
    metrics_family(b, "muster_store_lost_marks", "gauge",
                   "How many grants, records and opt-outs it is behind what was seen.");
    metrics_sample(b, "muster_store_lost_marks", NULL,
                   back && h->seen > h->had ? (double)(h->seen - h->had) : 0);
}

static void add_memory(const struct memory_state *m, struct buf *b)
{
    if (!m->known) return;
    metrics_family(b, "muster_redis_memory_used_bytes", "gauge", "What Redis holds.");
    metrics_sample(b, "muster_redis_memory_used_bytes", NULL, (double)m->used);
    metrics_family(b, "muster_redis_memory_limit_bytes", "gauge",
                   "Its maxmemory, or the machine's memory where that is not set.");
    metrics_sample(b, "muster_redis_memory_limit_bytes", NULL, (double)m->limit);
    metrics_family(
        b, "muster_redis_memory_recipients_left", "gauge",
        "For how many recipients more, in a list and one campaign, there is room, about.");
    metrics_sample(b, "muster_redis_memory_recipients_left", NULL,
                   (double)memory_recipients_left(m));
}

static void get_metrics(struct web_call *c)
{
    struct gathering *g = web_call_state(c, sizeof *g, gathering_done);
    buf_init(&g->text, METRICS_BYTES_MAX);
    metrics_family(&g->text, "muster_build_info", "gauge", "The version; always 1.");
    sample1(&g->text, "muster_build_info", "version", slice_of(MUSTER_VERSION), 1);
    metrics_process(&g->text);
    if (c->config->dispatch) add_dispatch(c->config, &g->text);
    if (c->config->journal) add_journal(c->config->journal, c->now_ms, &g->text);
    if (c->web->hooks) {
        add_hooks(c->web, &g->text);
        add_spool(c->web->hooks, c->now_ms, &g->text);
    }
    if (c->config->check_in) add_check_in(c->config->check_in, c->now_ms, &g->text);
    add_stores(c->web, &g->text);
    if (c->config->means->memory) add_memory(memory_watched(c->config->means->memory), &g->text);
    provider_queues_look(c->web, on_queues, c);
}

static const struct route rows[] = {
    {"GET", "/metrics", MAY_READ_METRICS, 0, NULL, get_metrics},
};

const struct routes metrics_routes = {rows, COUNT_OF(rows)};
