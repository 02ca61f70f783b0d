#include "web/system_api.h"

#include "web/view/view.h"
#include "metrics.h"

#include "base/clock.h"
#include "flow/dispatch.h"
#include "io/phone.h"
#include "io/redis.h"
#include "store/release.h"
#include "web/guard.h"
#include "web/hooks.h"
#include "web/respond.h"

#include <stdio.h>
#include <stdlib.h>

enum { METRICS_BYTES_MAX = 2 << 20 };

struct system_api {
    struct system_api_config config;
};

/* ---- health ---- */

static void get_healthz(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)ctx, (void)params;
    respond_json(q, 200, json_pack("{s:s}", "status", "alive"));
}

/* NULL when there are none: that is no reason to be out of service, and anybody can cause it. */
static json_t *refused_json(const struct system_api *a)
{
    json_t *list = json_array();
    for (size_t i = 0; a->config.hooks && i < a->config.accounts->count; i++) {
        const struct account *account = &a->config.accounts->list[i];
        struct hooks_refused r = hooks_refused(a->config.hooks, account);
        if (r.count == 0) continue;
        json_t *one =
            json_pack("{s:s,s:I,s:I,s:o}", "gateway", account->name, "count", (json_int_t)r.count,
                      "last_ms", (json_int_t)r.last_ms, "why", view_text(slice_of(r.why)));
        check(one && json_array_append_new(list, one) == 0);
    }
    if (json_array_size(list)) return list;
    json_decref(list);
    return NULL;
}

static void get_readyz(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    const struct system_api *a = ctx;
    json_t *missing = json_array();
    const char *why = redis_reason(a->config.redis);
    if (why) check(json_array_append_new(missing, json_string("redis")) == 0);
    if (!queue_is_ready(a->config.queue))
        check(json_array_append_new(missing, json_string("queue")) == 0);
    bool ready = json_array_size(missing) == 0;
    respond_json(q, ready ? 200 : 503,
                 json_pack("{s:s,s:o,s:o*,s:o*}", "status", ready ? "ready" : "not ready",
                           "missing", missing, "why", why ? view_text(slice_of(why)) : NULL,
                           "refused_webhooks", refused_json(a)));
}

/* ---- what is at the providers ---- */

/* Asked of Redis, since the process that is asked need not be one that sends. */
struct looking {
    void (*done)(void *arg, const struct looking *l);
    void *arg;
    size_t waiting;
    struct looked {
        struct looking *all;
        int64_t taken; /* < 0: nobody knows */
    } of[];            /* by gateway */
};

static void look_ended(struct looking *l)
{
    if (--l->waiting > 0) return;
    l->done(l->arg, l);
    free(l);
}

static void on_taken(void *arg, int64_t taken)
{
    struct looked *one = arg;
    one->taken = taken;
    look_ended(one->all);
}

static void look(const struct system_api *a, void (*done)(void *arg, const struct looking *l),
                 void *arg)
{
    size_t n = a->config.accounts->count;
    struct looking *l = xcalloc(1, sizeof *l + n * sizeof l->of[0]);
    *l = (struct looking){.done = done, .arg = arg, .waiting = 1};
    for (size_t i = 0; i < n; i++) {
        const struct provider_queue *q = &a->config.accounts->list[i].queue;
        l->of[i] = (struct looked){l, -1};
        if (q->max == 0) continue;
        l->waiting++;
        provider_queue_look(a->config.redis, a->config.prefix, q, on_taken, &l->of[i]);
    }
    look_ended(l);
}

/* ---- gateways ---- */

