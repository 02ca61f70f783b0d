/* WhatsApp's Cloud API: requests, responses, whose webhooks are read, and the samples that Meta
 * publishes. What webhooks say is test_provider_whatsapp_shapes.c. */
#include <openssl/hmac.h>
#include <unistd.h>

#include "gateway_events.h"
#include "gateway_requests.h"

PROVIDER(meta, "whatsapp_cloud")

/* ---- requests */

static void test_requests(void **state)
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
}

/* ---- responses */

#define META_ERROR(code)                                                                           \
    "{\"error\":{\"message\":\"m\",\"type\":\"OAuthException\",\"code\":" #code "}}"

static const struct response_case META_RESPONSES[] = {
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

static void test_responses(void **state)
{
    (void)state;
    judge_all(meta, meta_config(), META_RESPONSES, COUNT_OF(META_RESPONSES));
}

/* ---- webhooks */

#define META(value)                                                                                \
    "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"id\":\"1\",\"changes\":[{"            \
    "\"value\":" value "}]}]}"
#define META_TO "\"metadata\":{\"display_phone_number\":\"44 7700 900000\"}"

static const struct hook_case META_HOOKS[] = {
    /* receipts and replies of several people in one request */
    {"POST", "/hooks/wa",
     "{\"object\":\"whatsapp_business_account\",\"entry\":[{\"changes\":[{\"value\":{" META_TO
     ",\"contacts\":[{\"profile\":{\"name\":\"Ada\"},\"wa_id\":\"447700900123\"},"
     "{\"profile\":{\"name\":\"Bob\"},\"wa_id\":\"447700900124\"}],"
     "\"messages\":[{\"from\":\"447700900124\",\"id\":\"wamid.1\",\"timestamp\":\"1700000000\","
     "\"type\":\"text\","
     "\"text\":{\"body\":\"Hi \\u2764\"}},{\"from\":\"447700900123\",\"id\":\"wamid.2\","
     "\"timestamp\":\"1700000001\",\"image\":{\"id\":\"i\",\"caption\":\"see\"}}]}},"
     "{\"value\":{\"statuses\":[{\"id\":\"wamid.9\",\"recipient_id\":\"447700900123\",\"status\":"
     "\"read\","
     "\"timestamp\":\"1700000002\",\"biz_opaque_callback_data\":\"" REF "\"},"
     "{\"id\":\"wamid.8\",\"status\":\"failed\",\"biz_opaque_callback_data\":\"r\","
     "\"errors\":[{\"code\":131050}]},{\"id\":\"wamid.7\",\"status\":\"deleted\"}]}}]}]}",
     HOOK_OK,
     "receipt read ref=" REF " id=wamid.9 code= reason= to=+447700900123 at=1700000002000\n"
     "receipt undelivered ref=r id=wamid.8 code=131050 reason=unsubscribed to= at=0 suppress\n"
     "inbound message id=wamid.1 from=+447700900124 to=+447700900000 name=Bob media=0 "
     "at=1700000000000 "
     "text=Hi \xe2\x9d\xa4\n"
     "inbound message id=wamid.2 from=+447700900123 to=+447700900000 name=Ada media=1 "
     "at=1700000001000 text=see note=Picture\n"},
    {"POST", "/hooks/wa",
     META("{" META_TO
          ",\"user_preferences\":[{\"wa_id\":\"447700900123\",\"category\":\"marketing_messages\","
          "\"value\":\"stop\",\"timestamp\":1700000000000}]}"),
     HOOK_OK,
     "inbound opt_out handled id= from=+447700900123 to=+447700900000 name= media=0 "
     "at=1700000000000 text= note=Stopped our marketing messages in WhatsApp\n"},
    {"POST", "/hooks/wa",
     META("{\"statuses\":[{\"id\":\"w\",\"status\":\" failed\\n\",\"biz_opaque_callback_data\":\"r "
          "\","
          "\"errors\":[{\"code\":\" 131050 \"}]}]}"),
     HOOK_OK, "receipt undelivered ref=r id=w code=131050 reason=unsubscribed to= at=0 suppress\n"},
    {"POST", "/hooks/wa", META("{\"event\":\"APPROVED\"}"), HOOK_OK,
     "unread\naccount warning reason=unknown at=0 account=1 text=a webhook field that Muster does "
     "not "
     "know\n"},
    /* nobody, and no messages at all: kept for people */
    {"POST", "/hooks/wa", META("{\"messages\":[{\"id\":\"x\"},7,null,[]],\"statuses\":{}}"),
     HOOK_OK, "unread\nunread\nunread\nunread\n"},
    {"POST", "/hooks/wa", "{\"object\":\"whatsapp_business_account\"}", HOOK_MALFORMED, ""},
    {"POST", "/hooks/wa", "{\"object\":1,\"entry\":[],\"entry\":[]}", HOOK_MALFORMED, ""},
    {"POST", "/hooks/wa", "[]", HOOK_MALFORMED, ""},
    {"POST", "/hooks/wa", "{", HOOK_MALFORMED, ""},
    {"POST", "/hooks/wa", "", HOOK_MALFORMED, ""},
};

static void test_events(void **state)
{
    (void)state;
    read_cases(meta, meta_config(), META_HOOKS, COUNT_OF(META_HOOKS));
}

static void test_verify(void **state)
{
    (void)state;
    static const char *const good[] = {
        "X-Hub-Signature-256: "
        "sha256=f39034b29165ec6a5104d9aef27266484ab26c8caa7bca8bcb2dd02e8be61b17",
        NULL};
    struct gateway *g = make_gateway(meta, meta_config());
    struct slice challenge = SLICE_NONE;
    assert_int_equal(verify(g, "POST", "/hooks/wa", "hello world", good, &challenge), HOOK_OK);
    assert_int_equal(verify(g, "POST", "/hooks/wa", "hello world2", good, &challenge), HOOK_FORGED);
    assert_int_equal(verify(g, "POST", "/hooks/wa", "hello world", NULL, &challenge), HOOK_MISSING);
    assert_int_equal(verify(g, "GET", "/hooks/wa", "hello world", good, &challenge),
                     HOOK_MALFORMED);
    const char *hello =
        "/hooks/wa?hub.mode=subscribe&hub.verify_token=open&hub.challenge=1158201444";
    assert_int_equal(verify(g, "GET", hello, "", NULL, &challenge), HOOK_CHALLENGE);
    assert_true(slice_is(challenge, "1158201444"));
    assert_int_equal(verify(g, "GET",
                            "/hooks/wa?hub.mode=subscribe&hub.verify_token=shut&hub.challenge=1",
                            "", NULL, &challenge),
                     HOOK_FORGED);
    assert_int_equal(
        verify(g, "GET", "/hooks/wa?hub.mode=subscribe&hub.challenge=1", "", NULL, &challenge),
        HOOK_MISSING);
    assert_int_equal(verify(g, "POST", hello, "", NULL, &challenge), HOOK_MISSING);
    gateway_free(g);
}

/* Every published sample is signed, verified and read without a complaint. */
static void sign_and_read(struct gateway *g, struct slice body, struct buf *out)
{
    unsigned char mac[32];
    char header[128] = "X-Hub-Signature-256: sha256=";
    HMAC(EVP_sha256(), "sesame", 6, (const unsigned char *)body.p, body.n, mac, NULL);
    for (size_t i = 0; i < sizeof mac; i++)
        snprintf(header + strlen(header), 3, "%02x", mac[i]);
    const char *const headers[] = {header, NULL};
    struct test_hook t = {headers};
    struct hook_request hook = make_hook(&t, "POST", "/hooks/wa", body);
    struct slice challenge;
    assert_int_equal(gateway_verify(g, &hook, &challenge), HOOK_OK);
    assert_int_equal(read_hook(g, "POST", "/hooks/wa", body, out), HOOK_OK);
}

struct sample {
    const char *file, *events;
};

#define FROM_KERRY "from=5678 to=+250788123200 name=Kerry Fisher media="
#define AT         " at=1454119029000 text="
#define OWN        " own=1234567890\n"

static const struct sample SAMPLES[] = {
    {"hello.json", "inbound message id=external_id " FROM_KERRY "0" AT "Hello World" OWN},
    {"audio.json",
     "inbound message id=external_id " FROM_KERRY "1" AT " own=1234567890 note=Sound\n"},
    {"button.json", "inbound message id=external_id " FROM_KERRY "0" AT
                    "No own=1234567890 action=No-Button-Payload\n"},
    {"button_reply.json", "inbound message id=external_id " FROM_KERRY "0" AT
                          "Yes own=1234567890 action=id_button_reply\n"},
    {"document.json", "inbound message id=external_id " FROM_KERRY "1" AT
                      "80skaraokesonglistartist own=1234567890 note=Document\n"},
    {"error_errors.json",
     "account warning reason=provider_error at=0 account=8856996819413533 text=0 We "
     "were unable to authenticate the app user\n"},
    {"error_msg.json", "inbound message id=external_id " FROM_KERRY "0" AT "Hello World" OWN},
    {"location.json",
     "inbound message id=external_id " FROM_KERRY "0" AT
     " own=1234567890 note=Place: Main Street Beach, Main Street Beach, Santa Cruz, CA, 0, 1\n"},
    {"list_reply.json", "inbound message id=external_id " FROM_KERRY "0" AT
                        "Yes own=1234567890 action=id_list_reply\n"},
    {"nfm_reply.json",
     "inbound message id=external_id " FROM_KERRY "0" AT
     " own=1234567890 note=Form flow was filled in: Sent "
     "{\"flow_token\": \"fl0w+t0k3n\", \"first_name\": \"Bob\", \"age\": \"32\"}\n"},
    {"error_status.json",
     "receipt undelivered ref= id=external_id code=131014 reason= to=5678 at=1454119029000 "
     "title=Request for url https://URL.jpg failed with error: 404 (Not Found)\n"},
    {"hello_from_bsuid.json",
     "inbound message id=external_id from= to=+250788123200 name=Kerry Fisher media=0" AT
     "Hello World user=US.1234 parent=US.ENT.5678" OWN},
    {"hello_user_id.json",
     "inbound message id=external_id " FROM_KERRY "0" AT "Hello World user=US.1234" OWN},
    {"no_from.json", "unread\n"},
    {"valid_status.json",
     "receipt sent ref= id=external_id code= reason= to=5678 at=1454119029000\n"},
};

static void sample_path(const char *file, char *path, size_t bytes)
{
    const char *shared = getenv("MUSTER_SHARED");
    (void)snprintf(path, bytes, "%s/specs/test_vectors/meta_webhook_samples/%s",
                   shared ? shared : MUSTER_BESIDE, file);
}

static void test_samples(void **state)
{
    (void)state;
    struct gateway *g = make_gateway(meta, meta_config());
    struct buf body = BUF_INIT(1 << 20), out = BUF_INIT(1 << 16);
    for (size_t i = 0; i < COUNT_OF(SAMPLES); i++) {
        char path[4096];
        sample_path(SAMPLES[i].file, path, sizeof path);
        FILE *f = fopen(path, "r");
        assert_non_null(f);
        buf_clear(&body);
        char *room = buf_reserve(&body, 65536);
        body.n = fread(room, 1, 65536, f);
        fclose(f);
        sign_and_read(g, buf_slice(&body), &out);
        if (!slice_is(buf_slice(&out), SAMPLES[i].events))
            fail_msg("%s\nexpected\n%s\ngot\n%.*s", SAMPLES[i].file, SAMPLES[i].events,
                     SLICE_ARG(buf_slice(&out)));
    }
    buf_done(&body);
    buf_done(&out);
    gateway_free(g);
}

/* With the argument "samples": the webhooks that Meta publishes, which are not ours to ship.
 * cmocka's TAP calls a skipped test "not ok", so this is a run of its own, skipped as a whole (77)
 * without them. */
static int run_samples(void)
{
    char path[4096];
    sample_path(SAMPLES[0].file, path, sizeof path);
    if (access(path, R_OK) != 0) {
        printf("1..0 # SKIP no samples of Meta's webhooks (%s); MUSTER_SHARED names their folder\n",
               path);
        return 0;
    }
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_samples)};
    return cmocka_run_group_tests(tests, load, unload);
}

