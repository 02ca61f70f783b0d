/* What became of recipients goes to the ledger in pipelined writes: outcomes of a few milliseconds
 * together, one call per batch. A write whose reply does not come is made again: it says the same,
 * so it harms nothing, and until it stands the recipient counts as in flight. */
#include "private.h"

#include <stdlib.h>

void record_outcome(struct grant *g, enum state state, const char *detail)
{
    struct batch *b = g->batch;
    struct dispatch *d = b->d;
    if (!b->records) b->records = xmalloc(b->lease.batch.count * sizeof *b->records);
    check(b->record_n < b->lease.batch.count);
    struct record *r = &b->records[b->record_n++];
    r->grant = g;
    r->offset = g->offset;
    r->state = (uint8_t)state;
    r->detail = detail[0] ? xstrdup(detail) : NULL;
    if (b->dirty) return;
    b->dirty = true;
    b->next_dirty = d->dirty;
    d->dirty = b;
    if (!loop_timer_armed(d->flush)) loop_timer_in(d->flush, FLUSH_US);
}

void record_free(struct record *r)
{
    grant_free(r->grant);
    free(r->detail);
}

struct flight {
    struct batch *batch;
    size_t n;
    struct record records[];
};

static void settle(struct batch *b, struct record *r, char stands)
{
    bool pending = stands == '0' && r->state == STATE_PENDING;
    b->open_n--;
    b->o->occupied--;
    b->people[r->offset].phase = PHASE_NONE;
    if (pending) {
        b->people[r->offset].phase = PHASE_TODO;
        b->todo_n++;
        if (b->people[r->offset].not_before_us < b->wake_us)
            b->wake_us = b->people[r->offset].not_before_us;
    }
    record_free(r);
}

static void on_recorded(void *arg, int result, struct slice states)
{
    struct flight *f = arg;
    struct batch *b = f->batch;
    if (result < 0 || states.n != f->n) {
        struct dispatch *d = b->d;
        for (size_t i = 0; i < f->n; i++) {
            struct record *r = &f->records[i];
            record_outcome(r->grant, (enum state)r->state, r->detail ? r->detail : "");
            free(r->detail);
        }
        loop_timer_in(d->flush, RETRY_US);
        free(f);
        return;
    }
    for (size_t i = 0; i < f->n; i++)
        settle(b, &f->records[i], states.p[i]);
    free(f);
    struct outlet *o = b->o;
    batch_check_end(b);
    outlet_pump(o);
}

static void flush_batch(struct batch *b)
{
    struct record_item items[LEDGER_BLOCK];
    size_t n = b->record_n;
    struct flight *f = xmalloc(sizeof *f + n * sizeof f->records[0]);
    f->batch = b;
    f->n = n;
    memcpy(f->records, b->records, n * sizeof f->records[0]);
    for (size_t i = 0; i < n; i++)
        items[i] = (struct record_item){f->records[i].offset, f->records[i].state,
                                        f->records[i].detail ? slice_of(f->records[i].detail)
                                                             : SLICE_NONE};
    b->record_n = 0;
    ledger_record(b->d->config.ledger, b->lease, &b->o->account->queue, items, n, on_recorded, f);
}

void record_flush(void *arg)
{
    struct dispatch *d = arg;
    if (!redis_is_connected(d->config.redis)) {
        loop_timer_in(d->flush, RETRY_US);
        return;
    }
    struct batch *b = d->dirty;
    d->dirty = NULL;
    while (b) {
        struct batch *next = b->next_dirty;
        b->dirty = false;
        flush_batch(b);
        b = next;
    }
}
