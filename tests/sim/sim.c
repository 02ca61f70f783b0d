#include "sim.h"

#include "base/clock.h"
#include "base/heap.h"
#include "base/log.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>

enum { SEQ_BITS = 24 };

struct sim_event {
    struct sim_process *process;
    sim_cb *cb;
    void *arg;
    int64_t key; /* time and, for equal times, the order of making */
    bool cancelled;
};

static struct {
    uint64_t seed;
    bool trace;
    struct heap *events;
    int64_t begin_ms; /* [wall ms] */
    int64_t now_us;
    uint64_t count, seq, ids;
    struct sim_process *current;
} sim;

/* ---- chance ---- */

uint64_t rng_next(struct rng *r)
{
    /* splitmix64: every state is a good one */
    uint64_t z = (r->state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

struct rng rng_new(uint64_t seed, uint64_t stream)
{
    struct rng r = {seed};
    r.state = rng_next(&r) ^ (stream * 0xD1342543DE82EF95u);
    (void)rng_next(&r);
    return r;
}

int64_t rng_between(struct rng *r, int64_t low, int64_t high)
{
    check(low <= high);
    return low + (int64_t)(rng_next(r) % (uint64_t)(high - low + 1));
}

static double rng_unit(struct rng *r)
{
    return (double)(rng_next(r) >> 11) * 0x1p-53;
}

bool rng_chance(struct rng *r, double p)
{
    return rng_unit(r) < p;
}

int64_t rng_exponential(struct rng *r, int64_t mean)
{
    return (int64_t)(-log(1 - rng_unit(r)) * (double)mean);
}

static int weight_at(const int *weights, size_t row_bytes, size_t i)
{
    int weight;
    memcpy(&weight, (const char *)weights + i * row_bytes, sizeof weight);
    return weight;
}

size_t rng_row(struct rng *r, const int *weights, size_t row_bytes, size_t n)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += weight_at(weights, row_bytes, i);
    int64_t at = rng_between(r, 0, sum - 1);
    size_t i = 0;
    while ((at -= weight_at(weights, row_bytes, i)) >= 0)
        i++;
    return i;
}

/* Maps are seeded with this: their order must be the same in every run of a seed. What is longer is an id, and each is another one. */
ssize_t getrandom(void *to, size_t n, unsigned int flags)
{
    (void)flags;
    memset(to, 0x5a, n);
    sim.ids += n > sizeof sim.ids;
    if (n > sizeof sim.ids) memcpy(to, &sim.ids, sizeof sim.ids);
    return (ssize_t)n;
}

/* ---- the run ---- */

void sim_may_use_s(unsigned s)
{
    const struct rlimit limit = {s, s};
    check(setrlimit(RLIMIT_CPU, &limit) == 0);
}

void sim_begin(uint64_t seed, bool trace)
{
    memset(&sim, 0, sizeof sim);
    sim.seed = seed;
    sim.trace = trace;
    sim.begin_ms = SIM_NOON_MS;
    sim.events = heap_new();
}

void sim_end(void)
{
    void *e;
    while (heap_pop(sim.events, NULL, &e))
        free(e);
    heap_free(sim.events);
    sim.events = NULL;
}

void sim_set_begin(int64_t wall_ms)
{
    sim.begin_ms = wall_ms;
}

int64_t sim_begin_ms(void)
{
    return sim.begin_ms;
}

uint64_t sim_seed(void)
{
    return sim.seed;
}

int64_t sim_now_us(void)
{
    return sim.now_us;
}

uint64_t sim_events(void)
{
    return sim.count;
}

struct sim_process *sim_current(void)
{
    return sim.current;
}

struct sim_process *sim_become(struct sim_process *p)
{
    struct sim_process *before = sim.current;
    sim.current = p;
    return before;
}

static int64_t key_at(int64_t at_us, int64_t seq)
{
    return (int64_t)((uint64_t)at_us << SEQ_BITS) | (seq & ((1 << SEQ_BITS) - 1));
}

struct sim_event *sim_at(struct sim_process *p, int64_t at_us, sim_cb *cb, void *arg)
{
    struct sim_event *e = xmalloc(sizeof *e);
    if (at_us < sim.now_us) at_us = sim.now_us;
    *e = (struct sim_event){
        .process = p, .cb = cb, .arg = arg, .key = key_at(at_us, (int64_t)sim.seq++)};
    heap_push(sim.events, e->key, e);
    return e;
}

struct sim_event *sim_in(struct sim_process *p, int64_t us, sim_cb *cb, void *arg)
{
    return sim_at(p, sim.now_us + us, cb, arg);
}

void sim_cancel(struct sim_event *e)
{
    if (e) e->cancelled = true;
}

void sim_stall(struct sim_process *p, int64_t us)
{
    /* never shorter than it was: what has waited would be overtaken */
    if (p->busy_until_us < sim.now_us + us) p->busy_until_us = sim.now_us + us;
}

/* A machine with other things to do: now and then a process does not run for a while. */
static void hiccup(struct sim_process *p)
{
    if (!p->hiccup_us || !rng_chance(&p->rng, 0.02)) return;
    sim_stall(p, rng_exponential(&p->rng, p->hiccup_us / 4) % p->hiccup_us);
}

static void run_event(struct sim_event *e)
{
    struct sim_process *p = e->process;
    sim.count++;
    sim.current = p;
    e->cb(e->arg);
    if (p && p->alive) sim_before_sleep(p);
    sim.current = NULL;
    if (p && p->alive) hiccup(p);
}

bool sim_step(void)
{
    void *item;
    int64_t key;
    if (!heap_pop(sim.events, &key, &item)) return false;
    struct sim_event *e = item;
    sim.now_us = key >> SEQ_BITS;
    struct sim_process *p = e->process;
    if (p && p->alive && !e->cancelled && p->busy_until_us > sim.now_us) {
        /* keeps its place in the order of making: answers on one connection do not overtake each
         * other */
        heap_push(sim.events, key_at(p->busy_until_us, e->key), e);
        return true;
    }
    if (!e->cancelled && (!p || p->alive)) run_event(e);
    free(e);
    return true;
}

/* ---- clocks ---- */

int64_t clock_mono_us(void)
{
    const struct sim_process *p = sim.current;
    if (!p) return sim.now_us;
    return p->mono_offset_us + sim.now_us + sim.now_us * p->drift_ppm / 1000000;
}

int64_t clock_wall_ms(void)
{
    return sim.begin_ms + sim.now_us / 1000 + (sim.current ? sim.current->wall_offset_ms : 0);
}

void clock_iso(int64_t wall_ms, char *out)
{
    time_t s = (time_t)(wall_ms / 1000);
    struct tm tm;
    gmtime_r(&s, &tm);
    strftime(out, CLOCK_ISO_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* ---- what is said ---- */

static void say(const char *what, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
static void say(const char *what, const char *fmt, va_list ap)
{
    printf("# %10.6f %-6s %s", (double)sim.now_us / SIM_S, sim.current ? sim.current->name : "-",
           what);
    vprintf(fmt, ap);
    putchar('\n');
}

bool sim_traces(void)
{
    return sim.trace;
}

void sim_trace(const char *fmt, ...)
{
    if (!sim.trace) return;
    va_list ap;
    va_start(ap, fmt);
    say("", fmt, ap);
    va_end(ap);
}

enum log_level log_get_level(void)
{
    return sim.trace ? LOG_LEVEL_DEBUG : LOG_LEVEL_ERROR;
}

void log_line(enum log_level level, const char *fmt, ...)
{
    (void)level;
    if (!sim.trace) return;
    va_list ap;
    va_start(ap, fmt);
    say("log: ", fmt, ap);
    va_end(ap);
}
