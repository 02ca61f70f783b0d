#include "world_impl.h"

#include "base/buf.h"
#include "base/clock.h"
#include "core/block.h"
#include "core/index.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    PEOPLE_MAX = 400,
    PEOPLE_S = 30, /* [s] of work at the gateway's rate, at the most */
    BLOCKS_MAX = 64,
    CLOCKS_PEOPLE_S = 5,
    CLOCKS_LAUNCH_US = 4 * SIM_S,
    QUIET_DEADLINE_MS = 90000, /* noon and some time after it */
    NUMBERS_EACH = 1000000,    /* of an audience: nobody is in two, whom the cap would leave out */
};

static const char message[] =
    "{\"default\":\"en\",\"sms\":{\"en\":{\"text\":\"Hi {{first_name}}\"}}}";

/* Where people may be: what the list says, and how far ahead of UTC their clocks are that day.
 * Those of whom it says nothing that is known, or no place, are where their numbers are from. */
static const struct {
    const char *name;
    int16_t offset_min;
} zones[] = {
    {"Africa/Abidjan", 0}, {"Africa/Lagos", 60},       {"Atlantic/Cape_Verde", -60},
    {"Asia/Kolkata", 330}, {"America/New_York", -300}, {"", 0},
    {"the moon", 0},       {"Etc/GMT-9", 0},
};

/* What begins or ends at noon somewhere; the day is a Sunday. */
static const struct {
    const char *text;
    int open_min, close_min;
} hours[] = {
    {"11:00-12:00", 660, 720},         {"12:00-13:00", 720, 780},
    {"09:00-20:30", 540, 1230},        {"17:00-18:00", 1020, 1080},
    {"07:00-08:00 agreed", 420, 480},  {"mon-sat 12:00-13:00, sun 11:30-12:00", 690, 720},
    {"09:00-20:30, sun closed", 0, 0},
};

/* The campaigns of a world where nothing goes wrong but at gateway 1: how many seconds of work
 * there are, when they are launched, and which of them are there at all. */
static const struct {
    int gateway;
    double work_s;
    int64_t launch_us;
    double chance;
    bool reminder, paused, has_hours;
} quiet_plans[] = {
    {.work_s = 12, .chance = 1},                                            /* the blast */
    {.work_s = 6, .chance = 0.5, .launch_us = 500 * SIM_MS},                /* one like it */
    {.work_s = 2, .chance = 0.7, .launch_us = 3 * SIM_S, .reminder = true}, /* a small one */
    {.work_s = 1.5, .chance = 0.5, .launch_us = 4 * SIM_S}, /* … of equal weight */
    {.work_s = 2, .chance = 0.3, .paused = true},
    {.work_s = 1, .chance = 0.7, .has_hours = true},
    {.gateway = 1, .work_s = 5, .chance = 0.6}, /* its gateway is dead, or as bad as that */
};

/* ---- audiences: as an import leaves them ---- */

static void store(size_t argc, const struct slice *argv)
{
    sim_reply_free(sim_store_run(sim_redis_store(), argc, argv));
}

static size_t zone_of(int16_t offset_min)
{
    size_t i = 0;
    while (zones[i].offset_min != offset_min)
        i++;
    return i;
}

/* again: everybody is where they were. */
static void store_block(struct world *w, const struct world_campaign *c, uint32_t block,
                        size_t rows, bool again)
{
    struct buf b = BUF_INIT(BLOCK_BYTES_MAX);
    char key[48];
    block_begin(&b, 2);
    for (size_t i = 0; i < rows; i++) {
        size_t index = index_make(block, i);
        size_t zone = again ? zone_of(c->offset_min[index])
                            : (size_t)rng_between(&w->rng, 0, COUNT_OF(zones) - 1);
        const struct slice fields[] = {SLICE_LIT("Sam"), slice_of(zones[zone].name)};
        c->offset_min[index] = zones[zone].offset_min;
        check(block_add_row(&b, c->numbers[index], fields, COUNT_OF(fields)) == 0);
    }
    block_end(&b, 0, rows);
    check(!b.failed);
    (void)snprintf(key, sizeof key, PREFIX "a:%u:b:%u", c->audience, block);
    const struct slice set[] = {SLICE_LIT("SET"), slice_of(key), buf_slice(&b)};
    store(COUNT_OF(set), set);
    buf_done(&b);
}

