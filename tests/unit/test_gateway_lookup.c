/* The look-up at a provider: a message in, the expected question out; a list in, what became of the
 * message out. */
#include <stdio.h>

#include "gateway_fixture.h"

PROVIDER(twilio, "twilio")

static struct outgoing message(void)
{
    return (struct outgoing){.to = SLICE_LIT("+447700900123"), .text = SLICE_LIT("Hi Ada")};
}

#define MESSAGES_URL                                                                               \
    "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json"

static void test_question(void **state)
{
    (void)state;
    struct gateway *g = make_gateway(twilio, twilio_config());
    struct outgoing msg = message();
    struct http_send send;
    struct err e = {0};
    assert_true(gateway_has_lookup(g));
    assert_int_equal(gateway_lookup_build(g, &msg, &send, &e), 0);
    assert_string_equal(send.method, "GET");
    assert_string_equal(send.url, MESSAGES_URL "?To=%2B447700900123&PageSize=100");
    assert_string_equal(send.basic_user, "AC00000000000000000000000000000001");
    assert_string_equal(send.basic_password, "12345");
    assert_string_equal(send.headers[0], "Accept: application/json");
    assert_null(send.headers[1]);
    assert_int_equal(send.body.n, 0);
    gateway_free(g);
}

static void test_question_by_whatsapp(void **state)
{
    (void)state;
    struct gateway_config config = twilio_config();
    config.channel = "whatsapp";
    struct gateway *g = make_gateway(twilio, config);
    struct outgoing msg = message();
    struct http_send send;
    struct err e = {0};
    assert_int_equal(gateway_lookup_build(g, &msg, &send, &e), 0);
    assert_string_equal(send.url, MESSAGES_URL "?To=whatsapp%3A%2B447700900123&PageSize=100");
    msg.template_name = SLICE_LIT("HX00000000000000000000000000000001");
    assert_int_equal(gateway_lookup_build(g, &msg, &send, &e), ERR_INVALID);
    gateway_free(g);
}

static void test_who_cannot_be_asked(void **state)
{
    (void)state;
    struct provider *meta = load_provider("whatsapp_cloud"), *kannel = load_provider("kannel");
    struct gateway *wa = make_gateway(meta, meta_config());
    struct gateway *kan = make_gateway(kannel, kannel_config());
    assert_false(gateway_has_lookup(wa));
    assert_false(gateway_has_lookup(kan));
    gateway_free(wa);
    gateway_free(kan);
    provider_free(meta);
    provider_free(kannel);
}

/* ---- answers */

/* 2026-11-22 12:00:00 to 12:10:00 UTC */
enum { FROM_S = 1795348800, TO_S = FROM_S + 600 };
#define AT "Sun, 22 Nov 2026 12:05:00 +0000"

#define ENTRY(to, body, at, status, code)                                                          \
    "{\"sid\":\"SM1\",\"to\":\"" to "\",\"from\":\"+447700900000\",\"body\":\"" body               \
    "\",\"date_created\":\"" at "\",\"date_sent\":null,\"status\":\"" status                       \
    "\",\"error_code\":" code "}"
#define MINE(status, code) ENTRY("+447700900123", "Hi Ada", AT, status, code)
#define LIST(entries)      "{\"messages\":[" entries "],\"page\":0,\"next_page_uri\":null}"
#define LONG_LIST(entries) "{\"messages\":[" entries "],\"next_page_uri\":\"/2010-04-01/x?Page=1\"}"

