/* The audience store against a real Redis. Each test has a key prefix of its own on one server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "audience_group.h"
#include "store/by_group.h"
#include "store/restore.h"

#define NOW_MS INT64_C(1700000000000) /* any time will do: the store is told it */

static uint32_t listed[8];

static void on_list(void *arg, int result, const struct audience_info *const *infos, size_t count,
                    struct slice next, const struct err *e)
{
    (void)arg, (void)next;
    got.count = count;
    for (size_t i = 0; i < count && i < COUNT_OF(listed); i++)
        listed[i] = infos[i]->id;
    answered(result, e);
}

static const struct group_set anybody = {.all = true};
static const struct audience_query all = {.groups = {.all = true}, .limit = 10};

/* But for the three that say that there is a group. */
static int64_t keys_left(void)
{
    return ask("KEYS", "*", NULL, NULL) - (ask("EXISTS", "group:info", NULL, NULL) ? 3 : 0);
}

static int create_in(const char *group, const char *name, uint64_t rows_expected)
{
    const struct slice columns[] = {SLICE_LIT("first_name"), SLICE_LIT("town")};
    const struct audience_draft draft = {.name = slice_of(name),
                                         .group = slice_of(group),
                                         .country = SLICE_LIT("GB"),
                                         .columns = columns,
                                         .column_count = 2,
                                         .rows_expected = rows_expected};
    audience_create(store, &draft, NOW_MS, on_info, NULL);
    return wait_answer();
}

static int create(const char *name, uint64_t rows_expected)
{
    return create_in("leeds", name, rows_expected);
}

static int add(uint32_t id, uint64_t seq, const uint64_t *numbers, size_t count)
{
    const struct slice fields[] = {SLICE_LIT("Ann"), SLICE_LIT("Leeds")};
    struct audience_row rows[AUDIENCE_ROWS_MAX];
    for (size_t i = 0; i < count; i++)
        rows[i] = (struct audience_row){numbers[i], fields};
    audience_add_rows(store, id, &(struct audience_chunk){seq, 2, rows, count}, NOW_MS, on_rows,
                      NULL);
    return wait_answer();
}

static int freeze(uint32_t id)
{
    audience_freeze(store, id, NOW_MS, on_info, NULL);
    return wait_answer();
}

/* "sdx" as the outcomes of the last chunk */
static void outcomes_are(const char *letters)
{
    assert_int_equal(got.count, strlen(letters));
    for (size_t i = 0; i < got.count; i++)
        assert_int_equal("sdx"[got.outcomes[i]], letters[i]);
}

static void test_duplicates_are_found_in_and_across_chunks(void **state)
{
    (void)state;
    static const uint64_t first[] = {447700900001, 447700900002, 447700900001},
                          second[] = {447700900002, 447700900003};
    assert_int_equal(create("members", 10), 0);
    uint32_t id = got.info->id;
    assert_int_equal(add(id, 0, first, 3), 0);
    outcomes_are("ssd");
    assert_int_equal(add(id, 1, second, 2), 0);
    outcomes_are("ds");
    assert_int_equal(freeze(id), 0);
    assert_int_equal(got.info->total, 3);
    assert_int_equal(got.info->blocks, 2);
    assert_int_equal(got.info->duplicates, 2);
    assert_int_equal(got.info->frozen_ms, NOW_MS);

    audience_index_of(store, got.info, 447700900003, on_index, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.index, 1 << 8);
    audience_index_of(store, got.info, 447700900009, on_index, NULL);
    assert_int_equal(wait_answer(), ERR_NOT_FOUND);
}

static int load_block(const struct audience_info *info, uint32_t block)
{
    audience_block(store, info, block, on_block, NULL);
    return wait_answer();
}

static void test_block_holds_the_survivors_in_order(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {447700900001, 447700900001, 447700900005};
    assert_int_equal(create("members", 10), 0);
    uint32_t id = got.info->id;
    assert_int_equal(add(id, 0, numbers, 3), 0);
    assert_int_equal(load_block(got.info, 0), 0);
    assert_int_equal(block_rows(&got.block), 2);
    assert_int_equal(block_number(&got.block, 1), 447700900005);
    assert_true(slice_is(block_field(&got.block, 1, 1), "Leeds"));
    assert_int_equal(audience_info_column(got.info, SLICE_LIT("town")), 1);
    assert_int_equal(load_block(got.info, 1), ERR_NOT_FOUND);
}

