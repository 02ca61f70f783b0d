/* Prolonging leases: a batch that is ours stays, one that is not is lost, and a renewal that got no reply is made again before the
 * regular one. One batch, and a ledger that only remembers what it was asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "flow/dispatch/batch.h"
#include "flow/dispatch/private.h"

enum { LEASE_MS = 30000, NEVER_US = -1 };

struct batch {
    bool open, lost;
    int64_t until_us;
};

static struct batch batch;
static struct dispatch d;
static int64_t due_us; /* when the timer was set to ring last */
static renew_cb *asked;
static void *asked_arg;

/* ---- what lease.c calls ---- */

struct batch *batch_next(const struct batch *b)
{
    (void)b;
    return NULL;
}

struct lease_ref batch_lease(const struct batch *b)
{
    (void)b;
    return (struct lease_ref){.batch = {.campaign = 7, .first = 256, .count = 256}, .fence = 3};
}

bool batch_is_held(const struct batch *b)
{
    return !b->lost;
}

bool batch_is_open(const struct batch *b)
{
    return b->open;
}

void batch_renew(struct batch *b, int64_t until_us)
{
    b->until_us = until_us;
}

void batch_lose(struct batch *b)
{
    b->lost = true;
}

void batch_check_end(struct batch *b)
{
    (void)b;
}

void loop_timer_in(struct loop_timer *t, int64_t us)
{
    (void)t;
    due_us = us;
}

void ledger_renew(struct ledger *l, const struct lease_ref *leases, size_t n, int64_t lease_us,
                  renew_cb *cb, void *arg)
{
    (void)l;
    assert_int_equal(n, 1);
    assert_int_equal(leases[0].fence, 3);
    assert_int_equal(lease_us, LEASE_MS * 1000);
    asked = cb;
    asked_arg = arg;
}

/* ---- the tests ---- */

static int set_up(void **state)
{
    (void)state;
    batch = (struct batch){.open = true};
    d = (struct dispatch){.config = {.lease_ms = LEASE_MS}, .batches = &batch};
    lease_renew(&d);
    assert_int_equal(due_us, LEASE_MS * 1000 / 3);
    due_us = NEVER_US;
    return 0;
}

static void test_what_stays_is_prolonged(void **state)
{
    (void)state;
    const char stays[] = {RENEW_STAYS};
    asked(asked_arg, 0, slice_make(stays, 1));
    assert_true(batch.until_us > 0);
    assert_false(batch.lost);
    assert_int_equal(due_us, NEVER_US);
}

static void test_what_is_not_ours_is_lost(void **state)
{
    (void)state;
    const char lost[] = {RENEW_LOST};
    asked(asked_arg, 0, slice_make(lost, 1));
    assert_true(batch.lost);
    assert_int_equal(batch.until_us, 0);
}

static void test_no_reply_is_asked_again_soon(void **state)
{
    (void)state;
    asked(asked_arg, ERR_UNREACHABLE, SLICE_NONE);
    assert_false(batch.lost);
    assert_int_equal(batch.until_us, 0);
    assert_int_equal(due_us, RETRY_US);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_what_stays_is_prolonged, set_up),
        cmocka_unit_test_setup(test_what_is_not_ours_is_lost, set_up),
        cmocka_unit_test_setup(test_no_reply_is_asked_again_soon, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
