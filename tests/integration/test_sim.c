/* The simulator as its customers meet it: real HTTP in, real HTTP back, all on one loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <jansson.h>

#include "base/clock.h"
#include "core/signature.h"
#include "io/http_client.h"
#include "sim/sim.h"

enum { PATIENCE_US = 20 * 1000 * 1000, BODY_BYTES = 4096 };

/* What the webhook got last, and how it answers. */
struct hook {
    int calls, status;
    char method[8], target[BODY_BYTES], body[BODY_BYTES], signature[128];
};

struct world {
    struct loop *loop;
    struct sim *sim;
    struct http_server *server, *hook_server;
    struct http_client *client;
    struct hook hook;
    /* the last answer */
    bool answered;
    enum http_transport transport;
    int status;
    int64_t retry_after_ms;
    char body[64 * 1024];
};

static void keep(char *out, size_t bytes, struct slice s)
{
    assert_true(s.n < bytes);
    if (s.n) memcpy(out, s.p, s.n);
    out[s.n] = '\0';
}

static void on_hook(void *arg, struct http_request *q)
{
    struct world *w = arg;
    struct hook *h = &w->hook;
    keep(h->method, sizeof h->method, http_request_method(q));
    keep(h->target, sizeof h->target, http_request_target(q));
    keep(h->body, sizeof h->body, http_request_body(q));
    struct slice signature = http_request_header(q, "X-Twilio-Signature");
    if (!signature.n) signature = http_request_header(q, "X-Hub-Signature-256");
    keep(h->signature, sizeof h->signature, signature);
    struct slice challenge = http_request_param(q, "hub.challenge");
    h->calls++;
    http_request_answer(q, h->status, "text/plain", challenge);
}

static int set_up(void **state)
{
    struct http_server_config server = {.listen = "127.0.0.1:0", .body_bytes_max = 65536};
    struct http_client_config client = {0};
    struct world *w = calloc(1, sizeof *w);
    struct sim_config config;
    struct err e;
    char url[64];
    assert_non_null(w);
    config_defaults(&config);
    w->loop = loop_new();
    w->hook.status = 200;
    assert_int_equal(http_server_new(w->loop, &server, on_hook, w, &w->hook_server, &e), 0);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/hook", http_server_port(w->hook_server));
    assert_int_equal(config_set(&config, SLICE_LIT("webhook"), slice_of(url), &e), 0);
    config.latency_ms = config.receipt_delay_ms = config.receipt_jitter_ms = 0;
    config.reply_delay_ms = config.reply_jitter_ms = 0;
    assert_int_equal(sim_new(w->loop, &config, &w->sim, &e), 0);
    assert_int_equal(http_server_new(w->loop, &server, sim_handle, w->sim, &w->server, &e), 0);
    assert_int_equal(http_client_new(w->loop, &client, &w->client, &e), 0);
    *state = w;
    return 0;
}

static int tear_down(void **state)
{
    struct world *w = *state;
    http_client_free(w->client);
    sim_stop(w->sim);
    http_server_free(w->server);
    http_server_free(w->hook_server);
    sim_free(w->sim);
    loop_free(w->loop);
    free(w);
    return 0;
}

static void on_answer(void *arg, const struct http_result *r)
{
    struct world *w = arg;
    w->answered = true;
    w->transport = r->transport;
    w->status = r->status;
    w->retry_after_ms = r->retry_after_ms;
    keep(w->body, sizeof w->body, r->body);
}

#define TURN_UNTIL(w, condition)                                                                   \
    do {                                                                                           \
        int64_t give_up_us = clock_mono_us() + PATIENCE_US;                                        \
        while (!(condition)) {                                                                     \
            assert_true(clock_mono_us() < give_up_us);                                             \
            loop_turn((w)->loop, 100000);                                                          \
        }                                                                                          \
    } while (0)

