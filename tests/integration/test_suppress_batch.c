/* Opt-outs that come together: they wait, are set, and undone; what others said stays. Each test has a
 * key prefix of its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/group.h"
#include "redis_group.h"
#include "store/forget.h"
#include "store/suppress_batch.h"
#include "store/told.h"

#define ID        "00000000000000000000000000000001"
#define OTHER     "00000000000000000000000000000002"
#define PERSON(i) (UINT64_C(447700900000) + (uint64_t)(i))
enum { NOW_MS = 1700000, MANY = 450 };

static struct {
    int64_t number, slice;
    uint64_t numbers, standing;
    struct suppress_batch batch;
    size_t n;
    char text[256];
} got;

static void on_count(void *arg, int result, int64_t count, const struct err *e)
{
    got.number = count;
    asked_done(arg, result, e);
}

static void on_asked(void *arg, int result, uint64_t numbers, uint64_t standing,
                     const struct err *e)
{
    got.numbers = numbers;
    got.standing = standing;
    asked_done(arg, result, e);
}

static void on_slice(void *arg, int result, int64_t slice, const struct err *e)
{
    got.slice = slice;
    asked_done(arg, result, e);
}

static void on_batches(void *arg, int result, const struct suppress_batch *list, size_t n,
                       const struct err *e)
{
    got.n = n;
    if (n) got.batch = list[0];
    asked_done(arg, result, e);
}

static void on_stored(void *arg, int result, const struct inbox_stored *stored, const struct err *e)
{
    (void)stored;
    asked_done(arg, result, e);
}

static void on_forgotten(void *arg, int result, const struct forgotten *f, const struct err *e)
{
    (void)f;
    asked_done(arg, result, e);
}

static void on_reply(void *arg, const struct redisReply *reply)
{
    assert_non_null(reply);
    got.number = redis_int(reply, -1);
    (void)snprintf(got.text, sizeof got.text, "%.*s", SLICE_ARG(redis_str(reply)));
    asked_done(arg, 0, NULL);
}

/* One Redis command by hand; %s is the prefix. */
#define BY_HAND(...)                                                                               \
    do {                                                                                           \
        redis_commandf(redis, on_reply, NULL, __VA_ARGS__);                                        \
        assert_int_equal(asked_wait(), 0);                                                         \
    } while (0)

/* ---- what is done ---- */

static int ask_in(const char *id, const char *scope, int first, int n)
{
    static uint64_t numbers[MANY];
    const struct suppress_batch_draft draft = {.id = slice_of(id),
                                               .scope = slice_of(scope),
                                               .by = SLICE_LIT("Ann"),
                                               .evidence = SLICE_LIT("a \"file\".csv"),
                                               .reason = SUPPRESS_IMPORT};
    for (int i = 0; i < n; i++)
        numbers[i] = PERSON(first + i);
    suppress_batch_ask(store, &draft, numbers, (size_t)n, NOW_MS, on_asked, NULL);
    return asked_wait();
}

static int64_t set_slice(const char *id, int64_t settled)
{
    suppress_batch_set(store, slice_of(id), settled, NOW_MS + 1, on_slice, NULL);
    assert_int_equal(asked_wait(), 0);
    return got.slice;
}

static int64_t undo_slice(const char *id, int64_t settled)
{
    suppress_batch_undo(store, slice_of(id), settled,
                        deed_for(SLICE_LIT("Bob"), NOW_MS + 2, SLICE_LIT("wrong file")), on_slice,
                        NULL);
    assert_int_equal(asked_wait(), 0);
    return got.slice;
}

static void set_all(const char *id)
{
    for (int64_t slice = set_slice(id, 0); slice;)
        slice = set_slice(id, slice);
}

static void undo_all(const char *id)
{
    for (int64_t slice = undo_slice(id, 0); slice;)
        slice = undo_slice(id, slice);
}

static int64_t count(const char *scope)
{
    suppress_count(store, slice_of(scope), on_count, NULL);
    assert_int_equal(asked_wait(), 0);
    return got.number;
}

