/* Asking the gate: one call is a turn of a few milliseconds' worth of slots, so a small campaign is
 * served beside a large one. The gate is asked just before the slots run out, and gives slots a few
 * milliseconds ahead. */
#include "batch.h"
#include "near.h"
#include "outlet.h"
#include "private.h"
#include "record.h"
#include "run.h"

#include "core/index.h"
#include "io/person_number.h"
#include "store/release.h"

#include <stdio.h>
#include <stdlib.h>

struct ask {
    struct share *share;
    int64_t sent_us;
    unsigned keeps;    /* outlet->keeps at that time */
    size_t n;          /* recipients asked for */
    size_t grants_max; /* how many of them may be granted */
    uint8_t offsets[GATE_ASK_MAX];
};

/* ---- the reply ---- */

static struct grant *grant(struct ask *ask, uint8_t offset, int64_t redis_us, uint32_t session,
                           struct grant *next)
{
    struct grant *g = grant_new(ask->share, offset, redis_us);
    g->slot_us = pace_clock_mono_us(&ask->share->outlet->d->clock, redis_us);
    g->keeps = ask->keeps;
    g->session = session;
    g->next = next;
    ask->share->outlet->ahead++;
    return g;
}

static int64_t slot_of(const struct gate_reply *a, size_t i)
{
    return a->redis_now_us + gate_slot_us(a, i);
}

static void put_back(struct ask *ask, uint8_t offset, int64_t until_us)
{
    batch_delay(ask->share->batch, offset, until_us);
    batch_put_back(ask->share->batch, offset);
}

enum { CLOSED_US = 50000 };

/* The gate goes by the hours that it was told, and Redis' clock may have been set since. Where they seem to be open, they end
 * within the gate's look ahead: in a moment the next ones are known. */
static int64_t opens_us(const struct batch *b, uint8_t offset)
{
    int64_t now = clock_mono_us(), ready_us = hours_ready_us(b, offset, now);
    return ready_us > now ? ready_us : now + CLOSED_US;
}

/* When to ask for a slot at that time [our clock]. */
static int64_t ask_at_us(const struct outlet *o, int64_t slot_redis_us)
{
    return pace_clock_mono_us(&o->d->clock, slot_redis_us) - durable_lead_us(o->d);
}

/* Returns how many were granted, and who. */
static size_t take_letters(struct ask *ask, const struct gate_reply *a, struct grant **ret)
{
    struct outlet *o = ask->share->outlet;
    struct batch *b = ask->share->batch;
    size_t granted = 0, times = 0;
    *ret = NULL;
    for (size_t i = 0; i < ask->n; i++) {
        uint8_t offset = ask->offsets[i];
        switch (i < a->letters.n ? a->letters.p[i] : GATE_NOT_PENDING) {
        case GATE_GRANTED:
            *ret = grant(ask, offset, slot_of(a, times++), gate_offer(a, granted++), *ret);
            break;
        case GATE_SENDER_WAITS:
            put_back(ask, offset, ask_at_us(o, slot_of(a, times++)));
            break;
        case GATE_CLOSED:
            times++;
            put_back(ask, offset, opens_us(b, offset));
            break;
        case GATE_WAITS:
        case GATE_PLACES_FULL:
            batch_put_back(b, offset);
            break;
        case GATE_STOPPED:
        case GATE_TOO_LATE:
            o->stats.skipped++;
            batch_drop(b, offset);
            break;
        default:
            batch_drop(b, offset);
            break;
        }
    }
    return granted;
}

static void take_reply(struct ask *ask, const struct gate_reply *a)
{
    struct share *s = ask->share;
    struct outlet *o = s->outlet;
    struct grant *list;
    if (a->full.n) near_full(o->d, a->full);
    size_t n = take_letters(ask, a, &list);
    if (n) turns_took(s, n);
    durable_granted(list, a->mark);
    int64_t next = 0;
    if (a->wait_us > 0)
        next = ask_at_us(o, a->redis_now_us + a->wait_us) - PACE_SLACK_US - turns_early_us(o);
    if (batch_direct(s->batch) && n == 0) share_sleep(s, next);
    /* Calls that are still under way have taken slots beyond these. */
    if (o->asks == 0 || next > o->next_ask_us) o->next_ask_us = next;
}

/* No reply: the ledger may have them in flight, but they were surely not sent, so that is recorded.
 */
