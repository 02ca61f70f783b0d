/* What became of recipients goes to the ledger in pipelined writes, one call per batch. Outcomes wait
 * for company: until nobody else of the batch will come, or hardly anybody else may be sent to, and a
 * few milliseconds at the most. One write of a batch is under way at a time: the busier Redis is, the
 * more go together. A write whose reply does not come is made again: it says the same, so it harms
 * nothing, and until it stands the recipient counts as in flight. */
#include "record.h"

#include "batch.h"
#include "outlet.h"
#include "private.h"

#include "core/index.h"
#include "io/person_number.h"
#include "store/mark.h"

#include <stdlib.h>

enum { COMPANY_US = 8000 }; /* outcomes wait this long for company */

static void due_in(struct records *rs, int64_t us)
{
    struct dispatch *d = batch_dispatch(rs->batch);
    rs->due_us = clock_mono_us() + us;
    if (rs->due_us < d->flush_us) {
        d->flush_us = rs->due_us;
        loop_timer_at(d->flush, d->flush_us);
    }
}

static void wait_for(struct records *rs, int64_t us)
{
    TAILQ_INSERT_TAIL(&batch_dispatch(rs->batch)->dirty, rs, link);
    due_in(rs, us);
}

static bool is_enough(const struct records *rs)
{
    return batch_is_last(rs->batch, rs->n) || window_is_crowded(batch_share(rs->batch)->outlet);
}

static void add(struct records *rs, struct record r)
{
    if (!rs->list) rs->list = xmalloc(batch_size(rs->batch) * sizeof *rs->list);
    check(rs->n < batch_size(rs->batch));
    rs->list[rs->n++] = r;
}

void record_outcome(struct grant *g, enum state state, const char *detail)
{
    struct records *rs = batch_records(g->share->batch);
    add(rs, (struct record){
                .grant = g,
                .offset = g->offset,
                .state = (uint8_t)state,
                .detail = detail[0] ? xstrdup(detail) : NULL,
            });
    if (rs->writing) return;
    if (rs->n == 1) wait_for(rs, COMPANY_US);
    if (!rs->again && is_enough(rs)) due_in(rs, 0);
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
    rs->again = true;
    for (size_t i = 0; i < f->n; i++)
        add(rs, f->list[i]);
    wait_for(rs, RETRY_US);
}

/* Those who came while the others were written. */
static void go_on(struct records *rs)
{
    rs->writing = false;
    if (rs->n == 0) return;
    wait_for(rs, is_enough(rs) ? 0 : COMPANY_US);
}

/* What became of somebody: as it stands now; but a store that went back knows of no grant, and says
 * that they are pending. */
static uint8_t became(const struct record *r, uint8_t stands)
{
    bool open = stands == STATE_PENDING || stands == STATE_IN_FLIGHT;
    return open ? r->state : stands;
}

/* Whose contact counts no more: they were granted, and surely not texted. */
static bool is_untexted(enum state state)
{
    return state == STATE_PENDING || state == STATE_REFUSED || state == STATE_SKIPPED;
}

static void tell_journal(const struct flight *f, struct slice states)
{
    struct batch *b = f->share->batch;
    uint8_t offsets[BLOCK_ROWS], now[BLOCK_ROWS], untexted[BLOCK_ROWS];
    size_t n = 0, untexted_n = 0;
    int64_t since_us = INT64_MAX;
    for (size_t i = 0; i < f->n; i++) {
        const struct record *r = &f->list[i];
        int stands = hex_digit(states.p[i]);
        if (stands < 0) continue;
        offsets[n] = r->offset;
        now[n] = became(r, (uint8_t)stands);
        if (is_untexted(now[n++])) {
            untexted[untexted_n++] = r->offset;
            if (r->grant->redis_us < since_us) since_us = r->grant->redis_us;
        }
    }
    uint64_t mark = mark_told(batch_dispatch(b)->config.store);
    durable_untexted(b, mark, untexted, untexted_n, since_us);
    durable_recorded(b, mark, offsets, now, n);
}

static void on_recorded(void *arg, int result, struct slice states)
{
    struct flight *f = arg;
    struct share *s = f->share;
    struct records *rs = batch_records(s->batch);
    bool ended = states.n == f->n + 1 && states.p[f->n] == RECORD_ENDED;
    if (result < 0 || states.n != f->n + ended) {
        write_again(rs, f);
        free(f);
        return;
    }
    tell_journal(f, states);
    for (size_t i = 0; i < f->n; i++) {
        struct record *r = &f->list[i];
        batch_settle(s->batch, r->offset, states.p[i] == '0' && r->state == STATE_PENDING);
        record_end(r);
    }
    free(f);
    go_on(rs);
    struct outlet *o = s->outlet;
    if (ended)
        batch_ended(s->batch);
    else
        batch_check_end(s->batch);
    outlet_wake(o);
}

static struct record_item item_of(struct batch *b, const struct record *r)
{
    struct record_item item = {.offset = r->offset,
                               .state = r->state,
                               .detail = r->detail ? slice_of(r->detail) : SLICE_NONE};
    if (!batch_direct(b) && is_untexted(r->state)) {
        item.granted_us = r->grant->redis_us;
        item.number = person_number_canonical(batch_number(b, r->offset));
    }
    return item;
}

static void flush(struct records *rs)
{
    struct record_item items[BLOCK_ROWS];
    TAILQ_REMOVE(&batch_dispatch(rs->batch)->dirty, rs, link);
    struct share *s = batch_share(rs->batch);
    size_t n = rs->n;
    struct flight *f = xmalloc(sizeof *f + n * sizeof f->list[0]);
    f->share = s;
    f->n = n;
    memcpy(f->list, rs->list, n * sizeof f->list[0]);
    for (size_t i = 0; i < n; i++)
        items[i] = item_of(s->batch, &f->list[i]);
    bool last = batch_is_last(rs->batch, n);
    rs->n = 0;
    rs->again = false;
    rs->writing = true;
    ledger_record(s->outlet->d->config.ledger, batch_lease(rs->batch), &s->outlet->account->queue,
                  items, n, last, on_recorded, f);
}

void record_flush(void *arg)
{
    struct dispatch *d = arg;
    int64_t now = clock_mono_us(), next_us = INT64_MAX;
    bool connected = redis_is_connected(d->config.redis);
    for (struct records *rs = TAILQ_FIRST(&d->dirty), *next; rs; rs = next) {
        next = TAILQ_NEXT(rs, link);
        if (rs->due_us <= now && connected)
            flush(rs);
        else if (rs->due_us < next_us)
            next_us = rs->due_us;
    }
    if (!connected) next_us = now + RETRY_US;
    d->flush_us = next_us;
    if (next_us != INT64_MAX) loop_timer_at(d->flush, next_us);
}