static void test_a_block_with_other_columns_is_not_opened(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {447700900001};
    assert_int_equal(create("members", 10), 0);
    uint32_t id = got.info->id;
    assert_int_equal(add(id, 0, numbers, 1), 0);
    struct audience_info other = *got.info;
    other.column_count = 1;
    assert_int_equal(load_block(&other, 0), ERR_SYNTAX);
    assert_non_null(strstr(got.e.text, "it has 2 columns and its audience 1"));
}

static void test_suppressed_everywhere_or_in_the_group_are_dropped(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {447700900001, 447700900002, 447700900003};
    ask("HSET", "s:all", "447700900001", "{}");
    ask("HSET", "s:leeds", "447700900003", "{}");
    ask("HSET", "s:york", "447700900002", "{}");
    assert_int_equal(create("members", 10), 0);
    uint32_t id = got.info->id;
    assert_int_equal(add(id, 0, numbers, 3), 0);
    outcomes_are("xsx");
    assert_int_equal(freeze(id), 0);
    assert_int_equal(got.info->suppressed, 2);
    assert_int_equal(got.info->total, 1);
}

static void test_a_repeated_chunk_counts_once(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {447700900001, 447700900002, 447700900001};
    assert_int_equal(create("members", 10), 0);
    uint32_t id = got.info->id;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(add(id, 0, numbers, 3), 0);
        outcomes_are("ssd");
    }
    assert_int_equal(add(id, 2, numbers, 3), ERR_CONFLICT);
    assert_int_equal(add(id, 0, numbers, 2), ERR_CONFLICT);
    assert_int_equal(freeze(id), 0);
    assert_int_equal(got.info->total, 2);
    assert_int_equal(got.info->duplicates, 1);
    assert_int_equal(got.info->blocks, 1);
    assert_int_equal(freeze(id), 0);
    assert_int_equal(add(id, 1, numbers, 3), ERR_CONFLICT);
}

static void test_nobody_usable_leaves_nothing(void **state)
{
    (void)state;
    static const uint64_t number = 447700900001;
    assert_int_equal(create("members", 10), 0);
    uint32_t id = got.info->id;
    ask("HSET", "s:all", "447700900001", "{}");
    assert_int_equal(add(id, 0, &number, 1), 0);
    outcomes_are("x");
    assert_int_equal(freeze(id), ERR_REFUSED);
    ask("DEL", "s:all", NULL, NULL);
    assert_int_equal(keys_left(), 1); /* the counter of ids */
    assert_int_equal(freeze(id), ERR_NOT_FOUND);
}

static void test_names_are_claimed_by_freezing(void **state)
{
    (void)state;
    static const uint64_t number = 447700900001;
    assert_int_equal(create("members", 10), 0);
    uint32_t first = got.info->id;
    assert_int_equal(create("members", 10), 0);
    uint32_t second = got.info->id;
    assert_int_equal(add(first, 0, &number, 1), 0);
    assert_int_equal(add(second, 0, &number, 1), 0);
    audience_find(store, &anybody, SLICE_LIT("members"), on_info, NULL);
    assert_int_equal(wait_answer(), ERR_NOT_FOUND);
    assert_int_equal(freeze(second), 0);
    assert_int_equal(freeze(first), ERR_EXISTS);
    assert_int_equal(create("members", 10), ERR_EXISTS);
    audience_find(store, &anybody, SLICE_LIT("members"), on_info, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.info->id, second);
}

static int find_as(const char *const *groups, size_t n, const char *name)
{
    const struct group_set set = {.names = groups, .count = n};
    audience_find(store, &set, slice_of(name), on_info, NULL);
    return wait_answer();
}