static void import(const char *id, int first, int n)
{
    assert_int_equal(ask_in(id, "all", first, n), 0);
    set_all(id);
}

static void load(const char *id)
{
    suppress_batch_load(store, slice_of(id), on_batches, NULL);
    assert_int_equal(asked_wait(), 0);
}

static bool stands(int i)
{
    BY_HAND("HEXISTS %ss:all %llu", prefix, (unsigned long long)PERSON(i));
    return got.number == 1;
}

static void add_by_hand(int i, int64_t at_ms)
{
    const struct suppress_entry e = {
        .number = PERSON(i), .reason = SUPPRESS_MANUAL, .at_ms = at_ms};
    suppress_add(store, SLICE_LIT("all"), &e, 1, on_count, NULL);
    assert_int_equal(asked_wait(), 0);
}

/* STOP of a person, said before the list was: it comes late. */
static void say_stop(int i, int64_t at_ms)
{
    char key[24];
    (void)snprintf(key, sizeof key, "%llu", (unsigned long long)PERSON(i));
    const struct inbox_arrival in = {.gateway = SLICE_LIT("example"),
                                     .event_id = slice_of(key),
                                     .remember_ms = 1000000,
                                     .at_ms = at_ms,
                                     .kind = INBOX_STOP,
                                     .group = SLICE_LIT("main"),
                                     .key = slice_of(key),
                                     .sender = SLICE_LIT("+447700900000"),
                                     .text = SLICE_LIT("STOP"),
                                     .scope = SLICE_LIT("all")};
    inbox_receive(inbox, &in, NOW_MS + 2, on_stored, NULL);
    assert_int_equal(asked_wait(), 0);
}

/* ---- tests ---- */

static void test_nothing_is_set_before_it_is_said(void **state)
{
    (void)state;
    add_by_hand(1, 5);
    assert_int_equal(ask_in(ID, "all", 0, 10), 0);
    assert_int_equal(ask_in(ID, "all", 5, 10), 0); /* five of them again */
    assert_int_equal(got.numbers, 15);
    assert_int_equal(got.standing, 1);
    assert_int_equal(count("all"), 1);
    suppress_batch_list(store, &(struct group_set){.all = true}, on_batches, NULL);
    assert_int_equal(asked_wait(), 0);
    assert_int_equal(got.n, 0);
    set_all(ID);
    assert_int_equal(count("all"), 15);
    load(ID);
    assert_int_equal(got.batch.state, SUPPRESS_BATCH_SET);
    assert_int_equal(got.batch.added, 14);
    assert_int_equal(got.batch.at_ms, NOW_MS + 1);
    assert_int_equal(ask_in(ID, "all", 0, 10), ERR_CONFLICT);
}

static void test_undo_lifts_its_own(void **state)
{
    (void)state;
    add_by_hand(1, 5);
    import(ID, 0, MANY);
    BY_HAND("HGET %ss:all %llu", prefix, (unsigned long long)PERSON(2));
    assert_string_equal(got.text, "{\"reason\":\"import\",\"at_ms\":1700001,\"batch\":\"" ID
                                  "\",\"evidence\":\"a \\\"file\\\".csv\"}");
    undo_all(ID);
    assert_int_equal(count("all"), 1);
    assert_true(stands(1));
    load(ID);
    assert_int_equal(got.batch.state, SUPPRESS_BATCH_UNDONE);
    assert_int_equal(got.batch.lifted, MANY - 1);
    BY_HAND("XLEN %saudit:kept", prefix);
    assert_int_equal(got.number, MANY - 1);
    undo_all(ID); /* again */
    assert_int_equal(count("all"), 1);
    suppress_batch_set(store, SLICE_LIT(ID), 0, NOW_MS, on_slice, NULL);
    assert_int_equal(asked_wait(), ERR_CONFLICT);
}

