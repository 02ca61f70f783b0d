/* The life of a batch: leased → loaded → open → ended → acknowledged. Any step whose reply does
 * not come is done again later; the ledger makes that harmless. */
#include "private.h"

#include <stdlib.h>

#include <jansson.h>

static const int hold[LANE_COUNT] = {DISPATCH_HOLD_REPLY, DISPATCH_HOLD_REMINDER,
                                     DISPATCH_HOLD_BLAST};

static void set_demand(struct dispatch *d, enum lane lane)
{
    if (!d->queue) return;
    size_t room =
        d->stopping || d->held[lane] >= (size_t)hold[lane] ? 0 : (size_t)hold[lane] - d->held[lane];
    queue_set_demand(d->queue, lane, (int)room);
}

/* ---- batches ---- */

static struct batch *batch_new(struct dispatch *d, struct queue_message *m, struct batch_id id)
{
    struct batch *b = xcalloc(1, sizeof *b);
    b->d = d;
    b->queued = m;
    b->lane = m->lane;
    b->lease.batch = id;
    b->people = xcalloc(id.count, sizeof *b->people);
    b->direct_index = id.first;
    b->next = d->batches;
    if (b->next) b->next->prev = b;
    d->batches = b;
    d->batch_n++;
    d->held[b->lane]++;
    return b;
}

static void batch_free(struct batch *b)
{
    struct dispatch *d = b->d;
    outlet_remove(b);
    if (b->prev)
        b->prev->next = b->next;
    else
        d->batches = b->next;
    if (b->next) b->next->prev = b->prev;
    d->batch_n--;
    d->held[b->lane]--;
    if (b->run) run_leave(b->run);
    for (size_t i = 0; i < b->record_n; i++)
        record_free(&b->records[i]);
    free(b->direct);
    free(b->bytes);
    free(b->records);
    free(b->people);
    free(b);
}

enum leave { LEAVE_ACK, LEAVE_GIVE_BACK };

static void batch_leave(struct batch *b, enum leave how)
{
    struct dispatch *d = b->d;
    enum lane lane = b->lane;
    if (how == LEAVE_ACK)
        queue_ack(d->queue, b->queued, NULL, NULL);
    else
        queue_give_back(d->queue, b->queued);
    batch_free(b);
    set_demand(d, lane);
    dispatch_check_stopped(d);
}

static void on_later(void *arg)
{
    struct dispatch *d = arg;
    int64_t due;
    void *b;
    while (heap_peek(d->waiting, &due, NULL) && due <= clock_mono_us()) {
        (void)heap_pop(d->waiting, NULL, &b);
        ((struct batch *)b)->waiting = false;
        batch_go(b);
    }
    if (heap_peek(d->waiting, &due, NULL)) loop_timer_at(d->later, due);
}

void batch_later(struct batch *b, int64_t us)
{
    struct dispatch *d = b->d;
    check(!b->waiting);
    b->waiting = true;
    heap_push(d->waiting, clock_mono_us() + us, b);
    int64_t due;
    (void)heap_peek(d->waiting, &due, NULL);
    loop_timer_at(d->later, due);
}

/* ---- lease ---- */

