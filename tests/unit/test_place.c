/* What people say of places and sessions, what the store keeps of it, and points. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/place.h"

static struct body body_of(const char *text)
{
    struct body b = {.root = json_loads(text, 0, NULL)};
    assert_non_null(b.root);
    return b;
}

static void body_end(struct body *b)
{
    json_decref(b->root);
    json_decref(b->errors);
}

/* What is wrong with it; "" for nothing. Freed by the next call. */
static const char *problem_of(const char *text, json_t *(*say)(struct body *b, bool is_new),
                              bool is_new)
{
    static struct err e;
    struct body b = body_of(text);
    json_decref(say(&b, is_new));
    e = b.e;
    body_end(&b);
    return e.code ? e.text : "";
}

/* As the store keeps what was said. */
static char *kept(const char *text, json_t *(*say)(struct body *b, bool is_new))
{
    struct body b = body_of(text);
    json_t *said = say(&b, true);
    assert_int_equal(b.e.code, 0);
    char *record = json_dumps(said, JSON_COMPACT);
    json_decref(said);
    body_end(&b);
    return record;
}

static void test_a_place(void **state)
{
    (void)state;
    char *record = kept("{\"name\":\" Leeds North \",\"group\":\"leeds\",\"at\":\"53.8, -1.55\","
                        "\"priority\":\"Marginal\",\"needed\":40,\"code\":\"E14000777\"}",
                        place_said);
    struct place *p = place_read(7, slice_of(record));
    assert_non_null(p);
    json_t *shown = place_json(p),
           *expected = json_pack("{s:i,s:s,s:s,s:s,s:s,s:i,s:s}", "id", 7, "name", "Leeds North",
                                 "group", "leeds", "at", "53.80000,-1.55000", "priority",
                                 "marginal", "needed", 40, "code", "E14000777");
    assert_true(json_equal(shown, expected));
    json_decref(shown);
    json_decref(expected);
    free(p);
    free(record);
}

static void test_a_session(void **state)
{
    (void)state;
    char *record = kept("{\"place\":7,\"start\":\"2026-12-03T18:00:00Z\","
                        "\"end\":\"2026-12-03T20:00:00Z\",\"meeting_point\":\"Market Square\","
                        "\"capacity\":20,\"accessible\":true,\"note\":\"Two\\nlines\"}",
                        session_said);
    struct session *s = session_read(9, slice_of(record));
    assert_non_null(s);
    assert_int_equal(s->place, 7);
    assert_int_equal(s->end_ms - s->start_ms, 2 * 3600 * 1000);
    assert_string_equal(s->meeting_point, "Market Square");
    assert_string_equal(s->note, "Two\nlines");
    assert_string_equal(s->organiser, "");
    assert_true(s->accessible && !s->lifts && !s->is_cancelled);
    assert_int_equal(session_left(s), 20);
    session_rooms_read(s, SLICE_LIT("18 3 25"));
    assert_int_equal(s->waiting, 3);
    assert_int_equal(session_left(s), 2);
    session_rooms_read(s, SLICE_LIT("21 0 25"));
    assert_int_equal(session_left(s), 0);
    session_rooms_read(s, SLICE_NONE);
    assert_int_equal(s->pledged + s->waiting + s->offered, 0);
    s->capacity = 0;
    assert_int_equal(session_left(s), UINT32_MAX);
    free(s);
    free(record);
}

