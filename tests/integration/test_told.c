/* What is set or lifted about somebody's being texted is told to whoever keeps it elsewhere, before
 * whoever asked for it is answered: against a real Redis. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "flow/journal.h"
#include "redis_group.h"
#include "store/campaign.h"
#include "store/mark.h"
#include "store/suppress.h"
#include "store/told.h"

#include "../folder.h"
#include "../full_disk.h"

#define NOW_MS INT64_C(1700000000000)
#define PERSON UINT64_C(447700900123)
enum { TOLD_MAX = 8 };

static struct {
    int answers, result;
    int64_t count;
    char error[256];
    int keeps;
    uint64_t mark;
    size_t n;
    char told[TOLD_MAX][128]; /* "set all 447700900123 stop 1700000000000" */
    told_kept *kept;
    void *kept_arg;
} got;

static void print_word(const struct told_word *w, char out[128])
{
    const struct told_optout *o = &w->optout;
    if (w->kind == TOLD_MOVE)
        (void)snprintf(out, 128, "%s %u %u", campaign_move_name(w->move.move), w->move.campaign,
                       w->move.stamp);
    else
        (void)snprintf(out, 128, "%s %.*s %.*s %.*s %lld", o->lifted ? "lift" : "set",
                       SLICE_ARG(o->scope), SLICE_ARG(o->key), SLICE_ARG(o->why),
                       (long long)o->at_ms);
}

static void keep(void *arg, uint64_t mark, const struct told_word *list, size_t n, told_kept *kept,
                 void *kept_arg)
{
    (void)arg;
    assert_true(n > 0 && n <= TOLD_MAX);
    got.keeps++;
    got.mark = mark;
    got.n = n;
    for (size_t i = 0; i < n; i++)
        print_word(&list[i], got.told[i]);
    got.kept = kept;
    got.kept_arg = kept_arg;
}

static void answered(int result, const struct err *e)
{
    got.answers++;
    got.result = result;
    if (e) (void)snprintf(got.error, sizeof got.error, "%.200s", e->text);
}

static void on_count(void *arg, int result, int64_t count, const struct err *e)
{
    (void)arg;
    got.count = count;
    answered(result, e);
}

static void on_done(void *arg, int result, const struct err *e)
{
    (void)arg;
    answered(result, e);
}

static void wait_kept(void)
{
    int before = got.keeps;
    while (got.keeps == before)
        loop_turn(loop, -1);
    for (int i = 0; i < 20; i++)
        loop_turn(loop, 1000);
    assert_int_equal(got.answers, 0); /* before it is kept nobody is answered */
}

static void answer(int result)
{
    got.kept(got.kept_arg, result);
    assert_int_equal(got.answers, 1);
    got.answers = 0;
}

static void add(void)
{
    const struct suppress_entry entries[] = {
        {.number = PERSON, .reason = SUPPRESS_STOP, .at_ms = NOW_MS, .evidence = SLICE_LIT("STOP")},
        {.key = SLICE_LIT("~GB.1"), .reason = SUPPRESS_IMPORT, .at_ms = NOW_MS + 1}};
    suppress_add(store, SLICE_LIT("all"), entries, COUNT_OF(entries), on_count, NULL);
}

static void test_what_is_set_is_told_before_it_is_answered(void **state)
{
    (void)state;
    store_on_told(store, keep, NULL);
    add();
    wait_kept();
    assert_int_equal(got.n, 2);
    assert_string_equal(got.told[0], "set all 447700900123 stop 1700000000000");
    assert_string_equal(got.told[1], "set all ~GB.1 import 1700000000001");
    assert_int_equal(got.mark, 1);
    answer(0);
    assert_int_equal(got.result, 0);
    assert_int_equal(got.count, 2);
    assert_int_equal(mark_seen(store), 1);
}

/* Whoever is not told that it is kept asks again: it is said again then, and kept. */
static void test_what_is_not_kept_fails_and_is_told_again(void **state)
{
    (void)state;
    store_on_told(store, keep, NULL);
    add();
    wait_kept();
    answer(-28);
    assert_int_equal(got.result, ERR_UNREACHABLE);
    assert_true(got.error[0]);
    add();
    wait_kept();
    assert_int_equal(got.n, 2);
    assert_true(got.mark >= 1);
    answer(0);
    assert_int_equal(got.result, 0);
    assert_int_equal(got.count, 0);
}

