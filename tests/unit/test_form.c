#include "core/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_parse(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16);
    struct form f;
    assert_int_equal(form_parse(SLICE_LIT("a=1&b=x+y%2Bz&&c&d=&=e&a=2&p=%zz%4&u=%C3%A9=%"), a, &f),
                     0);
    static const char *const want[][2] = {{"a", "1"},     {"b", "x y+z"},     {"c", ""},
                                          {"d", ""},      {"", "e"},          {"a", "2"},
                                          {"p", "%zz%4"}, {"u", "\xc3\xa9=%"}};
    assert_int_equal(f.count, COUNT_OF(want));
    for (size_t i = 0; i < f.count; i++) {
        assert_true(slice_is(f.pairs[i].name, want[i][0]));
        assert_true(slice_is(f.pairs[i].value, want[i][1]));
    }
    assert_true(slice_is(form_find(&f, SLICE_LIT("a"))->value, "1"));
    assert_null(form_find(&f, SLICE_LIT("zz")));
    assert_int_equal(form_parse(SLICE_NONE, a, &f), 0);
    assert_int_equal(f.count, 0);
    arena_free(a);
}

static void test_line_ends(void **state)
{
    (void)state;
    struct arena *a = arena_new(1 << 16), *small = arena_new(32);
    struct form f;
    assert_int_equal(form_parse(SLICE_LIT("t=a%0D%0Ab%0D%0A&c=x%0Dy%0D&d=z"), a, &f), 0);
    assert_int_equal(form_mend_lines(&f, a), 0);
    assert_true(slice_is(f.pairs[0].value, "a\nb\n"));
    assert_true(slice_is(f.pairs[1].value, "x\ry\r"));
    assert_true(slice_is(f.pairs[2].value, "z"));
    assert_int_equal(
        form_parse(SLICE_LIT("t=%0D%0Aabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"), a,
                   &f),
        0);
    assert_int_equal(form_mend_lines(&f, small), ERR_LIMIT);
    arena_free(a);
    arena_free(small);
}

static void test_limits(void **state)
{
    (void)state;
    char many[2 * FORM_PAIRS_MAX + 2];
    memset(many, '&', sizeof many);
    struct arena *a = arena_new(1 << 16), *small = arena_new(48);
    struct form f;
    assert_int_equal(form_parse(slice_make(many, sizeof many), a, &f), ERR_LIMIT);
    assert_int_equal(form_parse(SLICE_LIT("a=b+c+d+e+f+g+h+i+j+k+l+m"), small, &f), ERR_LIMIT);
    arena_free(a);
    arena_free(small);
}

static void test_encode(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(64);
    form_encode(&b, SLICE_LIT("A-z.0_9~ +%&=/\xc3\xa9\n"));
    assert_string_equal(b.p, "A-z.0_9~%20%2B%25%26%3D%2F%C3%A9%0A");
    buf_clear(&b);
    form_encode(&b, SLICE_NONE);
    assert_int_equal(b.n, 0);
    buf_done(&b);
}

static void test_encode_to_the_last_byte(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(8);
    form_encode(&b, SLICE_LIT("abc&de"));
    assert_string_equal(b.p, "abc%26de");
    assert_false(b.failed);
    buf_clear(&b);
    form_encode(&b, SLICE_LIT("abc&def"));
    assert_true(b.failed);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_encode),
        cmocka_unit_test(test_encode_to_the_last_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
