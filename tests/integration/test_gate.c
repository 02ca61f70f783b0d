/* The gate against a real Redis: what it grants, in which order, and every reason to say no. */
#include "ledger_world.h"
#include "store/release.h"

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

static void put_time(struct ledger_world *w, const char *hash, const char *field, int64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    lw_redis(w, "HSET", hash, field, text, NULL);
}

static void suppress(struct ledger_world *w, const char *scope, uint32_t index)
{
    char key[32], number[24];
    (void)snprintf(key, sizeof key, "s:%s", scope);
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)(WORLD_FIRST_NUMBER + index));
    lw_redis(w, "HSET", key, number, "{}", NULL);
}

/* ---- what it grants ---- */

static void grants_in_order_at_even_slots(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 300);
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = lw_ask(lease, 10);
    struct gate_got got = lw_gate(w, w->a, &ask);
    assert_int_equal(got.verdict, GATE_OK);
    /* 1 ms ahead, then 4 ms of slots at 1,000/s less the margin; the rest waits */
    assert_string_equal(got.letters, "ggggwwwwww");
    for (size_t i = 0; i < got.granted; i++) {
        assert_true(got.slots[i] >= w->now_us + WORLD_MS &&
                    got.slots[i] <= w->now_us + 5 * WORLD_MS);
        if (i) assert_true(got.slots[i] - got.slots[i - 1] >= 800);
    }
    assert_int_equal(got.slots[0], w->now_us + WORLD_MS);
    assert_true(got.wait_us > 4 * WORLD_MS && got.wait_us < 6 * WORLD_MS);
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(lw_state(w, i), i < 4 ? STATE_IN_FLIGHT : STATE_PENDING);

    /* asked again: those in flight are not pending, and the next slots come after the last ones */
    lw_pass(w, 4 * WORLD_MS);
    struct gate_got next = lw_gate(w, w->a, &ask);
    assert_string_equal(next.letters, "----ggggww");
    assert_true(next.slots[0] - got.slots[3] >= 800);
}

static void grants_no_more_than_asked(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 10);
    ask.rate_per_s = 20000;
    ask.grants_max = 3;
    struct gate_got got = lw_gate(w, w->a, &ask);
    assert_string_equal(got.letters, "gggwwwwwww");
    assert_int_equal(got.wait_us, 0); /* slots there are: no need to wait */
    ask.grants_max = 0;
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "---wwwwwww");
}

/* A campaign that people pace: as many as were let out, over all calls, and then nobody. */
static void as_many_as_people_let_out(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 10);
    ask.rate_per_s = 20000;
    put_time(w, "c:7", "answer_ms", 60000);
    struct gate_got got = lw_gate(w, w->a, &ask);
    assert_string_equal(got.letters, "wwwwwwwwww"); /* nobody has looked yet */
    assert_int_equal(got.wait_us, WORLD_S);
    put_time(w, "c:7", "people_left", 7);
    ask.grants_max = 3;
    got = lw_gate(w, w->a, &ask);
    assert_string_equal(got.letters, "gggwwwwwww");
    assert_string_equal(lw_redis(w, "HGET", "c:7", "people_left", NULL), "4");
    ask.grants_max = 10;
    lw_pass(w, 4 * WORLD_MS);
    got = lw_gate(w, w->a, &ask);
    assert_string_equal(got.letters, "---ggggwww");
    assert_int_equal(got.wait_us, WORLD_S);
    assert_string_equal(lw_redis(w, "HGET", "c:7", "people_left", NULL), "0");
}

/* Two dispatchers with blocks of their own text together exactly those who are first, and whose slot is given back is
 * somebody else's. */
static void the_first_few_are_exactly_so_many(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 3 * 256);
    struct lease_ref lease = lw_take(w, w->a, 0), other = lw_take(w, w->b, 1);
    struct gate_ask ask = lw_ask(lease, 20), others = lw_ask(other, 20);
    ask.rate_per_s = others.rate_per_s = 20000;
    put_time(w, "c:7", "canary", 30);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 20);
    lw_pass(w, 10 * WORLD_MS);
    struct gate_got got = lw_gate(w, w->b, &others);
    assert_int_equal(got.granted, 10);
    assert_int_equal(got.wait_us, WORLD_S);
    assert_int_equal(lw_count(w, STATE_IN_FLIGHT), 30);
    assert_int_equal(lw_record_one(w, w->a, lease, 3, STATE_PENDING, "busy"), STATE_PENDING);
    assert_int_equal(lw_record_one(w, w->a, lease, 4, STATE_REFUSED, "no"), STATE_REFUSED);
    lw_pass(w, 10 * WORLD_MS);
    assert_int_equal(lw_gate(w, w->b, &others).granted, 1);
    lw_move(w, 7, MOVE_PAUSE); /* a person looks */
    lw_move(w, 7, MOVE_RESUME);
    lw_pass(w, 10 * WORLD_MS);
    assert_int_equal(lw_gate(w, w->b, &others).granted, 9);
}

