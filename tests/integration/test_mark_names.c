/* Who has a name in the store, and who is known to it: whom it waits for. */
#include "mark_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

/* A machine was copied, or two have one host name: the one that was started last goes on. */
static void two_of_one_name(void **state)
{
    (void)state;
    struct process old = process_new("a"), last = process_new("a"), third = process_new("a");
    assert_int_equal(check_in(&old, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&last, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&old, "r1", ""), MARK_TWIN);
    assert_true(mark_is_trusted(old.store));
    assert_int_equal(check_in(&last, "r1", ""), MARK_STANDS);
    assert_int_equal(last.got.peer_count, 2);
    /* A store that does not know them, or knows who had the name before, gives it to nobody else. */
    (void)lw_redis(w, "DEL", "store:lives", NULL);
    assert_int_equal(check_in(&old, "r1", ""), MARK_TWIN);
    assert_int_equal(check_in(&last, "r1", ""), MARK_STANDS);
    (void)lw_redis(w, "HSET", "store:lives", "a", "1", NULL);
    assert_int_equal(check_in(&last, "r1", ""), MARK_STANDS);
    /* The clock is set back: who is started takes the name all the same, and forgets the former ones. */
    lw_pass(w, -3600 * (int64_t)WORLD_S);
    assert_int_equal(check_in(&third, "r1", ""), MARK_STANDS);
    assert_string_equal(third.peers, "a ");
    assert_int_equal(check_in(&last, "r1", ""), MARK_TWIN);
    assert_int_equal(check_in(&third, "r1", ""), MARK_STANDS);
    store_free(old.store);
    store_free(last.store);
    store_free(third.store);
}

/* Redis runs anew: one of them may have seen more than the first who comes. */
static void a_new_run_waits_for_all(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b");
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&b, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&a, "r2", ""), MARK_WAITS);
    assert_int_equal(a.got.waits_until_ms, w->now_us / 1000 + GRACE_MS);
    assert_int_equal(check_in(&b, "r2", ""), MARK_STANDS);
    assert_int_equal(check_in(&a, "r2", ""), MARK_STANDS);
    /* one of them is dead */
    assert_int_equal(check_in(&a, "r3", ""), MARK_WAITS);
    lw_pass(w, (GRACE_MS - 1) * (int64_t)WORLD_MS);
    assert_int_equal(check_in(&a, "r3", ""), MARK_WAITS);
    lw_pass(w, WORLD_MS);
    assert_int_equal(check_in(&a, "r3", ""), MARK_STANDS);
    /* the copy knows nobody, but this one knows the other */
    (void)lw_redis(w, "DEL", "store:peers", NULL);
    assert_int_equal(check_in(&a, "r4", "b"), MARK_WAITS);
    /* the clock is set back: nobody waits for hours */
    lw_pass(w, -3600 * (int64_t)WORLD_S);
    assert_int_equal(check_in(&a, "r4", "b"), MARK_STANDS);
    store_free(a.store);
    store_free(b.store);
}

static void who_is_gone_for_a_week_is_forgotten(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b");
    assert_int_equal(check_in(&a, "r1", ""), MARK_STANDS);
    assert_int_equal(check_in(&b, "r1", ""), MARK_STANDS);
    lw_pass(w, 8 * 24 * 3600 * (int64_t)WORLD_S);
    assert_int_equal(check_in(&a, "r2", ""), MARK_STANDS);
    assert_string_equal(a.peers, "a ");
    store_free(a.store);
    store_free(b.store);
}

/* Whom the store has forgotten, a colleague who still knows of them does not bring back. Into a copy, which may be older, they do. */
static void who_is_forgotten_stays_forgotten(void **state)
{
    (void)state;
    struct process a = process_new("a"), b = process_new("b");
    assert_int_equal(check_in(&b, "", ""), MARK_STANDS);
    assert_int_equal(check_in(&b, "", "a#1"), MARK_STANDS);
    assert_string_equal(b.peers, "b ");
    assert_int_equal(check_in(&a, "", "b"), MARK_STANDS);
    lw_pass(w, 8 * 24 * 3600 * (int64_t)WORLD_S);
    assert_int_equal(check_in(&b, "", "a"), MARK_STANDS);
    assert_int_equal(check_in(&b, "", "a"), MARK_STANDS);
    assert_string_equal(b.peers, "b ");
    assert_string_equal(lw_redis(w, "HLEN", "store:lives", NULL), "1");
    move_mark(3);
    assert_int_equal(check_in(&b, "", "a"), MARK_STANDS);
    move_mark(-1);
    assert_int_equal(check_in(&b, "", "a"), MARK_BACK);
    assert_string_equal(b.peers, "a b ");
    assert_int_equal(check_in(&a, "", ""), MARK_BACK);
    assert_string_equal(lw_redis(w, "HLEN", "store:lives", NULL), "2");
    store_free(a.store);
    store_free(b.store);
}

int main(void)
{
    struct ledger_world *world = lw_new();
    if (!world) {
        printf("1..0 # SKIP there is no redis-server\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        UNKNOWN_TEST(two_of_one_name),
        UNKNOWN_TEST(a_new_run_waits_for_all),
        UNKNOWN_TEST(who_is_gone_for_a_week_is_forgotten),
        UNKNOWN_TEST(who_is_forgotten_stays_forgotten),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    lw_free(world);
    return failed;
}
