/* Kannel: requests, responses, webhooks. */
#include "gateway_events.h"
#include "gateway_requests.h"
#include "gateway_smsc.h"

static struct provider *file;
static struct gateway *kannel;

static int load(void **state)
{
    (void)state;
    file = load_provider("kannel");
    kannel = make_gateway(file, kannel_config());
    return 0;
}

static int unload(void **state)
{
    (void)state;
    gateway_free(kannel);
    provider_free(file);
    return 0;
}

/* ---- requests */

#define KANNEL_URL                                                                                 \
    "http://127.0.0.1:13013/cgi-bin/sendsms?username=muster&password=p%26w%20d"                    \
    "&to=%2B447700900123&from=%2B447700900000"
#define KANNEL_DLR                                                                                 \
    "&dlr-mask=27&dlr-url=https%3A%2F%2Fmuster.example%2Fhooks%2Fkan%2Freceipt%3Fref%3D" REF       \
    "%26token%3Dhook%252Ftok%26status%3D%25d%26reply%3D%25A%26id%3D%25F%26ts%3D%25T"

static void test_requests(void **state)
{
    (void)state;
    struct outgoing msg = message("10\xe2\x82\xac + tip");
    struct http_send send = build(kannel, &msg);
    assert_string_equal(send.method, "GET");
    assert_int_equal(send.body.n, 0);
    assert_string_equal(send.url,
                        KANNEL_URL "&charset=UTF-8&text=10%E2%82%AC%20%2B%20tip" KANNEL_DLR);
    msg.text = SLICE_LIT("\xd0\x94\xf0\x9f\x98\x80"); /* Д😀 */
    msg.validity_s = 150;
    send = build(kannel, &msg);
    assert_string_equal(send.url,
                        KANNEL_URL "&coding=2&text=%04%14%D8%3D%DE%00&validity=2" KANNEL_DLR);
    msg.text = SLICE_LIT("");
    msg.validity_s = 5; /* below a minute: the provider's least */
    send = build(kannel, &msg);
    assert_string_equal(send.url, KANNEL_URL "&charset=UTF-8&text=&validity=1" KANNEL_DLR);
    assert_string_equal(gateway_hook_url(kannel),
                        "https://muster.example/hooks/kan/inbound?token=hook%2Ftok&id=%I&ts=%T&"
                        "sender=%p&to=%P&charset=%C&coding=%c&message=%b");
}

static void test_replies_come_first(void **state)
{
    (void)state;
    struct outgoing msg = message("x");
    msg.lane = SLICE_LIT("reply");
    assert_non_null(strstr(build(kannel, &msg).url, "&priority=3&"));
    msg.lane = SLICE_LIT("reminder");
    assert_non_null(strstr(build(kannel, &msg).url, "&priority=1&"));
    msg.lane = SLICE_LIT("blast");
    assert_null(strstr(build(kannel, &msg).url, "priority"));
    msg.lane = SLICE_NONE;
    assert_null(strstr(build(kannel, &msg).url, "priority"));
}

static void test_to_a_user_id(void **state)
{
    (void)state;
    struct outgoing msg = message("Hi");
    msg.to = SLICE_LIT("~GB.13491208655302741918");
    struct http_send send;
    struct err e = {0};
    assert_false(gateway_takes_user_id(kannel));
    assert_int_equal(gateway_build(kannel, &msg, &send, &e), ERR_INVALID);
    assert_string_equal(e.text, "Kannel sends to numbers only by sms");
}

/* ---- responses */

static const struct response_case KANNEL_RESPONSES[] = {
    {202, "0: Accepted for delivery", "accepted "},
    {202, "3: Queued for later delivery", "accepted "},
    {202, "Sent.", "accepted "},
    {202, HTML, "unknown http_202"},
    {200, "<h1>Sent.</h1>", "unknown http_200"},
    {200, "", "unknown http_200"},
    {403, "Not routable. Do not try again.", "refused unroutable"},
    {403, "Authorization failed for sendsms", "blocked authentication"},
    {400, "Missing receiver number, rejected", "refused bad_message"},
    {400, "Sender missing and no global set, rejected", "blocked bad_account"},
    {400, "Number(s) has/have been denied by white- and/or black-lists.", "refused number_denied"},
    {503, "Temporal failure, try again later.", "throttled queue_full retry=1000"},
    {503, "<html>", "unknown http_503"},
    {500, "internal", "unknown http_500"},
    {404, "nope", "blocked http_404"},
    {429, "", "throttled too_many_requests retry=1000"},
};

