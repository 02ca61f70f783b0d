#include "sim_journal.h"
#include "world_impl.h"

#include "base/clock.h"
#include "io/redis.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    TEND_US = 500 * SIM_MS,
    NODE_SPREAD_US = 300 * SIM_MS,
    EVENTS_MAX = 4000000, /* of a run: more is a busy loop */
    NOON_MS = 50000,      /* noon comes so soon at the latest */
    /* Chance alone hardly ever lets hours close between two slots of one call of the gate: in one world of so many they
     * close while a fast gateway is sending to those people. By the seed, so that all other worlds stay what they are. */
    CLOSING_OF = 16,
    CLOSING_SEED = 2,
    CLOSING_NOON_MS = 900,
    /* In one world of so many the providers are far away, and a new connection takes long. By the seed, too. */
    FAR_OF = 8,
    FAR_SEED = 5,
};
#define QUIET_CHANCE 0.12
#define PATIENCE_US                                                                                \
    (1800 * (int64_t)SIM_S) /* after healing: whoever is not settled by then never will be */

static const uint8_t ref_key[REF_KEY_BYTES + 1] = "0123456789abcdef";

static struct {
    struct gateway *twilio, *kannel;
} prepared;

/* ---- providers, once for all worlds ---- */

static struct gateway *load_gateway(const char *folder, const char *provider, const char *name,
                                    const char *url, const struct gateway_pair *account,
                                    size_t account_count)
{
    char path[4096];
    struct provider *p;
    struct gateway *g;
    struct err e = {0};
    (void)snprintf(path, sizeof path, "%s/%s.yaml", folder, provider);
    const struct gateway_config config = {.name = name,
                                          .channel = "sms",
                                          .base_url = url,
                                          .public_url = "http://muster",
                                          .account = account,
                                          .account_count = account_count,
                                          .secret = "a secret for the tests"};
    if (provider_load(path, &p, &e) < 0 || gateway_new(p, &config, &g, &e) < 0) {
        (void)fprintf(stderr, "%s\n", e.text);
        exit(2);
    }
    return g;
}

void world_prepare(const char *folder)
{
    static const struct gateway_pair twilio[] = {
        {"account_sid", "AC00000000000000000000000000000001"}, {"auth_token", "12345"}};
    static const struct gateway_pair kannel[] = {{"username", "muster"}, {"password", "pass"}};
    prepared.twilio = load_gateway(folder, "twilio", "g0", "http://g0", twilio, COUNT_OF(twilio));
    prepared.kannel = load_gateway(folder, "kannel", "g1", "http://g1", kannel, COUNT_OF(kannel));
}

/* ---- a world by chance ---- */

static int64_t pick(struct rng *r, const int64_t *values, size_t n)
{
    return values[rng_between(r, 0, (int64_t)n - 1)];
}
#define PICK(rng, ...)                                                                             \
    pick(rng, (const int64_t[]){__VA_ARGS__}, COUNT_OF(((const int64_t[]){__VA_ARGS__})))

/* Chance of its own: a bound more or less leaves the rest of a seed's world as it is. Of two in
 * five receipts nobody hears, and those that come need 2 s: the short ones are always full. */
static int draw_queue_max_s(const struct world *w, struct rng *chance)
{
    int drawn = (int)PICK(chance, 0, 0, 1, 5, 300);
    return w->quiet ? 300 : drawn;
}

const char *world_gateway_name(int gateway)
{
    static const char *const names[] = {"g0", "g1"};
    return names[gateway];
}

static enum sim_kind kind_of(int gateway)
{
    return gateway == 0 ? KIND_TWILIO : KIND_KANNEL;
}

