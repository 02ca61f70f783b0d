/* Each tick: lead? → campaigns that are due → one step for each of them, according to its status. A
 * campaign whose step is still under way is looked at again when it has ended.
 *
 * A campaign is due when something has changed, which the scripts note that change it, when its time
 * has come, and every half a minute. So campaigns that wait cost next to nothing, however many. */
#include "flow/release.h"

#include "base/log.h"
#include "base/map.h"
#include "core/index.h"
#include "flow/account.h"
#include "flow/budget.h"
#include "flow/keeper.h"
#include "flow/outbox.h"
#include "flow/pledge_teller.h"
#include "flow/schedule.h"
#include "store/batch.h"
#include "store/campaign.h"
#include "store/leader.h"
#include "store/ledger.h"
#include "store/mark.h"
#include "store/queue.h"
#include "store/release.h"
#include "io/redis.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    OUTBOX_AGE_MS = 2000, /* a direct message on its way to the queue is not old yet */
    OUTBOX_EVERY = 10,    /* ticks */
    SWEEPS_PER_STEP = 8,
    NOT_YET_MS = 100,      /* what nobody tells of: people in flight, a queue that is away */
    LOOK_FOR_OTHERS = 600, /* ticks */
};

/* What is remembered of a campaign between ticks. */
struct work {
    struct release *r;
    uint32_t id;
    bool busy, again; /* again: it became due meanwhile */
    uint32_t blocks;
    enum lane lane;
    size_t to_publish, published;
    uint32_t sweep_block;
    enum state sweep_to;
    int sweeps;
    int64_t swept; /* people moved in this step */
};

struct release {
    struct release_config config;
    struct loop_timer *tick;
    struct map *works;
    bool leads, asking;
    bool astray; /* somebody else led, or a reply was lost: nobody knows what is due */
    unsigned ticks;
    int64_t now_ms; /* Redis' wall clock at this tick */
};

static void look_at(struct work *w, int64_t at_ms)
{
    campaign_look_at(w->r->config.store, w->id, at_ms);
}

static void look_again(struct work *w)
{
    look_at(w, 0);
    release_nudge(w->r);
}

static void end_step(struct work *w)
{
    w->busy = false;
    if (w->again) look_at(w, 0);
    w->again = false;
}

/* Of Redis, or of a queue: what has become of it is seen when it is looked at again. */
static void end_step_unknown(struct work *w)
{
    w->r->astray = true;
    end_step(w);
}

static void end_step_after(void *arg, int result, const struct err *e)
{
    (void)e;
    if (result == ERR_UNREACHABLE)
        end_step_unknown(arg);
    else
        end_step(arg);
}

static void forget(struct work *w)
{
    char key[16];
    int n = snprintf(key, sizeof key, "%u", w->id);
    (void)map_del(w->r->works, slice_make(key, (size_t)n));
    free(w);
}

/* ---- preparing, starting ---- */

static void on_grown(void *arg, int result, uint32_t made, uint32_t blocks)
{
    struct work *w = arg;
    (void)blocks;
    if (result == ERR_NOT_FOUND) {
        log_error("campaign %u: block %u of its audience is gone; the campaign is cancelled", w->id,
                  made);
        /* no news for one that is cancelled already */
        campaign_move(w->r->config.store, w->id, MOVE_CANCEL, w->r->now_ms, SLICE_LIT("release"),
                      SLICE_LIT("its audience is not complete"), end_step_after, w);
        return;
    }
    if (result < 0) {
        end_step_unknown(w);
        return;
    }
    end_step(w);
    if (made > 0) look_again(w); /* a large audience is many steps */
}

static void on_started(void *arg, int result, const struct err *e)
{
    struct work *w = arg;
    end_step_after(w, result, e);
    if (result == 0) {
        log_info("campaign %u is running", w->id);
        release_nudge(w->r);
    }
}

/* ---- releasing ---- */

/* One that failed is outstanding all the same, and is found again when it is old (reserve.lua). */
static void on_published(void *arg, int result)
{
    struct work *w = arg;
    (void)result;
    if (++w->published == w->to_publish) end_step(w);
}

static void on_reserved(void *arg, int result, const uint32_t *blocks, size_t n,
                        const struct campaign_shortage *shortage)
{
    struct work *w = arg;
    if (result < 0) {
        end_step_unknown(w);
        return;
    }
    if (shortage) {
        budget_pause(w->r->config.store, w->id, shortage, w->r->now_ms, end_step_after, w);
        return;
    }
    if (n == 0) {
        end_step(w);
        return;
    }
    char key[16];
    int key_n = snprintf(key, sizeof key, "%u", w->id);
    w->to_publish = n;
    w->published = 0;
    for (size_t i = 0; i < n; i++) {
        char value[BATCH_VALUE_BYTES];
        queue_publish(w->r->config.queue, w->lane, slice_make(key, (size_t)key_n),
                      batch_write(batch_of_block(w->id, blocks[i]), value), on_published, w);
    }
}

