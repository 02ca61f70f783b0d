/* The three faces: what they take, how they refuse, how their receipts and inbound messages look.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include <jansson.h>

#include "core/form.h"
#include "core/signature.h"
#include "sim/face.h"

struct fixture {
    struct sim_config config;
    struct arena *arena;
    struct answer answer;
    struct outgoing out;
};

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){.arena = arena_new(1 << 20)};
    config_defaults(&f.config);
    struct err e;
    assert_int_equal(
        config_set(&f.config, SLICE_LIT("webhook"), SLICE_LIT("http://m.test/hooks/g"), &e), 0);
    buf_init(&f.answer.body, 1 << 20);
    buf_init(&f.out.url, 8192);
    buf_init(&f.out.body, 65536);
    buf_init(&f.out.signature, 256);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    arena_free(f->arena);
    buf_done(&f->answer.body);
    buf_done(&f->out.url);
    buf_done(&f->out.body);
    buf_done(&f->out.signature);
    return 0;
}

static const char *ask(struct fixture *f, const struct face_request *q, struct sim_message *ret)
{
    const struct face *face = face_of_path(q->path);
    assert_non_null(face);
    const struct face_code *no = face->read(&f->config, q, f->arena, ret);
    return no ? no->code : NULL;
}

/* ---- Twilio ---- */

static const char twilio_path[] = "/2010-04-01/Accounts/AC1/Messages.json";
/* AC1:sim-secret */
static const char twilio_auth[] = "Basic QUMxOnNpbS1zZWNyZXQ=";

static struct face_request twilio_request(const char *form)
{
    return (struct face_request){.method = SLICE_LIT("POST"),
                                 .path = slice_of(twilio_path),
                                 .content_type = SLICE_LIT("application/x-www-form-urlencoded"),
                                 .authorization = slice_of(twilio_auth),
                                 .body = slice_of(form)};
}

