/* What comes in, and what it says once it is mended: as jansson, the strict reader, prints it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "core/json_repair.h"

#define FFFD "\xef\xbf\xbd"

static struct slice mend(struct slice text, struct buf *out)
{
    size_t rest;
    buf_clear(out);
    return json_repair(text, out, &rest) ? buf_slice(out) : SLICE_NONE;
}

static void check_one(struct slice text, const char *expected)
{
    struct buf out = BUF_INIT(1 << 20);
    struct slice mended = mend(text, &out);
    json_error_t where;
    json_t *json = mended.n ? json_loadb(mended.p, mended.n, JSON_REJECT_DUPLICATES, &where) : NULL;
    if (mended.n && !json) fail_msg("%.*s\nis not JSON: %s", SLICE_ARG(mended), where.text);
    char *told = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (expected ? !told || strcmp(told, expected) != 0 : told != NULL)
        fail_msg("%.*s\nexpected %s\ngot      %s", SLICE_ARG(text), expected, told);
    free(told);
    json_decref(json);
    buf_done(&out);
}

struct repair_case {
    const char *text, *expected; /* NULL: it cannot be mended */
};

static const struct repair_case CASES[] = {
    /* what is right stays */
    {"{}", "{}"},
    {" [ 1 , -2.5e3 , true , null , \"\\u2764 \\ud83d\\ude00 \\\"\" ] ",
     "[1,-2500.0,true,null,\"\xe2\x9d\xa4 \xf0\x9f\x98\x80 \\\"\"]"},
    {"{\"a\":{\"b\":[]}}", "{\"a\":{\"b\":[]}}"},
    /* characters */
    {"[\"a\\u0000b\"]", "[\"a" FFFD "b\"]"},
    {"{\"a\\u0000\":1}", "{\"a" FFFD "\":1}"},
    {"[\"\\ud83d x\"]", "[\"" FFFD " x\"]"},
    {"[\"\\ude00\\ud83d\"]", "[\"" FFFD FFFD "\"]"},
    {"[\"\\ud83d\\u0041\"]", "[\"" FFFD "A\"]"},
    {"[\"STOP \xff\xc3(\"]", "[\"STOP " FFFD FFFD "(\"]"},
    {"[\"\xed\xa0\xbd\"]", "[\"" FFFD FFFD FFFD "\"]"},
    {"[\"caf\xe9\"]", "[\"caf" FFFD "\"]"},
    {"[\"a\nb\tc\x01\"]", "[\"a\\nb\\tc" FFFD "\"]"},
    {"[\"don\\'t \\x\"]", "[\"don't x\"]"},
    {"[\"\\u12 \\uzzzz\"]", "[\"" FFFD "12 " FFFD "zzzz\"]"},
    {"\xef\xbb\xbf[1]", "[1]"},
    /* numbers and words */
    {"[123456789012345678901234567890]", "[\"123456789012345678901234567890\"]"},
    {"[9223372036854775807,-9223372036854775808,9223372036854775808,1e000,1E+2,-0]",
     "[9223372036854775807,-9223372036854775808,\"9223372036854775808\",1.0,100.0,0]"},
    {"[1e999,-1e999,NaN,-Infinity]", "[\"1e999\",\"-1e999\",\"NaN\",\"-Infinity\"]"},
    {"[007,+1,1.,.5,0x1F]", "[\"007\",\"+1\",\"1.\",\".5\",\"0x1F\"]"},
    {"[True,undefined]", "[\"True\",\"undefined\"]"},
    /* commas, names */
    {"[1,,2,]", "[1,2]"},
    {"{\"a\":1 \"b\":2,}", "{\"a\":1,\"b\":2}"},
    {"{a:1,b:{c:\"d\"}}", "{\"a\":1,\"b\":{\"c\":\"d\"}}"},
    {"{\"a\":,\"b\":}", "{\"a\":null,\"b\":null}"},
    {"[1 2 \"x\"\"y\"]", "[1,2,\"x\",\"y\"]"},
    /* behind the end */
    {"{\"a\":1}garbage", "{\"a\":1}"},
    /* half of a text may say the opposite of the whole */
    {"{\"a\":\"I will not com", NULL},
    {"{\"a\":1", NULL},
    {"[1,2", NULL},
    {"{\"a\":1]", NULL},
    {"{\"a\" 1}", NULL},
    {"{\"a\"::1}", NULL},
    {"{{\"a\":1}:2}", NULL},
    {"[\"\\", NULL},
    {"\"text\"", NULL},
    {"7", NULL},
    {"", NULL},
    {"   ", NULL},
    {"\xef\xbb\xbf", NULL},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++)
        check_one(slice_of(CASES[i].text), CASES[i].expected);
    check_one(SLICE_LIT("[\"a\0b\"]\0\0"), "[\"a" FFFD "b\"]");
    check_one(SLICE_LIT("[1\0,2]"), "[1,2]");
}

static void test_rest(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(100);
    size_t rest = 9;
    assert_true(json_repair(SLICE_LIT("{} \n"), &out, &rest));
    assert_int_equal(rest, 0);
    assert_true(json_repair(SLICE_LIT("{} {}"), &out, &rest));
    assert_int_equal(rest, 2);
    buf_done(&out);
}

/* 100,000 levels: what is near the root is read, and nothing recurses. */
static void test_deep(void **state)
{
    (void)state;
    enum { LEVELS = 100000 };
    struct buf text = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20);
    buf_add_cstr(&text, "{\"text\":\"STOP\",\"deep\":");
    for (int i = 0; i < LEVELS; i++)
        buf_add_cstr(&text, i % 2 ? "[" : "{\"]\":");
    for (int i = LEVELS; i-- > 0;)
        buf_add_char(&text, i % 2 ? ']' : '}');
    buf_add_cstr(&text, ",\"after\":1}");
    struct slice mended = mend(buf_slice(&text), &out);
    json_t *json = json_loadb(mended.p, mended.n, 0, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "text")), "STOP");
    assert_int_equal(json_integer_value(json_object_get(json, "after")), 1);
    json_decref(json);
    buf_done(&text);
    buf_done(&out);
}

static void test_room(void **state)
{
    (void)state;
    struct buf out = BUF_INIT(10);
    size_t rest;
    assert_false(json_repair(SLICE_LIT("[\"\xff\xff\xff\xff\"]"), &out, &rest));
    buf_done(&out);
    buf_init(&out, 4 * 3 + 4);
    assert_true(json_repair(SLICE_LIT("[\"\xff\xff\xff\xff\"]"), &out, &rest));
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_rest),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
