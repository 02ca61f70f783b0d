/* One gateway: the gate, the pace, the sending. Whose turn it is stands in dispatch_turns.c: a turn
 * is one gate call of a few milliseconds' worth of slots, so a small campaign is served beside a
 * large one.
 *
 * Pace: the gate is asked just before the slots run out, gives slots a few milliseconds ahead, and
 * each request leaves at its slot. One that misses its slot does not leave: it asks for a new one.
 */
#include "private.h"

#include "core/number.h"
#include "io/person_number.h"
#include "store/release.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void on_timer(void *arg)
{
    outlet_pump(arg);
}

int outlet_init(struct outlet *o, struct dispatch *d, const struct account *account, struct err *e)
{
    if (account->sender_count == 0 || account->sender_count > LEDGER_SENDERS_MAX)
        return err_set(e, ERR_LIMIT, "gateway %s: 1 to %d senders, not %zu", account->name,
                       LEDGER_SENDERS_MAX, account->sender_count);
    int rc = http_client_new(d->config.loop, &account->http, &o->http, e);
    if (rc < 0) return err_prefix(e, "gateway %s", account->name);
    o->d = d;
    o->account = account;
    o->interval_us = pace_interval_us(account->rate_per_s);
    o->paced = heap_new();
    o->timer = loop_timer_new(d->config.loop, on_timer, o);
    return 0;
}

void outlet_done(struct outlet *o)
{
    void *g;
    while (heap_pop(o->paced, NULL, &g))
        grant_free(g);
    /* What is in flight answers UNKNOWN into its batch: the batches go after this. */
    http_client_free(o->http);
    heap_free(o->paced);
    loop_timer_free(o->timer);
    free(o->batches);
    o->batches = NULL;
    o->batch_n = 0;
}

void outlet_add(struct outlet *o, struct batch *b)
{
    check(!b->listed);
    if (o->batch_n == o->batch_cap) {
        o->batch_cap = o->batch_cap ? 2 * o->batch_cap : 64;
        o->batches = xrealloc(o->batches, o->batch_cap * sizeof(struct batch *));
    }
    o->batches[o->batch_n++] = b;
    b->listed = true;
    b->wake_us = 0;
}

void outlet_remove(struct batch *b)
{
    if (!b->listed) return;
    struct outlet *o = b->o;
    size_t i = 0;
    while (o->batches[i] != b)
        i++;
    memmove(&o->batches[i], &o->batches[i + 1], (o->batch_n - i - 1) * sizeof(struct batch *));
    o->batch_n--;
    b->listed = false;
}

/* ---- the gate ---- */

struct ask {
    struct outlet *o;
    struct batch *batch;
    int64_t sent_us;
    unsigned keeps;    /* o->keeps at that time */
    size_t n;          /* recipients asked for */
    size_t grants_max; /* how many of them may be granted */
    uint8_t offsets[GATE_ASK_MAX];
};

static void back_to_todo(struct batch *b, uint8_t offset)
{
    struct person_state *p = &b->people[offset];
    p->phase = PHASE_TODO;
    b->todo_n++;
    /* While it was asked for, the batch may have gone to sleep. */
    if (p->not_before_us < b->wake_us) b->wake_us = p->not_before_us;
}

static struct grant *grant_new(struct outlet *o, struct batch *b, uint8_t offset, int64_t redis_us)
{
    struct dispatch *d = o->d;
    struct grant *g = d->spare;
    if (g)
        d->spare = g->next_spare;
    else
        g = xmalloc(sizeof *g);
    *g = (struct grant){.batch = b, .redis_us = redis_us, .offset = offset};
    b->people[offset].phase = PHASE_OPEN;
    b->open_n++;
    o->occupied++;
    return g;
}

static void grant(struct ask *ask, uint8_t offset, int64_t redis_us)
{
    struct outlet *o = ask->o;
    struct grant *g = grant_new(o, ask->batch, offset, redis_us);
    if (ask->keeps == o->keeps)
        heap_push(o->paced, pace_clock_mono_us(&o->d->clock, redis_us), g);
    else
        record_outcome(g, STATE_PENDING, "");
}

void grant_free(struct grant *g)
{
    struct dispatch *d = g->batch->d;
    g->next_spare = d->spare;
    d->spare = g;
}

static int64_t slot_of(const struct gate_answer *a, size_t i)
{
    return a->redis_now_us + gate_slot_us(a, i);
}

enum { CLOSED_US = 50000 };

/* opens_s = 0: the hours end within the gate's look ahead; in a moment the next ones are known. */
static void closed(struct batch *b, uint8_t offset, uint32_t opens_s)
{
    b->people[offset].not_before_us =
        clock_mono_us() + (opens_s ? (int64_t)opens_s * 1000000 : CLOSED_US);
    back_to_todo(b, offset);
}