static uint8_t hex_digit(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void on_lease(void *arg, const struct lease_answer *a)
{
    struct batch *b = arg;
    if (a->result < 0) {
        batch_later(b, RETRY_US);
        return;
    }
    switch (a->verdict) {
    case LEASE_TAKEN:
        break;
    case LEASE_HELD:
        batch_later(b, a->held_for_us < RETRY_US ? RETRY_US : a->held_for_us);
        return;
    case LEASE_SETTLED:
    case LEASE_KEPT:
    case LEASE_GONE:
        batch_leave(b, LEAVE_ACK);
        return;
    }
    b->lease.fence = a->fence;
    b->stamp = a->stamp;
    b->lost = b->parked = b->waits_said = false;
    b->rest_until_ms = 0;
    /* Allowed hours are asked for by Redis' clock before the gate's first reply. */
    if (!b->d->clock.known)
        pace_clock_sample(&b->d->clock, b->lease_until_us - b->d->config.lease_ms * 1000,
                          clock_mono_us(), a->redis_now_us);
    b->todo_n = 0;
    for (size_t i = 0; i < a->states.n && i < b->lease.batch.count; i++) {
        bool pending = hex_digit(a->states.p[i]) == STATE_PENDING;
        b->people[i].phase = pending ? PHASE_TODO : PHASE_NONE;
        b->todo_n += pending;
    }
    b->state = BATCH_LOADING;
    batch_go(b);
}

static void on_direct(void *arg, int result, const struct direct_message *m, const struct err *e);

static void take_lease(struct batch *b)
{
    if (b->d->stopping) {
        batch_leave(b, LEAVE_GIVE_BACK);
        return;
    }
    /* A reply does not wait for one round trip after the other; Redis answers in the order of the
     * calls, so this one is here before the lease is. */
    if (b->lease.batch.campaign == 0 && !b->direct)
        direct_load(b->d->config.direct, b->direct_index, on_direct, b);
    /* Counted from before the call: ours ends no later than Redis' does. */
    b->lease_until_us = clock_mono_us() + b->d->config.lease_ms * 1000;
    ledger_lease(b->d->config.ledger, b->lease.batch, b->d->config.lease_ms * 1000, on_lease, b);
}

/* ---- loading ---- */

static void open_batch(struct batch *b)
{
    size_t rows = b->direct ? 1 : block_rows(&b->block);
    for (size_t i = 0; i < rows; i++) {
        uint64_t number = b->direct ? b->direct->to : block_number(&b->block, i);
        /* Fibonacci hashing: neighbouring numbers spread over the senders, a person keeps theirs.
         */
        b->people[i].sender =
            (uint8_t)((number * 0x9E3779B97F4A7C15u >> 32) % b->o->account->sender_count);
    }
    for (size_t i = rows; i < b->lease.batch.count; i++) {
        if (b->people[i].phase == PHASE_TODO) b->todo_n--;
        b->people[i].phase = PHASE_NONE;
    }
    hours_open_batch(b);
    b->state = BATCH_OPEN;
    if (b->run) b->run->blocked_said = false; /* it was running when we got the lease */
    outlet_add(b->o, b);
    outlet_pump(b->o);
    batch_check_end(b);
}

static void park(struct batch *b)
{
    b->parked = true;
    b->state = BATCH_OPEN;
    batch_check_end(b);
}

static void on_block(void *arg, int result, struct slice bytes, const struct err *e)
{
    struct batch *b = arg;
    if (result == ERR_UNREACHABLE) {
        batch_later(b, RETRY_US);
        return;
    }
    struct err why = {0};
    if (result == 0) {
        b->bytes = slice_strdup(bytes);
        result = block_open(slice_make(b->bytes, bytes.n), &b->block, &why);
    }
    if (result < 0) {
        log_error("campaign %u, batch %u: %s; the campaign is blocked", b->run->id,
                  b->lease.batch.first / LEDGER_BLOCK, e ? e->text : why.text);
        campaign_move(b->d->config.campaigns, b->run->id, MOVE_BLOCK, clock_wall_ms(),
                      SLICE_LIT("dispatcher"), slice_of(e ? e->text : why.text), NULL, NULL);
        park(b);
        return;
    }
    b->o = b->run->o;
    open_batch(b);
}

static void load_campaign_batch(struct batch *b)
{
    if (!b->run || (!b->run->ready && !b->run->problem)) {
        run_join(b->d, b->lease.batch.campaign, b);
        return;
    }
    if (b->run->problem) {
        park(b);
        return;
    }
    if (b->bytes) {
        open_batch(b);
        return;
    }
    audience_block(b->d->config.audiences, b->run->campaign->audience,
                   b->lease.batch.first / LEDGER_BLOCK, on_block, b);
}

static void on_skipped(void *arg, int result, struct slice states)
{
    struct batch *b = arg;
    (void)states;
    if (result == 0) b->state = BATCH_ENDING;
    batch_later(b, result < 0 ? RETRY_US : 0);
}

/* Nobody here can send it: whoever wrote it sees why. */
static void skip_direct(struct batch *b)
{
    log_error("direct message %u wants gateway '%.*s', which is not in the configuration; it is "
              "not sent",
              b->direct_index, SLICE_ARG(b->direct->gateway));
    struct record_item item = {.state = STATE_SKIPPED,
                               .detail = SLICE_LIT("its gateway is not configured")};
    ledger_record(b->d->config.ledger, b->lease, NULL, &item, 1, on_skipped, b);
}

/* One allocation for the record and its texts: they live and die together. */
static void keep_direct(struct batch *b, const struct direct_message *m)
{
    size_t bytes = m->gateway.n + m->sender.n + m->group.n + m->text.n + m->to_id.n;
    struct direct_message *copy = xmalloc(sizeof *copy + bytes + 2);
    *copy = *m;
    char *at = (char *)(copy + 1);
    struct slice *texts[] = {&copy->gateway, &copy->group, &copy->text, &copy->sender,
                             &copy->to_id};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        if (texts[i]->n) memcpy(at, texts[i]->p, texts[i]->n);
        texts[i]->p = at;
        at += texts[i]->n;
    }
    copy->by = SLICE_NONE;
    b->direct = copy;
    b->o = dispatch_outlet(b->d, copy->gateway);
}

