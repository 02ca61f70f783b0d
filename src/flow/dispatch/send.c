/* Sending: each request leaves at its slot. One that misses its slot does not leave: it asks for a
 * new one. */
#include "batch.h"
#include "near.h"
#include "outlet.h"
#include "private.h"
#include "record.h"
#include "run.h"

#include "core/number.h"
#include "flow/held.h"

#include <errno.h>

enum {
    LEAVE_LATE_US = 2000000
}; /* later than this after its slot a request leaves on no
                                     connection */

/* Right before it is written. While its connection was made, the campaign may have been stopped, the gateway may have said "too
 * fast", and the hours or the deadline may be over; the person may have said STOP, so what waited for long asks the gate again. */
static bool may_leave(void *arg)
{
    struct grant *g = arg;
    int64_t now = clock_mono_us();
    return batch_may_send(g->share->batch, now) && g->keeps == g->share->outlet->keeps &&
           now <= g->leave_until_us && late_may_leave(g, now);
}

/* -EAGAIN: they were to be told of a session that is not there any more. */
static int make_campaign_text(const struct grant *g, struct outgoing *out, struct err *e)
{
    const struct batch *b = g->share->batch;
    struct session_said said;
    bool told = g->session && near_say(b, g->offset, g->session, &said);
    if (g->session && !told) return -EAGAIN;
    return message_render(batch_run(b)->message, batch_block(b), g->offset,
                          told ? &said.says : NULL, &batch_dispatch(b)->text, out, e);
}

static int make_text(const struct grant *g, struct outgoing *out, struct err *e)
{
    const struct direct_message *direct = batch_direct(g->share->batch);
    if (!direct) return make_campaign_text(g, out, e);
    const struct held_sent *held = batch_held(g->share->batch);
    if (held)
        held_sent_put(held, out);
    else
        out->text = direct->text;
    return 0;
}

/* Also says until when it may leave. [s] 0 = as long as the provider likes. */
static int64_t validity_s(struct grant *g)
{
    const struct batch *b = g->share->batch;
    int64_t now = clock_mono_us(), until_ms = hours_until_ms(b, g->offset, now);
    g->leave_until_us = g->slot_us + LEAVE_LATE_US;
    if (!until_ms) return 0;
    int64_t left_us = until_ms * 1000 - pace_clock_redis_us(&batch_dispatch(b)->clock, now);
    /* An end before its slot is not one any more: the gate knows of a later deadline. */
    int64_t end_us = now + left_us - PACE_JUMP_US;
    if (end_us > g->slot_us && end_us < g->leave_until_us) g->leave_until_us = end_us;
    return left_us < 1000000 ? 1 : left_us / 1000000;
}

static int send_request(struct grant *g, struct err *e)
{
    const struct batch *b = g->share->batch;
    const struct direct_message *direct = batch_direct(b);
    struct outlet *o = g->share->outlet;
    char ref[REF_CHARS + 1], to[NUMBER_TEXT_BYTES];
    const struct ref who = batch_ref(b, g->offset);
    ref_make(o->d->config.ref_key, slice_of(o->account->name), &who, ref);
    bool by_id = direct && direct->to_id.n;
    if (!by_id) number_format(batch_number(b, g->offset), to);
    struct outgoing out = {
        .to = by_id ? direct->to_id : slice_of(to),
        .lane = slice_of(lane_to_string(batch_lane(b))),
        .from = direct && direct->sender.n
                    ? direct->sender
                    : slice_of(o->account->senders[batch_sender(b, g->offset)]),
        .ref = slice_of(ref),
        .validity_s = validity_s(g),
    };
    struct http_send request;
    int rc = make_text(g, &out, e);
    if (rc == 0) rc = gateway_build(o->account->gateway, &out, &request, e);
    if (rc < 0) return rc;
    request.may_leave = may_leave;
    late_begins(g);
    return http_client_send(o->http, &request, response_take, g, e);
}

static void send_now(struct grant *g)
{
    struct outlet *o = g->share->outlet;
    struct err e = {0};
    int rc = send_request(g, &e);
    if (rc == 0) {
        o->stats.requests++;
        window_sent(g);
        late_handed(g);
    } else if (rc == -EAGAIN) {
        try_later(g, RETRY_US, "");
    } else {
        o->stats.skipped++;
        record_outcome(g, STATE_SKIPPED, e.text);
    }
}

/* ---- at its slot ---- */

static struct heap *heap_of(const struct grant *g)
{
    struct outlet *o = g->share->outlet;
    return batch_direct(g->share->batch) ? o->replies : o->paced;
}

/* What must not go out any more is recorded as not sent; whether that counts is for the ledger to
 * say, by the lease. */
static void send_not(struct grant *g)
{
    g->share->outlet->ahead--;
    record_outcome(g, STATE_PENDING, "");
}

static void forfeit(struct grant *g)
{
    struct outlet *o = g->share->outlet;
    o->stats.forfeited++;
    if (o->unused_n < GATE_GIVE_BACK_MAX) o->unused[o->unused_n++] = g->redis_us;
    send_not(g);
}

void send_may_leave(struct grant *list)
{
    for (struct grant *g = list, *next; g; g = next) {
        struct outlet *o = g->share->outlet;
        next = g->next;
        if (g->keeps == o->keeps)
            heap_push(heap_of(g), g->slot_us, g);
        else
            send_not(g);
    }
}

void send_may_not_leave(struct grant *list)
{
    for (struct grant *g = list, *next; g; g = next) {
        next = g->next;
        send_not(g);
    }
}

static void send_due_of(struct outlet *o, struct heap *heap)
{
    int64_t slot, now;
    void *item;
    while (heap_peek(heap, &slot, &item) && slot <= (now = clock_mono_us()) + PACE_GRAIN_US) {
        struct grant *g = item;
        bool may_send = batch_may_send(g->share->batch, now), late = now > slot + PACE_LATE_US;
        if (may_send && !late && !window_has_place(o, now)) return;
        (void)heap_pop(heap, NULL, &item);
        if (!may_send) {
            send_not(g);
        } else if (late) {
            forfeit(g);
        } else {
            o->ahead--;
            send_now(g);
            window_took(o, clock_mono_us() - now);
        }
    }
}

void send_due(struct outlet *o)
{
    send_due_of(o, o->replies);
    send_due_of(o, o->paced);
}

int64_t send_wake_us(const struct outlet *o, int64_t now_us)
{
    int64_t first = INT64_MAX, slot;
    if (heap_peek(o->replies, &slot, NULL)) first = slot;
    if (heap_peek(o->paced, &slot, NULL) && slot < first) first = slot;
    bool waits = first != INT64_MAX && !window_has_place(o, now_us);
    return waits ? first + PACE_LATE_US + 1 : first;
}

void send_none(struct outlet *o)
{
    void *g;
    while (heap_pop(o->replies, NULL, &g) || heap_pop(o->paced, NULL, &g))
        send_not(g);
}
