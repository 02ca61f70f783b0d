/* Gazetteers in a real Redis: imported whole, looked up in any spelling; and the sessions near what was said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "flow/nearest.h"
#include "place_group.h"

static const struct slice BY = {"olga", 4};
static int64_t late_ms; /* the gazetteer's clock is so far ahead */

static int64_t now_ms(void)
{
    return clock_wall_ms() + late_ms;
}

static struct {
    bool done;
    int result;
    struct err e;
    struct point at;
    char where[GAZETTEER_WHERE_BYTES];
    bool is_exact;
    size_t n;
    uint32_t first; /* place */
    uint64_t codes, towns;
} got;

enum { SPRINGFIELDS = 40 }; /* towns of one name, each in a county of its own */

static void wait_done(void)
{
    while (!got.done)
        loop_turn(loop, -1);
    got.done = false;
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)arg;
    got.result = result;
    if (e) got.e = *e;
    got.done = true;
}

static void import_few(void)
{
    static const struct {
        const char *code;
        int32_t lat, lon;
    } rows[] = {{"M145TA", 5345000, -222000}, {"M145TB", 5345200, -222200},
                {"M146AA", 5346000, -223000}, {"M14AA", 5348000, -224000},
                {"SW1A1AA", 5150101, -14159}, {"LS14AP", 5380000, -155000}};
    uint32_t import = import_begin("GB");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(import_code(import, rows[i].code, rows[i].lat, rows[i].lon), 0);
    assert_int_equal(import_town(import, "Leeds", "West Yorkshire", 5380000, -155000), 0);
    assert_int_equal(import_town(import, "Newport", "Isle of Wight", 5070000, -129000), 0);
    assert_int_equal(import_town(import, "Newport", "Gwent", 5158000, -300000), 0);
    assert_int_equal(import_town(import, "Newport", "Gwent", 5158001, -300001), 0); /* again */
    for (int i = 0; i < SPRINGFIELDS; i++) {
        char county[80];
        (void)snprintf(county, sizeof county, "State of the Prairie %02d", i);
        assert_int_equal(import_town(import, "Springfield", county, 3900000 + 50000 * i, -8900000),
                         0);
    }
    assert_int_equal(import_end(import, clock_wall_ms()), 0);
}

/* ---- looking up ---- */

static struct gazetteer *gazetteer;

static void on_spot(void *arg, int result, const struct gazetteer_spot *spot, const struct err *e)
{
    if (spot) {
        got.at = spot->at;
        got.is_exact = spot->is_exact;
        (void)snprintf(got.where, sizeof got.where, "%s", spot->where);
    }
    on_done(arg, result, e);
}

static int look_up(const char *text)
{
    gazetteer_find(gazetteer, slice_of(text), on_spot, NULL);
    wait_done();
    return got.result;
}

static void is_at(const char *text, const char *where, bool is_exact, int32_t lat, int32_t lon)
{
    assert_int_equal(look_up(text), 0);
    assert_string_equal(got.where, where);
    assert_int_equal(got.is_exact, is_exact);
    assert_in_range(point_metres(got.at, (struct point){lat, lon}), 0, 5);
}

static int setup_few(void **state)
{
    (void)state;
    group_begin();
    late_ms = 0;
    gazetteer = gazetteer_new(store, "GB", now_ms);
    import_few();
    return 0;
}

static int end_few(void **state)
{
    (void)state;
    group_end();
    gazetteer_free(gazetteer);
    return 0;
}

static void test_postcodes(void **state)
{
    (void)state;
    is_at("M14 5TA", "M14 5TA", true, 5345000, -222000);
    is_at(" m145ta", "M14 5TA", true, 5345000, -222000);
    is_at("sw1a-1aa", "SW1A 1AA", true, 5150101, -14159);
    is_at("M14 5", "M14 5", false, 5345100, -222100);
    is_at("M14", "M14", false, 5345400, -222400);
    is_at("M1 4", "M1 4", false, 5348000, -224000);
    is_at("M14 5ZZ", "M14 5", false, 5345100, -222100); /* a new one of a street that is known */
    assert_int_equal(look_up("ZE1 0AA"), ERR_NOT_FOUND);
    assert_int_equal(look_up("ZE1"), ERR_NOT_FOUND);
    assert_int_equal(look_up("   "), ERR_INVALID);
    assert_int_equal(look_up("?"), ERR_INVALID);
}

static void test_towns(void **state)
{
    (void)state;
    is_at("LEEDS!", "Leeds (West Yorkshire)", false, 5380000, -155000);
    assert_int_equal(look_up("newport"), ERR_CONFLICT);
    assert_non_null(strstr(got.e.text, ": Newport (Gwent); Newport (Isle of Wight)")); /* by name */
    is_at("Newport (Gwent)", "Newport (Gwent)", false, 5158001, -300001);
    is_at("newport, isle of wight", "Newport (Isle of Wight)", false, 5070000, -129000);
    assert_int_equal(look_up("Newport Pagnell"), ERR_NOT_FOUND);
    assert_int_equal(look_up("Atlantis"), ERR_NOT_FOUND);
}

/* Not all of them can be told, and each is found by its county. */
static void test_many_namesakes(void **state)
{
    (void)state;
    assert_int_equal(look_up("springfield"), ERR_CONFLICT);
    assert_non_null(
        strstr(got.e.text,
               "(or write the county behind the name): Springfield (State of the Prairie 00); "));
    assert_null(strstr(got.e.text, "Prairie 39"));
    size_t n = strlen(got.e.text);
    assert_int_equal(got.e.text[n - 1], ')'); /* the last one is whole */
    is_at("Springfield, State of the Prairie 39", "Springfield (State of the Prairie 39)", false,
          3900000 + 50000 * 39, -8900000);
}

