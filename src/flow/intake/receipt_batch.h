#pragma once
/* What receipt.c hands to the batches of flow/receipt.h. */
#include "flow/receipt.h"

/* One receipt that says of nobody that they did not get it (of *item the offset, the state and the cost); the limits in *told are those of all.
 * cb as for a ledger_told of its own; told->queue is borrowed until then. */
void receipt_batches_add(struct receipt_batches *b, const struct receipt_told *told,
                         const struct record_item *item, record_cb *cb, void *arg);