static void test_responses(void **state)
{
    (void)state;
    judge_all(file, kannel_config(), KANNEL_RESPONSES, COUNT_OF(KANNEL_RESPONSES));
}

/* ---- webhooks */

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

static void test_events(void **state)
{
    (void)state;
    read_cases(file, kannel_config(), KANNEL_HOOKS, COUNT_OF(KANNEL_HOOKS));
}

static void test_verify(void **state)
{
    (void)state;
    struct slice challenge;
    assert_int_equal(verify(kannel, "GET", "/hooks/kan/receipt?ref=r&token=hook%2Ftok&status=1", "",
                            NULL, &challenge),
                     HOOK_OK);
    assert_int_equal(
        verify(kannel, "GET", "/hooks/kan/receipt?ref=r&token=hook&status=1", "", NULL, &challenge),
        HOOK_FORGED);
    assert_int_equal(
        verify(kannel, "GET", "/hooks/kan/receipt?ref=r&status=1", "", NULL, &challenge),
        HOOK_MISSING);
}

/* ---- receipts */

static void read_kannel(const char *start, const struct pair *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char target[1024];
        (void)snprintf(target, sizeof target, "%s%s", start, cases[i].given);
        reads(kannel, "GET", target, "", cases[i].expected);
        reads(kannel, "POST", target, "", cases[i].expected);
    }
}

