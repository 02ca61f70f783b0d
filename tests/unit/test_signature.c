/* Vectors: Twilio's and Meta's published ones, as their SDK tests and the users' gateways have
 * them. */
#include "core/signature.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"

#define CALL                                                                                       \
    "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&"             \
    "To=%2B18005551212"
#define JSON_BODY "{\"property\": \"value\", \"boolean\": true}"
#define JSON_HASH "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
#define CASTLE    "https://mycompany.com/myapp.php?foo=1&bar=2"

static const struct {
    const char *url, *body, *signature;
    bool form;
} TWILIO[] = {
    {CASTLE, CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", true},
    {"https://mycompany.com:443/myapp.php?foo=1&bar=2", CALL, "kvajT1Ptam85bY51eRf/AJRuM3w=", true},
    {"http://mycompany.com:80/myapp.php?foo=1&bar=2", CALL, "0ZXoZLH/DfblKGATFgpif+LLRf4=", true},
    {"http://mycompany.com:1234/myapp.php?foo=1&bar=2", CALL, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU=", true},
    /* signed with a port, received without, and the other way round */
    {CASTLE, CALL, "kvajT1Ptam85bY51eRf/AJRuM3w=", true},
    {"https://mycompany.com:443/myapp.php?foo=1&bar=2", CALL, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", true},
    {"http://mycompany.com/myapp.php?foo=1&bar=2", CALL, "0ZXoZLH/DfblKGATFgpif+LLRf4=", true},
    {CASTLE, "Sid=CA123&SidAccount=AC123&Digits=5678&Digits=1234&Digits=1234",
     "IK+Dwps556ElfBT0I3Rgjkr1wJU=", true},
    {CASTLE, "Digits=1234&SidAccount=AC123&Digits=5678&Sid=CA123",
     "IK+Dwps556ElfBT0I3Rgjkr1wJU=", true},
    {CASTLE "&bodySHA256=" JSON_HASH, JSON_BODY, "a9nBmqA0ju/hNViExpshrM61xv4=", false},
    {"https://example.com/in/twilio",
     "AccountSid=ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx&Body=STOP&From=%2B447700900123&"
     "MessageSid=SM00000000000000000000000000000001&NumMedia=0&OptOutType=STOP&To=%2B447700900456",
     "2n/75K7q/OL61ppG1wpW3Upbr44=", true},
    /* with a SharedKey, as twilio 9.13.0 of PyPI signs */
    {CASTLE, CALL, "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s=", true},
    {CASTLE, CALL, "grxRoa/VNtXxd524NGLxIdev83nh23xhrRUVm50Umq4=", true},
};

static bool twilio(const char *key, const char *url, const char *body, bool form,
                   const char *signature)
{
    return signature_twilio(slice_of(key), slice_of(url), slice_of(body), form,
                            slice_of(signature));
}

static void test_twilio_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(TWILIO); i++)
        if (!twilio("12345", TWILIO[i].url, TWILIO[i].body, TWILIO[i].form, TWILIO[i].signature))
            fail_msg("vector %zu does not fit", i);
}

static void test_twilio_forgeries(void **state)
{
    (void)state;
    const char *good = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
    assert_false(twilio("12346", CASTLE, CALL, true, good));
    assert_false(twilio("", CASTLE, CALL, true, good));
    assert_false(twilio("12345", CASTLE "3", CALL, true, good));
    assert_false(twilio("12345", CASTLE, CALL "&x=1", true, good));
    assert_false(twilio("12345", CASTLE, "", true, good));
    assert_false(twilio("12345", CASTLE, CALL, true, ""));
    assert_false(twilio("12345", CASTLE, CALL, true, "RSOYDt4T1cUTdK1PDd93/VVr8B8"));
    assert_false(twilio("12345", CASTLE, CALL, true, "SSOYDt4T1cUTdK1PDd93/VVr8B8="));
    assert_false(
        twilio("12346", CASTLE, CALL, true, "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s="));
    assert_false(
        twilio("12345", CASTLE, CALL, true, "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5t="));
    assert_false(twilio("12345", "ftp://mycompany.com/", CALL, true, good));
    assert_false(twilio("12345", "", "", true, good));
}

static void test_twilio_body_needs_a_voucher(void **state)
{
    (void)state;
    /* the signature of the bare URL must not let an unsigned JSON body in */
    const char *hashed = CASTLE "&bodySHA256=" JSON_HASH, *good = "a9nBmqA0ju/hNViExpshrM61xv4=";
    assert_false(twilio("12345", hashed, "{\"property\": \"other\"}", false, good));
    assert_false(twilio("12345", CASTLE, JSON_BODY, false, good));
}

static void test_twilio_ports_of_odd_hosts(void **state)
{
    (void)state;
    /* only that nothing is read or written where it should not be */
    assert_false(
        twilio("k", "https://user:pw@[::1]:8443/x", "a=b", true, "kvajT1Ptam85bY51eRf/AJRuM3w="));
    assert_false(twilio("k", "https://", "a=b", true, "kvajT1Ptam85bY51eRf/AJRuM3w="));
    assert_false(twilio("k", "https://:?bodySHA256=", "", false, "kvajT1Ptam85bY51eRf/AJRuM3w="));
}

static bool meta(const char *key, const char *body, const char *header)
{
    return signature_hmac(&hmac_of_meta, slice_of(key), slice_of(body), slice_of(header));
}

static void test_meta_vectors(void **state)
{
    (void)state;
    assert_true(meta("sesame", "hello world",
                     "sha256=f39034b29165ec6a5104d9aef27266484ab26c8caa7bca8bcb2dd02e8be61b17"));
    assert_true(meta("sesame", "hello world2",
                     "sha256=60905fdf409d0b4f721e99f6f25b31567a68a6b45e933d814e17a246be4c5a53"));
    assert_true(meta("secret", "test",
                     "sha256=0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914"));
    /* hex digits mean the same in any case */
    assert_true(meta("secret", "test",
                     "sha256=0329A06B62CD16B33EB6792BE8C60B158D89A2EE3A876FCE9A881ebb488c0914"));
}

static void test_meta_forgeries(void **state)
{
    (void)state;
    const char *good = "sha256=0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914";
    assert_false(meta("secreT", "test", good));
    assert_false(meta("", "test", good));
    assert_false(meta("secret", "Test", good));
    assert_false(meta("secret", "test", good + 7));
    assert_false(meta("secret", "test", "sha256="));
    assert_false(meta("secret", "test", ""));
    assert_false(signature_hmac(&hmac_of_meta, SLICE_LIT("secret"), SLICE_LIT("test"), SLICE_NONE));
    assert_false(meta("secret", "", good));
    assert_false(meta("secret", "test",
                      "sha256=0329A06B62CD16B33EB6792BE8C60B158D89A2EE3A876FCE9A881EBB488C0915"));
    static char long_one[400];
    memset(long_one, 'A', sizeof long_one - 1);
    assert_false(meta("secret", "test", long_one));
}

/* The vectors of RFC 2202 and RFC 4231: key "Jefe". */
static void test_hmac_vectors(void **state)
{
    (void)state;
    static const struct {
        struct hmac_form form;
        const char *header;
    } cases[] = {
        {{.digest = DIGEST_SHA1}, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
        {{.digest = DIGEST_SHA1, .base64 = true}, "7/zfauXrL6LSdBbV8YTfnCWafHk="},
        {{.digest = DIGEST_SHA256},
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {{.digest = DIGEST_SHA256, .base64 = true, .prefix = {"v1,", 3}},
         "v1,W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="},
        {{.digest = DIGEST_SHA512},
         "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
         "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice key = SLICE_LIT("Jefe"), text = SLICE_LIT("what do ya want for nothing?");
        if (!signature_hmac(&cases[i].form, key, text, slice_of(cases[i].header)))
            fail_msg("vector %zu does not fit", i);
        assert_false(
            signature_hmac(&cases[i].form, key, slice_from(text, 1), slice_of(cases[i].header)));
    }
    /* the letters of base64 are not */
    assert_false(signature_hmac(&cases[1].form, SLICE_LIT("Jefe"),
                                SLICE_LIT("what do ya want for nothing?"),
                                SLICE_LIT("7/ZfauXrL6LSdBbV8YTfnCWafHk=")));
}

/* The vectors of RFC 2202 and RFC 4231 with a key longer than a block, and keys of a block and one byte more. */
static void test_hmac_of_long_keys(void **state)
{
    (void)state;
    char key[131];
    memset(key, 0xaa, sizeof key);
    static const struct {
        size_t n;
        struct hmac_form form;
        const char *header;
    } cases[] = {
        {80, {.digest = DIGEST_SHA1}, "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
        {64, {.digest = DIGEST_SHA1}, "070a98992c4c1a83474cb780fc564608df3cf503"},
        {131,
         {.digest = DIGEST_SHA256},
         "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
        {65,
         {.digest = DIGEST_SHA256},
         "c62955a96944ff68deabbc0eab6192065c1c55bb8ddee16151ed5337f911eab9"},
        {131,
         {.digest = DIGEST_SHA512},
         "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
         "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
        {128,
         {.digest = DIGEST_SHA512},
         "3509e3c2f595a04cded036836e06094146d866a0834de4839f4c349292e8a03e"
         "91f29070f7e414b64f286c29aacd4c19baebcda0d529abcbfb6caf189fb3079f"},
    };
    struct slice text = SLICE_LIT("Test Using Larger Than Block-Size Key - Hash Key First");
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (!signature_hmac(&cases[i].form, slice_make(key, cases[i].n), text,
                            slice_of(cases[i].header)))
            fail_msg("vector %zu does not fit", i);
}

static void test_token(void **state)
{
    (void)state;
    assert_true(signature_token(SLICE_LIT("abc"), SLICE_LIT("abc")));
    assert_false(signature_token(SLICE_LIT("abc"), SLICE_LIT("abd")));
    assert_false(signature_token(SLICE_LIT("abc"), SLICE_LIT("ab")));
    assert_false(signature_token(SLICE_LIT(""), SLICE_LIT("")));
    assert_false(signature_token(SLICE_NONE, SLICE_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twilio_vectors),
        cmocka_unit_test(test_twilio_forgeries),
        cmocka_unit_test(test_twilio_body_needs_a_voucher),
        cmocka_unit_test(test_twilio_ports_of_odd_hosts),
        cmocka_unit_test(test_meta_vectors),
        cmocka_unit_test(test_meta_forgeries),
        cmocka_unit_test(test_hmac_vectors),
        cmocka_unit_test(test_hmac_of_long_keys),
        cmocka_unit_test(test_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
