#pragma once
/* The dispatcher as its rooms know it: dispatch.c (queue, life), batch.c (where people stand),
 * life.c (a batch's steps), lease.c (leases), run.c (campaigns), hours.c (allowed hours), outlet.c,
 * share.c, near.c (sessions that people are told of), turns.c (whose turn), gate.c (who may be sent to), send.c (pace), late.c (what leaves after its slot), response.c (what the
 * provider says), record.c (outcomes to the ledger), clock.c (Redis' clock is set). */
#include "flow/dispatch.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"
#include "base/map.h"
#include "core/pace.h"
#include "flow/zone_book.h"
#include "io/loop.h"
#include "io/redis.h"
#include "record.h"

#include <sys/queue.h>

struct batch;
struct batch_id;
struct gate_window;
struct grant;
struct http_result;
struct near;
struct outlet;
struct run;

enum {
    RETRY_US = 200000, /* after a reply of Redis that did not come */
};

struct dispatch {
    struct dispatch_config config;
    struct queue *queue;
    struct zone_book *zones;
    struct outlet *outlets; /* by account */
    size_t outlet_n;
    struct pace_clock clock;
    unsigned clock_sets;   /* how often Redis' clock was set */
    unsigned jumps;        /* … forward */
    int64_t clock_said_us; /* the furthest that the log tells of */
    struct batch *batches;
    size_t batch_n, held[LANE_COUNT];
    struct map *runs;
    struct dirty dirty;         /* records with something to write */
    SLIST_HEAD(, outlet) awake; /* that go on before the loop sleeps */
    struct loop_hook *hook;
    struct loop_timer *flush, *renew, *later;
    int64_t flush_us;     /* when flush rings; INT64_MAX: it does not */
    struct heap *waiting; /* batches by when to go on */
    struct grant *spare;
    struct buf text;   /* of the message that is being made */
    struct near *near; /* owned; NULL: nobody was told of a session yet */
    bool stopping;
    void (*stopped)(void *arg);
    void *stopped_arg;
};

/* ---- dispatch.c ---- */
struct outlet *dispatch_outlet(struct dispatch *d, struct slice name); /* or NULL */
void dispatch_demand(struct dispatch *d, enum lane lane); /* tells the queue how many more */
void dispatch_later(struct dispatch *d, struct batch *b, int64_t us); /* batch_later */
void dispatch_check_stopped(struct dispatch *d);

/* ---- life.c ---- */
struct batch *batch_new(struct dispatch *d, struct queue_message *m, struct batch_id id);

/* ---- lease.c: the timer that prolongs leases ---- */
void lease_renew(void *dispatch);

/* ---- hours.c: any hour where there is no limit, and for direct messages ---- */
int hours_open_run(struct run *r, struct err *e) MUST_USE; /* campaign and audience are there */
void hours_open_batch(struct batch *b); /* the block is there, Redis' clock is known */
/* consent.c: keeps what the people of the block agreed to, where their list says it. */
void consent_open_batch(const struct batch *b);
/* For the gate: a letter each into `out` (CONSENT_LETTERS); NULL: the campaign needs no consent. */
const char *consent_letters(const struct batch *b, const uint8_t *offsets, size_t n, char *out);
/* When that person may be texted [µs, our clock]; now, when it is now. */
int64_t hours_ready_us(const struct batch *b, uint8_t offset, int64_t now);
/* What the gate is told of n people; returns how many windows there are. Both arrays hold
 * GATE_ASK_MAX. */
size_t hours_windows(const struct batch *b, const uint8_t *offsets, size_t n, int64_t now,
                     struct gate_window *windows, uint8_t *window_of);
/* The provider may try until then [wall ms]; 0 = as long as it likes. */
int64_t hours_until_ms(const struct batch *b, uint8_t offset, int64_t now);
/* Nobody who is left may be texted for so long that the batch is given back until then [wall ms,
 * Redis' clock]; 0: it is not. */
int64_t hours_rest_ms(struct batch *b);

/* ---- clock.c ---- */
/* A reply of the gate: redis_us is the script's `now`. Calls that were sent before a jump was seen
 * have no slots to give (outlet_keep_back). */
void clock_see(struct dispatch *d, int64_t sent_us, int64_t redis_us);
/* The same of a lease: allowed hours are asked for by Redis' clock before the gate replies to anything, and it may have been set
 * since the gate did. */
void clock_see_idle(struct dispatch *d, int64_t sent_us, int64_t redis_us);
/* Whether the limiter knows of every jump. If not, it is told, and then the outlet is woken. Until
 * then the gate is not asked. */
bool clock_is_told(struct outlet *o);

/* ---- response.c ---- */
void response_take(void *grant, const struct http_result *result); /* an http_client_cb */
/* It did not leave, or surely was not taken: pending again, and not before a while. */
void try_later(struct grant *g, int64_t after_us, const char *detail);
