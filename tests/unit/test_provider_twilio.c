/* Twilio: requests, responses, webhooks. */
#include "core/signature.h"
#include "gateway_events.h"
#include "gateway_requests.h"

PROVIDER(twilio, "twilio")

/* ---- requests */

#define TWILIO_CALLBACK                                                                            \
    "&StatusCallback=https%3A%2F%2Fmuster.example%2Fhooks%2Ftw%2Freceipt%3Fref%3D" REF

static void test_sms(void **state)
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

static void test_whatsapp_template(void **state)
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

static void test_service_and_api_key(void **state)
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

/* Somebody of whom only a user id is known. */
static void test_to_a_user_id(void **state)
{
    (void)state;
    struct outgoing msg = message("Hi");
    msg.to = SLICE_LIT("~GB.13491208655302741918");
    struct gateway_config config = twilio_config();
    config.channel = "whatsapp";
    struct gateway *g = make_gateway(twilio, config);
    struct http_send send = build(g, &msg);
    assert_true(
        slice_starts(send.body, "To=whatsapp%3AGB.13491208655302741918&From=whatsapp%3A%2B44"));
    gateway_free(g);

    g = make_gateway(twilio, twilio_config());
    assert_false(gateway_takes_user_id(g));
    gateway_free(g);
}

/* ---- responses */

#define TWILIO_ERROR(code) "{\"code\":" #code ",\"message\":\"m\",\"status\":400}"

static const struct response_case TWILIO_RESPONSES[] = {
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

static void test_responses(void **state)
{
    (void)state;
    judge_all(twilio, twilio_config(), TWILIO_RESPONSES, COUNT_OF(TWILIO_RESPONSES));
}

/* ---- webhooks */

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
    /* with blanks around, and by the name that a state had before, alone: never a person's */
    {"POST", "/hooks/tw/receipt?ref=%20" REF,
     "MessageSid=SM1&MessageStatus=+failed+&ErrorCode=+21610&To=%2B447700900123", HOOK_OK,
     "receipt undelivered ref=" REF " id=SM1 code=21610 reason=unsubscribed to=+447700900123 at=0 "
     "suppress\n"},
    {"POST", "/hooks/tw/receipt?ref=x",
     "SmsSid=SM1&SmsStatus=delivered&From=%2B447700900000&To=%2B447700900123", HOOK_OK,
     "receipt delivered ref=x id=SM1 code= reason= to=+447700900123 at=0\n"},
    {"POST", "/hooks/tw/receipt?ref=x", "SmsSid=SM1&From=%2B447700900000&To=%2B447700900123",
     HOOK_MALFORMED, ""},
    /* an opt-out counts, whatever its state is called */
    {"POST", "/hooks/tw/receipt?ref=x", "MessageSid=SM1&MessageStatus=turned-down&ErrorCode=21610",
     HOOK_OK,
     "receipt undelivered ref=x id=SM1 code=21610 reason=unsubscribed to= "
     "at=0 suppress\n"},
    {"POST", "/hooks/tw/receipt?ref=x",
     "MessageSid=SM1&MessageStatus=delivered&ErrorCode=21610&ErrorMessage=m", HOOK_OK,
     "receipt delivered ref=x id=SM1 code=21610 reason=unsubscribed to= at=0 suppress title=m\n"},
    {"POST", "/hooks/tw/receipt?ref=x", "MessageSid=SM1&MessageStatus=received&ErrorCode=21610",
     HOOK_OK, "receipt accepted ref=x id=SM1 code=21610 reason=unsubscribed to= at=0 suppress\n"},
    {"POST", "/hooks/tw/receipt?ref=x", "MessageSid=SM1&MessageStatus=delivered&ErrorCode=30003",
     HOOK_OK, "receipt delivered ref=x id=SM1 code= reason= to= at=0\n"},
    /* one word in every spelling */
    {"POST", "/hooks/tw/receipt?ref=x", "MessageSid=SM1&MessageStatus=cancelled", HOOK_OK,
     "receipt undelivered ref=x id=SM1 code= reason= to= at=0\n"},
    {"POST", "/hooks/tw/receipt?ref=x", "MessageSid=SM1&SmsStatus=Cancelled", HOOK_OK,
     "receipt undelivered ref=x id=SM1 code= reason= to= at=0\n"},
    {"POST", "/hooks/tw/receipt?ref=x", "MessageSid=SM1&MessageStatus=Partially-Delivered", HOOK_OK,
     "receipt delivered ref=x id=SM1 code= reason= to= at=0\n"},
    {"POST", "/hooks/tw/receipt?ref=x", "MessageSid=SM1&MessageStatus=partially+delivered_",
     HOOK_OK, "receipt delivered ref=x id=SM1 code= reason= to= at=0\n"},
    {"POST", "/hooks/tw/receipt?ref=x", "MessageSid=SM1&MessageStatus=delivered2", HOOK_OK, ""},
    {"POST", "/hooks/tw/receipt?ref=x", "MessageSid=SM1&MessageStatus=deliver", HOOK_OK, ""},
    {"POST", "/hooks/tw", "MessageSid=SM8&From=RCS%3A%2B447700900123&To=1&Body=STOP", HOOK_OK,
     "inbound message id=SM8 from=+447700900123 to=1 name= media=0 at=0 text=STOP\n"},
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
    /* a person's message with its state among ours */
    {"POST", "/hooks/tw",
     "MessageSid=SM7&MessageStatus=received&From=%2B447700900123&To=1&Body=STOP", HOOK_OK,
     "inbound message id=SM7 from=+447700900123 to=1 name= media=0 at=0 text=STOP\n"},
    /* a number that Conversations has taken over; what our own side wrote there is no person's */
    {"POST", "/hooks/tw",
     "EventType=onMessageAdded&Source=SMS&MessageSid=IM1&Author=%2B447700900123&Body=STOP&"
     "DateCreated=2023-11-14T22:13:20.000Z",
     HOOK_OK,
     "inbound message id=IM1 from=+447700900123 to= name= media=0 at=1700000000000 text=STOP\n"},
    {"POST", "/hooks/tw",
     "EventType=onMessageAdded&Source=SDK&MessageSid=IM2&Author=dave&Body=STOP", HOOK_OK, ""},
    {"POST", "/hooks/tw", "EventType=onMessageAdd&Author=%2B447700900123&Body=STOP", HOOK_OK,
     "account info reason=ignored at=0 text=onMessageAdd of Twilio Conversations is not read\n"},
    {"POST", "/hooks/tw", "", HOOK_MALFORMED, ""},
    {"POST", "/hooks/tw", "Foo=1", HOOK_MALFORMED, ""},
    {"POST", "/hooks/tw?ref=x", "{\"a\":1}", HOOK_MALFORMED, ""},
};

