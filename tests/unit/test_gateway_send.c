/* Per provider: a message in, the expected request out; an answer in, the expected outcome out. */
#include <stdio.h>

#include <jansson.h>

#include "gateway_fixture.h"

static struct provider *twilio, *meta, *kannel;

static int load_all(void **state)
{
    (void)state;
    twilio = load_provider("twilio");
    meta = load_provider("whatsapp_cloud");
    kannel = load_provider("kannel");
    return 0;
}

static int free_all(void **state)
{
    (void)state;
    provider_free(twilio);
    provider_free(meta);
    provider_free(kannel);
    return 0;
}

static struct outgoing message(const char *text)
{
    return (struct outgoing){.to = SLICE_LIT("+447700900123"),
                             .from = SLICE_LIT("+447700900000"),
                             .text = slice_of(text),
                             .ref = SLICE_LIT(REF)};
}

static struct http_send build(struct gateway *g, const struct outgoing *msg)
{
    struct http_send send;
    struct err e = {0};
    if (gateway_build(g, msg, &send, &e)) fail_msg("%s", e.text);
    return send;
}

static void body_is(const struct http_send *send, const char *text)
{
    if (!slice_is(send->body, text))
        fail_msg("expected\n%s\ngot\n%.*s", text, SLICE_ARG(send->body));
}

/* ---- requests */

#define TWILIO_CALLBACK                                                                            \
    "&StatusCallback=https%3A%2F%2Fmuster.example%2Fhooks%2Ftw%2Freceipt%3Fref%3D" REF

static void test_twilio_sms(void **state)
{
    (void)state;
    struct gateway *g = make_gateway(twilio, twilio_config());
    struct outgoing msg = message("Hi & bye +1");
    struct http_send send = build(g, &msg);
    assert_string_equal(send.method, "POST");
    assert_string_equal(send.url, "https://api.twilio.com/2010-04-01/Accounts/"
                                  "AC00000000000000000000000000000001/Messages.json");
    assert_string_equal(send.basic_user, "AC00000000000000000000000000000001");
    assert_string_equal(send.basic_password, "12345");
    assert_string_equal(send.headers[0], "Accept: application/json");
    assert_string_equal(send.headers[1], "Content-Type: application/x-www-form-urlencoded");
    assert_null(send.headers[2]);
    body_is(&send,
            "To=%2B447700900123&From=%2B447700900000&Body=Hi%20%26%20bye%20%2B1" TWILIO_CALLBACK);
    msg.validity_s = 90000;
    send = build(g, &msg);
    body_is(&send,
            "To=%2B447700900123&From=%2B447700900000&Body=Hi%20%26%20bye%20%2B1" TWILIO_CALLBACK
            "&ValidityPeriod=36000");
    gateway_free(g);
}

static void test_twilio_whatsapp_template(void **state)
{
    (void)state;
    struct gateway_config config = twilio_config();
    config.channel = "whatsapp";
    config.base_url = "http://127.0.0.1:9/";
    struct gateway *g = make_gateway(twilio, config);
    struct outgoing msg = message("ignored");
    struct outgoing_param params[] = {{.value = SLICE_LIT("Ada \"A\"")},
                                      {.value = SLICE_LIT("12:00")}};
    msg.template_name = SLICE_LIT("HX00000000000000000000000000000001");
    msg.params = params;
    msg.param_count = 2;
    struct http_send send = build(g, &msg);
    assert_string_equal(send.url, "http://127.0.0.1:9/2010-04-01/Accounts/"
                                  "AC00000000000000000000000000000001/Messages.json");
    body_is(&send, "To=whatsapp%3A%2B447700900123&From=whatsapp%3A%2B447700900000"
                   "&ContentSid=HX00000000000000000000000000000001"
                   "&ContentVariables=%7B%20%221%22%3A%22Ada%20%5C%22A%5C%22%22%2C%222%22%3A%2212%"
                   "3A00%22%20%7D" TWILIO_CALLBACK);
    msg.param_count = 0;
    send = build(g, &msg);
    body_is(&send, "To=whatsapp%3A%2B447700900123&From=whatsapp%3A%2B447700900000"
                   "&ContentSid=HX00000000000000000000000000000001" TWILIO_CALLBACK);
    gateway_free(g);
}

