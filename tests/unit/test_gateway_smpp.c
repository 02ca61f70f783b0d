/* Kannel and Jasmin: what an SMSC behind them says, as they hand it on. The requests and webhooks
 * are those of Kannel 1.4.5 and Jasmin 0.11.0 before a real SMPP server. */
#include <stdio.h>

#include "base/buf.h"
#include "gateway_fixture.h"

static const struct gateway_pair JASMIN_ACCOUNT[] = {
    {"username", "muster"}, {"password", "p&w d"}, {"hook_token", "hook/tok"}};

static struct provider *kannel_file, *jasmin_file;
static struct gateway *kannel, *jasmin;

static int open_all(void **state)
{
    (void)state;
    struct gateway_config config = kannel_config();
    kannel_file = load_provider("kannel");
    jasmin_file = load_provider("jasmin");
    kannel = make_gateway(kannel_file, config);
    config.name = "jas";
    config.account = JASMIN_ACCOUNT;
    jasmin = make_gateway(jasmin_file, config);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    gateway_free(kannel);
    gateway_free(jasmin);
    provider_free(kannel_file);
    provider_free(jasmin_file);
    return 0;
}

static void print_receipt(void *arg, const struct receipt_event *e)
{
    buf_addf(arg, "%s code=%.*s reason=%.*s\n", state_to_string(e->state), SLICE_ARG(e->code),
             SLICE_ARG(e->reason));
}

static void print_inbound(void *arg, const struct inbound_event *e)
{
    buf_addf(arg, "%.*s: %.*s\n", SLICE_ARG(e->from), SLICE_ARG(e->text));
}

static void print_unlisted(void *arg, struct slice word)
{
    buf_addf(arg, "unlisted %.*s\n", SLICE_ARG(word));
}

/* method: what stands in the target is the same for both. */
static void reads(struct gateway *g, const char *method, const char *target, const char *body,
                  const char *expected)
{
    struct test_hook t = {NULL};
    struct buf out = BUF_INIT(1 << 16);
    struct hook_request hook = make_hook(&t, method, target, slice_of(body));
    const struct hook_sink sink = {.receipt = print_receipt,
                                   .inbound = print_inbound,
                                   .unlisted = print_unlisted,
                                   .arg = &out};
    assert_int_equal(gateway_read(g, &hook, &sink), HOOK_OK);
    if (!slice_is(buf_slice(&out), expected))
        fail_msg("%s %s\nexpected\n%s\ngot\n%.*s", target, body, expected,
                 SLICE_ARG(buf_slice(&out)));
    buf_done(&out);
}

struct pair {
    const char *given, *expected;
};

static void read_kannel(const char *start, const struct pair *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char target[1024];
        (void)snprintf(target, sizeof target, "%s%s", start, cases[i].given);
        reads(kannel, "GET", target, "", cases[i].expected);
        reads(kannel, "POST", target, "", cases[i].expected);
    }
}

static void read_jasmin(const char *target, const struct pair *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char whole[1024];
        reads(jasmin, "POST", target, cases[i].given, cases[i].expected);
        (void)snprintf(whole, sizeof whole, "%s&%s", target, cases[i].given);
        reads(jasmin, "GET", whole, "", cases[i].expected);
    }
}

/* ---- receipts */

