/* How many are the first, and when the others follow; and when a second person has to agree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/approval.h"
#include "core/canary.h"

static uint64_t people(const char *size, uint64_t list)
{
    struct canary_size s;
    assert_true(canary_size_parse(slice_of(size), &s));
    return canary_people(&s, list);
}

static void how_many(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",   "0",   "-1",   "0%",    "51%",     "1.2.3%", "%",
                                        "a%", "1e3", "200%", "1 000", "2000000", "some"};
    struct canary_size s;
    assert_int_equal(people("200", 400000), 200);
    assert_int_equal(people("1%", 400000), 4000);
    assert_int_equal(people("1 %", 401), 5); /* rounded up */
    assert_int_equal(people("0.5%", 1000), 5);
    assert_int_equal(people("none", 400000), 0);
    assert_int_equal(people("200", 200), 0); /* all of them */
    assert_int_equal(people("200", 201), 200);
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (canary_size_parse(slice_of(wrong[i]), &s)) fail_msg("'%s' is taken", wrong[i]);
}

static void when_the_others_follow(void **state)
{
    (void)state;
    static const struct canary_rule rule = {600000, 90, 5, 2};
    struct canary_seen seen = {.texted = 200, .receipts = 200};
    char why[CANARY_WHY_BYTES];
    assert_int_equal(canary_judge(&rule, &seen, why), CANARY_WAITS);
    seen.since_ms = 600000;
    assert_int_equal(canary_judge(&rule, &seen, why), CANARY_GOES_ON);
    seen.receipts = 180;
    seen.failed = 10;
    seen.stops = 4;
    assert_int_equal(canary_judge(&rule, &seen, why), CANARY_GOES_ON);
    seen.receipts = 179;
    assert_int_equal(canary_judge(&rule, &seen, why), CANARY_STANDS);
    assert_non_null(strstr(why, "only 179 of the first 200"));
    /* what is bad already is not waited for */
    seen = (struct canary_seen){.texted = 200, .stops = 5};
    assert_int_equal(canary_judge(&rule, &seen, why), CANARY_STANDS);
    assert_non_null(strstr(why, "opted out"));
    seen = (struct canary_seen){.texted = 200, .failed = 11};
    assert_int_equal(canary_judge(&rule, &seen, why), CANARY_STANDS);
}

static void what_a_launch_says_counts_before_what_is_usual(void **state)
{
    (void)state;
    enum canary_then then;
    struct canary_plan p = {.usual = {.people = 200}, .above = 20000, .usual_then = CANARY_RULE};
    assert_int_equal(canary_planned(&p, 20000, &then), 0);
    assert_int_equal(canary_planned(&p, 20001, &then), 200);
    assert_int_equal(then, CANARY_RULE);
    p.said = true; /* none */
    assert_int_equal(canary_planned(&p, 20001, &then), 0);
    p.own.people = 50;
    assert_int_equal(canary_planned(&p, 300, &then), 50);
    assert_int_equal(then, CANARY_LOOK);
    p.then_said = true;
    p.then = CANARY_RULE;
    (void)canary_planned(&p, 300, &then);
    assert_int_equal(then, CANARY_RULE);
}

static void when_a_second_person_has_to_agree(void **state)
{
    (void)state;
    static const struct approval_rule rule = {true, 5000}, off = {false, 5000};
    char why[APPROVAL_WHY_BYTES];
    assert_int_equal(approval_why(&rule, 5000, 0, false, why).n, 0);
    assert_true(slice_is(approval_why(&rule, 5001, 0, false, why),
                         "it goes to 5001 people, more than 5000"));
    assert_true(approval_why(&rule, 3, 0, true, why).n > 0);
    assert_int_equal(approval_why(&rule, 1, 4999, false, why).n, 0);
    assert_true(slice_is(
        approval_why(&rule, 4999, 4999, false, why),
        "with its author's other launches of 24 hours it goes to 9998 people, more than 5000"));
    assert_int_equal(approval_why(&off, 400000, 400000, true, why).n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(how_many),
        cmocka_unit_test(when_the_others_follow),
        cmocka_unit_test(what_a_launch_says_counts_before_what_is_usual),
        cmocka_unit_test(when_a_second_person_has_to_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