static void test_twilio_takes(void **state)
{
    struct fixture *f = *state;
    struct sim_message m;
    struct face_request q = twilio_request("To=%2B447700900123&From=%2B447700900000&Body=Hi+%C3%A9"
                                           "&StatusCallback=https%3A%2F%2Fx.test%2Fdlr%3Fid%3D42"
                                           "&ValidityPeriod=600");
    assert_null(ask(f, &q, &m));
    assert_true(m.number == 447700900123);
    assert_true(slice_is(m.text, "Hi \xc3\xa9"));
    assert_true(slice_is(m.callback, "https://x.test/dlr?id=42"));
    (void)snprintf(m.id, sizeof m.id, "SM1");
    face_twilio.accept(&m, &f->answer);
    assert_int_equal(f->answer.status, 201);
    json_t *root = json_loadb(f->answer.body.p, f->answer.body.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    assert_string_equal(json_string_value(json_object_get(root, "sid")), "SM1");
    assert_string_equal(json_string_value(json_object_get(root, "status")), "queued");
    assert_string_equal(json_string_value(json_object_get(root, "body")), "Hi \xc3\xa9");
    json_decref(root);
}

static void test_twilio_refuses(void **state)
{
    static const struct {
        const char *form, *code;
    } cases[] = {
        {"From=%2B447700900000&Body=Hi", "21604"},
        {"To=447700900123&From=%2B447700900000&Body=Hi", "21211"},
        {"To=%2B447700900123&Body=Hi", "21603"},
        {"To=%2B447700900123&From=%2B447700900000", "21602"},
        {"To=%2B447700900123&From=ThisNameIsTooLong&Body=Hi", "21212"},
        {"To=whatsapp%3A%2B447700900123&From=%2B447700900000&Body=Hi", "21212"},
        {"To=%2B447700900123&From=%2B447700900123&Body=Hi", "21266"},
        {"To=%2B447700900123&MessagingServiceSid=MGx&Body=Hi", "21701"},
        {"To=%2B447700900123&From=Acme&Body=Hi&StatusCallback=nonsense", "21609"},
        {"To=%2B447700900123&From=Acme&Body=Hi&StatusCallback=http%3A%2F%2Fa_b%2F", "21609"},
        {"To=%2B447700900123&From=Acme&Body=Hi&ValidityPeriod=36001", "20001"},
        {"To=%2B447700900123&From=Acme&ContentSid=HX1", "21655"},
        {"To=%2B447700900123&From=Acme&ContentSid=HX00000000000000000000000000000001"
         "&ContentVariables=%5B1%5D",
         "21656"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sim_message m;
        struct face_request q = twilio_request(cases[i].form);
        const char *code = ask(f, &q, &m);
        assert_non_null(code);
        assert_string_equal(code, cases[i].code);
    }
}

static void test_twilio_body_limit(void **state)
{
    struct fixture *f = *state;
    struct buf form = BUF_INIT(65536);
    struct sim_message m;
    buf_add_cstr(&form, "To=%2B447700900123&From=Acme&Body=");
    for (int i = 0; i < 1600; i++)
        buf_add_cstr(&form, "%C3%A9");
    struct face_request q = twilio_request(form.p);
    assert_null(ask(f, &q, &m)); /* characters count, not bytes */
    buf_add_cstr(&form, "x");
    q = twilio_request(form.p);
    assert_string_equal(ask(f, &q, &m), "21617");
    buf_done(&form);
}

static void test_twilio_auth(void **state)
{
    static const char *const bad[] = {"",
                                      "Basic",
                                      "Basic !!",
                                      "Bearer QUMxOnNpbS1zZWNyZXQ=",
                                      "Basic QUMxOndyb25n" /* AC1:wrong */,
                                      "Basic QUMyOnNpbS1zZWNyZXQ=" /* AC2:sim-secret */};
    struct fixture *f = *state;
    struct sim_message m;
    struct face_request q = twilio_request("To=%2B447700900123&From=Acme&Body=Hi");
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        q.authorization = slice_of(bad[i]);
        assert_string_equal(ask(f, &q, &m), "20003");
    }
    q.authorization = slice_of(twilio_auth);
    assert_null(ask(f, &q, &m));
    struct err e;
    assert_int_equal(config_set(&f->config, SLICE_LIT("account-sid"), SLICE_LIT("AC2"), &e), 0);
    assert_string_equal(ask(f, &q, &m), "20003");
}

static void test_twilio_error_body(void **state)
{
    struct fixture *f = *state;
    face_twilio.refuse(face_code(&face_twilio, "21610"), &f->answer);
    json_error_t why;
    json_t *root = json_loadb(f->answer.body.p, f->answer.body.n, 0, &why);
    assert_int_equal(json_integer_value(json_object_get(root, "code")), 21610);
    assert_int_equal(json_integer_value(json_object_get(root, "status")), 400);
    json_decref(root);
}

static struct letter letter(const struct face *face, enum letter_kind kind)
{
    return (struct letter){.face = face,
                           .kind = kind,
                           .receipt = receipt_find("delivered"),
                           .text = "Yes \xc3\xa9",
                           .number = 447700900123,
                           .serial = 9,
                           .at_ms = 1700000000000,
                           .id = SLICE_LIT("ID1"),
                           .account = SLICE_LIT("AC1"),
                           .to = SLICE_LIT("+447700900123"),
                           .from = SLICE_LIT("+447700900000"),
                           .callback = SLICE_LIT("http://m.test/r?ref=abc"),
                           .ref = SLICE_LIT("abc"),
                           .receipt_mask = 31};
}

static struct slice signature_of(const struct fixture *f, const char *name)
{
    struct slice line = buf_slice(&f->out.signature);
    assert_true(slice_starts(line, name));
    return slice_from(line, strlen(name) + 2);
}

static void assert_field(struct fixture *f, const char *name, const char *value)
{
    struct form form;
    assert_int_equal(form_parse(buf_slice(&f->out.body), f->arena, &form), 0);
    const struct form_pair *pair = form_find(&form, slice_of(name));
    assert_non_null(pair);
    assert_true(slice_is(pair->value, value));
}

static void test_twilio_receipt(void **state)
{
    struct fixture *f = *state;
    struct letter l = letter(&face_twilio, LETTER_RECEIPT);
    l.callback = SLICE_LIT("http://m.test/r?ref=abc#rc=2");
    l.receipt = receipt_find("undelivered");
    assert_true(face_twilio.wants(&f->config, &l));
    assert_true(face_twilio.write(&f->config, &l, &f->out));
    assert_string_equal(f->out.url.p, "http://m.test/r?ref=abc");
    assert_field(f, "MessageStatus", "undelivered");
    assert_field(f, "ErrorCode", "30003");
    assert_true(signature_twilio(SLICE_LIT("sim-secret"), buf_slice(&f->out.url),
                                 buf_slice(&f->out.body), true,
                                 signature_of(f, "X-Twilio-Signature")));
    l.callback = SLICE_NONE;
    assert_false(face_twilio.wants(&f->config, &l));
}

static void test_twilio_reply(void **state)
{
    struct fixture *f = *state;
    struct letter l = letter(&face_twilio, LETTER_REPLY);
    assert_true(face_twilio.write(&f->config, &l, &f->out));
    assert_string_equal(f->out.url.p, "http://m.test/hooks/g");
    assert_field(f, "From", "+447700900123");
    assert_field(f, "To", "+447700900000");
    assert_field(f, "Body", "Yes \xc3\xa9");
    assert_true(signature_twilio(SLICE_LIT("sim-secret"), buf_slice(&f->out.url),
                                 buf_slice(&f->out.body), true,
                                 signature_of(f, "X-Twilio-Signature")));
}

/* ---- WhatsApp ---- */

static struct face_request whatsapp_request(const char *json)
{
    return (struct face_request){.method = SLICE_LIT("POST"),
                                 .path = SLICE_LIT("/v23.0/123/messages"),
                                 .content_type = SLICE_LIT("application/json"),
                                 .authorization = SLICE_LIT("Bearer sim-secret"),
                                 .body = slice_of(json)};
}

static void test_whatsapp_takes(void **state)
{
    struct fixture *f = *state;
    struct sim_message m, other;
    struct face_request q = whatsapp_request(
        "{\"messaging_product\":\"whatsapp\",\"to\":\"+447700900123\",\"type\":\"template\","
        "\"biz_opaque_callback_data\":\"ref1\",\"template\":{\"name\":\"t_1\",\"language\":{"
        "\"code\":\"en\"},"
        "\"components\":[{\"type\":\"body\",\"parameters\":[{\"type\":\"text\",\"text\":\"Ada\"}]}]"
        "}}");
    assert_null(ask(f, &q, &m));
    assert_true(m.number == 447700900123);
    assert_true(slice_is(m.ref, "ref1"));
    assert_true(slice_is(m.from, "123"));
    q = whatsapp_request("{\"messaging_product\":\"whatsapp\",\"to\":\"447700900123\","
                         "\"type\":\"text\",\"text\":{\"body\":\"Hi\"}}");
    assert_null(ask(f, &q, &other));
    assert_true(slice_is(other.text, "Hi"));
    (void)snprintf(m.id, sizeof m.id, "wamid.1");
    face_whatsapp.accept(&m, &f->answer);
    json_t *root = json_loadb(f->answer.body.p, f->answer.body.n, 0, NULL);
    const json_t *first = json_array_get(json_object_get(root, "messages"), 0);
    assert_string_equal(json_string_value(json_object_get(first, "id")), "wamid.1");
    json_decref(root);
}

#define WA(rest) "{\"messaging_product\":\"whatsapp\",\"to\":\"447700900123\"," rest "}"

static void test_whatsapp_refuses(void **state)
{
    static const struct {
        const char *json, *code;
    } cases[] = {
        {"", "100"},
        {"[]", "100"},
        {"{\"to\":\"447700900123\"}", "100"},
        {"{\"messaging_product\":\"whatsapp\",\"type\":\"text\"}", "100"},
        {"{\"messaging_product\":\"whatsapp\",\"to\":\"x\",\"type\":\"text\"}", "131009"},
        {WA("\"type\":\"text\""), "131008"},
        {WA("\"type\":\"text\",\"text\":{\"body\":\"\"}"), "131008"},
        {WA("\"type\":\"text\",\"text\":{\"body\":\"a\",\"extra\":1}"), "100"},
        {WA("\"type\":\"fax\""), "131051"},
        {WA("\"type\":\"template\",\"template\":{\"name\":\"Bad "
            "Name\",\"language\":{\"code\":\"en\"}}"),
         "132001"},
        {WA("\"type\":\"template\",\"template\":{\"name\":\"a\",\"language\":{\"code\":\"en\"},"
            "\"components\":[{\"type\":\"body\",\"parameters\":[{\"type\":\"text\",\"text\":"
            "\"a\\nb\"}]}]}"),
         "132018"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sim_message m;
        struct face_request q = whatsapp_request(cases[i].json);
        const char *code = ask(f, &q, &m);
        assert_non_null(code);
        assert_string_equal(code, cases[i].code);
    }
    struct sim_message m;
    struct face_request q = whatsapp_request(WA("\"type\":\"text\",\"text\":{\"body\":\"Hi\"}"));
    q.authorization = SLICE_LIT("Bearer wrong");
    assert_string_equal(ask(f, &q, &m), "190");
}

static void check_signed_by_meta(struct fixture *f)
{
    assert_true(signature_hmac(&hmac_of_meta, SLICE_LIT("sim-secret"), buf_slice(&f->out.body),
                               signature_of(f, "X-Hub-Signature-256")));
    for (size_t i = 0; i < f->out.body.n; i++) /* escaped, as Meta does */
        assert_true((unsigned char)f->out.body.p[i] < 0x80);
}

static void test_whatsapp_receipt(void **state)
{
    struct fixture *f = *state;
    struct letter l = letter(&face_whatsapp, LETTER_RECEIPT);
    l.receipt = receipt_find("undelivered");
    l.code = face_code(&face_whatsapp, "131049");
    assert_true(face_whatsapp.write(&f->config, &l, &f->out));
    check_signed_by_meta(f);
    const char *status = NULL, *ref = NULL;
    json_int_t code = 0;
    json_t *root = json_loadb(f->out.body.p, f->out.body.n, 0, NULL);
    assert_int_equal(json_unpack(root, "{s[{s[{s{s[{ss ss s[{sI}]}]}}]}]}", "entry", "changes",
                                 "value", "statuses", "status", &status, "biz_opaque_callback_data",
                                 &ref, "errors", "code", &code),
                     0);
    assert_string_equal(status, "failed");
    assert_string_equal(ref, "abc");
    assert_int_equal(code, 131049);
    json_decref(root);
}

static void test_whatsapp_reply(void **state)
{
    struct fixture *f = *state;
    struct letter l = letter(&face_whatsapp, LETTER_REPLY);
    assert_true(face_whatsapp.write(&f->config, &l, &f->out));
    check_signed_by_meta(f);
    const char *from = NULL, *text = NULL, *phone = NULL;
    json_t *root = json_loadb(f->out.body.p, f->out.body.n, 0, NULL);
    assert_int_equal(json_unpack(root, "{s[{s[{s{s{ss} s[{ss s{ss}}]}}]}]}", "entry", "changes",
                                 "value", "metadata", "phone_number_id", &phone, "messages", "from",
                                 &from, "text", "body", &text),
                     0);
    assert_string_equal(phone, "AC1");
    assert_string_equal(from, "447700900123");
    assert_string_equal(text, "Yes \xc3\xa9");
    json_decref(root);
}

/* The messages of a reply in that shape; borrowed from *ret_root. */
static const json_t *reply_in(struct fixture *f, const char *shape, json_t **ret_root)
{
    struct letter l = letter(&face_whatsapp, LETTER_REPLY);
    char mix[64];
    struct buf *used[] = {&f->out.url, &f->out.body, &f->out.signature};
    for (size_t i = 0; i < COUNT_OF(used); i++)
        buf_clear(used[i]);
    (void)snprintf(mix, sizeof mix, "%s:1", shape);
    assert_int_equal(mix_parse(slice_of(mix), &f->config.shapes, NULL), 0);
    assert_true(face_whatsapp.write(&f->config, &l, &f->out));
    check_signed_by_meta(f);
    json_t *changes, *root = json_loadb(f->out.body.p, f->out.body.n, 0, NULL);
    assert_int_equal(json_unpack(root, "{s[{so}]}", "entry", "changes", &changes), 0);
    *ret_root = root;
    const json_t *value = json_object_get(json_array_get(changes, 0), "value");
    return json_object_get(value, "messages");
}

static const char *text_in(const json_t *object, const char *outer, const char *inner)
{
    return json_string_value(json_object_get(json_object_get(object, outer), inner));
}

static void test_whatsapp_shapes(void **state)
{
    struct fixture *f = *state;
    json_t *root;
    const json_t *messages = reply_in(f, "username", &root), *first = json_array_get(messages, 0);
    assert_null(json_object_get(first, "from"));
    assert_string_equal(json_string_value(json_object_get(first, "from_user_id")),
                        "GB.1447700900123");
    json_decref(root);
    first = json_array_get(reply_in(f, "button", &root), 0);
    assert_string_equal(text_in(first, "button", "payload"), "Yes \xc3\xa9");
    json_decref(root);
    first = json_array_get(reply_in(f, "reaction", &root), 0);
    assert_string_equal(text_in(first, "reaction", "emoji"), "\xf0\x9f\x91\x8d");
    json_decref(root);
    messages = reply_in(f, "edit", &root);
    assert_int_equal(json_array_size(messages), 2);
    const json_t *edit = json_object_get(json_array_get(messages, 1), "edit");
    assert_string_equal(json_string_value(json_object_get(edit, "original_message_id")),
                        json_string_value(json_object_get(json_array_get(messages, 0), "id")));
    assert_string_equal(text_in(json_object_get(edit, "message"), "text", "body"), "Yes \xc3\xa9");
    json_decref(root);
    assert_false(whatsapp_shape_is_known("hologram"));
}

/* Somebody of whom only the id is known: taken, and told of by the id. */
static void test_whatsapp_user_id(void **state)
{
    struct fixture *f = *state;
    struct sim_message m;
    struct face_request q = whatsapp_request("{\"messaging_product\":\"whatsapp\",\"recipient\":"
                                             "\"GB.1447700900123\",\"type\":\"text\",\"text\":{"
                                             "\"body\":\"Hi\"}}");
    assert_null(ask(f, &q, &m));
    assert_true(m.number == 447700900123);
    face_whatsapp.accept(&m, &f->answer);
    assert_non_null(strstr(f->answer.body.p, "\"user_id\":\"GB.1447700900123\""));
    assert_null(strstr(f->answer.body.p, "wa_id"));
    struct letter l = letter(&face_whatsapp, LETTER_RECEIPT);
    l.receipt = receipt_find("delivered");
    l.to = SLICE_LIT("GB.1447700900123");
    assert_true(face_whatsapp.write(&f->config, &l, &f->out));
    assert_non_null(strstr(f->out.body.p, "\"recipient_user_id\":\"GB.1447700900123\""));
    assert_null(strstr(f->out.body.p, "\"recipient_id\""));
}

/* ---- Kannel ---- */

static struct face_request kannel_request(const char *query)
{
    return (struct face_request){.method = SLICE_LIT("GET"),
                                 .path = SLICE_LIT("/cgi-bin/sendsms"),
                                 .query = slice_of(query)};
}

#define KANNEL "username=muster&password=sim-secret&"

static void test_kannel_takes(void **state)
{
    struct fixture *f = *state;
    struct sim_message m;
    struct face_request q = kannel_request(
        KANNEL "to=447700900123&from=Acme&text=h%C3%A9&dlr-mask=31&dlr-url=http%3A%2F%2Fx%2F"
               "%3Fs%3D%25d");
    assert_null(ask(f, &q, &m));
    assert_true(slice_is(m.text, "h\xc3\xa9"));
    assert_true(slice_is(m.callback, "http://x/?s=%d"));
    assert_int_equal(m.receipt_mask, 31);
    /* UTF-16BE: h, e acute, a grinning face */
    q = kannel_request("user=muster&pass=sim-secret&to=%2B447700900123&from=Acme&coding=2"
                       "&text=%00h%00%E9%D8%3D%DE%00");
    assert_null(ask(f, &q, &m));
    assert_true(slice_is(m.text, "h\xc3\xa9\xf0\x9f\x98\x80"));
    face_kannel.accept(&m, &f->answer);
    assert_int_equal(f->answer.status, 202);
    assert_string_equal(f->answer.body.p, "0: Accepted for delivery");
}

static void test_kannel_refuses(void **state)
{
    static const struct {
        const char *query, *code;
    } cases[] = {
        {"username=muster&password=x&to=447700900123&from=a&text=b", "unauthorized"},
        {KANNEL "from=a&text=b", "no_receiver"},
        {KANNEL "to=abc&from=a&text=b", "bad_receiver"},
        {KANNEL "to=447700900123&text=b", "no_sender"},
        {KANNEL "to=447700900123&from=a", "no_text"},
        {KANNEL "to=447700900123&from=a&text=%FF", "bad_text"},
        {KANNEL "to=447700900123&from=a&coding=2&text=abc", "bad_text"},
        {KANNEL "to=447700900123&from=a&coding=2&text=%D8%3D", "bad_text"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sim_message m;
        struct face_request q = kannel_request(cases[i].query);
        const char *code = ask(f, &q, &m);
        assert_non_null(code);
        assert_string_equal(code, cases[i].code);
    }
}

static void test_kannel_receipt(void **state)
{
    struct fixture *f = *state;
    struct letter l = letter(&face_kannel, LETTER_RECEIPT);
    l.callback = SLICE_LIT("http://x/r?s=%d&id=%I&p=%p&P=%P&t=%T&u=%%&z=%z&a=%A");
    assert_true(face_kannel.write(&f->config, &l, &f->out));
    assert_true(slice_starts(buf_slice(&f->out.url),
                             "http://x/r?s=1&id=ID1&p=%2B447700900123&P=%2B447700900000"
                             "&t=1700000000&u=%&z=&a=id%3A0000000009%20sub"));
    assert_non_null(strstr(f->out.url.p, "stat%3ADELIVRD"));
    l.receipt_mask = 2; /* only bad news */
    assert_false(face_kannel.wants(&f->config, &l));
    l.receipt = receipt_find("undelivered");
    assert_true(face_kannel.wants(&f->config, &l));
}

static void test_kannel_reply(void **state)
{
    struct fixture *f = *state;
    struct letter l = letter(&face_kannel, LETTER_REPLY);
    struct err e;
    assert_true(face_kannel.write(&f->config, &l, &f->out));
    assert_string_equal(f->out.url.p,
                        "http://m.test/hooks/g?id=ID1&ts=1700000000&sender=%2B447700900123"
                        "&to=%2B447700900000&message=Yes%20%C3%A9&smsc=sim");
    assert_int_equal(
        config_set(&f->config, SLICE_LIT("webhook"), SLICE_LIT("kannel=http://x/?m=%a&f=%p"), &e),
        0);
    buf_clear(&f->out.url);
    assert_true(face_kannel.write(&f->config, &l, &f->out));
    assert_string_equal(f->out.url.p, "http://x/?m=Yes%20%C3%A9&f=%2B447700900123");
}

/* ---- fates ---- */

static void test_fates(void **state)
{
    (void)state;
    assert_int_equal(fate_of(&face_twilio, NULL).kind, FATE_TAKEN);
    assert_int_equal(fate_of(&face_twilio, "21610").kind, FATE_REFUSED);
    struct fate later = fate_of(&face_twilio, "30003");
    assert_int_equal(later.kind, FATE_TAKEN);
    assert_string_equal(later.code->code, "30003");
    assert_int_equal(fate_of(&face_kannel, "30003").kind, FATE_TAKEN);
    assert_null(fate_of(&face_kannel, "30003").code);
    assert_int_equal(fate_of(&face_kannel, "http502").status, 502);
    assert_int_equal(fate_of(&face_kannel, "drop").kind, FATE_DROPPED);
    assert_true(fate_is_known("http503"));
    assert_false(fate_is_known("http99"));
    assert_false(fate_is_known("12345"));
}

/* A refusal sticks to the message; what the network does is new each time. */
static void test_fate_of_tries(void **state)
{
    struct fixture *f = *state;
    struct err e;
    assert_int_equal(
        config_set(&f->config, SLICE_LIT("errors"), SLICE_LIT("21610:0.3,lost:0.3"), &e), 0);
    int recovered = 0, refused = 0, lost = 0;
    for (uint64_t key = 1; key < 1000; key++) {
        struct fate first = fate_roll(&f->config, &face_twilio, key, 0);
        struct fate second = fate_roll(&f->config, &face_twilio, key, 1);
        refused += first.kind == FATE_REFUSED;
        lost += first.kind == FATE_LOST;
        if (first.kind == FATE_REFUSED) assert_ptr_equal(second.code, first.code);
        if (first.kind != FATE_REFUSED) assert_int_not_equal(second.kind, FATE_REFUSED);
        recovered += first.kind == FATE_LOST && second.kind == FATE_TAKEN;
    }
    assert_in_range(refused, 230, 370);
    assert_in_range(lost, 230, 370);
    assert_in_range(recovered, 150, 300);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_twilio_takes),     T(test_twilio_refuses),    T(test_twilio_body_limit),
        T(test_twilio_auth),      T(test_twilio_error_body), T(test_twilio_receipt),
        T(test_twilio_reply),     T(test_whatsapp_takes),    T(test_whatsapp_refuses),
        T(test_whatsapp_receipt), T(test_whatsapp_reply),    T(test_whatsapp_shapes),
        T(test_whatsapp_user_id), T(test_kannel_takes),      T(test_kannel_refuses),
        T(test_kannel_receipt),   T(test_kannel_reply),      T(test_fates),
        T(test_fate_of_tries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
