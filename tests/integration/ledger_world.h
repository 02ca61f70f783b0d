#pragma once
/* What the tests of the gate and the ledger run in: a real Redis, dispatchers that share it, and a
 * clock that the test owns. Every call here waits for its answer, and after every one of them the
 * campaign must add up: counters, their sum and the nibbles of the ledger say the same. */
#include "store/campaign.h"
#include "core/index.h"
#include "store/ledger.h"

#include "redis_fixture.h"

enum {
    WORLD_START_S = 1700000000, /* any time will do */
    WORLD_MS = 1000,            /* [µs] */
    WORLD_S = 1000000,          /* [µs] */
    WORLD_LEASE_US = 30 * WORLD_S,
    WORLD_LATER_S = 7, /* lw_next: how far apart the tests' times are */
    WORLD_WORDS_MAX = 24,
};
#define WORLD_FIRST_NUMBER UINT64_C(447700900000)

struct ledger_world {
    struct loop *loop;
    struct redis_fixture *server;
    struct redis *redis;
    struct store *store;
    struct store *ledgers; /* with a clock of its own */
    struct ledger *a, *b;  /* dispatchers "a" (boot 1) and "b" (boot 1) */
    char prefix[16];       /* one per test */
    int serial;
    int64_t now_us; /* Redis' clock, as the scripts are told */
    uint32_t campaign;
    bool checked_in;
    const struct provider_queue *queue; /* of what is recorded and settled; NULL = no bound */
};

struct ledger_world *lw_new(void); /* NULL: there is no redis-server */
void lw_free(struct ledger_world *w);
/* Runs them with a world as the state of each; skipped aloud where there is no redis-server. What main() returns.
 * end: called before the world goes; NULL is fine. */
struct CMUnitTest;
int lw_run(const char *name, struct CMUnitTest *tests, size_t n, void (*end)(void));
/* An empty keyspace, a new time, no campaign yet. */
void lw_next(struct ledger_world *w);
/* Both dispatchers are of one process, which has checked in since lw_next; again, as it does. */
void lw_check_in(struct ledger_world *w);
void lw_set_time(struct ledger_world *w, int64_t now_us);
void lw_pass(struct ledger_world *w, int64_t us);
/* Another dispatcher; freed by the test. */
struct ledger *lw_dispatcher(struct ledger_world *w, const char *instance, int64_t boot);

/* A campaign of that many people (blocks of 256, the last one as it comes), its ledger made,
 * running. */
uint32_t lw_campaign(struct ledger_world *w, uint32_t id, uint32_t people);
/* The same, stored only: `preparing`. */
void lw_store_campaign(struct ledger_world *w, uint32_t id, uint32_t people);
void lw_check(struct ledger_world *w); /* that it adds up; every call below does it */
void lw_move(struct ledger_world *w, uint32_t id, enum campaign_move move);
int lw_try_move(struct ledger_world *w, uint32_t id, enum campaign_move move);

/* ---- the calls of store/ledger.h, waited for ---- */
struct lease_got {
    int result;
    enum lease_verdict verdict;
    uint64_t fence;
    int64_t held_for_us;
    char states[BLOCK_ROWS + 1];
};
struct lease_got lw_lease(struct ledger_world *w, struct ledger *l, struct batch_id b);
/* Takes the lease on a block of the world's campaign; it must be there to be taken. */
struct lease_ref lw_take(struct ledger_world *w, struct ledger *l, uint32_t block);

struct gate_got {
    int result;
    enum gate_verdict verdict;
    char status[16];
    int64_t wait_us;
    char letters[GATE_ASK_MAX + 1];
    size_t granted;
    uint64_t mark;
    int64_t slots[GATE_ASK_MAX]; /* [µs] of Redis' clock */
    size_t waiting_n;            /* who wait for their sender, and until when */
    int64_t waiting[GATE_ASK_MAX];
    size_t closed_n;
    uint32_t opens_s[GATE_ASK_MAX]; /* [s] from now; 0 = the hours given are over */
    uint32_t offers[GATE_ASK_MAX];  /* of each who is granted; 0 = none */
    char full[64];
};
/* Asks for the first n people of a block at 1,000/s, one sender, group "main": change what the test
 * is about. */
struct gate_ask lw_ask(struct lease_ref lease, size_t n);
struct gate_got lw_gate(struct ledger_world *w, struct ledger *l, const struct gate_ask *ask);

/* What stands afterwards, one hex digit per item. */
struct states_got {
    int result;
    char states[BLOCK_ROWS + 1];
};
struct states_got lw_record(struct ledger_world *w, struct ledger *l, struct lease_ref lease,
                            const struct record_item *items, size_t n);
/* The state of one recipient afterwards. */
/* One, with which the batch may end: then RECORD_ENDED stands behind the state. */
struct states_got lw_record_last(struct ledger_world *w, struct ledger *l, struct lease_ref lease,
                                 uint8_t offset, enum state to);
int lw_record_one(struct ledger_world *w, struct ledger *l, struct lease_ref lease, uint8_t offset,
                  enum state to, const char *detail);
int lw_settle(struct ledger_world *w, enum state_cause cause, uint32_t index, enum state to,
              const char *detail);
enum batch_end_verdict lw_batch_end(struct ledger_world *w, struct ledger *l,
                                    struct lease_ref lease);
/* … kept until that time. */
enum batch_end_verdict lw_batch_rest(struct ledger_world *w, struct ledger *l,
                                     struct lease_ref lease, int64_t not_before_ms);
struct states_got lw_renew(struct ledger_world *w, struct ledger *l, const struct lease_ref *leases,
                           size_t n);
int64_t lw_sweep(struct ledger_world *w, uint32_t block, uint32_t blocks, enum state to);
void lw_slow(struct ledger_world *w, const char *gateway, const char *sender, int64_t hold_us);
void lw_moved(struct ledger_world *w, const char *gateway, double rate_per_s,
              const struct slot_move *moves, size_t n);
void lw_clock_set(struct ledger_world *w, const char *gateway); /* a dispatcher tells of it */

/* ---- behind the scenes ---- */
/* One command, its words after the key's prefix: lw_redis(w, "HSET", "c:7", "status", "paused",
 * NULL). Integers come back as they are, texts in w's buffer until the next call, nothing as NULL.
 */
const char *lw_redis(struct ledger_world *w, const char *command, const char *key, ...)
    __attribute__((sentinel));
void lw_force_state(struct ledger_world *w, uint32_t index, enum state s); /* with its counters */
int lw_state(struct ledger_world *w, uint32_t index);
/* Of a whole block at once; rows behind its end are HOLE or PENDING. */
void lw_block_states(struct ledger_world *w, uint32_t block, uint8_t ret[BLOCK_ROWS]);
int64_t lw_count(struct ledger_world *w, enum state s);
const char *lw_status(struct ledger_world *w);
/* NULL when there is none. */
const char *lw_detail(struct ledger_world *w, uint32_t index);