static void test_twilio_service_and_api_key(void **state)
{
    (void)state;
    static const struct gateway_pair account[] = {{"account_sid", "AC1"},
                                                  {"auth_token", "12345"},
                                                  {"api_key_sid", "SK1"},
                                                  {"api_key_secret", "s3cret"},
                                                  {"messaging_service_sid", "MG1"}};
    struct gateway_config config = twilio_config();
    config.account = account;
    config.account_count = COUNT_OF(account);
    struct gateway *g = make_gateway(twilio, config);
    struct outgoing msg = message("Hi");
    struct http_send send = build(g, &msg);
    assert_string_equal(send.basic_user, "SK1");
    assert_string_equal(send.basic_password, "s3cret");
    body_is(&send, "To=%2B447700900123&MessagingServiceSid=MG1&Body=Hi" TWILIO_CALLBACK);
    gateway_free(g);
}

static void without_breaks(struct slice s, char *out)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] != '\n') *out++ = s.p[i];
    *out = 0;
}

static void json_is(const struct http_send *send, const char *text)
{
    char got[4096];
    assert_true(send->body.n < sizeof got);
    without_breaks(send->body, got);
    assert_string_equal(got, text);
}

static void test_meta(void **state)
{
    (void)state;
    struct gateway *g = make_gateway(meta, meta_config());
    struct outgoing msg = message("Say \"hi\"\nnow");
    struct http_send send = build(g, &msg);
    assert_string_equal(send.url, "https://graph.facebook.com/v23.0/106540352242922/messages");
    assert_string_equal(send.headers[0], "Authorization: Bearer EAAtoken");
    assert_string_equal(send.headers[2], "Content-Type: application/json");
    assert_null(send.basic_user);
    json_is(&send,
            "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":"
            "\"447700900123\","
            "\"type\":\"text\",\"text\":{\"body\":\"Say \\\"hi\\\"\\nnow\",\"preview_url\":false},"
            "\"biz_opaque_callback_data\":\"" REF "\"}");
    struct outgoing_param params[] = {{.value = SLICE_LIT("Ada")},
                                      {.name = SLICE_LIT("day"), .value = SLICE_LIT("Thu\\")}};
    msg.template_name = SLICE_LIT("reminder");
    msg.template_language = SLICE_LIT("en_GB");
    msg.params = params;
    msg.param_count = 2;
    send = build(g, &msg);
    json_is(
        &send,
        "{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":"
        "\"447700900123\","
        "\"type\":\"template\",\"template\":{\"name\":\"reminder\",\"language\":{\"policy\":"
        "\"deterministic\",\"code\":\"en_"
        "GB\"},"
        "\"components\":[{\"type\":\"body\",\"parameters\":[{\"type\":\"text\",\"text\":\"Ada\"},"
        "{\"type\":\"text\",\"parameter_name\":\"day\",\"text\":\"Thu\\\\\"}]}]},"
        "\"biz_opaque_callback_data\":\"" REF "\"}");
    gateway_free(g);
}

#define KANNEL_URL                                                                                 \
    "http://127.0.0.1:13013/cgi-bin/sendsms?username=muster&password=p%26w%20d"                    \
    "&to=%2B447700900123&from=%2B447700900000"
#define KANNEL_DLR                                                                                 \
    "&dlr-mask=27&dlr-url=https%3A%2F%2Fmuster.example%2Fhooks%2Fkan%2Freceipt%3Fref%3D" REF       \
    "%26token%3Dhook%252Ftok%26status%3D%25d%26reply%3D%25A%26id%3D%25F%26ts%3D%25T"

