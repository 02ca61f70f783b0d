#include "flow/receipt.h"

#include "core/ref.h"

#include <stdio.h>
#include <stdlib.h>

/* One receipt until all that it says is stored. */
struct call {
    receipt_cb *cb;
    void *arg;
    int waiting, result;
};

static void part_ended(void *arg, int result)
{
    struct call *call = arg;
    if (result < 0) call->result = result;
    if (--call->waiting > 0) return;
    call->cb(call->arg, call->result);
    free(call);
}

static void on_settled(void *arg, int result, struct slice states)
{
    (void)states;
    part_ended(arg, result);
}

void receipt_apply(const struct receipts *r, const struct receipt_event *event, int64_t now_ms,
                   receipt_cb *cb, void *arg)
{
    struct optout told = {.to = event->to, .at_ms = now_ms};
    told.ours = ref_read(r->ref_key, event->ref, &told.campaign, &told.index);
    char detail[64];
    int n = snprintf(detail, sizeof detail, "%.*s%s%.*s", SLICE_ARG(event->code),
                     event->code.n && event->reason.n ? " " : "", SLICE_ARG(event->reason));
    struct slice reason =
        event->state == STATE_UNDELIVERED || event->state == STATE_UNKNOWN
            ? slice_make(detail, (size_t)n < sizeof detail ? (size_t)n : sizeof detail - 1)
            : SLICE_LIT("");
    told.evidence = reason;
    struct call *call = xmalloc(sizeof *call);
    *call = (struct call){
        .cb = cb, .arg = arg, .waiting = 1, .result = told.ours ? 0 : RECEIPT_FOREIGN};
    if (event->suppress) {
        call->waiting++;
        optout_store(&r->optouts, &told, part_ended, call);
    }
    if (told.ours)
        ledger_settle(r->ledger, CAUSE_RECEIPT, r->queue, told.campaign, told.index, event->state,
                      reason, on_settled, call);
    else
        part_ended(call, 0);
}
