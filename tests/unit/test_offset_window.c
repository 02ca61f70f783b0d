#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/offset_window.h"

#include <stdbool.h>
#include <stdlib.h>

static int item;

static void empty_has_no_point(void **state)
{
    (void)state;
    struct offset_window *w = offset_window_new(4);
    assert_int_equal(offset_window_point(w), -1);
    assert_null(offset_window_pop(w, INT64_MAX));
    assert_int_equal(offset_window_count(w), 0);
    offset_window_free(w);
    offset_window_free(NULL);
}

static void out_of_order_waits_for_the_first(void **state)
{
    (void)state;
    struct offset_window *w = offset_window_new(4);
    for (int64_t o = 10; o < 14; o++)
        offset_window_add(w, o, &item);
    assert_true(offset_window_is_full(w));
    offset_window_settle(w, 12);
    offset_window_settle(w, 11);
    assert_int_equal(offset_window_point(w), -1);
    offset_window_settle(w, 10);
    assert_int_equal(offset_window_point(w), 13);
    assert_ptr_equal(offset_window_pop(w, 13), &item);
    assert_ptr_equal(offset_window_pop(w, 13), &item);
    assert_ptr_equal(offset_window_pop(w, 13), &item);
    assert_null(offset_window_pop(w, 13));
    assert_int_equal(offset_window_count(w), 1);
    assert_int_equal(offset_window_point(w), -1);
    offset_window_free(w);
}

static void gaps_are_fine(void **state)
{
    (void)state;
    struct offset_window *w = offset_window_new(3);
    offset_window_add(w, 5, &item);
    offset_window_add(w, 90, &item);
    offset_window_settle(w, 5);
    assert_int_equal(offset_window_point(w), 6);
    offset_window_settle(w, 90);
    assert_int_equal(offset_window_point(w), 91);
    offset_window_free(w);
}

static void settling_twice_changes_nothing(void **state)
{
    (void)state;
    struct offset_window *w = offset_window_new(2);
    offset_window_add(w, 1, &item);
    offset_window_settle(w, 1);
    offset_window_settle(w, 1);
    assert_int_equal(offset_window_point(w), 2);
    offset_window_free(w);
}

/* Against the obvious way: a flag per offset and a walk from the front. */
static void agrees_with_the_obvious_way(void **state)
{
    (void)state;
    enum { OFFSETS = 2000, WINDOW = 37 };
    bool settled[OFFSETS] = {false};
    struct offset_window *w = offset_window_new(WINDOW);
    int64_t added = 0, popped = 0;
    unsigned seed = 20261121;
    print_message("# seed %u\n", seed);
    while (popped < OFFSETS) {
        seed = seed * 1664525u + 1013904223u;
        unsigned dice = seed >> 8;
        if (dice % 3 == 0 && added < OFFSETS && !offset_window_is_full(w)) {
            offset_window_add(w, added, &settled[added]);
            added++;
        } else if (dice % 3 == 1 && added > popped) {
            int64_t o = popped + (int64_t)(dice / 3) % (added - popped);
            settled[o] = true;
            offset_window_settle(w, o);
        } else {
            int64_t point = popped;
            while (point < added && settled[point])
                point++;
            assert_int_equal(offset_window_point(w), point > popped ? point : -1);
            for (; popped < point; popped++)
                assert_ptr_equal(offset_window_pop(w, point), &settled[popped]);
            assert_null(offset_window_pop(w, point));
        }
        assert_int_equal(offset_window_count(w), added - popped);
    }
    offset_window_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_has_no_point),
        cmocka_unit_test(out_of_order_waits_for_the_first),
        cmocka_unit_test(gaps_are_fine),
        cmocka_unit_test(settling_twice_changes_nothing),
        cmocka_unit_test(agrees_with_the_obvious_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