static const struct {
    int status;
    const char *body, *expected;
} answers[] = {
    {200, LIST(MINE("queued", "null")), "found accepted SM1"},
    {200, LIST(MINE("sending", "null")), "found accepted SM1"},
    {200, LIST(MINE("sent", "null")), "found sent SM1"},
    {200, LIST(MINE("delivered", "null")), "found delivered SM1"},
    {200, LIST(MINE("read", "null")), "found read SM1"},
    {200, LIST(MINE("something_new", "null")), "found accepted SM1"},
    {200, LIST(MINE("undelivered", "30003")), "found undelivered SM1 30003 unreachable"},
    {200, LIST(MINE("failed", "21610")), "found undelivered SM1 21610 unsubscribed suppress"},
    {200, LIST(MINE("failed", "99999")), "found undelivered SM1 99999"},
    {200, LIST(MINE("failed", "null")), "found undelivered SM1"},
    /* the newest is told of, and how many there are */
    {200, LIST(MINE("sent", "null") "," MINE("sent", "null")), "found sent SM1, 2 fit"},
    {200, LIST(MINE("sent", "null") "," MINE("failed", "30003")), "found sent SM1, 2 fit, differ"},
    {200,
     LIST(MINE("failed", "30003") "," ENTRY("+447700900123", "Hi Bob", AT, "sent",
                                            "null") "," MINE("sent", "null")),
     "found undelivered SM1 30003 unreachable, 2 fit, differ"},
    {200, LONG_LIST(MINE("sent", "null")), "found sent SM1"},
    /* blanks at the ends; the edges of the time */
    {200, LIST(ENTRY("+447700900123", "Hi Ada ", AT, "sent", "null")), "found sent SM1"},
    {200, LIST(ENTRY("+447700900123", "Hi Ada", "Sun, 22 Nov 2026 12:00:00 +0000", "sent", "null")),
     "found sent SM1"},
    {200, LIST(ENTRY("+447700900123", "Hi Ada", "Sun, 22 Nov 2026 13:10:00 +0100", "sent", "null")),
     "found sent SM1"},
    {200, LIST(ENTRY("+447700900123", "Hi Ada", "2026-11-22T12:05:00Z", "sent", "null")),
     "found sent SM1"},
    {200, LIST(ENTRY("+447700900123", "Hi Ada", "1795349100", "sent", "null")), "found sent SM1"},
    /* others */
    {200, LIST(""), "not_found"},
    {200, LIST(ENTRY("+447700900124", "Hi Ada", AT, "sent", "null")), "not_found"},
    {200, LIST(ENTRY("+447700900123", "Hi Bob", AT, "sent", "null")), "not_found"},
    {200, LIST(ENTRY("+447700900123", "Hi Ada", "Sun, 22 Nov 2026 11:59:59 +0000", "sent", "null")),
     "not_found"},
    {200, LIST(ENTRY("+447700900123", "Hi Ada", "Sun, 22 Nov 2026 12:10:01 +0000", "sent", "null")),
     "not_found"},
    {200, LIST("{\"sid\":\"SM2\"},7"), "not_found"},
    /* says nothing */
    {200, LONG_LIST(""), "cannot_tell"},
    {200, LIST(ENTRY("+447700900123", "Hi Ada", "yesterday", "sent", "null")), "cannot_tell"},
    {200, "{}", "cannot_tell"},
    {200, "[]", "cannot_tell"},
    {200, "{\"messages\":[", "cannot_tell"},
    {200, "<html>", "cannot_tell"},
    {200, "", "cannot_tell"},
    {404, "{\"code\":20404}", "cannot_tell"},
    {429, "{\"code\":20429}", "cannot_tell"},
    {500, LIST(""), "cannot_tell"},
};

static const char *const results[] = {
#define X(name, text) [name] = text,
    LOOKUP_RESULT_TABLE(X)
#undef X
};

static void print(const struct lookup_verdict *v, char *out, size_t bytes)
{
    bool found = v->result == LOOKUP_FOUND;
    (void)snprintf(out, bytes, "%s%s%s%s%.*s%s%.*s%s%.*s%s", results[v->result], found ? " " : "",
                   found ? state_to_string(v->state) : "", v->provider_id.n ? " " : "",
                   SLICE_ARG(v->provider_id), v->code.n ? " " : "", SLICE_ARG(v->code),
                   v->reason.n ? " " : "", SLICE_ARG(v->reason), v->suppress ? " suppress" : "");
    size_t n = strlen(out);
    if (v->fitting > 1)
        (void)snprintf(out + n, bytes - n, ", %zu fit%s", v->fitting, v->differ ? ", differ" : "");
}

static void look_up(struct gateway *g, const struct http_result *result, char *out, size_t bytes)
{
    const struct lookup_wanted wanted = {.to = SLICE_LIT("+447700900123"),
                                         .text = SLICE_LIT("Hi Ada"),
                                         .from_ms = FROM_S * INT64_C(1000),
                                         .to_ms = TO_S * INT64_C(1000)};
    struct lookup_verdict v;
    gateway_lookup_read(g, result, &wanted, &v);
    print(&v, out, bytes);
}