/* Paused before all of them have it, it goes on with them. */
static void a_resume_before_that_is_no_look(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 10);
    ask.rate_per_s = 20000;
    ask.grants_max = 4;
    put_time(w, "c:7", "canary", 5);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 4);
    lw_move(w, 7, MOVE_PAUSE);
    lw_move(w, 7, MOVE_RESUME);
    ask.grants_max = 10;
    lw_pass(w, 10 * WORLD_MS);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 1);
    assert_string_equal(lw_redis(w, "HGET", "c:7", "brake_texted", NULL), "4");
}

static void any_offsets_of_any_block(void **state)
{
    struct ledger_world *w = *state;
    static const uint8_t offsets[] = {0, 7, 8, 40}, sender_of[] = {0, 0, 0, 0};
    static const uint64_t numbers[] = {1, 2, 3, 4};
    lw_campaign(w, 7, 256 + 41);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 1), 4);
    ask.rate_per_s = 20000;
    ask.offsets = offsets;
    ask.sender_of = sender_of;
    ask.numbers = numbers;
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "gggg");
    assert_int_equal(lw_count(w, STATE_IN_FLIGHT), 4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(lw_state(w, 256 + offsets[i]), STATE_IN_FLIGHT);
}

static void a_hole_is_nobody(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 3);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 5);
    ask.rate_per_s = 20000;
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "ggg--");
}

/* The direct book: one recipient a batch, a lease each, never done. */
static void direct_messages_pass_alike(void **state)
{
    struct ledger_world *w = *state;
    lw_redis(w, "HSET", "c:0", "status", "running", "endless", "1", "total", "2", "n0", "2", NULL);
    lw_redis(w, "SETRANGE", "c:0:l", "0", "\xff", NULL);
    lw_redis(w, "BITFIELD", "c:0:l", "SET", "u8", "0", "0", NULL); /* two people, pending */
    struct batch_id second = batch_of_direct(1);
    struct lease_got got = lw_lease(w, w->a, second);
    assert_int_equal(got.verdict, LEASE_TAKEN);
    assert_string_equal(got.states, "0");
    struct lease_ref lease = {second, got.fence};
    struct gate_ask ask = lw_ask(lease, 1);
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "g");
    assert_int_equal(lw_record_one(w, w->a, lease, 0, STATE_ACCEPTED, ""), STATE_ACCEPTED);
    assert_int_equal(lw_batch_end(w, w->a, lease), BATCH_DONE);
    assert_int_equal(lw_state(w, 0), STATE_PENDING);
    assert_string_equal(lw_status(w), "running");
}

/* ---- whom it leaves out ---- */

static void the_suppressed_are_skipped(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    suppress(w, "all", 1);
    suppress(w, "main", 3);
    suppress(w, "north", 4);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 6);
    ask.rate_per_s = 20000;
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "gsgsgg");
    assert_int_equal(lw_count(w, STATE_SKIPPED), 2);
    assert_string_equal(lw_detail(w, 1), "suppressed");
    assert_string_equal(lw_detail(w, 3), "suppressed");
    assert_null(lw_detail(w, 4));
    /* from the moment that it is stored: between two calls */
    ask = lw_ask(ask.lease, 8);
    ask.rate_per_s = 20000;
    suppress(w, "all", 7);
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "------gs");
}

/* A doubt holds for campaigns; answers of people go. */
static void the_held_are_skipped_and_answered(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    suppress(w, "hold", 1);
    suppress(w, "hold", 2);
    suppress(w, "all", 2);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 4);
    ask.rate_per_s = 20000;
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "gssg");
    assert_string_equal(lw_detail(w, 1), "held");
    assert_string_equal(lw_detail(w, 2), "suppressed");
    assert_string_equal(lw_redis(w, "HGET", "c:7", "held", NULL), "1");
    lw_campaign(w, 8, 256);
    ask = lw_ask(lw_take(w, w->a, 0), 2);
    ask.rate_per_s = 20000;
    ask.is_reply = true;
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "gg");
}