static void take_reply(struct ask *ask, const struct gate_answer *a)
{
    struct outlet *o = ask->o;
    struct batch *b = ask->batch;
    size_t granted = 0, times = 0;
    for (size_t i = 0; i < ask->n; i++) {
        uint8_t offset = ask->offsets[i];
        switch (i < a->letters.n ? a->letters.p[i] : GATE_NOT_PENDING) {
        case GATE_GRANTED:
            granted++;
            grant(ask, offset, slot_of(a, times++));
            break;
        case GATE_SENDER_WAITS:
            b->people[offset].not_before_us =
                pace_clock_mono_us(&o->d->clock, slot_of(a, times++)) -
                pace_clock_lead_us(&o->d->clock);
            back_to_todo(b, offset);
            break;
        case GATE_CLOSED:
            closed(b, offset, gate_slot_us(a, times++));
            break;
        case GATE_WAITS:
            back_to_todo(b, offset);
            break;
        case GATE_STOPPED:
        case GATE_TOO_LATE:
            o->stats.skipped++;
            b->people[offset].phase = PHASE_NONE;
            break;
        default:
            b->people[offset].phase = PHASE_NONE;
            break;
        }
    }
    if (granted) turns_took(b, granted);
    int64_t next = 0;
    if (a->wait_us > 0)
        next = pace_clock_mono_us(&o->d->clock, a->redis_now_us + a->wait_us) -
               pace_clock_lead_us(&o->d->clock) - PACE_SLACK_US - turns_early_us(o);
    if (b->direct && granted == 0) b->wake_us = next;
    /* Calls that are still under way have taken slots beyond these. */
    if (o->asks == 0 || next > o->next_ask_us) o->next_ask_us = next;
}

/* No reply: in the ledger they may be in flight, but nobody has sent them, and that can be said.
 */
static void not_granted(struct ask *ask, const struct gate_answer *a)
{
    struct batch *b = ask->batch;
    for (size_t i = 0; i < ask->n; i++) {
        if (a->result < 0)
            record_outcome(grant_new(ask->o, b, ask->offsets[i], 0), STATE_PENDING, "");
        else
            back_to_todo(b, ask->offsets[i]);
    }
    if (a->result < 0) return;
    if (a->verdict == GATE_LEASE_LOST)
        b->lost = true;
    else
        b->parked = true;
}

static void on_gate(void *arg, const struct gate_answer *a)
{
    struct ask *ask = arg;
    struct outlet *o = ask->o;
    struct batch *b = ask->batch;
    o->asks--;
    o->asked -= ask->grants_max;
    b->asked_n -= ask->n;
    if (a->result == 0) clock_see(o->d, ask->sent_us, a->redis_now_us);
    if (a->result == 0 && a->verdict == GATE_OK) {
        take_reply(ask, a);
    } else {
        not_granted(ask, a);
    }
    free(ask);
    batch_check_end(b);
    outlet_pump(o);
}

/* The next recipients to ask for; sets wake_us when all of them wait, for a retry or for their
 * hours. */
static size_t choose(struct batch *b, uint8_t *offsets, size_t max, int64_t now)
{
    size_t n = 0;
    int64_t wake = INT64_MAX;
    for (size_t i = 0; i < b->lease.batch.count && n < max; i++) {
        if (b->people[i].phase != PHASE_TODO) continue;
        int64_t ready = b->people[i].not_before_us;
        if (ready <= now) ready = hours_ready_us(b, i, now);
        if (ready <= now)
            offsets[n++] = (uint8_t)i;
        else if (ready < wake)
            wake = ready;
    }
    if (n == 0) b->wake_us = wake;
    return n;
}

enum { WAITS_US = 200000, FEW_OF = 8 };

/* A few people who had too many, or whose provider was busy, must not keep the next blocks from
 * being released. When it is most of a block, something is wrong: then they should. */
static void say_waits(struct batch *b, int64_t now)
{
    if (b->direct || b->waits_said || b->wake_us == INT64_MAX || b->wake_us < now + WAITS_US)
        return;
    if (b->todo_n * FEW_OF > b->lease.batch.count) return;
    b->waits_said = true;
    campaign_block_waits(b->d->config.campaigns, b->run->id, b->lease.batch.first / LEDGER_BLOCK);
}

