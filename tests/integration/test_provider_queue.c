/* The bound on a provider's own queue against a real Redis: a provider that takes all that comes
 * and passes it on as it likes, on a clock of the test's own. */
#include "ledger_world.h"

#include "core/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

enum {
    RATE = 300,
    WINDOW_S = 2, /* queue_max_s */
    TICK_US = 40 * WORLD_MS,
    TICK_GRANTS = RATE * TICK_US / WORLD_S,
    RENEW_US = 10 * WORLD_S,
    PEOPLE = 1536,
    CAMPAIGN = 7,
};

/* Takes everybody at once, passes them on in their order, so many a second. */
struct provider {
    double rate; /* [1/s] */
    double owed;
    bool (*lost)(uint32_t index);  /* no receipt will ever tell of them; NULL = nobody */
    bool (*wrong)(uint32_t index); /* it says so at once, and they do not stand in its queue */
    uint32_t early;                /* from there on receipts come before we record; 0 = never */
    uint32_t taken[PEOPLE];
    size_t head, tail;
    size_t longest; /* the queue, at any tick */
};

struct run {
    struct ledger_world *w;
    struct provider provider;
    struct lease_ref lease;
    uint32_t block, blocks, next; /* next: offset of the first who is pending */
    int64_t began_us, renew_us, ask_us;
    int64_t held_us; /* in all */
    bool held;
};

static int begin(void **state)
{
    lw_next(*state);
    return 0;
}

static struct provider_queue bound(void)
{
    return provider_queue_of("g", RATE, WINDOW_S);
}

static void run_begin(struct run *r, struct ledger_world *w, const struct provider_queue *q,
                      double rate)
{
    *r = (struct run){.w = w, .provider = {.rate = rate}, .began_us = w->now_us};
    w->queue = q;
    r->blocks = lw_campaign(w, CAMPAIGN, PEOPLE);
    r->lease = lw_take(w, w->a, 0);
    r->renew_us = w->now_us + RENEW_US;
}

static bool run_is_over(const struct run *r)
{
    return r->block == r->blocks;
}

static void next_block(struct run *r)
{
    assert_int_equal(lw_batch_end(r->w, r->w->a, r->lease), BATCH_DONE);
    r->next = 0;
    if (++r->block < r->blocks) r->lease = lw_take(r->w, r->w->a, r->block);
}

static void tell_sent(struct run *r, uint32_t index)
{
    if (r->provider.lost && r->provider.lost(index)) return;
    assert_int_equal(lw_settle(r->w, CAUSE_RECEIPT, index, STATE_SENT, ""), STATE_SENT);
}

/* Of the people granted the provider takes everyone at once. */
static void hand_over(struct run *r, const struct gate_ask *ask, const struct gate_got *got)
{
    struct provider *p = &r->provider;
    struct record_item items[GATE_ASK_MAX];
    uint32_t wrong[GATE_ASK_MAX];
    size_t n = 0, wrong_n = 0;
    for (size_t i = 0; i < ask->n; i++) {
        if (got->letters[i] != 'g') continue;
        uint32_t index = r->lease.batch.first + ask->offsets[i];
        items[n++] = (struct record_item){.offset = ask->offsets[i], .state = STATE_ACCEPTED};
        if (p->wrong && p->wrong(index))
            wrong[wrong_n++] = index;
        else if (p->early && index >= p->early)
            tell_sent(r, index);
        else
            p->taken[p->tail++] = index;
    }
    if (n) (void)lw_record(r->w, r->w->a, r->lease, items, n);
    for (size_t i = 0; i < wrong_n; i++)
        (void)lw_settle(r->w, CAUSE_RECEIPT, wrong[i], STATE_UNDELIVERED, "30005");
    r->next += (uint32_t)n; /* grants are given in order */
}

static void ask(struct run *r)
{
    struct ledger_world *w = r->w;
    uint8_t offsets[TICK_GRANTS];
    uint64_t numbers[TICK_GRANTS];
    size_t n = 0;
    for (uint32_t i = r->next; i < BLOCK_ROWS && n < TICK_GRANTS; i++) {
        numbers[n] = WORLD_FIRST_NUMBER + r->lease.batch.first + i;
        offsets[n++] = (uint8_t)i;
    }
    struct gate_ask gate = lw_ask(r->lease, n);
    gate.offsets = offsets;
    gate.numbers = numbers;
    gate.rate_per_s = RATE;
    gate.window_us = TICK_US;
    gate.queue = w->queue;
    struct gate_got got = lw_gate(w, w->a, &gate);
    assert_int_equal(got.verdict, GATE_OK);
    hand_over(r, &gate, &got);
    if (r->next == BLOCK_ROWS) next_block(r);
    r->held = got.granted == 0 && got.wait_us > TICK_US;
    if (r->held) r->ask_us = w->now_us + got.wait_us;
    if (r->held) r->held_us += got.wait_us;
}