static void the_confirmation_of_a_stop_passes(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    suppress(w, "all", 0);
    suppress(w, "main", 0);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 1);
    ask.to_suppressed_too = true;
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "g");
}

static void nothing_after_the_deadline(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 3);
    put_time(w, "c:7", "deadline_ms", w->now_us / 1000 + 6);
    ask.grants_max = 1;
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "gww");
    /* a slot could fall behind the deadline, so nobody gets one */
    lw_pass(w, WORLD_MS);
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "-xx");
    assert_int_equal(lw_count(w, STATE_EXPIRED), 2);
    assert_string_equal(lw_detail(w, 1), "deadline");
}

static void nothing_after_its_own_end(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 2);
    ask.until_us = w->now_us + WORLD_S;
    ask.grants_max = 1;
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "gw");
    lw_pass(w, WORLD_S);
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "-x");
    assert_int_equal(lw_count(w, STATE_EXPIRED), 1);
}

/* ---- allowed hours ---- */

static void only_slots_inside_the_hours(void **state)
{
    struct ledger_world *w = *state;
    static const uint8_t window_of[] = {0, 1, 2, 3, 0, 4};
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 6);
    const struct gate_window windows[] = {
        {w->now_us - WORLD_S, w->now_us + WORLD_S},                   /* open */
        {w->now_us + 3600LL * WORLD_S, w->now_us + 7200LL * WORLD_S}, /* in an hour */
        {w->now_us - 2 * WORLD_S, w->now_us + WORLD_MS}, /* over before a slot could be */
        {0, 0},                                          /* never */
        {w->now_us - WORLD_S, w->now_us + 86400LL * WORLD_S},
    };
    ask.rate_per_s = 20000;
    ask.windows = windows;
    ask.window_count = COUNT_OF(windows);
    ask.window_of = window_of;
    struct gate_got got = lw_gate(w, w->a, &ask);
    assert_string_equal(got.letters, "ghhsgg");
    assert_int_equal(got.closed_n, 2);
    assert_int_equal(got.opens_s[0], 3600);
    assert_int_equal(got.opens_s[1], 0);
    assert_string_equal(lw_detail(w, 3), "no allowed hour");
    assert_int_equal(lw_count(w, STATE_IN_FLIGHT), 3);
    assert_int_equal(lw_count(w, STATE_PENDING), 252);
    /* who was refused took no slot from the others */
    assert_true(got.slots[1] - got.slots[0] < WORLD_MS);
}

/* The window ends between two slots: the first is granted, the second is not. */
static void the_hours_end_at_a_slot(void **state)
{
    struct ledger_world *w = *state;
    static const uint8_t window_of[] = {0, 0, 0, 0};
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 4);
    const struct gate_window until_then = {0, w->now_us + 2 * WORLD_MS + 500};
    ask.windows = &until_then;
    ask.window_count = 1;
    ask.window_of = window_of;
    struct gate_got got = lw_gate(w, w->a, &ask);
    assert_string_equal(got.letters, "gghh");
    assert_true(got.slots[1] < until_then.close_us);
    /* and it begins at one, to the microsecond */
    const struct gate_window from_then = {w->now_us + 20 * WORLD_MS, w->now_us + WORLD_S};
    ask.windows = &from_then;
    lw_pass(w, 10 * WORLD_MS);
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "--hh");
    lw_pass(w, 10 * WORLD_MS);
    got = lw_gate(w, w->a, &ask);
    assert_string_equal(got.letters, "--gg");
    assert_true(got.slots[0] >= from_then.open_us);
}

struct reserved {
    bool done;
    size_t n;
    uint32_t first;
};

static const struct campaign_purse no_budget;

static void on_reserved(void *arg, int result, const uint32_t *blocks, size_t n,
                        const struct campaign_shortage *shortage)
{
    assert_null(shortage);
    assert_int_equal(result, 0);
    *(struct reserved *)arg = (struct reserved){true, n, n ? blocks[0] : 0};
}

static struct reserved reserve(struct ledger_world *w, size_t target)
{
    struct reserved r = {.done = false};
    campaign_reserve(w->store, 7, target, 0, &no_budget, on_reserved, &r);
    while (!r.done)
        loop_turn(w->loop, WORLD_MS);
    return r;
}

