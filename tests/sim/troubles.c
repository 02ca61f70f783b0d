/* What goes wrong, one trouble after another. Each is ended by itself, or by the world's healing.
 */
#include "sim_journal.h"
#include "world_impl.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    STEP_US = 900 * SIM_MS,       /* [µs] between two troubles, on average */
    QUIET_US = 14 * SIM_S,        /* how long gateway 1 of a quiet world is left as bad as it is */
    QUIET_REPLY_US = 600 * SIM_MS /* between two replies there, on average */
};
#define LITTLE_JUMPS_CHANCE 0.25

struct restart {
    struct world *world;
    int slot;
    char name[16];
};

/* ---- daemons ---- */

void world_start_node(struct world *w, int slot, const char *name)
{
    check(w->process_count < WORLD_PROCESSES_MAX && !w->nodes[slot]);
    struct sim_process *p = &w->processes[w->process_count++];
    *p = (struct sim_process){.alive = true,
                              .rng = rng_new(sim_seed(), 100 + (uint64_t)w->process_count)};
    (void)snprintf(p->name, sizeof p->name, "%s", name);
    p->mono_offset_us = rng_between(&w->rng, 0, 1000) * SIM_S;
    p->drift_ppm = (int)rng_between(&w->rng, -80, 80);
    if (!w->foretells && rng_chance(&w->rng, 0.3))
        p->wall_offset_ms = rng_between(&w->rng, -3600000, 3600000);
    const struct node_config config = {
        .name = name,
        .accounts = &w->accounts,
        .lease_ms = w->lease_ms,
        .ref_key = (const unsigned char *)"0123456789abcdef",
        .hiccup_us = w->hiccup_us,
        .foretells = w->foretells,
        .goes_back = w->back.is_on,
    };
    w->nodes[slot] = node_start(p, &config);
    w->stopping[slot] = false;
    sim_trace("%s starts", name);
}

static void on_restart(void *arg)
{
    struct restart *r = arg;
    if (!r->world->over) world_start_node(r->world, r->slot, r->name);
    free(r);
}

/* Another name once in a while: the machine is gone for good and another takes its place. */
static void start_again(struct world *w, int slot, const char *name)
{
    struct restart *r = xcalloc(1, sizeof *r);
    r->world = w;
    r->slot = slot;
    if (rng_chance(&w->rng, 0.3) && !w->back.is_on)
        (void)snprintf(r->name, sizeof r->name, "n%d", WORLD_NODES_MAX + w->newcomers++);
    else
        (void)snprintf(r->name, sizeof r->name, "%s", name);
    int64_t us = rng_between(&w->rng, 50 * SIM_MS, 6 * (int64_t)SIM_S);
    (void)sim_in(NULL, going_back_away_us(w, us), on_restart, r);
}

static void end_node(struct world *w, int slot)
{
    char name[16];
    (void)snprintf(name, sizeof name, "%s", node_name(w->nodes[slot]));
    node_kill(w->nodes[slot]);
    w->nodes[slot] = NULL;
    start_again(w, slot, name);
}

static void kill_node(struct world *w, int slot)
{
    sim_trace("%s is killed", node_name(w->nodes[slot]));
    promises_fault();
    end_node(w, slot);
}

void troubles_kill(struct world *w)
{
    int slot = (int)rng_between(&w->rng, 0, w->node_count - 1);
    if (w->nodes[slot]) kill_node(w, slot);
}

static bool is_still(const struct world_stop *s)
{
    const struct node *n = s->world->nodes[s->slot];
    return n && node_process(n) == s->process;
}

static void on_stopped_outside(void *arg)
{
    struct world_stop *s = arg;
    if (is_still(s)) end_node(s->world, s->slot);
}

static void on_stopped(void *arg)
{
    (void)sim_in(NULL, 0, on_stopped_outside, arg);
}

