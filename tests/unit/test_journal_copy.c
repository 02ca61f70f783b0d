/* The journal's other copy: what it is sent, who waits for it, what becomes of what it does not take,
 * and how a lost journal is made of it again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "flow/journal.h"
#include "io/loop.h"

#include "../folder.h"

enum { BYTES_MAX = 16 << 20, PATIENCE_US = 20 * 1000 * 1000, PIECES_MAX = 512, MANY = 40000 };

struct done {
    void (*cb)(void *arg, int result);
    void *arg;
};

/* What stands for Kafka: it keeps what it takes, and answers when it is told to. */
static struct {
    struct buf bytes;
    size_t ends[PIECES_MAX], n; /* of the pieces that it has */
    struct done waiting[PIECES_MAX];
    size_t waiting_n;
    bool answers, refuses;
} other;

static char folder[64];
static struct loop *loop;

static void send(void *arg, struct slice piece, void (*done)(void *done_arg, int result),
                 void *done_arg)
{
    (void)arg;
    assert_true(other.waiting_n < PIECES_MAX && other.n < PIECES_MAX);
    if (!other.refuses) {
        buf_add_slice(&other.bytes, piece);
        other.ends[other.n++] = other.bytes.n;
    }
    other.waiting[other.waiting_n++] = (struct done){done, done_arg};
}

static void answer_one(size_t i, int result)
{
    struct done one = other.waiting[i];
    other.waiting[i] = other.waiting[--other.waiting_n];
    one.cb(one.arg, result);
}

static void answer(void)
{
    size_t n = other.waiting_n;
    int result = other.refuses ? ERR_UNREACHABLE : 0;
    struct done list[PIECES_MAX];
    memcpy(list, other.waiting, n * sizeof *list);
    other.waiting_n = 0;
    for (size_t i = 0; i < n; i++)
        list[i].cb(list[i].arg, result);
}

static int begin(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/muster-journal-XXXXXX");
    if (!mkdtemp(folder)) return -1;
    memset(&other, 0, sizeof other);
    buf_init(&other.bytes, 64 << 20);
    other.answers = true;
    loop = loop_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    buf_done(&other.bytes);
    loop_free(loop);
    return folder_remove(folder);
}

static struct journal *open_journal(bool waits)
{
    struct journal_copy copy = {.send = send, .waits = waits};
    static struct journal_copy kept;
    kept = copy;
    const struct journal_config config = {.loop = loop,
                                          .state_dir = folder,
                                          .instance = "one",
                                          .bytes_max = BYTES_MAX,
                                          .copy = &kept};
    struct journal *j = NULL;
    struct err e = {0};
    if (journal_open(&config, &j, &e)) fail_msg("%s", e.text);
    return j;
}

static void set_store(struct journal *j, const char *id)
{
    const struct journal_store store = {slice_of(id), NULL, 0};
    journal_set_store(j, &store, 0);
}

static void grant(struct journal *j, uint64_t mark)
{
    static const uint8_t offsets[] = {1, 2, 3};
    const struct journal_people who = {
        .campaign = 7, .stamp = 9, .first = (uint32_t)mark << 8, .offsets = offsets, .n = 3};
    journal_grant(j, mark, &who);
}

static void note(void *arg, int result)
{
    *(int *)arg = result;
}

static bool turn_until(const int *what, int64_t us)
{
    int64_t give_up = clock_mono_us() + us;
    while (*what == 1 && clock_mono_us() < give_up) {
        loop_turn(loop, 10000);
        if (other.answers) answer();
    }
    return *what != 1;
}

static int sync_now(struct journal *j)
{
    int result = 1;
    journal_sync(j, note, &result);
    if (!turn_until(&result, PATIENCE_US)) fail_msg("nobody said that it is written");
    return result;
}

/* ---- reading what stands for Kafka ---- */

static int failing_read(void *arg, journal_take *take, void *take_arg, struct err *e)
{
    (void)arg;
    (void)take(take_arg, slice_make(other.bytes.p, other.ends[0]));
    return err_set(e, ERR_UNREACHABLE, "the broker went away in the middle");
}

static int read_other(void *arg, journal_take *take, void *take_arg, struct err *e)
{
    (void)arg, (void)e;
    int rc = take(take_arg, SLICE_LIT("somebody else's words"));
    for (size_t i = 0, at = 0; rc == 0 && i < other.n; at = other.ends[i++])
        rc = take(take_arg, slice_make(other.bytes.p + at, other.ends[i] - at));
    return rc;
}

static uint64_t refill(void)
{
    const struct journal_source source = {read_other, NULL};
    struct err e = {0};
    uint64_t bytes = 0;
    if (journal_refill(folder, "one", &source, &bytes, &e) < 0) fail_msg("%s", e.text);
    return bytes;
}

static void lose_disk(void)
{
    assert_int_equal(folder_remove(folder), 0);
    assert_int_equal(mkdir(folder, 0700), 0);
}

