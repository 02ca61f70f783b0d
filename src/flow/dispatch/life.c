/* The steps of a batch: leased → loaded → open → ended → acknowledged. Any step whose reply does
 * not come is done again later; the ledger makes that harmless. */
#include "batch.h"

#include "core/index.h"
#include "flow/held.h"

#include "batch_impl.h"
#include "near.h"
#include "outlet.h"
#include "private.h"
#include "run.h"

#include <stdlib.h>

/* ---- it comes and goes ---- */

struct batch *batch_new(struct dispatch *d, struct queue_message *m, struct batch_id id)
{
    struct batch *b = xcalloc(1, sizeof *b);
    b->d = d;
    b->queued = m;
    b->lane = m->lane;
    b->lease.batch = id;
    b->share.batch = b->records.batch = b;
    batch_init_people(b);
    b->next = d->batches;
    if (b->next) b->next->prev = b;
    d->batches = b;
    d->batch_n++;
    d->held[b->lane]++;
    return b;
}

void batch_free(struct batch *b)
{
    struct dispatch *d = b->d;
    share_leave(&b->share);
    if (b->prev)
        b->prev->next = b->next;
    else
        d->batches = b->next;
    if (b->next) b->next->prev = b->prev;
    d->batch_n--;
    d->held[b->lane]--;
    if (b->run) run_leave(b->run);
    records_done(&b->records);
    free(b->direct);
    held_sent_free(b->held);
    block_done(&b->block);
    free(b->whereabouts);
    free(b->people);
    free(b);
}

struct batch *batch_next(const struct batch *b)
{
    return b->next;
}

enum leave { LEAVE_ACK, LEAVE_GIVE_BACK };

static void batch_leave(struct batch *b, enum leave how)
{
    struct dispatch *d = b->d;
    enum lane lane = b->lane;
    if (how == LEAVE_ACK)
        queue_ack(d->queue, b->queued, NULL, NULL);
    else
        queue_give_back(d->queue, b->queued);
    batch_free(b);
    dispatch_demand(d, lane);
    dispatch_check_stopped(d);
}

void batch_later(struct batch *b, int64_t us)
{
    check(!b->waiting);
    b->waiting = true;
    dispatch_later(b->d, b, us);
}

/* ---- lease ---- */

static void on_lease(void *arg, const struct lease_reply *a)
{
    struct batch *b = arg;
    if (a->result < 0) {
        batch_later(b, RETRY_US);
        return;
    }
    switch (a->verdict) {
    case LEASE_TAKEN:
        break;
    case LEASE_HELD:
        batch_later(b, a->held_for_us < RETRY_US ? RETRY_US : a->held_for_us);
        return;
    case LEASE_SETTLED:
    case LEASE_KEPT:
    case LEASE_GONE:
        batch_leave(b, LEAVE_ACK);
        return;
    }
    b->lease.fence = a->fence;
    b->stamp = a->stamp;
    b->edits = a->edits;
    b->rest_until_ms = 0;
    clock_see_idle(b->d, b->lease_until_us - b->d->config.lease_ms * 1000, a->redis_now_us);
    batch_begin(b, a->states);
    b->state = BATCH_LOADING;
    batch_go(b);
}

static void on_direct(void *arg, int result, const struct direct_message *m, const struct err *e);

static void take_lease(struct batch *b)
{
    if (b->d->stopping) {
        batch_leave(b, LEAVE_GIVE_BACK);
        return;
    }
    /* A reply does not wait for one round trip after the other; Redis replies in the order of the
     * calls, so this one is here before the lease is. */
    if (b->lease.batch.campaign == 0 && !b->direct)
        direct_load(b->d->config.store, b->lease.batch.first, on_direct, b);
    /* Counted from before the call: ours ends no later than Redis' does. */
    b->lease_until_us = clock_mono_us() + b->d->config.lease_ms * 1000;
    ledger_lease(b->d->config.ledger, b->lease.batch, b->d->config.lease_ms * 1000, on_lease, b);
}

/* ---- loading ---- */

static void open_batch(struct batch *b, struct outlet *o)
{
    batch_offer(b, o);
    hours_open_batch(b);
    consent_open_batch(b);
    b->state = BATCH_OPEN;
    if (b->run) b->run->blocked_said = false; /* it was running when we got the lease */
    outlet_wake(o);
    batch_check_end(b);
}

static void park(struct batch *b)
{
    batch_park(b);
    b->state = BATCH_OPEN;
    batch_check_end(b);
}

static void on_block(void *arg, int result, const struct block *block, const struct err *e)
{
    struct batch *b = arg;
    if (result == ERR_UNREACHABLE) {
        batch_later(b, RETRY_US);
        return;
    }
    if (result < 0) {
        log_error("campaign %u: %s; the campaign is blocked", b->run->id, e->text);
        campaign_move(b->d->config.store, b->run->id, MOVE_BLOCK, clock_wall_ms(),
                      SLICE_LIT("dispatcher"), slice_of(e->text), NULL, NULL);
        park(b);
        return;
    }
    block_dup(block, &b->block);
    batch_go(b);
}

/* The campaign was changed since: what is known of it here is old, and the people stay who they are. */
static void leave_run(struct batch *b)
{
    run_leave(b->run);
    b->run = NULL;
}

