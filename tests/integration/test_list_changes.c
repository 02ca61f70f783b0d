/* Lists that change (docs/adr/0043), against a real Redis: each change makes a new version, whole or not at all.
 * What a list has is held against a plain table that went through the same changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "audience_group.h"
#include "store/forget.h"

#define NOW_MS INT64_C(1700000000000)
#define FIRST  UINT64_C(447700900000)

enum { PEOPLE = 3000, COLUMNS_MAX = 4, TEXT = 24 };

static struct {
    uint64_t carried, of;
    uint32_t versions[AUDIENCE_VERSIONS_PAGE];
    size_t version_count;
} told;

static void on_carried(void *arg, int result, uint64_t done, uint64_t of, const struct err *e)
{
    (void)arg;
    told.carried = done;
    told.of = of;
    answered(result, e);
}

static void on_versions(void *arg, int result, const uint32_t *ids, size_t n)
{
    (void)arg;
    memcpy(told.versions, ids, n * sizeof *ids);
    told.version_count = n;
    answered(result, NULL);
}

static void on_forgotten(void *arg, int result, const struct forgotten *f, const struct err *e)
{
    (void)arg, (void)f;
    answered(result, e);
}

/* ---- the table ---- */

static struct {
    bool in[PEOPLE];
    char fields[PEOPLE][COLUMNS_MAX][TEXT];
    size_t columns;
} table;

static const char *const names[COLUMNS_MAX] = {"first_name", "town", "shoe", "hat"};

static void load(const char *id_or_name)
{
    static const struct group_set anybody = {.all = true};
    audience_find(store, &anybody, slice_of(id_or_name), on_info, NULL);
    assert_int_equal(wait_answer(), 0);
}

static void check_person(const struct audience_info *info, uint32_t index, size_t row, bool *seen)
{
    uint64_t number = block_number(&got.block, row);
    size_t who = (size_t)(number - FIRST);
    assert_true(who < PEOPLE && table.in[who] && !seen[who]);
    seen[who] = true;
    for (size_t k = 0; k < info->column_count; k++)
        assert_true(slice_is(block_field(&got.block, row, k), table.fields[who][k]));
    audience_index_of(store, info, number, on_index, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.index, index);
}

/* The newest version has exactly the people of the table, each with their fields, and finds each. */
static void list_is_the_table(void)
{
    static bool seen[PEOPLE];
    size_t in = 0, found = 0;
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < PEOPLE; i++)
        in += table.in[i];
    load("members");
    struct audience_info *info = audience_info_dup(got.info);
    assert_int_equal(info->total, in);
    assert_int_equal(info->column_count, table.columns);
    for (size_t k = 0; k < table.columns; k++)
        assert_true(slice_is(info->columns[k], names[k]));
    for (uint32_t b = 0; b < info->blocks; b++) {
        audience_block(store, info, b, on_block, NULL);
        assert_int_equal(wait_answer(), 0);
        assert_true(block_rows(&got.block) > 0);
        for (size_t row = 0; row < block_rows(&got.block); row++, found++)
            check_person(info, b << 8 | (uint32_t)row, row, seen);
    }
    assert_int_equal(found, in);
    audience_info_free(info);
}

/* ---- changes ---- */

static int begin(enum audience_change change, size_t columns)
{
    struct slice list[COLUMNS_MAX];
    struct audience_info *base = NULL;
    for (size_t k = 0; k < columns; k++)
        list[k] = slice_of(names[k]);
    if (change != AUDIENCE_NEW) {
        load("members");
        base = audience_info_dup(got.info);
    }
    const struct audience_draft draft = {.name = SLICE_LIT("members"),
                                         .group = SLICE_LIT("leeds"),
                                         .country = SLICE_LIT("GB"),
                                         .columns = list,
                                         .column_count = columns,
                                         .rows_expected = PEOPLE,
                                         .base = base,
                                         .change = change};
    audience_create(store, &draft, NOW_MS, on_info, NULL);
    int r = wait_answer();
    audience_info_free(base);
    return r;
}