static void test_what_is_lifted_is_told(void **state)
{
    (void)state;
    store_on_told(store, keep, NULL);
    add();
    wait_kept();
    answer(0);
    suppress_remove(store, SLICE_LIT("all"), PERSON,
                    deed_for(SLICE_LIT("Sam"), NOW_MS + 5, SLICE_LIT("a mistake")), on_done, NULL);
    wait_kept();
    assert_int_equal(got.n, 1);
    assert_string_equal(got.told[0], "lift all 447700900123 manual 1700000000005");
    assert_int_equal(got.mark, 2);
    answer(0);
    assert_int_equal(got.result, 0);
}

static void test_what_changes_nothing_waits_for_nobody(void **state)
{
    (void)state;
    store_on_told(store, keep, NULL);
    suppress_remove(store, SLICE_LIT("all"), PERSON,
                    deed_for(SLICE_LIT("Sam"), NOW_MS, SLICE_LIT("a mistake")), on_done, NULL);
    while (!got.answers)
        loop_turn(loop, -1);
    assert_int_equal(got.result, ERR_NOT_FOUND);
    assert_int_equal(got.keeps, 0);
}

/* ---- the journal as the one who keeps it ---- */

static int add_and_wait(void)
{
    got.answers = 0;
    add();
    while (!got.answers)
        loop_turn(loop, -1);
    return got.result;
}

static void test_the_journal_has_it_before_the_answer(void **state)
{
    (void)state;
    char folder[] = "/tmp/muster-told-XXXXXX";
    struct journal *j = NULL;
    assert_non_null(mkdtemp(folder));
    const struct journal_config config = {
        .loop = loop, .state_dir = folder, .instance = "a", .bytes_max = JOURNAL_BYTES_LEAST};
    assert_int_equal(journal_open(&config, &j, NULL), 0);
    journal_keep_told(j, store);
    limit_files(0); /* a full disk */
    assert_int_equal(add_and_wait(), ERR_UNREACHABLE);
    limit_files(RLIM_INFINITY);
    while (journal_is_well(j, NULL) < 0)
        loop_turn(loop, 10000);
    assert_int_equal(add_and_wait(), 0);
    assert_int_equal(journal_mark(j), 2);
    struct journal_reader *r = journal_read(j, 1);
    struct journal_record record;
    assert_int_equal(journal_next(r, &record, NULL), 1);
    assert_int_equal(record.kind, JOURNAL_OPTOUT);
    assert_true(slice_is(record.optout.key, "447700900123") && slice_is(record.optout.why, "stop"));
    assert_int_equal(journal_next(r, &record, NULL), 1);
    assert_true(slice_is(record.optout.key, "~GB.1") && slice_is(record.optout.scope, "all"));
    journal_reader_free(r);
    store_on_told(store, NULL, NULL);
    journal_free(j);
    assert_int_equal(folder_remove(folder), 0);
}

static void move(enum campaign_move how)
{
    campaign_move(store, 7, how, NOW_MS, SLICE_LIT("ada"), SLICE_LIT("why"), on_done, NULL);
}

static void test_what_is_done_to_a_campaign_is_told(void **state)
{
    (void)state;
    redis_commandf(redis, NULL, NULL, "HSET %sc:7 status running stamp 513 first_running_ms 1",
                   prefix);
    store_on_told(store, keep, NULL);
    move(MOVE_PAUSE);
    wait_kept();
    assert_int_equal(got.n, 1);
    assert_string_equal(got.told[0], "pause 7 513");
    assert_int_equal(got.mark, 1);
    answer(0);
    assert_int_equal(got.result, 0);
    /* refused, and by the clock: nobody has to keep that */
    int keeps = got.keeps;
    move(MOVE_PAUSE);
    while (!got.answers)
        loop_turn(loop, -1);
    assert_int_equal(got.result, ERR_CONFLICT);
    got.answers = 0;
    move(MOVE_EXPIRE);
    while (!got.answers)
        loop_turn(loop, -1);
    assert_int_equal(got.result, 0);
    assert_int_equal(got.keeps, keeps);
    store_on_told(store, NULL, NULL);
}

static void test_nobody_has_to_keep_it(void **state)
{
    (void)state;
    add();
    while (!got.answers)
        loop_turn(loop, -1);
    assert_int_equal(got.result, 0);
    assert_int_equal(got.count, 2);
}

static struct group_said said = {&got, sizeof got};
#define TEST(f) GROUP_TEST(f, &said)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_is_set_is_told_before_it_is_answered),
        TEST(test_what_is_not_kept_fails_and_is_told_again),
        TEST(test_what_is_lifted_is_told),
        TEST(test_what_changes_nothing_waits_for_nobody),
        TEST(test_the_journal_has_it_before_the_answer),
        TEST(test_what_is_done_to_a_campaign_is_told),
        TEST(test_nobody_has_to_keep_it),
    };
    return redis_group_run("told", tests, COUNT_OF(tests));
}