static void test_what_is_refused(void **state)
{
    (void)state;
    static const struct {
        json_t *(*say)(struct body *b, bool is_new);
        const char *text, *why;
    } cases[] = {
        {place_said, "{}", "'name' is missing"},
        {place_said, "{\"name\":\"  \",\"at\":\"1,1\"}", "'name' is empty"},
        {place_said, "{\"name\":\"a\\nb\",\"at\":\"1,1\"}",
         "'name' has signs in it that cannot be shown, or more than one line"},
        {place_said, "{\"name\":\"a\"}", "'at' is missing"},
        {place_said, "{\"name\":\"a\",\"at\":\"91,0\"}",
         "'at' must be latitude and longitude in degrees, such as \"51.50,-0.12\""},
        {place_said, "{\"name\":\"a\",\"at\":\"1,1\",\"priority\":\"top\"}",
         "'priority' must be safe, likely, close or marginal"},
        {place_said, "{\"name\":\"a\",\"at\":\"1,1\",\"needed\":1000001}",
         "'needed' must be a whole number from 0 to 1000000"},
        {session_said, "{\"start\":\"2026-12-03T18:00:00Z\",\"end\":\"2026-12-03T20:00:00Z\"}",
         "'place' is missing"},
        {session_said, "{\"place\":1,\"start\":\"tonight\",\"end\":\"2026-12-03T20:00:00Z\"}",
         "'start' must be a time with its zone, such as \"2026-11-26T18:00:00Z\" or "
         "\"2026-11-26T18:00:00+01:00\""},
        {session_said,
         "{\"place\":1,\"start\":\"2026-12-03T20:00:00Z\",\"end\":\"2026-12-03T20:00:00Z\"}",
         "'end' must be later than the start"},
        {session_said,
         "{\"place\":1,\"start\":\"2026-12-03T20:00:00Z\",\"end\":\"2026-12-10T20:00:01Z\"}",
         "'end' must be within 7 days of the start"},
        {session_said,
         "{\"place\":1,\"start\":\"2026-12-03T20:00:00Z\",\"end\":\"2026-12-03T21:00:00Z\","
         "\"lifts\":\"yes\"}",
         "'lifts' must be true or false"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(problem_of(cases[i].text, cases[i].say, true), cases[i].why);
    assert_string_equal(problem_of("{}", place_said, false), "");
    assert_string_equal(problem_of("{\"name\":\"\"}", place_said, false), "'name' is empty");
    assert_string_equal(problem_of("{\"cancelled\":true}", session_said, false), "");
}

static void test_records_that_cannot_be_read(void **state)
{
    (void)state;
    assert_null(place_read(1, SLICE_LIT("no JSON")));
    assert_null(place_read(1, SLICE_LIT("{\"lat\":9000001,\"lon\":0}")));
    assert_null(session_read(1, SLICE_LIT("[]")));
}

static void test_points(void **state)
{
    (void)state;
    static const char *const good[] = {"51.5,-0.12", " 51.50 ; -.12 ", "+51.5 -0.120001"};
    static const char *const bad[] = {"",      "51.5",  "51.5,", "51.5,0,1", "90.1,0", "0,181",
                                      "5 1 5", "nan,0", "1e1,0", "51.5-0.1", "1..2,3", "a,b"};
    struct point p = {0};
    char text[POINT_TEXT_BYTES];
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(point_from_text(slice_of(good[i]), &p));
        assert_string_equal(point_to_text(p, text), "51.50000,-0.12000");
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (point_from_text(slice_of(bad[i]), &p)) fail_msg("'%s' is a point", bad[i]);
    assert_true(point_from_text(SLICE_LIT("-90,-180"), &p) && point_ok(p));
    assert_string_equal(point_to_text(p, text), "-90.00000,-180.00000");
    assert_false(point_ok((struct point){9000001, 0}));
}

/* London to Edinburgh, and across the date line; a hand's breadth. */
static void test_metres(void **state)
{
    (void)state;
    const struct point london = {5150740, -12780}, edinburgh = {5595330, -318830};
    assert_in_range(point_metres(london, edinburgh), 532000, 536000);
    assert_in_range(point_metres((struct point){0, 17999999}, (struct point){0, -17999999}), 1, 3);
    assert_int_equal(point_metres(london, london), 0);
    assert_in_range(point_metres((struct point){0, 0}, (struct point){0, 18000000}), 20000000,
                    20030000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_place),         cmocka_unit_test(test_a_session),
        cmocka_unit_test(test_what_is_refused), cmocka_unit_test(test_records_that_cannot_be_read),
        cmocka_unit_test(test_points),          cmocka_unit_test(test_metres),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