/* Rows of those people, each with `word` and their number in columns from..to. */
static int add(uint32_t id, uint64_t seq, const size_t *who, size_t n, size_t width, size_t from,
               size_t to, const char *word)
{
    static char texts[AUDIENCE_ROWS_MAX][TEXT];
    static struct slice fields[AUDIENCE_ROWS_MAX][COLUMNS_MAX];
    struct audience_row rows[AUDIENCE_ROWS_MAX];
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(texts[i], TEXT, "%s%zu", word, who[i]);
        for (size_t k = 0; k < width; k++)
            fields[i][k] = k >= from && k < to ? slice_of(texts[i]) : SLICE_LIT("");
        rows[i] = (struct audience_row){FIRST + who[i], fields[i]};
    }
    audience_add_rows(store, id, &(struct audience_chunk){seq, width, rows, n}, NOW_MS, on_rows,
                      NULL);
    return wait_answer();
}

static int freeze(uint32_t id)
{
    audience_freeze(store, id, NOW_MS, on_info, NULL);
    return wait_answer();
}

/* The same in the table. */
static void change_table(enum audience_change change, const size_t *who, size_t n, size_t from,
                         size_t to, const char *word)
{
    for (size_t i = 0; i < n; i++) {
        size_t p = who[i];
        bool was = table.in[p];
        if (change == AUDIENCE_REMOVE) table.in[p] = false;
        if (change == AUDIENCE_REMOVE || (change == AUDIENCE_ADD && was)) continue;
        table.in[p] = true;
        for (size_t k = 0; k < COLUMNS_MAX; k++) {
            if (k >= from && k < to)
                (void)snprintf(table.fields[p][k], TEXT, "%s%zu", word, p);
            else if (!was || change == AUDIENCE_SET)
                table.fields[p][k][0] = '\0';
        }
    }
}

/* All of it, in both. */
static void change(enum audience_change change, const size_t *who, size_t n, size_t columns,
                   size_t from, size_t to, const char *word)
{
    assert_int_equal(begin(change, columns), 0);
    uint32_t id = got.info->id;
    size_t width = got.info->column_count;
    if (change == AUDIENCE_REPLACE || change == AUDIENCE_NEW) memset(table.in, 0, sizeof table.in);
    for (size_t at = 0, seq = 0; at < n; at += AUDIENCE_ROWS_MAX, seq++) {
        size_t some = n - at < AUDIENCE_ROWS_MAX ? n - at : AUDIENCE_ROWS_MAX;
        assert_int_equal(add(id, seq, who + at, some, width, from, to, word), 0);
    }
    change_table(change, who, n, from, to, word);
    table.columns = width;
    assert_int_equal(freeze(id), 0);
    assert_int_equal(freeze(id), 0); /* repeated is fine */
}

static size_t span(size_t *who, size_t from, size_t to, size_t step)
{
    size_t n = 0;
    for (size_t i = from; i < to; i += step)
        who[n++] = i;
    return n;
}

/* ---- the tests ---- */

static void test_a_list_goes_through_all_changes(void **state)
{
    (void)state;
    static size_t who[PEOPLE];
    change(AUDIENCE_NEW, who, span(who, 0, 1000, 1), 2, 0, 2, "a");
    list_is_the_table();
    assert_int_equal(got.info ? 1 : 0, 1);
    change(AUDIENCE_ADD, who, span(who, 900, 1500, 1), 2, 0, 2, "b");
    list_is_the_table();
    change(AUDIENCE_REMOVE, who, span(who, 0, 1400, 3), 2, 0, 2, "c");
    list_is_the_table();
    change(AUDIENCE_MERGE, who, span(who, 500, 2000, 2), 2, 1, 2, "d"); /* town alone */
    list_is_the_table();
    change(AUDIENCE_MERGE, who, span(who, 1, 2000, 7), 3, 2, 3, "e"); /* a column that is new */
    list_is_the_table();
    change(AUDIENCE_SET, who, span(who, 700, 701, 1), 3, 0, 1, "f");
    list_is_the_table();
    change(AUDIENCE_REMOVE, who, span(who, 256, 1100, 1), 3, 0, 0, "g"); /* whole blocks go */
    list_is_the_table();
    change(AUDIENCE_REPLACE, who, span(who, 5, 300, 5), 4, 0, 4, "h");
    list_is_the_table();
    load("members");
    assert_int_equal(got.info->version, 8);
    assert_int_equal(ask("ZCARD", "versions", NULL, NULL), 7);
    assert_int_equal(ask("ZCARD", "frozen", NULL, NULL), 1);
    assert_int_equal(ask("ZCARD", "drafts", NULL, NULL), 0);
    assert_int_equal(ask("KEYS", "a:*:m:*", NULL, NULL), 0); /* who waited is gone */
}

