/* Jasmin: requests, responses, webhooks. */
#include "gateway_requests.h"
#include "gateway_smsc.h"

static const struct gateway_pair JASMIN_ACCOUNT[] = {
    {"username", "muster"}, {"password", "p&w d"}, {"hook_token", "hook/tok"}};

static struct gateway_config jasmin_config(void)
{
    return (struct gateway_config){.name = "jas",
                                   .channel = "sms",
                                   .public_url = "https://muster.example/",
                                   .account = JASMIN_ACCOUNT,
                                   .account_count = COUNT_OF(JASMIN_ACCOUNT)};
}

static struct provider *file;
static struct gateway *jasmin;

static int load(void **state)
{
    (void)state;
    file = load_provider("jasmin");
    jasmin = make_gateway(file, jasmin_config());
    return 0;
}

static int unload(void **state)
{
    (void)state;
    gateway_free(jasmin);
    provider_free(file);
    return 0;
}

/* ---- requests */

static void test_requests(void **state)
{
    (void)state;
    static const char callback[] =
        "&dlr=yes&dlr-level=3&dlr-method=POST&dlr-url=https%3A%2F%2Fmuster.example%2Fhooks%2Fjas"
        "%2Freceipt%3Fref%3D" REF "%26token%3Dhook%252Ftok";
    char expected[1024];
    struct outgoing msg = message("10\xe2\x82\xac");
    msg.lane = SLICE_LIT("reply");
    msg.validity_s = 150;
    struct http_send send = build(jasmin, &msg);
    assert_string_equal(send.url, "http://127.0.0.1:1401/send");
    (void)snprintf(expected, sizeof expected,
                   "username=muster&password=p%%26w%%20d&to=447700900123&from=447700900000&coding=0"
                   "&content=10%%E2%%82%%AC&priority=3&validity-period=2%s",
                   callback);
    body_is(&send, expected);
    msg = message("\xd0\x94\xf0\x9f\x98\x80");
    send = build(jasmin, &msg);
    (void)snprintf(expected, sizeof expected,
                   "username=muster&password=p%%26w%%20d&to=447700900123&from=447700900000&coding=8"
                   "&content=%%04%%14%%D8%%3D%%DE%%00%s",
                   callback);
    body_is(&send, expected);
}

/* ---- responses */

static const struct response_case JASMIN_RESPONSES[] = {
    {200, "Success \"d214f8b0-2d5c\"", "accepted  id=d214f8b0-2d5c"},
    {403, "Error \"Authentication failure for username:muster\"", "blocked authentication"},
    {403, "Error \"User throughput exceeded\"", "throttled too_many_requests retry=1000"},
    {403, "Error \"Cannot charge submit_sm, check RouterPB log file for details\"",
     "blocked no_credit"},
    {412, "Error \"No route found\"", "refused unroutable"},
    {400, "Error \"Argument [foo] is unknown.\"", "blocked bad_request"},
    {400, "Error \"Argument [to] has an invalid value: [abc].\"", "refused bad_message"},
    {500, "Error \"Cannot send submit_sm, check SMPPClientManagerPB log file\"",
     "unknown http_500"},
};

static void test_responses(void **state)
{
    (void)state;
    judge_all(file, jasmin_config(), JASMIN_RESPONSES, COUNT_OF(JASMIN_RESPONSES));
}

/* ---- receipts */

static void read_jasmin(const char *target, const struct pair *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char whole[1024];
        reads(jasmin, "POST", target, cases[i].given, cases[i].expected);
        (void)snprintf(whole, sizeof whole, "%s&%s", target, cases[i].given);
        reads(jasmin, "GET", whole, "", cases[i].expected);
    }
}

