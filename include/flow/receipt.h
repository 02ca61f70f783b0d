#pragma once
/* A provider's delivery report finds its recipient through our own signed reference and moves it
 * forward in the ledger. Late, early, twice, out of order: all fine, the law of the states
 * (core/state.h) knows only forward. It also settles an unknown: the message did leave. The
 * reference is the proof, if it came by the gateway that it left by, whatever became of the
 * campaign.
 *
 * A report also says whose fault it is that somebody did not get it (docs/adr/0012): a few that are
 * the account's block the campaign, and so does a share of failures that is too large. */
#include "base/err.h"
#include "flow/optout.h"
#include "gateway/gateway.h"
#include "store/ledger.h"

struct loop;
struct price;

/* What a message cost is believed up to so many times the account's dearest price of a part. */
enum { RECEIPT_COST_TIMES = 100 };

/* Receipts that came in one turn of the loop go to Redis together: one call for all about one block
 * of a campaign. */
struct receipt_batches;
struct receipt_batches *receipt_batches_new(struct loop *loop, struct ledger *ledger);
/* What is not sent yet is told ERR_UNREACHABLE, now. */
void receipt_batches_give_up(struct receipt_batches *b);
/* The same, and that is all. NULL is fine. */
void receipt_batches_free(struct receipt_batches *b);
/* Sends now, not with the next turn. */
void receipt_batches_flush(struct receipt_batches *b);

struct receipts {
    struct ledger *ledger; /* borrowed */
    struct store *store;
    const unsigned char *ref_key;
    struct receipt_limits limits;
    /* of the gateway that the receipt came by */
    const char *gateway;
    const struct provider_queue *queue; /* NULL = no bound, or not known */
    const struct price *price; /* its prices; NULL = what receipts say of money is not kept */
    /* Good news goes to Redis together with other good news of the same turn; NULL: by itself, at
     * once. */
    struct receipt_batches *batches;
};

/* result 0: stored (or it changes nothing); RECEIPT_FOREIGN: it is about no message of ours that
 * left by this gateway, and moved nobody; negative: not known to be stored, let the provider repeat
 * it. May run before receipt_apply returns. An opt-out that a receipt tells of is stored in any
 * case (flow/optout.h). */
enum { RECEIPT_FOREIGN = 1 };
typedef void receipt_cb(void *arg, int result);
void receipt_apply(const struct receipts *r, const struct receipt_event *event, int64_t now_ms,
                   receipt_cb *cb, void *arg);
/* The same for what a look-up found: the event's reference is not read. */
void receipt_found(const struct receipts *r, uint32_t campaign, uint32_t index,
                   const struct receipt_event *event, int64_t now_ms, receipt_cb *cb, void *arg);