static void test_what_becomes_of_each_row(void **state)
{
    (void)state;
    static const size_t three[] = {1, 2, 3}, rows[] = {2, 4, 2, 5};
    change(AUDIENCE_NEW, three, 3, 2, 0, 2, "a");
    assert_int_equal(begin(AUDIENCE_ADD, 2), 0);
    uint32_t adds = got.info->id;
    ask("HSET", "s:leeds", "447700900005", "{}");
    for (int i = 0; i < 2; i++) { /* the same chunk again is the same answer */
        assert_int_equal(add(adds, 0, rows, 4, 2, 0, 2, "b"), 0);
        assert_int_equal(got.outcomes[0], AUDIENCE_DUPLICATE);
        assert_int_equal(got.outcomes[1], AUDIENCE_STORED);
        assert_int_equal(got.outcomes[2], AUDIENCE_DUPLICATE);
        assert_int_equal(got.outcomes[3], AUDIENCE_SUPPRESSED);
    }
    assert_int_equal(begin(AUDIENCE_MERGE, 2), 0);
    assert_int_equal(add(got.info->id, 0, rows, 4, 2, 0, 2, "b"), 0);
    assert_int_equal(got.outcomes[0], AUDIENCE_UPDATED);
    assert_int_equal(got.outcomes[1], AUDIENCE_STORED);
    assert_int_equal(got.outcomes[2], AUDIENCE_DUPLICATE); /* the first row counts */
    assert_int_equal(begin(AUDIENCE_REMOVE, 0), 0);
    assert_int_equal(got.info->column_count, 2);
    assert_int_equal(add(got.info->id, 0, rows, 4, 2, 0, 0, ""), 0);
    assert_int_equal(got.outcomes[0], AUDIENCE_REMOVED);
    assert_int_equal(got.outcomes[1], AUDIENCE_NOT_LISTED);
    assert_int_equal(got.outcomes[2], AUDIENCE_DUPLICATE);
    assert_int_equal(got.outcomes[3], AUDIENCE_NOT_LISTED);
    assert_int_equal(freeze(got.info->id), 0);
    assert_int_equal(got.info->total, 2);
    assert_int_equal(got.info->removed, 1);
}

static void test_columns_of_who_is_added_are_the_lists(void **state)
{
    (void)state;
    static const size_t one[] = {1};
    change(AUDIENCE_NEW, one, 1, 2, 0, 2, "a");
    assert_int_equal(begin(AUDIENCE_ADD, 1), ERR_INVALID);
    assert_non_null(strstr(got.e.text, "a column 'town', which the file has not"));
    assert_int_equal(begin(AUDIENCE_ADD, 3), ERR_INVALID);
    assert_non_null(strstr(got.e.text, "a column 'shoe', which audience 'members' has not"));
    assert_int_equal(begin(AUDIENCE_MERGE, 3), 0);
    assert_int_equal(got.info->column_count, 3);
}

/* The first to be done counts, the other is told, and nothing is mixed. */
static void test_two_change_it_at_once(void **state)
{
    (void)state;
    static const size_t three[] = {1, 2, 3}, four[] = {4}, five[] = {5};
    change(AUDIENCE_NEW, three, 3, 2, 0, 2, "a");
    assert_int_equal(begin(AUDIENCE_ADD, 2), 0);
    uint32_t first = got.info->id;
    struct audience_info *was;
    load("members");
    was = audience_info_dup(got.info);
    assert_int_equal(begin(AUDIENCE_ADD, 2), 0);
    uint32_t second = got.info->id;
    assert_int_equal(add(first, 0, four, 1, 2, 0, 2, "b"), 0);
    assert_int_equal(add(second, 0, five, 1, 2, 0, 2, "c"), 0);
    assert_int_equal(freeze(second), 0);
    assert_int_equal(freeze(first), ERR_CONFLICT);
    assert_non_null(strstr(got.e.text, "somebody else changed the list"));
    change_table(AUDIENCE_ADD, five, 1, 0, 2, "c");
    list_is_the_table();
    /* who begins with what was is told at once */
    const struct audience_draft late = {.base = was, .change = AUDIENCE_REPLACE};
    audience_create(store, &late, NOW_MS, on_info, NULL);
    assert_int_equal(wait_answer(), ERR_CONFLICT);
    audience_info_free(was);
}

