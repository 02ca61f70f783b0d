/* The client against servers that misbehave: what may be said about a request when its answer is
 * late, broken or missing. The promise under test is that one send is at most one arrival. */
#include "http_fixture.h"

#include "base/clock.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <curl/curl.h>

#include "raw_http.h"

#define OK_BYTES "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

struct wire {
    struct loop *loop;
    struct raw_server *server;
    struct http_client *client;
    char url[64];
};

static void wire_init(struct wire *w, raw_react *react)
{
    struct err e;
    w->loop = loop_new();
    w->server = raw_server_new(w->loop, react);
    check(http_client_new(w->loop, &(struct http_client_config){.connect_ms = 10000}, &w->client,
                          &e) == 0);
    snprintf(w->url, sizeof w->url, "%s", url_of(raw_server_port(w->server), "/send"));
}

static void wire_done(struct wire *w)
{
    http_client_free(w->client);
    raw_server_free(w->server);
    loop_free(w->loop);
}

static void post(struct wire *w, struct got *got)
{
    struct http_send send = {.method = "POST", .url = w->url, .body = SLICE_LIT("To=1&Body=hello")};
    send_and_wait(w->loop, w->client, &send, got);
}

static void turn_a_while(struct loop *l)
{
    for (int i = 0; i < 20; i++)
        loop_turn(l, 5000);
}

/* ---- at most once ---- */

static struct raw_reaction close_on_second(int arrival)
{
    if (arrival == 2) return (struct raw_reaction){.then = RAW_CLOSE};
    return (struct raw_reaction){.bytes = OK_BYTES, .then = RAW_KEEP};
}

static struct raw_reaction reset_on_second(int arrival)
{
    if (arrival == 2) return (struct raw_reaction){.then = RAW_RESET};
    return (struct raw_reaction){.bytes = OK_BYTES, .then = RAW_KEEP};
}

static void at_most_once(raw_react *react)
{
    struct wire w;
    struct got got;
    wire_init(&w, react);
    post(&w, &got);
    assert_int_equal(got.transport, HTTP_ANSWERED);
    post(&w, &got);
    turn_a_while(w.loop); /* for a second one that should not come */
    assert_int_equal(got.transport, HTTP_UNKNOWN);
    assert_int_equal(raw_server_arrivals(w.server), 2);
    post(&w, &got); /* and all is well again */
    assert_int_equal(got.transport, HTTP_ANSWERED);
    assert_int_equal(raw_server_arrivals(w.server), 3);
    wire_done(&w);
}

static void test_closed_without_an_answer_is_sent_once(void **state)
{
    (void)state;
    at_most_once(close_on_second);
    at_most_once(reset_on_second);
}

static size_t drop(char *p, size_t one, size_t n, void *arg)
{
    (void)p;
    (void)arg;
    return one * n;
}

/* Runs one transfer on the same loop as the server. */
static CURLcode bare_post(struct wire *w, CURLM *multi, CURL *easy)
{
    int running = 1, queued;
    CURLcode code = CURLE_OK;
    check(curl_multi_add_handle(multi, easy) == CURLM_OK);
    while (running) {
        check(curl_multi_perform(multi, &running) == CURLM_OK);
        loop_turn(w->loop, 1000);
    }
    for (CURLMsg *m; (m = curl_multi_info_read(multi, &queued)) != NULL;)
        code = m->data.result;
    check(curl_multi_remove_handle(multi, easy) == CURLM_OK);
    return code;
}

/* Why the guard is there, and that the test above would see it missing: libcurl by itself delivers
 * two requests three times and calls it a success. */
static void test_bare_libcurl_sends_twice(void **state)
{
    (void)state;
    struct wire w;
    wire_init(&w, close_on_second);
    CURLM *multi = curl_multi_init();
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, w.url);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, "To=1&Body=hello");
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
    assert_int_equal(bare_post(&w, multi, easy), CURLE_OK);
    assert_int_equal(bare_post(&w, multi, easy), CURLE_OK);
    assert_int_equal(raw_server_arrivals(w.server), 3);
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    wire_done(&w);
}

static struct raw_reaction always_ok(int arrival)
{
    (void)arrival;
    return (struct raw_reaction){.bytes = OK_BYTES, .then = RAW_KEEP};
}