static json_t *gateway_json(const struct system_api *a, const struct account *g, int64_t taken)
{
    json_t *senders = json_array();
    for (size_t i = 0; i < g->sender_count; i++)
        check(json_array_append_new(senders, view_text(slice_of(g->senders[i]))) == 0);
    json_t *out = json_pack("{s:s,s:s,s:s,s:o,s:f,s:f,s:I,s:i}", "name", g->name, "provider",
                            g->provider, "channel", g->channel, "senders", senders, "rate_per_s",
                            g->rate_per_s, "sender_rate_per_s", g->sender_rate_per_s, "queue_max",
                            (json_int_t)g->queue.max, "in_flight_max", g->http.in_flight_max);
    const struct dispatch *d = a->config.dispatch; /* of this process */
    struct dispatch_stats s = d ? dispatch_stats(d, g) : (struct dispatch_stats){0};
    check(out);
    check(json_object_set_new(out, "queue", taken < 0 ? json_null() : json_integer(taken)) == 0);
    check(json_object_set_new(out, "in_flight",
                              d ? json_integer((json_int_t)s.in_flight) : json_null()) == 0);
    check(json_object_set_new(out, "dead", d ? json_boolean(s.dead) : json_null()) == 0);
    return out;
}

struct listing {
    const struct system_api *api;
    struct http_request *q;
};

static void on_looked(void *arg, const struct looking *l)
{
    struct listing g = *(struct listing *)arg;
    free(arg);
    json_t *list = json_array();
    for (size_t i = 0; i < g.api->config.accounts->count; i++) {
        const struct account *one = &g.api->config.accounts->list[i];
        check(json_array_append_new(list, gateway_json(g.api, one, l->of[i].taken)) == 0);
    }
    respond_json(g.q, 200, json_pack("{s:o}", "gateways", list));
}

static void get_gateways(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    struct system_api *a = ctx;
    if (!guard_organiser(a->config.auth, q, clock_wall_ms())) return;
    struct listing *g = xmalloc(sizeof *g);
    *g = (struct listing){a, q};
    look(a, on_looked, g);
}

/* ---- metrics ---- */

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

static void add_outcomes(const struct system_api *a, struct buf *b)
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
    for (size_t i = 0; i < a->config.accounts->count; i++) {
        const struct account *account = &a->config.accounts->list[i];
        struct dispatch_stats s = dispatch_stats(a->config.dispatch, account);
        for (size_t k = 0; k < COUNT_OF(outcomes); k++)
            sample2(b, name, "gateway", slice_of(account->name), "outcome",
                    slice_of(outcomes[k].name), figure_of(&s, &outcomes[k]));
    }
}

static void add_dispatch(const struct system_api *a, struct buf *b)
{
    static const struct {
        const char *name, *kind, *help;
    } families[] = {
        {"muster_gateway_requests_total", "counter", "Requests that were sent to the provider."},
        {"muster_gateway_forfeited_total", "counter",
         "Slots that were reached too late to be used."},
        {"muster_gateway_skipped_total", "counter",
         "Recipients that the gate did not let through."},
        {"muster_gateway_in_flight", "gauge", "Recipients granted and not yet recorded."},
        {"muster_gateway_batches", "gauge", "Batches that are held."},
        {"muster_gateway_dead", "gauge", "1 while the gateway does not answer."},
    };
    add_outcomes(a, b);
    for (size_t f = 0; f < COUNT_OF(families); f++) {
        metrics_family(b, families[f].name, families[f].kind, families[f].help);
        for (size_t i = 0; i < a->config.accounts->count; i++) {
            const struct account *account = &a->config.accounts->list[i];
            struct dispatch_stats s = dispatch_stats(a->config.dispatch, account);
            const double values[] = {(double)s.requests,  (double)s.forfeited, (double)s.skipped,
                                     (double)s.in_flight, (double)s.batches,   s.dead};
            sample1(b, families[f].name, "gateway", slice_of(account->name), values[f]);
        }
    }
}

static void add_hooks(const struct system_api *a, struct buf *b)
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
    for (size_t i = 0; i < a->config.accounts->count; i++) {
        const struct account *account = &a->config.accounts->list[i];
        struct hooks_stats s = hooks_stats(a->config.hooks, account);
        for (size_t k = 0; k < COUNT_OF(events); k++)
            sample2(b, name, "gateway", slice_of(account->name), "event", slice_of(events[k].name),
                    figure_of(&s, &events[k]));
    }
}