static const struct pair KANNEL_RECEIPTS[] = {
    {"status=1&reply=id:1+stat:DELIVRD+err:000", "delivered code= reason=\n"},
    {"status=2&reply=id:1+stat:UNDELIV+err:001", "undelivered code=UNDELIV reason=unreachable\n"},
    {"status=2&reply=id:1+stat:REJECTD+err:001", "undelivered code=REJECTD reason=rejected\n"},
    {"status=2&reply=id:1+stat:DELETED+err:001", "undelivered code=DELETED reason=deleted\n"},
    {"status=2&reply=id:1+stat:CANCELLED+err:001", "undelivered code=CANCELLED reason=deleted\n"},
    {"status=2&reply=id:1+stat:SKIPPED+err:001", "undelivered code=SKIPPED reason=skipped\n"},
    {"status=2&reply=stat:FAILED", "undelivered code=FAILED reason=failed\n"},
    {"status=4&reply=stat:ACCEPTD", "accepted code= reason=\n"},
    {"status=4&reply=stat:ENROUTE", "sent code= reason=\n"},
    {"status=4&reply=stat:BUFFRED", "accepted code= reason=\n"},
    /* Kannel calls all of these 2 */
    {"status=2&reply=id:1+stat:UNKNOWN+err:000",
     "unknown code=UNKNOWN reason=network_does_not_know\n"},
    {"status=66&reply=stat:UNKNOWN", "unknown code=UNKNOWN reason=network_does_not_know\n"},
    {"status=2&reply=Id:1+Stat:DELIVRD+Err:000", "delivered code= reason=\n"},
    {"status=2&reply=stat:delivrd", "delivered code= reason=\n"},
    {"status=2&reply=STAT:expired", "undelivered code=expired reason=validity_expired\n"},
    {"status=+1", "delivered code= reason=\n"},
    /* sums of bits; a word that is not known leaves the decision to them */
    {"status=34&reply=id:1+stat:EXPIRED+err:000",
     "undelivered code=EXPIRED reason=validity_expired\n"},
    {"status=34", "undelivered code= reason=\n"},
    {"status=66", "undelivered code= reason=\n"},
    {"status=33", "delivered code= reason=\n"},
    {"status=12", "sent code= reason=\n"},
    {"status=8&reply=ACK%2F", "sent code= reason=\n"},
    {"status=2&reply=stat:LOSTIT", "undelivered code=LOSTIT reason=\n"},
    /* of several bits, delivered is only what nothing denies; the SMSC's word counts more */
    {"status=99", "undelivered code= reason=\n"},
    {"status=3", "undelivered code= reason=\n"},
    {"status=17", "undelivered code= reason=\n"},
    {"status=35", "undelivered code= reason=\n"},
    {"status=255", "undelivered code= reason=\n"},
    {"status=9", "delivered code= reason=\n"},
    {"status=97", "delivered code= reason=\n"},
    {"status=24", "undelivered code= reason=\n"},
    {"status=99&reply=stat:DELIVRD", "delivered code= reason=\n"},
    {"status=128", "unlisted 128\n"},
    /* words in full, which Kannel calls 2; and what may stand around a word */
    {"status=2&reply=stat:DELIVERED+err:000", "delivered code= reason=\n"},
    {"status=2&reply=stat:DLVRD+err:000", "delivered code= reason=\n"},
    {"status=2&reply=stat:ACCEPTED", "accepted code= reason=\n"},
    {"status=2&reply=stat:UNDELIVERABLE", "undelivered code=UNDELIVERABLE reason=unreachable\n"},
    {"status=2&reply=stat:REJECTED", "undelivered code=REJECTED reason=rejected\n"},
    {"status=2&reply=id:1+stat:+DELIVRD+err:000", "delivered code= reason=\n"},
    {"status=2&reply=id:1%09stat:DELIVRD%09err:000", "delivered code= reason=\n"},
    {"status=2&reply=stat:DELIVRD,err:000", "delivered code= reason=\n"},
    {"status=2&reply=stat:DELIVRD%00", "delivered code= reason=\n"},
    {"status=2&reply=stat:EXPIRED%0A", "undelivered code=EXPIRED reason=validity_expired\n"},
    {"status=2&reply=stat:", "undelivered code= reason=\n"},
    {"status=0", "unlisted 0\n"},
    {"status=64&reply=stat:SOMETHING", "unlisted SOMETHING\n"},
    {"", "unlisted \n"},
    /* refused by the SMSC, or too old while it waited */
    {"status=16&reply=NACK%2F0x0000000b%2FInvalid+Destination+Address",
     "undelivered code=0x0000000b reason=bad_number\n"},
    {"status=16&reply=NACK/0x0000000B/x", "undelivered code=0x0000000B reason=bad_number\n"},
    {"status=16&reply=NACK/0x0000000a/Invalid+Source+Address",
     "undelivered code=0x0000000a reason=bad_sender of all\n"},
    {"status=1&reply=NACK/0x0000000a/what", "unlisted 1\n"},
    {"status=16&reply=NACK/Retries+Exceeded",
     "undelivered code=Retries Exceeded reason=smsc_error\n"},
    {"status=16&reply=NACK/0x00000045/Submit+failed",
     "undelivered code=0x00000045 reason=submit_failed\n"},
    {"status=16&reply=NACK/0x0000040c/Vendor-specific", "undelivered code=0x0000040c reason=\n"},
    {"status=16&reply=NACK%2Fvalidity+expired",
     "undelivered code=validity expired reason=validity_expired\n"},
    {"status=16&reply=NACK%2F", "undelivered code= reason=\n"},
};

static void test_receipts(void **state)
{
    (void)state;
    read_kannel("/hooks/kan/receipt?ref=r&", KANNEL_RECEIPTS, COUNT_OF(KANNEL_RECEIPTS));
}

/* ---- what people write */

