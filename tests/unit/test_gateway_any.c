/* What holds for a gateway of any provider. Twilio's stands for all. */
#include <stdlib.h>

#include "core/form.h"
#include "gateway_events.h"
#include "gateway_requests.h"

PROVIDER(twilio, "twilio")

static void test_build_refuses(void **state)
{
    (void)state;
    struct gateway *g = make_gateway(twilio, twilio_config());
    struct http_send send;
    struct err e = {0};
    struct outgoing msg = message("bad \xff");
    assert_int_equal(gateway_build(g, &msg, &send, &e), ERR_INVALID);
    msg = message("x");
    msg.to = SLICE_NONE;
    assert_int_equal(gateway_build(g, &msg, &send, &e), ERR_INVALID);
    char *big = calloc(1, GATEWAY_REQUEST_BYTES_MAX + 1);
    memset(big, 'x', GATEWAY_REQUEST_BYTES_MAX);
    msg = message(big);
    assert_int_equal(gateway_build(g, &msg, &send, &e), ERR_LIMIT);
    msg = message("small again");
    assert_int_equal(gateway_build(g, &msg, &send, &e), 0);
    free(big);
    gateway_free(g);
}

static void test_transport_and_retry_after(void **state)
{
    (void)state;
    struct gateway *g = make_gateway(twilio, twilio_config());
    struct verdict v;
    struct http_result r = {.transport = HTTP_NOT_SENT, .retry_after_ms = -1};
    gateway_classify(g, &r, &v);
    assert_int_equal(v.outcome, TRANSIENT);
    r.transport = HTTP_UNKNOWN;
    gateway_classify(g, &r, &v);
    assert_int_equal(v.outcome, UNKNOWN);
    r = (struct http_result){.transport = HTTP_ANSWERED,
                             .status = 429,
                             .body = SLICE_LIT("{\"code\":20429,\"message\":\"m\"}"),
                             .retry_after_ms = 7000};
    gateway_classify(g, &r, &v);
    assert_int_equal(v.retry_after_ms, 7000); /* the header knows better than the description */
    r.body = SLICE_LIT("");
    gateway_classify(g, &r, &v);
    assert_int_equal(v.outcome, THROTTLED);
    assert_int_equal(v.retry_after_ms, 7000);
    r = (struct http_result){.transport = HTTP_ANSWERED,
                             .status = 201,
                             .body = SLICE_LIT("{\"sid\":\"SM1\"}"),
                             .body_cut = true,
                             .retry_after_ms = 5};
    gateway_classify(g, &r, &v);
    assert_int_equal(v.outcome, UNKNOWN);
    assert_int_equal(v.retry_after_ms, -1);
    gateway_free(g);
}

static void test_too_many_pairs(void **state)
{
    (void)state;
    struct gateway *g = make_gateway(twilio, twilio_config());
    struct buf body = BUF_INIT(1 << 16), out = BUF_INIT(1 << 10);
    for (int i = 0; i <= FORM_PAIRS_MAX; i++)
        buf_add_cstr(&body, "a=1&");
    assert_int_equal(read_hook(g, "POST", "/hooks/tw", buf_slice(&body), &out), HOOK_MALFORMED);
    buf_done(&body);
    buf_done(&out);
    gateway_free(g);
}

/* One table at the top of the file is every reader's that has none; a number with a sign is no other number. */
static void test_states_of_all_readers(void **state)
{
    (void)state;
    static const char text[] =
        "name: X\nchannels: [sms]\nbase_url: http://x\naccount: {key: {required: true}}\n"
        "send: {method: GET, url: '{{{base_url}}}', query: {k: '{{account.key}}', t: '{{text}}'}}\n"
        "answer: {format: text, rules: [{status: 200, outcome: accepted}]}\n"
        "hooks: {methods: [POST], format: form, signature: {scheme: token, parameter: t, keys: "
        "[key]}, answer: {status: 200, content_type: text/plain}}\n"
        "states: {'-1': undelivered, '1': delivered, in-transit: sent}\n"
        "receipts: [{present: s, status: s}, {present: old, status: old},\n"
        "  {present: own, status: own, states: {'1': read}}]\n";
    static const struct hook_case words[] = {
        {"POST", "/", "s=-1", HOOK_OK, "receipt undelivered ref= id= code= reason= to= at=0\n"},
        {"POST", "/", "s=1", HOOK_OK, "receipt delivered ref= id= code= reason= to= at=0\n"},
        {"POST", "/", "old=In_Transit", HOOK_OK, "receipt sent ref= id= code= reason= to= at=0\n"},
        {"POST", "/", "old=-In+Transit", HOOK_OK, ""},
        {"POST", "/", "own=1", HOOK_OK, "receipt read ref= id= code= reason= to= at=0\n"},
        {"POST", "/", "own=intransit", HOOK_OK, ""},
    };
    static const struct gateway_pair account[] = {{"key", "k"}};
    const struct gateway_config config = {.name = "x",
                                          .channel = "sms",
                                          .public_url = "https://muster.example",
                                          .account = account,
                                          .account_count = 1};
    struct provider *p = NULL;
    struct err e = {0};
    if (provider_parse(slice_of(text), "x.yaml", &p, &e)) fail_msg("%s", e.text);
    read_cases(p, config, words, COUNT_OF(words));
    provider_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states_of_all_readers),
        cmocka_unit_test(test_build_refuses),
        cmocka_unit_test(test_transport_and_retry_after),
        cmocka_unit_test(test_too_many_pairs),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
