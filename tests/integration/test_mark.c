/* What the store says to whoever checks in: it is the one they know, it went back, or they wait. */
#include "mark_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/redis.h"
#include "store/suppress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void a_first_start_makes_the_id(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b");
    assert_int_equal(mark_stand(a.store), MARK_AWAY);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    assert_int_equal(strlen(mark_id(a.store)), MARK_ID_BYTES - 1);
    assert_int_equal(check_in(&b, "r1", ""), MARK_STANDS);
    assert_string_equal(mark_id(b.store), mark_id(a.store));
    assert_string_equal(b.peers, "a b ");
    move_mark(7);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    assert_int_equal(mark_seen(a.store), 7);
    unsigned era = mark_era(a.store);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    assert_int_equal(mark_era(a.store), era); /* the same connection */
    mark_leave(a.store);
    assert_int_equal(mark_stand(a.store), MARK_AWAY);
    assert_int_not_equal(mark_era(a.store), era);
    store_free(a.store);
    store_free(b.store);
}

/* A copy of before is put back: whoever has seen more says so, and then nobody passes. */
static void who_has_seen_more_says_so(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b");
    move_mark(10);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    move_mark(-3);
    assert_int_equal(check_in(&b, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&a, "r1", ""), MARK_BACK);
    assert_int_equal(a.got.back, MARK_LESS);
    assert_string_equal(a.by, "a");
    assert_int_equal(a.got.had, 7);
    assert_int_equal(a.got.seen, 10);
    assert_int_equal(a.got.since_ms, w->now_us / 1000);
    move_mark(100); /* what happens meanwhile mends nothing */
    lw_pass(w, 60 * (int64_t)WORLD_S);
    assert_int_equal(check_in(&b, "r1", ""), MARK_BACK);
    assert_int_equal(check_in(&a, "r1", ""), MARK_BACK);
    assert_int_equal(a.got.had, 7);
    store_free(a.store);
    store_free(b.store);
}

/* Ids that stand in links are not given again, wherever they were. */
static void what_stands_in_links_is_not_given_again(void **state)
{
    (void)state;
    struct process a = process_new("a");
    move_mark(10);
    (void)lw_redis(w, "SET", "id:campaign", "7", NULL);
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    assert_string_equal(lw_redis(w, "GET", "id:campaign", NULL), "7");
    move_mark(-3);
    assert_int_equal(check_in(&a, "r1", ""), MARK_BACK);
    assert_string_equal(lw_redis(w, "GET", "id:campaign", NULL), "1007");
    assert_string_equal(lw_redis(w, "GET", "session:next", NULL), "100000");
    assert_true(strlen(lw_redis(w, "HGET", "store", "era", NULL)) > 10);
    assert_int_equal(check_in(&a, "r1", ""), MARK_BACK); /* once */
    assert_string_equal(lw_redis(w, "GET", "id:campaign", NULL), "1007");
    store_free(a.store);
}

static void an_empty_and_another_store(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b"), c = process_new("c");
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    (void)lw_redis(w, "DEL", "store", NULL);
    assert_int_equal(check_in(&a, "r1", ""), MARK_BACK);
    assert_int_equal(a.got.back, MARK_EMPTY);
    assert_string_equal(lw_redis(w, "HGET", "store", "id", NULL), mark_id(a.store));
    (void)lw_redis(w, "DEL", "store", NULL);
    mark_know(b.store, "0123456789abcdef0123456789abcdef", 0);
    assert_int_equal(check_in(&c, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&b, "r1", ""), MARK_BACK);
    assert_int_equal(b.got.back, MARK_OTHER);
    assert_string_equal(mark_id(b.store), "0123456789abcdef0123456789abcdef");
    assert_int_equal(check_in(&c, "r1", ""), MARK_BACK);
    store_free(a.store);
    store_free(b.store);
    store_free(c.store);
}

/* ---- the gate ---- */

/* Each is put into the store, and taken out again. */
static const struct {
    const char *what, *field, *value;
} wrongs[] = {
    {"another id", "id", "0123456789abcdef0123456789abcdef"},
    {"it went back", "back", "less"},
    {"others are waited for", "waits", "1700000000000"},
    {"it has less", "mark", "0"},
};

static void try_wrong(struct lease_ref lease, size_t i)
{
    struct gate_ask ask = lw_ask(lease, 4);
    char was[64];
    const char *before = lw_redis(w, "HGET", "store", wrongs[i].field, NULL);
    (void)snprintf(was, sizeof was, "%s", before ? before : "");
    (void)lw_redis(w, "HSET", "store", wrongs[i].field, wrongs[i].value, NULL);
    assert_int_equal(mark_stand(w->ledgers), MARK_STANDS);
    if (lw_gate(w, w->a, &ask).verdict != GATE_STORE) fail_msg("%s", wrongs[i].what);
    assert_int_equal(mark_stand(w->ledgers), MARK_AWAY);
    if (before)
        (void)lw_redis(w, "HSET", "store", wrongs[i].field, was, NULL);
    else
        (void)lw_redis(w, "HDEL", "store", wrongs[i].field, NULL);
    /* not before it has checked in again */
    assert_int_equal(lw_gate(w, w->a, &ask).verdict, GATE_STORE);
    for (uint32_t person = 0; person < 8; person++)
        assert_int_equal(lw_state(w, person), person < 4 ? STATE_IN_FLIGHT : STATE_PENDING);
    lw_check_in(w);
}