/* Killed at any step, the old version stands; what was left lies among the drafts and goes. */
static void test_cut_off_at_each_step(void **state)
{
    (void)state;
    static size_t who[PEOPLE];
    change(AUDIENCE_NEW, who, span(who, 0, 1000, 1), 2, 0, 2, "a");
    int64_t keys = ask("KEYS", "*", NULL, NULL);
    for (uint64_t stop = 0, of = 1; stop <= of; stop++) {
        size_t n = span(who, 0, 1200, 9);
        assert_int_equal(begin(AUDIENCE_MERGE, 3), 0);
        uint32_t id = got.info->id;
        assert_int_equal(add(id, 0, who, n, 3, 1, 3, "b"), 0);
        for (uint64_t step = 0; step < stop; step++) {
            audience_carry(store, id, step, NOW_MS, on_carried, NULL);
            assert_int_equal(wait_answer(), 0);
            assert_int_equal(told.carried, step + 1);
            audience_carry(store, id, step, NOW_MS, on_carried, NULL); /* twice is once */
            assert_int_equal(wait_answer(), 0);
            assert_int_equal(told.carried, step + 1);
            of = told.of;
        }
        list_is_the_table();
        audience_sweep(store, NOW_MS + AUDIENCE_DRAFT_TTL_MS, on_done, NULL);
        assert_int_equal(wait_answer(), 0);
        assert_int_equal(ask("KEYS", "*", NULL, NULL), keys);
        if (of == 1) of = 4;
    }
    list_is_the_table();
}

static void test_nothing_to_change_and_nobody_left(void **state)
{
    (void)state;
    static const size_t three[] = {1, 2, 3};
    change(AUDIENCE_NEW, three, 3, 2, 0, 2, "a");
    load("members");
    uint32_t id = got.info->id;
    assert_int_equal(begin(AUDIENCE_ADD, 2), 0);
    uint32_t draft = got.info->id;
    assert_int_equal(add(draft, 0, three, 3, 2, 0, 2, "b"), 0);
    assert_int_equal(freeze(draft), 0);
    assert_int_equal(got.info->id, id); /* no version that is the same */
    assert_int_equal(freeze(draft), 0);
    assert_int_equal(begin(AUDIENCE_REMOVE, 0), 0);
    assert_int_equal(add(got.info->id, 0, three, 3, 2, 0, 0, ""), 0);
    assert_int_equal(freeze(got.info->id), ERR_REFUSED);
    list_is_the_table();
}

static void test_an_id_of_before_names_the_list_of_today(void **state)
{
    (void)state;
    static const size_t two[] = {1, 2}, three[] = {3};
    char id[16];
    change(AUDIENCE_NEW, two, 2, 2, 0, 2, "a");
    load("members");
    (void)snprintf(id, sizeof id, "%u", got.info->id);
    change(AUDIENCE_ADD, three, 1, 2, 0, 2, "a");
    load(id);
    assert_int_equal(got.info->version, 2);
    assert_int_equal(got.info->total, 3);
    audience_load(store, got.info->base, on_info, NULL); /* what a campaign has */
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(got.info->total, 2);
    assert_true(got.info->next > 0);
}

