/* What became of recipients goes to the ledger in pipelined writes: outcomes of a few milliseconds
 * together, one call per batch, and the next one when its reply is here: the busier Redis is, the
 * more go together. A write whose reply does not come is made again: it says the same,
 * so it harms nothing, and until it stands the recipient counts as in flight. */
#include "record.h"

#include "batch.h"
#include "outlet.h"
#include "private.h"

#include "core/index.h"

#include <stdlib.h>

enum { FLUSH_US = 2000 }; /* outcomes wait this long for company */

static void make_dirty(struct records *rs)
{
    struct dispatch *d = batch_dispatch(rs->batch);
    rs->next = d->dirty;
    d->dirty = rs;
    if (!loop_timer_armed(d->flush)) loop_timer_in(d->flush, FLUSH_US);
}

void record_outcome(struct grant *g, enum state state, const char *detail)
{
    struct batch *b = g->share->batch;
    struct records *rs = batch_records(b);
    if (!rs->list) rs->list = xmalloc(batch_size(b) * sizeof *rs->list);
    check(rs->n < batch_size(b));
    rs->list[rs->n++] = (struct record){
        .grant = g,
        .offset = g->offset,
        .state = (uint8_t)state,
        .detail = detail[0] ? xstrdup(detail) : NULL,
    };
    if (rs->n == 1 && !rs->writing) make_dirty(rs);
}

static void record_end(struct record *r)
{
    grant_free(r->grant);
    free(r->detail);
}

void records_done(struct records *rs)
{
    for (size_t i = 0; i < rs->n; i++)
        record_end(&rs->list[i]);
    free(rs->list);
}

struct flight {
    struct share *share;
    size_t n;
    struct record list[];
};

static void write_again(struct records *rs, struct flight *f)
{
    rs->writing = false;
    if (rs->n) make_dirty(rs);
    for (size_t i = 0; i < f->n; i++) {
        struct record *r = &f->list[i];
        record_outcome(r->grant, (enum state)r->state, r->detail ? r->detail : "");
        free(r->detail);
    }
    loop_timer_in(f->share->outlet->d->flush, RETRY_US);
}

static void flush(struct records *rs);

static void on_recorded(void *arg, int result, struct slice states)
{
    struct flight *f = arg;
    struct share *s = f->share;
    struct records *rs = batch_records(s->batch);
    if (result < 0 || states.n != f->n) {
        write_again(rs, f);
        free(f);
        return;
    }
    for (size_t i = 0; i < f->n; i++) {
        struct record *r = &f->list[i];
        batch_settle(s->batch, r->offset, states.p[i] == '0' && r->state == STATE_PENDING);
        record_end(r);
    }
    free(f);
    rs->writing = false;
    if (rs->n) flush(rs);
    struct outlet *o = s->outlet;
    batch_check_end(s->batch);
    outlet_wake(o);
}

static void flush(struct records *rs)
{
    struct record_item items[BLOCK_ROWS];
    struct share *s = batch_share(rs->batch);
    size_t n = rs->n;
    struct flight *f = xmalloc(sizeof *f + n * sizeof f->list[0]);
    f->share = s;
    f->n = n;
    memcpy(f->list, rs->list, n * sizeof f->list[0]);
    for (size_t i = 0; i < n; i++)
        items[i] =
            (struct record_item){f->list[i].offset, f->list[i].state,
                                 f->list[i].detail ? slice_of(f->list[i].detail) : SLICE_NONE};
    rs->n = 0;
    rs->writing = true;
    ledger_record(s->outlet->d->config.ledger, batch_lease(rs->batch), &s->outlet->account->queue,
                  items, n, on_recorded, f);
}

void record_flush(void *arg)
{
    struct dispatch *d = arg;
    if (!redis_is_connected(d->config.redis)) {
        loop_timer_in(d->flush, RETRY_US);
        return;
    }
    struct records *rs = d->dirty;
    d->dirty = NULL;
    for (struct records *next; rs; rs = next) {
        next = rs->next;
        flush(rs);
    }
}
