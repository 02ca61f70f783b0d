/* Who did something, as one text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/actor.h"

static void test_an_actor_is_one_text(void **state)
{
    (void)state;
    char out[ACTOR_BYTES];
    const struct actor a = {SLICE_LIT("Ann"), SLICE_LIT("m1"), SLICE_LIT("page"),
                            SLICE_LIT("192.0.2.1")};
    assert_true(slice_is(actor_write(&a, out), "Ann\x1fm1\x1fpage\x1f"
                                               "192.0.2.1"));
    const struct actor none = {0};
    assert_true(slice_is(actor_write(&none, out), "\x1f\x1f\x1f"));
}

static void test_a_part_is_nobody(void **state)
{
    (void)state;
    assert_true(actor_is_part(SLICE_LIT("system:canary")));
    assert_false(actor_is_part(SLICE_LIT("Ann")));
    assert_false(actor_is_part(SLICE_NONE));
}

/* Nobody makes two fields of a name, or fills the trail with it. */
static void test_names_stay_names(void **state)
{
    (void)state;
    char out[ACTOR_BYTES], name[400];
    const struct actor odd = {.name = SLICE_LIT("A\x1fowner\nx")};
    assert_true(slice_is(actor_write(&odd, out), "A owner x\x1f\x1f\x1f"));
    memset(name, 'n', sizeof name);
    memcpy(name + 127, "\xc3\xa9", 2); /* would be cut in two */
    struct slice long_one = slice_make(name, sizeof name);
    const struct actor all = {long_one, long_one, long_one, long_one};
    struct slice text = actor_write(&all, out);
    assert_true(slice_is_utf8(text, NULL));
    assert_int_equal(slice_find(text, 0x1f), 127);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_an_actor_is_one_text),
                                       cmocka_unit_test(test_a_part_is_nobody),
                                       cmocka_unit_test(test_names_stay_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
