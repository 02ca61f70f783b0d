/* Per provider: a webhook in, the verdict on who sent it and the events out. */
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/form.h"
#include "core/signature.h"
#include "gateway_events.h"

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

/* ---- Twilio */

static const struct hook_case TWILIO_HOOKS[] = {
    {"POST", "/hooks/tw/receipt?ref=" REF,
     "MessageSid=SM1&MessageStatus=delivered&To=%2B447700900123", HOOK_OK,
     "receipt delivered ref=" REF " id=SM1 code= reason= to=+447700900123 at=0\n"},
    {"POST", "/hooks/tw?ref=" REF, "MessageSid=SM1&MessageStatus=failed&ErrorCode=21610", HOOK_OK,
     "receipt undelivered ref=" REF " id=SM1 code=21610 reason=unsubscribed to= at=0 suppress\n"},
    {"POST", "/hooks/tw/receipt?ref=x", "SmsSid=SM1&MessageStatus=undelivered&ErrorCode=39999",
     HOOK_OK, "receipt undelivered ref=x id=SM1 code=39999 reason= to= at=0\n"},
    {"POST", "/hooks/tw/receipt?ref=x", "MessageSid=SM1&MessageStatus=queued", HOOK_OK,
     "receipt accepted ref=x id=SM1 code= reason= to= at=0\n"},
    /* a status that nobody knows yet is no reason to make Twilio try again */
    {"POST", "/hooks/tw/receipt?ref=x", "MessageSid=SM1&MessageStatus=teleported", HOOK_OK, ""},
    {"POST", "/hooks/tw/receipt?ref=x",
     "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30034&ErrorMessage=Not+registered",
     HOOK_OK,
     "receipt undelivered ref=x id=SM1 code=30034 reason=sender_not_registered to= at=0 "
     "outcome=blocked title=Not registered\n"},
    {"POST", "/hooks/tw/receipt?ref=x", "MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30007",
     HOOK_OK,
     "receipt undelivered ref=x id=SM1 code=30007 reason=filtered_as_spam to= at=0 filtered\n"},
    {"POST", "/hooks/tw/inbound",
     "MessageSid=SM2&From=%2B447700900123&To=%2B447700900000&Body=Yes+please%21&NumMedia=2",
     HOOK_OK,
     "inbound message id=SM2 from=+447700900123 to=+447700900000 name= media=2 at=0 text=Yes "
     "please!\n"},
    {"POST", "/hooks/tw",
     "MessageSid=SM3&From=%2B447700900123&To=%2B447700900000&Body=STOP&OptOutType=STOP", HOOK_OK,
     "inbound opt_out handled id=SM3 from=+447700900123 to=+447700900000 name= media=0 at=0 "
     "text=STOP\n"},
    {"POST", "/hooks/tw", "MessageSid=SM4&From=%2B447700900123&To=60777&Body=help&OptOutType=HELP",
     HOOK_OK,
     "inbound help handled id=SM4 from=+447700900123 to=60777 name= media=0 at=0 text=help\n"},
    {"POST", "/hooks/tw",
     "MessageSid=SM5&From=%2B447700900123&To=%2B447700900000&Body=a%FFb%00c%C3%A9", HOOK_OK,
     "inbound message id=SM5 from=+447700900123 to=+447700900000 name= media=0 at=0 "
     "text=a\xef\xbf\xbd"
     "b\xef\xbf\xbd"
     "c\xc3\xa9\n"},
    {"GET", "/hooks/tw?MessageSid=SM6&From=%2B447700900123&To=1&Body=x", "", HOOK_OK,
     "inbound message id=SM6 from=+447700900123 to=1 name= media=0 at=0 text=x\n"},
    {"POST", "/hooks/tw", "", HOOK_MALFORMED, ""},
    {"POST", "/hooks/tw", "Foo=1", HOOK_MALFORMED, ""},
    {"POST", "/hooks/tw?ref=x", "{\"a\":1}", HOOK_MALFORMED, ""},
};

static void test_twilio_events(void **state)
{
    (void)state;
    read_cases(twilio, twilio_config(), TWILIO_HOOKS, COUNT_OF(TWILIO_HOOKS));
}