static void test_a_warm_connection_is_written_to_at_once(void **state)
{
    (void)state;
    struct wire w;
    struct got got;
    struct err e;
    wire_init(&w, always_ok);
    post(&w, &got);
    assert_int_equal(raw_server_unread(w.server), 0);
    struct http_send send = {.method = "POST", .url = w.url, .body = SLICE_LIT("To=1")};
    got = (struct got){0};
    assert_int_equal(http_client_send(w.client, &send, got_result, &got, &e), 0);
    assert_true(raw_server_unread(w.server) > 0); /* and the loop has not turned */
    turn_until(w.loop, &got.calls, 1);
    assert_int_equal(got.transport, HTTP_ANSWERED);
    wire_done(&w);
}

/* What its owner no longer wants does not leave, on a fresh connection as on a warm one, and the
 * client goes on. */
struct kept {
    struct got got; /* first: it is the callback's too */
    bool may_leave;
    int asked;
};

static bool kept_may_leave(void *arg)
{
    struct kept *k = arg;
    k->asked++;
    return k->may_leave;
}

static void post_if(struct wire *w, struct kept *k, bool may_leave)
{
    struct http_send send = {
        .method = "POST", .url = w->url, .body = SLICE_LIT("To=1"), .may_leave = kept_may_leave};
    struct err e;
    *k = (struct kept){.may_leave = may_leave};
    assert_int_equal(http_client_send(w->client, &send, got_result, k, &e), 0);
    turn_until(w->loop, &k->got.calls, 1);
    assert_int_equal(k->asked, 1);
}

static void test_kept_back_at_the_last_moment(void **state)
{
    (void)state;
    struct wire w;
    struct kept k;
    wire_init(&w, always_ok);
    static const bool wanted[] = {false, true, false, true};
    int left = 0;
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        post_if(&w, &k, wanted[i]);
        left += wanted[i];
        assert_int_equal(k.got.transport, wanted[i] ? HTTP_ANSWERED : HTTP_NOT_SENT);
        turn_a_while(w.loop);
        assert_int_equal(raw_server_arrivals(w.server), left);
    }
    wire_done(&w);
}

/* A server that closes idle connections between requests: seen in time, a fresh one is taken. */
static void test_idle_connection_closed_between_requests(void **state)
{
    (void)state;
    struct wire w;
    struct got got;
    wire_init(&w, always_ok);
    for (int i = 1; i <= 5; i++) {
        post(&w, &got);
        assert_int_equal(got.transport, HTTP_ANSWERED);
        assert_int_equal(raw_server_accepted(w.server), i);
        raw_server_hang_up(w.server);
        turn_a_while(w.loop);
    }
    assert_int_equal(raw_server_arrivals(w.server), 5);
    wire_done(&w);
}

/* The same, unseen: whatever the race gives, no request arrives twice and each result is true. */
static void test_closed_at_the_moment_of_sending(void **state)
{
    (void)state;
    struct wire w;
    struct got got;
    int answered = 0, unknown = 0;
    wire_init(&w, always_ok);
    for (int i = 0; i < 20; i++) {
        post(&w, &got);
        answered += got.transport == HTTP_ANSWERED;
        unknown += got.transport == HTTP_UNKNOWN;
        raw_server_hang_up(w.server);
    }
    assert_int_equal(answered + unknown, 20);
    assert_true(raw_server_arrivals(w.server) >= answered);
    assert_true(raw_server_arrivals(w.server) <= 20);
    wire_done(&w);
}

/* ---- broken answers ---- */

static const char *broken_bytes;
static enum raw_then broken_then;

static struct raw_reaction broken(int arrival)
{
    (void)arrival;
    return (struct raw_reaction){.bytes = broken_bytes, .then = broken_then};
}

static void test_broken_answers_are_unknown(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        enum raw_then then;
    } cases[] = {
        {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", RAW_CLOSE},
        {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", RAW_RESET},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", RAW_CLOSE},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", RAW_KEEP},
        {"HTTP/1.1 200 OK\r\nContent-Le", RAW_CLOSE},
        {"HTTP/1.1 100 Continue\r\n\r\n", RAW_CLOSE},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Le", RAW_CLOSE},
        {"HTTP/1.1 200 OK\r\nContent-Length: nonsense\r\n\r\n", RAW_CLOSE},
        {"<html><body>Sign in to the hotel's network</body></html>\r\n\r\n", RAW_CLOSE},
        {"\x16\x03\x01\x02\x03garbage\r\n\r\n", RAW_CLOSE},
        {NULL, RAW_CLOSE},
        {NULL, RAW_RESET},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct wire w;
        struct got got;
        broken_bytes = cases[i].bytes;
        broken_then = cases[i].then;
        wire_init(&w, broken);
        post(&w, &got);
        if (got.transport != HTTP_UNKNOWN) fail_msg("answer %zu was taken for %d", i, got.status);
        assert_int_equal(got.status, 0);
        assert_true(strlen(got.error) > 0);
        assert_int_equal(raw_server_arrivals(w.server), 1);
        wire_done(&w);
    }
}

