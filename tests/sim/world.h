#pragma once
/* A whole run: an organisation's Redis, one or two providers, one to three daemons, some campaigns,
 * and everything that may go wrong with them, all of it drawn from one seed. After the last trouble
 * everything heals, and the world goes on until everybody's state is final. */
#include <stdbool.h>
#include <stdint.h>

struct world_options {
    uint64_t seed;
    int steps; /* how many troubles; -1 = as the seed says */
    bool trace;
    bool goes_back;  /* Redis forgets, again and again: going_back.c */
    bool sets_clock; /* Redis' clock is set, at the worst moments: clocks.c */
    bool foretell;   /* a world of the forecast's own: forecasts.c */
};

/* What became of a forecast. [s since it began] 0: there was none */
struct world_forecast {
    double at_s, early_s, likely_s, late_s;
};
struct world_forecasts {
    struct world_forecast launch, tenth; /* made at the launch, and when a tenth was done */
    double finish_s;
};

struct world_result {
    uint64_t events, taken, unknown, people;
    int64_t virtual_us;
    struct world_forecasts forecasts;
};

/* As references and limiters know it. */
const char *world_gateway_name(int gateway);
/* Gateways' descriptions are loaded once, for any number of worlds: folder is conf/providers. */
void world_prepare(const char *providers_folder);
/* Returns when all is well; a broken promise ends the program (promises.h). */
struct world_result world_run(const struct world_options *options);