static void pass_on(struct run *r)
{
    struct provider *p = &r->provider;
    p->owed += p->rate * TICK_US / WORLD_S;
    if (p->owed > RATE) p->owed = RATE;
    for (; p->owed >= 1 && p->head < p->tail; p->owed--)
        tell_sent(r, p->taken[p->head++]);
}

static void tick(struct run *r)
{
    struct ledger_world *w = r->w;
    lw_pass(w, TICK_US);
    if (w->now_us >= r->renew_us && !run_is_over(r)) {
        assert_string_equal(lw_renew(w, w->a, &r->lease, 1).states, "k");
        r->renew_us = w->now_us + RENEW_US;
    }
    if (w->now_us >= r->ask_us && !run_is_over(r)) ask(r);
    size_t queue = r->provider.tail - r->provider.head;
    if (queue > r->provider.longest) r->provider.longest = queue;
    pass_on(r);
}

static void ticks(struct run *r, int64_t us)
{
    for (int64_t until = r->w->now_us + us; r->w->now_us < until && !run_is_over(r);)
        tick(r);
}

/* Runs until everybody was handed over; returns how long it took [s]. */
static double run_on(struct run *r)
{
    while (!run_is_over(r)) {
        tick(r);
        assert_true(r->w->now_us - r->began_us < 1000 * (int64_t)WORLD_S);
    }
    return (double)(r->w->now_us - r->began_us) / WORLD_S;
}

static double at_the_rate(void)
{
    return (double)PEOPLE / RATE;
}

/* ---- what is counted ---- */

static void the_bound_is_seconds_of_work(void **state)
{
    (void)state;
    struct provider_queue none = provider_queue_of("g", 20, 0);
    assert_int_equal(none.max, 0);
    assert_false(provider_queue_counts(&none, 7, 0));
    assert_false(provider_queue_counts(NULL, 7, 0));
    struct provider_queue small = provider_queue_of("g", 0.1, 10);
    assert_int_equal(small.max, PROVIDER_QUEUE_MIN);
    assert_int_equal(small.full, PROVIDER_QUEUE_MIN);
    assert_true(provider_queue_counts(&small, 7, 12345));
    assert_false(provider_queue_counts(&small, 0, 12345)); /* a reply */
    for (double rate = 0.1; rate < 200000; rate *= 3) {
        struct provider_queue q = provider_queue_of("g", rate, 300);
        assert_true(q.full > 0 && q.full <= 2 * PROVIDER_QUEUE_SAMPLES);
        assert_true((q.full + (q.step > 1)) * q.step <= q.max);
        assert_true((q.full + 2) * q.step > q.max * 99 / 100);
    }
}

/* One in every step, wherever a campaign begins to count. */
static void a_sample_stands_for_all(void **state)
{
    (void)state;
    struct provider_queue q = provider_queue_of("g", 1000, 300);
    int64_t first_ones = 0;
    for (uint32_t campaign = 1; campaign <= 2000; campaign++) {
        int64_t counted = 0;
        for (uint32_t i = 0; i < 10 * (uint32_t)q.step; i++)
            counted += provider_queue_counts(&q, campaign, i);
        assert_int_equal(counted, 10);
        for (uint32_t i = 0; i < 100; i++)
            first_ones += provider_queue_counts(&q, campaign, i);
    }
    /* 2,000 campaigns of 100 people are 200,000 people, not 2,000 × step */
    assert_true(first_ones * q.step > 180000 && first_ones * q.step < 220000);
}

/* ---- providers ---- */

static void a_slow_provider_is_not_filled(void **state)
{
    struct run r;
    struct provider_queue q = bound();
    run_begin(&r, *state, &q, RATE / 5.0);
    double s = run_on(&r);
    assert_true(r.provider.longest <= (size_t)q.max + TICK_GRANTS);
    assert_true(r.provider.longest > (size_t)q.max * 9 / 10);
    assert_true(r.held_us > 0);
    /* never idle meanwhile: what is left when the last one is handed over is a full queue */
    assert_true(s < (double)(PEOPLE - q.max) / (RATE / 5.0) + 5);
    assert_non_null(lw_redis(r.w, "HGET", "c:7", "queue_full_ms", NULL));
}

static bool tenth(uint32_t index)
{
    return index % 10 == 3;
}

/* Every tenth is lost on the way: that is not the queue. */
static void losses_are_not_the_queue(void **state)
{
    struct run r;
    struct provider_queue q = bound();
    run_begin(&r, *state, &q, RATE / 5.0);
    r.provider.lost = tenth;
    double s = run_on(&r);
    assert_true(r.provider.longest <= (size_t)q.max + TICK_GRANTS);
    assert_true(r.provider.longest > (size_t)q.max / 2);
    assert_true(s < (double)PEOPLE / (RATE / 5.0) * 1.05);
}