static size_t grants_in(struct journal *j, uint64_t *last)
{
    struct journal_reader *r = journal_read(j, 0);
    struct journal_record record;
    struct err e = {0};
    size_t n = 0;
    int rc;
    while ((rc = journal_next(r, &record, &e)) == 1) {
        assert_int_equal(record.kind, JOURNAL_GRANT);
        assert_true(slice_is(record.store, "the-store"));
        assert_int_equal(record.people.first, record.mark << 8);
        *last = record.mark;
        n++;
    }
    assert_int_equal(rc, 0);
    assert_int_equal(journal_damaged(r), 0);
    journal_reader_free(r);
    return n;
}

/* ---- the tests ---- */

static void a_lost_disk_comes_back(void **state)
{
    (void)state;
    struct journal *j = open_journal(true);
    set_store(j, "the-store");
    for (uint64_t mark = 1; mark <= MANY; mark++) {
        grant(j, mark);
        if (mark % 10000 == 0) assert_int_equal(sync_now(j), 0);
    }
    journal_free(j);
    answer();
    lose_disk();
    assert_true(refill() > 0);
    j = open_journal(true);
    uint64_t last = 0;
    assert_int_equal(journal_mark(j), MANY);
    assert_true(slice_is(journal_store(j).id, "the-store"));
    assert_int_equal(grants_in(j, &last), MANY);
    assert_int_equal(last, MANY);
    journal_free(j);
    answer();
}

static void one_that_stands_is_left_alone(void **state)
{
    (void)state;
    struct journal *j = open_journal(true);
    set_store(j, "the-store");
    grant(j, 1);
    assert_int_equal(sync_now(j), 0);
    journal_free(j);
    assert_int_equal(refill(), 0);
    j = open_journal(true);
    uint64_t last = 0;
    assert_int_equal(grants_in(j, &last), 1);
    journal_free(j);
}

static void half_of_it_is_nothing(void **state)
{
    (void)state;
    struct journal *j = open_journal(true);
    set_store(j, "the-store");
    for (uint64_t mark = 1; mark <= 2; mark++) {
        grant(j, mark);
        assert_int_equal(sync_now(j), 0);
    }
    journal_free(j);
    lose_disk();
    const struct journal_source source = {failing_read, NULL};
    struct err e = {0};
    uint64_t bytes = 1;
    assert_int_equal(journal_refill(folder, "one", &source, &bytes, &e), ERR_UNREACHABLE);
    assert_non_null(strstr(e.text, "went away"));
    assert_int_equal(bytes, 0);
    assert_true(refill() > 0); /* all of it, the next time */
    j = open_journal(true);
    assert_int_equal(journal_mark(j), 2);
    journal_free(j);
}

static void who_waits_waits_for_both(void **state)
{
    (void)state;
    struct journal *j = open_journal(true);
    set_store(j, "the-store");
    grant(j, 1);
    other.answers = false;
    int result = 1;
    journal_sync(j, note, &result);
    while (other.waiting_n == 0)
        loop_turn(loop, 10000);
    assert_false(turn_until(&result, 300000)); /* the disk alone is not enough */
    assert_int_equal(journal_mark(j), 0);
    other.answers = true;
    assert_true(turn_until(&result, PATIENCE_US));
    assert_int_equal(result, 0);
    assert_int_equal(journal_mark(j), 1);
    journal_free(j);
}

/* Adds and asks until so many pieces wait for the copy; results: of each, 1 = it waits. */
static void begin_pieces(struct journal *j, size_t n, int results[])
{
    other.answers = false;
    for (size_t i = 0; i < n; i++) {
        int64_t give_up = clock_mono_us() + PATIENCE_US;
        results[i] = 1;
        grant(j, i + 1);
        journal_sync(j, note, &results[i]);
        while (other.waiting_n <= i && clock_mono_us() < give_up)
            loop_turn(loop, 10000);
        assert_int_equal(other.waiting_n, i + 1); /* it does not wait for the one before */
    }
}

static void several_are_under_way_and_told_in_order(void **state)
{
    (void)state;
    enum { PIECES = 3 };
    int results[PIECES];
    struct journal *j = open_journal(true);
    set_store(j, "the-store");
    begin_pieces(j, PIECES, results);
    answer_one(2, 0);
    answer_one(1, 0);
    assert_false(turn_until(&results[1], 300000)); /* the first is not there */
    assert_int_equal(results[2], 1);
    assert_int_equal(journal_mark(j), 0);
    answer_one(0, 0);
    assert_true(turn_until(&results[2], PATIENCE_US));
    for (size_t i = 0; i < PIECES; i++)
        assert_int_equal(results[i], 0);
    assert_int_equal(journal_mark(j), PIECES);
    journal_free(j);
}

