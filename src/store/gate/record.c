/* What became of people, on its way into the ledger. */
#include "private.h"

#include "core/index.h"
#include "store/mark/mark.h"

static const struct script record_script = {
    .name = "record",
    .prelude = record_prelude,
    .parts = {LUA_LEDGER, &lua_money_text, &lua_money, &lua_mark, &lua_audit, &lua_contacts,
              &lua_provider_queue, &lua_direct_stamp, &lua_told, &lua_record},
};

static void read_record(struct call *c, const struct redisReply *reply)
{
    mark_saw(c->store, redis_at(reply, 1));
    if (c->cb)
        call_back(c, record_cb)(c->arg, call_failed(reply, NULL), redis_str(redis_at(reply, 0)));
}

struct recording {
    enum state_cause cause;
    struct lease_ref lease;
    const struct provider_queue *queue;
    const struct receipt_told *told; /* NULL: it is no receipt */
    const struct record_item *items;
    size_t n;
    bool last;
};

static bool counts(const struct provider_queue *q, struct batch_id b,
                   const struct record_item *item)
{
    return provider_queue_counts(q, b.campaign, b.first + item->offset);
}

static void add_queue(struct call *c, const struct recording *r)
{
    const struct provider_queue *q = r->queue;
    call_i64(call_next(c, RECORD_ARG_QUEUE_FULL), q ? q->full : 0);
    call_i64(call_next(c, RECORD_ARG_QUEUE_SPAN), q ? q->window_us : 0);
    call_list(call_next(c, RECORD_ARG_COUNTED));
    for (size_t i = 0; i < r->n; i++)
        if (counts(q, r->lease.batch, &r->items[i])) call_item(c, (int64_t)i + 1);
}

static void add_told(struct call *c, const struct receipt_told *t)
{
    call_list(call_next(c, RECORD_ARG_TOLD));
    if (!t) return;
    const int64_t told[] = {
        [RECORD_TOLD_STAMP - 1] = t->stamp,
        [RECORD_TOLD_FAULT - 1] = t->fault,
        [RECORD_TOLD_FILTERED - 1] = t->filtered,
        [RECORD_TOLD_FAILED_MAX - 1] = t->limits.failed_percent,
        [RECORD_TOLD_FILTERED_MAX - 1] = t->limits.filtered_percent,
        [RECORD_TOLD_RECEIPTS_MIN - 1] = t->limits.of,
        [RECORD_TOLD_FAULTS_MAX - 1] = t->limits.account_refusals,
    };
    for (size_t i = 0; i < COUNT_OF(told); i++)
        call_item(c, told[i]);
}

static void add_costs(struct call *c, const struct record_item *items, size_t n)
{
    call_list(call_next(c, RECORD_ARG_COSTS));
    for (size_t i = 0; i < n; i++) {
        if (items[i].cost == 0 && items[i].parts == 0) continue;
        call_item(c, (int64_t)i + 1);
        call_item(c, items[i].cost);
        call_item(c, items[i].parts);
    }
}

/* NULL: it does not end. */
static void add_end(struct call *c, const struct batch_id *b)
{
    call_next(c, RECORD_ARG_COUNT);
    if (b)
        call_u64(c, b->count);
    else
        call_str(c, "");
    call_next(c, RECORD_ARG_BLOCK);
    if (b)
        ledger_add_block(c, *b);
    else
        call_str(c, "");
}

/* prints: room for those of all; borrowed until the call is run. */
static void add_contacts(struct call *c, const struct record_item *items, size_t n,
                         unsigned char *prints)
{
    enum { MINUTE_US = 60000000 };
    bool any = false;
    for (size_t i = 0; i < n; i++)
        any = any || items[i].granted_us;
    for (size_t i = 0; any && i < n; i++)
        cap_print(items[i].number, prints + CAP_PRINT_BYTES * i);
    call_text(call_next(c, RECORD_ARG_PRINTS),
              slice_make((char *)prints, any ? CAP_PRINT_BYTES * n : 0));
    call_list(call_next(c, RECORD_ARG_SINCES));
    for (size_t i = 0; any && i < n; i++)
        call_item(c, items[i].granted_us / MINUTE_US);
}

static void record(struct ledger *l, const struct recording *r, record_cb *cb, void *arg)
{
    check(r->n > 0 && r->n <= BLOCK_ROWS);
    struct batch_id b = r->lease.batch;
    char offsets[BLOCK_ROWS], states[BLOCK_ROWS];
    unsigned char prints[BLOCK_ROWS * CAP_PRINT_BYTES];
    size_t reasons = 0, counted = 0;
    for (size_t i = 0; i < r->n; i++) {
        offsets[i] = (char)r->items[i].offset;
        states[i] = (char)r->items[i].state;
        if (r->items[i].detail.n) reasons = i + 1;
        if (counts(r->queue, b, &r->items[i])) counted++;
    }
    struct call *c = ledger_call(l, &record_script, b.campaign);
    if (r->cause != CAUSE_OUTCOME) call_lasts(c);
    call_key(call_next_key(c, RECORD_KEY_LEDGER), "c:%u:l", b.campaign);
    call_key(call_next_key(c, RECORD_KEY_DETAILS), "c:%u:d", b.campaign);
    call_key(call_next_key(c, RECORD_KEY_LEASES), "c:%u:b", b.campaign);
    call_key(call_next_key(c, RECORD_KEY_OUTSTANDING), "c:%u:o", b.campaign);
    mark_key(call_next_key(c, RECORD_KEY_STORE));
    call_key(call_next_key(c, RECORD_KEY_CONTACTS), "contacts");
    if (counted) call_key(call_next_key(c, RECORD_KEY_LIMITER), "rate:%s", r->queue->gateway);
    call_now(call_next(c, RECORD_ARG_NOW));
    call_str(call_next(c, RECORD_ARG_CAUSE), state_cause_to_string(r->cause));
    ledger_add_field(call_next(c, RECORD_ARG_FIELD), b);
    call_u64(call_next(c, RECORD_ARG_FENCE), r->lease.fence);
    call_u64(call_next(c, RECORD_ARG_FIRST), b.first);
    call_text(call_next(c, RECORD_ARG_OFFSETS), slice_make(offsets, r->n));
    call_text(call_next(c, RECORD_ARG_STATES), slice_make(states, r->n));
    add_queue(c, r);
    add_end(c, r->last ? &b : NULL);
    add_told(c, r->told);
    add_contacts(c, r->items, r->n, prints);
    add_costs(c, r->items, r->n);
    for (size_t i = 0; i < reasons; i++)
        call_text(call_next(c, RECORD_ARG_REASONS + i), r->items[i].detail);
    call_run(c, read_record, cb, arg);
}

void ledger_record(struct ledger *l, struct lease_ref lease, const struct provider_queue *queue,
                   const struct record_item *items, size_t n, bool last, record_cb *cb, void *arg)
{
    record(l, &(struct recording){CAUSE_OUTCOME, lease, queue, NULL, items, n, last}, cb, arg);
}

void ledger_told(struct ledger *l, const struct receipt_told *told, const struct record_item *items,
                 size_t n, record_cb *cb, void *arg)
{
    const struct lease_ref about = {.batch = {told->campaign, told->first, BLOCK_ROWS}};
    check(n == 1 || items[0].state != STATE_UNDELIVERED);
    record(l, &(struct recording){told->cause, about, told->queue, told, items, n, false}, cb, arg);
}
