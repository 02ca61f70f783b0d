#include "world_impl.h"

#include "base/buf.h"
#include "base/clock.h"
#include "core/block.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    PEOPLE_MAX = 400,
    BLOCKS_MAX = 12,
    FIRST_NUMBER = 900000, /* of 4477 00… */
};

static const char message[] =
    "{\"default\":\"en\",\"sms\":{\"en\":{\"text\":\"Hi {{first_name}}\"}}}";

/* ---- audiences: as an import leaves them ---- */

static void store(size_t argc, const struct slice *argv)
{
    sim_reply_free(sim_store_run(sim_redis_store(), argc, argv));
}

static void store_block(const struct world_campaign *c, uint32_t block, size_t rows)
{
    struct buf b = BUF_INIT(BLOCK_BYTES_MAX);
    char key[48];
    const struct slice fields[] = {SLICE_LIT("Sam")};
    block_begin(&b, COUNT_OF(fields));
    for (size_t i = 0; i < rows; i++)
        check(block_add_row(&b, c->numbers[block * BLOCK_ROWS_MAX + i], fields, COUNT_OF(fields)) ==
              0);
    block_end(&b, 0, rows);
    check(!b.failed);
    (void)snprintf(key, sizeof key, PREFIX "a:%u:b:%u", c->audience, block);
    const struct slice set[] = {SLICE_LIT("SET"), slice_of(key), buf_slice(&b)};
    store(COUNT_OF(set), set);
    buf_done(&b);
}

static void store_audience(const struct world_campaign *c, uint32_t blocks, size_t people)
{
    char key[32], count[16], total[24];
    (void)snprintf(key, sizeof key, PREFIX "a:%u", c->audience);
    (void)snprintf(count, sizeof count, "%u", blocks);
    (void)snprintf(total, sizeof total, "%zu", people);
    const struct slice set[] = {
        SLICE_LIT("HSET"),    slice_of(key),
        SLICE_LIT("name"),    slice_of(c->name),
        SLICE_LIT("group"),   SLICE_LIT("main"),
        SLICE_LIT("columns"), SLICE_LIT("[\"first_name\"]"),
        SLICE_LIT("blocks"),  slice_of(count),
        SLICE_LIT("total"),   slice_of(total),
        SLICE_LIT("buckets"), SLICE_LIT("1"),
        SLICE_LIT("frozen"),  SLICE_LIT("1"),
        SLICE_LIT("created"), SLICE_LIT("1"),
    };
    store(COUNT_OF(set), set);
}

/* Blocks of any size, as dropped rows leave them. */
static uint32_t make_audience(struct world *w, struct world_campaign *c, size_t people)
{
    uint32_t block = 0;
    uint64_t number = UINT64_C(447700000000) + FIRST_NUMBER + c->audience * UINT64_C(1000);
    int64_t rows_max = rng_chance(&w->rng, 0.5) ? 256 : rng_between(&w->rng, 10, 80);
    c->numbers = xcalloc(BLOCKS_MAX * BLOCK_ROWS_MAX, sizeof *c->numbers);
    size_t made = 0;
    while (made < people && block < BLOCKS_MAX) {
        size_t rows = (size_t)rng_between(&w->rng, 1, rows_max);
        if (rows > people - made) rows = people - made;
        for (size_t i = 0; i < rows; i++)
            c->numbers[block * BLOCK_ROWS_MAX + i] = number++;
        store_block(c, block++, rows);
        made += rows;
    }
    c->count = (size_t)block * BLOCK_ROWS_MAX;
    store_audience(c, block, made);
    return block;
}

/* ---- launching ---- */

struct launch {
    struct world_campaign *to;
    int64_t deadline_ms;
};

static void on_created(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct launch *l = arg;
    if (result < 0) promise_broken("the launch failed: %s", e->text);
    l->to->id = c->id;
    promises_add_campaign(&(struct promised_campaign){
        .id = c->id,
        .gateway = l->to->gateway,
        .deadline_ms = l->deadline_ms,
        .numbers = l->to->numbers,
        .count = l->to->count,
    });
    free(l);
}