static size_t target_blocks(struct release *r, struct slice gateway)
{
    const struct account *a = accounts_find(r->config.accounts, gateway);
    double blocks = (a ? a->rate_per_s : 0) * RELEASE_AHEAD_S / BLOCK_ROWS + 1;
    if (blocks < RELEASE_BLOCKS_MIN) return RELEASE_BLOCKS_MIN;
    return blocks > RELEASE_BLOCKS_MAX ? RELEASE_BLOCKS_MAX : (size_t)blocks;
}

/* While batches stand on the queue nobody takes them, and more of the same would not help. */
static int64_t lost_after_ms(const struct work *w)
{
    return queue_depth(w->r->config.queue, w->lane) > 0 ? 0 : w->r->config.lost_ms;
}

/* ---- sweeping ---- */

static void sweep(struct work *w);

static void on_swept(void *arg, int result, int64_t moved)
{
    struct work *w = arg;
    if (result < 0) {
        end_step_unknown(w);
        return;
    }
    w->swept += moved;
    w->sweep_block += LEDGER_SWEEP_BLOCKS;
    if (w->sweep_block < w->blocks && --w->sweeps > 0) {
        sweep(w);
        return;
    }
    if (w->sweep_block >= w->blocks) w->sweep_block = 0;
    end_step(w);
    if (w->swept)
        look_again(w);
    else
        look_at(w, w->r->now_ms + NOT_YET_MS);
}

static void sweep(struct work *w)
{
    uint32_t left = w->blocks - w->sweep_block;
    ledger_sweep(w->r->config.ledger, w->id, w->sweep_block,
                 left < LEDGER_SWEEP_BLOCKS ? left : LEDGER_SWEEP_BLOCKS, w->sweep_to, on_swept, w);
}

static void on_retired(void *arg, int result, const struct err *e)
{
    struct work *w = arg;
    if (result < 0) {
        end_step_after(w, result, e);
        return;
    }
    log_info("campaign %u is over", w->id);
    forget(w);
}

/* ---- a step ---- */

/* Cancelled or expired. Those in flight settle by themselves, or become unknown when their lease
 * ends, or come back to pending: it is over only when there is none of either. */
static void step_over(struct work *w, const struct campaign *c, enum state to)
{
    if (c->counts[STATE_PENDING] == 0 && c->counts[STATE_IN_FLIGHT] == 0) {
        campaign_retire(w->r->config.store, w->id, on_retired, w);
        return;
    }
    w->sweep_to = to;
    w->sweeps = SWEEPS_PER_STEP;
    w->swept = 0;
    if (w->blocks && c->counts[STATE_PENDING]) {
        sweep(w);
        return;
    }
    look_at(w, w->r->now_ms + NOT_YET_MS);
    end_step(w);
}

/* What went onto the queue and was lost is found by looking. Of a store that went back nobody knows who is still to be sent to again. */
static void step_running(struct work *w, const struct campaign *c)
{
    struct release *r = w->r;
    if (!queue_is_ready(r->config.queue) || !mark_is_trusted(r->config.store)) {
        look_at(w, r->now_ms + NOT_YET_MS);
        end_step(w);
        return;
    }
    if (r->config.lost_ms / 2 < CAMPAIGN_LOOK_MS) look_at(w, r->now_ms + r->config.lost_ms / 2);
    campaign_reserve(r->config.store, w->id, target_blocks(r, c->gateway), lost_after_ms(w),
                     budget_purse(r->config.budget, r->now_ms), on_reserved, w);
}

/* It waits: for its time, or for a person; but not beyond its deadline. */
static void step_waits(struct work *w, const struct campaign *c)
{
    int64_t soon = w->r->now_ms + CAMPAIGN_LOOK_MS;
    if (c->status == CAMPAIGN_SCHEDULED && c->start_ms < soon) look_at(w, c->start_ms);
    end_step(w);
}

/* Of one that is stopped meanwhile, or waits for a second person, too. */
static bool grows(const struct campaign *c)
{
    bool waits = c->status == CAMPAIGN_PROPOSED || c->status == CAMPAIGN_PAUSED ||
                 c->status == CAMPAIGN_CANCELLED || c->status == CAMPAIGN_EXPIRED;
    return c->status == CAMPAIGN_PREPARING || (waits && c->made < c->blocks);
}

/* Of one that is not over. */
static void step_open(struct work *w, const struct campaign *c)
{
    struct store *store = w->r->config.store;
    int64_t now_ms = w->r->now_ms;
    bool late = c->deadline_ms && now_ms >= c->deadline_ms;
    if (late)
        campaign_move(store, w->id, MOVE_EXPIRE, now_ms, SLICE_LIT("release"),
                      SLICE_LIT("the deadline passed"), end_step_after, w);
    else if (c->status == CAMPAIGN_SCHEDULED && now_ms >= c->start_ms)
        campaign_move(store, w->id, MOVE_RUN, now_ms, SLICE_LIT("release"),
                      SLICE_LIT("its time has come"), on_started, w);
    else if (c->status == CAMPAIGN_RUNNING)
        step_running(w, c);
    else
        step_waits(w, c);
}