static size_t list_as(const char *const *groups, size_t n)
{
    const struct audience_query query = {.groups = {.names = groups, .count = n}, .limit = 10};
    audience_list(store, &query, on_list, NULL);
    assert_int_equal(wait_answer(), 0);
    return got.count;
}

static void test_two_groups_have_one_name(void **state)
{
    (void)state;
    static const uint64_t number = 447700900001;
    static const char *const groups[] = {"leeds", "york", "hull"};
    uint32_t ids[2];
    char id[16];
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(create_in(groups[i], "members", 10), 0);
        ids[i] = got.info->id;
        assert_int_equal(add(ids[i], 0, &number, 1), 0);
        assert_int_equal(freeze(ids[i]), 0);
        assert_int_equal(create_in(groups[i], "members", 10), ERR_EXISTS);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(find_as(&groups[i], 1, "members"), 0);
        assert_int_equal(got.info->id, ids[i]);
        assert_int_equal(list_as(&groups[i], 1), 1);
        assert_int_equal(listed[0], ids[i]);
    }
    /* who sees both says which */
    assert_int_equal(find_as(groups, 2, "members"), ERR_CONFLICT);
    assert_non_null(strstr(got.e.text, "1 of 'leeds', 2 of 'york'"));
    assert_int_equal(list_as(groups, 2), 2);
    /* who sees neither sees none, by its name or by its number */
    assert_int_equal(find_as(&groups[2], 1, "members"), ERR_NOT_FOUND);
    (void)snprintf(id, sizeof id, "%u", ids[0]);
    assert_int_equal(find_as(&groups[1], 1, id), ERR_NOT_FOUND);
    assert_int_equal(find_as(&groups[0], 1, id), 0);
    assert_int_equal(find_as(NULL, 0, id), ERR_NOT_FOUND);
    assert_int_equal(list_as(&groups[2], 1), 0);
    audience_delete(store, ids[0], false, NOW_MS, on_done, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(find_as(groups, 2, "members"), 0);
    assert_int_equal(got.info->id, ids[1]);
    assert_int_equal(list_as(groups, 2), 1);
}

/* What an older Muster stored: one id to a name, no lists by group. */
static void test_an_older_store_is_listed(void **state)
{
    (void)state;
    static const uint64_t number = 447700900001;
    static const char *const leeds[] = {"leeds"};
    assert_int_equal(create("members", 10), 0);
    uint32_t id = got.info->id;
    assert_int_equal(add(id, 0, &number, 1), 0);
    assert_int_equal(freeze(id), 0);
    ask("DEL", "frozen", NULL, NULL);
    ask("DEL", "frozen:leeds", NULL, NULL);
    assert_int_equal(list_as(leeds, 1), 0);
    ask("ZADD", "campaigns", "5", "7");
    ask("HSET", "c:7", "group", "leeds");
    by_group_take_over(store, on_done, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(list_as(leeds, 1), 1);
    assert_int_equal(ask("ZSCORE", "campaigns:leeds", "7", NULL), 5);
    /* once: what is deleted later does not come back */
    ask("HSET", "layout", "version", "3");
    ask("DEL", "campaigns:leeds", NULL, NULL);
    by_group_take_over(store, on_done, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(ask("EXISTS", "campaigns:leeds", NULL, NULL), 0);
}

static void test_list_and_delete(void **state)
{
    (void)state;
    static const uint64_t number = 447700900001;
    const char *const names[] = {"a", "b", "c"};
    uint32_t ids[3];
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(create(names[i], 100000), 0);
        ids[i] = got.info->id;
        assert_int_equal(add(ids[i], 0, &number, 1), 0);
        if (i < 2) assert_int_equal(freeze(ids[i]), 0);
    }
    audience_list(store, &all, on_list, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.count, 2);
    assert_int_equal(listed[0], ids[1]); /* the newest first */
    assert_int_equal(listed[1], ids[0]);
    for (size_t i = 0; i < 3; i++) {
        audience_delete(store, ids[i], false, NOW_MS, on_done, NULL);
        assert_int_equal(wait_answer(), 0);
    }
    audience_delete(store, ids[0], false, NOW_MS, on_done, NULL);
    assert_int_equal(wait_answer(), ERR_NOT_FOUND);
    assert_int_equal(keys_left(), 3); /* the counter of ids, the events, the store's mark */
}

/* ---- what was deleted is told, and deleted again (docs/adr/0069) ---- */

static struct {
    size_t n;
    char word[96];
    int64_t began_ms;
} told;

static void keep(void *arg, uint64_t mark, const struct told_word *list, size_t n, told_kept *kept,
                 void *kept_arg)
{
    (void)arg;
    assert_true(mark > 0 && n == 1 && list->kind == TOLD_TAKEN);
    told.n++;
    told.began_ms = list->taken.began_ms;
    (void)snprintf(told.word, sizeof told.word, "%.*s %.*s", SLICE_ARG(list->taken.kind),
                   SLICE_ARG(list->taken.id));
    kept(kept_arg, 0);
}

static void on_again(void *arg, int result, int64_t count)
{
    (void)arg;
    got.count = (size_t)count;
    answered(result, NULL);
}

static size_t again(uint32_t id, int64_t began_ms, uint64_t mark)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%u", id);
    const struct told_taken what = {
        .kind = SLICE_LIT("list"), .id = slice_of(text), .began_ms = began_ms};
    restore_taken(store, &what, mark, NOW_MS, on_again, NULL);
    assert_int_equal(wait_answer(), 0);
    return got.count;
}

