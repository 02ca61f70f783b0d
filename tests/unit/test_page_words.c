/* What API and store say, as pages say it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/body.h"
#include "web/page_words.h"

static void expect_words(const char *said, json_t *errors, const char *words)
{
    char *text = page_words(slice_of(said), errors);
    assert_string_equal(text, words);
    free(text);
}

static void test_commands_are_for_the_client(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"", ""},
        {"there is no list 'x'; `muster audience list` shows them", "There is no list 'x'"},
        {"there is no campaign 7; `muster campaign list` shows them", "There is no campaign 7"},
        {"campaign 7 is running: pause it first (`muster campaign pause 7`)",
         "Campaign 7 is running: pause it first"},
        {"campaign 7 waits for a second person (muster campaign approve 7) and cannot be resumed",
         "Campaign 7 waits for a second person and cannot be resumed"},
        {"nobody knows: decide about them first (`muster campaign resolve 7`), then change it",
         "Nobody knows: decide about them first, then change it"},
        {"send it to your own first (\"Send me a test\", or muster campaign test), or confirm it",
         "Send it to your own first (\"Send me a test\"), or confirm it"},
        {"that is `muster` alone, and `( too", "That is muster alone, and `( too"},
        {"it is blocked; `muster campaign status 7` says more. When that is mended: `muster "
         "campaign "
         "resume 7`; it goes on",
         "It is blocked. When that is mended; it goes on"},
        {"who are you? Send `Authorization: Bearer TOKEN`; `muster token add` makes one",
         "Who are you? Send `Authorization: Bearer TOKEN`"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        expect_words(cases[i][0], NULL, cases[i][1]);
}

static void test_keys_are_for_programs(void **state)
{
    (void)state;
    json_t *errors = body_error_add(NULL, "budget", "'budget' is no amount");
    expect_words("'budget' is no amount", errors, "What it may cost is no amount");
    expect_words("'name' is what the list is called", errors, "'name' is what the list is called");
    expect_words("nobody is there then (campaign key `hours`)", NULL, "Nobody is there then");
    expect_words("say `of_receipts`", NULL, "Say of receipts");
    expect_words("an 'open quote", errors, "An 'open quote");
    json_decref(errors);
}

static void test_a_problem_says_where(void **state)
{
    (void)state;
    json_t *errors = body_error_add(NULL, "min_age", "'min_age' must be a whole number");
    errors = body_error_add(errors, "start", "'start' is over");
    json_t *problem = page_problem("invalid", "'min_age' must be a whole number",
                                   json_pack("{s:o}", "errors", errors));
    assert_string_equal(json_string_value(json_object_get(problem, "detail")),
                        "The age must be a whole number");
    json_t *wrong = page_wrong(problem);
    assert_string_equal(json_string_value(json_object_get(wrong, "start")),
                        "When it begins is over");
    char *words = page_wrong_words(wrong);
    assert_string_equal(words, "Please look at: the age, when it begins.");
    free(words);
    json_decref(wrong);
    json_decref(problem);
    wrong = page_wrong(NULL);
    assert_int_equal(json_object_size(wrong), 0);
    json_decref(wrong);
}

static void expect_who(json_t *by, const char *wanted)
{
    json_t *who = page_who(by);
    if (wanted)
        assert_string_equal(json_string_value(who), wanted);
    else
        assert_true(json_is_null(who));
    json_decref(who);
    json_decref(by);
}

static void test_who_sat_at_the_server_has_a_name_of_people(void **state)
{
    (void)state;
    expect_who(json_string("Ada"), "Ada");
    expect_who(json_string("local:root"), "root at the server");
    expect_who(json_string("local"), NULL);
    expect_who(json_null(), NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands_are_for_the_client),
        cmocka_unit_test(test_keys_are_for_programs),
        cmocka_unit_test(test_a_problem_says_where),
        cmocka_unit_test(test_who_sat_at_the_server_has_a_name_of_people),
    };
    return cmocka_run_group_tests_name("page_words", tests, NULL, NULL);
}
