/* What is refused when a description is read or bound, and that the place is named. */
#include <stdio.h>

#include "base/buf.h"
#include "gateway_fixture.h"

#define HEAD "name: X\nchannels: [sms]\nbase_url: http://x\naccount: {key: {required: true}}\n"
#define SEND                                                                                       \
    "send: {method: GET, url: '{{{base_url}}}', query: {k: '{{account.key}}', t: '{{text}}'}}\n"
#define ANSWER "answer: {format: text, rules: [{status: 200, outcome: accepted}]}\n"
#define HOOKS                                                                                      \
    "hooks: {methods: [GET], format: form, signature: {scheme: token, parameter: t, keys: "        \
    "[key]}, answer: {status: "                                                                    \
    "200, content_type: text/plain}}\n"

static void refused(const char *text, const char *expected)
{
    struct provider *p = NULL;
    struct err e = {0};
    int code = provider_parse(slice_of(text), "x.yaml", &p, &e);
    if (code == 0) fail_msg("accepted:\n%s", text);
    if (strncmp(e.text, expected, strlen(expected)) != 0)
        fail_msg("expected '%s…'\ngot '%s'", expected, e.text);
}

static void test_minimal(void **state)
{
    (void)state;
    struct provider *p = NULL;
    struct err e = {0};
    if (provider_parse(SLICE_LIT(HEAD SEND ANSWER HOOKS), "x.yaml", &p, &e)) fail_msg("%s", e.text);
    assert_string_equal(provider_title(p), "X");
    assert_string_equal(provider_key_at(p, 0)->name, "key");
    assert_true(provider_key_at(p, 0)->required);
    assert_null(provider_key_at(p, 1));
    provider_free(p);
    provider_free(NULL);
    gateway_free(NULL);
}

static void test_description_refused(void **state)
{
    (void)state;
    refused("", "x.yaml:1:1: 'name' is missing");
    refused("- a\n", "x.yaml:1:1: expected a mapping");
    refused("nam: X\n", "x.yaml:1:1: unknown key 'nam'; did you mean 'name'?");
    refused("name: X\nbase_url: b\nchannels: [smoke]\n",
            "x.yaml:3:12: a channel is sms or whatsapp");
    refused(HEAD "send: {method: PUT, url: x}\n", "x.yaml:5:16: method is GET or POST");
    refused(HEAD "send: {method: GET, url: '{{nope}}'}\n", "x.yaml:5:26: no message has a 'nope'");
    refused(HEAD "send: {method: GET, url: '{{to}}'}\n", "x.yaml:5:26: only account, base_url");
    refused(HEAD "send: {method: GET, url: '{{account.kee}}'}\n",
            "x.yaml:5:26: the account has no key 'kee'");
    refused(HEAD "send: {method: GET, url: '{{#to}}'}\n", "x.yaml:5:26: template:1:");
    refused(HEAD "send: {method: POST, url: x, json: '{}', form: {a: b}}\n",
            "x.yaml:5:36: a request has a form or");
    refused(HEAD SEND "answer: {format: xml, rules: []}\n", "x.yaml:6:18: an answer's format");
    refused(HEAD SEND "answer: {format: json, rules: [{status: 2OO, outcome: yes}]}\n",
            "x.yaml:6:55: outcome is");
    refused(HEAD SEND "answer: {format: json, rules: [{outcome: refused}]}\n",
            "x.yaml:6:32: a rule that is not");
    refused(HEAD SEND "answer: {format: json, rules: [{status: 299-200, outcome: accepted}]}\n",
            "x.yaml:6:41: the range is upside down");
    refused(HEAD SEND ANSWER "hooks: {methods: [PUT], format: form}\n",
            "x.yaml:7:19: a method is GET or POST");
    refused(HEAD SEND ANSWER "hooks: {methods: [GET], format: form, signature: {scheme: rot13}}\n",
            "x.yaml:7:59: a scheme is twilio, hmac or token");
    refused(HEAD SEND ANSWER HOOKS "receipts: [{status: s, states: {a: sent}}]\n",
            "x.yaml:8:12: 'present' is missing");
    refused(HEAD SEND ANSWER HOOKS "receipts: [{present: s, status: s}]\n",
            "x.yaml:8:12: 'states' is missing, here or at the top of the file");
    refused(HEAD SEND ANSWER HOOKS "states: {a: pending}\n",
            "x.yaml:8:13: 'pending' is none of our words");
    refused(HEAD SEND ANSWER HOOKS "receipts: [{present: s, status: s, states: {a: pending}}]\n",
            "x.yaml:8:48: 'pending' is none of our words");
    refused(
        HEAD SEND ANSWER HOOKS
        "receipts: [{present: s, status: s, states: {a: sent}, parts: true, cost: {amount: p}}]\n",
        "x.yaml:8:74: 'cost' cannot go with 'parts: true'");
    refused(HEAD SEND ANSWER HOOKS "inbound: [{present: /a//b, from: f}]\n",
            "x.yaml:8:21: '/a//b' is no selector");
}

