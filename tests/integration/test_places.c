/* Places and sessions in a real Redis, and the copy that each process has of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "flow/place_book.h"
#include "place_group.h"
#include "store/lua_scripts.h"

static const int64_t NOW = INT64_C(1800000000000), HOUR = 3600 * 1000;
static int64_t the_time;

static int64_t now_ms(void)
{
    return the_time;
}

static struct place_book *book;

static size_t swept;

static void on_swept(void *arg, int result, size_t n)
{
    swept = n;
    made_on_done(arg, result, NULL);
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    struct slice why = SLICE_NONE;
    if (redis_is_error(reply, &why)) fail_msg("%.*s", SLICE_ARG(why));
    made_on_done(arg, 0, NULL);
}

static void caught_up(void)
{
    place_book_catch_up(book, made_on_done, NULL);
    assert_int_equal(made_wait(), 0);
}

static const char *const leeds_names[] = {"leeds"};
static const struct group_set leeds = {.names = leeds_names, .count = 1};

/* What became of one. said is taken. */
static struct place_outcome put_as(bool is_session, uint32_t id, json_t *said, bool is_import,
                                   const struct group_set *groups)
{
    assert_non_null(said);
    const struct place_item item = {is_session, id, said};
    write_places(&item, 1, is_import, groups, NOW);
    json_decref(said);
    return made.list[0];
}

static uint32_t place(const char *name, const char *group)
{
    json_t *said = json_pack("{s:s,s:s,s:i,s:i,s:s,s:s}", "name", name, "group", group, "lat",
                             5380000, "lon", -155000, "priority", "marginal", "code", name);
    struct place_outcome one = put_as(false, 0, said, false, &everywhere);
    assert_int_equal(one.did, PLACE_MADE);
    return one.id;
}

static json_t *times(uint32_t of, int64_t start, int64_t end)
{
    return json_pack("{s:I,s:I,s:I}", "place", (json_int_t)of, "start", (json_int_t)start, "end",
                     (json_int_t)end);
}

static uint32_t session(uint32_t of, int64_t start)
{
    struct place_outcome one =
        put_as(true, 0, times(of, start, start + 2 * HOUR), false, &everywhere);
    assert_int_equal(one.did, PLACE_MADE);
    return one.id;
}

static int remove_one(bool is_session, uint32_t id, const struct group_set *groups)
{
    const struct place_removing what = {is_session, id, groups, SLICE_LIT("olga"), NOW};
    place_remove(store, &what, made_on_done, NULL);
    return made_wait();
}

/* As a script does it that makes a pledge. */
static void move_rooms(uint32_t id, int pledged, int waiting, int offered)
{
    char source[4096];
    (void)snprintf(source, sizeof source,
                   "%.*s\n%.*s\nrooms_move(ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), "
                   "tonumber(ARGV[5]))",
                   SLICE_ARG(lua_follow_changed), SLICE_ARG(lua_place_rooms));
    redis_commandf(redis, on_reply, NULL, "EVAL %b 0 %s %d %d %d %d", source, strlen(source),
                   prefix, (int)id, pledged, waiting, offered);
    (void)made_wait();
}

static void test_made_and_found(void **state)
{
    (void)state;
    size_t n;
    uint32_t north = place("North", "leeds"), south = place("South", "");
    uint32_t late = session(north, NOW + 9 * HOUR), soon = session(north, NOW + HOUR);
    uint32_t other = session(south, NOW + HOUR);
    caught_up();
    assert_true(place_book_is_read(book));
    const struct place *const *places = place_book_places(book, &n);
    assert_int_equal(n, 2);
    assert_string_equal(places[0]->name, "North");
    assert_string_equal(places[0]->group, "leeds");
    assert_string_equal(places[1]->group, "");
    const struct session *const *list = place_book_sessions_of(book, north, &n);
    assert_int_equal(n, 2);
    assert_int_equal(list[0]->id, soon);
    assert_int_equal(list[1]->id, late);
    (void)place_book_sessions_of(book, 99, &n);
    assert_int_equal(n, 0);
    assert_int_equal(place_book_session(book, other)->place, south);
    assert_null(place_book_place(book, 99));
}

