/* The simulator's settings: command line and JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "sim/config.h"

static int from_args(struct sim_config *c, int argc, const char *const *argv, struct err *e)
{
    bool help;
    return config_from_args(c, argc, (char **)(uintptr_t)argv, &help, e);
}

static void test_args(void **state)
{
    const char *const argv[] = {"--latency-ms",    "7",        "--rate-per-s=80",
                                "--receipt-steps", "yes",      "--errors",
                                "21610:0.5",       "--thanks", "0.25"};
    struct sim_config c;
    struct err e;
    (void)state;
    config_defaults(&c);
    assert_string_equal(c.listen, "127.0.0.1:0");
    assert_int_equal(from_args(&c, COUNT_OF(argv), argv, &e), 0);
    assert_int_equal(c.latency_ms, 7);
    assert_int_equal(c.rate_per_s, 80);
    assert_true(c.receipt_steps);
    assert_int_equal(c.errors.count, 1);
    assert_true(c.thanks > 0.24 && c.thanks < 0.26);
}

static void test_bad_args_change_nothing(void **state)
{
    static const struct {
        const char *argv[2];
        int argc;
        const char *text;
    } cases[] = {
        {{"--latency", "7"}, 2, "there is no setting 'latency'; see muster-sim --help"},
        {{"--latency-ms"}, 1, "--latency-ms: a value must follow"},
        {{"latency-ms"}, 1, "'latency-ms' is not an option; see muster-sim --help"},
        {{"--latency-ms", "-1"}, 2, "latency-ms: a whole number from 0 to 3600000, not '-1'"},
        {{"--receipt-steps", "si"}, 2, "receipt-steps: yes or no, not 'si'"},
        {{"--replies", "maybe:0.1"},
         2,
         "replies: 'maybe' is not known; use yes, no, question, stop, postcode, other"},
        {{"--webhook", "ftp://x"},
         2,
         "webhook: a URL with http:// or https://, or FACE=URL, not 'ftp://x'"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sim_config c, before;
        struct err e;
        config_defaults(&c);
        before = c;
        assert_int_equal(from_args(&c, cases[i].argc, cases[i].argv, &e), ERR_INVALID);
        assert_string_equal(e.text, cases[i].text);
        assert_memory_equal(&c, &before, sizeof c);
    }
}

static void test_webhooks(void **state)
{
    struct sim_config c;
    struct err e;
    (void)state;
    config_defaults(&c);
    assert_int_equal(config_set(&c, SLICE_LIT("webhook"), SLICE_LIT("http://a/x"), &e), 0);
    assert_int_equal(config_set(&c, SLICE_LIT("webhook"), SLICE_LIT("kannel=http://b/?id=%I"), &e),
                     0);
    assert_string_equal(c.webhook_twilio, "http://a/x");
    assert_string_equal(c.webhook_whatsapp, "http://a/x");
    assert_string_equal(c.webhook_kannel, "http://b/?id=%I");
}

static void test_secret_sets_all(void **state)
{
    struct sim_config c;
    struct err e;
    (void)state;
    config_defaults(&c);
    assert_int_equal(config_set(&c, SLICE_LIT("secret"), SLICE_LIT("s3"), &e), 0);
    assert_string_equal(c.auth_token, "s3");
    assert_string_equal(c.app_secret, "s3");
    assert_string_equal(c.password, "s3");
}

static void test_json(void **state)
{
    struct sim_config c;
    struct err e;
    (void)state;
    config_defaults(&c);
    struct slice good = SLICE_LIT("{\"latency_ms\": 3, \"thanks\": 0.5, \"receipt-steps\": true,"
                                  " \"errors\": \"drop:0.1,131026:0.2,unroutable:0.1\"}");
    assert_int_equal(config_from_json(&c, good, &e), 0);
    assert_int_equal(c.latency_ms, 3);
    assert_true(c.receipt_steps);
    assert_int_equal(c.errors.count, 3);
}

static void test_bad_json_changes_nothing(void **state)
{
    static const char *const bad[] = {"",
                                      "[]",
                                      "{",
                                      "{\"latency_ms\":5,\"nonsense\":1}",
                                      "{\"latency_ms\":5,\"listen\":\"x\"}",
                                      "{\"seed\":null}",
                                      "{\"seed\":1,\"seed\":2}",
                                      "{\"errors\":\"99:0.1\"}"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct sim_config c;
        struct err e = {0};
        config_defaults(&c);
        assert_true(config_from_json(&c, slice_of(bad[i]), &e) < 0);
        assert_int_equal(c.latency_ms, 20);
        assert_true(e.text[0] != '\0');
    }
}

static void test_help_names_every_key(void **state)
{
    char *text = config_help();
    (void)state;
    assert_non_null(strstr(text, "--receipt-delay-ms MS"));
    assert_non_null(strstr(text, "--port-file PATH"));
    assert_non_null(strstr(text, "/sim/handshake"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_args),
        cmocka_unit_test(test_bad_args_change_nothing),
        cmocka_unit_test(test_webhooks),
        cmocka_unit_test(test_secret_sets_all),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_bad_json_changes_nothing),
        cmocka_unit_test(test_help_names_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