static void test_who_said_it_since_stays(void **state)
{
    (void)state;
    import(ID, 0, 10);
    say_stop(1, NOW_MS + 2);
    say_stop(2, NOW_MS - 1000); /* it came late: their word all the same */
    add_by_hand(3, NOW_MS + 2);
    import(OTHER, 4, 20); /* six of them again */
    undo_all(ID);
    static const bool expected[] = {false, true, true, true, true, true, true, true, true, true};
    for (int i = 0; i < 10; i++)
        assert_int_equal(stands(i), expected[i]);
    undo_all(OTHER); /* which set 10 to 23 */
    assert_int_equal(count("all"), 9);
}

/* START takes it off, STOP puts it back: that is no word of the list. */
static void test_who_was_lifted_and_said_it_anew_stays(void **state)
{
    (void)state;
    import(ID, 0, 2);
    suppress_remove(store, SLICE_LIT("all"), PERSON(0),
                    deed_for(SLICE_LIT("Ann"), NOW_MS, SLICE_LIT("asked")), asked_done, NULL);
    assert_int_equal(asked_wait(), 0);
    add_by_hand(0, NOW_MS + 5);
    undo_all(ID);
    assert_true(stands(0));
    assert_false(stands(1));
}

/* A process that is killed settles nothing, and tells nobody. */
static void test_what_stopped_in_the_middle_goes_on(void **state)
{
    (void)state;
    assert_int_equal(ask_in(ID, "all", 0, MANY), 0);
    assert_int_not_equal(set_slice(ID, 0), 0);
    load(ID);
    assert_int_equal(got.batch.state, SUPPRESS_BATCH_SETTING);
    assert_int_equal(got.batch.left, MANY); /* its slice may be told again */
    assert_in_range(count("all"), 1, MANY - 1);
    set_all(ID);
    assert_int_equal(count("all"), MANY);
    load(ID);
    assert_int_equal(got.batch.added, MANY);
    assert_int_equal(got.batch.left, 0);
    assert_int_not_equal(undo_slice(ID, 0), 0);
    assert_in_range(count("all"), 1, MANY - 1);
    undo_all(ID);
    assert_int_equal(count("all"), 0);
    load(ID);
    assert_int_equal(got.batch.lifted, MANY);
}

static void test_half_of_it_can_be_undone(void **state)
{
    (void)state;
    assert_int_equal(ask_in(ID, "all", 0, MANY), 0);
    assert_int_not_equal(set_slice(ID, 0), 0);
    undo_all(ID);
    assert_int_equal(count("all"), 0);
    load(ID);
    assert_int_equal(got.batch.left, 0);
}

/* ---- what is kept elsewhere, too ---- */

static struct {
    int set, lifted;
    bool fails;
} told;

static void keep(void *arg, uint64_t mark, const struct told_word *list, size_t n, told_kept *kept,
                 void *kept_arg)
{
    (void)arg;
    assert_true(mark > 0);
    for (size_t i = 0; i < n; i++)
        *(list[i].optout.lifted ? &told.lifted : &told.set) += 1;
    kept(kept_arg, told.fails ? -1 : 0);
}

static void test_a_slice_that_was_not_kept_is_told_again(void **state)
{
    (void)state;
    memset(&told, 0, sizeof told);
    store_on_told(store, keep, NULL);
    assert_int_equal(ask_in(ID, "all", 0, 10), 0);
    for (int undo = 0; undo < 2; undo++) {
        told.fails = true;
        if (undo)
            suppress_batch_undo(store, SLICE_LIT(ID), 0,
                                deed_for(SLICE_LIT("Bob"), NOW_MS, SLICE_LIT("x")), on_slice, NULL);
        else
            suppress_batch_set(store, SLICE_LIT(ID), 0, NOW_MS, on_slice, NULL);
        assert_int_equal(asked_wait(), ERR_UNREACHABLE);
        told.fails = false;
        if (undo)
            undo_all(ID);
        else
            set_all(ID);
    }
    assert_int_equal(told.set, 20);
    assert_int_equal(told.lifted, 20);
    load(ID);
    assert_int_equal(got.batch.added, 10);
    assert_int_equal(got.batch.lifted, 10);
}

