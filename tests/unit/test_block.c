#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/block.h"

#include "core/index.h"

static struct buf three_rows(void)
{
    struct buf b = BUF_INIT(BLOCK_BYTES_MAX);
    const struct slice ann[] = {SLICE_LIT("Ann"), SLICE_LIT("York")},
                       none[] = {SLICE_NONE, SLICE_NONE},
                       zoe[] = {SLICE_LIT("Zo\xc3\xab"), SLICE_LIT("")};
    block_begin(&b, 2);
    assert_int_equal(block_add_row(&b, 447700900001, ann, 2), 0);
    assert_int_equal(block_add_row(&b, 447700900002, none, 2), 0);
    assert_int_equal(block_add_row(&b, 447700900003, zoe, 2), 0);
    block_end(&b, 0, 3);
    assert_false(b.failed);
    return b;
}

static void test_rows_come_back(void **state)
{
    (void)state;
    struct buf b = three_rows();
    struct block k;
    assert_int_equal(block_open(buf_slice(&b), &k, NULL), 0);
    assert_int_equal(block_rows(&k), 3);
    assert_int_equal(block_columns(&k), 2);
    assert_int_equal(block_number(&k, 2), 447700900003);
    assert_true(slice_is(block_field(&k, 0, 0), "Ann"));
    assert_true(slice_is(block_field(&k, 0, 1), "York"));
    assert_int_equal(block_field(&k, 1, 1).n, 0);
    assert_true(slice_is(block_field(&k, 2, 0), "Zo\xc3\xab"));
    buf_done(&b);
}

static void test_a_copy_outlives_the_bytes(void **state)
{
    (void)state;
    struct buf b = three_rows();
    struct block k, copy;
    assert_int_equal(block_open(buf_slice(&b), &k, NULL), 0);
    block_dup(&k, &copy);
    memset(b.p, 'x', b.n);
    buf_done(&b);
    assert_int_equal(block_rows(&copy), 3);
    assert_true(slice_is(block_field(&copy, 0, 1), "York"));
    block_done(&copy);
    assert_int_equal(block_rows(&copy), 0);
}

static void test_full_block_without_columns(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(BLOCK_BYTES_MAX);
    block_begin(&b, 0);
    for (uint64_t i = 0; i < BLOCK_ROWS; i++)
        assert_int_equal(block_add_row(&b, 447700900000 + i, NULL, 0), 0);
    block_end(&b, 0, BLOCK_ROWS);
    struct block k;
    assert_int_equal(block_open(buf_slice(&b), &k, NULL), 0);
    assert_int_equal(block_number(&k, 255), 447700900255);
    buf_done(&b);
}

static void test_row_text_has_a_limit(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(BLOCK_BYTES_MAX);
    char *long_text = xcalloc(1, BLOCK_ROW_TEXT_MAX);
    const struct slice fits[] = {slice_make(long_text, BLOCK_ROW_TEXT_MAX), SLICE_NONE},
                       over[] = {slice_make(long_text, BLOCK_ROW_TEXT_MAX), SLICE_LIT("x")};
    block_begin(&b, 2);
    size_t before = b.n;
    assert_int_equal(block_add_row(&b, 447700900001, over, 2), ERR_LIMIT);
    assert_int_equal(b.n, before);
    assert_int_equal(block_add_row(&b, 447700900001, fits, 2), 0);
    block_end(&b, 0, 1);
    struct block k;
    assert_int_equal(block_open(buf_slice(&b), &k, NULL), 0);
    assert_int_equal(block_field(&k, 0, 0).n, BLOCK_ROW_TEXT_MAX);
    free(long_text);
    buf_done(&b);
}

static void test_ceiling_sets_the_flag(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(20);
    block_begin(&b, 0);
    assert_int_equal(block_add_row(&b, 1, NULL, 0), 0);
    assert_int_equal(block_add_row(&b, 2, NULL, 0), 0);
    block_end(&b, 0, 2);
    assert_true(b.failed);
    buf_done(&b);
}

/* Every length, and every byte set to every value: refused, or readable inside the bytes (ASan
 * looks). */
static void test_damage_is_noticed_or_harmless(void **state)
{
    (void)state;
    struct buf b = three_rows();
    struct block k;
    struct err e;
    for (size_t n = 0; n < b.n; n++) {
        char *cut = malloc(n + 1);
        memcpy(cut, b.p, n);
        assert_int_equal(block_open(slice_make(cut, n), &k, &e), ERR_SYNTAX);
        free(cut);
    }
    for (size_t i = 0; i < b.n * 256; i++) {
        char *copy = malloc(b.n);
        memcpy(copy, b.p, b.n);
        copy[i / 256] = (char)(i % 256);
        if (block_open(slice_make(copy, b.n), &k, &e) == 0)
            for (size_t row = 0; row < block_rows(&k); row++)
                for (size_t column = 0; column < block_columns(&k); column++) {
                    struct slice f = block_field(&k, row, column);
                    assert_true(f.p >= copy && f.p + f.n <= copy + b.n);
                }
        free(copy);
    }
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_come_back),
        cmocka_unit_test(test_a_copy_outlives_the_bytes),
        cmocka_unit_test(test_full_block_without_columns),
        cmocka_unit_test(test_row_text_has_a_limit),
        cmocka_unit_test(test_ceiling_sets_the_flag),
        cmocka_unit_test(test_damage_is_noticed_or_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
