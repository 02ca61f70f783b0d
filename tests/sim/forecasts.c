/* A campaign of some minutes, whose end is foretold at the launch and when a tenth is done. On its account are
 * others that were announced, replies go before it, and the provider has bad days: it throttles, answers late,
 * takes no connection for some seconds. Daemons stand still or die. */
#include "sim_queue.h"
#include "world_impl.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    WORK_LEAST_S = 600, /* what the campaign takes if nothing goes wrong */
    WORK_MOST_S = 1200,
    FAULT_EVERY_US = 90 * SIM_S,
    FAULT_LEAST_US = 500 * SIM_MS,
    FAULT_MOST_US = 4 * SIM_S,
    REPLY_EVERY_US = 6 * SIM_S,
    OTHERS_MAX = 2,
};

/* What the campaign of this file is in w->campaigns. */
enum { MAIN = 0 };

void forecasts_draw(struct world *w)
{
    static const int rates[] = {4, 6, 8, 10};
    w->foretells = true;
    w->node_count = (int)rng_between(&w->rng, 1, 2);
    w->gateway_count = 1;
    w->lease_ms = 5000;
    w->hiccup_us = 2 * SIM_MS;
    sim_set_begin(SIM_NOON_MS);
    sim_queue_begin(0);
    world_gateway(w, 0, rates[rng_between(&w->rng, 0, COUNT_OF(rates) - 1)], 0);
}

/* ---- what goes wrong ---- */

static int64_t fault_us(struct world *w)
{
    return rng_between(&w->rng, FAULT_LEAST_US, FAULT_MOST_US);
}

static void provider_has_a_bad_moment(struct world *w)
{
    static const enum sim_mood moods[] = {MOOD_THROTTLING, MOOD_REFUSING, MOOD_HANGING, MOOD_SLOW};
    enum sim_mood mood = moods[rng_between(&w->rng, 0, COUNT_OF(moods) - 1)];
    int64_t us = fault_us(w);
    sim_trace("provider: mood %d for %lld us", (int)mood, (long long)us);
    sim_gateway_mood(0, mood, us);
}

static void daemon_stands_still(struct world *w)
{
    int slot = (int)rng_between(&w->rng, 0, w->node_count - 1);
    if (!w->nodes[slot]) return;
    promises_fault();
    sim_stall(node_process(w->nodes[slot]), fault_us(w) / 2);
}

static void on_fault(void *arg)
{
    struct world *w = arg;
    if (w->healed) return;
    if (rng_chance(&w->rng, 0.8))
        provider_has_a_bad_moment(w);
    else
        daemon_stands_still(w);
    (void)sim_in(NULL, rng_exponential(&w->rng, FAULT_EVERY_US), on_fault, w);
}

static void on_reply(void *arg)
{
    struct world *w = arg;
    if (w->healed) return;
    reports_send_direct(w, 0);
    (void)sim_in(NULL, rng_exponential(&w->rng, REPLY_EVERY_US), on_reply, w);
}

/* ---- campaigns ---- */

static void add_other(struct world *w, double main_s)
{
    double work_s = main_s * (double)rng_between(&w->rng, 5, 40) / 100;
    struct world_campaign *c =
        campaigns_add(w, 0, (size_t)(work_s * w->gateways[0].rate_per_s) + 1);
    if (rng_chance(&w->rng, 0.4)) c->lane = LANE_REMINDER;
    if (rng_chance(&w->rng, 0.8))
        c->start_after_ms = rng_between(&w->rng, 1, (int64_t)(main_s * 900));
    campaigns_launch(c);
}

void forecasts_begin(struct world *w)
{
    double work_s = (double)rng_between(&w->rng, WORK_LEAST_S, WORK_MOST_S);
    struct world_campaign *c = campaigns_add(w, 0, (size_t)(work_s * w->gateways[0].rate_per_s));
    if (rng_chance(&w->rng, 0.2)) c->lane = LANE_REMINDER;
    campaigns_launch(c);
    for (int64_t n = rng_between(&w->rng, 0, OTHERS_MAX); n > 0; n--)
        add_other(w, work_s);
    (void)sim_in(NULL, rng_exponential(&w->rng, FAULT_EVERY_US), on_fault, w);
    (void)sim_in(NULL, REPLY_EVERY_US, on_reply, w);
}

/* ---- what is foretold ---- */

static double since_begin_s(int64_t ms)
{
    return ms ? (double)(ms - sim_begin_ms()) / 1000 : 0;
}

static void see(struct world *w, const struct campaign *c)
{
    uint64_t waiting = campaign_waiting(c);
    const struct world_forecast now = {since_begin_s(c->eta_seen_ms),
                                       since_begin_s(c->eta_early_ms), since_begin_s(c->eta_ms),
                                       since_begin_s(c->eta_late_ms)};
    if (c->eta_seen_ms && c->status == CAMPAIGN_RUNNING && w->forecasts.launch.at_s == 0)
        w->forecasts.launch = now;
    if (c->eta_seen_ms && w->forecasts.tenth.at_s == 0 && c->total - waiting >= c->total / 10)
        w->forecasts.tenth = now;
    if (c->status != CAMPAIGN_DONE || w->healed) return;
    w->forecasts.finish_s = (double)sim_now_us() / 1e6;
    w->healed = true;
}

static void on_campaign(void *arg, int result, const struct campaign *c, const struct err *e)
{
    (void)e;
    if (result == 0) see(arg, c);
}

void forecasts_tend(struct world *w)
{
    if (w->campaigns[MAIN].id) campaign_load(w->desk_store, w->campaigns[MAIN].id, on_campaign, w);
    if (!w->healed) return;
    sim_gateway_heal(0);
}
