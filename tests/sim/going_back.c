/* A world whose Redis forgets: copies of it are made, and put back in the place of what there is, in the middle of everything else that
 * goes wrong; it is flushed, or its files are gone; another store stands there. Somebody looks, and says that what is missing is to be
 * brought back. What is said by people comes in by the daemons, whose journals have it.
 *
 * Not here: a copy of the moment between going back and its being noticed; machines that do not come back (`muster restore accept`), and a
 * dispatcher that is silent for longer than a lease, or a clock that is set, while the store goes back: then nobody waits for it
 * (docs/adr/0027). */
#include "world_impl.h"

#include "base/clock.h"
#include "store/restore.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    COPY_US = 1200 * SIM_MS,      /* [µs] between two copies, on average */
    BACK_US = 5 * (int64_t)SIM_S, /* … between two times that one is put back */
    DOWN_MAX_US = 2 * SIM_S,      /* for so long Redis is stopped meanwhile */
    AWAY_MAX_US = SIM_S,          /* … and a daemon is away */
    LEASE_MS = 10000,
    UNNOTICED_US =
        12 * (int64_t)SIM_S, /* what is copied then has what was written before anybody noticed */
    AGAIN_US = 400 * SIM_MS, /* after which a webhook without a 200 is repeated */
};
#define ASKED_CHANCE 0.3 /* at each look of the operator's */

/* ---- copies ---- */

static bool knows_all(const struct world *w)
{
    for (int i = 0; i < w->node_count; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "n%d", i);
        if (!sim_store_field(sim_redis_store(), PREFIX "store:peers", slice_of(name)).p)
            return false;
    }
    return true;
}

static bool store_has(const char *field)
{
    return sim_store_field(sim_redis_store(), PREFIX "store", slice_of(field)).p;
}

static void on_copy(void *arg)
{
    struct world *w = arg;
    if (w->healed) return;
    bool is_new = sim_now_us() - w->back.last_us < UNNOTICED_US && !store_has("back");
    if (knows_all(w) && !is_new) {
        size_t i = (size_t)rng_between(&w->back.rng, 0, COUNT_OF(w->back.copies) - 1);
        sim_store_copy_free(w->back.copies[i]);
        w->back.copies[i] = sim_store_copy(sim_redis_store());
        sim_trace("a copy is made");
    }
    (void)sim_in(NULL, rng_exponential(&w->back.rng, COPY_US), on_copy, w);
}

/* ---- going back ---- */

static void name_another(void)
{
    char id[40];
    (void)snprintf(id, sizeof id, "another%llu", (unsigned long long)sim_events());
    const struct slice set[] = {SLICE_LIT("HSET"), SLICE_LIT(PREFIX "store"), SLICE_LIT("id"),
                                slice_of(id)};
    sim_reply_free(sim_store_run(sim_redis_store(), COUNT_OF(set), set));
}

static void copy_is_put_back(struct world *w)
{
    const struct sim_store_copy *c =
        w->back.copies[rng_between(&w->back.rng, 0, COUNT_OF(w->back.copies) - 1)];
    if (c) sim_redis_put_back(c, rng_between(&w->back.rng, 50 * SIM_MS, DOWN_MAX_US));
}

static void it_is_flushed(struct world *w)
{
    (void)w;
    sim_redis_put_back(NULL, 0);
}

static void its_files_are_gone(struct world *w)
{
    sim_redis_put_back(NULL, rng_between(&w->back.rng, 50 * SIM_MS, DOWN_MAX_US));
}

static void another_is_there(struct world *w)
{
    copy_is_put_back(w);
    name_another();
}

static void go_back(struct world *w)
{
    static const struct {
        int weight;
        void (*run)(struct world *w);
        const char *name;
    } ways[] = {{12, copy_is_put_back, "a copy is put back"},
                {1, it_is_flushed, "it is flushed"},
                {1, its_files_are_gone, "its files are gone"},
                {2, another_is_there, "another store is there"}};
    size_t i = RNG_ROW(&w->back.rng, ways);
    sim_trace("redis: %s", ways[i].name);
    ways[i].run(w);
    w->back.era++;
    w->back.last_us = sim_now_us();
    promises_went_back();
}

