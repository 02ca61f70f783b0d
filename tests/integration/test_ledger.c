/* Leases, records, the end of a batch, sweeps and campaigns against a real Redis. */
#include "ledger_world.h"

#include "core/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

static int begin(void **state)
{
    lw_next(*state);
    return 0;
}

/* ---- lease ---- */

static void one_holder_at_a_time(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 300);
    struct lease_got a = lw_lease(w, w->a, batch_of_block(7, 1));
    assert_int_equal(a.verdict, LEASE_TAKEN);
    assert_int_equal(strlen(a.states), BLOCK_ROWS);
    for (size_t i = 0; i < BLOCK_ROWS; i++)
        assert_int_equal(a.states[i], i < 300 - BLOCK_ROWS ? '0' : 'f');

    lw_pass(w, 10 * WORLD_S);
    struct lease_got b = lw_lease(w, w->b, batch_of_block(7, 1));
    assert_int_equal(b.verdict, LEASE_HELD);
    assert_int_equal(b.held_for_us, WORLD_LEASE_US - 10 * WORLD_S);
    assert_int_equal(lw_lease(w, w->b, batch_of_block(7, 0)).verdict, LEASE_TAKEN);
    /* the same process asks again: it has it already */
    assert_int_equal(lw_lease(w, w->a, batch_of_block(7, 1)).verdict, LEASE_HELD);
}

static void what_was_in_flight_becomes_unknown(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct lease_ref old = lw_take(w, w->a, 0);
    struct gate_ask ask = lw_ask(old, 3);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 3);
    assert_int_equal(lw_record_one(w, w->a, old, 0, STATE_ACCEPTED, ""), STATE_ACCEPTED);
    lw_pass(w, WORLD_LEASE_US);
    struct lease_got got = lw_lease(w, w->b, batch_of_block(7, 0));
    assert_int_equal(got.verdict, LEASE_TAKEN);
    assert_true(got.fence > old.fence);
    assert_memory_equal(got.states, "2bb0", 4);
    assert_int_equal(lw_count(w, STATE_UNKNOWN), 2);
    assert_int_equal(lw_count(w, STATE_IN_FLIGHT), 0);
    assert_non_null(lw_detail(w, 1));
    assert_memory_equal(lw_detail(w, 1), "taken over ", 11);
}

static void a_restart_takes_its_own_at_once(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct lease_ref old = lw_take(w, w->a, 0);
    struct gate_ask ask = lw_ask(old, 3);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 3);
    struct ledger *again = lw_dispatcher(w, "a", 2), *earlier = lw_dispatcher(w, "a", 0);
    assert_int_equal(lw_lease(w, earlier, old.batch).verdict, LEASE_HELD);
    assert_int_equal(lw_lease(w, again, old.batch).verdict, LEASE_TAKEN);
    assert_int_equal(lw_count(w, STATE_UNKNOWN), 3);
    assert_int_equal(lw_gate(w, w->a, &ask).verdict, GATE_LEASE_LOST);
    ledger_free(again);
    ledger_free(earlier);
}

static void nobody_pending_is_settled(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 258);
    lw_force_state(w, 256, STATE_ACCEPTED);
    lw_force_state(w, 257, STATE_IN_FLIGHT);
    lw_redis(w, "ZADD", "c:7:o", "0", "1", NULL);
    assert_int_equal(lw_lease(w, w->a, batch_of_block(7, 1)).verdict, LEASE_SETTLED);
    assert_int_equal(lw_state(w, 257), STATE_UNKNOWN);
    assert_string_equal(lw_redis(w, "ZCARD", "c:7:o", NULL), "0");
    assert_string_equal(lw_status(w), "running"); /* block 0 is not settled */
}