static void test_twilio_whatsapp_events(void **state)
{
    (void)state;
    static const struct hook_case cases[] = {
        {"POST", "/hooks/tw",
         "MessageSid=SM1&From=whatsapp%3A%2B447700900123&To=whatsapp%3A%2B447700900000&Body=&"
         "ButtonText=No&"
         "ProfileName=Ada",
         HOOK_OK,
         "inbound message id=SM1 from=+447700900123 to=+447700900000 name=Ada media=0 at=0 "
         "text=No\n"},
        {"POST", "/hooks/tw",
         "MessageSid=SM1&From=whatsapp%3A%2B447700900123&To=x&Body=Stop+promotions&ButtonText="
         "Stop+promotions&ButtonPayload=STOP&ExternalUserId=GB.9&NumMedia=0",
         HOOK_OK,
         "inbound message id=SM1 from=+447700900123 to=x name= media=0 at=0 text=Stop promotions "
         "user=GB.9 action=STOP\n"},
        {"POST", "/hooks/tw",
         "MessageSid=SM1&From=whatsapp%3A%2B447700900123&To=x&ListId=r1&ListTitle=Hall", HOOK_OK,
         "inbound message id=SM1 from=+447700900123 to=x name= media=0 at=0 text=Hall action=r1\n"},
        {"POST", "/hooks/tw",
         "MessageSid=SM1&From=whatsapp%3A%2B447700900123&To=x&Body=&Latitude=51.5&Longitude=-0.1&"
         "Label=Town+hall&Address=1+High+St&MessageType=location",
         HOOK_OK,
         "inbound message id=SM1 from=+447700900123 to=x name= media=0 at=0 text= note=Place: Town "
         "hall, 1 High St, 51.5, -0.1\n"},
        {"POST", "/hooks/tw",
         "MessageSid=SM1&From=whatsapp%3A%2B447700900123&To=x&Body=%F0%9F%91%8D&MessageType="
         "reaction&"
         "OriginalRepliedMessageSid=SM0",
         HOOK_OK,
         "inbound reaction id=SM1 from=+447700900123 to=x name= media=0 at=0 text=\xf0\x9f\x91\x8d "
         "about=SM0\n"},
        {"POST", "/hooks/tw",
         "MessageSid=SM1&From=whatsapp%3A%2B447700900123&To=x&NumMedia=1&MediaContentType0=image%"
         "2Fjpeg",
         HOOK_OK,
         "inbound message id=SM1 from=+447700900123 to=x name= media=1 at=0 text= note=Attached: "
         "image/jpeg\n"},
        {"POST", "/hooks/tw",
         "MessageSid=SM1&From=whatsapp%3A%2B447700900123&To=x&MessageType=unknown", HOOK_OK,
         "inbound message id=SM1 from=+447700900123 to=x name= media=0 at=0 text= note=Something "
         "that "
         "Twilio does not hand on: unknown\n"},
        {"POST", "/hooks/tw", "MessageSid=SM1&From=whatsapp%3A%2B447700900123&To=x", HOOK_OK,
         "inbound message id=SM1 from=+447700900123 to=x name= media=0 at=0 text= note=An empty "
         "message\n"},
        /* no number, an id only */
        {"POST", "/hooks/tw", "MessageSid=SM1&ExternalUserId=GB.9&To=x&Body=STOP", HOOK_OK,
         "inbound message id=SM1 from= to=x name= media=0 at=0 text=STOP user=GB.9\n"},
        /* nobody at all: kept */
        {"POST", "/hooks/tw", "MessageSid=SM1&From=&To=x&Body=STOP", HOOK_OK, "unread\n"},
        /* bytes and escapes that are none */
        {"POST", "/hooks/tw",
         "MessageSid=SM1&From=whatsapp:%2B447700900123&To=x&Body=STOP%&x=%zz&%E9=1", HOOK_OK,
         "inbound message id=SM1 from=+447700900123 to=x name= media=0 at=0 text=STOP%\n"},
        {"POST", "/hooks/tw", "MessageSid=SM1&From=%2B447700900123&To=x&Body=caf\xe9", HOOK_OK,
         "inbound message id=SM1 from=+447700900123 to=x name= media=0 at=0 "
         "text=caf\xef\xbf\xbd\n"},
        /* the id where the number would stand */
        {"POST", "/hooks/tw",
         "MessageSid=SM2&From=whatsapp%3AGB.1349120&To=whatsapp%3A%2B44&Body=STOP", HOOK_OK,
         "inbound message id=SM2 from= to=+44 name= media=0 at=0 text=STOP user=GB.1349120\n"},
        {"POST", "/hooks/tw", "MessageSid=SM2&From=whatsapp%3AGB.ENT.77&To=x&Body=STOP", HOOK_OK,
         "inbound message id=SM2 from= to=x name= media=0 at=0 text=STOP parent=GB.ENT.77\n"},
        {"POST", "/hooks/tw",
         "MessageSid=SM2&From=rcs%3A%2B447700900123&To=rcs%3Aour_agent&Body=STOP", HOOK_OK,
         "inbound message id=SM2 from=+447700900123 to=our_agent name= media=0 at=0 text=STOP\n"},
    };
    struct gateway_config config = twilio_config();
    config.channel = "whatsapp";
    read_cases(twilio, config, cases, COUNT_OF(cases));
}

