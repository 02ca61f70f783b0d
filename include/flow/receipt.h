#pragma once
/* A provider's delivery report finds its recipient through our own signed reference and moves it
 * forward in the ledger. Late, early, twice, out of order: all fine, the law of the states
 * (core/state.h) knows only forward. It also settles an unknown: the message did leave. The
 * reference is the proof, whatever became of the campaign. */
#include "base/err.h"
#include "flow/optout.h"
#include "gateway/gateway.h"
#include "store/ledger.h"

struct receipts {
    struct ledger *ledger; /* borrowed */
    struct optouts optouts;
    const unsigned char *ref_key;
    /* of the gateway that the receipt came by; NULL = no bound, or not known */
    const struct provider_queue *queue;
};

/* result 0: stored (or it changes nothing); RECEIPT_FOREIGN: it is about no message of ours, and
 * moved nobody; negative: not known to be stored, let the provider repeat it. May run before
 * receipt_apply returns. An opt-out that a receipt tells of is stored in any case (flow/optout.h).
 */
enum { RECEIPT_FOREIGN = 1 };
typedef void receipt_cb(void *arg, int result);
void receipt_apply(const struct receipts *r, const struct receipt_event *event, int64_t now_ms,
                   receipt_cb *cb, void *arg);