static void test_kannel(void **state)
{
    (void)state;
    struct gateway *g = make_gateway(kannel, kannel_config());
    struct outgoing msg = message("10\xe2\x82\xac + tip");
    struct http_send send = build(g, &msg);
    assert_string_equal(send.method, "GET");
    assert_int_equal(send.body.n, 0);
    assert_string_equal(send.url,
                        KANNEL_URL "&charset=UTF-8&text=10%E2%82%AC%20%2B%20tip" KANNEL_DLR);
    msg.text = SLICE_LIT("\xd0\x94\xf0\x9f\x98\x80"); /* Д😀 */
    msg.validity_s = 150;
    send = build(g, &msg);
    assert_string_equal(send.url,
                        KANNEL_URL "&coding=2&text=%04%14%D8%3D%DE%00&validity=2" KANNEL_DLR);
    msg.text = SLICE_LIT("");
    msg.validity_s = 5; /* below a minute: the provider's least */
    send = build(g, &msg);
    assert_string_equal(send.url, KANNEL_URL "&charset=UTF-8&text=&validity=1" KANNEL_DLR);
    assert_string_equal(gateway_hook_url(g),
                        "https://muster.example/hooks/kan/inbound?token=hook%2Ftok&id=%I&ts=%T&"
                        "sender=%p&to=%P&charset=%C&coding=%c&message=%b");
    gateway_free(g);
}

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

/* Somebody of whom only a user id is known. */
static void test_to_a_user_id(void **state)
{
    (void)state;
    struct outgoing msg = message("Hi");
    msg.to = SLICE_LIT("~GB.13491208655302741918");
    struct gateway *g = make_gateway(meta, meta_config());
    assert_true(gateway_takes_user_id(g));
    struct http_send send = build(g, &msg);
    json_t *json = json_loadb(send.body.p, send.body.n, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(json, "recipient")),
                        "GB.13491208655302741918");
    assert_null(json_object_get(json, "to"));
    json_decref(json);
    gateway_free(g);

    struct gateway_config config = twilio_config();
    config.channel = "whatsapp";
    g = make_gateway(twilio, config);
    send = build(g, &msg);
    assert_true(
        slice_starts(send.body, "To=whatsapp%3AGB.13491208655302741918&From=whatsapp%3A%2B44"));
    gateway_free(g);

    g = make_gateway(twilio, twilio_config());
    assert_false(gateway_takes_user_id(g));
    gateway_free(g);

    struct err e = {0};
    g = make_gateway(kannel, kannel_config());
    assert_false(gateway_takes_user_id(g));
    assert_int_equal(gateway_build(g, &msg, &send, &e), ERR_INVALID);
    assert_string_equal(e.text, "Kannel sends to numbers only by sms");
    gateway_free(g);
}

/* ---- answers */

struct answer_case {
    int status;
    const char *body;
    const char *expected; /* "outcome reason" and, when there are, " code=" " id=" " scope=" "
                             retry=" " suppress" */
};

static void tell(const struct verdict *v, char *out, size_t out_bytes)
{
    static const char *const scopes[] = {"", " scope=sender", " scope=pair"};
    char retry[32] = "";
    if (v->retry_after_ms >= 0) snprintf(retry, sizeof retry, " retry=%d", (int)v->retry_after_ms);
    snprintf(out, out_bytes, "%s %.*s%s%.*s%s%.*s%s%s%s%s%s%.*s%s%.*s",
             outcome_to_string(v->outcome), SLICE_ARG(v->reason), v->code.n ? " code=" : "",
             SLICE_ARG(v->code), v->provider_id.n ? " id=" : "", SLICE_ARG(v->provider_id),
             scopes[v->scope], retry, v->suppress ? " suppress" : "",
             v->unlisted ? " unlisted" : "", v->to_known_as.n ? " known_as=" : "",
             SLICE_ARG(v->to_known_as), v->to_user_id.n ? " user=" : "", SLICE_ARG(v->to_user_id));
}

static void judge_all(const struct provider *p, struct gateway_config config,
                      const struct answer_case *cases, size_t count)
{
    struct gateway *g = make_gateway(p, config);
    for (size_t i = 0; i < count; i++) {
        struct http_result result = {.transport = HTTP_ANSWERED,
                                     .status = cases[i].status,
                                     .body = slice_of(cases[i].body),
                                     .retry_after_ms = -1};
        struct verdict v;
        char told[512];
        gateway_classify(g, &result, &v);
        tell(&v, told, sizeof told);
        if (strcmp(told, cases[i].expected) != 0)
            fail_msg("%d %s\nexpected '%s'\ngot      '%s'", cases[i].status, cases[i].body,
                     cases[i].expected, told);
    }
    gateway_free(g);
}