/* The next one takes its place whole, and only of what it brought; who has looked it up sees it soon. */
static void test_again(void **state)
{
    (void)state;
    is_at("M14 5TA", "M14 5TA", true, 5345000, -222000);
    uint32_t import = import_begin("GB");
    assert_int_equal(import_code(import, "M145TA", 5300000, -200000), 0);
    late_ms += GAZETTEER_OLD_MS;
    is_at("M14 5TA", "M14 5TA", true, 5345000, -222000); /* it has not ended */
    assert_int_equal(import_code(import, "M145TA", 5300001, -200001), 0);
    assert_int_equal(import_end(import, clock_wall_ms()), 0);
    is_at("M14 5TA", "M14 5TA", true, 5345000, -222000); /* remembered */
    late_ms += GAZETTEER_OLD_MS;
    is_at("M14 5TA", "M14 5TA", true, 5300001, -200001);
    assert_int_equal(look_up("SW1A 1AA"), ERR_NOT_FOUND);
    is_at("Leeds", "Leeds (West Yorkshire)", false, 5380000, -155000);
}

static void on_list(void *arg, int result, const struct gazetteer_info *list, size_t n,
                    const struct err *e)
{
    got.n = n;
    if (n) {
        assert_true(slice_is(list[0].country, "GB"));
        assert_true(slice_is(list[0].from, "a test"));
        assert_true(slice_is(list[0].by, "olga"));
        got.codes = list[0].codes;
        got.towns = list[0].towns;
    }
    on_done(arg, result, e);
}

static void test_what_is_there(void **state)
{
    (void)state;
    gazetteer_list(store, on_list, NULL);
    wait_done();
    assert_int_equal(got.n, 1);
    assert_int_equal(got.codes, 6);
    assert_int_equal(got.towns, 3);
    gazetteer_remove(store, "GB", deed_of(BY, clock_wall_ms()), on_done, NULL);
    wait_done();
    assert_int_equal(got.result, 0);
    assert_int_equal(look_up("M14 5TA"), ERR_NOT_FOUND);
    gazetteer_remove(store, "GB", deed_of(BY, clock_wall_ms()), on_done, NULL);
    wait_done();
    assert_int_equal(got.result, ERR_NOT_FOUND);
}

static void test_refused(void **state)
{
    (void)state;
    uint32_t first = import_begin("GB");
    assert_int_equal(import_end(first, clock_wall_ms()), ERR_INVALID); /* nothing came */
    uint32_t second = import_begin("GB");
    assert_int_equal(import_code(first, "M145TA", 1, 1), ERR_CONFLICT);
    assert_int_equal(import_end(first, clock_wall_ms()), ERR_CONFLICT);
    assert_int_equal(import_code(second, "M145TA", 1, 1), 0);
    is_at("M14 5TA", "M14 5TA", true, 5345000, -222000);
}

/* ---- the sessions near it ---- */

static uint32_t place_with_session(const char *priority, int lat, int lon)
{
    uint32_t id = make_place(priority, priority, lat, lon, now_ms());
    (void)make_session(id, now_ms());
    return id;
}

static void on_nearest(void *arg, int result, const struct nearest_answer *a, const struct err *e)
{
    if (a) {
        got.n = a->n;
        got.first = a->n ? a->found[0].place->id : 0;
        (void)snprintf(got.where, sizeof got.where, "%s", a->where);
    }
    on_done(arg, result, e);
}

static int ask(struct nearest *n, const char *text)
{
    const struct nearest_ask ask = {.text = slice_of(text), .max = NEAR_MAX};
    nearest_find(n, &ask, on_nearest, NULL);
    wait_done();
    return got.result;
}

static void test_nearest(void **state)
{
    (void)state;
    struct place_book *book = place_book_new(loop, store, now_ms);
    const struct nearest_config config = {.book = book,
                                          .gazetteer = gazetteer,
                                          .rules = {.reach_m = 40000,
                                                    .days = 14,
                                                    .texts_per_place = 1,
                                                    .priority_m = {[PLACE_MARGINAL] = 30000}},
                                          .now_ms = now_ms};
    struct nearest *n = nearest_new(&config);
    (void)place_with_session("safe", 5345000, -222000);
    uint32_t marginal = place_with_session("marginal", 5358000, -243000); /* Bolton */
    place_book_catch_up(book, on_done, NULL);
    wait_done();
    assert_int_equal(ask(n, "m14 5ta"), 0);
    assert_int_equal(got.n, 1);
    assert_int_equal(got.first, marginal);
    assert_string_equal(got.where, "M14 5TA");
    assert_int_equal(ask(n, "53.45,-2.22"), 0);
    assert_int_equal(got.first, marginal);
    assert_int_equal(ask(n, "SW1A 1AA"), 0); /* far away from both */
    assert_int_equal(got.n, 0);
    assert_int_equal(ask(n, "ZE1 0AA"), ERR_NOT_FOUND);
    uint32_t near =
        place_with_session("marginal", 5346000, -222000); /* the book moves the index on */
    place_book_catch_up(book, on_done, NULL);
    wait_done();
    assert_int_equal(ask(n, "M14 5TA"), 0);
    assert_int_equal(got.first, near);
    assert_int_equal(got.n, 2);
    nearest_free(n);
    place_book_free(book);
    loop_turn(loop, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup_few, end_few)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_postcodes),     TEST(test_towns),   TEST(test_many_namesakes), TEST(test_again),
        TEST(test_what_is_there), TEST(test_refused), TEST(test_nearest),
    };
    return redis_group_run("gazetteer", tests, COUNT_OF(tests));
}