static void load_block(struct batch *b)
{
    if (b->run && b->run->edits != b->edits) leave_run(b);
    if (!b->run) b->run = run_join(b->d, b->lease.batch.campaign, b->edits);
    if (b->run->problem)
        park(b);
    else if (!b->run->loaded)
        run_load(b->run);
    else if (b->block.bytes && near_is_ready(b))
        open_batch(b, b->run->outlet);
    else if (b->block.bytes)
        near_locate(b);
    else
        audience_block(b->d->config.store, b->run->audience, index_block(b->lease.batch.first),
                       on_block, b);
}

static void on_skipped(void *arg, int result, struct slice states)
{
    struct batch *b = arg;
    (void)states;
    if (result == 0) b->state = BATCH_ENDING;
    batch_later(b, result < 0 ? RETRY_US : 0);
}

/* Nobody here can send it: whoever wrote it sees why. */
static void skip_direct(struct batch *b)
{
    log_error("direct message %u wants gateway '%.*s', which is not in the configuration; it is "
              "not sent",
              b->lease.batch.first, SLICE_ARG(b->direct->gateway));
    struct record_item item = {.state = STATE_SKIPPED,
                               .detail = SLICE_LIT("its gateway is not configured")};
    ledger_record(b->d->config.ledger, b->lease, NULL, &item, 1, false, on_skipped, b);
}

/* One allocation for the record and its texts: they live and die together. */
static void keep_direct(struct batch *b, const struct direct_message *m)
{
    size_t bytes = m->gateway.n + m->sender.n + m->group.n + m->text.n + m->to_id.n;
    struct direct_message *copy = xmalloc(sizeof *copy + bytes + 2);
    *copy = *m;
    char *at = (char *)(copy + 1);
    struct slice *texts[] = {&copy->gateway, &copy->group, &copy->text, &copy->sender,
                             &copy->to_id};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (texts[i]->n) memcpy(at, texts[i]->p, texts[i]->n);
        texts[i]->p = at;
        at += texts[i]->n;
    }
    copy->by = copy->held = SLICE_NONE;
    b->direct = copy;
    b->held = held_sent_read(m->held);
}

static void on_direct(void *arg, int result, const struct direct_message *m, const struct err *e)
{
    struct batch *b = arg;
    if (result == 0) keep_direct(b, m);
    if (b->state == BATCH_LEASING) return; /* asked for early; what went wrong is found again */
    if (result == ERR_UNREACHABLE) {
        batch_later(b, RETRY_US);
    } else if (result < 0) {
        log_error("direct message %u: %s; it is dropped", b->lease.batch.first, e->text);
        batch_leave(b, LEAVE_ACK);
    } else {
        batch_go(b);
    }
}

static void load_direct(struct batch *b)
{
    if (!b->direct) {
        direct_load(b->d->config.store, b->lease.batch.first, on_direct, b);
        return;
    }
    struct outlet *o = dispatch_outlet(b->d, b->direct->gateway);
    if (o)
        open_batch(b, o);
    else
        skip_direct(b);
}

/* ---- the end ---- */

static void on_batch_end(void *arg, int result, enum batch_end_verdict verdict)
{
    struct batch *b = arg;
    if (result < 0) {
        batch_later(b, RETRY_US);
        return;
    }
    if (verdict == BATCH_LOST) {
        /* Somebody else's now, or the lease ran out: ask again how it stands. */
        b->state = BATCH_LEASING;
        batch_later(b, RETRY_US);
        return;
    }
    /* Kept blocks are released again by the release role; a direct message has only the queue. */
    batch_leave(b, verdict == BATCH_KEPT && b->direct ? LEAVE_GIVE_BACK : LEAVE_ACK);
}

void batch_check_end(struct batch *b)
{
    if (b->state != BATCH_OPEN || !batch_is_idle(b)) return;
    if (b->share.todo_n && !b->parked && !b->lost && !b->d->stopping) {
        b->rest_until_ms = hours_rest_ms(b);
        if (!b->rest_until_ms) return;
    }
    share_leave(&b->share);
    if (b->lost) {
        b->state = BATCH_LEASING;
        batch_later(b, RETRY_US);
        return;
    }
    b->state = BATCH_ENDING;
    batch_go(b);
}

void batch_ended(struct batch *b)
{
    check(b->state == BATCH_OPEN && batch_is_idle(b));
    batch_leave(b, LEAVE_ACK);
}

bool batch_is_open(const struct batch *b)
{
    return b->state == BATCH_OPEN;
}

bool batch_is_held(const struct batch *b)
{
    return (b->state == BATCH_OPEN || b->state == BATCH_LOADING) && !b->lost;
}

bool batch_awaits(const struct batch *b, const struct run *r)
{
    return b->run == r && b->state == BATCH_LOADING && !b->waiting;
}

void batch_go(struct batch *b)
{
    b->waiting = false;
    switch (b->state) {
    case BATCH_LEASING:
        take_lease(b);
        break;
    case BATCH_LOADING:
        if (b->lease.batch.campaign)
            load_block(b);
        else
            load_direct(b);
        break;
    case BATCH_OPEN:
        break;
    case BATCH_ENDING:
        ledger_batch_rest(b->d->config.ledger, b->lease, b->rest_until_ms, on_batch_end, b);
        break;
    }
}