static void the_last_batch_finishes_the_campaign(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 1);
    lw_force_state(w, 0, STATE_IN_FLIGHT);
    assert_int_equal(lw_lease(w, w->a, batch_of_block(7, 0)).verdict, LEASE_SETTLED);
    assert_string_equal(lw_status(w), "done");
    assert_int_equal(strtoll(lw_redis(w, "HGET", "c:7", "done_ms", NULL), NULL, 10),
                     w->now_us / 1000);
    assert_int_equal(lw_lease(w, w->a, batch_of_block(7, 0)).verdict, LEASE_SETTLED);
}

/* The last batch may be quicker than the release to see that the deadline has passed. */
static void a_deadline_that_came_first_for_somebody_expires_the_campaign(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 2);
    lw_force_state(w, 0, STATE_EXPIRED);
    lw_force_state(w, 1, STATE_IN_FLIGHT);
    assert_int_equal(lw_lease(w, w->a, batch_of_block(7, 0)).verdict, LEASE_SETTLED);
    assert_string_equal(lw_status(w), "expired");
    assert_string_equal(lw_redis(w, "HGET", "c:7", "status_why", NULL), "the deadline passed");
}

static void a_paused_campaign_keeps_its_blocks(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    lw_redis(w, "ZADD", "c:7:o", "0", "0", NULL);
    lw_move(w, 7, MOVE_PAUSE);
    assert_int_equal(lw_lease(w, w->a, batch_of_block(7, 0)).verdict, LEASE_KEPT);
    assert_string_equal(lw_redis(w, "ZCARD", "c:7:o", NULL), "0");
    assert_string_equal(lw_redis(w, "SISMEMBER", "c:7:k", "0", NULL), "1");
    lw_move(w, 7, MOVE_RESUME);
    assert_int_equal(lw_lease(w, w->a, batch_of_block(7, 0)).verdict, LEASE_TAKEN);
}

static void a_stopped_campaign_settles_as_it_is_met(void **state)
{
    struct ledger_world *w = *state;
    static const enum campaign_move moves[] = {MOVE_CANCEL, MOVE_EXPIRE};
    static const enum state states[] = {STATE_CANCELLED, STATE_EXPIRED};
    for (uint32_t i = 0; i < COUNT_OF(moves); i++) {
        lw_campaign(w, 7 + i, 256);
        lw_force_state(w, 3, STATE_ACCEPTED);
        lw_move(w, 7 + i, moves[i]);
        assert_int_equal(lw_lease(w, w->a, batch_of_block(7 + i, 0)).verdict, LEASE_SETTLED);
        assert_int_equal(lw_count(w, states[i]), 255);
        assert_int_equal(lw_count(w, STATE_ACCEPTED), 1);
    }
}

static void no_such_campaign(void **state)
{
    struct ledger_world *w = *state;
    assert_int_equal(lw_lease(w, w->a, batch_of_block(99, 0)).verdict, LEASE_GONE);
    assert_string_equal(lw_redis(w, "EXISTS", "c:99:b", NULL), "0");
}

static void renewal_prolongs_what_is_ours(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 512);
    struct lease_ref leases[] = {
        lw_take(w, w->a, 0), lw_take(w, w->a, 1), {batch_of_block(7, 1), 999}};
    lw_pass(w, WORLD_LEASE_US - 1);
    assert_string_equal(lw_renew(w, w->a, leases, 1).states, "k");
    lw_pass(w, 2);
    /* the second ran out: it is not revived, though nobody has taken it */
    assert_string_equal(lw_renew(w, w->a, leases, 3).states, "kll");
    assert_int_equal(lw_lease(w, w->b, leases[0].batch).verdict, LEASE_HELD);
    assert_int_equal(lw_lease(w, w->b, leases[1].batch).verdict, LEASE_TAKEN);
    assert_string_equal(lw_renew(w, w->a, leases, 3).states, "kll");
    /* a restart of the same instance still takes a renewed lease */
    struct ledger *again = lw_dispatcher(w, "a", 2);
    assert_int_equal(lw_lease(w, again, leases[0].batch).verdict, LEASE_TAKEN);
    ledger_free(again);
}