static void on_stop_limit(void *arg)
{
    struct world_stop *s = arg;
    /* The daemon waits no longer (STOP_LIMIT_US in app.c): what is in flight becomes unknown. */
    if (is_still(s)) kill_node(s->world, s->slot);
}

static void stop_node(struct world *w, int slot)
{
    struct node *n = w->nodes[slot];
    struct world_stop *s = &w->stops[w->stop_count++];
    check(w->stop_count <= WORLD_PROCESSES_MAX); /* each process is asked once */
    *s = (struct world_stop){.world = w, .slot = slot, .process = node_process(n)};
    sim_trace("%s is asked to stop", node_name(n));
    w->stopping[slot] = true;
    (void)sim_in(NULL, 40 * (int64_t)SIM_S, on_stop_limit, s);
    node_stop(n, on_stopped, s);
}

static void stall_node(struct world *w, int slot)
{
    int64_t us =
        rng_between(&w->rng, 20 * SIM_MS, rng_chance(&w->rng, 0.5) ? SIM_S : 12 * (int64_t)SIM_S);
    us = going_back_away_us(w, us);
    sim_trace("%s stands still for %lld us", node_name(w->nodes[slot]), (long long)us);
    promises_fault();
    sim_stall(node_process(w->nodes[slot]), us);
}

static void cut_node(struct world *w, int slot)
{
    bool silently = rng_chance(&w->rng, 0.3) && !w->back.is_on;
    sim_trace("%s loses redis%s", node_name(w->nodes[slot]), silently ? ", silently" : "");
    promises_fault();
    sim_redis_cut(node_redis(w->nodes[slot]), silently);
}

/* Its wall clock, which nothing depends on. */
static void set_clock_of_node(struct world *w, int slot)
{
    node_process(w->nodes[slot])->wall_offset_ms += rng_between(&w->rng, -3600000, 3600000);
}

static void stop_or_not(struct world *w, int slot)
{
    if (!w->stopping[slot]) stop_node(w, slot);
}

static void node_trouble(struct world *w)
{
    static const struct {
        int weight;
        void (*run)(struct world *w, int slot);
    } deeds[] = {
        {3, kill_node}, {1, stop_or_not}, {2, stall_node}, {3, cut_node}, {1, set_clock_of_node},
    };
    int slot = (int)rng_between(&w->rng, 0, w->node_count - 1);
    if (w->nodes[slot]) deeds[RNG_ROW(&w->rng, deeds)].run(w, slot);
}

/* ---- redis, queue, providers ---- */

/* By a little, as a time server corrects it; by seconds; by hours, as a wrong time zone does. */
static void jump(struct world *w)
{
    static const int64_t furthest_us[] = {300 * SIM_MS, 20 * (int64_t)SIM_S, 7200 * (int64_t)SIM_S};
    int64_t far_us = furthest_us[rng_between(&w->rng, 0, COUNT_OF(furthest_us) - 1)];
    if (w->back.is_on) return; /* who waits for the others goes by that clock */
    sim_redis_jump(rng_between(&w->rng, -far_us, far_us));
    promises_clock_jumped();
}

static int64_t a_while_us(struct world *w)
{
    return rng_between(&w->rng, 50 * SIM_MS, 4 * (int64_t)SIM_S);
}

static void crash(struct world *w)
{
    sim_redis_crash(a_while_us(w));
}

static void stall(struct world *w)
{
    sim_redis_stall(2 * a_while_us(w));
}

static void refuse(struct world *w)
{
    sim_redis_refuse(a_while_us(w));
}

static void redis_trouble(struct world *w)
{
    static const struct {
        int weight;
        void (*run)(struct world *w);
        const char *name;
    } deeds[] = {
        {1, crash, "crash"}, {1, stall, "stall"}, {1, refuse, "refuses"}, {2, jump, "clock"}};
    size_t i = RNG_ROW(&w->rng, deeds);
    sim_trace("redis: %s", deeds[i].name);
    promises_fault();
    deeds[i].run(w);
}

