#pragma once
/* The simulated world's ground: virtual time, what happens next, chance, and the processes that
 * live in it.
 *
 * Nothing here waits and nothing is parallel: the next event is taken from a heap, the clock is set
 * to its time, its callback runs. Events of a process that is stalled (SIGSTOP, a busy core) wait
 * until it goes on; those of a dead one never run. All chance comes from the seed, so one seed is
 * one run, for ever.
 *
 * base/clock.h, base/log.h and io/loop.h are implemented on top of this (sim.c, sim_loop.c): the
 * code under test links against these instead of the real ones. */
#include "base/check.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIM_MS = 1000, SIM_S = 1000000 }; /* [µs] */
/* [wall ms] noon of a day in UTC, a Sunday: 2026-11-01. Worlds begin a little before, so that hours
 * that are allowed begin and end while they live. */
#define SIM_NOON_MS INT64_C(1793534400000)

/* ---- chance ---- */
struct rng {
    uint64_t state;
};
struct rng rng_new(uint64_t seed, uint64_t stream); /* another stream for each part of the world */
uint64_t rng_next(struct rng *r);
int64_t rng_between(struct rng *r, int64_t low, int64_t high); /* both included */
bool rng_chance(struct rng *r, double p);
/* Around `mean`, mostly less, sometimes several times as much. */
int64_t rng_exponential(struct rng *r, int64_t mean);
/* A row of a table whose first member is an int, its weight. */
#define RNG_ROW(rng, table) rng_row(rng, &(table)[0].weight, sizeof(table)[0], COUNT_OF(table))
size_t rng_row(struct rng *r, const int *weights, size_t row_bytes, size_t n);

/* ---- processes ---- */
struct sim_process {
    char name[24];
    bool alive;
    int64_t busy_until_us;  /* nothing of it runs before this */
    int64_t mono_offset_us; /* its monotonic clock began at another time */
    int drift_ppm;          /* … and runs a little faster or slower */
    int64_t wall_offset_ms; /* its wall clock is wrong by this */
    int64_t hiccup_us;      /* [µs] the longest pause that a busy machine makes, 0 = none */
    struct rng rng;
    struct loop_hook *hooks; /* io/loop.h: before it sleeps, which it does after each event */
};
void sim_before_sleep(struct sim_process *p);

/* ---- the run ---- */
void sim_begin(uint64_t seed, bool trace);
/* From here on this process may use so much of a processor [s], and is killed beyond: it is in an endless loop. By the
 * clock a busy machine would kill good ones. */
void sim_may_use_s(unsigned s);
void sim_end(void); /* forgets what has not happened yet */
uint64_t sim_seed(void);
/* Takes the next event; false when there is none any more. */
bool sim_step(void);
void sim_set_begin(int64_t wall_ms); /* when the world begins; SIM_NOON_MS until this is said */
int64_t sim_begin_ms(void);
int64_t sim_now_us(void);  /* [µs] since the world began */
uint64_t sim_events(void); /* how many there were */
/* Who runs at the moment; NULL: the world outside (servers, the network, the plan). */
struct sim_process *sim_current(void);
/* Lets what follows run as this process (building or ending one from outside); returns who ran
 * before. */
struct sim_process *sim_become(struct sim_process *p);

/* SIGSTOP, and SIGCONT after a while. */
void sim_stall(struct sim_process *p, int64_t us);

typedef void sim_cb(void *arg);
struct sim_event;
/* Runs cb at `at_us` (or as soon as p runs again); p NULL: the world outside. Events of the same
 * time keep the order in which they were made. Borrowed until it has run. */
struct sim_event *sim_at(struct sim_process *p, int64_t at_us, sim_cb *cb, void *arg);
struct sim_event *sim_in(struct sim_process *p, int64_t us, sim_cb *cb, void *arg);
void sim_cancel(struct sim_event *e); /* NULL is fine */

/* A line of the trace, with the time and who runs; nothing without --trace. */
void sim_trace(const char *fmt, ...) PRINTF_LIKE(1, 2);
bool sim_traces(void); /* for lines that are work to make */