static void test_a_correction_shows_and_who_comes_is_live(void **state)
{
    (void)state;
    uint32_t north = place("North", "leeds"), one = session(north, NOW + HOUR);
    move_rooms(one, 3, 1, 8);
    caught_up();
    const struct session *s = place_book_session(book, one);
    assert_int_equal(s->pledged, 3);
    assert_int_equal(s->offered, 8);
    uint64_t changed = place_book_changed(book), moved = place_book_moved(book);
    move_rooms(one, -5, 0, 1);
    caught_up();
    assert_ptr_equal(place_book_session(book, one), s);
    assert_int_equal(s->pledged, 0);
    assert_int_equal(s->offered, 9);
    assert_int_equal(place_book_changed(book), changed);
    assert_true(place_book_moved(book) > moved);

    struct place_outcome did =
        put_as(true, one, json_pack("{s:s,s:b}", "meeting_point", "Town Hall", "cancelled", 1),
               false, &leeds);
    assert_int_equal(did.did, PLACE_CHANGED);
    caught_up();
    assert_true(place_book_changed(book) > changed);
    s = place_book_session(book, one);
    assert_string_equal(s->meeting_point, "Town Hall");
    assert_true(s->is_cancelled);
    assert_int_equal(s->waiting, 1);
    assert_int_equal(s->start_ms, NOW + HOUR);
    did = put_as(true, one, json_pack("{s:b}", "cancelled", 1), false, &leeds);
    assert_int_equal(did.did, PLACE_SAME);
}

static void test_an_import_again_corrects(void **state)
{
    (void)state;
    size_t n;
    json_t *north = json_pack("{s:s,s:s,s:s,s:i,s:i}", "name", "North", "group", "leeds", "code",
                              "E1", "lat", 1, "lon", 2);
    json_t *nameless = json_pack("{s:s,s:s}", "group", "leeds", "code", "E2");
    const struct place_item items[] = {{false, 0, north}, {false, 0, nameless}};
    write_places(items, 2, true, &leeds, NOW);
    assert_int_equal(made.list[0].did, PLACE_MADE);
    assert_int_equal(made.list[1].did, PLACE_REFUSED);
    assert_string_equal(made.list[1].e.text, "'name' is missing");
    uint32_t id = made.list[0].id;
    write_places(items, 1, true, &leeds, NOW);
    assert_int_equal(made.list[0].did, PLACE_SAME);
    json_put(north, "name", json_string("North again"));
    write_places(items, 1, true, &leeds, NOW);
    assert_int_equal(made.list[0].did, PLACE_CHANGED);
    assert_int_equal(made.list[0].id, id);

    json_t *when = times(id, NOW + HOUR, NOW + 2 * HOUR);
    json_put(when, "code", json_string("uid@calendar"));
    assert_int_equal(put_as(true, 0, json_deep_copy(when), true, &leeds).did, PLACE_MADE);
    json_put(when, "end", json_integer(NOW + 3 * HOUR));
    assert_int_equal(put_as(true, 0, when, true, &leeds).did, PLACE_CHANGED);
    caught_up();
    (void)place_book_sessions(book, &n);
    assert_int_equal(n, 1);
    assert_string_equal(place_book_place(book, id)->name, "North again");
    json_decref(north);
    json_decref(nameless);
}

static void test_others_places_are_not_theirs(void **state)
{
    (void)state;
    uint32_t york = place("York", "york"), at_york = session(york, NOW + HOUR);
    uint32_t north = place("North", "leeds"), mine = session(north, NOW + HOUR);
    const struct place_outcome tries[] = {
        put_as(false, york, json_pack("{s:s}", "name", "Ours"), false, &leeds),
        put_as(true, at_york, json_pack("{s:b}", "cancelled", 1), false, &leeds),
        put_as(true, 0, times(york, NOW, NOW + HOUR), false, &leeds),
        put_as(true, mine, json_pack("{s:i}", "place", (int)york), false, &leeds),
        put_as(false, north, json_pack("{s:s}", "group", "york"), false, &leeds),
        put_as(false, 99, json_pack("{s:s}", "name", "Nowhere"), false, &leeds),
        put_as(true, 0, times(99, NOW, NOW + HOUR), false, &leeds),
    };
    for (size_t i = 0; i < COUNT_OF(tries); i++) {
        assert_int_equal(tries[i].did, PLACE_REFUSED);
        assert_int_equal(tries[i].e.code, ERR_NOT_FOUND);
    }
    assert_int_equal(remove_one(true, at_york, &leeds), ERR_NOT_FOUND);
    assert_int_equal(remove_one(false, york, &leeds), ERR_NOT_FOUND);
    caught_up();
    assert_false(place_book_session(book, at_york)->is_cancelled);
}