/* The release goes by Redis' own clock, so the times here are far off or over. */
static void a_batch_sleeps_until_its_hours(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 2 * BLOCK_ROWS);
    assert_int_equal(reserve(w, 2).n, 2);
    struct lease_ref sleeps = lw_take(w, w->a, 0), sleeps_longer = lw_take(w, w->a, 1);
    assert_int_equal(lw_batch_rest(w, w->a, sleeps_longer, 4000000002000), BATCH_KEPT);
    assert_int_equal(lw_batch_rest(w, w->a, sleeps, 4000000001000), BATCH_KEPT);
    assert_string_equal(lw_redis(w, "HGET", "c:7", "opens_ms", NULL), "4000000001000");
    assert_int_equal(reserve(w, 4).n, 0);
    assert_string_equal(lw_status(w), "running");
    /* the hour comes */
    lw_redis(w, "ZADD", "c:7:h", "1000", "0", NULL);
    struct reserved r = reserve(w, 4);
    assert_int_equal(r.n, 1);
    assert_int_equal(r.first, 0);
    assert_string_equal(lw_redis(w, "HGET", "c:7", "opens_ms", NULL), "4000000002000");
    /* a batch that is settled does not come again, whatever it was told */
    lw_redis(w, "ZADD", "c:7:h", "1000", "1", NULL);
    assert_int_equal(reserve(w, 4).n, 1);
    assert_null(lw_redis(w, "HGET", "c:7", "opens_ms", NULL));
    sleeps = lw_take(w, w->a, 1);
    for (uint32_t i = 0; i < BLOCK_ROWS; i++)
        lw_force_state(w, BLOCK_ROWS + i, STATE_SKIPPED);
    assert_int_equal(lw_batch_rest(w, w->a, sleeps, 4000000001000), BATCH_DONE);
    assert_int_equal(reserve(w, 4).n, 0);
}

/* It was put to rest by a clock that was far ahead, where today's hours were over. */
static void a_batch_that_sleeps_by_a_clock_that_was_ahead_wakes(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 2 * BLOCK_ROWS);
    assert_int_equal(reserve(w, 2).n, 2);
    assert_int_equal(lw_batch_rest(w, w->a, lw_take(w, w->a, 0), 4000000001000), BATCH_KEPT);
    assert_int_equal(lw_batch_rest(w, w->a, lw_take(w, w->a, 1), 4000000002000), BATCH_KEPT);
    assert_non_null(lw_redis(w, "HGET", "c:7", "rested_ms", NULL));
    lw_redis(w, "HSET", "c:7", "rested_ms", "1000", NULL);
    assert_int_equal(reserve(w, 4).n, 0);
    lw_redis(w, "HSET", "c:7", "rested_ms", "3999999999000", NULL);
    assert_int_equal(reserve(w, 4).n, 2);
    assert_null(lw_redis(w, "HGET", "c:7", "opens_ms", NULL));
    assert_null(lw_redis(w, "HGET", "c:7", "rested_ms", NULL));
    assert_int_equal(reserve(w, 4).n, 0);
}

/* ---- when it says nothing at all ---- */

static void only_a_running_campaign(void **state)
{
    struct ledger_world *w = *state;
    static const char *const statuses[] = {"paused",    "cancelled", "expired", "blocked",
                                           "scheduled", "preparing", "done"};
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 3);
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        lw_redis(w, "HSET", "c:7", "status", statuses[i], NULL);
        struct gate_got got = lw_gate(w, w->a, &ask);
        assert_int_equal(got.verdict, GATE_NOT_RUNNING);
        assert_string_equal(got.status, statuses[i]);
        assert_int_equal(lw_count(w, STATE_PENDING), 256);
    }
    lw_redis(w, "HSET", "c:7", "status", "running", NULL);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 3);
}