/* Phones that are switched off, networks that report nothing: at full speed all the same. */
static bool most(uint32_t index)
{
    return index * UINT32_C(2654435761) >> 24 > 76; /* 70 % */
}

static void losses_hold_nobody_up(void **state)
{
    struct run r;
    struct provider_queue q = bound();
    run_begin(&r, *state, &q, 10.0 * RATE);
    r.provider.lost = most;
    assert_true(run_on(&r) < at_the_rate() * 1.05);
    assert_int_equal(r.held_us, 0);
    assert_null(lw_redis(r.w, "HGET", "c:7", "queue_full_ms", NULL));
}

/* A fast provider and a busy machine: a receipt is here before the response to its request is recorded. The lost ones alone
 * stand in the book then, and yet they are not the queue. */
static void early_receipts_tell_of_the_queue(void **state)
{
    struct run r;
    struct provider_queue q = bound();
    run_begin(&r, *state, &q, RATE);
    r.provider.lost = most;
    r.provider.early = PEOPLE / 16;
    assert_true(run_on(&r) < at_the_rate() * 1.05);
    assert_int_equal(r.held_us, 0);
}

static void without_receipts_nobody_waits(void **state)
{
    struct run r;
    struct provider_queue q = bound();
    run_begin(&r, *state, &q, 0);
    assert_true(run_on(&r) < at_the_rate() * 1.05);
    assert_int_equal(r.held_us, 0);
    /* … and the book does not grow */
    const char *n = lw_redis(r.w, "ZCARD", "rate:g:queue", NULL);
    uint64_t in_book;
    assert_true(slice_to_u64(slice_of(n), UINT64_MAX, &in_book));
    assert_true(in_book <= 2 * (uint64_t)q.full);
}

static void without_a_bound_nothing_is_counted(void **state)
{
    struct run r;
    struct provider_queue q = provider_queue_of("g", RATE, 0);
    run_begin(&r, *state, &q, RATE / 5.0);
    assert_true(run_on(&r) < at_the_rate() * 1.05);
    assert_string_equal(lw_redis(r.w, "EXISTS", "rate:g:queue", NULL), "0");
}

/* Its receipts stop: who is waited for in vain for two windows holds nobody up, until one comes. */
static void silence_ends_the_wait(void **state)
{
    struct run r;
    struct provider_queue q = bound();
    run_begin(&r, *state, &q, RATE);
    ticks(&r, WORLD_S);
    r.provider.rate = 0;
    ticks(&r, 3 * (int64_t)WORLD_S);
    assert_true(r.held);
    assert_true(r.provider.longest <= (size_t)q.max + TICK_GRANTS);
    int64_t held_at = r.w->now_us;
    while (r.held) {
        tick(&r);
        assert_true(r.w->now_us - held_at < 2 * q.window_us + WORLD_S);
    }
    assert_true(r.w->now_us - held_at > q.window_us);
    /* it goes on, and receipts make it count again */
    size_t before = r.provider.tail;
    ticks(&r, 2 * (int64_t)WORLD_S);
    assert_true(r.provider.tail > before + RATE);
    r.provider.rate = RATE / 10.0;
    r.provider.head = r.provider.tail; /* what it had is gone */
    r.provider.longest = 0;
    (void)run_on(&r);
    assert_true(r.provider.longest <= (size_t)q.max + TICK_GRANTS);
}

static bool every_fiftieth(uint32_t index)
{
    return index % 51 == 1;
}

/* What the provider says at once of wrong numbers tells nothing of its queue. */
static void refusals_do_not_pass_for_progress(void **state)
{
    struct run r;
    struct provider_queue q = bound();
    run_begin(&r, *state, &q, RATE / 10.0);
    r.provider.wrong = every_fiftieth;
    ticks(&r, 20 * (int64_t)WORLD_S);
    assert_true(r.held_us > 0);
    assert_true(r.provider.longest <= (size_t)q.max + TICK_GRANTS);
}

/* ---- who waits ---- */

static struct lease_ref fill(struct run *r, const struct provider_queue *q)
{
    ticks(r, WORLD_S / 10);
    r->provider.rate = 0;
    ticks(r, 4 * (int64_t)WORLD_S);
    assert_true(r->held);
    (void)q;
    return r->lease;
}