/* A version that a campaign has stays; deleting the list takes all, and is refused while one is needed. */
static void test_versions_go_with_the_list(void **state)
{
    (void)state;
    static const size_t two[] = {1, 2}, three[] = {3}, four[] = {4};
    change(AUDIENCE_NEW, two, 2, 2, 0, 2, "a");
    load("members");
    uint32_t first = got.info->id;
    char id[16];
    (void)snprintf(id, sizeof id, "%u", first);
    change(AUDIENCE_ADD, three, 1, 2, 0, 2, "a");
    change(AUDIENCE_ADD, four, 1, 2, 0, 2, "a");
    ask("HSET", "c:9", "audience", id);
    ask("ZADD", "campaigns", "1", "9");
    audience_versions(store, NOW_MS, 0, on_versions, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(told.version_count, 2);
    assert_int_equal(told.versions[0], first);
    audience_versions(store, NOW_MS - 1, 0, on_versions, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(told.version_count, 0);
    audience_delete(store, first, false, NOW_MS, on_done, NULL);
    assert_int_equal(wait_answer(), ERR_CONFLICT);
    audience_delete(store, first + 1, false, NOW_MS, on_done, NULL); /* nobody needs that one */
    assert_int_equal(wait_answer(), 0);
    load("members");
    uint32_t newest = got.info->id;
    audience_delete(store, newest, false, NOW_MS, on_done, NULL);
    assert_int_equal(wait_answer(), ERR_CONFLICT);
    audience_delete(store, newest, true, NOW_MS, on_done, NULL);
    assert_int_equal(wait_answer(), 0);
    audience_load(store, first, on_info, NULL);
    assert_int_equal(wait_answer(), ERR_NOT_FOUND);
    audience_sweep(store, NOW_MS, on_done, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(ask("KEYS", "a:*", NULL, NULL), 0);
    assert_int_equal(ask("KEYS", "versions*", NULL, NULL), 0);
}

/* Who is forgotten while their list changes is in none of it. */
static void test_forgotten_in_the_middle(void **state)
{
    (void)state;
    static const size_t three[] = {1, 2, 3}, two[] = {2};
    change(AUDIENCE_NEW, three, 3, 2, 0, 2, "a");
    assert_int_equal(begin(AUDIENCE_MERGE, 2), 0);
    uint32_t id = got.info->id;
    assert_int_equal(add(id, 0, two, 1, 2, 0, 2, "b"), 0);
    forget_person(store, SLICE_LIT("447700900002"), FIRST + 2,
                  deed_for(SLICE_LIT("t"), NOW_MS, SLICE_LIT("asked")), on_forgotten, NULL);
    assert_int_equal(wait_answer(), 0);
    assert_int_equal(ask("KEYS", "a:*:m:*", NULL, NULL), 0);
    assert_int_equal(freeze(id), 0);
    table.in[2] = false;
    list_is_the_table();
}

static int set_up(void **state)
{
    (void)state;
    group_begin();
    memset(&table, 0, sizeof table);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    group_end();
    audience_info_free(got.info);
    block_done(&got.block);
    memset(&got, 0, sizeof got);
    return 0;
}

static int draft_of(enum audience_change change, const struct slice *columns, size_t n,
                    const struct audience_info *base)
{
    const struct audience_draft draft = {.name = SLICE_LIT("members"),
                                         .group = SLICE_LIT("leeds"),
                                         .country = SLICE_LIT("GB"),
                                         .columns = columns,
                                         .column_count = n,
                                         .rows_expected = 1,
                                         .base = base,
                                         .change = change};
    audience_create(store, &draft, NOW_MS, on_info, NULL);
    return wait_answer();
}

static void test_a_meaning_has_one_column(void **state)
{
    (void)state;
    static const size_t one[] = {1};
    const struct slice agreed[] = {SLICE_LIT("first_name"), SLICE_LIT("opt_in")},
                       again[] = {SLICE_LIT("consent")},
                       other[] = {SLICE_LIT("opt_in"), SLICE_LIT("consent_date")};
    assert_int_equal(draft_of(AUDIENCE_NEW, agreed, 2, NULL), 0);
    assert_int_equal(add(got.info->id, 0, one, 1, 2, 0, 2, "a"), 0);
    assert_int_equal(freeze(got.info->id), 0);
    load("members");
    struct audience_info *base = audience_info_dup(got.info);
    assert_int_equal(draft_of(AUDIENCE_MERGE, again, 1, base), ERR_INVALID);
    assert_non_null(strstr(got.e.text, "'consent' means the same as 'opt_in'"));
    assert_int_equal(draft_of(AUDIENCE_MERGE, other, 2, base), 0);
    assert_int_equal(draft_of(AUDIENCE_REPLACE, again, 1, base), 0);
    audience_info_free(base);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(test_a_list_goes_through_all_changes),
        CASE(test_what_becomes_of_each_row),
        CASE(test_columns_of_who_is_added_are_the_lists),
        CASE(test_two_change_it_at_once),
        CASE(test_cut_off_at_each_step),
        CASE(test_nothing_to_change_and_nobody_left),
        CASE(test_an_id_of_before_names_the_list_of_today),
        CASE(test_versions_go_with_the_list),
        CASE(test_forgotten_in_the_middle),
        CASE(test_a_meaning_has_one_column),
    };
    return redis_group_run("list_changes", tests, COUNT_OF(tests));
}