static void only_with_the_lease(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 512);
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct lease_ref other_fence = {lease.batch, lease.fence + 1};
    struct lease_ref other_block = {batch_of_block(7, 1), lease.fence};
    struct lease_ref nobodys[] = {other_fence, other_block};
    for (size_t i = 0; i < COUNT_OF(nobodys); i++) {
        struct gate_ask ask = lw_ask(nobodys[i], 3);
        assert_int_equal(lw_gate(w, w->a, &ask).verdict, GATE_LEASE_LOST);
    }
    struct gate_ask ask = lw_ask(lease, 3);
    lw_pass(w, WORLD_LEASE_US - 1);
    assert_int_equal(lw_gate(w, w->a, &ask).verdict, GATE_OK);
    lw_pass(w, 1);
    assert_int_equal(lw_gate(w, w->a, &ask).verdict, GATE_LEASE_LOST);
    /* and not after somebody else took it */
    struct lease_ref theirs = lw_take(w, w->b, 0);
    assert_int_equal(lw_gate(w, w->a, &ask).verdict, GATE_LEASE_LOST);
    ask = lw_ask(theirs, 3);
    assert_string_equal(lw_gate(w, w->b, &ask).letters, "---"); /* a's three are unknown now */
}

/* ---- pace ---- */

static void senders_have_limits_of_their_own(void **state)
{
    struct ledger_world *w = *state;
    static const char *const senders[] = {"s1", "s2"};
    static const uint8_t sender_of[] = {0, 0, 0, 1, 1, 1};
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 6);
    ask.senders = senders;
    ask.sender_count = 2;
    ask.sender_of = sender_of;
    ask.rate_per_s = 20000;
    ask.sender_rate_per_s = 1;
    struct gate_got got = lw_gate(w, w->a, &ask);
    /* each person waits for their sender, and not for the gateway */
    assert_string_equal(got.letters, "gvvgvv");
    assert_int_equal(got.wait_us, 0);
    assert_int_equal(got.waiting_n, 4);
    for (size_t i = 0; i < 4; i++)
        assert_true(got.waiting[i] - w->now_us > 900 * WORLD_MS);
    lw_pass(w, 1200 * WORLD_MS);
    assert_string_equal(lw_gate(w, w->a, &ask).letters, "-gv-gv");
}

/* A second that is full for blasts has still room for a reply. */
static void replies_have_a_reserve(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 100);
    ask.rate_per_s = 500; /* two in a thousand: one */
    put_time(w, "rate:g", "edge", (w->now_us - 900 * WORLD_MS) / 2000);
    put_time(w, "rate:g", "used", 499);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 0);
    ask.is_reply = true;
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 1);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 0);
}

static void too_fast_means_hold_then_half(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 512);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 100);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 4);
    lw_slow(w, "g", NULL, 2 * WORLD_S);
    struct gate_got held = lw_gate(w, w->a, &ask);
    assert_int_equal(held.granted, 0);
    assert_true(held.wait_us >= 2 * WORLD_S && held.wait_us < 2 * WORLD_S + 20 * WORLD_MS);
    lw_pass(w, 2 * WORLD_S - 6 * WORLD_MS);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 0);
    lw_pass(w, 6 * WORLD_MS);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 3); /* half of 1,000/s and a little more */
    /* the same burst of answers halves it once */
    lw_slow(w, "g", NULL, 0);
    const char *once = lw_redis(w, "HGET", "rate:g", "factor", NULL);
    double factor = strtod(once, NULL);
    lw_slow(w, "g", NULL, 0);
    assert_true(strtod(lw_redis(w, "HGET", "rate:g", "factor", NULL), NULL) == factor);
    /* a longer hold wins over a shorter one that comes later */
    lw_slow(w, "g", NULL, 3 * WORLD_S);
    lw_slow(w, "g", NULL, 1 * WORLD_S);
    lw_pass(w, 2 * WORLD_S);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 0);
    /* half a minute later it is forgotten */
    lw_pass(w, 20 * WORLD_S);
    struct lease_ref leases[] = {ask.lease};
    assert_string_equal(lw_renew(w, w->a, leases, 1).states, "k");
    lw_pass(w, 20 * WORLD_S);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 4);
}

static void a_sender_that_is_too_fast_holds_only_itself(void **state)
{
    struct ledger_world *w = *state;
    static const char *const senders[] = {"s1", "s2"};
    static const uint8_t sender_of[] = {0, 1, 0, 1};
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 4);
    ask.senders = senders;
    ask.sender_count = 2;
    ask.sender_of = sender_of;
    ask.rate_per_s = ask.sender_rate_per_s = 20000;
    lw_slow(w, "g", "s1", 5 * WORLD_S);
    struct gate_got got = lw_gate(w, w->a, &ask);
    assert_string_equal(got.letters, "vgvg");
    assert_true(got.waiting[0] - w->now_us >= 5 * WORLD_S);
}

