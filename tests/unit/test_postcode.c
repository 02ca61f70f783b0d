#include "core/postcode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/osgrid.h"

static void test_fold(void **state)
{
    (void)state;
    static const struct {
        const char *text, *folded; /* NULL: none */
    } rows[] = {
        {"M14 5TA", "M145TA"},
        {"m145ta", "M145TA"},
        {" sw1a-1aa. ", "SW1A1AA"},
        {"M1", "M1"},
        {"1000-001", "1000001"},
        {"1011 AB", "1011AB"},
        {"", NULL},
        {"Leeds", NULL},
        {"M14 5TA!", NULL},
        {"12345678901", NULL},
        {"M14\xc3\xa9", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char out[POSTCODE_CHARS_MAX + 1];
        bool is_one = postcode_fold(slice_of(rows[i].text), out);
        assert_int_equal(is_one, rows[i].folded != NULL);
        if (is_one) assert_string_equal(out, rows[i].folded);
    }
}

static void test_say(void **state)
{
    (void)state;
    char out[POSTCODE_SAID_BYTES];
    postcode_say("GB", slice_of("M145TA"), out);
    assert_string_equal(out, "M14 5TA");
    postcode_say("GB", slice_of("SW1A"), out);
    assert_string_equal(out, "SW1A");
    postcode_say_area("GB", slice_of("M145"), out);
    assert_string_equal(out, "M14 5");
    postcode_say("DE", slice_of("10115"), out);
    assert_string_equal(out, "10115");
    assert_true(postcode_is_sector("GB", slice_of("M1 4")));
    assert_false(postcode_is_sector("GB", slice_of("M14")));
    assert_false(postcode_is_sector("DE", slice_of("101 4")));
}

static void test_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *country, *text, *code;
    } rows[] = {
        {"GB", "M14 5TA", "M145TA"},
        {"GB", "hi, I'm at m14 5ta, can I help?", "M145TA"},
        {"GB", "postcode is SW1A1AA thanks", "SW1A1AA"},
        {"GB", "N1 9GU (my mum's) or n1 9gu", "N19GU"},
        {"GB", "M14 5TA or LS1 4AP", NULL}, /* which of them? */
        {"GB", "see you at 5 tonight", NULL},
        {"GB", "I am 45 and 6ft", NULL},
        {"GB", "yes", NULL},
        {"GB", "", NULL},
        {"DE", " 10115 ", "10115"},
        {"DE", "ich wohne in 10115", NULL},
        {"DE", "10", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char out[POSTCODE_CHARS_MAX + 1];
        bool is_one = postcode_in_words(rows[i].country, slice_of(rows[i].text), out);
        assert_int_equal(is_one, rows[i].code != NULL);
        if (is_one) assert_string_equal(out, rows[i].code);
    }
}

/* Within 2 m, at the ends of the world, too. */
static void test_packed(void **state)
{
    (void)state;
    static const struct point points[] = {
        {5345123, -222345}, {9000000, 18000000}, {-9000000, -18000000}, {0, 0}, {1, -1}};
    uint8_t entries[COUNT_OF(points)][POSTCODE_ENTRY_BYTES];
    for (size_t i = 0; i < COUNT_OF(points); i++)
        postcode_pack((const char[]){'A', (char)('A' + i)}, points[i], entries[i]);
    struct slice all = slice_make(entries, sizeof entries);
    for (size_t i = 0; i < COUNT_OF(points); i++) {
        struct point got;
        assert_true(postcode_find(all, (const char[]){'A', (char)('A' + i)}, &got));
        assert_true(point_ok(got));
        assert_in_range(point_metres(points[i], got), 0, 2);
    }
    struct point got = {1, 2};
    assert_false(postcode_find(all, "BA", &got));
    assert_false(postcode_find(SLICE_NONE, "AA", &got));
    assert_false(
        postcode_find(slice_make(entries, POSTCODE_ENTRY_BYTES - 1), "AA", &got)); /* cut */
    assert_int_equal(got.lat_e5, 1);
}

static void test_middle(void **state)
{
    (void)state;
    struct middle m = {0};
    struct point got;
    assert_false(middle_of(&m, &got));
    middle_add(&m, (struct point){100, -200});
    middle_add(&m, (struct point){300, -400});
    assert_true(middle_of(&m, &got));
    assert_int_equal(got.lat_e5, 200);
    assert_int_equal(got.lon_e5, -300);
}

static void test_town(void **state)
{
    (void)state;
    char out[TOWN_BYTES_MAX + 1], long_name[100];
    assert_true(town_fold(slice_of("St. Andrews"), out));
    assert_string_equal(out, "st andrews");
    assert_true(town_fold(slice_of("M\xc3\xbcNCHEN"), out));
    assert_string_equal(out, "munchen");
    assert_false(town_fold(slice_of(" ?! "), out));
    memset(long_name, 'a', sizeof long_name);
    assert_false(town_fold(slice_make(long_name, sizeof long_name), out));
}

/* As PROJ (EPSG:27700 to EPSG:4326, without OSTN15's grid) has them. */
static void test_osgrid(void **state)
{
    (void)state;
    static const struct {
        double easting, northing, lat, lon;
    } rows[] = {
        {651409.903, 313177.270, 52.657979, 1.716052}, /* Ordnance Survey's own example */
        {530047, 179951, 51.503540, -0.127695},        /* London */
        {325695, 673927, 55.952602, -3.191517},        /* Edinburgh */
        {383819, 398052, 53.478940, -2.245278},        /* Manchester */
        {134000, 25000, 50.065489, -5.718350},         /* Land's End */
        {440000, 1140000, 60.142561, -1.281583},       /* Shetland */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct point got, want = {(int32_t)(rows[i].lat * 1e5), (int32_t)(rows[i].lon * 1e5)};
        assert_true(osgrid_point(rows[i].easting, rows[i].northing, &got));
        assert_in_range(point_metres(got, want), 0, 2);
    }
    struct point got;
    assert_false(osgrid_point(-1, 100000, &got));
    assert_false(osgrid_point(100000, 1400000, &got));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold),     cmocka_unit_test(test_say),
        cmocka_unit_test(test_in_words), cmocka_unit_test(test_packed),
        cmocka_unit_test(test_middle),   cmocka_unit_test(test_town),
        cmocka_unit_test(test_osgrid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
