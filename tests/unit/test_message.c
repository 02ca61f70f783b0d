/* What a campaign says to one person of the session near them. */
#include "flow/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(s)                                                                                    \
    {                                                                                              \
        s, sizeof(s) - 1                                                                           \
    }
static const struct message_nearest hall = {.place = TEXT("Derby North"),
                                            .when = TEXT("Sat 28 Nov 10:00"),
                                            .link = TEXT("https://m.example/near/AbC"),
                                            .distance = TEXT("12 km"),
                                            .meeting_point = TEXT("Market Place")};

static struct message *compile(const char *text, const char *column, struct err *e)
{
    struct message *m = NULL;
    char json[512];
    const struct slice columns[] = {SLICE_LIT("name"), slice_of(column)};
    (void)snprintf(json, sizeof json, "{\"sms\":{\"en\":{\"text\":\"%s\"}}}", text);
    if (message_compile(slice_of(json), SLICE_LIT("sms"), columns, 2, &m, e) < 0) return NULL;
    return m;
}

/* For a person called Ann, whose other field is "X". */
static void says(const char *text, const char *column, const struct message_nearest *nearest,
                 const char *expected)
{
    struct err e = {0};
    struct outgoing out = {0};
    struct block b;
    struct buf bytes = BUF_INIT(BLOCK_BYTES_MAX), room = BUF_INIT(MESSAGE_TEXT_BYTES_MAX);
    const struct slice fields[] = {SLICE_LIT("Ann"), SLICE_LIT("X")};
    struct message *m = compile(text, column, &e);
    if (!m) fail_msg("%s", e.text);
    block_begin(&bytes, 2);
    assert_int_equal(block_add_row(&bytes, 447700900001, fields, 2), 0);
    block_end(&bytes, 0, 1);
    assert_int_equal(block_open(buf_slice(&bytes), &b, &e), 0);
    assert_int_equal(message_render(m, &b, 0, nearest, &room, &out, &e), 0);
    assert_string_equal(room.p, expected);
    message_free(m);
    buf_done(&bytes);
    buf_done(&room);
}

static void test_it_is_told(void **state)
{
    (void)state;
    says("{{name}}: {{nearest.place}}, {{nearest.when}}, {{nearest.distance}}", "town", &hall,
         "Ann: Derby North, Sat 28 Nov 10:00, 12 km");
    says("{{nearest.meeting_point}} {{nearest.link}}", "town", &hall,
         "Market Place https://m.example/near/AbC");
    says("{{#nearest}}{{place}} for {{name}}{{/nearest}}{{^nearest}}none{{/nearest}}", "town",
         &hall, "Derby North for Ann");
}

static void test_who_has_none(void **state)
{
    (void)state;
    static const struct message_nearest nothing = {.when = TEXT("never")};
    const struct message_nearest *const none[] = {NULL, &nothing};
    for (size_t i = 0; i < COUNT_OF(none); i++) {
        says("Hi {{nearest.place}}{{nearest.when}}.", "town", none[i], "Hi .");
        says("{{#nearest}}{{place}}{{/nearest}}{{^nearest}}call us{{/nearest}}", "town", none[i],
             "call us");
    }
}

/* A list that has such a column goes on as before. */
static void test_a_column_of_that_name(void **state)
{
    (void)state;
    struct err e;
    says("{{nearest}}", "nearest", &hall, "X");
    struct message *m = compile("{{nearest}}", "nearest", &e);
    assert_false(message_tells_nearest(m));
    message_free(m);
}

static void add_field(void *arg, struct slice field, int column, unsigned uses)
{
    (void)uses;
    buf_addf(arg, "%.*s=%d ", SLICE_ARG(field), column);
}

static void fields(const char *text, bool tells, const char *expected)
{
    struct err e;
    struct buf names = BUF_INIT(512);
    struct message *m = compile(text, "town", &e);
    assert_non_null(m);
    message_fields(m, add_field, &names);
    assert_string_equal(names.p, expected);
    assert_int_equal(message_tells_nearest(m), tells);
    message_free(m);
    buf_done(&names);
}

static void test_fields(void **state)
{
    (void)state;
    fields("{{name}} {{nearest.place}}", true, "name=0 nearest=-2 ");
    fields("{{#nearest}}{{when}} {{town}}{{/nearest}}", true, "nearest=-2 town=1 ");
    fields("{{nearest.plce}}", false, "nearest.plce=-1 ");
    fields("{{nearest}}", false, "nearest=-1 ");
    fields("{{when}}", false, "when=-1 ");
}

static void test_suggestions(void **state)
{
    (void)state;
    static const char json[] =
        "{\"sms\":{\"en\":{\"text\":\"x\"}},\"suggestions\":[{\"text\":\"%s\"}]}";
    const struct slice columns[] = {SLICE_LIT("name")};
    char text[256];
    struct err e = {0};
    struct message *m = NULL;
    (void)snprintf(text, sizeof text, json, "At {{nearest.meeting_point}}!");
    assert_int_equal(message_compile(slice_of(text), SLICE_LIT("sms"), columns, 1, &m, &e), 0);
    message_free(m);
    (void)snprintf(text, sizeof text, json, "At {{nearest.meeting}}!");
    assert_int_equal(message_compile(slice_of(text), SLICE_LIT("sms"), columns, 1, &m, &e),
                     ERR_INVALID);
    assert_non_null(strstr(e.text, "nearest.meeting"));
}

static void add_gap(void *arg, struct slice name)
{
    buf_addf(arg, "%.*s ", SLICE_ARG(name));
}

/* What is suggested to whoever answers Ann, of whom nothing else is known, and which fields that lacks. */
static void suggests(const char *suggestion, const char *expected, const char *gaps)
{
    char json[512];
    struct err e = {0};
    struct block b;
    struct message *m = NULL;
    struct buf bytes = BUF_INIT(BLOCK_BYTES_MAX), text = BUF_INIT(MESSAGE_TEXT_BYTES_MAX),
               names = BUF_INIT(256);
    const struct slice columns[] = {SLICE_LIT("name"), SLICE_LIT("ward")},
                       fields[] = {SLICE_LIT("Ann"), SLICE_NONE};
    (void)snprintf(json, sizeof json,
                   "{\"sms\":{\"en\":{\"text\":\"x\"}},\"suggestions\":[{\"text\":\"%s\"}]}",
                   suggestion);
    assert_int_equal(message_compile(slice_of(json), SLICE_LIT("sms"), columns, 2, &m, &e), 0);
    block_begin(&bytes, 2);
    assert_int_equal(block_add_row(&bytes, 447700900001, fields, 2), 0);
    block_end(&bytes, 0, 1);
    assert_int_equal(block_open(buf_slice(&bytes), &b, &e), 0);
    buf_add_cstr(&names, "");
    assert_int_equal(message_suggest(m, 0, &b, 0, NULL, &text, add_gap, &names, &e), 0);
    assert_string_equal(text.p, expected);
    assert_string_equal(names.p ? names.p : "", gaps);
    message_free(m);
    buf_done(&bytes);
    buf_done(&text);
    buf_done(&names);
}

static void test_an_empty_field_is_said(void **state)
{
    (void)state;
    suggests("{{name}} in {{ward}}", "Ann in {{ward}}", "ward ");
    suggests("{{name}}{{#ward}} in {{ward}}{{/ward}}", "Ann", "");
    suggests("Hello{{nearest.place}}", "Hello", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_told),
        cmocka_unit_test(test_who_has_none),
        cmocka_unit_test(test_a_column_of_that_name),
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_suggestions),
        cmocka_unit_test(test_an_empty_field_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
