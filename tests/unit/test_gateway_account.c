/* Per provider: how an account is asked for, and what a person is shown to enter there. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

#include "gateway_fixture.h"

static const struct gateway_pair JASMIN_ACCOUNT[] = {{"username", "muster"}, {"password", "p&w d"}};

static struct gateway_config jasmin_config(void)
{
    struct gateway_config config = kannel_config();
    config.name = "jas";
    config.account = JASMIN_ACCOUNT;
    config.account_count = COUNT_OF(JASMIN_ACCOUNT);
    config.secret = "0123456789abcdef";
    return config;
}

struct account_case {
    const char *provider;
    struct gateway_config (*config)(void);
    const char *probe_url;
    struct {
        int status;
        const char *body;
        enum outcome outcome;
    } answers[4];
    const char *shown[3];  /* in what is to be entered */
    const char *hidden[2]; /* and not */
};

static const struct account_case CASES[] = {
    {"kannel",
     kannel_config,
     "http://127.0.0.1:13013/cgi-bin/sendsms?username=muster&password=p%26w%20d",
     {{400, "Missing receiver number, rejected", ACCEPTED},
      {403, "Authorization failed for sendsms", BLOCKED},
      {503, "Temporal failure, try again later.", UNKNOWN},
      {202, "0: Accepted for delivery", UNKNOWN}},
     {"get-url = \"https://muster.example/hooks/kan/inbound?token=hook%2Ftok&", "concatenation",
      "username = muster"},
     {"p&w d", "p%26w"}},
    {"jasmin",
     jasmin_config,
     "http://127.0.0.1:1401/balance?username=muster&password=p%26w%20d",
     {{200, "{\"balance\": \"ND\", \"sms_count\": \"ND\"}", ACCEPTED},
      {403, "\"Authentication failure for username:muster\"", BLOCKED},
      {200, "hello", UNKNOWN},
      {500, "", UNKNOWN}},
     {"https://muster.example/hooks/jas/inbound?token=", "httpccm -a", "TZ=UTC"},
     {"p&w d", "p%26w"}},
    {"twilio",
     twilio_config,
     "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json"
     "?PageSize=1",
     {{200, "{\"messages\":[]}", ACCEPTED},
      {401, "{\"code\":20003}", BLOCKED},
      {404, "{\"code\":20404}", BLOCKED},
      {503, "<html>", UNKNOWN}},
     {"https://muster.example/hooks/tw#rc=", "HTTP POST", ""},
     {"12345", "12345"}},
    {"whatsapp_cloud",
     meta_config,
     "https://graph.facebook.com/v23.0/106540352242922?fields=id",
     {{200, "{\"id\":\"106540352242922\"}", ACCEPTED},
      {401, "{\"error\":{\"code\":190}}", BLOCKED},
      {400, "{\"error\":{\"code\":100}}", BLOCKED},
      {500, "{\"error\":{\"code\":2}}", UNKNOWN}},
     {"https://muster.example/hooks/wa", "Verify token", "user_preferences"},
     {"sesame", "EAAtoken"}},
};

static void check_answers(const struct account_case *c, struct gateway *g)
{
    for (size_t i = 0; i < COUNT_OF(c->answers); i++) {
        const struct http_result r = {.transport = HTTP_ANSWERED,
                                      .status = c->answers[i].status,
                                      .body = slice_of(c->answers[i].body),
                                      .retry_after_ms = -1};
        struct verdict v;
        gateway_probe_read(g, &r, &v);
        if (v.outcome != c->answers[i].outcome)
            fail_msg("%s, %d %s: %s", c->provider, r.status, c->answers[i].body,
                     outcome_to_string(v.outcome));
    }
}

static void check_setup(const struct account_case *c, struct gateway *g)
{
    struct buf out = BUF_INIT(1 << 14);
    struct err e = {0};
    if (gateway_setup(g, &out, &e)) fail_msg("%s", e.text);
    for (size_t i = 0; i < COUNT_OF(c->shown); i++)
        if (!strstr(out.p, c->shown[i])) fail_msg("no '%s' in %s", c->shown[i], out.p);
    for (size_t i = 0; i < COUNT_OF(c->hidden); i++)
        if (strstr(out.p, c->hidden[i])) fail_msg("'%s' in %s", c->hidden[i], out.p);
    buf_done(&out);
}

