#include "forecast_run.h"

#include "sim.h"
#include "world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define OFF       0.05 /* of the time that the campaign took */
#define OFTEN     0.95
#define RANGED    0.85 /* so many finish between early and late; the range is made for 0.95 */
#define OFF_FIRST 0.10 /* at the launch nothing has been seen yet */
/* On average: one that always errs to the same side shows with few worlds, before it errs by too much. */
#define OFF_MEAN 0.02

enum {
    LIMIT_S = 120, /* of a processor */
    MEAN_OF = 6,   /* the mean of fewer worlds says nothing: one of them errs by as much */
};

static void start(struct world_result *to, uint64_t seed)
{
    const struct world_options o = {.seed = seed, .steps = 0, .foretell = true};
    (void)fflush(stdout);
    if (fork() != 0) return;
    sim_may_use_s(LIMIT_S);
    *to = world_run(&o);
    (void)fflush(stdout);
    _exit(0);
}

struct tally {
    uint64_t near, in_range, n;
    double sum, worst;
};

static double off(const struct world_forecast *f, double finish_s)
{
    return (f->likely_s - finish_s) / finish_s;
}

static bool is_near(const struct world_forecast *f, double finish_s, double near)
{
    return f->at_s > 0 && fabs(off(f, finish_s)) <= near;
}

static void add(struct tally *t, const struct world_forecast *f, double finish_s, double near)
{
    double x = off(f, finish_s);
    t->n++;
    t->sum += x;
    t->near += is_near(f, finish_s, near);
    t->in_range += f->early_s <= finish_s + 1 && finish_s <= f->late_s + 1;
    if (fabs(x) > fabs(t->worst)) t->worst = x;
}

static unsigned say(unsigned number, const char *when, const struct tally *t, double near)
{
    double n = (double)t->n;
    printf("# %s: %.0f of 100 within %.0f %%, %.0f of 100 between early and late; %+.1f %% on "
           "average, %+.1f "
           "%% at the worst\n",
           when, 100 * (double)t->near / n, 100 * near, 100 * (double)t->in_range / n,
           100 * t->sum / n, 100 * t->worst);
    bool good = (double)t->near >= OFTEN * n && (double)t->in_range >= RANGED * n &&
                (t->n < MEAN_OF || fabs(t->sum) <= OFF_MEAN * n);
    printf("%sok %u - %s the finish is foretold\n", good ? "" : "not ", number, when);
    return !good;
}

/* A world has ended. A hundred take a quarter of an hour, so who waits sees how they stand. */
static void say_progress(const struct world_result *all, uint64_t from, uint64_t seeds,
                         uint64_t ended)
{
    uint64_t near = 0, n = 0;
    for (uint64_t i = 0; i < seeds; i++) {
        const struct world_forecasts *f = &all[i].forecasts;
        if (f->finish_s == 0) continue;
        n++;
        near += is_near(&f->tenth, f->finish_s, OFF);
    }
    printf("# %llu of %llu worlds from seed %llu ended; %llu of %llu within %.0f %% at a tenth\n",
           (unsigned long long)ended, (unsigned long long)seeds, (unsigned long long)from,
           (unsigned long long)near, (unsigned long long)n, 100 * OFF);
    (void)fflush(stdout);
}

static struct world_result *run_all(uint64_t from, uint64_t seeds, int jobs)
{
    size_t bytes = seeds * sizeof(struct world_result);
    struct world_result *all =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED) exit(2);
    uint64_t started = 0, ended = 0;
    while (ended < seeds) {
        if (started < seeds && started - ended < (uint64_t)jobs) {
            start(&all[started], from + started);
            started++;
        } else if (wait(NULL) > 0) {
            say_progress(all, from, seeds, ++ended);
        } else {
            break;
        }
    }
    return all;
}

unsigned forecast_run_many(uint64_t from, uint64_t seeds, int jobs, int shown)
{
    struct world_result *all = run_all(from, seeds, jobs);
    struct tally launch = {0}, tenth = {0};
    unsigned broken = 0;
    for (uint64_t i = 0; i < seeds; i++) {
        const struct world_forecasts *f = &all[i].forecasts;
        broken += f->finish_s == 0;
        if (f->finish_s == 0) printf("# seed %llu did not end\n", (unsigned long long)(from + i));
        if (shown)
            printf("# seed %llu: done after %.0f s; at the launch %.0f (%.0f to %.0f), at a tenth "
                   "(%.0f) %.0f "
                   "(%.0f to %.0f): %+.1f %%\n",
                   (unsigned long long)(from + i), f->finish_s, f->launch.likely_s,
                   f->launch.early_s, f->launch.late_s, f->tenth.at_s, f->tenth.likely_s,
                   f->tenth.early_s, f->tenth.late_s, 100 * off(&f->tenth, f->finish_s));
        if (f->finish_s == 0) continue;
        add(&launch, &f->launch, f->finish_s, OFF_FIRST);
        add(&tenth, &f->tenth, f->finish_s, OFF);
    }
    printf("%sok 1 - %llu campaigns come to an end\n", broken ? "not " : "",
           (unsigned long long)seeds);
    unsigned failed = broken > 0;
    failed += say(2, "at the launch", &launch, OFF_FIRST);
    failed += say(3, "at a tenth", &tenth, OFF);
    printf("1..3\n");
    return failed;
}
