#include "flow/receipt.h"

#include "base/log.h"
#include "core/failure.h"
#include "core/index.h"
#include "core/price.h"
#include "core/ref.h"
#include "inbound_event.h"
#include "receipt_batch.h"

#include <stdlib.h>

/* One receipt until all that it says is stored. */
struct call {
    receipt_cb *cb;
    void *arg;
    uint32_t campaign;
    char failure[FAILURE_BYTES];
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

static void on_told(void *arg, int result, struct slice states)
{
    struct call *call = arg;
    if (result == 0 && states.n && states.p[0] == RECORD_NOBODY && call->result == 0)
        call->result = RECEIPT_FOREIGN;
    if (states.n > 1 && states.p[1] == RECORD_BLOCKED) /* alone it is the state, `unknown` */
        log_error("campaign %u: receipts say that nothing of it, or too little, arrives (the last: "
                  "%s). It is blocked; `muster campaign status %u` says more. When that is mended: "
                  "`muster campaign resume %u`; it then also sends to those to whom the provider "
                  "did not",
                  call->campaign, call->failure, call->campaign, call->campaign);
    part_ended(call, result);
}

static enum receipt_fault fault_of(const struct receipt_event *event)
{
    /* A part of it may have arrived. */
    if (event->state != STATE_UNDELIVERED || event->parts || event->suppress) return FAULT_PERSON;
    if (event->outcome == BLOCKED) return FAULT_ACCOUNT;
    return event->outcome == THROTTLED || event->outcome == TRANSIENT ? FAULT_NOT_THEIRS
                                                                      : FAULT_PERSON;
}

static bool has_failed(enum state s)
{
    return s == STATE_UNDELIVERED || s == STATE_UNKNOWN;
}

/* What a receipt says that it cost moves the sums of its campaign only as far as that can be: in the
 * currency of the account's own prices, and not beyond RECEIPT_COST_TIMES of the dearest of them. */
static int64_t cost_of(const struct receipts *r, const struct receipt_event *event)
{
    const struct price *p = r->price;
    if (!p || event->cost == 0 || (event->currency.n && !slice_is(event->currency, p->currency)))
        return 0;
    int64_t most = p->default_millionths;
    for (size_t i = 0; i < p->country_count; i++)
        if (p->by_country[i].millionths > most) most = p->by_country[i].millionths;
    return event->cost <= most * RECEIPT_COST_TIMES ? event->cost : 0;
}

static void tell_ledger(const struct receipts *r, const struct receipt_event *event,
                        const struct ref *ref, int64_t stamp, struct call *call)
{
    const struct receipt_told told = {.queue = r->queue,
                                      .campaign = ref->campaign,
                                      .first = index_make(index_block(ref->index), 0),
                                      .cause = event->parts ? CAUSE_PART : CAUSE_RECEIPT,
                                      .stamp = stamp,
                                      .fault = fault_of(event),
                                      .filtered = event->filtered,
                                      .limits = r->limits};
    const struct record_item item = {.offset = (uint8_t)index_row(ref->index),
                                     .state = (uint8_t)event->state,
                                     .detail = has_failed(event->state) ? slice_of(call->failure)
                                                                        : SLICE_NONE,
                                     .cost = cost_of(r, event),
                                     .parts = event->part_count};
    if (r->batches && !has_failed(event->state))
        receipt_batches_add(r->batches, &told, &item, on_told, call);
    else
        ledger_told(r->ledger, &told, &item, 1, on_told, call);
}

static struct call *begin(const struct receipt_event *event, receipt_cb *cb, void *arg)
{
    const struct failure why = {event->code, event->reason, event->title, event->details};
    struct call *call = xmalloc(sizeof *call);
    *call = (struct call){.cb = cb, .arg = arg, .waiting = 2};
    if (has_failed(event->state) || event->suppress) failure_text(&why, call->failure);
    return call;
}

static void apply(const struct receipts *r, const struct receipt_event *event,
                  const struct ref *ref, int64_t stamp, int64_t now_ms, struct call *call)
{
    const struct optout told = {.ours = ref != NULL,
                                .campaign = ref ? ref->campaign : 0,
                                .index = ref ? ref->index : 0,
                                .to = event->to,
                                .to_user_id = event->to_user_id,
                                .international = event->international,
                                .evidence = slice_of(call->failure),
                                .at_ms = inbound_event_stop_at(event->at_ms, now_ms)};
    call->campaign = told.campaign;
    if (!ref) call->result = RECEIPT_FOREIGN;
    if (event->suppress)
        optout_store(r->store, &told, part_ended, call);
    else
        part_ended(call, 0);
    if (ref)
        tell_ledger(r, event, ref, stamp, call);
    else
        part_ended(call, 0);
}

void receipt_apply(const struct receipts *r, const struct receipt_event *event, int64_t now_ms,
                   receipt_cb *cb, void *arg)
{
    struct ref ref;
    bool ours = ref_read(r->ref_key, slice_of(r->gateway), event->ref, &ref);
    struct call *call = begin(event, cb, arg);
    apply(r, event, ours ? &ref : NULL, ours ? ref.stamp : 0, now_ms, call);
}

void receipt_found(const struct receipts *r, uint32_t campaign, uint32_t index,
                   const struct receipt_event *event, int64_t now_ms, receipt_cb *cb, void *arg)
{
    const struct ref ref = {.campaign = campaign, .index = index};
    apply(r, event, &ref, -1, now_ms, begin(event, cb, arg));
}
