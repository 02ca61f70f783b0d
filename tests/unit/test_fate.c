/* What a volunteer reads about an answer: whether the person has it, and why not, in plain words.
 */
#include "web/view/fate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/state.h"

static const struct {
    int state;
    const char *reason, *fate;
} fates[] = {
    {STATE_PENDING, "", "waits to be sent"},
    {STATE_IN_FLIGHT, "", "is being sent"},
    {STATE_ACCEPTED, "", "sent; no word yet whether it arrived"},
    {STATE_SENT, "", "sent; no word yet whether it arrived"},
    {STATE_DELIVERED, "", "arrived"},
    {STATE_READ, "", "arrived and was read"},
    {STATE_UNDELIVERED, "30003 unreachable", "did not arrive: their phone could not be reached"},
    {STATE_UNDELIVERED, "", "did not arrive"},
    {STATE_UNDELIVERED, "99999", "did not arrive: the provider's code is 99999"},
    {STATE_REFUSED, "21610 unsubscribed", "not sent: they have opted out at the provider"},
    {STATE_REFUSED, "landline", "not sent: this is a landline"},
    {STATE_REFUSED, "its gateway is not configured", "not sent: its gateway is not configured"},
    {STATE_REFUSED, "", "not sent: the provider did not take it"},
    {STATE_REFUSED, "left by Sam Smith", "nobody knows whether it arrived; Sam Smith left it so"},
    {STATE_SKIPPED, "suppressed", "not sent: this person does not want to be texted"},
    {STATE_EXPIRED, "deadline", "not sent: its time was over"},
    {STATE_CANCELLED, "", "not sent: it was stopped"},
    {STATE_UNKNOWN, "no_answer", "we do not know whether it arrived"},
    {STATE_UNKNOWN, "taken over 1700000000", "we do not know whether it arrived"},
    {-1, "", ""},
};

static void test_in_plain_words(void **state)
{
    (void)state;
    char fate[FATE_BYTES];
    for (size_t i = 0; i < COUNT_OF(fates); i++) {
        const struct inbox_message m = {
            .out = true, .state = fates[i].state, .reason = slice_of(fates[i].reason)};
        view_fate(&m, fate);
        assert_string_equal(fate, fates[i].fate);
    }
}

static void test_what_came_in_has_none(void **state)
{
    (void)state;
    char fate[FATE_BYTES];
    view_fate(&(struct inbox_message){.state = -1}, fate);
    assert_string_equal(fate, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_plain_words),
        cmocka_unit_test(test_what_came_in_has_none),
    };
    return cmocka_run_group_tests_name("fate", tests, NULL, NULL);
}