static void store_audience(const struct world_campaign *c, size_t people)
{
    char key[32], count[16], total[24];
    (void)snprintf(key, sizeof key, PREFIX "a:%u", c->audience);
    (void)snprintf(count, sizeof count, "%u", c->blocks);
    (void)snprintf(total, sizeof total, "%zu", people);
    const struct slice set[] = {
        SLICE_LIT("HSET"),    slice_of(key),
        SLICE_LIT("name"),    slice_of(c->name),
        SLICE_LIT("group"),   SLICE_LIT("main"),
        SLICE_LIT("columns"), SLICE_LIT("[\"first_name\",\"time_zone\"]"),
        SLICE_LIT("blocks"),  slice_of(count),
        SLICE_LIT("total"),   slice_of(total),
        SLICE_LIT("buckets"), SLICE_LIT("1"),
        SLICE_LIT("frozen"),  SLICE_LIT("1"),
        SLICE_LIT("created"), SLICE_LIT("1"),
    };
    store(COUNT_OF(set), set);
}

/* Blocks of any size, as dropped rows leave them; full ones in a quiet world. */
static void make_audience(struct world *w, struct world_campaign *c, size_t people)
{
    uint64_t number = UINT64_C(447400000000) + c->audience * (uint64_t)NUMBERS_EACH;
    int64_t rows_max = w->quiet || w->foretells || rng_chance(&w->rng, 0.5)
                           ? BLOCK_ROWS
                           : rng_between(&w->rng, 10, 80);
    c->numbers = xcalloc(BLOCKS_MAX * BLOCK_ROWS, sizeof *c->numbers);
    c->offset_min = xcalloc(BLOCKS_MAX * BLOCK_ROWS, sizeof *c->offset_min);
    size_t made = 0;
    while (made < people && c->blocks < BLOCKS_MAX) {
        size_t rows =
            (size_t)(w->quiet || w->foretells ? rows_max : rng_between(&w->rng, 1, rows_max));
        if (rows > people - made) rows = people - made;
        for (size_t i = 0; i < rows; i++)
            c->numbers[c->blocks * BLOCK_ROWS + i] = number++;
        store_block(w, c, c->blocks++, rows, false);
        made += rows;
    }
    c->count = (size_t)c->blocks * BLOCK_ROWS;
    store_audience(c, made);
}

/* ---- launching ---- */

static void move(struct world *w, struct world_campaign *c, enum campaign_move to);

static void on_created(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct world_campaign *to = arg;
    to->launching = false;
    if (to->world->back.is_on && (result < 0 || to->launched_era != to->world->back.era)) return;
    if (result < 0) promise_broken("the launch failed: %s", e->text);
    to->id = c->id;
    promises_add_campaign(&(struct promised_campaign){
        .id = c->id,
        .gateway = to->gateway,
        .deadline_ms = to->deadline_ms,
        .numbers = to->numbers,
        .hours = to->hours_text ? &to->hours : NULL,
        .count = to->count,
        .weight = to->lane == LANE_REMINDER ? 3 : 1,
    });
    if (to->paused) move(to->world, to, MOVE_PAUSE);
}

static void on_launch(void *arg)
{
    struct world_campaign *to = arg;
    struct world *w = to->world;
    to->launching = true;
    to->launched_era = w->back.era;
    int64_t now_ms = clock_wall_ms();
    if (to->deadline_ms) to->deadline_ms += now_ms;
    const struct campaign c = {
        .name = slice_of(to->name),
        .group = SLICE_LIT("main"),
        .gateway = slice_of(w->gateways[to->gateway].name),
        .lane = to->lane,
        .audience = to->audience,
        .audience_name = slice_of(to->name),
        .blocks = to->blocks,
        .hours = to->hours_text ? slice_of(to->hours_text) : SLICE_LIT("any"),
        .deadline_ms = to->deadline_ms,
        .start_ms = to->start_after_ms ? now_ms + to->start_after_ms : 0,
        .launched_by = SLICE_LIT("sim"),
    };
    campaign_create(w->desk_store, &c, slice_of(message), now_ms, on_created, to);
}

/* What is left at the end of a window waits for the next day: such a campaign has a deadline. */
static void keep_hours(struct world *w, struct world_campaign *c, size_t i)
{
    c->hours_text = hours[i].text;
    c->hours = (struct promised_hours){hours[i].open_min, hours[i].close_min, c->offset_min};
    c->deadline_ms = rng_between(&w->rng, 20000, 90000);
}

static void draw_hours(struct world *w, struct world_campaign *c)
{
    keep_hours(w, c, (size_t)rng_between(&w->rng, 0, COUNT_OF(hours) - 1));
}

struct world_campaign *campaigns_add(struct world *w, int gateway, size_t people)
{
    struct world_campaign *c = &w->campaigns[w->campaign_count++];
    check(w->campaign_count <= WORLD_CAMPAIGNS_MAX);
    *c = (struct world_campaign){.world = w,
                                 .audience = (uint32_t)w->campaign_count,
                                 .gateway = gateway,
                                 .lane = LANE_BLAST};
    (void)snprintf(c->name, sizeof c->name, "campaign %d", w->campaign_count);
    make_audience(w, c, people);
    return c;
}

