/* The law of a campaign's status, written out a second time by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/campaign_status.h"

static const struct {
    enum campaign_move move;
    const char *to, *from;
} law[] = {
    {MOVE_RUN, "running", "scheduled"},
    {MOVE_PAUSE, "paused", "proposed preparing scheduled running blocked"},
    {MOVE_RESUME, "running", "paused blocked done"},
    {MOVE_CANCEL, "cancelled", "proposed preparing scheduled running paused blocked"},
    {MOVE_EXPIRE, "expired", "proposed scheduled running paused blocked"},
    {MOVE_BLOCK, "blocked", "running"},
    {MOVE_APPROVE, "preparing", "proposed"},
    {MOVE_SEND_BACK, "paused", "proposed"},
};

static void only_these_moves_may_be(void **state)
{
    (void)state;
    assert_int_equal(COUNT_OF(law), CAMPAIGN_MOVE_COUNT);
    for (size_t m = 0; m < COUNT_OF(law); m++) {
        assert_string_equal(campaign_status_to_string(campaign_move_to(law[m].move)), law[m].to);
        for (int s = 0; s < CAMPAIGN_STATUS_COUNT; s++) {
            const char *from = campaign_status_to_string((enum campaign_status)s);
            assert_int_equal(campaign_may_move(law[m].move, (enum campaign_status)s),
                             strstr(law[m].from, from) != NULL);
        }
    }
}

static void texts_are_read_back(void **state)
{
    (void)state;
    enum campaign_status s;
    for (int i = 0; i < CAMPAIGN_STATUS_COUNT; i++) {
        const char *text = campaign_status_to_string((enum campaign_status)i);
        assert_true(campaign_status_from_string(slice_of(text), &s) && (int)s == i);
    }
    assert_false(campaign_status_from_string(SLICE_LIT("run"), &s));
    assert_false(campaign_status_from_string(SLICE_NONE, &s));
}

static void the_script_has_the_same_law(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(4096);
    campaign_status_lua_prelude(&b);
    assert_non_null(strstr(b.p, "local CAMPAIGN_PROPOSED,CAMPAIGN_PREPARING,CAMPAIGN_SCHEDULED,"));
    assert_non_null(
        strstr(b.p, "='proposed','preparing','scheduled','running','paused','blocked','done',"
                    "'cancelled','expired'\n"));
    assert_non_null(strstr(b.p, "local MOVES={run={to='running',from={scheduled=true,}},"));
    assert_non_null(strstr(b.p, "block={to='blocked',from={running=true,}},"));
    assert_non_null(strstr(b.p, "send_back={to='paused',from={proposed=true,}},}\n"));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_these_moves_may_be),
        cmocka_unit_test(texts_are_read_back),
        cmocka_unit_test(the_script_has_the_same_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