/* Told of by two, a little one after the other: the last one counts, and it is one second. */
static void a_clock_set_forward_means_a_second(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 100);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 4);
    lw_pass(w, 150 * WORLD_MS); /* nobody's time */
    lw_clock_set(w, "g");
    lw_pass(w, 5 * WORLD_MS);
    lw_clock_set(w, "g");
    lw_clock_set(w, "another"); /* has granted nothing */
    assert_null(lw_redis(w, "HGET", "rate:another", "set", NULL));
    struct gate_got held = lw_gate(w, w->a, &ask);
    assert_int_equal(held.granted, 0);
    assert_true(held.wait_us >= WORLD_S && held.wait_us < WORLD_S + 20 * WORLD_MS);
    ask.is_reply = true; /* a reply, too */
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 0);
    lw_pass(w, held.wait_us);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 4); /* and nothing is caught up with */
}

/* Slots go on where they were, which is later; further back, a second passes. */
static void a_clock_set_back_gives_nothing_twice(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 100);
    struct gate_got first = lw_gate(w, w->a, &ask);
    lw_pass(w, -150 * WORLD_MS);
    struct gate_got held = lw_gate(w, w->a, &ask);
    assert_int_equal(held.granted, 0);
    assert_true(w->now_us + held.wait_us > first.slots[first.granted - 1]);
    lw_pass(w, -3600LL * WORLD_S);
    held = lw_gate(w, w->a, &ask);
    assert_int_equal(held.granted, 0);
    assert_true(held.wait_us >= WORLD_S && held.wait_us < WORLD_S + 20 * WORLD_MS);
    lw_pass(w, held.wait_us);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 4);
}

/* What was left of a hold is left of it by the new time, too: nobody waits until the clock is there again. */
static void a_clock_set_back_makes_no_hold_longer(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 4);
    lw_slow(w, "g", NULL, 5 * WORLD_S);
    lw_pass(w, WORLD_S);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 0);
    lw_pass(w, -1800LL * WORLD_S);
    struct gate_got held = lw_gate(w, w->a, &ask);
    assert_int_equal(held.granted, 0);
    assert_true(held.wait_us > 3 * WORLD_S && held.wait_us < 4 * WORLD_S + 20 * WORLD_MS);
}

/* A provider may ask for more than an hour; then it is asked once an hour. */
static void a_very_long_hold_still_holds(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    lw_slow(w, "g", NULL, 7200LL * WORLD_S);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 4);
    struct gate_got got = lw_gate(w, w->a, &ask);
    assert_int_equal(got.granted, 0);
    assert_true(got.wait_us >= 3599LL * WORLD_S);
}

static void slots_that_were_missed_come_back(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 128);
    struct gate_got first = lw_gate(w, w->a, &ask);
    assert_int_equal(first.granted, 4);
    lw_pass(w, 20 * WORLD_MS);
    ask.given_back = first.slots;
    ask.given_back_n = first.granted;
    lw_gate(w, w->a, &ask);
    assert_int_equal(strtol(lw_redis(w, "HGET", "rate:g", "used", NULL), NULL, 10),
                     lw_count(w, STATE_IN_FLIGHT) - 4);
}

/* What is given back twice, or was never given, must not make room that is not there. */
static void only_what_was_given_comes_back(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 128);
    struct gate_got first = lw_gate(w, w->a, &ask);
    const int64_t wrong[] = {first.slots[0] - 40 * WORLD_MS, first.slots[0] + 40 * WORLD_MS,
                             w->now_us - 3600LL * WORLD_S, w->now_us + 3600LL * WORLD_S, 0};
    ask.given_back = wrong;
    ask.given_back_n = COUNT_OF(wrong);
    lw_pass(w, 4 * WORLD_MS);
    lw_gate(w, w->a, &ask);
    assert_int_equal(strtol(lw_redis(w, "HGET", "rate:g", "used", NULL), NULL, 10),
                     lw_count(w, STATE_IN_FLIGHT));
}

static long rate_used(struct ledger_world *w)
{
    return strtol(lw_redis(w, "HGET", "rate:g", "used", NULL), NULL, 10);
}

