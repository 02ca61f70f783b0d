/* The sketch of what is near: held against a computation of its own, and against what makes it
 * readable. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/sketch.h"

static const struct point london = {5150000, -12000};

static double apart(const struct sketch *s, size_t a, size_t b)
{
    return hypot(s->dots[a].x - s->dots[b].x, s->dots[a].y - s->dots[b].y);
}

static double from_middle(const struct sketch *s, size_t i)
{
    return hypot(s->dots[i].x - 500, s->dots[i].y - 500);
}

static void test_directions_and_distances_are_kept(void **state)
{
    (void)state;
    /* 11.1 km north, 6.9 km east, 22.2 km south */
    static const struct point points[] = {{5160000, -12000}, {5150000, -2000}, {5130000, -12000}};
    struct sketch s;
    sketch_make(london, points, 3, 1000, &s);
    assert_int_equal(s.dot_count, 3);
    assert_in_range(s.dots[0].x, 498, 502);
    assert_true(s.dots[0].y < 500);
    assert_true(s.dots[1].x > 500);
    assert_in_range(s.dots[1].y, 498, 502);
    assert_true(s.dots[2].y > 500);
    assert_true(fabs(from_middle(&s, 2) / from_middle(&s, 0) - 2) < .02);
    assert_true(fabs(from_middle(&s, 0) / from_middle(&s, 1) - 11.12 / 6.92) < .03);
    for (size_t i = 0; i < 3; i++) /* a metre is as long in each direction */
        assert_true(fabs(from_middle(&s, i) / point_metres(london, points[i]) -
                         from_middle(&s, 2) / point_metres(london, points[2])) < .0005);
}

static void test_rings_are_round_figures_to_scale(void **state)
{
    (void)state;
    static const struct {
        int32_t north_e5;
        uint32_t inner, outer; /* [m] */
        uint32_t unit_m;
    } cases[] = {
        {20000, 10000, 20000, 1000}, {13000, 5000, 10000, 1000},     {5000, 2000, 5000, 1000},
        {1900, 1000, 2000, 1000},    {200000, 100000, 200000, 1000}, {20000, 8045, 16090, 1609},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct point there = {london.lat_e5 + cases[i].north_e5, london.lon_e5};
        struct sketch s;
        sketch_make(london, &there, 1, cases[i].unit_m, &s);
        assert_int_equal(s.ring_count, 2);
        assert_int_equal(s.rings[0].metres, cases[i].inner);
        assert_int_equal(s.rings[1].metres, cases[i].outer);
        double scale = from_middle(&s, 0) / point_metres(london, there);
        assert_true(fabs(s.rings[1].radius - scale * s.rings[1].metres) < 2);
        assert_true(s.rings[1].radius <= SKETCH_SIDE / 2);
    }
    struct point there = {london.lat_e5 + 700, london.lon_e5};
    struct sketch s;
    sketch_make(london, &there, 1, 1000, &s);
    assert_int_equal(s.ring_count, 0);
}

/* Whatever the points are, each dot is whole, and covers neither another nor the middle. */
static void test_nothing_covers_anything(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 2000; round++) {
        struct point points[SKETCH_DOTS_MAX];
        int32_t spread = round % 3 == 0 ? 1 : (round % 3 == 1 ? 300 : 40000);
        for (size_t i = 0; i < SKETCH_DOTS_MAX; i++) {
            seed = seed * 1664525 + 1013904223;
            points[i].lat_e5 = london.lat_e5 + (int32_t)(seed >> 8) % spread;
            seed = seed * 1664525 + 1013904223;
            points[i].lon_e5 = london.lon_e5 - (int32_t)(seed >> 8) % spread;
        }
        struct sketch s;
        size_t n = 1 + (size_t)round % SKETCH_DOTS_MAX;
        sketch_make(london, points, n, 1000, &s);
        for (size_t i = 0; i < n; i++) {
            assert_in_range(s.dots[i].x, SKETCH_DOT, SKETCH_SIDE - SKETCH_DOT);
            assert_in_range(s.dots[i].y, SKETCH_DOT, SKETCH_SIDE - SKETCH_DOT);
            if (from_middle(&s, i) < 2 * SKETCH_DOT) fail_msg("round %d: %zu", round, i);
            for (size_t k = 0; k < i; k++)
                if (apart(&s, i, k) < 2 * SKETCH_DOT)
                    fail_msg("round %d: %zu and %zu of %zu: %f", round, i, k, n, apart(&s, i, k));
        }
    }
}

static void test_nothing_and_one_place_only(void **state)
{
    (void)state;
    struct sketch s;
    sketch_make(london, NULL, 0, 1000, &s);
    assert_int_equal(s.dot_count, 0);
    assert_int_equal(s.ring_count, 0);
    sketch_make(london, &london, 1, 1000, &s);
    assert_int_equal(s.dot_count, 1);
    assert_true(from_middle(&s, 0) >= 2 * SKETCH_DOT);
}

static void test_over_the_date_line(void **state)
{
    (void)state;
    const struct point fiji = {-1700000, 17990000}, beyond = {-1700000, -17990000};
    assert_string_equal(sketch_direction(fiji, beyond), "east");
    assert_string_equal(sketch_direction(beyond, fiji), "west");
}

static void test_directions(void **state)
{
    (void)state;
    static const struct {
        int32_t north, east;
        const char *name;
    } cases[] = {
        {1000, 0, "north"},          {-1000, 0, "south"},          {0, 1000, "east"},
        {0, -1000, "west"},          {1000, 1600, "north-east"},   {-1000, 1600, "south-east"},
        {1000, -1600, "north-west"}, {-1000, -1600, "south-west"}, {10, 10, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct point to = {london.lat_e5 + cases[i].north, london.lon_e5 + cases[i].east};
        assert_string_equal(sketch_direction(london, to), cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_directions_and_distances_are_kept),
        cmocka_unit_test(test_rings_are_round_figures_to_scale),
        cmocka_unit_test(test_nothing_covers_anything),
        cmocka_unit_test(test_nothing_and_one_place_only),
        cmocka_unit_test(test_over_the_date_line),
        cmocka_unit_test(test_directions),
    };
    return cmocka_run_group_tests_name("sketch", tests, NULL, NULL);
}