static void test_accounts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(CASES); i++) {
        const struct account_case *c = &CASES[i];
        struct provider *p = load_provider(c->provider);
        struct gateway *g = make_gateway(p, c->config());
        struct http_send send;
        struct err e = {0};
        assert_true(gateway_has_probe(g));
        if (gateway_probe_build(g, &send, &e)) fail_msg("%s", e.text);
        assert_string_equal(send.method, "GET");
        assert_string_equal(send.url, c->probe_url);
        check_answers(c, g);
        check_setup(c, g);
        gateway_free(g);
        provider_free(p);
    }
}

/* ---- why a webhook was refused */

static void sign(const EVP_MD *digest, const char *url, char *header, size_t bytes)
{
    unsigned char mac[EVP_MAX_MD_SIZE], text[64];
    unsigned n = 0;
    assert_non_null(HMAC(digest, "12345", 5, (const unsigned char *)url, strlen(url), mac, &n));
    (void)EVP_EncodeBlock(text, mac, (int)n);
    (void)snprintf(header, bytes, "X-Twilio-Signature: %s", (char *)text);
}

struct refusal_case {
    const char *signed_url, *target, *host;
    bool certain;
    const char *says;
    bool sha256; /* as with a SharedKey */
};

/* public_url is https://muster.example */
static const struct refusal_case REFUSALS[] = {
    {"http://muster.example/hooks/tw", "/hooks/tw", "", true,
     "signed for http://muster.example, and public_url is https://muster.example", false},
    {"https://sms.example.org/hooks/tw?a=1", "/hooks/tw?a=1", "Host: sms.example.org", true,
     "signed for https://sms.example.org, and public_url is https://muster.example", false},
    {"https://sms.example.org/hooks/tw", "/hooks/tw", "X-Forwarded-Host: sms.example.org", true,
     "signed for https://sms.example.org", false},
    {"https://muster.example/hooks/tw/?a=1", "/hooks/tw?a=1", "", true, "by a slash at its end",
     false},
    {"https://muster.example/hooks/tw", "/hooks/tw/", "", true, "by a slash at its end", false},
    {"https://elsewhere.example/hooks/tw", "/hooks/tw", "", false, "is the secret in `account`",
     false},
    {"https://muster.example/hooks/tw/", "/hooks/tw", "", true, "by a slash at its end", true},
    {"https://elsewhere.example/hooks/tw", "/hooks/tw", "", false,
     "with a SharedKey: put that key's secret into gateways.tw.account.shared_key", true},
};

static void test_refusals(void **state)
{
    (void)state;
    struct provider *p = load_provider("twilio");
    struct gateway *g = make_gateway(p, twilio_config());
    for (size_t i = 0; i < COUNT_OF(REFUSALS); i++) {
        const struct refusal_case *c = &REFUSALS[i];
        char signature[128];
        sign(c->sha256 ? EVP_sha256() : EVP_sha1(), c->signed_url, signature, sizeof signature);
        const char *const headers[] = {signature, c->host, NULL};
        const struct test_hook t = {headers};
        const struct hook_request hook = make_hook(&t, "GET", c->target, SLICE_NONE);
        struct slice challenge;
        struct buf out = BUF_INIT(1 << 12);
        assert_int_equal(gateway_verify(g, &hook, &challenge), HOOK_FORGED);
        bool certain = gateway_explain_refusal(g, &hook, HOOK_FORGED, &out);
        if (certain != c->certain || !strstr(out.p, c->says))
            fail_msg("%s: %d %s", c->signed_url, certain, out.p);
        if (strstr(out.p, "12345")) fail_msg("a secret in %s", out.p);
        buf_done(&out);
    }
    gateway_free(g);
    provider_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_accounts),
                                       cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
