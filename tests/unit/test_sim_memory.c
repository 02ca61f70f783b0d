/* What the simulator remembers: the sliding second, who was sent what, the newest messages,
 * counters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include <jansson.h>

#include "sim/backlog.h"
#include "sim/book.h"
#include "sim/stats.h"
#include "sim/tape.h"
#include "sim/window.h"

static void test_window_is_half_open(void **state)
{
    struct window *w = window_new();
    (void)state;
    window_add(w, 1000000);
    window_add(w, 1500000);
    assert_int_equal(window_count(w, 1999999), 2);
    assert_int_equal(window_count(w, 2000000), 1); /* exactly a second later it is out */
    assert_int_equal(window_count(w, 2500000), 0);
    assert_int_equal(window_highest(w), 2);
    window_clear(w);
    assert_int_equal(window_highest(w), 0);
    window_free(w);
}

/* Against counting by hand, over irregular times, through several growths of the ring. */
static void test_window_matches_counting(void **state)
{
    enum { EVENTS = 5000 };
    static int64_t times_us[EVENTS];
    struct window *w = window_new();
    uint32_t highest = 0;
    int64_t now_us = 0;
    (void)state;
    srand(1);
    for (int i = 0; i < EVENTS; i++) {
        now_us += i % 1000 < 500 ? rand() % 500 : rand() % 20000;
        times_us[i] = now_us;
        uint32_t inside = 0;
        for (int k = i; k >= 0 && times_us[k] > now_us - 1000000; k--)
            inside++;
        if (inside > highest) highest = inside;
        window_add(w, now_us);
        assert_int_equal(window_count(w, now_us), inside);
    }
    assert_int_equal(window_highest(w), highest);
    window_free(w);
}

static void test_backlog_leaves_in_order(void **state)
{
    struct backlog *b = backlog_new();
    (void)state;
    assert_int_equal(backlog_add(b, 0, 5), 5); /* at once */
    assert_int_equal(backlog_count(b, 5), 0);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(backlog_add(b, 10, 1000000), 1000000 + i * 100000);
    assert_int_equal(backlog_count(b, 1000000), 999);
    assert_int_equal(backlog_count(b, 1100000), 998);
    assert_int_equal(backlog_count(b, 2000000), 989);
    /* a pace that changes changes nothing for those who stand there */
    assert_int_equal(backlog_add(b, 1000, 2000000), 1000000 + 999 * 100000 + 1000);
    assert_int_equal(backlog_add(b, 0, 2000000), 1000000 + 999 * 100000 + 1000);
    assert_int_equal(backlog_count(b, INT64_C(1000000000)), 0);
    assert_int_equal(backlog_highest(b), 999);
    assert_int_equal(backlog_add(b, 10, INT64_C(1000000000)), INT64_C(1000000000));
    backlog_clear(b);
    assert_int_equal(backlog_highest(b), 0);
    backlog_free(b);
}

static void test_book_counts(void **state)
{
    struct book *b = book_new();
    (void)state;
    for (uint64_t key = 0; key < 50000; key++) {
        assert_int_equal(book_try(b, key * 0x9e3779b97f4a7c15u + 2), 0);
        assert_int_equal(book_take(b, key * 0x9e3779b97f4a7c15u + 2), 0);
    }
    assert_int_equal(book_messages(b), 50000);
    assert_int_equal(book_try(b, 2), 1);
    assert_int_equal(book_take(b, 2), 1);
    assert_int_equal(book_take(b, 2), 2);
    assert_int_equal(book_messages(b), 50000);
    book_clear(b);
    assert_int_equal(book_messages(b), 0);
    assert_int_equal(book_try(b, 2), 0);
    book_free(b);
}