void world_gateway(struct world *w, int i, int rate, int sender_rate)
{
    static const char *const senders[WORLD_SENDERS] = {"+447700900001", "+447700900002",
                                                       "+447700900003"};
    w->gateways[i] = (struct account){
        .name = world_gateway_name(i),
        .channel = "sms",
        .group = "main",
        .gateway = kind_of(i) == KIND_TWILIO ? prepared.twilio : prepared.kannel,
        .senders = senders,
        .sender_count = 1,
        .rate_per_s = rate,
        .sender_rate_per_s = sender_rate,
        .queue = provider_queue_of(world_gateway_name(i), rate, 0),
        .http = {.connect_ms = 2000, .response_ms = 5000, .in_flight_max = 64},
    };
    w->accounts = (struct accounts){w->gateways, (size_t)w->gateway_count};
    sim_gateway_set(i, kind_of(i), 0);
    promises_add_gateway(i, rate, sender_rate);
}

static void draw_gateway(struct world *w, int i, double fault_chance, struct rng *queues)
{
    const char *name = world_gateway_name(i);
    int rate = (int)(w->quiet ? PICK(&w->rng, 10, 20, 50, 80)
                              : PICK(&w->rng, 1, 7, 20, 50, 100, 250, 600));
    if (w->closing) rate = 600; /* several slots in one call */
    int sender_rate = !w->quiet && rng_chance(&w->rng, 0.25) ? (rate + 2) / 3 : 0;
    world_gateway(w, i, rate, sender_rate);
    w->gateways[i].sender_count = (size_t)rng_between(&w->rng, 1, WORLD_SENDERS);
    w->gateways[i].queue = provider_queue_of(name, rate, draw_queue_max_s(w, queues));
    w->gateways[i].http = (struct http_client_config){
        .connect_ms = (int)PICK(&w->rng, 500, 2000),
        .response_ms = (int)PICK(&w->rng, 1500, 5000),
        .in_flight_max = w->quiet ? 64 : (int)PICK(&w->rng, 1, 4, 16, 64)};
    sim_gateway_set(i, kind_of(i), fault_chance);
    if (!w->quiet && sim_seed() % FAR_OF == FAR_SEED)
        sim_gateway_far(i, PICK(queues, 30, 120, 300, 450) * SIM_MS);
}

static void draw(struct world *w, const struct world_options *o)
{
    static const double chances[] = {0, 0, 0.005, 0.03};
    w->rng = rng_new(o->seed, 4);
    if (o->foretell) {
        forecasts_draw(w);
        return;
    }
    w->node_count = (int)rng_between(&w->rng, 1, WORLD_NODES_MAX);
    w->gateway_count = (int)rng_between(&w->rng, 1, SIM_GATEWAYS_MAX);
    w->quiet = o->steps < 0 && rng_chance(&w->rng, QUIET_CHANCE) && !o->goes_back;
    w->closing = !w->quiet && !o->goes_back && o->seed % CLOSING_OF == CLOSING_SEED;
    sim_set_begin(SIM_NOON_MS - rng_between(&w->rng, 1, w->closing ? CLOSING_NOON_MS : NOON_MS));
    w->lease_ms = PICK(&w->rng, 3000, 5000, 10000);
    w->hiccup_us = w->quiet ? PICK(&w->rng, 2 * SIM_MS, 30 * SIM_MS)
                            : PICK(&w->rng, 0, 2 * SIM_MS, 30 * SIM_MS);
    int64_t steps = PICK(&w->rng, 0, 5, 15, 30);
    w->steps = o->steps >= 0 ? o->steps : (int)steps;
    double gateway_faults = chances[rng_between(&w->rng, 0, COUNT_OF(chances) - 1)];
    double queue_faults = chances[rng_between(&w->rng, 0, COUNT_OF(chances) - 1)] * 3;
    if (o->sets_clock) clocks_draw(w);
    if (w->steps == 0 || w->quiet) gateway_faults = queue_faults = 0;
    sim_queue_begin(queue_faults);
    if (o->goes_back) going_back_draw(w);
    struct rng queues = rng_new(o->seed, 6);
    w->accounts = (struct accounts){w->gateways, (size_t)w->gateway_count};
    for (int i = 0; i < w->gateway_count; i++)
        draw_gateway(w, i, gateway_faults, &queues);
}

