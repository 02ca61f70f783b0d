#pragma once
/* A provider's delivery report finds its recipient through our own signed reference and moves it
 * forward in the ledger. Late, early, twice, out of order: all fine, the law of the states
 * (core/state.h) knows only forward. It also settles an unknown: the message did leave. The
 * reference is the proof, whichever gateway of ours brought it and whatever became of the campaign.
 */
#include "base/err.h"
#include "gateway/gateway.h"
#include "store/ledger.h"

struct suppress;

struct receipts {
    struct ledger *ledger; /* borrowed */
    struct suppress *suppress;
    const unsigned char *ref_key;
    /* of the gateway that the receipt came by; NULL = no bound, or not known */
    const struct provider_queue *queue;
};

enum receipt_verdict {
    RECEIPT_TAKEN,   /* under way: cb runs later */
    RECEIPT_FOREIGN, /* not a reference of ours: nothing happens, no callback */
};
/* result 0: stored (or it changes nothing); negative: not known to be stored, let the provider
 * repeat it. */
typedef void receipt_cb(void *arg, int result);
enum receipt_verdict receipt_apply(const struct receipts *r, const struct receipt_event *event,
                                   int64_t now_ms, receipt_cb *cb, void *arg);
