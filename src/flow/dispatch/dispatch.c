/* The dispatcher: what it takes from the queue, and its own life. */
#include "private.h"

#include "batch.h"
#include "near.h"
#include "outlet.h"
#include "record.h"
#include "run.h"
#include "store/batch.h"

#include <stdlib.h>

static const int hold[LANE_COUNT] = {DISPATCH_HOLD_REPLY, DISPATCH_HOLD_REMINDER,
                                     DISPATCH_HOLD_BLAST};

void dispatch_demand(struct dispatch *d, enum lane lane)
{
    if (!d->queue) return;
    size_t room =
        d->stopping || d->held[lane] >= (size_t)hold[lane] ? 0 : (size_t)hold[lane] - d->held[lane];
    queue_set_demand(d->queue, lane, (int)room);
}

/* ---- batches that wait ---- */

static void on_later(void *arg)
{
    struct dispatch *d = arg;
    int64_t due;
    void *b;
    while (heap_peek(d->waiting, &due, NULL) && due <= clock_mono_us()) {
        (void)heap_pop(d->waiting, NULL, &b);
        batch_go(b);
    }
    if (heap_peek(d->waiting, &due, NULL)) loop_timer_at(d->later, due);
}

void dispatch_later(struct dispatch *d, struct batch *b, int64_t us)
{
    heap_push(d->waiting, clock_mono_us() + us, b);
    int64_t due;
    (void)heap_peek(d->waiting, &due, NULL);
    loop_timer_at(d->later, due);
}

/* ---- the queue ---- */

void dispatch_message(void *arg, struct queue_message *m)
{
    struct dispatch *d = arg;
    struct batch_id id;
    if (!batch_read(m->value, &id)) {
        log_error(
            "a message on lane %s is not a batch ({\"c\":campaign,\"b\":block}); it is dropped",
            lane_to_string(m->lane));
        queue_ack(d->queue, m, NULL, NULL);
        dispatch_demand(d, m->lane);
        return;
    }
    batch_go(batch_new(d, m, id));
}

/* ---- life ---- */

struct outlet *dispatch_outlet(struct dispatch *d, struct slice name)
{
    const struct account *a = accounts_find(d->config.accounts, name);
    return a ? &d->outlets[accounts_index(d->config.accounts, a)] : NULL;
}

int dispatch_new(const struct dispatch_config *config, struct dispatch **ret, struct err *e)
{
    struct dispatch *d = xcalloc(1, sizeof *d);
    d->config = *config;
    d->runs = map_new();
    d->waiting = heap_new();
    TAILQ_INIT(&d->dirty);
    d->flush_us = INT64_MAX;
    d->zones = zone_book_new();
    d->outlets = xcalloc(config->accounts->count, sizeof *d->outlets);
    /* Made after Redis' hook, so it runs before: what is asked leaves in this turn. */
    d->hook = loop_before_sleep(config->loop, outlets_pump, d);
    d->flush = loop_timer_new(config->loop, record_flush, d);
    d->renew = loop_timer_new(config->loop, lease_renew, d);
    d->later = loop_timer_new(config->loop, on_later, d);
    buf_init(&d->text, MESSAGE_TEXT_BYTES_MAX);
    for (; d->outlet_n < config->accounts->count; d->outlet_n++) {
        int rc = outlet_init(&d->outlets[d->outlet_n], d, &config->accounts->list[d->outlet_n], e);
        if (rc < 0) {
            dispatch_free(d);
            return rc;
        }
    }
    *ret = d;
    return 0;
}

void dispatch_free(struct dispatch *d)
{
    if (!d) return;
    d->stopping = true;
    loop_hook_free(d->hook);
    for (size_t i = 0; i < d->outlet_n; i++)
        outlet_done(&d->outlets[i]);
    while (d->batches)
        batch_free(d->batches);
    while (d->spare) {
        struct grant *next = d->spare->next;
        free(d->spare);
        d->spare = next;
    }
    loop_timer_free(d->flush);
    loop_timer_free(d->renew);
    loop_timer_free(d->later);
    heap_free(d->waiting);
    zone_book_free(d->zones);
    map_free(d->runs);
    buf_done(&d->text);
    near_free(d->near);
    free(d->outlets);
    free(d);
}

void dispatch_start(struct dispatch *d, struct queue *q)
{
    d->queue = q;
    for (int lane = 0; lane < LANE_COUNT; lane++)
        dispatch_demand(d, (enum lane)lane);
    loop_timer_in(d->renew, d->config.lease_ms * 1000 / 3);
}

void dispatch_check_stopped(struct dispatch *d)
{
    if (!d->stopping || d->batch_n || !d->stopped) return;
    void (*cb)(void *) = d->stopped;
    d->stopped = NULL;
    cb(d->stopped_arg);
}

void dispatch_stop(struct dispatch *d, void (*cb)(void *arg), void *arg)
{
    d->stopping = true;
    d->stopped = cb;
    d->stopped_arg = arg;
    for (int lane = 0; lane < LANE_COUNT; lane++)
        dispatch_demand(d, (enum lane)lane);
    for (struct batch *b = d->batches, *next; b; b = next) {
        next = batch_next(b);
        batch_check_end(b);
    }
    /* Nobody waits for the end of somebody else's lease any more. */
    void *waiting;
    for (size_t n = heap_count(d->waiting); n > 0 && heap_pop(d->waiting, NULL, &waiting); n--)
        batch_go(waiting);
    dispatch_check_stopped(d);
}

struct dispatch_stats dispatch_stats(const struct dispatch *d, const struct account *a)
{
    const struct outlet *o = &d->outlets[accounts_index(d->config.accounts, a)];
    struct dispatch_stats s = o->stats;
    s.batches = o->turns.share_n;
    s.in_flight = http_client_in_flight(o->http);
    s.open = o->open;
    s.dead = outlet_is_dead(o);
    return s;
}
