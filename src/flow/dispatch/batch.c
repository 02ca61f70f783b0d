/* A batch's people: who they are, and where each of them stands. */
#include "batch.h"

#include "batch_impl.h"
#include "outlet.h"
#include "private.h"
#include "run.h"

enum { LEASE_SAFETY_US = 1000000 }; /* nothing is sent in the last second of a lease */

enum phase { PHASE_NONE, PHASE_TODO, PHASE_ASKED, PHASE_OPEN };

struct person {
    uint8_t phase, tries, sender;
    uint16_t window;
    int64_t not_before_us; /* [µs] our clock: a retry waits for this */
};

void batch_init_people(struct batch *b)
{
    b->people = xcalloc(batch_size(b), sizeof *b->people);
}

/* ---- what it is about ---- */

struct dispatch *batch_dispatch(const struct batch *b)
{
    return b->d;
}

enum lane batch_lane(const struct batch *b)
{
    return b->lane;
}

struct run *batch_run(const struct batch *b)
{
    return b->run;
}

const struct direct_message *batch_direct(const struct batch *b)
{
    return b->direct;
}

const struct held_sent *batch_held(const struct batch *b)
{
    return b->held;
}

const struct block *batch_block(const struct batch *b)
{
    return &b->block;
}

struct share *batch_share(struct batch *b)
{
    return &b->share;
}

struct records *batch_records(struct batch *b)
{
    return &b->records;
}

struct lease_ref batch_lease(const struct batch *b)
{
    return b->lease;
}

size_t batch_size(const struct batch *b)
{
    return b->lease.batch.count;
}

struct slice batch_group(const struct batch *b)
{
    return b->direct ? b->direct->group : b->run->campaign->group;
}

struct ref batch_ref(const struct batch *b, uint8_t offset)
{
    return (struct ref){b->lease.batch.campaign, b->lease.batch.first + offset, b->stamp};
}

uint64_t batch_number(const struct batch *b, uint8_t offset)
{
    return b->direct ? b->direct->to : block_number(&b->block, offset);
}

uint8_t batch_sender(const struct batch *b, uint8_t offset)
{
    return b->people[offset].sender;
}

uint16_t batch_window(const struct batch *b, uint8_t offset)
{
    return b->people[offset].window;
}

void batch_set_window(struct batch *b, uint8_t offset, uint16_t window)
{
    b->people[offset].window = window;
}

/* ---- whether it may send ---- */

bool batch_may_send(struct batch *b, int64_t now_us)
{
    if (now_us > b->lease_until_us - LEASE_SAFETY_US) batch_lose(b);
    return !b->lost && !b->parked;
}

void batch_lose(struct batch *b)
{
    b->lost = true;
    share_leave(&b->share);
}

void batch_park(struct batch *b)
{
    b->parked = true;
    share_leave(&b->share);
}

void batch_renew(struct batch *b, int64_t until_us)
{
    b->lease_until_us = until_us;
}

/* ---- where its people stand ---- */

static void move(struct batch *b, uint8_t offset, enum phase from, enum phase to)
{
    struct person *p = &b->people[offset];
    check(p->phase == from);
    p->phase = (uint8_t)to;
    if (from == PHASE_TODO) share_take(&b->share);
    if (to == PHASE_TODO) share_add(&b->share, p->not_before_us);
    b->asked_n += (to == PHASE_ASKED) - (from == PHASE_ASKED);
    b->open_n += (to == PHASE_OPEN) - (from == PHASE_OPEN);
}

void batch_begin(struct batch *b, struct slice states)
{
    check(batch_is_idle(b) && b->share.place == SHARE_OUT);
    b->lost = b->parked = false;
    for (size_t i = 0; i < batch_size(b); i++) {
        bool pending = i < states.n && hex_digit(states.p[i]) == STATE_PENDING;
        move(b, (uint8_t)i, (enum phase)b->people[i].phase, pending ? PHASE_TODO : PHASE_NONE);
    }
}

/* Fibonacci hashing: neighbouring numbers spread over the senders, a person keeps theirs. */
static uint8_t sender_of(const struct batch *b, const struct outlet *o, uint64_t number)
{
    size_t hash = (size_t)(number * 0x9E3779B97F4A7C15u >> 32);
    const struct account *a = o->account;
    int own = b->direct ? slice_index(b->direct->sender, a->senders, a->sender_count) : -1;
    if (own >= 0) return (uint8_t)own;
    if (b->direct) return (uint8_t)(hash % a->sender_count);
    return b->run->senders.at[hash % b->run->senders.count];
}

void batch_offer(struct batch *b, struct outlet *o)
{
    size_t rows = b->direct ? 1 : block_rows(&b->block);
    for (size_t i = 0; i < batch_size(b); i++) {
        struct person *p = &b->people[i];
        if (i >= rows && p->phase == PHASE_TODO) move(b, (uint8_t)i, PHASE_TODO, PHASE_NONE);
        if (i >= rows) continue;
        p->sender = sender_of(b, o, batch_number(b, (uint8_t)i));
    }
    share_enter(&b->share, o);
}

size_t batch_ask(struct batch *b, int64_t now_us, size_t max, uint8_t *offsets)
{
    size_t n = 0;
    int64_t wake_us = INT64_MAX;
    for (size_t i = 0; i < batch_size(b) && n < max; i++) {
        if (b->people[i].phase != PHASE_TODO) continue;
        int64_t ready_us = b->people[i].not_before_us;
        if (ready_us <= now_us) ready_us = hours_ready_us(b, (uint8_t)i, now_us);
        if (ready_us <= now_us)
            offsets[n++] = (uint8_t)i;
        else if (ready_us < wake_us)
            wake_us = ready_us;
    }
    for (size_t i = 0; i < n; i++)
        move(b, offsets[i], PHASE_TODO, PHASE_ASKED);
    if (n == 0) share_sleep(&b->share, wake_us);
    return n;
}

void batch_put_back(struct batch *b, uint8_t offset)
{
    move(b, offset, PHASE_ASKED, PHASE_TODO);
}

void batch_drop(struct batch *b, uint8_t offset)
{
    move(b, offset, PHASE_ASKED, PHASE_NONE);
}

void batch_grant(struct batch *b, uint8_t offset)
{
    move(b, offset, PHASE_ASKED, PHASE_OPEN);
}

void batch_settle(struct batch *b, uint8_t offset, bool again)
{
    move(b, offset, PHASE_OPEN, again ? PHASE_TODO : PHASE_NONE);
}

void batch_delay(struct batch *b, uint8_t offset, int64_t until_us)
{
    b->people[offset].not_before_us = until_us;
}

int batch_tried(struct batch *b, uint8_t offset)
{
    struct person *p = &b->people[offset];
    if (p->tries < UINT8_MAX) p->tries++;
    return p->tries;
}

bool batch_is_idle(const struct batch *b)
{
    return b->asked_n == 0 && b->open_n == 0;
}

bool batch_is_last(const struct batch *b, size_t n)
{
    return b->share.todo_n == 0 && b->asked_n == 0 && b->open_n == n;
}