static const struct pair KANNEL_RECEIPTS[] = {
    {"status=1&reply=id:1+stat:DELIVRD+err:000", "delivered code= reason=\n"},
    {"status=2&reply=id:1+stat:UNDELIV+err:001", "undelivered code=UNDELIV reason=unreachable\n"},
    {"status=2&reply=id:1+stat:REJECTD+err:001", "undelivered code=REJECTD reason=rejected\n"},
    {"status=2&reply=id:1+stat:DELETED+err:001", "undelivered code=DELETED reason=deleted\n"},
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
    /* sums of bits; a word that is not known leaves the decision to them */
    {"status=34&reply=id:1+stat:EXPIRED+err:000",
     "undelivered code=EXPIRED reason=validity_expired\n"},
    {"status=34", "undelivered code= reason=\n"},
    {"status=66", "undelivered code= reason=\n"},
    {"status=33", "delivered code= reason=\n"},
    {"status=12", "sent code= reason=\n"},
    {"status=8&reply=ACK%2F", "sent code= reason=\n"},
    {"status=2&reply=stat:LOSTIT", "undelivered code=LOSTIT reason=\n"},
    {"status=0", "unlisted 0\n"},
    {"status=64&reply=stat:SOMETHING", "unlisted SOMETHING\n"},
    {"", "unlisted \n"},
    /* refused by the SMSC, or too old while it waited */
    {"status=16&reply=NACK%2F0x0000000b%2FInvalid+Destination+Address",
     "undelivered code=0x0000000b reason=bad_number\n"},
    {"status=16&reply=NACK/0x0000000B/x", "undelivered code=0x0000000B reason=bad_number\n"},
    {"status=16&reply=NACK/0x0000000a/Invalid+Source+Address",
     "undelivered code=0x0000000a reason=bad_sender\n"},
    {"status=16&reply=NACK/0x00000045/Submit+failed",
     "undelivered code=0x00000045 reason=submit_failed\n"},
    {"status=16&reply=NACK/0x0000040c/Vendor-specific", "undelivered code=0x0000040c reason=\n"},
    {"status=16&reply=NACK%2Fvalidity+expired",
     "undelivered code=validity expired reason=validity_expired\n"},
    {"status=16&reply=NACK%2F", "undelivered code= reason=\n"},
};

static void test_kannel_receipts(void **state)
{
    (void)state;
    read_kannel("/hooks/kan/receipt?ref=r&", KANNEL_RECEIPTS, COUNT_OF(KANNEL_RECEIPTS));
}

static const struct pair JASMIN_RECEIPTS[] = {
    {"id=d2&level=1&message_status=ESME_ROK&connector=c", "sent code= reason=\n"},
    {"id=d2&level=1&message_status=ESME_RINVDSTADR&connector=c",
     "undelivered code=ESME_RINVDSTADR reason=bad_number\n"},
    {"id=d2&level=1&message_status=ESME_RINVSRCADR",
     "undelivered code=ESME_RINVSRCADR reason=bad_sender\n"},
    {"id=d2&level=1&message_status=ESME_RWHATEVER", "undelivered code=ESME_RWHATEVER reason=\n"},
    /* tried again by Jasmin */
    {"id=d2&level=1&message_status=ESME_RTHROTTLED", ""},
    {"id=d2&level=1&message_status=ESME_RMSGQFUL", ""},
    {"id=d2&level=1&message_status=DELIVRD", "unlisted DELIVRD\n"},
    {"id=d2&level=2&message_status=DELIVRD&id_smsc=1&sub=001&dlvrd=001&err=000&text=x&connector=77",
     "delivered code= reason=\n"},
    {"id=d2&level=2&message_status=UNKNOWN", "unknown code=UNKNOWN reason=network_does_not_know\n"},
    {"id=d2&level=3&message_status=UNDELIV", "undelivered code=UNDELIV reason=unreachable\n"},
    {"id=d2&level=3&message_status=ESME_ROK", "sent code= reason=\n"},
    {"id=d2&level=2&message_status=NOVEL", "unlisted NOVEL\n"},
};

static void test_jasmin_receipts(void **state)
{
    (void)state;
    read_jasmin("/hooks/jas/receipt?ref=r&token=t", JASMIN_RECEIPTS, COUNT_OF(JASMIN_RECEIPTS));
}

/* ---- what people write */