static void draw_campaign(struct world *w)
{
    int gateway = (int)rng_between(&w->rng, 0, w->gateway_count - 1);
    int64_t most = PEOPLE_S * (int64_t)w->gateways[gateway].rate_per_s;
    if (most > PEOPLE_MAX) most = PEOPLE_MAX;
    if (rng_chance(&w->rng, 0.7)) most = most / 4 + 1;
    struct world_campaign *c = campaigns_add(w, gateway, (size_t)rng_between(&w->rng, 1, most));
    if (rng_chance(&w->rng, 0.4)) c->lane = LANE_REMINDER;
    if (rng_chance(&w->rng, 0.3)) c->deadline_ms = rng_between(&w->rng, 2000, 40000);
    if (rng_chance(&w->rng, 0.3)) draw_hours(w, c);
    if (rng_chance(&w->rng, 0.5)) c->start_after_ms = rng_between(&w->rng, 1, 4000);
    on_launch(c);
}

static void plan_quiet_campaigns(struct world *w)
{
    for (size_t i = 0; i < COUNT_OF(quiet_plans); i++) {
        if (quiet_plans[i].gateway >= w->gateway_count ||
            !rng_chance(&w->rng, quiet_plans[i].chance))
            continue;
        double people = quiet_plans[i].work_s * w->gateways[quiet_plans[i].gateway].rate_per_s + 1;
        struct world_campaign *c = campaigns_add(w, quiet_plans[i].gateway, (size_t)people);
        if (quiet_plans[i].reminder && rng_chance(&w->rng, 0.5)) c->lane = LANE_REMINDER;
        if (quiet_plans[i].has_hours) draw_hours(w, c);
        if (quiet_plans[i].has_hours) c->deadline_ms = QUIET_DEADLINE_MS;
        c->paused = quiet_plans[i].paused;
        (void)sim_in(&w->desk, quiet_plans[i].launch_us, on_launch, c);
    }
}

/* They come one after another, so that some begin and some end whenever Redis' clock is set. Where there are hours,
 * they are open: it is about noon, or an hour before or after it, of this day or another. */
static void plan_clocks_campaigns(struct world *w)
{
    for (int64_t n = rng_between(&w->rng, 2, WORLD_CAMPAIGNS_MAX - 1); n > 0; n--) {
        int gateway = (int)rng_between(&w->rng, 0, w->gateway_count - 1);
        int64_t most = CLOCKS_PEOPLE_S * (int64_t)w->gateways[gateway].rate_per_s;
        if (most > PEOPLE_MAX) most = PEOPLE_MAX;
        struct world_campaign *c = campaigns_add(w, gateway, (size_t)rng_between(&w->rng, 1, most));
        if (rng_chance(&w->rng, 0.4)) c->lane = LANE_REMINDER;
        if (rng_chance(&w->rng, 0.5)) {
            c->hours_text = "05:30-23:30 agreed";
            c->hours = (struct promised_hours){330, 1410, c->offset_min};
        }
        (void)sim_in(&w->desk, rng_between(&w->rng, 0, CLOCKS_LAUNCH_US), on_launch, c);
    }
}

/* Of a list that is gone as well: it is imported once more. */
static void import_again(struct world *w, const struct world_campaign *c)
{
    size_t people = 0;
    char key[32];
    (void)snprintf(key, sizeof key, PREFIX "a:%u", c->audience);
    if (sim_store_field(sim_redis_store(), key, SLICE_LIT("name")).p) return;
    for (uint32_t block = 0; block < c->blocks; block++) {
        size_t rows = 0;
        while (rows < BLOCK_ROWS && c->numbers[block * BLOCK_ROWS + rows])
            rows++;
        store_block(w, c, block, rows, true);
        people += rows;
    }
    store_audience(c, people);
}

void campaigns_launch_lost(struct world *w)
{
    for (int i = 0; i < w->campaign_count; i++) {
        struct world_campaign *c = &w->campaigns[i];
        if (c->launching || (c->id && !promises_is_lost(c->id))) continue;
        import_again(w, c);
        c->deadline_ms = c->start_after_ms = 0;
        c->hours_text = NULL;
        on_launch(c);
    }
}

/* Whose hours end at noon, with enough to do until then. */
static void launch_closing(struct world *w)
{
    struct world_campaign *c = campaigns_add(w, 0, PEOPLE_MAX);
    keep_hours(w, c, 0);
    on_launch(c);
}

void campaigns_launch(struct world_campaign *c)
{
    on_launch(c);
}

