#pragma once
/* What the parts of a world share: world.c (how it begins and ends), campaigns.c (who is to be
 * texted), troubles.c (what goes wrong), reports.c (receipts and replies). */
#include "node.h"
#include "promises.h"
#include "sim_queue.h"
#include "world.h"

#include "store/campaign.h"
#include "store/suppress.h"
#include "store/unknown.h"

enum {
    WORLD_NODES_MAX = 3,
    WORLD_CAMPAIGNS_MAX = 7,
    WORLD_SENDERS = 3,
    TROUBLED_CAMPAIGNS_MAX = 3,
    WORLD_PROCESSES_MAX = 512, /* every start is one */
};

struct world_campaign {
    struct world *world;
    uint32_t id; /* 0: not stored yet */
    uint32_t audience, blocks;
    int gateway;
    enum lane lane;
    uint64_t *numbers;   /* by index, owned */
    int16_t *offset_min; /* of their clocks, by index, owned */
    size_t count;
    const char *hours_text; /* NULL: any */
    struct promised_hours hours;
    int64_t deadline_ms, start_after_ms; /* after the launch, 0 = none */
    bool paused;                         /* as soon as it is launched */
    bool launching;
    unsigned launched_era;
    char name[32];
};

/* A daemon that was asked to stop. */
struct world_stop {
    struct world *world;
    int slot;
    const struct sim_process *process;
};

/* going_back.c */
enum { WORLD_COPIES_MAX = 3 };
struct world_back {
    bool is_on;
    struct rng rng;
    struct sim_store_copy *copies[WORLD_COPIES_MAX];
    unsigned era;    /* how often it went back */
    int64_t last_us; /* when it did last */
};

/* clocks.c */
struct clocks {
    bool is_on;
    struct rng rng;
    int left;                 /* so many times it is set still */
    int hours;                /* by how many it is wrong, but for days */
    const char *behind;       /* the script behind which it is set next … */
    int64_t from_us, last_us; /* … from then on; when it was set last */
};

struct world {
    struct rng rng;
    bool quiet;     /* nothing goes wrong but at gateway 1 */
    bool closing;   /* hours close while a fast gateway sends */
    bool foretells; /* forecasts.c */
    struct world_forecasts forecasts;
    struct world_back back;
    struct clocks clocks;
    int steps;
    int64_t lease_ms, hiccup_us;
    int node_count, gateway_count, campaign_count;
    struct account gateways[SIM_GATEWAYS_MAX];
    struct accounts accounts; /* those */
    struct sim_process processes[WORLD_PROCESSES_MAX];
    int process_count, newcomers;
    struct node *nodes[WORLD_NODES_MAX]; /* NULL: down at the moment */
    bool stopping[WORLD_NODES_MAX];
    struct world_stop stops[WORLD_PROCESSES_MAX];
    int stop_count;
    struct world_campaign campaigns[WORLD_CAMPAIGNS_MAX];
    /* the plan's own hands: a connection that always works */
    struct sim_process desk;
    struct redis *desk_redis;
    struct store *desk_store;
    bool healed, over;
    int direct_sent;
};

/* world.c: a gateway that has no faults yet; w->gateway_count is known */
void world_gateway(struct world *w, int i, int rate, int sender_rate);

/* campaigns.c */
void campaigns_begin(struct world *w); /* makes audiences, launches the campaigns */
void campaigns_end(struct world *w);
/* a person looks after what was blocked; all, once the world heals */
void campaigns_tend(struct world *w);
void campaigns_trouble(struct world *w); /* somebody pauses, cancels, resumes; people write STOP */

/* troubles.c */
void troubles_begin(struct world *w);
void world_start_node(struct world *w, int slot, const char *name);
void troubles_kill(struct world *w); /* one that runs, if any does; it comes back */

struct world_campaign *campaigns_add(struct world *w, int gateway, size_t people);
void campaigns_launch(struct world_campaign *c);

/* forecasts.c: one campaign whose end is foretold, others that were announced, and a provider with bad days */
void forecasts_draw(struct world *w);
void forecasts_begin(struct world *w);
void forecasts_tend(struct world *w); /* notes what is foretold, and when it is done */

/* going_back.c: each does nothing in the other worlds */
void going_back_draw(struct world *w);
void going_back_begin(struct world *w);
void going_back_end(struct world *w);
void going_back_tend(struct world *w);
/* [µs] How long a daemon may be away that would be for `us`. */
int64_t going_back_away_us(const struct world *w, int64_t us);
/* What somebody says, by a daemon: repeated until it is answered; somebody moves a campaign, once. */
void going_back_stop(struct world *w, uint64_t number, const char *scope);
void going_back_move(struct world *w, struct world_campaign *c, enum campaign_move to);
/* campaigns.c: the same people once more, where a store does not know a campaign any more */
void campaigns_launch_lost(struct world *w);

/* clocks.c: each does nothing in the other worlds, but the first, which makes it one */
void clocks_draw(struct world *w);
void clocks_begin(struct world *w);
void clocks_tend(struct world *w);

/* reports.c */
void reports_begin(struct world *w);
/* the provider has a message: receipts will follow */
void reports_taken(const struct sim_request *q);
void reports_send_direct(struct world *w, int gateway);
struct node *world_any_node(struct world *w); /* one that runs; NULL when none does */