static void on_direct(void *arg, int result, const struct direct_message *m, const struct err *e)
{
    struct batch *b = arg;
    if (result == 0) keep_direct(b, m);
    if (b->state == BATCH_LEASING) return; /* asked for early; what went wrong is found again */
    if (result == ERR_UNREACHABLE) {
        batch_later(b, RETRY_US);
    } else if (result < 0) {
        log_error("direct message %u: %s; it is dropped", b->direct_index, e->text);
        batch_leave(b, LEAVE_ACK);
    } else {
        batch_go(b);
    }
}

/* ---- the end ---- */

static void on_batch_end(void *arg, int result, enum batch_end_verdict verdict)
{
    struct batch *b = arg;
    if (result < 0) {
        batch_later(b, RETRY_US);
        return;
    }
    if (verdict == BATCH_LOST) {
        /* Somebody else's now, or the lease ran out: ask again how it stands. */
        b->state = BATCH_LEASING;
        batch_later(b, RETRY_US);
        return;
    }
    /* Kept blocks are released again by the release role; a direct message has only the queue. */
    batch_leave(b, verdict == BATCH_KEPT && b->direct ? LEAVE_GIVE_BACK : LEAVE_ACK);
}

void batch_check_end(struct batch *b)
{
    if (b->state != BATCH_OPEN || b->open_n || b->asked_n || b->record_n || b->dirty) return;
    if (b->todo_n && !b->parked && !b->lost && !b->d->stopping && !hours_rest(b)) return;
    outlet_remove(b);
    if (b->lost) {
        b->state = BATCH_LEASING;
        batch_later(b, RETRY_US);
        return;
    }
    b->state = BATCH_ENDING;
    batch_go(b);
}

void batch_go(struct batch *b)
{
    switch (b->state) {
    case BATCH_LEASING:
        take_lease(b);
        break;
    case BATCH_LOADING:
        if (b->lease.batch.campaign)
            load_campaign_batch(b);
        else if (b->direct && b->o)
            open_batch(b);
        else if (b->direct)
            skip_direct(b);
        else
            direct_load(b->d->config.direct, b->direct_index, on_direct, b);
        break;
    case BATCH_OPEN:
        break;
    case BATCH_ENDING:
        ledger_batch_rest(b->d->config.ledger, b->lease, b->rest_until_ms, on_batch_end, b);
        break;
    }
}

/* ---- the queue ---- */

static bool read_value(struct slice value, struct batch_id *ret)
{
    json_t *root = json_loadb(value.p, value.n, JSON_REJECT_DUPLICATES, NULL);
    json_t *campaign = json_object_get(root, "c"), *block = json_object_get(root, "b");
    json_t *index = json_object_get(root, "i");
    bool ok = json_is_integer(campaign) && (json_is_integer(block) || json_is_integer(index));
    json_int_t c = json_integer_value(campaign), at = json_integer_value(block ? block : index);
    json_decref(root);
    if (!ok || c < 0 || c > UINT32_MAX || at < 0 || (c > 0) != (block != NULL)) return false;
    if (at > (c ? UINT32_MAX / LEDGER_BLOCK : UINT32_MAX)) return false;
    *ret = c ? batch_of_block((uint32_t)c, (uint32_t)at) : batch_of_direct((uint32_t)at);
    return true;
}