/* Why it failed, in whatever box. */
static void test_why_it_failed(void **state)
{
    (void)state;
    static const struct {
        const char *errors, *told;
    } cases[] = {
        {"\"errors\":[{\"code\":131026,\"title\":\"t\",\"error_data\":{\"details\":\"d\"}}]",
         "code=131026 reason=not_on_whatsapp to= at=0 title=t details=d"},
        {"\"errors\":[{\"code\":\"131026\",\"message\":\"m\"}]",
         "code=131026 reason=not_on_whatsapp to= at=0 title=m"},
        {"\"errors\":{\"code\":131026,\"title\":\"t\"}",
         "code=131026 reason=not_on_whatsapp to= at=0 title=t"},
        {"\"error\":{\"code\":131026,\"message\":\"m\"}",
         "code=131026 reason=not_on_whatsapp to= at=0 title=m"},
        /* the opt-out counts where it stands, and what is said of another error is not said of it */
        {"\"errors\":[{\"code\":131026,\"title\":\"t\"},{\"code\":131050,\"title\":\"stopped\"}]",
         "code=131050 reason=unsubscribed to= at=0 suppress"},
        {"\"errors\":[{\"code\":1},7,null,{\"code\":\"131050\"}]",
         "code=131050 reason=unsubscribed to= at=0 suppress"},
        {"\"errors\":[{\"code\":131050,\"title\":\"stopped\"},{\"code\":131042,\"title\":\"t\"}]",
         "code=131050 reason=unsubscribed to= at=0 suppress title=stopped"},
        {"\"errors\":[{\"code\":131026,\"title\":\"t\"},{\"code\":131042}]",
         "code=131026 reason=not_on_whatsapp to= at=0 title=t"},
        {"\"errors\":[]", "code= reason= to= at=0"},
        {"\"errors\":[\"x\"]", "code= reason= to= at=0"},
        {"\"errors\":[{\"title\":\"only words\"}]", "code= reason= to= at=0 title=only words"},
    };
    struct gateway *g = make_gateway(meta, meta_config());
    struct buf out = BUF_INIT(1 << 16);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char body[512], expected[512];
        (void)snprintf(body, sizeof body,
                       "{\"entry\":[{\"changes\":[{\"value\":{\"statuses\":[{\"id\":\"w\","
                       "\"status\":\"failed\",%s}]}}]}]}",
                       cases[i].errors);
        (void)snprintf(expected, sizeof expected, "receipt undelivered ref= id=w %s\n",
                       cases[i].told);
        assert_int_equal(read_hook(g, "POST", "/hooks/wa", slice_of(body), &out), HOOK_OK);
        if (!slice_is(buf_slice(&out), expected))
            fail_msg("%s\nexpected\n%s\ngot\n%.*s", cases[i].errors, expected,
                     SLICE_ARG(buf_slice(&out)));
    }
    buf_done(&out);
    gateway_free(g);
}