static void the_gate_refuses_in_the_same_step(void **state)
{
    (void)state;
    lw_campaign(w, 1, 8);
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = lw_ask(lease, 4);
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 4);
    for (size_t i = 0; i < COUNT_OF(wrongs); i++)
        try_wrong(lease, i);
    static const uint8_t rest[] = {4, 5, 6, 7};
    lw_pass(w, WORLD_S);
    ask = lw_ask(lease, 4);
    ask.offsets = rest;
    assert_int_equal(lw_gate(w, w->a, &ask).granted, 4);
}

static void on_refused(void *arg)
{
    (*(int *)arg)++;
}

static void a_flushed_store_lets_nobody_pass(void **state)
{
    (void)state;
    int told = 0;
    mark_on_refused(w->ledgers, on_refused, &told);
    lw_campaign(w, 1, 8);
    struct gate_ask ask = lw_ask(lw_take(w, w->a, 0), 4);
    (void)lw_redis(w, "DEL", "store", NULL);
    assert_int_equal(lw_gate(w, w->a, &ask).verdict, GATE_STORE);
    assert_int_equal(told, 1);
    lw_check_in(w);
    assert_int_equal(mark_stand(w->ledgers), MARK_BACK);
}

/* ---- what moves the mark ---- */

static void grants_and_records_move_it(void **state)
{
    (void)state;
    lw_campaign(w, 1, 8);
    struct lease_ref lease = lw_take(w, w->a, 0);
    struct gate_ask ask = lw_ask(lease, 4);
    uint64_t before = mark_of_store();
    struct gate_got got = lw_gate(w, w->a, &ask);
    assert_int_equal(got.mark, before + 1);
    assert_int_equal(lw_gate(w, w->a, &ask).mark, 0); /* nobody is pending there */
    assert_int_equal(mark_of_store(), before + 1);
    assert_int_equal(lw_record_one(w, w->a, lease, 0, STATE_ACCEPTED, ""), STATE_ACCEPTED);
    assert_int_equal(mark_seen(w->ledgers), before + 2);
    assert_int_equal(lw_record_one(w, w->a, lease, 0, STATE_ACCEPTED, ""), STATE_ACCEPTED);
    assert_int_equal(mark_of_store(), before + 2); /* nothing moved */
    lw_move(w, 1, MOVE_PAUSE);
    assert_int_equal(mark_of_store(), before + 3);
}

static void on_count(void *arg, int result, int64_t count, const struct err *e)
{
    struct done *d = arg;
    (void)count, (void)e;
    *d = (struct done){mark_told(w->store), result, true};
}

static uint64_t add_optout(void)
{
    struct done d = {0};
    const struct suppress_entry entry = {.number = WORLD_FIRST_NUMBER, .at_ms = 1};
    suppress_add(w->store, SLICE_LIT("all"), &entry, 1, on_count, &d);
    return mark_told_of(&d);
}

static uint64_t lift_optout(void)
{
    struct done d = {0};
    suppress_remove(w->store, SLICE_LIT("all"), WORLD_FIRST_NUMBER,
                    deed_for(SLICE_LIT("me"), 1, SLICE_LIT("why")), mark_on_done, &d);
    return mark_told_of(&d);
}

static void optouts_move_it(void **state)
{
    (void)state;
    uint64_t before = mark_of_store();
    assert_int_equal(add_optout(), before + 1);
    assert_int_equal(add_optout(), before + 2); /* it stands there; but it is said again */
    assert_int_equal(lift_optout(), before + 3);
    assert_int_equal(lift_optout(), 0);
    assert_int_equal(mark_of_store(), before + 3);
}

int main(void)
{
    struct ledger_world *world = lw_new();
    if (!world) {
        printf("1..0 # SKIP there is no redis-server\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        UNKNOWN_TEST(a_first_start_makes_the_id),
        UNKNOWN_TEST(who_has_seen_more_says_so),
        UNKNOWN_TEST(what_stands_in_links_is_not_given_again),
        UNKNOWN_TEST(an_empty_and_another_store),
        MARK_TEST(the_gate_refuses_in_the_same_step),
        MARK_TEST(a_flushed_store_lets_nobody_pass),
        MARK_TEST(grants_and_records_move_it),
        MARK_TEST(optouts_move_it),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lw_free(world);
    return failed;
}