static void test_answers(void **state)
{
    (void)state;
    struct gateway *g = make_gateway(twilio, twilio_config());
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        char got[256];
        struct http_result result = {.transport = HTTP_ANSWERED,
                                     .status = answers[i].status,
                                     .body = slice_of(answers[i].body)};
        look_up(g, &result, got, sizeof got);
        if (strcmp(got, answers[i].expected) != 0)
            fail_msg("%zu: expected '%s', got '%s'", i, answers[i].expected, got);
    }
    gateway_free(g);
}

/* An audience of before has the number as it was spelled then, the provider's list as it is now. */
static void test_spellings_of_one_person(void **state)
{
    (void)state;
    struct gateway *g = make_gateway(twilio, twilio_config());
    const struct http_result result = {
        .transport = HTTP_ANSWERED,
        .status = 200,
        .body = SLICE_LIT(LIST(ENTRY("+525512345678", "Hi Ada", AT, "sent", "null")))};
    struct lookup_wanted wanted = {.text = SLICE_LIT("Hi Ada"),
                                   .from_ms = FROM_S * INT64_C(1000),
                                   .to_ms = TO_S * INT64_C(1000)};
    struct lookup_verdict v;
    wanted.to = SLICE_LIT("+5215512345678");
    gateway_lookup_read(g, &result, &wanted, &v);
    assert_int_equal(v.result, LOOKUP_FOUND);
    wanted.to = SLICE_LIT("+5215512345679");
    gateway_lookup_read(g, &result, &wanted, &v);
    assert_int_equal(v.result, LOOKUP_NOT_FOUND);
    gateway_free(g);
}

static void test_no_answer(void **state)
{
    (void)state;
    struct gateway *g = make_gateway(twilio, twilio_config());
    char got[256];
    struct http_result cut = {.transport = HTTP_ANSWERED,
                              .status = 200,
                              .body_cut = true,
                              .body = SLICE_LIT(LIST(MINE("sent", "null")))};
    look_up(g, &cut, got, sizeof got);
    assert_string_equal(got, "cannot_tell");
    struct http_result lost = {.transport = HTTP_UNKNOWN};
    look_up(g, &lost, got, sizeof got);
    assert_string_equal(got, "cannot_tell");
    struct http_result unsent = {.transport = HTTP_NOT_SENT};
    look_up(g, &unsent, got, sizeof got);
    assert_string_equal(got, "cannot_tell");
    gateway_free(g);
}

/* ---- the language */

static void refuse(const char *lookup, const char *why)
{
    static const char HEAD[] =
        "name: X\nchannels: [sms]\nbase_url: http://x\n"
        "send: {method: GET, url: \"{{{base_url}}}\"}\n"
        "answer: {format: text, rules: [{status: 200, outcome: accepted, reason: ok}]}\n"
        "hooks: {methods: [GET], format: form, signature: {scheme: token, parameter: t, keys: "
        "[k]},\n"
        "  answer: {status: 200, content_type: a/b, body: \"\"}}\n"
        "account: {k: {}}\nlookup: ";
    char text[2048];
    struct provider *p = NULL;
    struct err e = {0};
    (void)snprintf(text, sizeof text, "%s%s\n", HEAD, lookup);
    int code = provider_parse(slice_of(text), "x.yaml", &p, &e);
    provider_free(p);
    if (!why) {
        if (code) fail_msg("%s", e.text);
        return;
    }
    if (!code || !strstr(e.text, why)) fail_msg("expected '%s', got '%s'", why, e.text);
}

#define REST "each: /m/*, to: /t, text: /b, at: /a, status: /s, states: {q: sent}"

static void test_language(void **state)
{
    (void)state;
    refuse("{url: \"{{{base_url}}}/list\", query: {To: \"{{to}}\"}, " REST "}", NULL);
    refuse("{" REST "}", "'url' is missing");
    refuse("{url: \"{{to}}\", " REST "}", "only account");
    refuse("{url: x, query: {To: \"{{too}}\"}, " REST "}", "no message has a 'too'");
    refuse("{url: x, each: /m/*, to: /t, at: /a, status: /s, states: {q: sent}}",
           "'text' is missing");
    refuse("{url: x, each: /m/*, to: /t, text: /b, at: /a, status: /s, states: {q: pending}}",
           "x.yaml:9:");
    refuse("{url: x, mehr: /n, " REST "}", "unknown key 'mehr'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_question),
        cmocka_unit_test(test_question_by_whatsapp),
        cmocka_unit_test(test_who_cannot_be_asked),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_spellings_of_one_person),
        cmocka_unit_test(test_no_answer),
        cmocka_unit_test(test_language),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