static void add_spool(const struct hooks *h, struct buf *b)
{
    struct spool_stats s = hooks_spool_stats(h);
    int64_t age_ms = s.oldest_ms ? clock_wall_ms() - s.oldest_ms : 0;
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

static void add_stores(const struct system_api *a, struct buf *b)
{
    metrics_family(b, "muster_queue_depth", "gauge",
                   "Batches that are published and not delivered.");
    for (int lane = 0; lane < LANE_COUNT; lane++) {
        int64_t depth = queue_depth(a->config.queue, (enum lane)lane);
        if (depth >= 0)
            sample1(b, "muster_queue_depth", "lane", slice_of(lane_to_string((enum lane)lane)),
                    (double)depth);
    }
    metrics_family(b, "muster_queue_ready", "gauge", "1 while the queue can be used.");
    metrics_sample(b, "muster_queue_ready", NULL, queue_is_ready(a->config.queue));
    metrics_family(b, "muster_redis_connected", "gauge", "1 while Redis can be reached.");
    metrics_sample(b, "muster_redis_connected", NULL, redis_is_connected(a->config.redis));
    metrics_family(b, "muster_redis_pending", "gauge", "Commands that wait for Redis' answer.");
    metrics_sample(b, "muster_redis_pending", NULL, (double)redis_pending(a->config.redis));
    if (!a->config.open_requests) return;
    metrics_family(b, "muster_http_open_requests", "gauge",
                   "HTTP requests that are not answered yet.");
    metrics_sample(b, "muster_http_open_requests", NULL,
                   (double)a->config.open_requests(a->config.open_requests_arg));
}

static void add_queues(const struct system_api *a, const struct looking *l, struct buf *b)
{
    static const char taken[] = "muster_gateway_provider_queue",
                      most[] = "muster_gateway_provider_queue_max";
    metrics_family(b, taken, "gauge",
                   "Messages that the provider has taken and not yet passed on, about; absent "
                   "where no receipts tell.");
    for (size_t i = 0; i < a->config.accounts->count; i++)
        if (l->of[i].taken >= 0)
            sample1(b, taken, "gateway", slice_of(a->config.accounts->list[i].name),
                    (double)l->of[i].taken);
    metrics_family(b, most, "gauge", "At so many campaigns wait.");
    for (size_t i = 0; i < a->config.accounts->count; i++)
        if (a->config.accounts->list[i].queue.max)
            sample1(b, most, "gateway", slice_of(a->config.accounts->list[i].name),
                    (double)a->config.accounts->list[i].queue.max);
}

/* A page of metrics while the active campaigns are loaded; each family must stand together, so the
 * campaigns are kept until all of them are there. */
struct gathering {
    struct system_api *api;
    struct http_request *q;
    struct buf text;
    struct campaign *campaigns[SYSTEM_CAMPAIGNS_MAX + 1]; /* owned; the direct book among them */
    size_t n, waiting;
};

static void add_campaigns(struct gathering *g)
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
        int64_t age_ms = c->unknown_since_ms ? clock_wall_ms() - c->unknown_since_ms : 0;
        sample1(b, "muster_campaign_unknown_oldest_seconds", "campaign", slice_of(id),
                age_ms > 0 ? (double)age_ms / 1000 : 0);
    }
    metrics_family(b, "muster_campaign_info", "gauge", "Name and status of a campaign; always 1.");
    for (size_t i = 0; i < g->n; i++) {
        const struct campaign *c = g->campaigns[i];
        char id[16];
        if (c->id == 0) continue;
        (void)snprintf(id, sizeof id, "%u", c->id);
        metrics_sample(b, "muster_campaign_info",
                       (struct metrics_label[4]){{"campaign", slice_of(id)},
                                                 {"name", c->name},
                                                 {"status", c->status},
                                                 {"gateway", c->gateway}},
                       1);
    }
}