static const struct pair JASMIN_RECEIPTS[] = {
    {"id=d2&level=1&message_status=ESME_ROK&connector=c", "sent code= reason=\n"},
    {"id=d2&level=1&message_status=ESME_RINVDSTADR&connector=c",
     "undelivered code=ESME_RINVDSTADR reason=bad_number\n"},
    {"id=d2&level=1&message_status=ESME_RINVSRCADR",
     "undelivered code=ESME_RINVSRCADR reason=bad_sender of all\n"},
    {"id=d2&level=1&message_status=ESME_RWHATEVER", "undelivered code=ESME_RWHATEVER reason=\n"},
    /* tried again by Jasmin */
    {"id=d2&level=1&message_status=ESME_RTHROTTLED", ""},
    {"id=d2&level=1&message_status=ESME_RMSGQFUL", ""},
    {"id=d2&level=1&message_status=DELIVRD", "delivered code= reason=\n"},
    {"id=d2&message_status=DELIVRD", "delivered code= reason=\n"},
    {"id=d2&level=&message_status=ESME_ROK", "sent code= reason=\n"},
    {"id=d2&level=2&message_status=Delivered", "delivered code= reason=\n"},
    {"id=d2&level=2&message_status=UNDELIVERABLE",
     "undelivered code=UNDELIVERABLE reason=unreachable\n"},
    {"id=d2&level=2&message_status=ACCEPTED", "accepted code= reason=\n"},
    {"id=d2&level=2&message_status=", "unlisted \n"},
    {"id=d2&level=2&message_status=DELIVRD&id_smsc=1&sub=001&dlvrd=001&err=000&text=x&connector=77",
     "delivered code= reason=\n"},
    {"id=d2&level=2&message_status=UNKNOWN", "unknown code=UNKNOWN reason=network_does_not_know\n"},
    {"id=d2&level=3&message_status=UNDELIV", "undelivered code=UNDELIV reason=unreachable\n"},
    {"id=d2&level=3&message_status=ESME_ROK", "sent code= reason=\n"},
    {"id=d2&level=2&message_status=NOVEL", "unlisted NOVEL\n"},
};

static void test_receipts(void **state)
{
    (void)state;
    read_jasmin("/hooks/jas/receipt?ref=r&token=t", JASMIN_RECEIPTS, COUNT_OF(JASMIN_RECEIPTS));
}

/* ---- what people write */

#define JASMIN_MO "id=i&from=447400000001&to=60777&origin-connector=c&priority=0&"

static const struct pair JASMIN_TEXTS[] = {
    {JASMIN_MO "coding=%00&content=%1Be+%7F%05%04%09%00%11",
     "447400000001: \xe2\x82\xac \xc3\xa0\xc3\xa9\xc3\xa8\xc3\x87@_\n"}, /* € àéèÇ@_ */
    {JASMIN_MO "coding=%00&content=STOP", "447400000001: STOP\n"},
    {JASMIN_MO "coding=%08&content=" PRIVET_UTF16, "447400000001: " PRIVET "\n"},
    {JASMIN_MO "coding=%03&content=caf%E9", "447400000001: caf\xc3\xa9\n"},
    {JASMIN_MO "coding=%01&content=a_b@c", "447400000001: a_b@c\n"},
    {JASMIN_MO "coding=%06&content=%B4%D0", "447400000001: \xd0\x94\xd0\xb0\n"},
    {JASMIN_MO "coding=%07&content=%F9%EC", "447400000001: \xd7\xa9\xd7\x9c\n"},
    {JASMIN_MO "coding=%18&content=%04%14%040", "447400000001: \xd0\x94\xd0\xb0\n"},
    {JASMIN_MO "coding=27&content=%04%14%040", "447400000001: \xd0\x94\xd0\xb0\n"},
    {JASMIN_MO "coding=%10&content=a%00", "447400000001: a@\n"},
    {JASMIN_MO "coding=%00&content=a%FFb%1B", "447400000001: a\xef\xbf\xbd"
                                              "b \n"},
    {JASMIN_MO "coding=%00&content=%1B%3C1%1B%3E%1B%41", "447400000001: [1]A\n"},
};

static void test_texts(void **state)
{
    (void)state;
    read_jasmin("/hooks/jas/inbound?token=t", JASMIN_TEXTS, COUNT_OF(JASMIN_TEXTS));
}

static void test_it_hears_its_words(void **state)
{
    (void)state;
    struct hook_answer a = gateway_answer(jasmin);
    assert_int_equal(a.status, 200);
    assert_true(slice_is(a.body, "ACK/Jasmin"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),           cmocka_unit_test(test_responses),
        cmocka_unit_test(test_receipts),           cmocka_unit_test(test_texts),
        cmocka_unit_test(test_it_hears_its_words),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