static void test_events(void **state)
{
    (void)state;
    read_cases(twilio, twilio_config(), TWILIO_HOOKS, COUNT_OF(TWILIO_HOOKS));
}

/* Which of two was meant nobody knows: neither person is stopped, and the webhook is kept. */
static void test_a_field_twice(void **state)
{
    (void)state;
    static const struct hook_case cases[] = {
        {"POST", "/hooks/tw",
         "MessageSid=SM1&From=%2B447700900123&To=x&Body=STOP&From=%2B447700900124", HOOK_OK,
         "unread\nunread\n"},
        {"POST", "/hooks/tw", "MessageSid=SM1&From=%2B447700900123&To=x&Body=STOP&Body=STOP",
         HOOK_OK, "inbound message id=SM1 from=+447700900123 to=x name= media=0 at=0 text=STOP\n"},
    };
    read_cases(twilio, twilio_config(), cases, COUNT_OF(cases));
}

static void test_whatsapp_events(void **state)
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
        /* a form that was filled in; a kind that nobody knows yet; words of a known kind */
        {"POST", "/hooks/tw",
         "MessageSid=SM1&From=whatsapp%3A%2B447700900123&To=x&Body=&MessageType=interactive&"
         "InteractiveData=%7B%22hall%22%3A%22North%22%7D",
         HOOK_OK,
         "inbound message id=SM1 from=+447700900123 to=x name= media=0 at=0 text= note=Form was "
         "filled in: {\"hall\":\"North\"}\n"},
        {"POST", "/hooks/tw",
         "MessageSid=SM1&From=whatsapp%3A%2B447700900123&To=x&MessageType=gift", HOOK_OK,
         "inbound message id=SM1 from=+447700900123 to=x name= media=0 at=0 text= note=Something "
         "of a kind that Muster does not know: gift\n"},
        {"POST", "/hooks/tw",
         "MessageSid=SM1&From=whatsapp%3A%2B447700900123&To=x&MessageType=text&Body=STOP", HOOK_OK,
         "inbound message id=SM1 from=+447700900123 to=x name= media=0 at=0 text=STOP\n"},
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

static void test_verify(void **state)
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
    static const char *const shared[] = {
        "X-Twilio-Signature: hDg0Ecb0YNRdmhyrtuJ8JFxPtadex0o5BPWAzgc4808=",
        "X-Twilio-Webhooks-Signature-Settings: key=webhooks_sharedkey_1,algorithm=HMAC_SHA256",
        NULL};
    assert_int_equal(verify(g, "POST", "/in/twilio", body, shared, &challenge), HOOK_FORGED);
    gateway_free(g);

    static const struct gateway_pair with_key[] = {
        {"account_sid", "AC1"}, {"auth_token", "12345"}, {"shared_key", "shared"}};
    config.account = with_key;
    config.account_count = COUNT_OF(with_key);
    g = make_gateway(twilio, config);
    assert_int_equal(verify(g, "POST", "/in/twilio", body, shared, &challenge), HOOK_OK);
    assert_int_equal(verify(g, "POST", "/in/twilio?x=1", body, shared, &challenge), HOOK_FORGED);
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
    char signature[SIGNATURE_TWILIO_BYTES], line[96], url[256];
    struct slice challenge;
    (void)snprintf(url, sizeof url, "https://muster.example%s", target);
    assert_true(
        signature_twilio_make(SLICE_LIT("12345"), slice_of(url), slice_of(body), signature));
    (void)snprintf(line, sizeof line, "X-Twilio-Signature: %s", signature);
    const char *const headers[] = {line, type, NULL};
    return verify(g, method, target, body, headers, &challenge);
}

static void test_content_types(void **state)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sms),
        cmocka_unit_test(test_whatsapp_template),
        cmocka_unit_test(test_service_and_api_key),
        cmocka_unit_test(test_to_a_user_id),
        cmocka_unit_test(test_responses),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_a_field_twice),
        cmocka_unit_test(test_whatsapp_events),
        cmocka_unit_test(test_verify),
        cmocka_unit_test(test_content_types),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
