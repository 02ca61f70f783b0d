#include "flow/receipt.h"

#include "core/number.h"
#include "core/ref.h"
#include "store/suppress.h"

#include <stdio.h>
#include <stdlib.h>

/* One receipt until all that it says is stored. */
struct call {
    receipt_cb *cb;
    void *arg;
    int waiting, result;
};

static void part_ended(struct call *call, int result)
{
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

static void on_suppressed(void *arg, int result, int64_t count, const struct err *e)
{
    (void)count;
    (void)e;
    part_ended(arg, result);
}

/* The provider says that the person opted out there: nobody of us may text them either. */
static void suppress_person(const struct receipts *r, const struct receipt_event *event,
                            struct slice reason, int64_t now_ms, struct call *call)
{
    uint64_t number;
    if (!number_parse(event->to, &number)) return;
    struct suppress_entry entry = {
        .number = number, .reason = SUPPRESS_PROVIDER, .at_ms = now_ms, .evidence = reason};
    call->waiting++;
    suppress_add(r->suppress, SLICE_LIT("all"), &entry, 1, on_suppressed, call);
}

enum receipt_verdict receipt_apply(const struct receipts *r, const struct receipt_event *event,
                                   int64_t now_ms, receipt_cb *cb, void *arg)
{
    uint32_t campaign, index;
    if (!ref_read(r->ref_key, event->ref, &campaign, &index)) return RECEIPT_FOREIGN;
    char detail[64];
    int n = snprintf(detail, sizeof detail, "%.*s%s%.*s", SLICE_ARG(event->code),
                     event->code.n && event->reason.n ? " " : "", SLICE_ARG(event->reason));
    struct slice reason =
        event->state == STATE_UNDELIVERED
            ? slice_make(detail, (size_t)n < sizeof detail ? (size_t)n : sizeof detail - 1)
            : SLICE_LIT("");
    struct call *call = xmalloc(sizeof *call);
    *call = (struct call){.cb = cb, .arg = arg, .waiting = 1};
    if (event->suppress) suppress_person(r, event, reason, now_ms, call);
    ledger_settle(r->ledger, CAUSE_RECEIPT, r->queue, campaign, index, event->state, reason,
                  on_settled, call);
    return RECEIPT_TAKEN;
}