static bool ask_for(struct outlet *o, struct batch *b, size_t max, int64_t now)
{
    struct ask *ask = xmalloc(sizeof *ask);
    *ask = (struct ask){.o = o, .batch = b, .sent_us = now, .keeps = o->keeps};
    /* Where senders have limits of their own, a busy one must not keep the free ones from their
     * turn. */
    size_t asked_max = o->account->sender_rate_per_s > 0 || max > GATE_ASK_MAX ? GATE_ASK_MAX : max;
    ask->n = choose(b, ask->offsets, asked_max, now);
    if (ask->n == 0) {
        free(ask);
        say_waits(b, now);
        batch_check_end(b);
        return false;
    }
    ask->grants_max = ask->n < max ? ask->n : max;
    uint64_t numbers[GATE_ASK_MAX];
    uint8_t sender_of[GATE_ASK_MAX];
    for (size_t i = 0; i < ask->n; i++) {
        uint8_t offset = ask->offsets[i];
        /* canonical: a list may be older than what is known of spellings */
        numbers[i] =
            person_number_canonical(b->direct ? b->direct->to : block_number(&b->block, offset));
        sender_of[i] = b->people[offset].sender;
        b->people[offset].phase = PHASE_ASKED;
    }
    b->todo_n -= ask->n;
    b->asked_n += ask->n;
    o->asked += ask->grants_max;
    o->asks++;
    /* The next call need not wait for this one's reply, only for the slots that it will take. */
    double covered = (double)ask->grants_max * o->interval_us;
    if (covered > PACE_WINDOW_US) covered = PACE_WINDOW_US;
    if (!b->direct) o->next_ask_us = now + (int64_t)covered - PACE_SLACK_US;
    char group[128];
    struct slice g = b->direct ? b->direct->group : b->run->campaign->group;
    (void)snprintf(group, sizeof group, "%.*s", SLICE_ARG(g));
    struct gate_window windows[GATE_ASK_MAX];
    uint8_t window_of[GATE_ASK_MAX];
    const struct gate_ask gate = {
        .lease = b->lease,
        .gateway = o->account->name,
        .senders = o->account->senders,
        .sender_count = o->account->sender_count,
        .group = group,
        .lead_us = pace_clock_lead_us(&o->d->clock),
        /* A reply gets the next slot even if it is further off than a blast's may be. */
        .window_us = PACE_WINDOW_US + (b->direct ? (int64_t)o->interval_us : 0),
        .rate_per_s = pace_clock_rate(&o->d->clock, o->account->rate_per_s),
        .sender_rate_per_s = pace_clock_rate(&o->d->clock, o->account->sender_rate_per_s),
        .grants_max = (int)ask->grants_max,
        .to_suppressed_too = b->direct && b->direct->kind == DIRECT_CONFIRM,
        .is_reply = b->direct != NULL,
        .given_back = o->unused,
        .given_back_n = o->unused_n,
        .queue = b->direct ? NULL : &o->account->queue,
        .n = ask->n,
        .offsets = ask->offsets,
        .sender_of = sender_of,
        .numbers = numbers,
        .key = b->direct ? b->direct->to_id : SLICE_NONE,
        .windows = windows,
        .window_count = hours_windows(b, ask->offsets, ask->n, now, windows, window_of),
        .window_of = window_of,
    };
    ledger_gate(o->d->config.ledger, &gate, on_gate, ask);
    o->unused_n = 0;
    return true;
}

/* ---- sending ---- */

static int make_message(struct grant *g, struct outgoing *out, struct err *e)
{
    struct batch *b = g->batch;
    if (b->direct) {
        out->text = b->direct->text;
        return 0;
    }
    return message_render(b->run->message, &b->block, g->offset, &b->d->text, out, e);
}

static bool lease_holds(const struct batch *b, int64_t now)
{
    return now <= b->lease_until_us - LEASE_SAFETY_US;
}

/* While a connection is being made, the person may say STOP and the campaign may be stopped: what
 * waited for long asks the gate again. */
bool grant_may_leave(void *arg)
{
    const struct grant *g = arg;
    const struct batch *b = g->batch;
    int64_t now = clock_mono_us(), slot = pace_clock_mono_us(&b->d->clock, g->redis_us);
    return !b->lost && !b->parked && lease_holds(b, now) && now <= slot + LEAVE_LATE_US;
}