static void gateway_trouble(struct world *w)
{
    int gateway = (int)rng_between(&w->rng, 0, w->gateway_count - 1);
    enum sim_mood mood = (enum sim_mood)rng_between(&w->rng, MOOD_FINE, MOOD_COUNT - 1);
    int64_t us = rng_between(&w->rng, 200 * SIM_MS, 5 * (int64_t)SIM_S);
    sim_trace("gateway %d: mood %d for %lld us", gateway, (int)mood, (long long)us);
    sim_gateway_mood(gateway, mood, us);
}

static void direct_trouble(struct world *w)
{
    reports_send_direct(w, (int)rng_between(&w->rng, 0, w->gateway_count - 1));
}

static void queue_trouble(struct world *w)
{
    sim_queue_outage(rng_between(&w->rng, 200 * SIM_MS, 4 * (int64_t)SIM_S));
}

/* All of them: it may be one disk. */
static void disk_trouble(struct world *w)
{
    int64_t us = rng_between(&w->rng, 10 * SIM_MS, 4 * (int64_t)SIM_S);
    sim_trace("the disks take nothing for %lld us", (long long)us);
    sim_journal_fail(us);
}

static void one_trouble(struct world *w)
{
    static const struct {
        int weight;
        void (*run)(struct world *w);
    } troubles[] = {
        {6, node_trouble},   {3, redis_trouble}, {4, gateway_trouble}, {5, campaigns_trouble},
        {2, direct_trouble}, {1, queue_trouble}, {1, disk_trouble},
    };
    troubles[RNG_ROW(&w->rng, troubles)].run(w);
}

static void heal(struct world *w)
{
    sim_trace("from now on nothing goes wrong");
    promises_fault(); /* what is on its way may still be lost */
    w->healed = true;
    if (sim_redis_heal()) promises_clock_jumped();
    sim_queue_heal();
    for (int i = 0; i < w->gateway_count; i++)
        sim_gateway_heal(i);
}

static void on_trouble(void *arg)
{
    struct world *w = arg;
    if (w->steps-- <= 0) {
        heal(w);
        return;
    }
    one_trouble(w);
    (void)sim_in(NULL, rng_exponential(&w->rng, STEP_US), on_trouble, w);
}

/* ---- a quiet world ---- */

static void on_quiet_end(void *arg)
{
    heal(arg);
}

static void on_reply(void *arg)
{
    struct world *w = arg;
    if (w->healed) return;
    reports_send_direct(w, 0);
    (void)sim_in(NULL, rng_exponential(&w->rng, QUIET_REPLY_US), on_reply, w);
}

/* Redis' clock is set forward a little, again and again, while there is more than enough to send.
 */
static void on_little_jump(void *arg)
{
    struct world *w = arg;
    if (w->healed) return;
    sim_redis_jump(rng_between(&w->rng, 5 * SIM_MS, 190 * SIM_MS));
    promises_clock_jumped();
    (void)sim_in(NULL, SIM_S + rng_exponential(&w->rng, SIM_S), on_little_jump, w);
}

static void begin_quiet(struct world *w)
{
    if (rng_chance(&w->rng, LITTLE_JUMPS_CHANCE))
        (void)sim_in(NULL, 2 * SIM_S, on_little_jump, w);
    else
        promises_expect_quiet(w->node_count, w->hiccup_us);
    if (w->gateway_count > 1)
        sim_gateway_mood(1, (enum sim_mood)rng_between(&w->rng, MOOD_FINE, MOOD_COUNT - 1),
                         QUIET_US);
    (void)sim_in(NULL, SIM_S, on_reply, w);
    (void)sim_in(NULL, QUIET_US, on_quiet_end, w);
}

void troubles_begin(struct world *w)
{
    if (w->quiet)
        begin_quiet(w);
    else
        (void)sim_in(NULL, rng_exponential(&w->rng, STEP_US), on_trouble, w);
}