/* Its holder may be dead: an hour of Redis' clock that comes twice is not an hour of waiting. */
static void a_clock_set_back_prolongs_no_lease(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct lease_ref mine = lw_take(w, w->a, 0);
    lw_pass(w, -3600LL * WORLD_S);
    struct lease_got held = lw_lease(w, w->b, mine.batch);
    assert_int_equal(held.verdict, LEASE_HELD);
    assert_true(held.held_for_us <= WORLD_LEASE_US);
    /* who lives prolongs it as ever */
    assert_string_equal(lw_renew(w, w->a, &mine, 1).states, "k");
    lw_pass(w, WORLD_LEASE_US - WORLD_S);
    assert_int_equal(lw_lease(w, w->b, mine.batch).verdict, LEASE_HELD);
    lw_pass(w, WORLD_S);
    assert_int_equal(lw_lease(w, w->b, mine.batch).verdict, LEASE_TAKEN);
}

/* ---- record ---- */

static const char *cause_name(enum state_cause c)
{
    static const char *const names[] = {"gate",   "outcome", "late", "receipt",
                                        "person", "part",    "again"};
    return names[c];
}

/* The scripts' law is core's law: every move of every cause, tried in the store. */
static void every_move_as_core_says(void **state)
{
    struct ledger_world *w = *state;
    static const enum state_cause causes[] = {CAUSE_OUTCOME, CAUSE_LATE, CAUSE_RECEIPT,
                                              CAUSE_PERSON, CAUSE_PART};
    lw_campaign(w, 7, 256);
    /* in flight throughout, or moves of the others would finish the campaign */
    struct lease_ref mine = lw_take(w, w->a, 0), lost = {mine.batch, mine.fence + 1};
    for (size_t c = 0; c < COUNT_OF(causes); c++)
        for (int from = 0; from < STATE_COUNT; from++)
            for (int to = 0; to < STATE_COUNT; to++) {
                lw_force_state(w, 7, (enum state)from);
                int stands =
                    causes[c] == CAUSE_OUTCOME ? lw_record_one(w, w->a, mine, 7, (enum state)to, "")
                    : causes[c] == CAUSE_LATE  ? lw_record_one(w, w->a, lost, 7, (enum state)to, "")
                                               : lw_settle(w, causes[c], 7, (enum state)to, "");
                int wanted =
                    state_may_move(causes[c], (enum state)from, (enum state)to) ? to : from;
                if (stands != wanted || lw_state(w, 7) != wanted)
                    fail_msg("%s, %s to %s: stands %s", cause_name(causes[c]),
                             state_to_string((enum state)from), state_to_string((enum state)to),
                             state_to_string((enum state)stands));
            }
}

static void many_outcomes_in_one_call(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct lease_ref lease = lw_take(w, w->a, 0);
    for (uint32_t i = 0; i < 5; i++)
        lw_force_state(w, 2 * i, STATE_IN_FLIGHT);
    const struct record_item items[] = {
        {.offset = 8, .state = STATE_ACCEPTED},
        {.offset = 0, .state = STATE_REFUSED, .detail = SLICE_LIT("21211 invalid_number")},
        {.offset = 2, .state = STATE_PENDING},
        {.offset = 4, .state = STATE_UNKNOWN, .detail = SLICE_LIT("timeout")},
        {.offset = 6, .state = STATE_SKIPPED, .detail = SLICE_LIT("no text")},
        {.offset = 1, .state = STATE_ACCEPTED}, /* was never in flight */
    };
    assert_string_equal(lw_record(w, w->a, lease, items, COUNT_OF(items)).states, "270b80");
    assert_string_equal(lw_detail(w, 0), "21211 invalid_number");
    assert_string_equal(lw_detail(w, 4), "timeout");
    assert_null(lw_detail(w, 8));
    /* said twice (the answer was lost): the same stands */
    assert_string_equal(lw_record(w, w->a, lease, items, COUNT_OF(items)).states, "270b80");
}