static void gathering_end(struct gathering *g)
{
    add_campaigns(g);
    if (g->text.failed)
        respond_error(g->q, 500, "internal", "the metrics are larger than %d bytes",
                      METRICS_BYTES_MAX);
    else
        http_request_answer(g->q, 200, "text/plain; version=0.0.4; charset=utf-8",
                            buf_slice(&g->text));
    for (size_t i = 0; i < g->n; i++)
        campaign_free(g->campaigns[i]);
    buf_done(&g->text);
    free(g);
}

static void on_campaign(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct gathering *g = arg;
    (void)e;
    if (result == 0) g->campaigns[g->n++] = campaign_dup(c);
    if (--g->waiting == 0) gathering_end(g);
}

/* Without Redis there are no campaigns to tell of; the rest is told all the same. */
static void on_active(void *arg, int result, const uint32_t *ids, size_t n)
{
    struct gathering *g = arg;
    if (result < 0) {
        gathering_end(g);
        return;
    }
    size_t active = n < SYSTEM_CAMPAIGNS_MAX ? n : SYSTEM_CAMPAIGNS_MAX;
    g->waiting = 1 + active;
    campaign_load(g->api->config.campaigns, 0, on_campaign, g);
    for (size_t i = 0; i < active; i++)
        campaign_load(g->api->config.campaigns, ids[i], on_campaign, g);
}

static void on_queues(void *arg, const struct looking *l)
{
    struct gathering *g = arg;
    add_queues(g->api, l, &g->text);
    campaign_active(g->api->config.campaigns, on_active, g);
}

static void get_metrics(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    struct system_api *a = ctx;
    if (!guard_organiser(a->config.auth, q, clock_wall_ms())) return;
    struct gathering *g = xcalloc(1, sizeof *g);
    g->api = a;
    g->q = q;
    buf_init(&g->text, METRICS_BYTES_MAX);
    metrics_family(&g->text, "muster_build_info", "gauge", "The version; always 1.");
    sample1(&g->text, "muster_build_info", "version", slice_of(MUSTER_VERSION), 1);
    metrics_process(&g->text);
    if (a->config.dispatch) add_dispatch(a, &g->text);
    if (a->config.hooks) {
        add_hooks(a, &g->text);
        add_spool(a->config.hooks, &g->text);
    }
    add_stores(a, &g->text);
    look(a, on_queues, g);
}

/* ---- the document ---- */

static void get_openapi(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)ctx, (void)params;
    http_request_answer(q, 200, "application/yaml", openapi_yaml);
}

/* ---- the organisation ---- */

static void get_organisation(void *ctx, struct http_request *q, const struct route_params *params)
{
    (void)params;
    const struct system_api *a = ctx;
    if (!guard_api(a->config.auth, q, clock_wall_ms())) return;
    respond_json(q, 200,
                 json_pack("{s:o,s:s,s:{s:s,s:s}}", "name",
                           view_text(slice_of(a->config.organisation)), "country",
                           a->config.country, "numbering_plan", "date", phone_plan_date(),
                           "version", phone_plan_release()));
}

struct system_api *system_api_new(const struct system_api_config *config, struct router *r)
{
    struct system_api *a = xcalloc(1, sizeof *a);
    a->config = *config;
    router_add(r, "GET", "/healthz", get_healthz, a);
    router_add(r, "GET", "/readyz", get_readyz, a);
    router_add(r, "GET", "/metrics", get_metrics, a);
    router_add(r, "GET", "/api/v1/gateways", get_gateways, a);
    router_add(r, "GET", "/api/v1/organisation", get_organisation, a);
    router_add(r, "GET", "/api/openapi.yaml", get_openapi, a);
    return a;
}

void system_api_free(struct system_api *a)
{
    free(a);
}
