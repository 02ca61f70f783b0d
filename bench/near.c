/* What a gazetteer of Britain's size costs, and the choice of a session: 1,800,000 made-up postcodes of British shape in a
 * Redis of its own, look-ups that are not remembered and such that are; the nearest of 10,000 places with 50,000 sessions.
 * "near [CODES]" prints one line each. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/check.h"
#include "core/near.h"
#include "flow/gazetteer.h"
#include "io/redis.h"
#include "redis_fixture.h"
#include "store/gazetteer.h"

enum { UNITS = 157, SECTORS = 4, DISTRICTS = 24, PLACES = 10000, SESSIONS = 50000 };
enum { LOOK_UPS = 20000, FINDS = 2000, PAGE = 1000 };

static struct loop *loop;
static struct redis *redis;
static struct store *store;
static bool done;
static uint32_t import;
static double redis_cpu_s, redis_bytes;

static double cpu_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double wall_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void wait_done(void)
{
    while (!done)
        loop_turn(loop, -1);
    done = false;
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)arg;
    if (result < 0) {
        (void)fprintf(stderr, "%s\n", e->text);
        exit(1);
    }
    done = true;
}

static void on_begun(void *arg, int result, uint32_t number, const struct err *e)
{
    import = number;
    on_done(arg, result, e);
}

/* ---- made-up Britain ---- */

static void code_of(uint32_t i, char out[POSTCODE_CHARS_MAX + 1])
{
    static const char units[] = "ABDEFGHJLNPQRSTUWXYZ"; /* twenty */
    uint32_t unit = i % UNITS, sector = i / UNITS % SECTORS,
             district = i / UNITS / SECTORS % DISTRICTS, area = i / UNITS / SECTORS / DISTRICTS;
    (void)snprintf(out, POSTCODE_CHARS_MAX + 1, "%c%c%u%u%c%c", (int)('A' + area / 12 % 26),
                   (int)('A' + area % 12), district + 1, sector, units[unit / 20],
                   units[unit % 20]);
}

static struct point somewhere(uint32_t seed)
{
    uint32_t a = seed * 2654435761U, b = (seed + 77) * 2246822519U;
    return (struct point){5000000 + (int32_t)(a % 800000), -600000 + (int32_t)(b % 750000)};
}

static void fill(uint32_t codes)
{
    static char texts[PAGE][POSTCODE_CHARS_MAX + 1];
    static struct gazetteer_code list[PAGE];
    gazetteer_begin(store, "GB", on_begun, NULL);
    wait_done();
    for (uint32_t i = 0; i < codes;) {
        size_t n = 0;
        for (; n < PAGE && i < codes; n++, i++) {
            code_of(i, texts[n]);
            list[n] = (struct gazetteer_code){texts[n], somewhere(i)};
        }
        const struct gazetteer_page page = {
            .country = "GB", .import = import, .codes = list, .code_count = n};
        gazetteer_put(store, &page, on_done, NULL);
        wait_done();
    }
    gazetteer_end(store, "GB", import, SLICE_LIT("made up"), deed_of(SLICE_LIT("bench"), 1),
                  on_done, NULL);
    wait_done();
}

/* ---- look-ups ---- */

static double value_of(struct slice text, const char *name)
{
    struct slice line;
    while (slice_cut(&text, '\n', &line))
        if (slice_starts(line, name)) return strtod(line.p + strlen(name), NULL);
    return 0;
}

static void on_info(void *arg, const struct redisReply *reply)
{
    (void)arg;
    struct slice text = redis_str(reply);
    redis_cpu_s = value_of(text, "used_cpu_user:") + value_of(text, "used_cpu_sys:");
    redis_bytes = value_of(text, "used_memory:");
    done = true;
}

static void look_at_redis(void)
{
    redis_commandf(redis, on_info, NULL, "INFO everything");
    wait_done();
}

