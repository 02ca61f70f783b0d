#pragma once
/* A batch while this dispatcher holds it: what it is about, and where each of its people stands.
 *
 * A person's phase is this dispatcher's own; the ledger's state is another matter:
 *
 *     none ─ begin ─▶ to do ─ ask ─▶ asked ─ grant ─▶ open ─ settle ─▶ none, to do
 *                       ▲              │
 *                       └── put back ──┴── drop ─▶ none
 *
 * Phases, and the counts of those in each, move in batch.c only. What is to do, the batch's share
 * tells its outlet. A batch's steps through Redis are life.c's. */
#include "core/block.h"
#include "core/ref.h"
#include "store/direct.h"
#include "store/ledger.h"
#include "store/queue.h"

struct dispatch;
struct held_sent;
struct outlet;
struct records;
struct run;
struct share;

struct batch;

/* ---- what it is about ---- */
struct dispatch *batch_dispatch(const struct batch *b);
enum lane batch_lane(const struct batch *b);
struct run *batch_run(const struct batch *b);                     /* NULL: a direct message */
const struct direct_message *batch_direct(const struct batch *b); /* NULL: a campaign's block */
const struct held_sent *batch_held(const struct batch *b);        /* NULL: it goes as free text */
const struct block *batch_block(const struct batch *b);           /* of a campaign */
struct share *batch_share(struct batch *b);
struct records *batch_records(struct batch *b);
struct lease_ref batch_lease(const struct batch *b);
size_t batch_size(const struct batch *b); /* of offsets: 256, or 1 of a direct message */
struct slice batch_group(const struct batch *b);
struct ref batch_ref(const struct batch *b, uint8_t offset);  /* what its reference says */
uint64_t batch_number(const struct batch *b, uint8_t offset); /* E.164 digits; 0: has none */
uint8_t batch_sender(const struct batch *b, uint8_t offset);  /* index of a sender */
uint16_t batch_window(const struct batch *b, uint8_t offset); /* index into run->windows */
void batch_set_window(struct batch *b, uint8_t offset, uint16_t window);

/* ---- whether it may send ---- */
/* The lease is ours and lasts, and the campaign runs as far as is known. One whose lease ends is
 * lost from then on. */
bool batch_may_send(struct batch *b, int64_t now_us);
void batch_lose(struct batch *b); /* the lease is not ours, or not known to be */
void batch_park(struct batch *b); /* the campaign does not run: give it back */
/* The lease is prolonged until then [µs, our clock]. */
void batch_renew(struct batch *b, int64_t until_us);

/* ---- where its people stand ---- */
/* A lease was taken: a hex digit for the state of each; who is pending is to do. */
void batch_begin(struct batch *b, struct slice states);
/* It can be sent through that outlet: what is to do is told there. */
void batch_offer(struct batch *b, struct outlet *o);
/* Those of whom something is to do and who are ready become asked, in ascending order; returns how
 * many. When nobody is ready, the share sleeps until somebody may be. O(size). */
size_t batch_ask(struct batch *b, int64_t now_us, size_t max, uint8_t *offsets);
void batch_put_back(struct batch *b, uint8_t offset);
void batch_drop(struct batch *b, uint8_t offset);
void batch_grant(struct batch *b, uint8_t offset);
void batch_settle(struct batch *b, uint8_t offset, bool again);
/* Not before that time [µs, our clock], once they are to do again. */
void batch_delay(struct batch *b, uint8_t offset, int64_t until_us);
/* The provider surely did not take it: returns how often so far, 255 at most. */
int batch_tried(struct batch *b, uint8_t offset);
bool batch_is_idle(const struct batch *b); /* nobody is asked or open */
/* These n are open, and nobody else is, or will be. */
bool batch_is_last(const struct batch *b, size_t n);

/* ---- life.c ---- */
void batch_free(struct batch *b);
void batch_go(struct batch *b);        /* the next step of its life */
void batch_check_end(struct batch *b); /* ends it when nothing of it is under way */
void batch_ended(struct batch *b);     /* the ledger ended it: gone */
bool batch_is_open(const struct batch *b);
/* Whether its lease is to be prolonged. */
bool batch_is_held(const struct batch *b);
/* Whether it waits for what is being loaded of r. */
bool batch_awaits(const struct batch *b, const struct run *r);
void batch_later(struct batch *b, int64_t us); /* batch_go, after a while */
/* Of all that a dispatcher holds; one may be freed once the next is known. */
struct batch *batch_next(const struct batch *b);
