#include "flow/receipt.h"

#include "core/number.h"
#include "core/ref.h"
#include "store/suppress.h"

#include <stdio.h>
#include <stdlib.h>

struct call {
    receipt_cb *cb;
    void *arg;
};

static void on_settled(void *arg, int result, struct slice states)
{
    struct call call = *(struct call *)arg;
    free(arg);
    (void)states;
    call.cb(call.arg, result);
}

/* The provider says that the person opted out there: nobody of us may text them either. */
static void suppress_person(const struct receipts *r, const struct receipt_event *event, struct slice reason,
                            int64_t now_ms)
{
    uint64_t number;
    if (!number_parse(event->to, &number)) return;
    struct suppress_entry entry = {
        .number = number, .reason = SUPPRESS_PROVIDER, .at_ms = now_ms, .evidence = reason};
    suppress_add(r->suppress, SLICE_LIT("all"), &entry, 1, NULL, NULL);
}

enum receipt_verdict receipt_apply(const struct receipts *r, const struct receipt_event *event, int64_t now_ms,
                                   receipt_cb *cb, void *arg)
{
    uint32_t campaign, index;
    if (!ref_read(r->ref_key, event->ref, &campaign, &index)) return RECEIPT_FOREIGN;
    char detail[64];
    int n = snprintf(detail, sizeof detail, "%.*s%s%.*s", SLICE_ARG(event->code),
                     event->code.n && event->reason.n ? " " : "", SLICE_ARG(event->reason));
    struct slice reason = event->state == STATE_UNDELIVERED
                              ? slice_make(detail, (size_t)n < sizeof detail ? (size_t)n : sizeof detail - 1)
                              : SLICE_LIT("");
    if (event->suppress) suppress_person(r, event, reason, now_ms);
    struct call *call = xmalloc(sizeof *call);
    *call = (struct call){cb, arg};
    ledger_settle(r->ledger, CAUSE_RECEIPT, campaign, index, event->state, reason, on_settled, call);
    return RECEIPT_TAKEN;
}