/* When it happened, however that is written; what is no time is not said. */
static void test_times(void **state)
{
    (void)state;
    static const struct {
        const char *written;
        long long at_ms;
    } cases[] = {
        {"\"1700000000\"", 1700000000000},
        {"1700000000", 1700000000000},
        {"\" 1700000000123 \"", 1700000000123},
        {"\"1700000000123456\"", 1700000000123},
        {"\"1700000000123456789\"", 1700000000123},
        {"1700000000.5", 1700000000500},
        {"\"1700000000.25\"", 1700000000250},
        {"\"2023-11-14T22:13:20Z\"", 1700000000000},
        {"\"2023-11-14T22:13:20.123+0000\"", 1700000000123},
        {"\"2023-11-15 03:43:20+05:30\"", 1700000000000},
        {"\"2023-11-14 22:13:20\"", 1700000000000},
        {"\"Tue, 14 Nov 2023 22:13:20 +0000\"", 1700000000000},
        {"\"Tue, 14 Nov 2023 17:13:20 -0500\"", 1700000000000},
        {"\"\"", 0},
        {"\".\"", 0},
        {"\"-5\"", 0},
        {"\"1700000000.x\"", 0},
        {"\"999999999999999999999999999\"", 0},
        {"\"2023-13-45T99:00:00Z\"", 0},
        {"\"yesterday\"", 0},
        {"{\"s\":1}", 0},
    };
    struct gateway *g = make_gateway(meta, meta_config());
    struct buf out = BUF_INIT(1 << 16);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char body[512], expected[512];
        (void)snprintf(body, sizeof body,
                       "{\"entry\":[{\"changes\":[{\"value\":{\"statuses\":[{\"id\":\"w\","
                       "\"status\":\"sent\",\"timestamp\":%s}]}}]}]}",
                       cases[i].written);
        (void)snprintf(expected, sizeof expected,
                       "receipt sent ref= id=w code= reason= to= at=%lld\n", cases[i].at_ms);
        assert_int_equal(read_hook(g, "POST", "/hooks/wa", slice_of(body), &out), HOOK_OK);
        if (!slice_is(buf_slice(&out), expected))
            fail_msg("%s\nexpected\n%s\ngot\n%.*s", cases[i].written, expected,
                     SLICE_ARG(buf_slice(&out)));
    }
    buf_done(&out);
    gateway_free(g);
}