/* Two of ten a second left 300 ms after their slots: a second after the slots those are still not over. */
static void what_left_late_counts_where_it_left(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 128);
    ask.rate_per_s = 10;
    ask.window_us = 200 * WORLD_MS;
    struct gate_got first = lw_gate(w, w->a, &ask);
    assert_int_equal(first.granted, 2);
    const struct slot_move moves[] = {{first.slots[0], first.slots[0] + 300 * WORLD_MS},
                                      {first.slots[1], first.slots[1] + 300 * WORLD_MS}};
    lw_pass(w, 400 * WORLD_MS);
    lw_moved(w, "g", 10, moves, 2);
    assert_int_equal(rate_used(w), 2);
    ask.window_us = 1200 * WORLD_MS;
    struct gate_got then = lw_gate(w, w->a, &ask);
    size_t in_time = 0;
    for (size_t i = 0; i < then.granted; i++)
        in_time += then.slots[i] < moves[0].to_us + WORLD_S;
    assert_int_equal(in_time, 10 - 2);
}

/* Nobody knows when it left: both count. Below one a second the pace goes on from there. */
static void what_may_have_left_late_counts_twice(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 2);
    ask.rate_per_s = 0.5;
    struct gate_got first = lw_gate(w, w->a, &ask);
    assert_int_equal(first.granted, 1);
    const struct slot_move move = {0, first.slots[0] + 500 * WORLD_MS};
    lw_pass(w, 600 * WORLD_MS);
    lw_moved(w, "g", 0.5, &move, 1);
    assert_int_equal(rate_used(w), 2);
    struct gate_got then = lw_gate(w, w->a, &ask);
    assert_int_equal(then.granted, 0);
    assert_true(w->now_us + then.wait_us >= move.to_us + 2 * WORLD_S);
}

/* Long ago, or by a clock that was set since. */
static void what_cannot_be_counted_is_not(void **state)
{
    struct ledger_world *w = *state;
    lw_campaign(w, 7, 256);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 128);
    struct gate_got first = lw_gate(w, w->a, &ask);
    const struct slot_move moves[] = {{first.slots[0], w->now_us - 3600LL * WORLD_S},
                                      {w->now_us - 3600LL * WORLD_S, w->now_us + 3600LL * WORLD_S},
                                      {w->now_us + 40 * WORLD_MS, first.slots[1]}};
    lw_moved(w, "g", 2000, moves, COUNT_OF(moves));
    assert_int_equal(rate_used(w), first.granted + 1); /* the third, whose slot nobody knows */
}

int main(void)
{
#define GATE_TEST(f) cmocka_unit_test_setup(f, begin)
    struct CMUnitTest tests[] = {
        GATE_TEST(grants_in_order_at_even_slots),
        GATE_TEST(grants_no_more_than_asked),
        GATE_TEST(as_many_as_people_let_out),
        GATE_TEST(the_first_few_are_exactly_so_many),
        GATE_TEST(a_resume_before_that_is_no_look),
        GATE_TEST(any_offsets_of_any_block),
        GATE_TEST(a_hole_is_nobody),
        GATE_TEST(direct_messages_pass_alike),
        GATE_TEST(the_suppressed_are_skipped),
        GATE_TEST(the_held_are_skipped_and_answered),
        GATE_TEST(the_confirmation_of_a_stop_passes),
        GATE_TEST(nothing_after_the_deadline),
        GATE_TEST(nothing_after_its_own_end),
        GATE_TEST(only_slots_inside_the_hours),
        GATE_TEST(the_hours_end_at_a_slot),
        GATE_TEST(a_batch_sleeps_until_its_hours),
        GATE_TEST(a_batch_that_sleeps_by_a_clock_that_was_ahead_wakes),
        GATE_TEST(only_a_running_campaign),
        GATE_TEST(only_with_the_lease),
        GATE_TEST(senders_have_limits_of_their_own),
        GATE_TEST(replies_have_a_reserve),
        GATE_TEST(a_clock_set_forward_means_a_second),
        GATE_TEST(a_clock_set_back_gives_nothing_twice),
        GATE_TEST(too_fast_means_hold_then_half),
        GATE_TEST(a_sender_that_is_too_fast_holds_only_itself),
        GATE_TEST(a_clock_set_back_makes_no_hold_longer),
        GATE_TEST(a_very_long_hold_still_holds),
        GATE_TEST(slots_that_were_missed_come_back),
        GATE_TEST(only_what_was_given_comes_back),
        GATE_TEST(what_left_late_counts_where_it_left),
        GATE_TEST(what_may_have_left_late_counts_twice),
        GATE_TEST(what_cannot_be_counted_is_not),
    };
    return lw_run("gate", tests, COUNT_OF(tests), NULL);
}