static void begin(struct world *w, const char *method, const char *path, const char *const *headers,
                  const char *body)
{
    char url[1024];
    struct err e;
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d%s", http_server_port(w->server), path);
    struct http_send send = {
        .method = method, .url = url, .headers = headers, .body = slice_of(body)};
    w->answered = false;
    assert_int_equal(http_client_send(w->client, &send, on_answer, w, &e), 0);
}

static void ask(struct world *w, const char *method, const char *path, const char *const *headers,
                const char *body)
{
    begin(w, method, path, headers, body);
    TURN_UNTIL(w, w->answered);
}

static void configure(struct world *w, const char *json)
{
    ask(w, "POST", "/sim/config", NULL, json);
    assert_int_equal(w->status, 200);
}

/* A text by Twilio to one number, with our webhook as its callback. */
static void send_twilio(struct world *w, const char *number, const char *text)
{
    static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded",
                                          "Authorization: Basic QUMxOnNpbS1zZWNyZXQ=", NULL};
    char form[512];
    (void)snprintf(form, sizeof form,
                   "To=%%2B%s&From=%%2B447700900000&Body=%s"
                   "&StatusCallback=http%%3A%%2F%%2F127.0.0.1%%3A%d%%2Freceipt%%3Fref%%3D7",
                   number, text, http_server_port(w->hook_server));
    begin(w, "POST", "/2010-04-01/Accounts/AC1/Messages.json", headers, form);
    TURN_UNTIL(w, w->answered);
}

static json_int_t stat(struct world *w, const char *name)
{
    ask(w, "GET", "/sim/stats", NULL, NULL);
    json_t *root = json_loads(w->body, 0, NULL);
    json_int_t value = json_integer_value(json_object_get(root, name));
    json_decref(root);
    return value;
}

static struct slice hook_url(const struct world *w, char *out, size_t bytes)
{
    int n = snprintf(out, bytes, "http://127.0.0.1:%d%s", http_server_port(w->hook_server),
                     w->hook.target);
    return slice_make(out, (size_t)n);
}

static void assert_signed(struct world *w)
{
    char url[BODY_BYTES];
    assert_true(signature_twilio(SLICE_LIT("sim-secret"), hook_url(w, url, sizeof url),
                                 slice_of(w->hook.body), true, slice_of(w->hook.signature)));
}

static void test_counts(void **state)
{
    struct world *w = *state;
    send_twilio(w, "447700900123", "Hi");
    assert_int_equal(w->status, 201);
    send_twilio(w, "447700900124", "Hi");
    send_twilio(w, "447700900123", "Hi");
    send_twilio(w, "0", "Hi");
    assert_int_equal(w->status, 400);
    assert_int_equal(stat(w, "requests"), 4);
    assert_int_equal(stat(w, "accepted"), 3);
    assert_int_equal(stat(w, "unique"), 2);
    assert_int_equal(stat(w, "duplicates"), 1);
    ask(w, "GET", "/sim/messages?to=447700900124", NULL, NULL);
    assert_non_null(strstr(w->body, "\"text\":\"Hi\""));
    ask(w, "POST", "/sim/reset", NULL, "");
    assert_int_equal(stat(w, "requests"), 0);
}

static void test_receipt_comes_signed(void **state)
{
    struct world *w = *state;
    configure(w, "{\"receipts\":\"read:1\",\"receipt_steps\":true}");
    send_twilio(w, "447700900123", "Hi");
    TURN_UNTIL(w, w->hook.calls == 3); /* sent, delivered, read */
    assert_string_equal(w->hook.target, "/receipt?ref=7");
    assert_signed(w);
    TURN_UNTIL(w, stat(w, "receipts_sent") == 3);
    assert_int_equal(stat(w, "posts_pending"), 0);
}

static void test_its_own_queue(void **state)
{
    struct world *w = *state;
    configure(w, "{\"receipts\":\"sent:1\",\"passes_on_per_s\":1}");
    send_twilio(w, "447700900123", "Hi");
    send_twilio(w, "447700900124", "Hi");
    assert_int_equal(stat(w, "queued"), 1);
    TURN_UNTIL(w, w->hook.calls == 2);
    assert_int_equal(stat(w, "queued"), 0);
    assert_int_equal(stat(w, "queued_highest"), 1);
}