/* HTML in good HTTP is an answer; what it means is the gateway description's to say. */
static void test_html_is_an_answer(void **state)
{
    (void)state;
    struct wire w;
    struct got got;
    broken_bytes = "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n\r\n<html>oops</html>";
    broken_then = RAW_CLOSE;
    wire_init(&w, broken);
    post(&w, &got);
    assert_int_equal(got.transport, HTTP_ANSWERED);
    assert_int_equal(got.status, 502);
    assert_string_equal(got.content_type, "text/html");
    assert_string_equal(got.body, "<html>oops</html>");
    wire_done(&w);
}

static void test_redirects_are_not_followed(void **state)
{
    (void)state;
    struct wire w;
    struct got got;
    broken_bytes = "HTTP/1.1 307 Go\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n";
    broken_then = RAW_KEEP;
    wire_init(&w, broken);
    post(&w, &got);
    assert_int_equal(got.status, 307);
    assert_int_equal(raw_server_arrivals(w.server), 1);
    wire_done(&w);
}

static void test_failed_tls_is_not_sent(void **state)
{
    (void)state;
    struct wire w;
    struct got got;
    wire_init(&w, always_ok);
    char url[64];
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", raw_server_port(w.server));
    struct http_send send = {.method = "POST", .url = url, .body = SLICE_LIT("secret")};
    struct err e;
    got = (struct got){0};
    assert_int_equal(http_client_send(w.client, &send, got_result, &got, &e), 0);
    while (raw_server_accepted(w.server) == 0)
        loop_turn(w.loop, 10000);
    raw_server_hang_up(w.server); /* in the middle of the handshake */
    turn_until(w.loop, &got.calls, 1);
    assert_int_equal(got.transport, HTTP_NOT_SENT);
    assert_int_equal(raw_server_arrivals(w.server), 0);
    wire_done(&w);
}

/* ---- certificates ---- */

struct tls {
    char folder[64], certificate[96], key[96];
    int port;
    pid_t pid;
};

static void tls_certificate(struct tls *t)
{
    char command[512];
    snprintf(t->folder, sizeof t->folder, "/tmp/muster-tls-XXXXXX");
    check(mkdtemp(t->folder) != NULL);
    snprintf(t->certificate, sizeof t->certificate, "%s/c.pem", t->folder);
    snprintf(t->key, sizeof t->key, "%s/k.pem", t->folder);
    snprintf(command, sizeof command,
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
             "-keyout %s "
             "-out %s -subj /CN=muster -addext subjectAltName=IP:127.0.0.1 2>/dev/null",
             t->key, t->certificate);
    check(system(command) == 0);
}

/* A server that answers every GET; it says "ACCEPT 127.0.0.1:PORT" when it stands. */
static void tls_serve(struct tls *t)
{
    int out[2];
    check(pipe(out) == 0);
    t->pid = fork();
    check(t->pid >= 0);
    if (t->pid == 0) {
        dup2(out[1], 1);
        dup2(out[1], 2);
        close(out[0]);
        execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", t->certificate,
               "-key", t->key, "-www", (char *)NULL);
        _exit(127);
    }
    close(out[1]);
    FILE *lines = fdopen(out[0], "r");
    char line[256];
    while (t->port == 0 && fgets(line, sizeof line, lines))
        if (strncmp(line, "ACCEPT ", 7) == 0) t->port = atoi(strrchr(line, ':') + 1);
    check(t->port > 0);
    fclose(lines);
}

static void tls_done(struct tls *t)
{
    kill(t->pid, SIGKILL);
    waitpid(t->pid, NULL, 0);
    unlink(t->certificate);
    unlink(t->key);
    check(rmdir(t->folder) == 0);
}

static void get_over_tls(const struct tls *t, const char *ca_file, const char *host,
                         struct got *got)
{
    struct err e;
    char url[64];
    struct http_client *c;
    struct loop *l = loop_new();
    struct http_client_config config = {.connect_ms = 20000, .ca_file = ca_file};
    check(http_client_new(l, &config, &c, &e) == 0);
    snprintf(url, sizeof url, "https://%s:%d/", host, t->port);
    struct http_send send = {.method = "GET", .url = url};
    send_and_wait(l, c, &send, got);
    http_client_free(c);
    loop_free(l);
}