static void a_late_answer_settles_unknown_and_nothing_else(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct lease_ref old = lw_take(w, w->a, 0);
    struct gate_ask ask = lw_ask(old, 3);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 3);
    lw_pass(w, WORLD_LEASE_US);
    struct lease_ref new_one = lw_take(w, w->b, 0);
    /* what "not sent" would allow, only the holder of the lease may say */
    assert_int_equal(lw_record_one(w, w->a, old, 0, STATE_PENDING, ""), STATE_UNKNOWN);
    assert_int_equal(lw_record_one(w, w->a, old, 1, STATE_ACCEPTED, ""), STATE_ACCEPTED);
    assert_null(lw_detail(w, 1)); /* "taken over" is history */
    assert_int_equal(lw_record_one(w, w->a, old, 2, STATE_REFUSED, "21211"), STATE_REFUSED);
    assert_string_equal(lw_detail(w, 2), "21211");
    /* b's own in flight are not a's to settle */
    ask = lw_ask(new_one, 5);
    assert_string_equal(lw_gate(w, w->b, &ask).letters, "---gg");
    assert_int_equal(lw_record_one(w, w->a, old, 3, STATE_ACCEPTED, ""), STATE_IN_FLIGHT);
}

/* A dispatcher that was stopped comes back before anybody took its batch: what it knows stands, and
 * none of it becomes unknown. */
static void an_answer_after_the_lease_and_before_the_takeover(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct lease_ref mine = lw_take(w, w->a, 0);
    struct gate_ask ask = lw_ask(mine, 3);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 3);
    lw_pass(w, 2 * WORLD_LEASE_US);
    assert_int_equal(lw_record_one(w, w->a, mine, 0, STATE_ACCEPTED, ""), STATE_ACCEPTED);
    assert_int_equal(lw_record_one(w, w->a, mine, 1, STATE_PENDING, ""), STATE_PENDING);
    assert_int_equal(lw_gate(w, w->a, &ask).verdict, GATE_LEASE_LOST);
    lw_take(w, w->b, 0);
    assert_int_equal(lw_state(w, 0), STATE_ACCEPTED);
    assert_int_equal(lw_state(w, 1), STATE_PENDING);
    assert_int_equal(lw_state(w, 2), STATE_UNKNOWN);
}

/* Late, early, twice, in any order: the furthest of them stands. */
static void receipts_in_any_order(void **state)
{
    struct ledger_world *w = *state;
    static const enum state said[] = {STATE_SENT, STATE_DELIVERED, STATE_READ};
    static const uint8_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                        {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    static const enum state starts[] = {STATE_PENDING, STATE_IN_FLIGHT, STATE_ACCEPTED,
                                        STATE_UNKNOWN, STATE_REFUSED,   STATE_SKIPPED,
                                        STATE_EXPIRED, STATE_CANCELLED};
    lw_campaign(w, 7, 256);
    for (size_t s = 0; s < COUNT_OF(starts); s++)
        for (size_t o = 0; o < COUNT_OF(orders); o++) {
            lw_force_state(w, 9, starts[s]);
            int stands = 0;
            for (int i = 0; i < 6; i++)
                stands = lw_settle(w, CAUSE_RECEIPT, 9, said[orders[o][i % 3]], "");
            assert_int_equal(stands, STATE_READ);
        }
}

/* A receipt that overtakes the answer: the answer changes nothing. */
static void a_receipt_before_the_answer(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = lw_ask(lease, 2);
    lw_gate(w, w->a, &ask);
    assert_int_equal(lw_settle(w, CAUSE_RECEIPT, 0, STATE_DELIVERED, ""), STATE_DELIVERED);
    assert_int_equal(lw_record_one(w, w->a, lease, 0, STATE_ACCEPTED, ""), STATE_DELIVERED);
    assert_int_equal(lw_settle(w, CAUSE_RECEIPT, 1, STATE_UNDELIVERED, "30003 unreachable"),
                     STATE_UNDELIVERED);
    assert_int_equal(lw_record_one(w, w->a, lease, 1, STATE_PENDING, ""), STATE_UNDELIVERED);
    assert_string_equal(lw_detail(w, 1), "30003 unreachable");
}

/* A campaign that is over hears of its people still, and stays over. */
static void receipts_of_a_campaign_that_is_over(void **state)
{
    struct ledger_world *w = *state;
    static const char *const over[] = {"done", "cancelled", "expired", "paused"};
    lw_campaign(w, 7, 256);
    for (size_t i = 0; i < COUNT_OF(over); i++) {
        uint32_t at = (uint32_t)i;
        lw_redis(w, "HSET", "c:7", "status", over[i], NULL);
        lw_force_state(w, at, STATE_ACCEPTED);
        assert_int_equal(lw_settle(w, CAUSE_RECEIPT, at, STATE_DELIVERED, ""), STATE_DELIVERED);
        assert_int_equal(lw_settle(w, CAUSE_RECEIPT, at, STATE_SENT, ""), STATE_DELIVERED);
        assert_string_equal(lw_status(w), over[i]);
    }
}

static void about_nobody(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 3);
    assert_int_equal(lw_settle(w, CAUSE_RECEIPT, 200, STATE_DELIVERED, ""), 15); /* a hole */
    assert_int_equal(lw_settle(w, CAUSE_RECEIPT, 9999, STATE_DELIVERED, ""),
                     15); /* beyond the ledger */
    assert_string_equal(lw_redis(w, "STRLEN", "c:7:l", NULL), "128");
}

