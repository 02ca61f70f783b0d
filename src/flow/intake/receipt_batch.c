#include "receipt_batch.h"

#include <stdlib.h>

#include "core/block.h"
#include "io/loop.h"

enum { OPEN_MAX = 32 }; /* blocks at once; with more of them all are sent */

struct waiter {
    record_cb *cb;
    void *arg;
};

/* What is told of one block, by receipts of one stamp and kind. */
struct told_block {
    struct receipt_told told;
    size_t n;
    struct record_item items[BLOCK_ROWS];
    struct waiter waiters[BLOCK_ROWS];
};

struct receipt_batches {
    struct ledger *ledger;
    struct loop_timer *flush;
    struct told_block *open[OPEN_MAX];
    size_t n;
};

static void on_told(void *arg, int result, struct slice states)
{
    struct told_block *b = arg;
    for (size_t i = 0; i < b->n; i++) {
        struct slice own = i < states.n ? slice_make(states.p + i, 1) : SLICE_NONE;
        b->waiters[i].cb(b->waiters[i].arg, result, own);
    }
    free(b);
}

void receipt_batches_flush(struct receipt_batches *b)
{
    size_t n = b->n;
    b->n = 0;
    for (size_t i = 0; i < n; i++) {
        struct told_block *one = b->open[i];
        ledger_told(b->ledger, &one->told, one->items, one->n, on_told, one);
    }
}

static void on_flush(void *arg)
{
    receipt_batches_flush(arg);
}

static bool fits(const struct told_block *b, const struct receipt_told *told)
{
    return b->told.campaign == told->campaign && b->told.first == told->first &&
           b->told.queue == told->queue && b->told.stamp == told->stamp &&
           b->told.cause == told->cause && b->n < BLOCK_ROWS;
}

static struct told_block *block_for(struct receipt_batches *b, const struct receipt_told *told)
{
    for (size_t i = b->n; i-- > 0;)
        if (fits(b->open[i], told)) return b->open[i];
    if (b->n == OPEN_MAX) receipt_batches_flush(b);
    struct told_block *one = xmalloc(sizeof *one);
    one->told = *told;
    one->n = 0;
    b->open[b->n++] = one;
    if (b->n == 1 && !loop_timer_armed(b->flush)) loop_timer_in(b->flush, 0);
    return one;
}

void receipt_batches_add(struct receipt_batches *b, const struct receipt_told *told,
                         const struct record_item *item, record_cb *cb, void *arg)
{
    check(item->state != STATE_UNDELIVERED);
    struct told_block *one = block_for(b, told);
    one->items[one->n] = *item;
    one->items[one->n].detail = SLICE_NONE; /* of one that failed */
    one->waiters[one->n] = (struct waiter){cb, arg};
    one->n++;
}

struct receipt_batches *receipt_batches_new(struct loop *loop, struct ledger *ledger)
{
    struct receipt_batches *b = xcalloc(1, sizeof *b);
    b->ledger = ledger;
    b->flush = loop_timer_new(loop, on_flush, b);
    return b;
}

void receipt_batches_give_up(struct receipt_batches *b)
{
    size_t n = b->n;
    b->n = 0;
    for (size_t i = 0; i < n; i++)
        on_told(b->open[i], ERR_UNREACHABLE, SLICE_NONE);
}

void receipt_batches_free(struct receipt_batches *b)
{
    if (!b) return;
    receipt_batches_give_up(b);
    loop_timer_free(b->flush);
    free(b);
}