static void not_granted(struct ask *ask, const struct gate_reply *a)
{
    struct batch *b = ask->share->batch;
    int64_t sent_us = pace_clock_redis_us(&ask->share->outlet->d->clock, ask->sent_us);
    for (size_t i = 0; i < ask->n; i++) {
        if (a->result < 0)
            record_outcome(grant_new(ask->share, ask->offsets[i], sent_us), STATE_PENDING, "");
        else
            batch_put_back(b, ask->offsets[i]);
    }
    if (a->result < 0 || a->verdict == GATE_STORE) return;
    if (a->verdict == GATE_LEASE_LOST)
        batch_lose(b);
    else
        batch_park(b);
}

static void on_gate(void *arg, const struct gate_reply *a)
{
    struct ask *ask = arg;
    struct batch *b = ask->share->batch;
    struct outlet *o = ask->share->outlet;
    o->asks--;
    o->asked -= ask->grants_max;
    if (a->result == 0) clock_see(o->d, ask->sent_us, a->redis_now_us);
    if (a->result == 0 && a->verdict == GATE_OK)
        take_reply(ask, a);
    else
        not_granted(ask, a);
    free(ask);
    batch_check_end(b);
    outlet_wake(o);
}

/* ---- asking ---- */

enum {
    WAITS_US = 200000,
    FEW_OF = 8,
    HELD_US = 5000, /* those who waited to be asked for with others are looked at again */
    GROUP_BYTES = 128,
};

/* A few people who had too many, or whose provider was busy, must not keep the next blocks from
 * being released. When it is most of a block, something is wrong: then they should. */
static void say_waits(struct share *s, int64_t now)
{
    struct batch *b = s->batch;
    if (batch_direct(b) || s->waits_said || s->wake_us == INT64_MAX || s->wake_us < now + WAITS_US)
        return;
    if (s->todo_n * FEW_OF > batch_size(b)) return;
    s->waits_said = true;
    struct batch_id id = batch_lease(b).batch;
    campaign_block_waits(batch_dispatch(b)->config.store, id.campaign, index_block(id.first));
}

static struct ask *ask_new(struct share *s, size_t max, int64_t now)
{
    const struct outlet *o = s->outlet;
    struct ask *ask = xmalloc(sizeof *ask);
    *ask = (struct ask){.share = s, .sent_us = now, .keeps = o->keeps};
    /* Where senders have limits of their own, a busy one must not keep the free ones from their
     * turn. */
    size_t asked_max = o->account->sender_rate_per_s > 0 || max > GATE_ASK_MAX ? GATE_ASK_MAX : max;
    ask->n = batch_ask(s->batch, now, asked_max, ask->offsets);
    if (ask->n && near_tells(s->batch)) ask->n = near_choose(s->batch, ask->offsets, ask->n, now);
    ask->grants_max = ask->n < max ? ask->n : max;
    return ask;
}

static void count_ask(struct outlet *o, const struct ask *ask, int64_t now)
{
    o->asked += ask->grants_max;
    o->asks++;
    if (batch_direct(ask->share->batch)) return;
    window_asked(o, ask->grants_max, now);
    /* The next call need not wait for this one's reply, only for the slots that it will take. */
    double covered = (double)ask->grants_max * o->interval_us;
    double reach = (double)pace_clock_reach_us(&o->d->clock);
    if (covered > reach) covered = reach;
    o->next_ask_us = now + (int64_t)covered - PACE_SLACK_US;
}

/* Of the people who are asked for, in the order of ask->offsets. The gate reads it before ledger_gate returns. */
struct asked_people {
    /* canonical: a list may be older than what is known of spellings */
    uint64_t numbers[GATE_ASK_MAX];
    uint8_t sender_of[GATE_ASK_MAX], window_of[GATE_ASK_MAX];
    struct gate_window windows[GATE_ASK_MAX];
    char consent[GATE_ASK_MAX], group[GROUP_BYTES];
};

