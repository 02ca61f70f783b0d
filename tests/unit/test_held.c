/* Templates that a provider holds: their gaps, what is wrong with them, what is sent. */
#include "flow/held.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *held_json(const char *text, json_t *fills)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:o}", "name", "Ask again", "gateway", "wa", "template",
                     "ask_again", "language", "en_GB", "text", text, "fills", fills);
}

static struct held *read_good(const char *text, json_t *fills)
{
    struct held *h = NULL;
    struct err e;
    json_t *json = held_json(text, fills);
    assert_int_equal(held_read(json, &h, &e), 0);
    json_decref(json);
    return h;
}

static void expect_wrong(const char *text, json_t *fills, const char *words)
{
    struct held *h = NULL;
    struct err e;
    json_t *json = held_json(text, fills);
    assert_true(held_read(json, &h, &e) < 0);
    if (!strstr(e.text, words)) fail_msg("'%s' does not say '%s'", e.text, words);
    json_decref(json);
}

static void test_gaps(void **state)
{
    (void)state;
    struct held *h = read_good("{{2}} and {{ 1 }}, again {{2}}", json_array());
    assert_int_equal(held_gap_count(h), 2);
    assert_true(slice_is(held_gap(h, 0), "1"));
    assert_true(slice_is(held_gap(h, 1), "2"));
    held_free(h);
    h = read_good("{{when}} and {{first_name}}", json_array());
    assert_true(slice_is(held_gap(h, 0), "when"));
    held_free(h);
    h = read_good("No gap at all", json_array());
    assert_int_equal(held_gap_count(h), 0);
    held_free(h);
}

static void test_what_is_wrong(void **state)
{
    (void)state;
    char many[2000] = "";
    for (int i = 1; i <= HELD_GAPS_MAX + 1; i++)
        (void)snprintf(many + strlen(many), sizeof many - strlen(many), "{{%d}}", i);
    expect_wrong("Hi {{1}} and {{3}}", json_array(), "{{2}} is missing");
    expect_wrong("Hi {{01}}", json_array(), "{{1}} is missing");
    expect_wrong("Hi {{1}} {{name}}", json_array(), "numbers or names");
    expect_wrong("Hi {{1", json_array(), "not closed");
    expect_wrong("Hi {{}}", json_array(), "neither");
    expect_wrong("Hi {{#x}}", json_array(), "neither");
    expect_wrong(" ", json_array(), "text: ");
    expect_wrong(many, json_array(), "at most 20 gaps");
    expect_wrong("Hi {{1}}", json_pack("[s,s]", "a", "b"), "has 1 gap");
    expect_wrong("Hi {{1}}", json_pack("[i]", 1), "a list of texts");
    expect_wrong("Hi {{1}}", json_pack("[s]", "{{#x}}"), "fills[0]");
}

static void test_filled_and_written(void **state)
{
    (void)state;
    struct held *h = read_good("Hi {{1}}, {{2}}?", json_pack("[s]", "{{first_name}}"));
    json_t *person = json_pack("{s:s}", "first_name", "Zoë\nB");
    struct buf out = BUF_INIT(1000);
    held_fill(h, 0, person, &out);
    assert_true(slice_is(buf_slice(&out), "Zoë B"));
    buf_clear(&out);
    held_fill(h, 1, person, &out);
    held_fill(h, 0, NULL, &out);
    assert_int_equal(out.n, 0);
    const struct slice values[] = {SLICE_LIT("Ann"), SLICE_NONE};
    held_write(h, values, &out);
    assert_true(slice_is(buf_slice(&out), "Hi Ann, {{2}}?"));
    buf_done(&out);
    json_decref(person);
    held_free(h);
}

static void expect_sent(const char *text, const char *name)
{
    struct held *h = read_good(text, json_array());
    const struct slice values[] = {SLICE_LIT("Ann")};
    json_t *call = held_call(h, values);
    char *json = json_dumps(call, 0);
    struct held_sent *sent = held_sent_read(slice_of(json));
    struct outgoing out = {0};
    held_sent_put(sent, &out);
    assert_true(slice_is(out.template_name, "ask_again"));
    assert_true(slice_is(out.template_language, "en_GB"));
    assert_int_equal(out.param_count, 1);
    assert_true(slice_is(out.params[0].value, "Ann"));
    assert_true(slice_is(out.params[0].name, name));
    held_sent_free(sent);
    free(json);
    json_decref(call);
    held_free(h);
}

static void test_sent(void **state)
{
    (void)state;
    expect_sent("Hi {{1}}", "");
    expect_sent("Hi {{first_name}}", "first_name");
    assert_null(held_sent_read(SLICE_NONE));
    assert_null(held_sent_read(SLICE_LIT("{")));
}

static void test_values(void **state)
{
    (void)state;
    assert_true(held_value_ok(SLICE_LIT("a    b")));
    assert_false(held_value_ok(SLICE_LIT("a     b")));
    assert_false(held_value_ok(SLICE_LIT("a\nb")));
    assert_false(held_value_ok(SLICE_LIT("  ")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gaps),
        cmocka_unit_test(test_what_is_wrong),
        cmocka_unit_test(test_filled_and_written),
        cmocka_unit_test(test_sent),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests_name("held", tests, NULL, NULL);
}