static void refused_binding(const struct provider *p, struct gateway_config config,
                            const char *expected)
{
    struct gateway *g = NULL;
    struct err e = {0};
    int code = gateway_new(p, &config, &g, &e);
    if (code >= 0) fail_msg("bound, though: %s", expected);
    assert_string_equal(e.text, expected);
}

static void test_binding_refused(void **state)
{
    (void)state;
    struct provider *p = load_provider("twilio");
    static const struct gateway_pair unknown[] = {{"account_sid", "AC1"}, {"auth_tokn", "x"}};
    static const struct gateway_pair broken[] = {{"account_sid", "AC1"},
                                                 {"auth_token", "x\nEvil: 1"}};
    struct gateway_config config = twilio_config();
    config.name = "example";
    config.account_count = 1;
    config.place = "muster.yaml:44:3";
    refused_binding(p, config,
                    "muster.yaml:44:3: gateways.example.account: 'auth_token' is missing; "
                    "Twilio needs account_sid, auth_token");
    config.place = NULL;
    config.account = unknown;
    config.account_count = 2;
    refused_binding(
        p, config,
        "gateways.example.account: unknown key 'auth_tokn'; Twilio knows account_sid, auth_token, "
        "auth_token_secondary, shared_key, shared_key_secondary, api_key_sid, api_key_secret, "
        "messaging_service_sid");
    config.account = broken;
    refused_binding(
        p, config,
        "gateways.example.account: 'auth_token' holds a control character; look for a line "
        "break in it");
    config = twilio_config();
    config.base_url = "ftp://x";
    refused_binding(p, config, "gateways.tw: base_url is not an http:// or https:// address");
    provider_free(p);
    p = load_provider("kannel");
    config = kannel_config();
    config.channel = "whatsapp";
    refused_binding(p, config, "gateways.kan.channel: Kannel cannot do 'whatsapp'; it does sms");
    config = kannel_config();
    config.account_count = 2; /* neither a hook_token nor a secret to make one from */
    refused_binding(
        p, config,
        "gateways.kan.account: 'hook_token' is missing; Kannel needs username, password");
    provider_free(p);
}

static void test_derived_token(void **state)
{
    (void)state;
    struct provider *p = load_provider("kannel");
    struct gateway_config config = kannel_config();
    config.account_count = 2;
    config.secret = "0123456789abcdef";
    struct gateway *a = make_gateway(p, config);
    config.name = "other";
    struct gateway *b = make_gateway(p, config);
    assert_non_null(strstr(gateway_hook_url(a), "inbound?token="));
    const char *token_a = strstr(gateway_hook_url(a), "token="),
               *token_b = strstr(gateway_hook_url(b), "token=");
    assert_memory_not_equal(token_a, token_b, 32);
    gateway_free(a);
    gateway_free(b);
    provider_free(p);
}

static void test_json_that_is_none(void **state)
{
    (void)state;
    struct provider *p = NULL;
    struct err e = {0};
    static const char text[] =
        HEAD "send: {method: POST, url: '{{{base_url}}}', json: '{\"t\": \"{{{text}}}\"}'}\n" ANSWER
            HOOKS;
    static const struct gateway_pair account[] = {{"key", "k"}};
    assert_int_equal(provider_parse(slice_of(text), "x.yaml", &p, &e), 0);
    struct gateway_config config = {.name = "x",
                                    .channel = "sms",
                                    .public_url = "http://p",
                                    .account = account,
                                    .account_count = 1};
    struct gateway *g = NULL;
    assert_int_equal(gateway_new(p, &config, &g, &e), ERR_INVALID);
    assert_non_null(strstr(e.text, "send.json gives no JSON"));
    provider_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_minimal),           cmocka_unit_test(test_description_refused),
        cmocka_unit_test(test_binding_refused),   cmocka_unit_test(test_derived_token),
        cmocka_unit_test(test_json_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