static void send_now(struct grant *g)
{
    struct batch *b = g->batch;
    struct outlet *o = b->o;
    struct dispatch *d = b->d;
    struct err e = {0};
    char ref[REF_CHARS + 1], to[NUMBER_TEXT_BYTES];
    const struct ref who = {b->lease.batch.campaign, b->lease.batch.first + g->offset, b->stamp};
    ref_make(d->config.ref_key, slice_of(o->account->name), &who, ref);
    bool by_id = b->direct && b->direct->to_id.n;
    if (!by_id) number_format(b->direct ? b->direct->to : block_number(&b->block, g->offset), to);
    struct outgoing out = {
        .to = by_id ? b->direct->to_id : slice_of(to),
        .lane = slice_of(lane_to_string(b->lane)),
        .from = b->direct && b->direct->sender.n
                    ? b->direct->sender
                    : slice_of(o->account->senders[b->people[g->offset].sender]),
        .ref = slice_of(ref),
    };
    int64_t now = clock_mono_us(), until_ms = hours_until_ms(b, g->offset, now);
    if (until_ms) {
        int64_t left_ms = until_ms - pace_clock_redis_us(&d->clock, now) / 1000;
        out.validity_s = left_ms < 1000 ? 1 : left_ms / 1000;
    }
    struct http_send request;
    int rc = make_message(g, &out, &e);
    if (rc == 0) rc = gateway_build(o->account->gateway, &out, &request, &e);
    if (rc < 0) {
        o->stats.skipped++;
        record_outcome(g, STATE_SKIPPED, e.text);
        return;
    }
    request.may_leave = grant_may_leave;
    rc = http_client_send(o->http, &request, response_take, g, &e);
    if (rc == -EAGAIN) {
        try_later(g, RETRY_US, "");
        return;
    }
    if (rc < 0) {
        o->stats.skipped++;
        record_outcome(g, STATE_SKIPPED, e.text);
        return;
    }
    o->stats.requests++;
}

/* Sends what is due. What must not go out any more is recorded as not sent; whether that counts is
 * for the ledger to say, by the lease. */
static void send_due(struct outlet *o)
{
    int64_t slot;
    void *item;
    for (int64_t now;
         heap_peek(o->paced, &slot, NULL) && slot <= (now = clock_mono_us()) + PACE_GRAIN_US;) {
        (void)heap_pop(o->paced, NULL, &item);
        struct grant *g = item;
        struct batch *b = g->batch;
        if (!lease_holds(b, now)) b->lost = true;
        if (b->lost || b->parked) {
            record_outcome(g, STATE_PENDING, "");
        } else if (now > slot + PACE_LATE_US) {
            o->stats.forfeited++;
            if (o->unused_n < GATE_GIVE_BACK_MAX) o->unused[o->unused_n++] = g->redis_us;
            record_outcome(g, STATE_PENDING, "");
        } else {
            send_now(g);
        }
    }
}

/* ---- the pump ---- */

bool outlet_is_dead(const struct outlet *o)
{
    return o->failures >= GATEWAY_DEAD_AFTER || o->silent >= GATEWAY_SILENT_AFTER;
}

static size_t room(const struct outlet *o, int64_t now)
{
    size_t window = (size_t)o->account->http.in_flight_max;
    /* A gateway that could not be reached is tried with one request until it answers. */
    if (outlet_is_dead(o)) window = now >= o->dead_until_us ? 1 : 0;
    size_t used = o->occupied + o->asked;
    return used < window ? window - used : 0;
}

static void ask_gate(struct outlet *o, int64_t now)
{
    size_t slots = (size_t)pace_window_slots(o->interval_us);
    while (o->asks < ASKS_MAX) {
        size_t free_n = room(o, now);
        if (free_n == 0) return;
        struct batch *b = turns_next(o, now, now < o->next_ask_us);
        if (!b) return;
        if (!ask_for(o, b, free_n < slots ? free_n : slots, now)) continue;
    }
}

static bool gate_may_be_asked(struct outlet *o)
{
    const struct dispatch_config *c = &o->d->config;
    return redis_is_connected(c->redis) && (!c->may_send || c->may_send(c->may_send_arg)) &&
           clock_is_told(o);
}

void outlet_pump(struct outlet *o)
{
    send_due(o);
    int64_t now = clock_mono_us(), next = INT64_MAX, slot;
    if (!o->d->stopping && gate_may_be_asked(o)) {
        ask_gate(o, now);
        int64_t wake = turns_wake_us(o);
        if (wake != INT64_MAX && o->asks < ASKS_MAX) {
            next = wake > o->next_ask_us ? wake : o->next_ask_us;
            if (next < o->dead_until_us) next = o->dead_until_us;
            if (next < now + PACE_GRAIN_US) next = room(o, now) ? now + PACE_GRAIN_US : INT64_MAX;
        }
    } else if (!o->d->stopping) {
        next = now + RETRY_US;
    }
    if (heap_peek(o->paced, &slot, NULL) && slot < next) next = slot;
    if (next == INT64_MAX)
        loop_timer_cancel(o->timer);
    else
        loop_timer_at(o->timer, next);
}