/* ---- long ones */

enum { MANY = 30000 };

static void see_its_own(void *arg, const struct inbound_event *e)
{
    char own[32];
    (void)snprintf(own, sizeof own, "GB.%.*s", SLICE_ARG(slice_from(e->from, 1)));
    assert_true(slice_is(e->user_id, own));
    ++*(size_t *)arg;
}

/* As much as Meta batches: each finds its own contact, in one walk through them. Where every message looked through all, this took
 * a minute. */
static void test_many_contacts(void **state)
{
    (void)state;
    struct gateway *g = make_gateway(meta, meta_config());
    struct buf body = BUF_INIT(GATEWAY_HOOK_BYTES_MAX);
    size_t seen = 0;
    struct hook_sink sink = {.inbound = see_its_own, .arg = &seen};
    buf_add_cstr(&body, "{\"entry\":[{\"changes\":[{\"value\":{\"contacts\":[");
    for (int i = 0; i < MANY; i++)
        buf_addf(&body, "{\"wa_id\":\"4477000%05d\",\"user_id\":\"GB.4477000%05d\"},", i, i);
    buf_add_cstr(&body, "{}],\"messages\":[");
    for (int i = MANY; i-- > 0;)
        buf_addf(&body, "{\"from\":\"4477000%05d\",\"id\":\"%d\"}%s", i, i, i ? "," : "]}}]}]}");
    assert_false(body.failed);
    struct test_hook t = {NULL};
    struct hook_request hook = make_hook(&t, "POST", "/hooks/wa", buf_slice(&body));
    assert_int_equal(gateway_read(g, &hook, &sink), HOOK_OK);
    assert_int_equal(seen, MANY);
    buf_done(&body);
    gateway_free(g);
}