static void test_code_by_receipt(void **state)
{
    struct world *w = *state;
    configure(w, "{\"errors\":\"30003:1\"}");
    send_twilio(w, "447700900123", "Hi");
    assert_int_equal(w->status, 201);
    TURN_UNTIL(w, w->hook.calls == 1);
    assert_non_null(strstr(w->hook.body, "MessageStatus=undelivered"));
    assert_non_null(strstr(w->hook.body, "ErrorCode=30003"));
}

static void test_people_stop_and_are_left_alone(void **state)
{
    struct world *w = *state;
    configure(w, "{\"replies\":\"stop:1\"}");
    send_twilio(w, "447700900123", "Hi");
    TURN_UNTIL(w, w->hook.calls == 1);
    assert_string_equal(w->hook.target, "/hook");
    assert_signed(w);
    TURN_UNTIL(w, stat(w, "replies_sent") == 1);
    send_twilio(w, "447700900123", "confirmed");
    assert_int_equal(stat(w, "after_stop"), 0);
    send_twilio(w, "447700900123", "more");
    assert_int_equal(stat(w, "after_stop"), 1);
}

/* Yes; a human answers; thanks; the same words again move nobody. */
static void test_people_talk(void **state)
{
    struct world *w = *state;
    configure(w, "{\"replies\":\"yes:1\",\"thanks\":1}");
    send_twilio(w, "447700900123", "Hi");
    TURN_UNTIL(w, stat(w, "replies_sent") == 1);
    send_twilio(w, "447700900123", "See+you");
    TURN_UNTIL(w, stat(w, "replies_sent") == 2);
    send_twilio(w, "447700900123", "Hi");
    assert_int_equal(stat(w, "posts_pending"), 0);
}

static void test_refused_webhook_is_tried_again(void **state)
{
    struct world *w = *state;
    configure(w, "{\"receipts\":\"delivered:1\",\"post_retries\":1}");
    w->hook.status = 403;
    send_twilio(w, "447700900123", "Hi");
    TURN_UNTIL(w, stat(w, "receipts_failed") == 1); /* a refusal for good */
    assert_int_equal(w->hook.calls, 1);
    w->hook.status = 503;
    send_twilio(w, "447700900124", "Hi");
    TURN_UNTIL(w, w->hook.calls == 2);
    w->hook.status = 200;
    TURN_UNTIL(w, stat(w, "receipts_sent") == 1);
    assert_int_equal(stat(w, "posts_retried"), 1);
}

static void test_rate_limit(void **state)
{
    struct world *w = *state;
    configure(w, "{\"rate_per_s\":2,\"retry_after_s\":3}");
    for (int i = 0; i < 2; i++)
        send_twilio(w, i ? "447700900123" : "447700900124", "Hi");
    assert_int_equal(w->status, 201);
    do
        send_twilio(w, "447700900125", "Hi");
    while (w->status == 201 &&
           stat(w, "accepted") < 1000); /* on a stalled machine a second may pass */
    assert_int_equal(w->status, 429);
    assert_int_equal(w->retry_after_ms, 3000);
    assert_non_null(strstr(w->body, "20429"));
}

static void test_network_faults(void **state)
{
    struct world *w = *state;
    configure(w, "{\"errors\":\"drop:1\"}");
    send_twilio(w, "447700900123", "Hi");
    assert_int_equal(w->transport, HTTP_UNKNOWN);
    assert_int_equal(stat(w, "accepted"), 1);
    configure(w, "{\"errors\":\"lost:1\",\"latency_ms\":1}"); /* dropped later, from the timer */
    send_twilio(w, "447700900124", "Hi");
    assert_int_equal(w->transport, HTTP_UNKNOWN);
    assert_int_equal(stat(w, "accepted"), 1);
    configure(w, "{\"errors\":\"http502:1\"}");
    send_twilio(w, "447700900125", "Hi");
    assert_int_equal(w->status, 502);
    assert_non_null(strstr(w->body, "<html>"));
    configure(w, "{\"errors\":\"html:1\"}");
    send_twilio(w, "447700900126", "Hi");
    assert_int_equal(w->status, 200);
    assert_int_equal(stat(w, "accepted"), 1);
}