static enum hook_result verify(struct gateway *g, const char *method, const char *target,
                               const char *body, const char *const *headers,
                               struct slice *ret_challenge)
{
    struct test_hook t = {headers};
    struct hook_request hook = make_hook(&t, method, target, slice_of(body));
    return gateway_verify(g, &hook, ret_challenge);
}

static void test_twilio_verify(void **state)
{
    (void)state;
    static const char *const good[] = {
        "x-twilio-signature: 2n/75K7q/OL61ppG1wpW3Upbr44=",
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8", NULL};
    static const char *const none[] = {"Content-Type: application/x-www-form-urlencoded", NULL};
    const char *body =
        "AccountSid=ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx&Body=STOP&From=%2B447700900123&"
        "MessageSid=SM00000000000000000000000000000001&NumMedia=0&OptOutType=STOP&"
        "To=%2B447700900456";
    struct slice challenge;
    struct gateway_config config = twilio_config();
    config.public_url = "https://example.com";
    struct gateway *g = make_gateway(twilio, config);
    assert_int_equal(verify(g, "POST", "/in/twilio", body, good, &challenge), HOOK_OK);
    assert_int_equal(verify(g, "POST", "/in/twilio", body, none, &challenge), HOOK_MISSING);
    assert_int_equal(verify(g, "POST", "/in/twilio?x=1", body, good, &challenge), HOOK_FORGED);
    assert_int_equal(verify(g, "POST", "/in/twilio", "Body=STOP", good, &challenge), HOOK_FORGED);
    assert_int_equal(verify(g, "DELETE", "/in/twilio", body, good, &challenge), HOOK_MALFORMED);
    gateway_free(g);

    static const struct gateway_pair rotating[] = {
        {"account_sid", "AC1"}, {"auth_token", "new"}, {"auth_token_secondary", "12345"}};
    config.account = rotating;
    config.account_count = COUNT_OF(rotating);
    g = make_gateway(twilio, config);
    assert_int_equal(verify(g, "POST", "/in/twilio", body, good, &challenge), HOOK_OK);
    struct hook_answer answer = gateway_answer(g);
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.content_type, "text/xml");
    assert_true(slice_ends(answer.body, "<Response/>"));
    gateway_free(g);
    assert_int_equal(hook_result_status(HOOK_FORGED), 403);
    assert_int_equal(hook_result_status(HOOK_MISSING), 400);
}

/* Strangers send what they like, and the type is looked at before any signature is compared. */
struct type_case {
    const char *type; /* NULL = the header is not there */
    bool form;
};

static const struct type_case TYPES[] = {
    {NULL, true},
    {"Content-Type:", true},
    {"Content-Type: \t ", true},
    {"Content-Type: ;;;", true},
    {"Content-Type: ; charset=utf-8", true},
    {"content-type: APPLICATION/X-WWW-FORM-URLENCODED;charset=utf-8", true},
    {"Content-Type: application/x-www-form-urlencoded ; a=\"b;c\"", true},
    {"Content-Type: application/json", false},
    {"Content-Type: application/x-www-form-urlencodedx", false},
    {"Content-Type: a;application/x-www-form-urlencoded", false},
    {"Content-Type: \xff\xfe\x01", false},
};

static enum hook_result verify_typed(struct gateway *g, const char *method, const char *target,
                                     const char *body, const char *type)
{
    char signature[SIGNATURE_TWILIO_BYTES], line[64], url[256];
    struct slice challenge;
    (void)snprintf(url, sizeof url, "https://muster.example%s", target);
    assert_true(
        signature_twilio_make(SLICE_LIT("12345"), slice_of(url), slice_of(body), signature));
    (void)snprintf(line, sizeof line, "X-Twilio-Signature: %s", signature);
    const char *const headers[] = {line, type, NULL};
    return verify(g, method, target, body, headers, &challenge);
}

