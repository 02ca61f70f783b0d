#include "base/check.h"
#include "core/cap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void what_a_cap_may_be(void **state)
{
    (void)state;
    int n = -1;
    assert_true(cap_read(SLICE_LIT("any"), &n));
    assert_int_equal(n, 0);
    assert_true(cap_read(SLICE_LIT("20"), &n));
    assert_int_equal(n, 20);
    static const char *const others[] = {"", "0", "21", "-1", "1.5", "one", "Any", " 1"};
    for (size_t i = 0; i < COUNT_OF(others); i++)
        assert_false(cap_read(slice_of(others[i]), &n));
    assert_int_equal(n, 20);
}

static void a_cap_is_on_when_it_says_something(void **state)
{
    (void)state;
    assert_false(cap_is_on((struct cap){0, 0}));
    assert_true(cap_is_on((struct cap){.week = 3}));
    assert_int_equal(cap_times((struct cap){1, 3}), 3);
    assert_int_equal(cap_times((struct cap){.day = 2}), 2);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Numbers are mostly one behind another: their prints are not, and hardly two are alike. */
static void prints_tell_people_apart(void **state)
{
    (void)state;
    enum { PEOPLE = 1000000 };
    uint64_t *prints = malloc(PEOPLE * sizeof *prints);
    size_t buckets[256] = {0}, alike = 0;
    assert_non_null(prints);
    for (uint64_t i = 0; i < PEOPLE; i++) {
        unsigned char print[CAP_PRINT_BYTES];
        cap_print(UINT64_C(447700000000) + i, print);
        prints[i] = 0;
        memcpy(&prints[i], print, sizeof print);
        buckets[print[4]]++;
    }
    qsort(prints, PEOPLE, sizeof *prints, compare);
    for (size_t i = 1; i < PEOPLE; i++)
        alike += prints[i] == prints[i - 1];
    assert_in_range(alike, 0, 3);
    for (size_t i = 0; i < COUNT_OF(buckets); i++)
        assert_in_range(buckets[i], 3600, 4200);
    free(prints);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_cap_may_be),
        cmocka_unit_test(a_cap_is_on_when_it_says_something),
        cmocka_unit_test(prints_tell_people_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