static void only_that_gateway_s_campaigns_wait(void **state)
{
    struct run r;
    struct provider_queue q = bound(), other = provider_queue_of("h", RATE, WINDOW_S);
    struct ledger_world *w = *state;
    run_begin(&r, w, &q, RATE);
    (void)fill(&r, &q);
    lw_campaign(w, 8, 20);
    struct gate_ask gate = lw_ask(lw_take(w, w->a, 0), 3);
    gate.queue = &q;
    struct gate_got got = lw_gate(w, w->a, &gate);
    assert_string_equal(got.letters, "www");
    assert_true(got.wait_us >= 100 * WORLD_MS && got.wait_us <= WORLD_S);
    /* a reply asks without a bound */
    gate.queue = NULL;
    gate.is_reply = true;
    gate.grants_max = 1;
    assert_string_equal(lw_gate(w, w->a, &gate).letters, "gww");
    gate.queue = &other;
    gate.gateway = "h";
    gate.is_reply = false;
    assert_string_equal(lw_gate(w, w->a, &gate).letters, "-gw");
}

/* Waiting is no reason to be late: the deadline and a STOP are seen while the queue is full. */
static void who_waits_may_still_be_stopped(void **state)
{
    struct run r;
    struct provider_queue q = bound();
    struct ledger_world *w = *state;
    run_begin(&r, w, &q, RATE);
    (void)fill(&r, &q);
    char number[24];
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)WORLD_FIRST_NUMBER + 1);
    lw_campaign(w, 8, 20);
    lw_redis(w, "HSET", "s:all", number, "{}", NULL);
    struct gate_ask gate = lw_ask(lw_take(w, w->a, 0), 3);
    gate.queue = &q;
    assert_string_equal(lw_gate(w, w->a, &gate).letters, "wsw");
    lw_redis(w, "HSET", "c:8", "deadline_ms", "1000", NULL);
    assert_string_equal(lw_gate(w, w->a, &gate).letters, "x-x");
}

/* Redis' clock is set back by a day: what was counted before it holds nobody up for a day. */
static void a_clock_set_back_ends_the_wait(void **state)
{
    struct run r;
    struct provider_queue q = bound();
    struct ledger_world *w = *state;
    run_begin(&r, w, &q, RATE);
    (void)fill(&r, &q);
    lw_set_time(w, w->now_us - 86400 * (int64_t)WORLD_S);
    lw_campaign(w, 8, 20);
    struct gate_ask gate = lw_ask(lw_take(w, w->a, 0), 1);
    gate.queue = &q;
    (void)lw_gate(w, w->a, &gate);
    lw_pass(w, 5 * (int64_t)WORLD_S); /* the limiter waits for its second */
    assert_string_equal(lw_gate(w, w->a, &gate).letters, "g");
}

/* A receipt that comes twice, and one that overtakes the answer to its request, count once. */
static void receipts_count_once(void **state)
{
    struct ledger_world *w = *state;
    struct provider_queue q = provider_queue_of("g", 1, 1); /* everybody is counted */
    w->queue = &q;
    lw_campaign(w, CAMPAIGN, 10);
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask gate = lw_ask(lease, 3);
    gate.rate_per_s = 20000;
    gate.queue = &q;
    assert_string_equal(lw_gate(w, w->a, &gate).letters, "ggg");
    assert_int_equal(lw_settle(w, CAUSE_RECEIPT, 0, STATE_SENT, ""), STATE_SENT);
    static const struct record_item items[] = {{.offset = 0, .state = STATE_ACCEPTED},
                                               {.offset = 1, .state = STATE_ACCEPTED},
                                               {.offset = 2, .state = STATE_ACCEPTED}};
    assert_string_equal(lw_record(w, w->a, lease, items, 3).states, "322");
    assert_string_equal(lw_redis(w, "ZCARD", "rate:g:queue", NULL), "2");
    for (int i = 0; i < 3; i++)
        (void)lw_settle(w, CAUSE_RECEIPT, 1, STATE_DELIVERED, "");
    (void)lw_settle(w, CAUSE_RECEIPT, 1, STATE_SENT, "");
    assert_string_equal(lw_redis(w, "ZCARD", "rate:g:queue", NULL), "1");
}

int main(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup(f, begin)
    struct CMUnitTest tests[] = {
        QUEUE_TEST(the_bound_is_seconds_of_work),
        QUEUE_TEST(a_sample_stands_for_all),
        QUEUE_TEST(a_slow_provider_is_not_filled),
        QUEUE_TEST(losses_are_not_the_queue),
        QUEUE_TEST(losses_hold_nobody_up),
        QUEUE_TEST(early_receipts_tell_of_the_queue),
        QUEUE_TEST(without_receipts_nobody_waits),
        QUEUE_TEST(without_a_bound_nothing_is_counted),
        QUEUE_TEST(silence_ends_the_wait),
        QUEUE_TEST(refusals_do_not_pass_for_progress),
        QUEUE_TEST(only_that_gateway_s_campaigns_wait),
        QUEUE_TEST(who_waits_may_still_be_stopped),
        QUEUE_TEST(a_clock_set_back_ends_the_wait),
        QUEUE_TEST(receipts_count_once),
    };
    return lw_run("provider_queue", tests, COUNT_OF(tests), NULL);
}
