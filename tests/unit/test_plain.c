/* What strangers write, as it may be shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"
#include "base/plain.h"

#define BAD "\xef\xbf\xbd"

struct shown {
    const char *text, *line, *lines; /* as PLAIN_LINE, as PLAIN_TEXT */
};

static const struct shown CASES[] = {
    {"", "", ""},
    {"Ann O'Neill", "Ann O'Neill", "Ann O'Neill"},
    {"a\nb\tc", "a b c", "a\nb\tc"},
    {"a\r\nb\rc", "a b c", "a\nb\nc"},
    {"a\xe2\x80\xa8z\xe2\x80\xa9z\xc2\x85z", "a z z z", "a\nz\nz\nz"},
    {"a\x1b[31mb\x7f\x01", "a" BAD "[31mb" BAD BAD, "a" BAD "[31mb" BAD BAD},
    {"a\xc2\x9b"
     "31mb\xc2\x80\xc2\x9f",
     "a" BAD "31mb" BAD BAD, "a" BAD "31mb" BAD BAD},
    /* what is no UTF-8: a bare C1 byte, half a character, an overlong, a surrogate */
    {"\x9b"
     "31m",
     BAD "31m", BAD "31m"},
    {"a\xc3", "a" BAD, "a" BAD},
    {"\xc0\x8a", BAD BAD, BAD BAD},
    {"\xed\xa0\x80", BAD BAD BAD, BAD BAD BAD},
    /* overrides, embeddings, isolates */
    {"\xe2\x80\xae"
     "gpj.exe",
     "gpj.exe", "gpj.exe"},
    {"\xe2\x81\xa8"
     "Ann\xe2\x81\xa9 \xe2\x80\xaa+44\xe2\x80\xac",
     "Ann +44", "Ann +44"},
    /* zero width: a name loses it, a text keeps it; the joiners stay */
    {"A\xe2\x80\x8bnn\xef\xbb\xbf\xc2\xad\xe2\x81\xa0\xe2\x80\x8f\xd8\x9c", "Ann",
     "A\xe2\x80\x8bnn\xef\xbb\xbf\xc2\xad\xe2\x81\xa0\xe2\x80\x8f\xd8\x9c"},
    {"\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 \xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae",
     "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 \xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae",
     "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 \xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae"},
    {"\xef\xbf\xb9x\xef\xbf\xbb", BAD "x" BAD, BAD "x" BAD},
};

static void see(const char *text, enum plain_kind kind, const char *expected)
{
    struct buf out = BUF_INIT(1024);
    char fixed[256];
    plain_add(&out, slice_of(text), kind);
    if (!slice_is(buf_slice(&out), expected))
        fail_msg("'%s' as '%.*s', not '%s'", text, SLICE_ARG(buf_slice(&out)), expected);
    assert_int_equal(plain_copy(fixed, sizeof fixed, slice_of(text), kind), out.n);
    assert_string_equal(fixed, expected);
    assert_int_equal(plain_is(slice_of(text), kind), strcmp(text, expected) == 0);
    assert_true(plain_is(buf_slice(&out), kind));
    buf_done(&out);
}

static void test_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        see(CASES[i].text, PLAIN_LINE, CASES[i].line);
        see(CASES[i].text, PLAIN_TEXT, CASES[i].lines);
    }
    struct buf out = BUF_INIT(16);
    plain_add(&out, SLICE_LIT("a\0b"), PLAIN_TEXT);
    assert_true(slice_is(buf_slice(&out), "a" BAD "b"));
    buf_done(&out);
}

static void test_no_half_character(void **state)
{
    (void)state;
    char out[4];
    assert_int_equal(plain_copy(out, sizeof out, SLICE_LIT("ab\xc3\xa9"), PLAIN_LINE), 2);
    assert_string_equal(out, "ab");
    assert_int_equal(plain_copy(out, sizeof out, SLICE_LIT("a\xc3\xa9z"), PLAIN_LINE), 3);
    assert_string_equal(out, "a\xc3\xa9");
    assert_int_equal(plain_copy(out, 1, SLICE_LIT("x"), PLAIN_LINE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shown),
                                       cmocka_unit_test(test_no_half_character)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