static void the_last_receipt_finishes_the_campaign(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 1);
    lw_force_state(w, 0, STATE_IN_FLIGHT);
    assert_int_equal(lw_settle(w, CAUSE_RECEIPT, 0, STATE_DELIVERED, ""), STATE_DELIVERED);
    assert_string_equal(lw_status(w), "done");
}

/* ---- the end of a batch, sweeps ---- */

static void the_end_of_a_batch(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 2);
    lw_redis(w, "ZADD", "c:7:o", "0", "0", NULL);
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = lw_ask(lease, 1);
    lw_gate(w, w->a, &ask);
    /* an answer is missing: the lease must run out first */
    assert_int_equal(lw_batch_end(w, w->a, lease), BATCH_LOST);
    assert_string_equal(lw_redis(w, "ZCARD", "c:7:o", NULL), "1");
    lw_record_one(w, w->a, lease, 0, STATE_ACCEPTED, "");
    /* one is pending: kept, and free to be taken */
    assert_int_equal(lw_batch_end(w, w->a, lease), BATCH_KEPT);
    assert_string_equal(lw_redis(w, "ZCARD", "c:7:o", NULL), "0");
    assert_string_equal(lw_redis(w, "SCARD", "c:7:k", NULL), "1");
    assert_int_equal(lw_batch_end(w, w->a, lease), BATCH_LOST);
    lease = lw_take(w, w->b, 0);
    ask = lw_ask(lease, 2);
    lw_pass(w, WORLD_MS * 10);
    assert_string_equal(lw_gate(w, w->b, &ask).letters, "-g");
    lw_record_one(w, w->b, lease, 1, STATE_REFUSED, "21211");
    assert_string_equal(lw_status(w), "done"); /* with the last outcome */
    assert_int_equal(lw_batch_end(w, w->b, lease), BATCH_DONE);
}

static void the_last_outcome_ends_the_batch(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 258);
    struct lease_ref lease = lw_take(w, w->a, 1);
    struct gate_ask ask = lw_ask(lease, 2);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 2);
    /* somebody is in flight still, then pending: it is not the last one, whoever says so */
    assert_string_equal(lw_record_last(w, w->a, lease, 0, STATE_PENDING).states, "0");
    assert_string_equal(lw_record_last(w, w->a, lease, 1, STATE_REFUSED).states, "7");
    assert_int_equal(lw_lease(w, w->b, lease.batch).verdict, LEASE_HELD);
    lw_pass(w, WORLD_MS * 10);
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "g-");
    assert_string_equal(lw_record_last(w, w->a, lease, 0, STATE_ACCEPTED).states, "2z");
    assert_int_equal(lw_lease(w, w->b, lease.batch).verdict, LEASE_SETTLED);
    /* again, since the reply was lost: it says the same, and ends nothing */
    assert_string_equal(lw_record_last(w, w->a, lease, 0, STATE_ACCEPTED).states, "2");
}

