/* A QR code as modules, as the path of a picture and as blocks of a terminal: all of them the same. */
#include "io/qr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINK "https://muster.example.org/join/aB3_-dEf6hIjK8mNoPqR2t"

static bool dark(const struct qr *q, int x, int y)
{
    return q->dark[y * q->side + x];
}

/* The three corners that a reader looks for, and the light border around all. */
static void test_a_reader_finds_it(void **state)
{
    (void)state;
    struct qr q;
    assert_true(qr_make(SLICE_LIT(LINK), &q));
    int last = q.side - 1;
    for (int i = 0; i < q.side; i++)
        for (int b = 0; b < 4; b++)
            assert_false(dark(&q, i, b) || dark(&q, b, i) || dark(&q, i, last - b) ||
                         dark(&q, last - b, i));
    const int corners[3][2] = {{4, 4}, {q.side - 11, 4}, {4, q.side - 11}};
    for (int c = 0; c < 3; c++)
        for (int y = 0; y < 7; y++)
            for (int x = 0; x < 7; x++) {
                bool ring = x == 0 || y == 0 || x == 6 || y == 6;
                bool heart = x >= 2 && x <= 4 && y >= 2 && y <= 4;
                assert_int_equal(dark(&q, corners[c][0] + x, corners[c][1] + y), ring || heart);
            }
    qr_done(&q);
}

static void test_the_path_is_the_code(void **state)
{
    (void)state;
    struct qr q;
    struct buf path = BUF_INIT(64 * 1024);
    assert_true(qr_make(SLICE_LIT(LINK), &q));
    qr_path(&q, &path);
    unsigned char *drawn = calloc((size_t)q.side, (size_t)q.side);
    int x, y, n, back, used;
    for (const char *at = path.p; sscanf(at, "M%d %dh%dv1h-%dz%n", &x, &y, &n, &back, &used) == 4;
         at += used) {
        assert_int_equal(n, back);
        for (int i = 0; i < n; i++)
            drawn[y * q.side + x + i]++;
        if (!at[used]) break;
    }
    assert_memory_equal(drawn, q.dark, (size_t)q.side * (size_t)q.side);
    free(drawn);
    buf_done(&path);
    qr_done(&q);
}

static void test_blocks_are_two_rows_a_line(void **state)
{
    (void)state;
    struct qr q;
    struct buf out = BUF_INIT(64 * 1024);
    assert_true(qr_make(SLICE_LIT(LINK), &q));
    qr_blocks(&q, &out);
    int lines = 0;
    for (size_t i = 0; i < out.n; i++)
        lines += out.p[i] == '\n';
    assert_int_equal(lines, (q.side + 1) / 2);
    buf_done(&out);
    qr_done(&q);
}

static void test_what_is_too_long(void **state)
{
    (void)state;
    static char text[QR_TEXT_BYTES_MAX + 1];
    struct qr q;
    memset(text, 'a', sizeof text);
    assert_false(qr_make(slice_make(text, sizeof text), &q));
    assert_false(qr_make(SLICE_NONE, &q));
    assert_true(qr_make(slice_make(text, sizeof text - 1), &q));
    qr_done(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_reader_finds_it),
        cmocka_unit_test(test_the_path_is_the_code),
        cmocka_unit_test(test_blocks_are_two_rows_a_line),
        cmocka_unit_test(test_what_is_too_long),
    };
    return cmocka_run_group_tests_name("qr", tests, NULL, NULL);
}
