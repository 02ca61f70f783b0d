/* What waits for its connection: the limiter is told that it may leave now, until it may not any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "flow/dispatch/batch.h"
#include "flow/dispatch/outlet.h"
#include "flow/dispatch/private.h"

enum { SLOT_US = 1000000, STEP_US = 10000, LEAVE_US = 2000000, CONNECT_US = 5000000 };

static const char *const senders[] = {"Campaign"};
static struct account account = {
    .name = "g", .rate_per_s = 10, .senders = senders, .sender_count = 1};
static struct dispatch dispatch;
static struct outlet outlet;
static struct share people;
static struct grant grant;

static size_t told;
static struct slot_move last;

int64_t durable_lead_us(const struct dispatch *d)
{
    (void)d;
    return 0;
}

uint8_t batch_sender(const struct batch *b, uint8_t offset)
{
    (void)b, (void)offset;
    return 0;
}

void outlet_wake(struct outlet *o)
{
    (void)o;
}

void ledger_moved(struct ledger *l, const char *gateway, const char *sender, double rate_per_s,
                  const struct slot_move *moves, size_t n)
{
    (void)l, (void)gateway, (void)sender, (void)rate_per_s;
    told += n;
    last = moves[n - 1];
}

static int set_up(void **state)
{
    (void)state;
    told = 0;
    dispatch = (struct dispatch){0};
    (void)pace_clock_sample(&dispatch.clock, 0, 0, 0); /* Redis' clock is ours */
    outlet = (struct outlet){.d = &dispatch, .account = &account};
    TAILQ_INIT(&outlet.window.under_way);
    people = (struct share){.outlet = &outlet};
    grant = (struct grant){.share = &people,
                           .slot_us = SLOT_US,
                           .redis_us = SLOT_US,
                           .leave_until_us = SLOT_US + LEAVE_US};
    late_begins(&grant);
    grant.sent_us = SLOT_US;
    TAILQ_INSERT_TAIL(&outlet.window.under_way, &grant, under_way);
    late_handed(&grant);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    late_done(&outlet);
    return 0;
}

static int64_t wait_until(int64_t from_us, int64_t until_us)
{
    for (; from_us < until_us; from_us += STEP_US)
        late_tell(&outlet, from_us);
    return from_us;
}

static void test_who_waits_counts_where_it_would_leave(void **state)
{
    (void)state;
    int64_t now = wait_until(SLOT_US, SLOT_US + LEAVE_US / 2);
    assert_in_range(now - last.to_us, 0, 200000);
    assert_true(late_may_leave(&grant, now));
    late_tell(&outlet, now);
    assert_int_equal(last.to_us, now);
    assert_int_equal(late_wake_us(&outlet), INT64_MAX);
}

/* A connection that does not come about for longer takes no room from those who can send. */
static void test_who_may_not_leave_any_more_does_not_count(void **state)
{
    (void)state;
    int64_t now = wait_until(SLOT_US, SLOT_US + LEAVE_US + STEP_US);
    size_t before = told;
    assert_int_not_equal(before, 0);
    now = wait_until(now, SLOT_US + CONNECT_US);
    assert_int_equal(told, before);
    assert_int_not_equal(late_wake_us(&outlet), INT64_MAX);
    late_ended(&grant);
    assert_int_equal(late_wake_us(&outlet), INT64_MAX);
    assert_int_equal(outlet.late.waiting, 0);
}

/* The process stood, and nobody could tell in time. */
static void test_who_was_not_counted_in_time_does_not_leave(void **state)
{
    (void)state;
    assert_false(late_may_leave(&grant, SLOT_US + LEAVE_US / 2));
    late_ended(&grant);
    late_ended(&grant);
    assert_int_equal(outlet.late.waiting, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_who_waits_counts_where_it_would_leave, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_who_may_not_leave_any_more_does_not_count, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_who_was_not_counted_in_time_does_not_leave, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
