#include "core/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/index.h"

static void check_text(struct slice from, struct slice expected)
{
    json_t *text = json_text(from);
    struct slice got = json_slice(text);
    assert_int_equal(got.n, expected.n);
    assert_memory_equal(got.p, expected.p, expected.n);
    json_decref(text);
}

static void test_text_is_kept(void **state)
{
    (void)state;
    check_text(SLICE_LIT("caf\xc3\xa9 \xf0\x9f\x99\x82"),
               SLICE_LIT("caf\xc3\xa9 \xf0\x9f\x99\x82"));
    check_text(SLICE_LIT("a\0b"), SLICE_LIT("a\0b"));
    check_text(SLICE_NONE, SLICE_LIT(""));
}

#define BAD "\xef\xbf\xbd"

static void test_what_is_no_utf8_is_repaired(void **state)
{
    (void)state;
    check_text(SLICE_LIT("\xff"), SLICE_LIT(BAD));
    check_text(SLICE_LIT("a\xff\xfe"
                         "b\xc3\xa9"),
               SLICE_LIT("a" BAD BAD "b\xc3\xa9"));
    check_text(SLICE_LIT("cut \xf0\x9f\x99"), SLICE_LIT("cut " BAD BAD BAD));
    check_text(SLICE_LIT("\xed\xa0\x80 surrogate"), SLICE_LIT(BAD BAD BAD " surrogate"));
    check_text(SLICE_LIT("\xc0\xafoverlong"), SLICE_LIT(BAD BAD "overlong"));
    check_text(SLICE_LIT("\xf4\x90\x80\x80too far"), SLICE_LIT(BAD BAD BAD BAD "too far"));
}

static void test_slice_of_what_is_no_string(void **state)
{
    (void)state;
    json_t *number = json_integer(7);
    assert_null(json_slice(number).p);
    assert_null(json_slice(NULL).p);
    json_decref(number);
}

static void test_put(void **state)
{
    (void)state;
    json_t *o = json_object(), *list = json_array();
    json_put_text(o, "name", SLICE_LIT("Ann"));
    json_put_text(o, "none", SLICE_NONE);
    json_put_count(o, "n", 3);
    json_put_time(o, "at", INT64_C(1800000000000));
    json_put_time(o, "never", 0);
    json_list_add(list, json_true());
    json_put(o, "list", list);
    char *text = json_dumps(o, JSON_COMPACT);
    assert_string_equal(text,
                        "{\"name\":\"Ann\",\"none\":null,\"n\":3,\"at\":\"2027-01-15T08:00:00Z\","
                        "\"never\":null,\"list\":[true]}");
    free(text);
    json_decref(o);
}

static void test_index(void **state)
{
    (void)state;
    assert_int_equal(index_make(0, 255), 255);
    assert_int_equal(index_make(3, 7), 775);
    assert_int_equal(index_block(775), 3);
    assert_int_equal(index_row(775), 7);
    assert_int_equal(index_make(INDEX_BLOCK_MAX, BLOCK_ROWS - 1), UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_kept),
        cmocka_unit_test(test_what_is_no_utf8_is_repaired),
        cmocka_unit_test(test_slice_of_what_is_no_string),
        cmocka_unit_test(test_put),
        cmocka_unit_test(test_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
