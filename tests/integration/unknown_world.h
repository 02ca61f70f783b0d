#pragma once
/* What the tests of lost answers run in: the real dispatcher, release, look-up and simulator on one
 * loop, on a real Redis. The simulator takes every message and closes the connection (drop), or
 * closes it and takes none (lost). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <jansson.h>

#include "base/clock.h"
#include "core/block.h"
#include "core/ref.h"
#include "flow/dispatch.h"
#include "flow/lookup.h"
#include "flow/outbox.h"
#include "flow/release.h"
#include "io/http_server.h"
#include "io/redis.h"
#include "sim/sim.h"
#include "store/audience.h"
#include "store/direct.h"
#include "store/inbox.h"
#include "store/mark.h"
#include "store/suppress.h"
#include "store/unknown.h"

#include "redis_fixture.h"

enum {
    PATIENCE_US = 60 * 1000 * 1000,
    PEOPLE = 300,
    ROWS_AT_ONCE = 100, /* each chunk is a block */
    ASKED_MAX = 64,
};

extern const unsigned char REF_KEY[];

struct world {
    struct redis_fixture *server;
    struct loop *loop;
    struct redis *redis;
    char prefix[16], url[64];
    struct sim *sim;
    struct http_server *provider_server;
    struct provider *provider;
    struct gateway *gateway;
    struct account account;
    struct accounts accounts; /* that one */
    struct store *store;
    struct check_in *check_in;
    struct ledger *ledger;
    struct inbox *inbox;
    struct queue *queue;
    struct outbox *outbox;
    struct dispatch *dispatch;
    struct release *release;
    struct lookup *lookup;
    /* what is asked in the provider's place: other_list */
    struct http_server *other;
    struct gateway *other_gateway;
    int other_status;
    int64_t asked_us[ASKED_MAX];
    size_t asked;
    uint32_t campaign, audience, blocks;
    uint64_t unknown;     /* people of some_unknown */
    struct campaign *now; /* as last seen */
};

#define TURN_UNTIL(w, condition)                                                                   \
    do {                                                                                           \
        int64_t give_up_us = clock_mono_us() + PATIENCE_US;                                        \
        while (!(condition)) {                                                                     \
            assert_true(clock_mono_us() < give_up_us);                                             \
            loop_turn((w)->loop, 20000);                                                           \
        }                                                                                          \
    } while (0)

struct waiting {
    bool done;
    int result;
    uint32_t id, blocks;
    uint64_t moved;
    char text[ERR_TEXT_BYTES];
};

void ended(struct waiting *x, int result, const struct err *e);
void wait_for(struct world *w, struct waiting *x); /* fails the test when it failed */

int world_start(void **state); /* of the group: Redis */
int world_end(void **state);
int set_up(void **state);
int tear_down(void **state);
struct gateway *make_gateway(struct world *w, const char *url);
/* The reference of that person as the dispatcher makes it: with the stamp that the store has. */
void ref_of(struct world *w, uint32_t campaign, uint32_t index, char out[REF_CHARS + 1]);
void start_lookup(struct world *w, int64_t grace_ms);

/* The campaign `name` to all of the audience, which is made for the first one; it becomes
 * w->campaign. */
void launch(struct world *w, const char *name);
void launch_as(struct world *w, struct campaign c); /* what the others have, it has too */
const struct campaign *look(struct world *w);       /* becomes w->now; it must add up */
uint64_t count(struct world *w, enum state s);
bool is_done(struct world *w);
void tell_sim(struct world *w, const char *json);
json_int_t sim_count(struct world *w, const char *name);
struct waiting resolve(struct world *w, enum unknown_decision decision);
/* Some become unknown, and the campaign is done all the same. Not all: a gateway that only ever
 * closes connections is taken for dead, and left alone. */
void some_unknown(struct world *w, const char *errors);
/* How many are due, and in *ret_first the first of them (may be NULL). */
size_t due(struct world *w, int64_t at_least_ms, size_t skip, uint32_t *ret_first);