/* ---- the plan's own hands ---- */

static void on_direct_book(void *arg, int result, const struct err *e)
{
    (void)arg;
    if (result < 0) promise_broken("the direct book: %s", e->text);
}

static void open_desk(struct world *w)
{
    struct err e = {0};
    w->desk = (struct sim_process){.alive = true, .name = "desk", .rng = rng_new(sim_seed(), 5)};
    (void)sim_become(&w->desk);
    if (redis_new(NULL, &(struct redis_config){.url = ""}, &w->desk_redis, &e) < 0)
        promise_broken("%s", e.text);
    sim_redis_make_safe(w->desk_redis);
    w->desk_store = store_new(w->desk_redis, PREFIX);
    promises_add_campaign(&(struct promised_campaign){.id = 0, .count = PROMISED_DIRECT_MAX});
    campaign_open_direct(w->desk_store, on_direct_book, w);
    campaigns_begin(w);
    (void)sim_become(NULL);
}

static void close_desk(struct world *w)
{
    (void)sim_become(&w->desk);
    redis_free(w->desk_redis);
    store_free(w->desk_store);
    w->desk.alive = false;
    (void)sim_become(NULL);
}

static void on_tend(void *arg)
{
    struct world *w = arg;
    campaigns_tend(w);
    going_back_tend(w);
    clocks_tend(w);
    if (w->foretells) forecasts_tend(w);
    if (w->healed && promises_all_settled()) w->over = true;
    (void)sim_in(&w->desk, TEND_US, on_tend, w);
}

/* ---- the run ---- */

static void on_taken(const struct sim_request *q)
{
    promises_gateway_watch.taken(q);
    reports_taken(q);
}

static void begin(struct world *w, const struct world_options *o)
{
    sim_begin(o->seed, o->trace);
    sim_redis_begin();
    promises_begin(ref_key);
    struct sim_gateway_watch watch = promises_gateway_watch;
    watch.taken = on_taken;
    sim_gateway_begin(&watch);
    sim_journal_begin();
    draw(w, o);
    sim_redis_watch(promises_see_command);
    reports_begin(w);
    open_desk(w);
    for (int i = 0; i < w->node_count; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "n%d", i);
        world_start_node(w, i, name);
    }
    (void)sim_in(&w->desk, TEND_US, on_tend, w);
    if (!w->foretells && !w->clocks.is_on) troubles_begin(w);
    clocks_begin(w);
    going_back_begin(w);
}

static void end(struct world *w)
{
    w->over = true;
    for (int i = 0; i < w->node_count; i++) {
        if (w->nodes[i]) node_kill(w->nodes[i]);
        w->nodes[i] = NULL;
    }
    close_desk(w);
    while (sim_step()) /* what is still on its way arrives */
        continue;
    going_back_end(w);
    campaigns_end(w);
    promises_end();
    sim_gateway_end();
    sim_journal_end();
    sim_redis_end();
    sim_queue_end();
    sim_end();
}

static void live(struct world *w)
{
    int64_t healed_us = 0;
    while (!w->over) {
        check(sim_step());
        if (w->healed && !healed_us) healed_us = sim_now_us();
        if (sim_events() > EVENTS_MAX) promise_broken("a busy loop:%s", promises_unsettled());
        if (healed_us && sim_now_us() - healed_us > PATIENCE_US)
            promise_broken("it never ends:%s", promises_unsettled());
    }
    promises_check_end();
}

struct world_result world_run(const struct world_options *options)
{
    struct world *w = xcalloc(1, sizeof *w);
    begin(w, options);
    live(w);
    struct promises_totals t = promises_totals();
    struct world_result r = {
        .events = sim_events(), .taken = t.taken, .unknown = t.unknown, .virtual_us = sim_now_us()};
    for (int s = 0; s < STATE_COUNT; s++)
        r.people += t.states[s];
    r.forecasts = w->forecasts;
    end(w);
    free(w);
    return r;
}