static void all_skipped_is_done_too(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 1);
    char number[24];
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)WORLD_FIRST_NUMBER);
    lw_redis(w, "HSET", "s:all", number, "{}", NULL);
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = lw_ask(lease, 1);
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "s");
    assert_int_equal(lw_batch_end(w, w->a, lease), BATCH_DONE);
    assert_string_equal(lw_status(w), "done");
}

static void sweeps_move_the_pending_only(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256 * 20 + 5);
    for (int s = 0; s < STATE_COUNT; s++)
        lw_force_state(w, (uint32_t)(256 * 3 + s), (enum state)s);
    lw_move(w, 7, MOVE_CANCEL);
    int64_t pending = lw_count(w, STATE_PENDING), moved = 0;
    moved += lw_sweep(w, 0, LEDGER_SWEEP_BLOCKS, STATE_CANCELLED);
    assert_int_equal(moved, 256 * LEDGER_SWEEP_BLOCKS - (STATE_COUNT - 1));
    assert_int_equal(lw_sweep(w, 0, LEDGER_SWEEP_BLOCKS, STATE_CANCELLED), 0); /* repeated */
    moved += lw_sweep(w, 16, 5, STATE_CANCELLED);
    assert_int_equal(moved, pending);
    assert_int_equal(lw_count(w, STATE_PENDING), 0);
    for (int s = 1; s < STATE_COUNT; s++)
        assert_int_equal(lw_state(w, (uint32_t)(256 * 3 + s)), s);
    assert_int_equal(lw_sweep(w, 21, 4, STATE_CANCELLED), 0); /* beyond the ledger */
    assert_string_equal(lw_status(w), "cancelled");
}

int main(void)
{
#define LEDGER_TEST(f) cmocka_unit_test_setup(f, begin)
    struct CMUnitTest tests[] = {
        LEDGER_TEST(one_holder_at_a_time),
        LEDGER_TEST(what_was_in_flight_becomes_unknown),
        LEDGER_TEST(a_restart_takes_its_own_at_once),
        LEDGER_TEST(nobody_pending_is_settled),
        LEDGER_TEST(the_last_batch_finishes_the_campaign),
        LEDGER_TEST(a_deadline_that_came_first_for_somebody_expires_the_campaign),
        LEDGER_TEST(a_paused_campaign_keeps_its_blocks),
        LEDGER_TEST(a_stopped_campaign_settles_as_it_is_met),
        LEDGER_TEST(no_such_campaign),
        LEDGER_TEST(renewal_prolongs_what_is_ours),
        LEDGER_TEST(a_clock_set_back_prolongs_no_lease),
        LEDGER_TEST(every_move_as_core_says),
        LEDGER_TEST(many_outcomes_in_one_call),
        LEDGER_TEST(a_late_answer_settles_unknown_and_nothing_else),
        LEDGER_TEST(an_answer_after_the_lease_and_before_the_takeover),
        LEDGER_TEST(receipts_in_any_order),
        LEDGER_TEST(a_receipt_before_the_answer),
        LEDGER_TEST(receipts_of_a_campaign_that_is_over),
        LEDGER_TEST(about_nobody),
        LEDGER_TEST(the_last_receipt_finishes_the_campaign),
        LEDGER_TEST(the_end_of_a_batch),
        LEDGER_TEST(the_last_outcome_ends_the_batch),
        LEDGER_TEST(all_skipped_is_done_too),
        LEDGER_TEST(sweeps_move_the_pending_only),
    };
    return lw_run("ledger", tests, COUNT_OF(tests), NULL);
}
