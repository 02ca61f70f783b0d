/* How full Redis is, and when somebody is told. */
#include "store/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define MIB (INT64_C(1) << 20)

static struct memory_state state_of(int64_t used, int64_t max, int64_t machine)
{
    static char info[512];
    (void)snprintf(
        info, sizeof info,
        "# Memory\r\nused_memory:%lld\r\nused_memory_human:1M\r\ntotal_system_memory:%lld\r\n"
        "maxmemory:%lld\r\nmaxmemory_human:0B\r\nmaxmemory_policy:noeviction\r\n",
        (long long)used, (long long)machine, (long long)max);
    return memory_read(slice_of(info));
}

static void test_what_redis_says(void **state)
{
    (void)state;
    struct memory_state m = state_of(30 * MIB, 100 * MIB, 4000 * MIB);
    assert_true(m.known && !m.of_machine);
    assert_int_equal(m.used, 30 * MIB);
    assert_int_equal(m.limit, 100 * MIB);
    assert_int_equal(memory_percent(&m), 30);
    m = state_of(1000 * MIB, 0, 4000 * MIB);
    assert_true(m.known && m.of_machine);
    assert_int_equal(memory_percent(&m), 25);
    m = memory_read(SLICE_NONE); /* INFO is forbidden */
    assert_false(m.known);
    assert_int_equal(memory_percent(&m), 0);
    assert_int_equal(memory_recipients_left(&m), -1);
}

static void test_when_it_warns(void **state)
{
    (void)state;
    char text[MEMORY_TEXT_BYTES];
    struct memory_state m = state_of(79 * MIB, 100 * MIB, 0);
    assert_false(memory_warns(&m, text));
    m = state_of(80 * MIB, 100 * MIB, 0);
    assert_true(memory_warns(&m, text));
    assert_non_null(strstr(text, "80 MiB, 80 % of its maxmemory"));
    m = state_of(90 * MIB, 0, 100 * MIB);
    assert_true(memory_warns(&m, text));
    assert_non_null(strstr(text, "of this machine's memory"));
    m = memory_read(SLICE_NONE);
    assert_false(memory_warns(&m, text));
}

static void test_room_for_recipients(void **state)
{
    (void)state;
    struct memory_state m = state_of(0 + 1, 100 * MIB, 0);
    int64_t all = memory_recipients_left(&m);
    assert_true(all > 0);
    m = state_of(95 * MIB, 100 * MIB, 0);
    assert_int_equal(memory_recipients_left(&m), 0);
    m = state_of(48 * MIB, 100 * MIB, 0);
    assert_true(memory_recipients_left(&m) > all * 48 / 100 &&
                memory_recipients_left(&m) < all * 51 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_redis_says),
        cmocka_unit_test(test_when_it_warns),
        cmocka_unit_test(test_room_for_recipients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