#define TWILIO_ERROR(code) "{\"code\":" #code ",\"message\":\"m\",\"status\":400}"
#define HTML               "<html><body>It works</body></html>"

static const struct answer_case TWILIO_ANSWERS[] = {
    {201, "{\"sid\":\"SM1\",\"status\":\"queued\",\"error_code\":null}", "accepted  id=SM1"},
    {201, "{\"status\":\"queued\"}", "unknown http_201"},
    {201, "{\"sid\":\"SM1\",\"sta", "unknown http_201"},
    {201, "", "unknown http_201"},
    {200, HTML, "unknown http_200"},
    {200, "[]", "unknown http_200"},
    {429, TWILIO_ERROR(20429), "throttled too_many_requests code=20429 retry=1000"},
    {429, "slow down", "throttled too_many_requests"},
    {500, TWILIO_ERROR(20500), "unknown provider_error code=20500"},
    {503, HTML, "unknown http_503"},
    {502, "", "unknown http_502"},
    {400, TWILIO_ERROR(20500), "unknown provider_error code=20500"},
    {401, TWILIO_ERROR(20003), "blocked authentication code=20003"},
    {401, "", "blocked http_401"},
    {404, HTML, "blocked http_404"},
    {404, TWILIO_ERROR(20404), "blocked not_found code=20404"},
    {408, "", "unknown http_408"},
    {302, "", "blocked http_302"},
    {400, TWILIO_ERROR(21610), "refused unsubscribed code=21610 suppress"},
    {400, TWILIO_ERROR(21211), "refused invalid_number code=21211"},
    {400, TWILIO_ERROR(21606), "blocked bad_sender code=21606"},
    {400, TWILIO_ERROR(21703), "blocked bad_sender code=21703"},
    {400, TWILIO_ERROR(21611), "throttled queue_full code=21611 scope=sender retry=120000"},
    {400, TWILIO_ERROR(14107), "throttled too_many_requests code=14107 scope=pair retry=30000"},
    {400, TWILIO_ERROR(21299), "refused not_accepted code=21299"},
    {400, TWILIO_ERROR(63016), "refused window_closed code=63016"},
    {400, TWILIO_ERROR(99999), "refused http_400 code=99999 unlisted"},
    {403, TWILIO_ERROR(99999), "refused http_403 code=99999 unlisted"},
    {401, TWILIO_ERROR(99999), "blocked http_401 code=99999"},
    {400, "{\"message\":\"what?\"}", "refused http_400 unlisted"},
    {400, "", "blocked http_400"},
    {400, HTML, "blocked http_400"},
};

static void test_twilio_answers(void **state)
{
    (void)state;
    judge_all(twilio, twilio_config(), TWILIO_ANSWERS, COUNT_OF(TWILIO_ANSWERS));
}

#define META_ERROR(code)                                                                           \
    "{\"error\":{\"message\":\"m\",\"type\":\"OAuthException\",\"code\":" #code "}}"

