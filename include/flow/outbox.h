#pragma once
/* Messages to one person: replies, confirmations, tests. Each was recorded in the direct book first
 * (store/direct.h) and then goes to the queue's lane `reply`, ahead of every blast. A crash may
 * come between the two: the sweep finds what was recorded and not published. To publish twice does
 * no harm, since the ledger lets an index through the gate once. */
#include "base/err.h"
#include "store/direct.h"
#include "store/queue.h"

struct outbox;

/* Both are borrowed. Free the queue before the outbox: its last callbacks still come here. */
struct outbox *outbox_new(struct store *store, struct queue *queue);
void outbox_free(struct outbox *o); /* NULL is fine */

/* To the queue. Nobody waits for it: when it fails the sweep does it again. */
void outbox_publish(struct outbox *o, uint32_t index);

/* The same on the lane `reminder`: what Muster writes by itself, behind what people answer. */
void outbox_remind(struct outbox *o, uint32_t index);

/* Records and publishes a message that belongs to no conversation (campaign test). */
void outbox_send(struct outbox *o, const struct direct_message *m, direct_index_cb *cb, void *arg);

/* Publishes what was recorded more than age_ms ago and may not have reached the queue, at most
 * OUTBOX_SWEEP_MAX of it; `count` says how many. For a timer of the role release. */
enum { OUTBOX_SWEEP_MAX = 100 };
typedef void outbox_swept_cb(void *arg, int result, size_t count, const struct err *e);
void outbox_sweep(struct outbox *o, int64_t now_ms, int64_t age_ms, outbox_swept_cb *cb, void *arg);