void campaigns_begin(struct world *w)
{
    if (w->foretells) {
        forecasts_begin(w);
        return;
    }
    int64_t n = rng_between(&w->rng, 1, TROUBLED_CAMPAIGNS_MAX);
    if (w->quiet) plan_quiet_campaigns(w);
    if (w->closing) launch_closing(w);
    if (w->clocks.is_on) {
        plan_clocks_campaigns(w);
        return;
    }
    while (!w->quiet && n-- > 0)
        draw_campaign(w);
}

void campaigns_end(struct world *w)
{
    for (int i = 0; i < w->campaign_count; i++) {
        free(w->campaigns[i].numbers);
        free(w->campaigns[i].offset_min);
    }
}

/* ---- what people do with them ---- */

static void on_moved(void *arg, int result, const struct err *e)
{
    (void)arg;
    (void)result; /* too early, too late: as it happens */
    (void)e;
}

static void move(struct world *w, struct world_campaign *c, enum campaign_move to)
{
    if (w->back.is_on)
        going_back_move(w, c, to);
    else
        campaign_move(w->desk_store, c->id, to, clock_wall_ms(), SLICE_LIT("sim"),
                      SLICE_LIT("it is tested"), on_moved, NULL);
}

void campaigns_tend(struct world *w)
{
    for (int i = 0; i < w->campaign_count; i++) {
        struct world_campaign *c = &w->campaigns[i];
        if (c->id == 0 || promises_is_lost(c->id)) continue;
        const char *status = promises_status(c->id);
        if (strcmp(status, "blocked") == 0 || (w->healed && strcmp(status, "paused") == 0))
            move(w, c, MOVE_RESUME);
    }
}

static void on_suppressed(void *arg, int result, int64_t count, const struct err *e)
{
    const struct world *w = arg;
    (void)count;
    if (result < 0 && !w->over) promise_broken("a STOP was not stored: %s", e->text);
}

static void suppress(struct world *w, uint64_t number)
{
    const struct suppress_entry entry = {.number = number,
                                         .reason = SUPPRESS_STOP,
                                         .at_ms = clock_wall_ms(),
                                         .evidence = SLICE_LIT("STOP")};
    static const char *const scopes[] = {"all", "main", SUPPRESS_HOLD};
    const char *scope = scopes[rng_between(&w->rng, 0, COUNT_OF(scopes) - 1)];
    if (w->back.is_on)
        going_back_stop(w, number, scope);
    else
        suppress_add(w->desk_store, slice_of(scope), &entry, 1, on_suppressed, w);
}

static void suppress_some(struct world *w, struct world_campaign *c)
{
    for (int64_t n = rng_between(&w->rng, 1, 8); n > 0; n--) {
        uint64_t number = c->numbers[rng_between(&w->rng, 0, (int64_t)c->count - 1)];
        if (number) suppress(w, number);
    }
}

/* Those whose turn is next: they wait for tokens, or have one already. */
static void suppress_next(struct world *w, struct world_campaign *c)
{
    long first = promises_first_pending(c->id);
    for (long i = first; first >= 0 && i < first + 3 && i < (long)c->count; i++)
        if (c->numbers[i]) suppress(w, c->numbers[i]);
}

static void pause(struct world *w, struct world_campaign *c)
{
    move(w, c, MOVE_PAUSE);
}

static void resume(struct world *w, struct world_campaign *c)
{
    move(w, c, MOVE_RESUME);
}

static void cancel(struct world *w, struct world_campaign *c)
{
    move(w, c, MOVE_CANCEL);
}

static void on_resolved(void *arg, int result, uint64_t moved, const struct err *e)
{
    (void)arg;
    (void)e;
    sim_trace("resolve: %d, %llu people", result, (unsigned long long)moved);
}

static void resend(struct world *w, struct world_campaign *c)
{
    unknown_resolve(w->desk_store, c->id, UNKNOWN_RESEND, SLICE_LIT("sam"),
                    SLICE_LIT("it is tested"), on_resolved, NULL);
}

static void leave(struct world *w, struct world_campaign *c)
{
    unknown_resolve(w->desk_store, c->id, UNKNOWN_LEAVE, SLICE_LIT("sam"),
                    SLICE_LIT("it is tested"), on_resolved, NULL);
}

void campaigns_trouble(struct world *w)
{
    static const struct {
        int weight;
        void (*run)(struct world *w, struct world_campaign *c);
    } deeds[] = {{6, pause},         {6, resume}, {2, cancel}, {4, suppress_some},
                 {4, suppress_next}, {4, resend}, {1, leave}};
    struct world_campaign *c = &w->campaigns[rng_between(&w->rng, 0, w->campaign_count - 1)];
    if (c->id == 0 || promises_is_lost(c->id)) return;
    deeds[RNG_ROW(&w->rng, deeds)].run(w, c);
}