static void test_hang_outlives_the_server(void **state)
{
    struct world *w = *state;
    configure(w, "{\"errors\":\"hang:1\",\"hang_ms\":3600000}");
    static const char path[] =
        "/cgi-bin/sendsms?username=muster&password=sim-secret&to=447700900123"
        "&from=a&text=b";
    begin(w, "GET", path, NULL, NULL);
    TURN_UNTIL(w, http_server_open_requests(w->server) == 1);
}

static void test_whatsapp_and_handshake(void **state)
{
    static const char *const headers[] = {"Content-Type: application/json",
                                          "Authorization: Bearer sim-secret", NULL};
    struct world *w = *state;
    ask(w, "POST", "/sim/handshake", NULL, "");
    assert_int_equal(w->status, 200);
    assert_non_null(strstr(w->hook.target, "hub.mode=subscribe"));
    assert_non_null(strstr(w->hook.target, "hub.verify_token=sim-secret"));
    w->hook.status = 403;
    ask(w, "POST", "/sim/handshake", NULL, "");
    assert_int_equal(w->status, 502);
    w->hook.status = 200;
    w->hook.calls = 0;
    configure(w, "{\"receipts\":\"delivered:1\"}");
    ask(w, "POST", "/v23.0/123/messages", headers,
        "{\"messaging_product\":\"whatsapp\",\"to\":\"447700900123\",\"text\":{\"body\":\"Hi\"},"
        "\"biz_opaque_callback_data\":\"r7\"}");
    assert_int_equal(w->status, 200);
    TURN_UNTIL(w, w->hook.calls == 1);
    assert_non_null(strstr(w->hook.body, "\"biz_opaque_callback_data\":\"r7\""));
    assert_true(signature_hmac(&hmac_of_meta, SLICE_LIT("sim-secret"), slice_of(w->hook.body),
                               slice_of(w->hook.signature)));
}

static void test_kannel_asks_back(void **state)
{
    struct world *w = *state;
    char path[512];
    configure(w, "{\"receipts\":\"delivered:1\",\"replies\":\"yes:1\"}");
    (void)snprintf(
        path, sizeof path,
        "/cgi-bin/sendsms?username=muster&password=sim-secret&to=447700900123&from=a&text=b"
        "&dlr-mask=1&dlr-url=http%%3A%%2F%%2F127.0.0.1%%3A%d%%2Fd%%3Fs%%3D%%25d",
        http_server_port(w->hook_server));
    ask(w, "GET", path, NULL, NULL);
    assert_int_equal(w->status, 202);
    TURN_UNTIL(w, w->hook.calls == 2);
    assert_string_equal(w->hook.method, "GET");
    TURN_UNTIL(w, stat(w, "receipts_sent") == 1 && stat(w, "replies_sent") == 1);
}

static void test_control_refuses(void **state)
{
    struct world *w = *state;
    ask(w, "GET", "/sim/nonsense", NULL, NULL);
    assert_int_equal(w->status, 404);
    ask(w, "GET", "/sim/reset", NULL, NULL);
    assert_int_equal(w->status, 405);
    ask(w, "POST", "/sim/config", NULL, "{\"errors\":\"99:1\"}");
    assert_int_equal(w->status, 400);
    ask(w, "GET", "/nobody", NULL, NULL);
    assert_int_equal(w->status, 404);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_counts),
        T(test_receipt_comes_signed),
        T(test_its_own_queue),
        T(test_code_by_receipt),
        T(test_people_stop_and_are_left_alone),
        T(test_people_talk),
        T(test_refused_webhook_is_tried_again),
        T(test_rate_limit),
        T(test_network_faults),
        T(test_hang_outlives_the_server),
        T(test_whatsapp_and_handshake),
        T(test_kannel_asks_back),
        T(test_control_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
