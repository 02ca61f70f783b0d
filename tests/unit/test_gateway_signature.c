/* A webhook that an HMAC signs, as a description says it. The signatures were made with Python's hmac. */
#include <stdio.h>

#include "base/buf.h"
#include "gateway_fixture.h"

#define BEFORE                                                                                     \
    "name: X\nchannels: [sms]\nbase_url: http://x\naccount: {key: {required: true}}\n"             \
    "send: {method: GET, url: '{{{base_url}}}', query: {t: '{{text}}'}}\n"                         \
    "answer: {format: text, rules: [{status: 200, outcome: accepted}]}\n"                          \
    "hooks: {methods: [POST], format: json, answer: {status: 200, content_type: text/plain},\n"    \
    "        signature: {scheme: hmac, header: X-Sign, keys: [key]"
#define AFTER   "}}\n"
#define BODY    "{\"a\":1}"
#define TARGET  "/hooks/x?a=1"
#define COUNTED "X-Nonce: n-1", "X-Time: 1764324800"

static const struct signed_case {
    const char *says, *signature;
} CASES[] = {
    {", digest: sha1, encoding: base64", "t3MJaPmG5Zbwwiq/R0YXckwd8sk="},
    {", encoding: base64, over: [body, {text: .}, {header: X-Nonce}, {text: .}, {header: X-Time}]",
     "IWig9g/m75kZeA5c8HFTPhgyU7X26RUnpFMgMkqFsNE="},
    {", digest: sha512, prefix: v1=, over: [url, {header: X-Nonce}]",
     "v1=01144a885a117521f869a11b0d1502ecdbd0a9c78b469bc5b6690e2b6e04a404"
     "ba222f4344cdae24a07be5a7a004329fa99523755815d25a69671cfc9201277c"},
};

static struct gateway *made(const char *says, struct provider **ret)
{
    static const struct gateway_pair account[] = {{"key", "an unguessable key"}};
    const struct gateway_config config = {.name = "x",
                                          .channel = "sms",
                                          .public_url = "https://muster.example",
                                          .account = account,
                                          .account_count = 1};
    char text[2048];
    struct err e = {0};
    (void)snprintf(text, sizeof text, "%s%s%s", BEFORE, says, AFTER);
    if (provider_parse(slice_of(text), "x.yaml", ret, &e)) fail_msg("%s", e.text);
    return make_gateway(*ret, config);
}

static enum hook_result verify(struct gateway *g, const char *const *headers, const char *target,
                               const char *body)
{
    const struct test_hook t = {headers};
    const struct hook_request hook = make_hook(&t, "POST", target, slice_of(body));
    struct slice challenge;
    return gateway_verify(g, &hook, &challenge);
}

static void test_what_is_signed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        char sign[256];
        struct provider *p;
        struct gateway *g = made(CASES[i].says, &p);
        (void)snprintf(sign, sizeof sign, "X-Sign: %s", CASES[i].signature);
        const char *const whole[] = {sign, COUNTED, NULL}, *const unsigned_[] = {COUNTED, NULL};
        const char *const bare[] = {sign, NULL};
        if (verify(g, whole, TARGET, BODY) != HOOK_OK) fail_msg("%s: forged", CASES[i].says);
        assert_int_equal(verify(g, unsigned_, TARGET, BODY), HOOK_MISSING);
        assert_int_equal(verify(g, whole, TARGET "&b", "{\"a\":2}"), HOOK_FORGED);
        /* a header that is signed must be there */
        assert_int_equal(verify(g, bare, TARGET, BODY), i == 0 ? HOOK_OK : HOOK_FORGED);
        gateway_free(g);
        provider_free(p);
    }
}

static void refused(const char *says, const char *expected)
{
    char text[2048];
    struct provider *p = NULL;
    struct err e = {0};
    (void)snprintf(text, sizeof text, "%s%s%s", BEFORE, says, AFTER);
    assert_int_not_equal(provider_parse(slice_of(text), "x.yaml", &p, &e), 0);
    if (!strstr(e.text, expected)) fail_msg("expected '%s'\ngot '%s'", expected, e.text);
}

static void test_refused(void **state)
{
    (void)state;
    refused(", digest: md5", "expected sha256, sha1 or sha512");
    refused(", encoding: octal", "expected hex or base64");
    refused(", over: []", "expected a list of 1 to 8 parts");
    refused(", over: [head]", "expected body, url, {header: NAME} or {text: \"…\"}");
    refused(", prefix: 0123456789012345678901234567890123", "expected at most 32 bytes");
    refused(", parameter: t", "unknown key 'parameter'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_signed),
                                       cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