static const struct pair KANNEL_TEXTS[] = {
    {"charset=UTF-16BE&coding=2&message=" PRIVET_UTF16, "+447400000001: " PRIVET "\n"},
    {"charset=utf-16be&message=%00A%00R%00R%00%CA%00T", "+447400000001: ARR\xc3\x8aT\n"},
    {"charset=UCS-2&message=%00S%00T%00O%00P", "+447400000001: STOP\n"},
    {"charset=UTF-8&coding=0&message=S%C3%AD", "+447400000001: S\xc3\xad\n"},
    /* mo-recode = true: the charset says what was made of it, the coding what it was */
    {"charset=UTF-8&coding=2&message=%D0%94%D0%B0", "+447400000001: \xd0\x94\xd0\xb0\n"},
    {"coding=2&message=O%60Y%7D", "+447400000001: \xe4\xbd\xa0\xe5\xa5\xbd\n"}, /* 你好 */
    {"charset=WINDOWS-1252&message=%80%20%E9", "+447400000001: \xe2\x82\xac \xc3\xa9\n"},
    {"charset=ISO-8859-1&message=caf%E9", "+447400000001: caf\xc3\xa9\n"},
    {"charset=ISO-8859-5&message=%B4%D0", "+447400000001: \xd0\x94\xd0\xb0\n"},
    {"charset=windows-1251&message=%C4%E0", "+447400000001: \xd0\x94\xd0\xb0\n"},
    {"charset=ISO-8859-15&message=%A4", "+447400000001: \xe2\x82\xac\n"},
    /* the marks of the byte order */
    {"charset=UTF-16BE&message=%FE%FF%00N%00o", "+447400000001: No\n"},
    {"charset=UTF-16BE&message=%FF%FEN%00o%00", "+447400000001: No\n"},
    /* nobody said: only what cannot be UTF-8 is taken for the other */
    {"message=%04%14%04%30", "+447400000001: \xd0\x94\xd0\xb0\n"},
    {"message=%00S%00T%00O%00P%00%20%D8%3D%DE%4F", "+447400000001: STOP \xf0\x9f\x99\x8f\n"},
    {"message=%09%39%09%3E%09%01", "+447400000001: \xe0\xa4\xb9\xe0\xa4\xbe\xe0\xa4\x81\n"},
    {"message=%09%AC%09%A8%09%CD%09%A7",
     "+447400000001: \xe0\xa6\xac\xe0\xa6\xa8\xe0\xa7\x8d\xe0\xa6\xa7\n"},
    {"message=%D0%94%D0%B0", "+447400000001: \xd0\x94\xd0\xb0\n"},
    /* or, in a guess, for Western letters: an opt-out in them counts */
    {"charset=X-NOVEL&message=caf%E9", "+447400000001: caf\xc3\xa9\n"},
    {"message=Arr%EAtez", "+447400000001: Arr\xc3\xaatez\n"},
    {"message=k%FCndigen", "+447400000001: k\xc3\xbcndigen\n"},
    {"message=%C4%80%E9%FF%80%FE",
     "+447400000001: \xc4\x80\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n"},
    {"charset=../../etc/x&message=abc", "+447400000001: abc\n"},
    {"message=line%0Atwo%09x", "+447400000001: line\ntwo\tx\n"},
    /* what is no valid text is marked: half a character, half a pair */
    {"charset=UTF-16BE&message=%00N%00o%00", "+447400000001: No\xef\xbf\xbd\n"},
    {"charset=UTF-16BE&message=%00N%D8%3D%00o", "+447400000001: N\xef\xbf\xbdo\n"},
    {"charset=UTF-16BE&message=%DE%00%00N%D8%3D", "+447400000001: \xef\xbf\xbdN\xef\xbf\xbd\n"},
    {"charset=UTF-16BE&message=", "+447400000001: \n"},
};

static void test_texts(void **state)
{
    (void)state;
    read_kannel("/hooks/kan/inbound?id=i&sender=%2B447400000001&to=60777&", KANNEL_TEXTS,
                COUNT_OF(KANNEL_TEXTS));
}

/* Whose a number without a plus is, a country says, and that is not known here. */
static void test_national_senders(void **state)
{
    (void)state;
    static const struct pair cases[] = {
        {"sender=07700900123&message=x", "07700900123: x\n"},
        {"sender=2025550123&message=x", "2025550123: x\n"},
        {"sender=447700900123&message=x", "447700900123: x\n"},
        {"sender=%2B447700900123&message=x", "+447700900123: x\n"},
        {"sender=00447700900123&message=x", "00447700900123: x\n"},
        {"sender=Acme&message=x", "Acme: x\n"},
        {"sender=60777&message=x", "60777: x\n"},
    };
    read_kannel("/hooks/kan/inbound?id=i&charset=UTF-8&", cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),         cmocka_unit_test(test_replies_come_first),
        cmocka_unit_test(test_to_a_user_id),     cmocka_unit_test(test_responses),
        cmocka_unit_test(test_events),           cmocka_unit_test(test_verify),
        cmocka_unit_test(test_receipts),         cmocka_unit_test(test_texts),
        cmocka_unit_test(test_national_senders),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