#define PRIVET_UTF16 "%04%1F%04%40%04%38%04%32%04%35%04%42%00%20%01%1F%00%20%D8%3D%DE%00"
#define PRIVET                                                                                     \
    "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 \xc4\x9f \xf0\x9f\x98\x80" /* Привет ğ 😀 */

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
    {"charset=X-NOVEL&message=caf%E9", "+447400000001: caf\xef\xbf\xbd\n"},
    {"charset=../../etc/x&message=abc", "+447400000001: abc\n"},
    {"message=line%0Atwo%09x", "+447400000001: line\ntwo\tx\n"},
    /* what is no valid text is marked: half a character, half a pair */
    {"charset=UTF-16BE&message=%00N%00o%00", "+447400000001: No\xef\xbf\xbd\n"},
    {"charset=UTF-16BE&message=%00N%D8%3D%00o", "+447400000001: N\xef\xbf\xbdo\n"},
    {"charset=UTF-16BE&message=%DE%00%00N%D8%3D", "+447400000001: \xef\xbf\xbdN\xef\xbf\xbd\n"},
    {"charset=UTF-16BE&message=", "+447400000001: \n"},
};

static void test_kannel_texts(void **state)
{
    (void)state;
    read_kannel("/hooks/kan/inbound?id=i&sender=%2B447400000001&to=60777&", KANNEL_TEXTS,
                COUNT_OF(KANNEL_TEXTS));
}

#define JASMIN_MO "id=i&from=447400000001&to=60777&origin-connector=c&priority=0&"

static const struct pair JASMIN_TEXTS[] = {
    {JASMIN_MO "coding=%00&content=%1Be+%7F%05%04%09%00%11",
     "447400000001: \xe2\x82\xac \xc3\xa0\xc3\xa9\xc3\xa8\xc3\x87@_\n"}, /* € àéèÇ@_ */
    {JASMIN_MO "coding=%00&content=STOP", "447400000001: STOP\n"},
    {JASMIN_MO "coding=%08&content=" PRIVET_UTF16, "447400000001: " PRIVET "\n"},
    {JASMIN_MO "coding=%03&content=caf%E9", "447400000001: caf\xc3\xa9\n"},
    {JASMIN_MO "coding=%00&content=a%FFb%1B", "447400000001: a\xef\xbf\xbd"
                                              "b \n"},
    {JASMIN_MO "coding=%00&content=%1B%3C1%1B%3E%1B%41", "447400000001: [1]A\n"},
};

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

static void test_jasmin_texts(void **state)
{
    (void)state;
    read_jasmin("/hooks/jas/inbound?token=t", JASMIN_TEXTS, COUNT_OF(JASMIN_TEXTS));
}

/* ---- requests */

static struct http_send build(struct gateway *g, struct outgoing msg)
{
    struct http_send send;
    struct err e = {0};
    msg.to = SLICE_LIT("+447700900123");
    msg.from = SLICE_LIT("+447700900000");
    msg.ref = SLICE_LIT(REF);
    if (gateway_build(g, &msg, &send, &e)) fail_msg("%s", e.text);
    return send;
}

static void test_replies_come_first(void **state)
{
    (void)state;
    struct outgoing msg = {.text = SLICE_LIT("x"), .lane = SLICE_LIT("reply")};
    assert_non_null(strstr(build(kannel, msg).url, "&priority=3&"));
    msg.lane = SLICE_LIT("reminder");
    assert_non_null(strstr(build(kannel, msg).url, "&priority=1&"));
    msg.lane = SLICE_LIT("blast");
    assert_null(strstr(build(kannel, msg).url, "priority"));
    msg.lane = SLICE_NONE;
    assert_null(strstr(build(kannel, msg).url, "priority"));
}