static const struct answer_case META_ANSWERS[] = {
    /* how it knows the person: told by the quick way and by the slow one (an escape) */
    {200,
     "{\"contacts\":[{\"input\":\"5511987654321\",\"wa_id\":\"551187654321\"}],"
     "\"messages\":[{\"id\":\"w1\"}]}",
     "accepted  id=w1 known_as=+551187654321"},
    {200,
     "{\"contacts\":[{\"input\":\"\\u0035\",\"wa_id\":\"551187654321\",\"user_id\":\"BR.1\"}],"
     "\"messages\":[{\"id\":\"w1\"}]}",
     "accepted  id=w1 known_as=+551187654321 user=BR.1"},
    {200, "{\"contacts\":[{\"user_id\":\"GB.1349\"}],\"messages\":[{\"id\":\"w1\"}]}",
     "accepted  id=w1 user=GB.1349"},
    {200, "{\"contacts\":{\"wa_id\":7},\"messages\":[{\"id\":\"w1\"}]}", "accepted  id=w1"},
    {200, "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.1\"}]}",
     "accepted  id=wamid.1"},
    {201,
     "{\"messages\":[{\"id\":\"wamid.2\",\"message_status\":\"held_for_quality_assessment\"}]}",
     "accepted  id=wamid.2"},
    {200, "{\"messages\":[]}", "unknown http_200"},
    {200, HTML, "unknown http_200"},
    {400, META_ERROR(130429), "throttled too_many_requests code=130429 scope=sender retry=2000"},
    {403, META_ERROR(131056), "throttled too_many_requests code=131056 scope=pair retry=6000"},
    {429, META_ERROR(4), "throttled too_many_requests code=4 retry=2000"},
    {400, META_ERROR(80007), "throttled too_many_requests code=80007 retry=60000"},
    {401, META_ERROR(190), "blocked authentication code=190"},
    {401, META_ERROR(0), "blocked authentication code=0"},
    {403, META_ERROR(230), "blocked permission code=230"},
    {400, META_ERROR(131026), "refused not_on_whatsapp code=131026"},
    {400, META_ERROR(131050), "refused unsubscribed code=131050 suppress"},
    {400, META_ERROR(131047), "refused window_closed code=131047"},
    {404, META_ERROR(132001), "blocked bad_template code=132001"},
    {400, META_ERROR(131042), "blocked payment code=131042"},
    {400, META_ERROR(100), "refused bad_message code=100"},
    {400, "{\"error\":{\"code\":100,\"error_subcode\":133010}}", "blocked bad_sender code=100"},
    {500, META_ERROR(131016), "transient unavailable code=131016"},
    {500, META_ERROR(131057), "transient maintenance code=131057 retry=60000"},
    {500, META_ERROR(131000), "unknown provider_error code=131000"},
    {500, META_ERROR(424242), "unknown provider_error code=424242"},
    {400, META_ERROR(131999), "refused not_accepted code=131999"},
    {400, META_ERROR(777), "refused http_400 code=777 unlisted"},
    {503, "upstream connect error", "unknown http_503"},
};

static void test_meta_answers(void **state)
{
    (void)state;
    judge_all(meta, meta_config(), META_ANSWERS, COUNT_OF(META_ANSWERS));
}

static const struct answer_case KANNEL_ANSWERS[] = {
    {202, "0: Accepted for delivery", "accepted "},
    {202, "3: Queued for later delivery", "accepted "},
    {202, "Sent.", "accepted "},
    {202, HTML, "unknown http_202"},
    {200, "<h1>Sent.</h1>", "unknown http_200"},
    {200, "", "unknown http_200"},
    {403, "Not routable. Do not try again.", "refused unroutable"},
    {403, "Authorization failed for sendsms", "blocked authentication"},
    {400, "Missing receiver number, rejected", "refused bad_message"},
    {503, "Temporal failure, try again later.", "throttled queue_full retry=1000"},
    {503, "<html>", "unknown http_503"},
    {500, "internal", "unknown http_500"},
    {404, "nope", "blocked http_404"},
    {429, "", "throttled too_many_requests retry=1000"},
};

static void test_kannel_answers(void **state)
{
    (void)state;
    judge_all(kannel, kannel_config(), KANNEL_ANSWERS, COUNT_OF(KANNEL_ANSWERS));
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
                             .body = SLICE_LIT(TWILIO_ERROR(20429)),
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twilio_sms),
        cmocka_unit_test(test_twilio_whatsapp_template),
        cmocka_unit_test(test_twilio_service_and_api_key),
        cmocka_unit_test(test_meta),
        cmocka_unit_test(test_kannel),
        cmocka_unit_test(test_build_refuses),
        cmocka_unit_test(test_twilio_answers),
        cmocka_unit_test(test_meta_answers),
        cmocka_unit_test(test_kannel_answers),
        cmocka_unit_test(test_to_a_user_id),
        cmocka_unit_test(test_transport_and_retry_after),
    };
    return cmocka_run_group_tests(tests, load_all, free_all);
}