static void test_a_deleted_list_is_told_and_deleted_again(void **state)
{
    (void)state;
    static const uint64_t number = 447700900001;
    static const char *const leeds[] = {"leeds"};
    char id[24];
    uint32_t ids[2];
    store_on_told(store, keep, NULL);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(create(i ? "kept" : "members", 10), 0);
        ids[i] = got.info->id;
        assert_int_equal(add(ids[i], 0, &number, 1), 0);
        assert_int_equal(freeze(ids[i]), 0);
    }
    (void)snprintf(id, sizeof id, "%u", ids[0]);
    /* as in a store that has it again */
    assert_int_equal(again(ids[0], NOW_MS - 1, 5), 0); /* another one of that id, in what is lost */
    assert_int_equal(find_as(leeds, 1, "members"), 0);
    assert_int_equal(again(ids[0], NOW_MS, 6), 1);
    assert_int_equal(again(ids[0], NOW_MS, 6), 0);
    assert_int_equal(find_as(leeds, 1, "members"), ERR_NOT_FOUND);
    assert_int_equal(find_as(leeds, 1, id), ERR_NOT_FOUND);
    assert_int_equal(list_as(leeds, 1), 1);
    assert_int_equal(listed[0], ids[1]);
    assert_int_equal(ask("SCARD", "audiences:doomed", NULL, NULL), 1);
    assert_int_equal(told.n, 0); /* whoever deletes it tells */
    audience_delete(store, ids[0], true, NOW_MS, on_done, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(ask("SCARD", "audiences:doomed", NULL, NULL), 0);
    assert_int_equal(told.n, 0);
    /* somebody deletes one */
    audience_delete(store, ids[1], true, NOW_MS, on_done, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(told.n, 1);
    (void)snprintf(id, sizeof id, "list %u", ids[1]);
    assert_string_equal(told.word, id);
    assert_int_equal(told.began_ms, NOW_MS);
}

static void test_abandoned_drafts_are_swept(void **state)
{
    (void)state;
    static const uint64_t number = 447700900001;
    assert_int_equal(create("members", 10), 0);
    assert_int_equal(add(got.info->id, 0, &number, 1), 0);
    audience_sweep(store, NOW_MS + AUDIENCE_DRAFT_TTL_MS - 1, on_done, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(keys_left(), 5); /* counter, drafts, and the draft's own, block and bucket */
    audience_sweep(store, NOW_MS + AUDIENCE_DRAFT_TTL_MS, on_done, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(keys_left(), 1);
}

static void test_bad_arguments_are_refused(void **state)
{
    (void)state;
    static const uint64_t number = 447700900001;
    const struct slice twice[] = {SLICE_LIT("a"), SLICE_LIT("a")};
    struct audience_draft draft = {.name = SLICE_LIT("m"), .columns = twice, .column_count = 2};
    audience_create(store, &draft, NOW_MS, on_info, NULL);
    assert_int_equal(wait_answer(), ERR_INVALID);
    draft = (struct audience_draft){.name = SLICE_LIT("m"), .group = SLICE_LIT("all")};
    audience_create(store, &draft, NOW_MS, on_info, NULL);
    assert_int_equal(wait_answer(), ERR_INVALID);
    assert_int_equal(create("", 1), ERR_INVALID);
    assert_int_equal(create("12", 1), ERR_INVALID);
    assert_int_equal(create("a/b", 1), ERR_INVALID);
    assert_int_equal(create("m", 1), 0);
    assert_int_equal(add(got.info->id + 1, 0, &number, 1), ERR_NOT_FOUND);
    const struct audience_row row = {number, NULL};
    audience_add_rows(store, got.info->id, &(struct audience_chunk){0, 0, &row, 1}, NOW_MS, on_rows,
                      NULL);
    assert_int_equal(wait_answer(), ERR_INVALID);
    audience_add_rows(store, got.info->id, &(struct audience_chunk){0, 0, &row, 0}, NOW_MS, on_rows,
                      NULL);
    assert_int_equal(wait_answer(), ERR_LIMIT);
    const uint64_t none = 0;
    assert_int_equal(add(got.info->id, 0, &none, 1), ERR_INVALID);
}

static void test_a_hundred_thousand(void **state)
{
    (void)state;
    enum { ROWS = 100000 };
    assert_int_equal(create("large", ROWS), 0);
    uint32_t id = got.info->id;
    uint64_t numbers[AUDIENCE_ROWS_MAX], seq = 0;
    for (uint64_t n = 0; n < ROWS; seq++) {
        size_t count = 0;
        for (; count < AUDIENCE_ROWS_MAX && n < ROWS; count++, n++)
            numbers[count] = 447900000000 + n;
        assert_int_equal(add(id, seq, numbers, count), 0);
    }
    assert_int_equal(freeze(id), 0);
    assert_int_equal(got.info->total, ROWS);
    assert_int_equal(got.info->blocks, (ROWS + 255) / 256);
    audience_index_of(store, got.info, 447900000000 + 70000, on_index, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.index, 70000);
}

static void test_an_unreachable_redis_is_said(void **state)
{
    (void)state;
    assert_int_equal(create("members", 10), 0);
    redis_fixture_kill(server);
    audience_load(store, got.info->id, on_info, NULL);
    assert_int_equal(wait_answer(), ERR_UNREACHABLE);
    audience_list(store, &all, on_list, NULL);
    assert_int_equal(wait_answer(), ERR_UNREACHABLE);
    redis_fixture_restart(server);
    while (!redis_is_connected(redis))
        loop_turn(loop, -1);
    audience_find(store, &anybody, SLICE_LIT("1"), on_info, NULL);
    assert_int_equal(wait_answer(), 0);
}

static int set_up(void **state)
{
    (void)state;
    group_begin();
    got = (struct audience_said){.done = false};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    group_end();
    audience_info_free(got.info);
    block_done(&got.block);
    return 0;
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_duplicates_are_found_in_and_across_chunks),
        CASE(test_block_holds_the_survivors_in_order),
        CASE(test_a_block_with_other_columns_is_not_opened),
        CASE(test_suppressed_everywhere_or_in_the_group_are_dropped),
        CASE(test_a_repeated_chunk_counts_once),
        CASE(test_nobody_usable_leaves_nothing),
        CASE(test_names_are_claimed_by_freezing),
        CASE(test_two_groups_have_one_name),
        CASE(test_an_older_store_is_listed),
        CASE(test_a_deleted_list_is_told_and_deleted_again),
        CASE(test_list_and_delete),
        CASE(test_abandoned_drafts_are_swept),
        CASE(test_bad_arguments_are_refused),
        CASE(test_a_hundred_thousand),
        CASE(test_an_unreachable_redis_is_said),
    };
    return redis_group_run("audience", tests, COUNT_OF(tests));
}