static void test_book_people(void **state)
{
    struct book *b = book_new();
    (void)state;
    assert_int_equal(book_person(b, 447700900123), PERSON_SILENT);
    for (uint64_t n = 447700900000; n < 447700905000; n++)
        book_set_person(b, n, PERSON_STOPPED);
    book_set_person(b, 447700900123, PERSON_LEFT);
    assert_int_equal(book_person(b, 447700900123), PERSON_LEFT);
    assert_int_equal(book_person(b, 447700904999), PERSON_STOPPED);
    assert_int_equal(book_person(b, 447700905000), PERSON_SILENT);
    book_free(b);
}

static void record(struct tape *t, uint64_t number, const char *text)
{
    struct taped m = {.number = number, .face = "twilio", .text = slice_of(text)};
    tape_add(t, &m);
}

static void test_tape_keeps_the_newest(void **state)
{
    struct tape *t = tape_new(3);
    size_t pos = 0;
    (void)state;
    record(t, 1, "a");
    record(t, 2, "b");
    assert_true(slice_is(tape_next(t, &pos, 0)->text, "b"));
    assert_true(slice_is(tape_next(t, &pos, 0)->text, "a"));
    assert_null(tape_next(t, &pos, 0));
    record(t, 1, "c");
    record(t, 1, "d"); /* "a" is forgotten */
    pos = 0;
    assert_true(slice_is(tape_next(t, &pos, 1)->text, "d"));
    assert_true(slice_is(tape_next(t, &pos, 1)->text, "c"));
    assert_null(tape_next(t, &pos, 1));
    tape_clear(t);
    pos = 0;
    assert_null(tape_next(t, &pos, 0));
    tape_free(t);
}

static void test_tape_of_nothing(void **state)
{
    struct tape *t = tape_new(0);
    size_t pos = 0;
    (void)state;
    record(t, 1, "a");
    assert_null(tape_next(t, &pos, 0));
    tape_free(t);
}

static json_int_t number_at(const json_t *root, const char *name)
{
    assert_true(json_is_integer(json_object_get(root, name)));
    return json_integer_value(json_object_get(root, name));
}

static void test_stats_as_json(void **state)
{
    struct stats *s = stats_new();
    struct buf json = BUF_INIT(65536);
    struct stats_live live = {.in_flight = 3, .pending = 4, .cpu_us = 5};
    (void)state;
    stats_arrival(s, SLICE_LIT("A \"quoted\" name"), 1000);
    stats_arrival(s, SLICE_LIT("B"), 2000);
    stats_arrival(s, SLICE_NONE, 3000);
    stats_accepted(s, false, 70);
    stats_accepted(s, true, 90);
    stats_rejected(s, "21604");
    stats_rejected(s, "21604");
    stats_write(s, &live, &json);
    json_t *root = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_int_equal(number_at(root, "requests"), 3);
    assert_int_equal(number_at(root, "accepted"), 2);
    assert_int_equal(number_at(root, "unique"), 1);
    assert_int_equal(number_at(root, "duplicates"), 1);
    assert_int_equal(number_at(root, "first_accepted_ms"), 70);
    assert_int_equal(number_at(root, "last_accepted_ms"), 90);
    assert_int_equal(number_at(root, "highest_per_second"), 3);
    assert_int_equal(number_at(json_object_get(root, "rejected"), "21604"), 2);
    const json_t *senders = json_object_get(root, "highest_per_second_by_sender");
    assert_int_equal(number_at(senders, "A \"quoted\" name"), 1);
    json_decref(root);
    stats_clear(s);
    assert_int_equal(stats_counters(s)->requests, 0);
    buf_done(&json);
    stats_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_window_is_half_open),
        cmocka_unit_test(test_window_matches_counting),
        cmocka_unit_test(test_backlog_leaves_in_order),
        cmocka_unit_test(test_book_counts),
        cmocka_unit_test(test_book_people),
        cmocka_unit_test(test_tape_keeps_the_newest),
        cmocka_unit_test(test_tape_of_nothing),
        cmocka_unit_test(test_stats_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
