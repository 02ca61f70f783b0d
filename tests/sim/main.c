/* Runs worlds:
 *
 *   sim_run --seed N [--steps M] [--trace]
 *           one world, in this process
 *   sim_run [--seeds N] [--from S] [--jobs J] [--regressions FILE]
 *           many worlds, each in a process of its own; TAP. More of them with MUSTER_LONG, as many
 *           as MUSTER_SIM_SEEDS says.
 *   sim_run --going-back [--seed N | --seeds N] …
 *           worlds in which Redis forgets (going_back.c)
 *   sim_run --clocks [--seed N | --seeds N] …
 *           worlds in which Redis' clock is set at the worst moments (clocks.c)
 *   sim_run --forecasts [--seeds N] [--from S] [--jobs J] [--trace]
 *           campaigns whose end is foretold (forecasts.c); --trace shows each */
#include "forecast_run.h"
#include "sim.h"
#include "world.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SEED_LIMIT_S = 120, /* [s] of a processor: longer is an endless loop */
    LONG_TIMES = 10,
    FORECAST_SEEDS_LONG =
        100, /* for FORECAST_SEEDS of the build, with MUSTER_LONG; --seeds says another number */
    JOBS_MAX = 64,
    REGRESSIONS_BYTES_MAX = 64 * 1024,
};

static struct world_options options = {.steps = -1};
static const char *program;

static uint64_t number_of(const char *text)
{
    uint64_t v = 0;
    if (slice_to_u64(slice_of(text), INT64_MAX, &v)) return v;
    (void)fprintf(stderr, "%s: '%s' is not a number\n", program, text ? text : "");
    exit(2);
}

static int run_one(void)
{
    struct world_result r = world_run(&options);
    printf("# seed %llu: %llu people, %llu messages taken, %llu unknown; %llu events in %.1f s of "
           "its time\n",
           (unsigned long long)options.seed, (unsigned long long)r.people,
           (unsigned long long)r.taken, (unsigned long long)r.unknown, (unsigned long long)r.events,
           (double)r.virtual_us / 1e6);
    return 0;
}

/* In a process of its own: a crash, a failed check or an endless loop is one seed's. */
static pid_t start(uint64_t seed)
{
    (void)fflush(stdout);
    pid_t child = fork();
    if (child != 0) return child;
    sim_may_use_s(SEED_LIMIT_S);
    options.seed = seed;
    (void)world_run(&options);
    (void)fflush(stdout);
    exit(0);
}

static bool held(uint64_t seed, int status)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
    if (WIFSIGNALED(status))
        printf("# seed %llu: signal %d\n", (unsigned long long)seed, WTERMSIG(status));
    printf("# replay: %s --seed %llu", program, (unsigned long long)seed);
    if (options.goes_back) printf(" --going-back");
    if (options.sets_clock) printf(" --clocks");
    if (options.steps >= 0) printf(" --steps %d", options.steps);
    printf(" --trace\n");
    (void)fflush(stdout);
    return false;
}

static bool seed_holds(uint64_t seed)
{
    int status = 0;
    pid_t child = start(seed);
    return child > 0 && waitpid(child, &status, 0) == child && held(seed, status);
}

/* "30532" or, with a number of troubles of its own, "40347/100". */
static bool read_seed(struct slice text, uint64_t *ret_seed, int *ret_steps)
{
    struct slice rest = text, seed;
    uint64_t steps;
    *ret_steps = -1;
    if (!slice_cut(&rest, '/', &seed) || !slice_to_u64(seed, INT64_MAX, ret_seed)) return false;
    if (!rest.p) return true;
    if (!slice_to_u64(rest, INT32_MAX, &steps)) return false;
    *ret_steps = (int)steps;
    return true;
}