static void test_certificates_are_verified(void **state)
{
    (void)state;
    struct tls t = {0};
    struct got got;
    tls_certificate(&t);
    tls_serve(&t);
    get_over_tls(&t, t.certificate, "127.0.0.1", &got);
    assert_int_equal(got.transport, HTTP_ANSWERED);
    assert_int_equal(got.status, 200);
    get_over_tls(&t, NULL, "127.0.0.1", &got); /* nobody whom the system trusts */
    assert_int_equal(got.transport, HTTP_NOT_SENT);
    get_over_tls(&t, t.certificate, "localhost", &got); /* another name than the certificate's */
    assert_int_equal(got.transport, HTTP_NOT_SENT);
    tls_done(&t);
}

/* The system's are 140, and to read them takes 25 ms in which the loop stands: a connection that is made later
 * does without. */
static void test_certificates_are_read_once(void **state)
{
    (void)state;
    struct tls t = {0};
    struct got got;
    struct err e;
    char url[64];
    struct http_client *c;
    struct loop *l = loop_new();
    tls_certificate(&t);
    tls_serve(&t);
    struct http_client_config config = {.connect_ms = 20000, .ca_file = t.certificate};
    check(http_client_new(l, &config, &c, &e) == 0);
    snprintf(url, sizeof url, "https://127.0.0.1:%d/", t.port);
    struct http_send send = {.method = "GET", .url = url};
    send_and_wait(l, c, &send, &got);
    assert_int_equal(got.transport, HTTP_ANSWERED);
    assert_int_equal(rename(t.certificate, t.key),
                     0); /* the server has both, and closes each connection */
    send_and_wait(l, c, &send, &got);
    assert_int_equal(got.transport, HTTP_ANSWERED);
    http_client_free(c);
    loop_free(l);
    tls_done(&t);
}

/* ---- Retry-After ---- */

static int64_t retry_after(const char *value)
{
    struct wire w;
    struct got got;
    char bytes[256];
    snprintf(bytes, sizeof bytes, "HTTP/1.1 429 Slow\r\n%s%s%sContent-Length: 0\r\n\r\n",
             value ? "retry-after: " : "", value ? value : "", value ? "\r\n" : "");
    broken_bytes = bytes;
    broken_then = RAW_KEEP;
    wire_init(&w, broken);
    post(&w, &got);
    assert_int_equal(got.status, 429);
    wire_done(&w);
    return got.retry_after_ms;
}

static void test_retry_after(void **state)
{
    (void)state;
    assert_int_equal(retry_after(NULL), -1);
    assert_int_equal(retry_after("0"), 0);
    assert_int_equal(retry_after("120"), 120000);
    assert_int_equal(retry_after("  7  "), 7000);
    assert_int_equal(retry_after("99999999999999"), 7LL * 24 * 3600 * 1000);
    assert_int_equal(retry_after("99999999999999999999999"), -1);
    assert_int_equal(retry_after("soon"), -1);
    assert_int_equal(retry_after("1h"), -1);
    assert_int_equal(retry_after("2026-11-28T20:00:00Z"), -1);
    assert_int_equal(retry_after("-5"), -1);
    assert_int_equal(retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), 0);
    char date[64];
    time_t then = (time_t)(clock_wall_ms() / 1000) + 3600;
    struct tm tm;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&then, &tm));
    int64_t ms = retry_after(date);
    assert_true(ms > 0 && ms <= 3600 * 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closed_without_an_answer_is_sent_once),
        cmocka_unit_test(test_bare_libcurl_sends_twice),
        cmocka_unit_test(test_a_warm_connection_is_written_to_at_once),
        cmocka_unit_test(test_kept_back_at_the_last_moment),
        cmocka_unit_test(test_idle_connection_closed_between_requests),
        cmocka_unit_test(test_closed_at_the_moment_of_sending),
        cmocka_unit_test(test_broken_answers_are_unknown),
        cmocka_unit_test(test_html_is_an_answer),
        cmocka_unit_test(test_redirects_are_not_followed),
        cmocka_unit_test(test_failed_tls_is_not_sent),
        cmocka_unit_test(test_certificates_are_verified),
        cmocka_unit_test(test_certificates_are_read_once),
        cmocka_unit_test(test_retry_after),
    };
    return cmocka_run_group_tests_name("http wire", tests, NULL, NULL);
}