static void launch(struct world *w, struct world_campaign *to, uint32_t blocks)
{
    struct launch *l = xcalloc(1, sizeof *l);
    int64_t now_ms = clock_wall_ms();
    l->to = to;
    if (rng_chance(&w->rng, 0.3)) l->deadline_ms = now_ms + rng_between(&w->rng, 2000, 40000);
    const struct campaign c = {
        .name = slice_of(to->name),
        .group = SLICE_LIT("main"),
        .gateway = slice_of(w->gateways[to->gateway].name),
        .message = slice_of(message),
        .lane = rng_chance(&w->rng, 0.6) ? LANE_BLAST : LANE_REMINDER,
        .audience = to->audience,
        .audience_name = slice_of(to->name),
        .blocks = blocks,
        .deadline_ms = l->deadline_ms,
        .start_ms = rng_chance(&w->rng, 0.5) ? 0 : now_ms + rng_between(&w->rng, 0, 4000),
        .launched_by = SLICE_LIT("sim"),
    };
    campaign_create(w->desk_campaigns, &c, now_ms, on_created, l);
}

void campaigns_begin(struct world *w)
{
    for (int i = 0; i < w->campaign_count; i++) {
        struct world_campaign *c = &w->campaigns[i];
        c->audience = (uint32_t)i + 1;
        c->gateway = (int)rng_between(&w->rng, 0, w->gateway_count - 1);
        (void)snprintf(c->name, sizeof c->name, "campaign %d", i);
        size_t people =
            (size_t)rng_between(&w->rng, 1, rng_chance(&w->rng, 0.3) ? PEOPLE_MAX : PEOPLE_MAX / 4);
        launch(w, c, make_audience(w, c, people));
    }
}

void campaigns_end(struct world *w)
{
    for (int i = 0; i < w->campaign_count; i++)
        free(w->campaigns[i].numbers);
}

/* ---- what people do with them ---- */

static void on_moved(void *arg, int result, const struct err *e)
{
    (void)arg;
    (void)result; /* too early, too late: as it happens */
    (void)e;
}

static void move(struct world *w, const struct world_campaign *c, enum campaign_move to)
{
    campaign_move(w->desk_campaigns, c->id, to, clock_wall_ms(), SLICE_LIT("sim"),
                  SLICE_LIT("it is tested"), on_moved, NULL);
}

void campaigns_tend(struct world *w)
{
    for (int i = 0; i < w->campaign_count; i++) {
        const struct world_campaign *c = &w->campaigns[i];
        if (c->id == 0) continue;
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

static void suppress_some(struct world *w, const struct world_campaign *c)
{
    for (int64_t n = rng_between(&w->rng, 1, 8); n > 0; n--) {
        uint64_t number = c->numbers[rng_between(&w->rng, 0, (int64_t)c->count - 1)];
        if (number == 0) continue;
        const struct suppress_entry entry = {.number = number,
                                             .reason = SUPPRESS_STOP,
                                             .at_ms = clock_wall_ms(),
                                             .evidence = SLICE_LIT("STOP")};
        suppress_add(w->desk_suppress,
                     rng_chance(&w->rng, 0.5) ? SLICE_LIT("all") : SLICE_LIT("main"), &entry, 1,
                     on_suppressed, w);
    }
}

void campaigns_trouble(struct world *w)
{
    const struct world_campaign *c = &w->campaigns[rng_between(&w->rng, 0, w->campaign_count - 1)];
    if (c->id == 0) return;
    int64_t what = rng_between(&w->rng, 0, 9);
    if (what < 3)
        move(w, c, MOVE_PAUSE);
    else if (what < 6)
        move(w, c, MOVE_RESUME);
    else if (what == 6)
        move(w, c, MOVE_CANCEL);
    else
        suppress_some(w, c);
}