/* The whole file before the first seed: a child that ends moves the place in an open one. */
static void read_file(const char *path, struct buf *to)
{
    FILE *f = fopen(path, "r");
    char *room = f ? buf_reserve(to, REGRESSIONS_BYTES_MAX) : NULL;
    if (!room) {
        (void)fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    to->n = fread(room, 1, REGRESSIONS_BYTES_MAX, f);
    (void)fclose(f);
}

/* Lines "seed reason"; '#' begins a comment. */
static unsigned run_regressions(const char *path, unsigned *count)
{
    unsigned failed = 0;
    const int steps_wanted = options.steps;
    struct buf file = BUF_INIT(REGRESSIONS_BYTES_MAX);
    read_file(path, &file);
    struct slice rest = buf_slice(&file), line;
    while (slice_cut(&rest, '\n', &line)) {
        struct slice reason = slice_trim(line), text;
        uint64_t seed;
        if (reason.n == 0 || reason.p[0] == '#') continue;
        if (!slice_cut(&reason, ' ', &text) || !read_seed(text, &seed, &options.steps)) {
            (void)fprintf(stderr, "%s: '%.*s' is not a seed and a reason\n", path, SLICE_ARG(line));
            exit(2);
        }
        bool holds = seed_holds(seed);
        failed += !holds;
        printf("%sok %u - seed %.*s: %.*s\n", holds ? "" : "not ", ++*count, SLICE_ARG(text),
               SLICE_ARG(reason));
    }
    options.steps = steps_wanted;
    buf_done(&file);
    return failed;
}

/* As many at once as there are processors. */
static unsigned run_many(uint64_t from, uint64_t seeds, int jobs, unsigned *count)
{
    struct {
        pid_t child;
        uint64_t seed;
    } running[JOBS_MAX];
    unsigned failed = 0;
    int n = 0, status;
    for (uint64_t seed = from; seed < from + seeds || n > 0;) {
        if (seed < from + seeds && n < jobs) {
            running[n].seed = seed++;
            running[n].child = start(running[n].seed);
            if (running[n].child > 0)
                n++;
            else
                failed++;
            continue;
        }
        pid_t ended = waitpid(-1, &status, 0);
        for (int i = 0; i < n; i++) {
            if (running[i].child != ended) continue;
            failed += !held(running[i].seed, status);
            running[i] = running[--n];
            break;
        }
    }
    printf("%sok %u - %llu worlds from seed %llu keep the promises\n", failed ? "not " : "",
           ++*count, (unsigned long long)seeds, (unsigned long long)from);
    return failed;
}

static uint64_t seeds_by_default(void)
{
    const char *wanted = getenv("MUSTER_SIM_SEEDS"), *longer = getenv("MUSTER_LONG");
    if (wanted) return number_of(wanted);
    return longer && *longer ? (uint64_t)SIM_SEEDS * LONG_TIMES : SIM_SEEDS;
}

static uint64_t forecasts_by_default(void)
{
    const char *longer = getenv("MUSTER_LONG");
    return longer && *longer ? FORECAST_SEEDS_LONG : FORECAST_SEEDS;
}

static int jobs_by_default(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > JOBS_MAX ? JOBS_MAX : (int)n;
}

int main(int argc, char **argv)
{
    const char *regressions = NULL;
    program = argv[0];
    uint64_t from = 1, seeds = seeds_by_default();
    int jobs = jobs_by_default();
    bool one = false, forecasts = false;
    uint64_t forecast_seeds = forecasts_by_default();
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i], *value = argv[i + 1];
        if (strcmp(name, "--trace") == 0) {
            options.trace = true;
            continue;
        }
        if (strcmp(name, "--going-back") == 0) {
            options.goes_back = true;
            continue;
        }
        if (strcmp(name, "--clocks") == 0) {
            options.sets_clock = true;
            continue;
        }
        if (strcmp(name, "--forecasts") == 0) {
            forecasts = true;
            continue;
        }
        i++;
        if (strcmp(name, "--regressions") == 0) {
            regressions = value;
        } else if (strcmp(name, "--seed") == 0) {
            one = true;
            options.seed = number_of(value);
        } else if (strcmp(name, "--steps") == 0) {
            options.steps = (int)number_of(value);
        } else if (strcmp(name, "--seeds") == 0) {
            seeds = forecast_seeds = number_of(value);
        } else if (strcmp(name, "--from") == 0) {
            from = number_of(value);
        } else if (strcmp(name, "--jobs") == 0) {
            jobs = (int)number_of(value);
            if (jobs < 1 || jobs > JOBS_MAX) jobs = 1;
        } else {
            (void)fprintf(stderr,
                          "usage: %s [--seed N] [--steps M] [--trace] [--seeds N] [--from S] "
                          "[--jobs J] [--regressions FILE] [--going-back] [--clocks]\n",
                          program);
            return 2;
        }
    }
    world_prepare(MUSTER_PROVIDERS);
    options.foretell = forecasts;
    if (one) return run_one();
    if (forecasts) return forecast_run_many(from, forecast_seeds, jobs, options.trace) ? 1 : 0;
    unsigned count = 0, failed = regressions ? run_regressions(regressions, &count) : 0;
    failed += run_many(from, seeds, jobs, &count);
    printf("1..%u\n", count);
    return failed ? 1 : 0;
}