static void on_spot(void *arg, int result, const struct gazetteer_spot *spot, const struct err *e)
{
    check(result == 0 && spot->is_exact);
    on_done(arg, result, e);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* spread: over how many of the codes. */
static void look_up(struct gazetteer *g, uint32_t codes, uint32_t spread, const char *what)
{
    static double took[LOOK_UPS];
    char code[POSTCODE_CHARS_MAX + 1];
    look_at_redis();
    double redis_before = redis_cpu_s, before = cpu_us();
    for (uint32_t i = 0; i < LOOK_UPS; i++) {
        double start = wall_us();
        code_of((i % spread) * 7919U * 131U % codes, code);
        gazetteer_find(g, slice_of(code), on_spot, NULL);
        wait_done();
        took[i] = wall_us() - start;
    }
    double own = cpu_us() - before;
    look_at_redis();
    qsort(took, LOOK_UPS, sizeof *took, by_size);
    (void)printf(
        "look-up, %s: %.1f us of CPU here, %.1f us in Redis; wall p50 %.0f us, p99 %.0f us\n", what,
        own / LOOK_UPS, (redis_cpu_s - redis_before) * 1e6 / LOOK_UPS, took[LOOK_UPS / 2],
        took[LOOK_UPS / 100 * 99]);
}

/* ---- the choice ---- */

static void choose(uint32_t reach_m)
{
    static struct place places[PLACES];
    static struct session sessions[SESSIONS];
    static const struct place *place_list[PLACES];
    static const struct session *session_list[SESSIONS];
    const struct near_rules rules = {.reach_m = reach_m,
                                     .day_m = 2000,
                                     .empty_m = 3000,
                                     .days = 14,
                                     .least_min = 60,
                                     .texts_per_place = 1,
                                     .priority_m = {0, 5000, 15000, 30000}};
    for (uint32_t i = 0; i < PLACES; i++) {
        places[i] = (struct place){.id = i + 1,
                                   .name = "x",
                                   .at = somewhere(i * 31),
                                   .priority = (enum place_priority)(i % 4)};
        place_list[i] = &places[i];
    }
    for (uint32_t i = 0; i < SESSIONS; i++) {
        sessions[i] = (struct session){.id = i + 1,
                                       .place = i / (SESSIONS / PLACES) + 1,
                                       .start_ms = 1000 + i % 7 * 86400000LL,
                                       .end_ms = 10801000 + i % 7 * 86400000LL,
                                       .capacity = 20,
                                       .pledged = i % 21};
        session_list[i] = &sessions[i];
    }
    double start = cpu_us();
    struct near_index *index = near_index_new(place_list, PLACES, session_list, SESSIONS);
    double made = cpu_us();
    size_t found = 0;
    for (uint32_t i = 0; i < FINDS; i++) {
        struct near_found out[NEAR_MAX];
        const struct near_ask ask = {.at = somewhere(i * 97 + 5), .now_ms = 500, .per_place = 3};
        found += near_find(index, &rules, &ask, out, 8);
    }
    (void)printf("nearest of %d places, %d sessions, reach %u km: index %.0f us, choice %.1f us of "
                 "CPU (%.1f found)\n",
                 PLACES, SESSIONS, reach_m / 1000, made - start, (cpu_us() - made) / FINDS,
                 (double)found / FINDS);
    near_index_free(index);
}

int main(int argc, char **argv)
{
    uint32_t codes = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1800000;
    struct err e;
    struct redis_fixture *server = redis_fixture_new();
    if (!server || codes == 0) return 2;
    const struct redis_config config = {.url = redis_fixture_url(server)};
    loop = loop_new();
    if (redis_new(loop, &config, &redis, &e) < 0) return 1;
    while (!redis_is_connected(redis))
        loop_turn(loop, -1);
    store = store_new(redis, "bench:");
    look_at_redis();
    double bytes = redis_bytes, cpu = redis_cpu_s, own = cpu_us();
    fill(codes);
    look_at_redis();
    (void)printf("%u postcodes: %.1f MB in Redis (%.1f bytes each); import %.1f s of CPU here, "
                 "%.1f s in Redis\n",
                 codes, (redis_bytes - bytes) / 1e6, (redis_bytes - bytes) / codes,
                 (cpu_us() - own) / 1e6, redis_cpu_s - cpu);
    struct gazetteer *g = gazetteer_new(store, "GB", NULL);
    look_up(g, codes, LOOK_UPS, "all over the country");
    look_up(g, codes, 500, "remembered");
    choose(40000);
    choose(15000);
    gazetteer_free(g);
    redis_free(redis);
    store_free(store);
    loop_free(loop);
    redis_fixture_free(server);
    return 0;
}