static void on_back(void *arg)
{
    struct world *w = arg;
    if (w->healed) return;
    if (knows_all(w)) go_back(w);
    (void)sim_in(NULL, rng_exponential(&w->back.rng, BACK_US), on_back, w);
}

/* ---- who looks after it ---- */

static void on_asked(void *arg, int result, const struct err *e)
{
    (void)arg, (void)result, (void)e;
}

void going_back_tend(struct world *w)
{
    if (!w->back.is_on) return;
    bool looks = w->healed || rng_chance(&w->back.rng, ASKED_CHANCE);
    if (store_has("back") && !store_has("apply") && looks)
        restore_ask(w->desk_store, RESTORE_APPLY, SLICE_LIT("sam"), SLICE_LIT("it is tested"),
                    on_asked, w);
    if (!store_has("back") && looks) campaigns_launch_lost(w);
}

/* ---- people ---- */

struct said {
    struct world *world;
    uint64_t number;
    const char *scope;
};

static void say(void *arg);

static void on_said(void *arg, int result, int64_t count, const struct err *e)
{
    struct said *s = arg;
    (void)count, (void)e;
    if (result < 0) {
        (void)sim_in(NULL, AGAIN_US, say, s);
        return;
    }
    promises_stop_answered(s->number);
    free(s);
}

static void say(void *arg)
{
    struct said *s = arg;
    struct node *n = s->world->over ? NULL : world_any_node(s->world);
    if (s->world->over) {
        free(s);
        return;
    }
    if (!n) {
        (void)sim_in(NULL, AGAIN_US, say, s);
        return;
    }
    struct sim_process *before = sim_become(node_process(n));
    const struct suppress_entry entry = {.number = s->number,
                                         .reason = SUPPRESS_STOP,
                                         .at_ms = clock_wall_ms(),
                                         .evidence = SLICE_LIT("STOP")};
    suppress_add(node_store(n), slice_of(s->scope), &entry, 1, on_said, s);
    (void)sim_become(before);
}

void going_back_stop(struct world *w, uint64_t number, const char *scope)
{
    struct said *s = xcalloc(1, sizeof *s);
    *s = (struct said){w, number, scope};
    say(s);
}

static void on_cancelled(void *arg, int result, const struct err *e)
{
    const struct world_campaign *c = arg;
    (void)e;
    if (result == 0 && !promises_is_lost(c->id)) promises_cancel_answered(c->id);
}

static void on_moved(void *arg, int result, const struct err *e)
{
    (void)arg, (void)result, (void)e;
}

void going_back_move(struct world *w, struct world_campaign *c, enum campaign_move to)
{
    struct node *n = world_any_node(w);
    if (!n) return;
    struct sim_process *before = sim_become(node_process(n));
    campaign_move(node_store(n), c->id, to, clock_wall_ms(), SLICE_LIT("sim"),
                  SLICE_LIT("it is tested"), to == MOVE_CANCEL ? on_cancelled : on_moved, c);
    (void)sim_become(before);
}

/* ---- life ---- */

void going_back_draw(struct world *w)
{
    w->back.rng = rng_new(sim_seed(), 7);
    w->back.is_on = true;
    w->lease_ms = LEASE_MS;
}

int64_t going_back_away_us(const struct world *w, int64_t us)
{
    return w->back.is_on && us > AWAY_MAX_US ? AWAY_MAX_US : us;
}

void going_back_begin(struct world *w)
{
    if (!w->back.is_on) return;
    (void)sim_in(NULL, rng_exponential(&w->back.rng, COPY_US), on_copy, w);
    (void)sim_in(NULL, rng_exponential(&w->back.rng, BACK_US), on_back, w);
}

void going_back_end(struct world *w)
{
    for (size_t i = 0; i < COUNT_OF(w->back.copies); i++)
        sim_store_copy_free(w->back.copies[i]);
}