static void take_step(struct work *w, const struct campaign *c)
{
    struct release *r = w->r;
    struct store *store = r->config.store;
    if (c->deadline_ms > r->now_ms && c->deadline_ms < r->now_ms + CAMPAIGN_LOOK_MS)
        look_at(w, c->deadline_ms);
    if (grows(c))
        campaign_grow(store, w->id, c->audience, on_grown, w);
    else if (c->status == CAMPAIGN_CANCELLED)
        step_over(w, c, STATE_CANCELLED);
    else if (c->status == CAMPAIGN_EXPIRED)
        step_over(w, c, STATE_EXPIRED);
    else if (c->status == CAMPAIGN_DONE)
        campaign_retire(store, w->id, on_retired, w);
    else
        step_open(w, c);
}

static void on_campaign(void *arg, int result, const struct campaign *c, const struct err *e)
{
    struct work *w = arg;
    if (result == ERR_NOT_FOUND) {
        campaign_retire(w->r->config.store, w->id, on_retired, w);
        return;
    }
    if (result < 0) {
        end_step_after(w, result, e);
        return;
    }
    w->blocks = c->blocks;
    w->lane = c->lane;
    take_step(w, c);
}

static void step(struct release *r, uint32_t id)
{
    char text[16];
    int n = snprintf(text, sizeof text, "%u", id);
    struct slice key = slice_make(text, (size_t)n);
    struct work *w = map_get(r->works, key);
    if (!w) {
        w = xcalloc(1, sizeof *w);
        w->r = r;
        w->id = id;
        (void)map_put(r->works, key, w);
    }
    if (w->busy) {
        w->again = true;
        return;
    }
    w->busy = true;
    campaign_load(r->config.store, id, on_campaign, w);
}

/* ---- the tick ---- */

static void on_due(void *arg, int result, const uint32_t *ids, size_t n)
{
    struct release *r = arg;
    r->asking = false;
    if (result < 0) r->astray = true;
    for (size_t i = 0; result == 0 && i < n; i++)
        step(r, ids[i]);
    if (n == CAMPAIGN_DUE_MAX) release_nudge(r);
}

static void on_all_noted(void *arg, int result, const struct err *e)
{
    struct release *r = arg;
    (void)e;
    if (result < 0) r->astray = true;
}

static void on_outbox_swept(void *arg, int result, size_t count, const struct err *e)
{
    (void)arg;
    (void)e;
    if (result == 0 && count) log_info("%zu direct messages were published again", count);
}

/* What nobody waits for: direct messages that missed the queue, and what is kept no longer. */
static void tidy(struct release *r, int64_t now_ms)
{
    outbox_sweep(r->config.outbox, now_ms, OUTBOX_AGE_MS, on_outbox_swept, r);
    if (r->config.keeper) keeper_step(r->config.keeper, now_ms);
}

/* Not while the store went back: what it has forgotten would be launched, or told, again. */
static void step_others(const struct release *r, int64_t now_ms)
{
    if (mark_stand(r->config.store) != MARK_STANDS) return;
    if (r->config.schedules) schedules_step(r->config.schedules, now_ms);
    if (r->config.pledges) pledge_teller_step(r->config.pledges, now_ms);
}

static void on_lead(void *arg, int result, int64_t now_ms)
{
    struct release *r = arg;
    bool leads = result == 1;
    r->now_ms = now_ms;
    if (leads != r->leads)
        log_info(leads ? "this process releases campaigns" : "another process releases campaigns");
    if (leads != r->leads || result < 0) r->astray = true;
    r->leads = leads;
    if (!leads) {
        r->asking = false;
        return;
    }
    if (r->astray || r->ticks % LOOK_FOR_OTHERS == 0)
        campaign_look_all(r->config.store, r->astray, on_all_noted, r);
    r->astray = false;
    campaign_due(r->config.store, now_ms, on_due, r);
    step_others(r, now_ms);
    if (r->ticks++ % OUTBOX_EVERY == 0) tidy(r, now_ms);
}

static void on_tick(void *arg)
{
    struct release *r = arg;
    loop_timer_in(r->tick, RELEASE_TICK_MS * 1000);
    if (r->asking || !redis_is_connected(r->config.redis)) return;
    r->asking = true;
    leader_lead(r->config.store, r->config.who, RELEASE_LEASE_MS, on_lead, r);
}

struct release *release_new(const struct release_config *config)
{
    struct release *r = xcalloc(1, sizeof *r);
    r->config = *config;
    r->works = map_new();
    r->tick = loop_timer_new(config->loop, on_tick, r);
    return r;
}

void release_free(struct release *r)
{
    if (!r) return;
    size_t pos = 0;
    struct slice key;
    void *w;
    while (map_next(r->works, &pos, &key, &w))
        free(w);
    map_free(r->works);
    loop_timer_free(r->tick);
    free(r);
}

void release_start(struct release *r)
{
    loop_timer_in(r->tick, 0);
}

bool release_leads(const struct release *r)
{
    return r->leads;
}

void release_nudge(struct release *r)
{
    loop_timer_in(r->tick, 0);
}
