/* What a campaign can have of a month's budget of which others spend, too (flow/purse_share.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flow/purse_share.h"
#include "store/campaign.h"

#define NOW_MS INT64_C(1790000000000)

enum { MINUTE_MS = 60000 };

/* It runs, and spends 600 in the next ten minutes. */
static struct campaign running(uint32_t id, const char *group)
{
    return (struct campaign){.id = id,
                             .status = CAMPAIGN_RUNNING,
                             .group = slice_of(group),
                             .currency = SLICE_LIT("GBP"),
                             .price = 1000,
                             .spent = 400,
                             .eta_ms = NOW_MS + 10 * MINUTE_MS,
                             .purse_of = SLICE_LIT("group"),
                             .purse_left = 800};
}

static void test_who_shares(void **state)
{
    (void)state;
    struct campaign two[] = {running(1, "leeds"), running(2, "leeds")};
    assert_int_equal(purse_share(&two[0], two, 1, NOW_MS), 800); /* alone */
    assert_int_equal(purse_share(&two[0], two, 2, NOW_MS), 400);
    two[0].purse_left = 1200; /* it suffices for both */
    assert_int_equal(purse_share(&two[0], two, 2, NOW_MS), 1200);
    two[0].purse_left = 800;
    two[1].group = SLICE_LIT("york");
    assert_int_equal(purse_share(&two[0], two, 2, NOW_MS), 800);
    two[0].purse_of = SLICE_LIT("organisation");
    assert_int_equal(purse_share(&two[0], two, 2, NOW_MS), 400);
    two[1].currency = SLICE_LIT("EUR");
    assert_int_equal(purse_share(&two[0], two, 2, NOW_MS), 800);
    two[1].currency = SLICE_LIT("GBP");
    two[1].status = CAMPAIGN_PAUSED;
    assert_int_equal(purse_share(&two[0], two, 2, NOW_MS), 800);
    two[1].status = CAMPAIGN_RUNNING;
    two[0].purse_of = SLICE_LIT("campaign"); /* its own */
    assert_int_equal(purse_share(&two[0], two, 2, NOW_MS), 800);
}

static void test_who_is_faster_has_more(void **state)
{
    (void)state;
    struct campaign two[] = {running(1, "leeds"), running(2, "leeds")};
    two[1].eta_ms = NOW_MS + 5 * MINUTE_MS;
    /* 60 and 120 a minute: after four and a half minutes 800 are spent */
    assert_in_range(purse_share(&two[0], two, 2, NOW_MS), 266, 267);
    assert_in_range(purse_share(&two[1], two, 2, NOW_MS), 533, 534);
}

static void test_who_begins_later(void **state)
{
    (void)state;
    struct campaign two[] = {running(1, "leeds"), running(2, "leeds")};
    two[1].status = CAMPAIGN_SCHEDULED;
    two[1].start_ms = NOW_MS + 10 * MINUTE_MS;
    two[1].eta_ms = NOW_MS + 20 * MINUTE_MS;
    assert_int_equal(purse_share(&two[0], two, 2, NOW_MS), 800); /* it is done before */
    assert_in_range(purse_share(&two[1], two, 2, NOW_MS), 199, 200);
    two[1].start_ms = NOW_MS + 30 * MINUTE_MS;
    two[1].eta_ms = 0; /* nothing is foretold of it yet */
    assert_int_equal(purse_share(&two[1], two, 2, NOW_MS), 800);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_shares),
        cmocka_unit_test(test_who_is_faster_has_more),
        cmocka_unit_test(test_who_begins_later),
    };
    return cmocka_run_group_tests_name("purse_share", tests, NULL, NULL);
}
