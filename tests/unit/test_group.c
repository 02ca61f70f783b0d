#include "core/group.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"

static void test_rule(void **state)
{
    (void)state;
    char long_name[GROUP_BYTES_MAX + 1];
    memset(long_name, 'a', sizeof long_name);
    static const struct {
        const char *name;
        bool scope, group;
    } cases[] = {
        {"main", true, true},    {"North-2_b.c", true, true},
        {"all", true, false},    {"hold", true, false},
        {"", false, false},      {"a b", false, false},
        {"s:all", false, false}, {"caf\xc3\xa9", false, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_int_equal(group_scope_ok(slice_of(cases[i].name)), cases[i].scope);
        assert_int_equal(group_ok(slice_of(cases[i].name)), cases[i].group);
    }
    assert_true(group_ok(slice_make(long_name, GROUP_BYTES_MAX)));
    assert_false(group_ok(slice_make(long_name, GROUP_BYTES_MAX + 1)));
    assert_false(group_ok(slice_make("a\0b", 3)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rule)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