static void test_jasmin_requests(void **state)
{
    (void)state;
    static const char callback[] =
        "&dlr=yes&dlr-level=3&dlr-method=POST&dlr-url=https%3A%2F%2Fmuster.example%2Fhooks%2Fjas"
        "%2Freceipt%3Fref%3D" REF "%26token%3Dhook%252Ftok";
    char expected[1024];
    struct outgoing msg = {
        .text = SLICE_LIT("10\xe2\x82\xac"), .lane = SLICE_LIT("reply"), .validity_s = 150};
    struct http_send send = build(jasmin, msg);
    assert_string_equal(send.url, "http://127.0.0.1:1401/send");
    (void)snprintf(expected, sizeof expected,
                   "username=muster&password=p%%26w%%20d&to=447700900123&from=447700900000&coding=0"
                   "&content=10%%E2%%82%%AC&priority=3&validity-period=2%s",
                   callback);
    if (!slice_is(send.body, expected)) fail_msg("%.*s", SLICE_ARG(send.body));
    msg = (struct outgoing){.text = SLICE_LIT("\xd0\x94\xf0\x9f\x98\x80")};
    send = build(jasmin, msg);
    (void)snprintf(expected, sizeof expected,
                   "username=muster&password=p%%26w%%20d&to=447700900123&from=447700900000&coding=8"
                   "&content=%%04%%14%%D8%%3D%%DE%%00%s",
                   callback);
    if (!slice_is(send.body, expected)) fail_msg("%.*s", SLICE_ARG(send.body));
}

/* ---- answers */

static void answers(struct gateway *g, int status, const char *body, const char *expected)
{
    struct verdict v;
    const struct http_result r = {
        .transport = HTTP_ANSWERED, .status = status, .body = slice_of(body), .retry_after_ms = -1};
    static const char *const scopes[] = {"gateway", "sender", "pair"};
    struct buf out = BUF_INIT(1 << 12);
    gateway_classify(g, &r, &v);
    buf_addf(&out, "%s %.*s", outcome_to_string(v.outcome), SLICE_ARG(v.reason));
    if (v.provider_id.n) buf_addf(&out, " id=%.*s", SLICE_ARG(v.provider_id));
    if (v.outcome == THROTTLED)
        buf_addf(&out, " scope=%s retry=%lld", scopes[v.scope], (long long)v.retry_after_ms);
    if (!slice_is(buf_slice(&out), expected))
        fail_msg("%d %s: expected '%s', got '%.*s'", status, body, expected,
                 SLICE_ARG(buf_slice(&out)));
    buf_done(&out);
}

static void test_answers(void **state)
{
    (void)state;
    answers(kannel, 503, "Temporal failure, try again later.",
            "throttled queue_full scope=gateway retry=1000");
    answers(kannel, 429, "slow down", "throttled too_many_requests scope=gateway retry=1000");
    answers(kannel, 400, "Sender missing and no global set, rejected", "blocked bad_account");
    answers(kannel, 400, "Number(s) has/have been denied by white- and/or black-lists.",
            "refused number_denied");
    answers(jasmin, 200, "Success \"d214f8b0-2d5c\"", "accepted  id=d214f8b0-2d5c");
    answers(jasmin, 403, "Error \"Authentication failure for username:muster\"",
            "blocked authentication");
    answers(jasmin, 403, "Error \"User throughput exceeded\"",
            "throttled too_many_requests scope=gateway retry=1000");
    answers(jasmin, 403, "Error \"Cannot charge submit_sm, check RouterPB log file for details\"",
            "blocked no_credit");
    answers(jasmin, 412, "Error \"No route found\"", "refused unroutable");
    answers(jasmin, 400, "Error \"Argument [foo] is unknown.\"", "blocked bad_request");
    answers(jasmin, 400, "Error \"Argument [to] has an invalid value: [abc].\"",
            "refused bad_message");
    answers(jasmin, 500, "Error \"Cannot send submit_sm, check SMPPClientManagerPB log file\"",
            "unknown http_500");
}

static void test_jasmin_hears_its_words(void **state)
{
    (void)state;
    struct hook_answer a = gateway_answer(jasmin);
    assert_int_equal(a.status, 200);
    assert_true(slice_is(a.body, "ACK/Jasmin"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kannel_receipts),        cmocka_unit_test(test_jasmin_receipts),
        cmocka_unit_test(test_kannel_texts),           cmocka_unit_test(test_jasmin_texts),
        cmocka_unit_test(test_national_senders),       cmocka_unit_test(test_replies_come_first),
        cmocka_unit_test(test_jasmin_requests),        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_jasmin_hears_its_words),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