void dispatch_message(void *arg, struct queue_message *m)
{
    struct dispatch *d = arg;
    struct batch_id id;
    if (!read_value(m->value, &id)) {
        log_error(
            "a message on lane %s is not a batch ({\"c\":campaign,\"b\":block}); it is dropped",
            lane_to_string(m->lane));
        queue_ack(d->queue, m, NULL, NULL);
        set_demand(d, m->lane);
        return;
    }
    batch_go(batch_new(d, m, id));
}

/* ---- life ---- */

struct outlet *dispatch_outlet(struct dispatch *d, struct slice name)
{
    const struct account *a = accounts_find(d->config.accounts, name);
    return a ? &d->outlets[accounts_index(d->config.accounts, a)] : NULL;
}

int dispatch_new(const struct dispatch_config *config, struct dispatch **ret, struct err *e)
{
    struct dispatch *d = xcalloc(1, sizeof *d);
    d->config = *config;
    d->runs = map_new();
    d->waiting = heap_new();
    d->zones = zone_book_new();
    d->outlets = xcalloc(config->accounts->count, sizeof *d->outlets);
    d->flush = loop_timer_new(config->loop, record_flush, d);
    d->renew = loop_timer_new(config->loop, lease_renew, d);
    d->later = loop_timer_new(config->loop, on_later, d);
    buf_init(&d->text, TEXT_BYTES_MAX);
    for (; d->outlet_n < config->accounts->count; d->outlet_n++) {
        int rc = outlet_init(&d->outlets[d->outlet_n], d, &config->accounts->list[d->outlet_n], e);
        if (rc < 0) {
            dispatch_free(d);
            return rc;
        }
    }
    *ret = d;
    return 0;
}

void dispatch_free(struct dispatch *d)
{
    if (!d) return;
    d->stopping = true;
    for (size_t i = 0; i < d->outlet_n; i++)
        outlet_done(&d->outlets[i]);
    while (d->batches) {
        d->batches->listed = false; /* the gateways' lists are gone */
        batch_free(d->batches);
    }
    while (d->spare) {
        struct grant *next = d->spare->next_spare;
        free(d->spare);
        d->spare = next;
    }
    loop_timer_free(d->flush);
    loop_timer_free(d->renew);
    loop_timer_free(d->later);
    heap_free(d->waiting);
    zone_book_free(d->zones);
    map_free(d->runs);
    buf_done(&d->text);
    free(d->outlets);
    free(d);
}

void dispatch_start(struct dispatch *d, struct queue *q)
{
    d->queue = q;
    for (int lane = 0; lane < LANE_COUNT; lane++)
        set_demand(d, (enum lane)lane);
    loop_timer_in(d->renew, d->config.lease_ms * 1000 / 3);
}

void dispatch_check_stopped(struct dispatch *d)
{
    if (!d->stopping || d->batch_n || !d->stopped) return;
    void (*cb)(void *) = d->stopped;
    d->stopped = NULL;
    cb(d->stopped_arg);
}

void dispatch_stop(struct dispatch *d, void (*cb)(void *arg), void *arg)
{
    d->stopping = true;
    d->stopped = cb;
    d->stopped_arg = arg;
    for (int lane = 0; lane < LANE_COUNT; lane++)
        set_demand(d, (enum lane)lane);
    for (struct batch *b = d->batches, *next; b; b = next) {
        next = b->next;
        batch_check_end(b);
    }
    /* Nobody waits for the end of somebody else's lease any more. */
    void *waiting;
    for (size_t n = heap_count(d->waiting); n > 0 && heap_pop(d->waiting, NULL, &waiting); n--) {
        ((struct batch *)waiting)->waiting = false;
        batch_go(waiting);
    }
    dispatch_check_stopped(d);
}

struct dispatch_stats dispatch_stats(const struct dispatch *d, const struct account *a)
{
    const struct outlet *o = &d->outlets[accounts_index(d->config.accounts, a)];
    struct dispatch_stats s = o->stats;
    s.batches = o->batch_n;
    s.in_flight = o->occupied;
    s.dead = outlet_is_dead(o);
    return s;
}
