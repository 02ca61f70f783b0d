/* Whose turn it is at an outlet, with batches that are no more than a campaign and a lane. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "flow/dispatch/batch.h"
#include "flow/dispatch/outlet.h"
#include "flow/dispatch/run.h"

struct batch {
    struct share share;
    struct run *run;
    enum lane lane;
};

struct run *batch_run(const struct batch *b)
{
    return b->run;
}

enum lane batch_lane(const struct batch *b)
{
    return b->lane;
}

enum { NOW_US = 1000000, PEOPLE = 100 };

size_t outlet_reach_slots(const struct outlet *o)
{
    return (size_t)pace_slots(o->interval_us, PACE_WINDOW_US);
}

static struct outlet outlet;

static int set_up(void **state)
{
    (void)state;
    outlet = (struct outlet){.interval_us = 1000};
    turns_init(&outlet.turns);
    return 0;
}

static void run_init(struct run *r)
{
    *r = (struct run){.turns = 0};
    TAILQ_INIT(&r->ready);
}

/* Enters with that many people to do. */
static void enter(struct batch *b, struct run *r, enum lane lane, size_t people)
{
    *b = (struct batch){.run = r, .lane = lane};
    b->share.batch = b;
    while (people-- > 0)
        share_add(&b->share, 0);
    share_enter(&b->share, &outlet);
}

static const struct batch *next(bool replies_only)
{
    const struct share *s = turns_next(&outlet, NOW_US, replies_only);
    return s ? s->batch : NULL;
}

static void test_replies_go_first_and_by_age(void **state)
{
    (void)state;
    struct run r;
    run_init(&r);
    struct batch blast, older, younger;
    enter(&blast, &r, LANE_BLAST, PEOPLE);
    assert_null(next(true));
    enter(&older, NULL, LANE_REPLY, 1);
    enter(&younger, NULL, LANE_REPLY, 1);
    assert_ptr_equal(next(false), &older);
    share_take(&older.share);
    assert_ptr_equal(next(true), &younger);
    share_add(&older.share, 0);
    assert_ptr_equal(next(true), &older);
    share_leave(&older.share);
    share_leave(&younger.share);
    assert_ptr_equal(next(false), &blast);
}

/* Who gets each of so many turns of one message. */
static size_t turns_of(const struct batch *whose, size_t n)
{
    size_t had = 0;
    for (size_t i = 0; i < n; i++) {
        struct share *s = turns_next(&outlet, NOW_US, false);
        had += s->batch == whose;
        turns_took(s, 1);
    }
    return had;
}

static void test_campaigns_share_by_weight_and_not_by_blocks(void **state)
{
    (void)state;
    struct run large, small;
    run_init(&large);
    run_init(&small);
    struct batch blocks[4], reminder;
    for (size_t i = 0; i < COUNT_OF(blocks); i++)
        enter(&blocks[i], &large, LANE_BLAST, PEOPLE);
    enter(&reminder, &small, LANE_REMINDER, PEOPLE);
    size_t had = turns_of(&reminder, 400);
    assert_in_range(had, 299, 301);
}

static void test_a_campaign_that_was_idle_does_not_catch_up(void **state)
{
    (void)state;
    struct run busy, idle;
    run_init(&busy);
    run_init(&idle);
    struct batch one, other;
    enter(&one, &busy, LANE_BLAST, PEOPLE);
    (void)turns_of(&one, 120);
    enter(&other, &idle, LANE_BLAST, PEOPLE);
    size_t lag = ASKS_MAX * outlet_reach_slots(&outlet);
    size_t had = turns_of(&other, 1000);
    assert_in_range(had, 500, 500 + lag);
}

static void test_a_sleeper_is_no_turn_until_it_wakes(void **state)
{
    (void)state;
    struct run r;
    run_init(&r);
    struct batch b;
    enter(&b, &r, LANE_BLAST, 2);
    share_sleep(&b.share, NOW_US + 5000);
    assert_null(next(false));
    assert_int_equal(turns_wake_us(&outlet), NOW_US + 5000);
    share_add(&b.share, NOW_US + 2000);
    assert_null(next(false));
    assert_int_equal(turns_wake_us(&outlet), NOW_US + 2000);
    share_add(&b.share, NOW_US);
    assert_ptr_equal(next(false), &b);
    assert_true(turns_wake_us(&outlet) <= NOW_US);
}

static void test_nobody_to_do_is_no_turn(void **state)
{
    (void)state;
    struct run r;
    run_init(&r);
    struct batch b;
    enter(&b, &r, LANE_BLAST, 1);
    share_take(&b.share);
    assert_null(next(false));
    assert_int_equal(turns_wake_us(&outlet), INT64_MAX);
    share_add(&b.share, 0);
    share_leave(&b.share);
    assert_null(next(false));
    assert_true(outlet.turns.weight == 0 && outlet.turns.share_n == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_replies_go_first_and_by_age, set_up),
        cmocka_unit_test_setup(test_campaigns_share_by_weight_and_not_by_blocks, set_up),
        cmocka_unit_test_setup(test_a_campaign_that_was_idle_does_not_catch_up, set_up),
        cmocka_unit_test_setup(test_a_sleeper_is_no_turn_until_it_wakes, set_up),
        cmocka_unit_test_setup(test_nobody_to_do_is_no_turn, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