/* What comes meanwhile is one piece, when there is room for it. */
static void no_more_than_some_are_under_way(void **state)
{
    (void)state;
    enum { MOST = 4, LATE = 20 };
    int results[MOST], late[LATE];
    struct journal *j = open_journal(true);
    set_store(j, "the-store");
    begin_pieces(j, MOST, results);
    for (size_t i = 0; i < LATE; i++) {
        late[i] = 1;
        grant(j, MOST + 1 + i);
        journal_sync(j, note, &late[i]);
        assert_false(turn_until(&late[i], 10000));
    }
    assert_int_equal(other.waiting_n, MOST);
    other.answers = true;
    assert_true(turn_until(&late[LATE - 1], PATIENCE_US));
    assert_int_equal(other.n, MOST + 1);
    assert_int_equal(journal_mark(j), MOST + LATE);
    journal_free(j);
}

/* Who waits for one behind it is not told that it stands, though the copy has that one. */
static void what_stands_behind_a_refused_one_does_not(void **state)
{
    (void)state;
    int results[2];
    uint64_t last = 0;
    struct journal *j = open_journal(true);
    set_store(j, "the-store");
    begin_pieces(j, 2, results);
    answer_one(1, 0);
    answer_one(0, ERR_UNREACHABLE);
    for (size_t i = 0; i < 2; i++) {
        assert_true(turn_until(&results[i], PATIENCE_US));
        assert_int_equal(results[i], ERR_UNREACHABLE);
    }
    other.answers = true;
    struct err e = {0};
    int64_t give_up = clock_mono_us() + PATIENCE_US;
    while (journal_is_well(j, &e) < 0 && clock_mono_us() < give_up) {
        loop_turn(loop, 10000);
        answer();
    }
    grant(j, 7);
    assert_int_equal(sync_now(j), 0);
    assert_int_equal(journal_mark(j), 7);
    assert_int_equal(grants_in(j, &last), 1); /* the others were cut off */
    journal_free(j);
    answer();
}

static void what_the_copy_refuses_is_not_written(void **state)
{
    (void)state;
    struct journal *j = open_journal(true);
    struct err e = {0};
    set_store(j, "the-store");
    grant(j, 1);
    other.refuses = true;
    assert_int_equal(sync_now(j), ERR_UNREACHABLE);
    assert_true(journal_is_well(j, &e) < 0);
    assert_non_null(strstr(e.text, "topic"));
    assert_non_null(strstr(journal_reason(j), "topic"));
    other.refuses = false;
    int64_t give_up = clock_mono_us() + PATIENCE_US;
    while (journal_is_well(j, &e) < 0 && clock_mono_us() < give_up) {
        loop_turn(loop, 10000);
        answer();
    }
    assert_int_equal(journal_is_well(j, &e), 0);
    grant(j, 2);
    assert_int_equal(sync_now(j), 0);
    journal_free(j);
}

static void nobody_waits_for_one_that_follows(void **state)
{
    (void)state;
    struct journal *j = open_journal(false);
    set_store(j, "the-store");
    grant(j, 1);
    other.refuses = true;
    assert_int_equal(sync_now(j), 0);
    assert_int_equal(other.n, 0);
    assert_true(journal_stats(j).copy_waiting > 0);
    other.refuses = false; /* and goes there by itself */
    int64_t give_up = clock_mono_us() + PATIENCE_US;
    while (journal_stats(j).copy_waiting && clock_mono_us() < give_up) {
        loop_turn(loop, 10000);
        answer();
    }
    assert_int_equal(other.n, 1);
    assert_int_equal(journal_stats(j).copy_waiting, 0);
    assert_int_equal(journal_stats(j).copy_lost, 0);
    journal_free(j);
}

/* It had some on its way, and the disk stands. */
static void who_was_killed_sends_its_end_again(void **state)
{
    (void)state;
    struct journal *j = open_journal(false);
    set_store(j, "the-store");
    for (uint64_t mark = 1; mark <= MANY; mark++) {
        grant(j, mark);
        if (mark % 10000 == 0) assert_int_equal(sync_now(j), 0);
    }
    other.refuses = true;
    grant(j, MANY + 1);
    assert_int_equal(sync_now(j), 0);
    journal_free(j);
    other.refuses = false;
    j = open_journal(false);
    journal_free(j);
    answer();
    lose_disk();
    assert_true(refill() > 0);
    j = open_journal(true);
    assert_int_equal(journal_mark(j), MANY + 1);
    assert_true(slice_is(journal_store(j).id, "the-store"));
    journal_free(j);
    answer();
}

#define copy_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        copy_test(a_lost_disk_comes_back),
        copy_test(one_that_stands_is_left_alone),
        copy_test(half_of_it_is_nothing),
        copy_test(who_waits_waits_for_both),
        copy_test(several_are_under_way_and_told_in_order),
        copy_test(no_more_than_some_are_under_way),
        copy_test(what_stands_behind_a_refused_one_does_not),
        copy_test(what_the_copy_refuses_is_not_written),
        copy_test(nobody_waits_for_one_that_follows),
        copy_test(who_was_killed_sends_its_end_again),
    };
    return cmocka_run_group_tests_name("journal_copy", tests, NULL, NULL);
}
