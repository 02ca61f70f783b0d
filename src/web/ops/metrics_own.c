/* What this process knows of itself without asking anybody: what it sends, takes, writes, and is connected to. */
#include "web/ops/metrics.h"

#include "flow/check_in.h"
#include "flow/dispatch.h"
#include "flow/journal.h"
#include "io/redis.h"
#include "store/memory.h"
#include "web/hooks.h"
#include "web/private.h"

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
            metrics_sample2(b, name, "gateway", slice_of(account->name), "outcome",
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
            metrics_sample1(b, families[f].name, "gateway", slice_of(account->name), values[f]);
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
            metrics_sample2(b, name, "gateway", slice_of(account->name), "event",
                            slice_of(events[k].name), figure_of(&s, &events[k]));
    }
}

static void add_spool(const struct hooks *h, int64_t now_ms, struct buf *b)
{
    struct spool_stats s = hooks_spool_stats(h);
    int64_t age_ms = s.oldest_ms ? now_ms - s.oldest_ms : 0;
    metrics_value(b, "muster_spool_records", "gauge", "Webhooks on the disk that wait for Redis.",
                  (double)s.records);
    metrics_value(b, "muster_spool_bytes", "gauge", "Size of the spool's files.", (double)s.bytes);
    metrics_value(b, "muster_spool_oldest_seconds", "gauge",
                  "How long the oldest one has been waiting; 0 when there is none.",
                  (double)age_ms / 1000);
    metrics_value(b, "muster_spool_rejected_total", "counter",
                  "Webhooks that were put aside for a person to look at.", (double)s.rejected);
    metrics_value(b, "muster_spool_kept", "gauge",
                  "Webhooks in the folder rejected, which wait for a person.",
                  (double)hooks_kept(h, now_ms).webhooks);
}

static void add_brokers(const struct queue *q, struct buf *b)
{
    struct queue_health h;
    queue_health(q, &h);
    if (h.brokers < 0) return;
    metrics_value(b, "muster_kafka_brokers", "gauge", "Brokers that are there.", h.brokers);
    metrics_value(b, "muster_kafka_partitions", "gauge", "Partitions of our topics.", h.partitions);
    metrics_value(b, "muster_kafka_partitions_short", "gauge",
                  "Those of which some replica is not in sync.", h.short_of);
    metrics_value(b, "muster_kafka_partitions_stuck", "gauge",
                  "Those that take nothing: without a leader, or too few replicas in sync.",
                  h.stuck);
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
            metrics_sample1(b, "muster_queue_depth", "lane",
                            slice_of(lane_to_string((enum lane)lane)), (double)depth);
    }
    metrics_value(b, "muster_queue_ready", "gauge", "1 while the queue can be used.",
                  queue_is_ready(w->config.queue));
    add_brokers(w->config.queue, b);
    metrics_value(b, "muster_redis_connected", "gauge", "1 while Redis can be reached.",
                  redis_is_connected(w->config.redis));
    int replicas = redis_replicas(w->config.redis);
    metrics_family(b, "muster_redis_replicas", "gauge",
                   "Replicas that had what was written last (only with redis.replicas_min).");
    if (replicas >= 0) metrics_sample(b, "muster_redis_replicas", NULL, replicas);
    metrics_value(b, "muster_redis_lasts", "gauge",
                  "1 while Redis, and as many replicas as there must be, have what is written.",
                  redis_lasts(w->config.redis));
    metrics_value(b, "muster_redis_pending", "gauge", "Commands that wait for Redis' answer.",
                  (double)redis_pending(w->config.redis));
    metrics_value(b, "muster_http_open_requests", "gauge",
                  "HTTP requests that are not answered yet.", (double)web_open_requests(w));
}

/* Alert on the second one: somebody has to say what becomes of what is missing. */
static void add_check_in(const struct check_in *check_in, int64_t now_ms, struct buf *b)
{
    const struct check_in_heard *h = check_in_heard(check_in);
    bool back = h->stand == MARK_BACK;
    metrics_value(b, "muster_store_mark", "gauge",
                  "The number that each grant, record and opt-out moves on.", (double)h->mark);
    metrics_value(b, "muster_store_back_seconds", "gauge",
                  "For how long nothing is sent because Redis went back; 0 when it did not.",
                  back ? (double)(now_ms - h->since_ms + 1) / 1000 : 0);
    metrics_value(b, "muster_store_lost_marks", "gauge",
                  "How many grants, records and opt-outs it is behind what was seen.",
                  back && h->seen > h->had ? (double)(h->seen - h->had) : 0);
}

static void add_memory(const struct memory_state *m, struct buf *b)
{
    if (!m->known) return;
    metrics_value(b, "muster_redis_memory_used_bytes", "gauge", "What Redis holds.",
                  (double)m->used);
    metrics_value(b, "muster_redis_memory_limit_bytes", "gauge",
                  "Its maxmemory, or the machine's memory where that is not set.",
                  (double)m->limit);
    metrics_value(b, "muster_redis_memory_recipients_left", "gauge",
                  "For how many recipients more, in a list and one campaign, there is room, about.",
                  (double)memory_recipients_left(m));
}

void metrics_own(const struct web *w, int64_t now_ms, struct buf *b)
{
    const struct web_config *config = &w->config;
    if (config->dispatch) add_dispatch(config, b);
    if (config->journal) add_journal(config->journal, now_ms, b);
    if (w->hooks) {
        add_hooks(w, b);
        add_spool(w->hooks, now_ms, b);
    }
    if (config->check_in) add_check_in(config->check_in, now_ms, b);
    add_stores(w, b);
    if (config->means->memory) add_memory(memory_watched(config->means->memory), b);
}