/* What the gate is told of the people. */
static void put_people(struct gate_ask *gate, const struct batch *b, const struct ask *ask,
                       int64_t now, struct asked_people *p)
{
    for (size_t i = 0; i < ask->n; i++) {
        p->numbers[i] = person_number_canonical(batch_number(b, ask->offsets[i]));
        p->sender_of[i] = batch_sender(b, ask->offsets[i]);
    }
    gate->n = ask->n;
    gate->offsets = ask->offsets;
    gate->numbers = p->numbers;
    gate->sender_of = p->sender_of;
    gate->windows = p->windows;
    gate->window_of = p->window_of;
    gate->window_count = hours_windows(b, ask->offsets, ask->n, now, p->windows, p->window_of);
    gate->consent = consent_letters(b, ask->offsets, ask->n, p->consent);
    gate->near = near_ask(b);
}

/* What a volunteer's answer, or a test, has otherwise than a campaign's block. */
static void put_direct(struct gate_ask *gate, const struct outlet *o,
                       const struct direct_message *direct)
{
    gate->is_reply = true;
    gate->to_suppressed_too = direct->kind == DIRECT_CONFIRM;
    gate->key = direct->to_id;
    gate->until_us = direct->until_ms * 1000;
    /* It gets the next slot even if that is further off than a blast's may be. */
    gate->window_us += (int64_t)o->interval_us;
    gate->queue = NULL;
    gate->cap = (struct cap){0};
}

static void send_ask(struct outlet *o, struct ask *ask, int64_t now)
{
    const struct batch *b = ask->share->batch;
    const struct account *account = o->account;
    const struct run *run = batch_run(b);
    struct asked_people people;
    (void)snprintf(people.group, sizeof people.group, "%.*s", SLICE_ARG(batch_group(b)));
    struct gate_ask gate = {
        .lease = batch_lease(b),
        .gateway = account->name,
        .senders = account->senders,
        .sender_count = account->sender_count,
        .group = people.group,
        .lead_us = durable_lead_us(o->d),
        .window_us = pace_clock_reach_us(&o->d->clock),
        .rate_per_s = pace_clock_rate(&o->d->clock, account->rate_per_s),
        .sender_rate_per_s = pace_clock_rate(&o->d->clock, account->sender_rate_per_s),
        .grants_max = (int)ask->grants_max,
        .cap = o->d->config.cap,
        .given_back = o->unused,
        .given_back_n = o->unused_n,
        .queue = &account->queue,
        .purpose = run ? run->need.what : NULL,
        .kind = run ? run->need.kind : NULL,
    };
    put_people(&gate, b, ask, now, &people);
    if (batch_direct(b)) put_direct(&gate, o, batch_direct(b));
    ledger_gate(o->d->config.ledger, &gate, on_gate, ask);
    o->unused_n = 0;
}

static void ask_for(struct share *s, size_t max, int64_t now)
{
    struct outlet *o = s->outlet;
    struct ask *ask = ask_new(s, max, now);
    if (ask->n == 0) {
        free(ask);
        say_waits(s, now);
        batch_check_end(s->batch);
        return;
    }
    count_ask(o, ask, now);
    send_ask(o, ask, now);
}

/* A call costs nearly the same for few as for many, and room comes a few at a time. */
static bool holds(const struct outlet *o, size_t room, int64_t now_us)
{
    return room < window_enough(o, now_us) && room < outlet_reach_slots(o);
}

/* Before that time only replies are asked for. */
static int64_t ask_next_us(const struct outlet *o)
{
    int64_t busy_us = o->window.busy_until_us;
    return o->next_ask_us > busy_us ? o->next_ask_us : busy_us;
}

void gate_ask(struct outlet *o, int64_t now_us)
{
    size_t slots = outlet_reach_slots(o);
    while (o->asks < ASKS_MAX) {
        size_t room = window_room(o, now_us);
        if (room == 0) return;
        struct share *s = turns_next(o, now_us, now_us < ask_next_us(o) || holds(o, room, now_us));
        if (!s) return;
        ask_for(s, room < slots ? room : slots, now_us);
    }
}

int64_t gate_wake_us(struct outlet *o, int64_t now_us)
{
    int64_t next = turns_wake_us(o);
    if (next == INT64_MAX || o->asks == ASKS_MAX) return INT64_MAX;
    if (next < ask_next_us(o)) next = ask_next_us(o);
    if (next < o->dead_until_us) next = o->dead_until_us;
    if (next >= now_us + PACE_GRAIN_US) return next;
    size_t room = window_room(o, now_us);
    if (room == 0) return window_wake_us(o, now_us);
    return now_us + (holds(o, room, now_us) ? HELD_US : PACE_GRAIN_US);
}