static void see_ids(void *arg, const struct inbound_event *e)
{
    struct buf *out = arg;
    if (out->n == 0)
        buf_addf(out, "%.*s|%.*s", SLICE_ARG(e->user_id), SLICE_ARG(e->parent_user_id));
}

static void contact_is(struct gateway *g, const char *from, int others, const char *ids)
{
    struct buf body = BUF_INIT(1 << 16), out = BUF_INIT(1 << 10);
    struct hook_sink sink = {.inbound = see_ids, .arg = &out};
    buf_addf(
        &body,
        "{\"entry\":[{\"changes\":[{\"value\":{\"messages\":[{\"id\":\"w\",%s},{\"id\":\"x\"}],"
        "\"contacts\":[",
        from);
    for (int i = 0; i < others; i++)
        buf_addf(&body, "{\"wa_id\":\"44770000%04d\",\"user_id\":\"GB.%d\"},", i, i);
    buf_add_cstr(&body, "{\"wa_id\":null,\"parent_user_id\":\"GB.ENT.null\"},"
                        "{\"wa_id\":\"\",\"parent_user_id\":\"GB.ENT.empty\"},"
                        "{\"wa_id\":{},\"parent_user_id\":\"GB.ENT.object\"},"
                        "{\"wa_id\":\"447700900123\",\"user_id\":\"GB.text\"},"
                        "{\"wa_id\":447700900124,\"user_id\":\"GB.number\"},"
                        "{\"wa_id\":\"447700900125\",\"user_id\":\"GB.first\"},"
                        "{\"wa_id\":\"447700900125\",\"user_id\":\"GB.second\"}]}}]}]}");
    struct test_hook t = {NULL};
    struct hook_request hook = make_hook(&t, "POST", "/hooks/wa", buf_slice(&body));
    assert_int_equal(gateway_read(g, &hook, &sink), HOOK_OK);
    if (!slice_is(buf_slice(&out), ids))
        fail_msg("%s beside %d: %.*s", from, others, SLICE_ARG(buf_slice(&out)));
    buf_done(&body);
    buf_done(&out);
}

/* In a short list and in a long one: null and "" name nobody, and 7 is not "7". */
static void test_whose_contact(void **state)
{
    (void)state;
    struct gateway *g = make_gateway(meta, meta_config());
    for (int others = 0; others <= 40; others += 40) {
        contact_is(g, "\"from\":\"447700900123\"", others, "GB.text|");
        contact_is(g, "\"from\":447700900124", others, "GB.number|");
        contact_is(g, "\"from\":\"447700900125\"", others, "GB.first|");
        contact_is(g, "\"from\":\"447700900124\"", others, "|");
        contact_is(g, "\"from\":\"447700900126\"", others, "|");
        contact_is(g, "\"from\":null,\"from_user_id\":\"GB.own\"", others, "GB.own|");
        contact_is(g, "\"from\":\"\",\"from_user_id\":\"GB.own\"", others, "GB.own|");
        contact_is(g, "\"from\":{},\"from_user_id\":\"GB.own\"", others, "GB.own|");
    }
    gateway_free(g);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "samples") == 0) return run_samples();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),      cmocka_unit_test(test_to_a_user_id),
        cmocka_unit_test(test_responses),     cmocka_unit_test(test_events),
        cmocka_unit_test(test_verify),        cmocka_unit_test(test_why_it_failed),
        cmocka_unit_test(test_times),         cmocka_unit_test(test_many_contacts),
        cmocka_unit_test(test_whose_contact),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