/* The codes of its sessions go with a place to another group. */
static void test_a_place_goes_to_another_group(void **state)
{
    (void)state;
    uint32_t north = place("North", ""), york = place("York", "york");
    json_t *when = times(north, NOW + HOUR, NOW + 2 * HOUR);
    json_put(when, "code", json_string("1"));
    uint32_t one = put_as(true, 0, json_deep_copy(when), true, &everywhere).id;
    assert_int_equal(
        put_as(false, north, json_pack("{s:s}", "group", "leeds"), false, &everywhere).did,
        PLACE_CHANGED);
    assert_int_equal(put_as(true, 0, json_deep_copy(when), true, &leeds).id, one);
    json_put(when, "place", json_integer(york));
    assert_int_not_equal(put_as(true, 0, when, true, &everywhere).id, one);
    struct place_outcome taken = put_as(
        false, york, json_pack("{s:s,s:s}", "group", "leeds", "code", "North"), false, &everywhere);
    assert_int_equal(taken.e.code, ERR_EXISTS);
}

static void test_removing(void **state)
{
    (void)state;
    uint32_t north = place("North", "leeds"), one = session(north, NOW + HOUR);
    move_rooms(one, 2, 0, 0);
    assert_int_equal(remove_one(true, one, &leeds), ERR_CONFLICT);
    assert_string_equal(made.e.text, "2 people are coming to it: cancel it instead");
    assert_int_equal(remove_one(false, north, &leeds), ERR_CONFLICT);
    (void)put_as(true, one, json_pack("{s:b}", "cancelled", 1), false, &leeds);
    caught_up();
    assert_int_equal(remove_one(false, north, &leeds), 0);
    caught_up();
    assert_null(place_book_place(book, north));
    assert_null(place_book_session(book, one));
    assert_int_equal(remove_one(false, north, &leeds), ERR_NOT_FOUND);
    assert_int_not_equal(place("North", "leeds"), north);
}

static void test_what_is_over(void **state)
{
    (void)state;
    uint32_t north = place("North", "leeds");
    uint32_t old = session(north, NOW - 40 * HOUR), recent = session(north, NOW - 20 * HOUR);
    caught_up();
    assert_null(place_book_session(book, old));
    assert_non_null(place_book_session(book, recent));
    /* Corrected so that it is still to come, it is there again, with those who come to it. */
    move_rooms(old, 2, 0, 0);
    json_t *when = times(north, NOW + HOUR, NOW + 2 * HOUR);
    assert_int_equal(put_as(true, old, when, false, &leeds).did, PLACE_CHANGED);
    caught_up();
    assert_int_equal(place_book_session(book, old)->pledged, 2);
    place_sweep(store, NOW, on_swept, NULL);
    (void)made_wait();
    assert_int_equal(swept, 1);
    caught_up();
    assert_null(place_book_session(book, recent));
    assert_non_null(place_book_session(book, old));
}

static int set_up(void **state)
{
    (void)state;
    memset(&made, 0, sizeof made);
    group_begin();
    the_time = NOW;
    book = place_book_new(loop, store, now_ms);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    caught_up();
    place_book_free(book);
    loop_turn(loop, 0);
    group_end();
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_made_and_found),
        TEST(test_a_correction_shows_and_who_comes_is_live),
        TEST(test_an_import_again_corrects),
        TEST(test_others_places_are_not_theirs),
        TEST(test_a_place_goes_to_another_group),
        TEST(test_removing),
        TEST(test_what_is_over),
    };
    return redis_group_run("places", tests, COUNT_OF(tests));
}