static void test_twilio_content_types(void **state)
{
    (void)state;
    struct gateway_config config = twilio_config();
    struct gateway *g = make_gateway(twilio, config);
    static char huge[1 << 16] = "Content-Type: ";
    memset(huge + strlen(huge), 'x', sizeof huge - strlen(huge) - 1);
    for (size_t i = 0; i <= COUNT_OF(TYPES); i++) {
        struct type_case c = i < COUNT_OF(TYPES) ? TYPES[i] : (struct type_case){huge, false};
        assert_int_equal(verify_typed(g, "POST", "/hooks/tw", "Body=STOP&From=%2B4477", c.type),
                         c.form ? HOOK_OK : HOOK_FORGED);
        assert_int_equal(verify_typed(g, "POST", "/hooks/tw?a=b", "", c.type), HOOK_OK);
        assert_int_equal(verify_typed(g, "GET", "/hooks/tw?Body=STOP&From=%2B4477", "", c.type),
                         HOOK_OK);
    }
    gateway_free(g);
}

/* ---- Meta */

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

static void test_meta_events(void **state)
{
    (void)state;
    read_cases(meta, meta_config(), META_HOOKS, COUNT_OF(META_HOOKS));
}

static void test_meta_verify(void **state)
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

static void test_meta_samples(void **state)
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

/* ---- Kannel */

static const struct hook_case KANNEL_HOOKS[] = {
    {"GET",
     "/hooks/kan/receipt?ref=" REF
     "&token=t&status=1&reply=id%3A1+stat%3ADELIVRD+err%3A000&id=k1&ts=1700000000",
     "", HOOK_OK, "receipt delivered ref=" REF " id=k1 code= reason= to= at=1700000000000\n"},
    {"GET", "/hooks/kan/receipt?ref=r&status=8", "", HOOK_OK,
     "receipt sent ref=r id= code= reason= to= at=0\n"},
    {"GET", "/hooks/kan/receipt?ref=r&status=2&reply=id:1+stat:EXPIRED+err:1", "", HOOK_OK,
     "receipt undelivered ref=r id= code=EXPIRED reason=validity_expired to= at=0\n"},
    {"GET", "/hooks/kan/receipt?ref=r&status=16&reply=NACK", "", HOOK_OK,
     "receipt undelivered ref=r id= code= reason= to= at=0\n"},
    {"GET", "/hooks/kan/inbound?id=i1&ts=1700000000&sender=447700900123&to=60777&message=S%C3%AD",
     "", HOOK_OK,
     "inbound message id=i1 from=447700900123 to=60777 name= media=0 at=1700000000000 "
     "text=S\xc3\xad\n"},
    {"GET", "/hooks/kan/inbound?id=i2&sender=00447700900123&to=Acme&message=", "", HOOK_OK,
     "inbound message id=i2 from=00447700900123 to=Acme name= media=0 at=0 text= note=An empty "
     "message\n"},
    {"GET", "/hooks/kan/inbound?id=i3&sender=07700900123&message=x", "", HOOK_OK,
     "inbound message id=i3 from=07700900123 to= name= media=0 at=0 text=x\n"},
    {"GET", "/hooks/kan", "", HOOK_MALFORMED, ""},
};

static void test_kannel_events(void **state)
{
    (void)state;
    read_cases(kannel, kannel_config(), KANNEL_HOOKS, COUNT_OF(KANNEL_HOOKS));
}

static void test_kannel_verify(void **state)
{
    (void)state;
    struct slice challenge;
    struct gateway *g = make_gateway(kannel, kannel_config());
    assert_int_equal(verify(g, "GET", "/hooks/kan/receipt?ref=r&token=hook%2Ftok&status=1", "",
                            NULL, &challenge),
                     HOOK_OK);
    assert_int_equal(
        verify(g, "GET", "/hooks/kan/receipt?ref=r&token=hook&status=1", "", NULL, &challenge),
        HOOK_FORGED);
    assert_int_equal(verify(g, "GET", "/hooks/kan/receipt?ref=r&status=1", "", NULL, &challenge),
                     HOOK_MISSING);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_meta_samples)};
    return cmocka_run_group_tests(tests, load_all, free_all);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "samples") == 0) return run_samples();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twilio_events),  cmocka_unit_test(test_twilio_whatsapp_events),
        cmocka_unit_test(test_twilio_verify),  cmocka_unit_test(test_twilio_content_types),
        cmocka_unit_test(test_meta_events),    cmocka_unit_test(test_meta_verify),
        cmocka_unit_test(test_kannel_events),  cmocka_unit_test(test_kannel_verify),
        cmocka_unit_test(test_too_many_pairs),
    };
    return cmocka_run_group_tests(tests, load_all, free_all);
}