/* ---- whose, and how long ---- */

static void test_a_batch_is_of_its_scope(void **state)
{
    (void)state;
    assert_int_equal(ask_in(ID, "north", 0, 3), 0);
    assert_int_equal(ask_in(ID, "all", 0, 3), ERR_NOT_FOUND);
    set_all(ID);
    import(OTHER, 5, 2);
    assert_int_equal(count("north"), 3);
    const char *north[] = {"north"}, *south[] = {"south"};
    const struct {
        struct group_set groups;
        size_t n;
    } cases[] = {{{.all = true}, 2},
                 {{.names = north, .count = 1}, 1},
                 {{.names = south, .count = 1}, 0},
                 {{0}, 0}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        suppress_batch_list(store, &cases[i].groups, on_batches, NULL);
        assert_int_equal(asked_wait(), 0);
        assert_int_equal(got.n, cases[i].n);
    }
}

static void test_all_of_it_ends(void **state)
{
    (void)state;
    static const char *const keys[] = {"optouts:batch:" ID, "optouts:batch:" ID ":new",
                                       "optouts:batch:" ID ":set", "optouts:batches:all"};
    assert_int_equal(ask_in(ID, "all", 0, MANY), 0);
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        if (i == 2) continue;
        BY_HAND("PTTL %s%s", prefix, keys[i]);
        assert_in_range(got.number, 1, 24 * 3600 * 1000);
    }
    assert_int_not_equal(set_slice(ID, 0), 0);
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        BY_HAND("PTTL %s%s", prefix, keys[i]);
        assert_in_range(got.number, INT64_C(29) * 24 * 3600 * 1000, INT64_C(30) * 24 * 3600 * 1000);
    }
    BY_HAND("DEL %soptouts:batch:" ID, prefix); /* as its time does */
    suppress_batch_undo(store, SLICE_LIT(ID), 0, deed_for(SLICE_LIT("Bob"), NOW_MS, SLICE_LIT("x")),
                        on_slice, NULL);
    assert_int_equal(asked_wait(), ERR_NOT_FOUND);
}

static void test_one_that_waits_is_forgotten(void **state)
{
    (void)state;
    assert_int_equal(ask_in(ID, "all", 0, 3), 0);
    undo_all(ID);
    suppress_batch_load(store, SLICE_LIT(ID), on_batches, NULL);
    assert_int_equal(asked_wait(), ERR_NOT_FOUND);
    BY_HAND("EXISTS %soptouts:batch:" ID ":new", prefix);
    assert_int_equal(got.number, 0);
}

/* Whoever is forgotten stays off, and stands in no batch. */
static void test_forgetting_a_person(void **state)
{
    (void)state;
    import(ID, 0, 3);
    forget_person(store, SLICE_LIT("447700900001"), PERSON(1),
                  deed_for(SLICE_LIT("Ann"), NOW_MS, SLICE_LIT("asked")), on_forgotten, NULL);
    assert_int_equal(asked_wait(), 0);
    BY_HAND("SISMEMBER %soptouts:batch:" ID ":set 447700900001", prefix);
    assert_int_equal(got.number, 0);
    undo_all(ID);
    assert_true(stands(1));
    assert_int_equal(count("all"), 1);
}

static struct group_said said = {&got, sizeof got};
#define TEST(f) GROUP_TEST(f, &said)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_is_set_before_it_is_said),
        TEST(test_undo_lifts_its_own),
        TEST(test_who_said_it_since_stays),
        TEST(test_who_was_lifted_and_said_it_anew_stays),
        TEST(test_what_stopped_in_the_middle_goes_on),
        TEST(test_half_of_it_can_be_undone),
        TEST(test_a_slice_that_was_not_kept_is_told_again),
        TEST(test_a_batch_is_of_its_scope),
        TEST(test_all_of_it_ends),
        TEST(test_one_that_waits_is_forgotten),
        TEST(test_forgetting_a_person),
    };
    return redis_group_run("suppress_batch", tests, COUNT_OF(tests));
}
