/* The client against the server, both on one loop. */
#include "http_fixture.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "raw_http.h"

/* ---- echo ---- */

static void echo(void *arg, struct http_request *q)
{
    char text[2048];
    (void)arg;
    snprintf(text, sizeof text, "%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s",
             SLICE_ARG(http_request_method(q)), SLICE_ARG(http_request_path(q)),
             SLICE_ARG(http_request_target(q)), SLICE_ARG(http_request_query(q)),
             SLICE_ARG(http_request_param(q, "name")), SLICE_ARG(http_request_header(q, "x-WORD")),
             SLICE_ARG(http_request_cookie(q, "session")), SLICE_ARG(http_request_peer(q)),
             SLICE_ARG(http_request_body(q)));
    http_request_answer(q, 200, "text/x-echo", slice_of(text));
}

static void test_echo(void **state)
{
    (void)state;
    struct http_fixture f;
    struct got got;
    http_fixture_init(&f, NULL, NULL, echo, NULL);
    const char *headers[] = {"X-Word: one two", "Cookie: a=b; session=s3cret", NULL};
    struct http_send send = {
        .method = "POST",
        .url = url_of(http_server_port(f.server), "/a%20b/c?name=J%C3%B6+x&empty="),
        .headers = headers,
        .body = SLICE_LIT("the body"),
    };
    send_and_wait(f.loop, f.client, &send, &got);
    assert_int_equal(got.transport, HTTP_ANSWERED);
    assert_int_equal(got.status, 200);
    assert_string_equal(got.content_type, "text/x-echo");
    assert_int_equal(got.retry_after_ms, -1);
    assert_false(got.body_cut);
    assert_string_equal(got.body,
                        "POST|/a b/c|/a%20b/c?name=J%C3%B6+x&empty=|name=J%C3%B6+x&empty=|"
                        "J\xc3\xb6 x|one two|s3cret|127.0.0.1|the body");
    http_fixture_done(&f);
}

/* One handle carries all methods in turn: nothing of the one before may stay behind. */
static void test_methods(void **state)
{
    (void)state;
    static const char *const methods[] = {"GET", "POST", "HEAD", "POST", "DELETE", "PUT",
                                          "GET", "PUT",  "HEAD", "GET",  "POST"};
    struct http_fixture f;
    struct got got;
    char want[256];
    http_fixture_init(&f, NULL, NULL, echo, NULL);
    for (size_t i = 0; i < COUNT_OF(methods); i++) {
        bool has_body = methods[i][0] == 'P' || methods[i][0] == 'D';
        const char *headers[] = {i % 2 ? "X-Word: odd" : NULL, NULL};
        struct http_send send = {.method = methods[i],
                                 .url = url_of(http_server_port(f.server), "/m"),
                                 .headers = i % 3 ? headers : NULL,
                                 .body = has_body ? SLICE_LIT("b") : SLICE_NONE};
        send_and_wait(f.loop, f.client, &send, &got);
        assert_int_equal(got.status, 200);
        snprintf(want, sizeof want, "%s|/m|/m|||%s||127.0.0.1|%s", methods[i],
                 i % 2 && i % 3 ? "odd" : "", has_body ? "b" : "");
        assert_string_equal(got.body, strcmp(methods[i], "HEAD") == 0 ? "" : want);
    }
    assert_int_equal(http_server_accepted(f.server), 1);
    http_fixture_done(&f);
}

static void answer_authorization(void *arg, struct http_request *q)
{
    (void)arg;
    http_request_answer(q, 200, NULL, http_request_header(q, "Authorization"));
}

static void test_basic_credentials(void **state)
{
    (void)state;
    struct http_fixture f;
    struct got got;
    http_fixture_init(&f, NULL, NULL, answer_authorization, NULL);
    struct http_send send = {.method = "GET", .url = url_of(http_server_port(f.server), "/")};
    send.basic_user = "AC1";
    send.basic_password = "pass:word";
    send_and_wait(f.loop, f.client, &send, &got);
    assert_string_equal(got.body, "Basic QUMxOnBhc3M6d29yZA==");
    send.basic_user = send.basic_password = NULL;
    send_and_wait(f.loop, f.client, &send, &got);
    assert_string_equal(got.body, "");
    http_fixture_done(&f);
}

static void test_invalid_requests_leave_the_handle_usable(void **state)
{
    (void)state;
    struct http_fixture f;
    struct got got = {0};
    struct err e;
    http_fixture_init(&f, NULL, NULL, echo, NULL);
    char url[64];
    snprintf(url, sizeof url, "%s", url_of(http_server_port(f.server), "/x"));
    const char *injected[] = {"X-A: b\r\nX-C: d", NULL};
    const struct http_send bad[] = {
        {.method = "PATCH", .url = url},
        {.method = NULL, .url = url},
        {.method = "GET", .url = "ftp://example.org/"},
        {.method = "GET", .url = "http://127.0.0.1/a b"},
        {.method = "GET", .url = "http://127.0.0.1:99999/"},
        {.method = "GET", .url = url, .body = SLICE_LIT("x")},
        {.method = "POST", .url = url, .headers = injected},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_equal(http_client_send(f.client, &bad[i], got_result, &got, &e), ERR_INVALID);
        assert_true(strlen(e.text) > 0);
        struct http_send good = {.method = "GET", .url = url};
        send_and_wait(f.loop, f.client, &good, &got);
        assert_string_equal(got.body, "GET|/x|/x|||||127.0.0.1|");
    }
    http_fixture_done(&f);
}

/* ---- many at once ---- */

struct crowd {
    struct http_fixture f;
    char url[64];
    int left, done, wrong;
};

static void crowd_send(struct crowd *c);

static void crowd_done(void *arg, const struct http_result *result)
{
    struct crowd *c = arg;
    if (result->transport != HTTP_ANSWERED || result->status != 200) c->wrong++;
    c->done++;
    if (c->left > 0) crowd_send(c);
}

static void crowd_send(struct crowd *c)
{
    struct err e;
    struct http_send send = {.method = "POST", .url = c->url, .body = SLICE_LIT("To=1&Body=hello")};
    c->left--;
    check(http_client_send(c->f.client, &send, crowd_done, c, &e) == 0);
}

static void test_5000_requests_64_at_once(void **state)
{
    (void)state;
    struct crowd c = {.left = 5000};
    struct http_client_config config = {.in_flight_max = 64};
    struct err e;
    http_fixture_init(&c.f, NULL, &config, echo, NULL);
    snprintf(c.url, sizeof c.url, "%s", url_of(http_server_port(c.f.server), "/send"));
    for (int i = 0; i < 64; i++)
        crowd_send(&c);
    assert_int_equal(http_client_in_flight(c.f.client), 64);
    struct http_send send = {.method = "GET", .url = c.url};
    assert_int_equal(http_client_send(c.f.client, &send, crowd_done, &c, &e), -EAGAIN);
    turn_until(c.f.loop, &c.done, 5000);
    assert_int_equal(c.wrong, 0);
    assert_int_equal(http_client_in_flight(c.f.client), 0);
    assert_true(http_server_accepted(c.f.server) <= 64);
    http_fixture_done(&c.f);
}

/* ---- answered later ---- */

enum { LATER = 400 };

struct later {
    struct http_fixture f;
    struct http_request *held[LATER];
    int count, done, wrong;
};

static void hold(void *arg, struct http_request *q)
{
    struct later *t = arg;
    t->held[t->count++] = q;
}

static void later_done(void *arg, const struct http_result *result)
{
    struct later *t = arg;
    t->done++;
    if (result->transport != HTTP_ANSWERED || result->status != 202 ||
        !slice_is(result->body, "late"))
        t->wrong++;
}

static void answer_all(void *arg)
{
    struct later *t = arg;
    while (t->count > 0)
        http_request_answer(t->held[--t->count], 202, "text/plain", SLICE_LIT("late"));
}

static void later_send(struct later *t, http_client_cb *cb, void *arg)
{
    struct err e;
    struct http_send send = {.method = "POST",
                             .url = url_of(http_server_port(t->f.server), "/later"),
                             .body = SLICE_LIT("x")};
    check(http_client_send(t->f.client, &send, cb, arg, &e) == 0);
}

static void test_400_answers_from_a_timer(void **state)
{
    (void)state;
    struct later t = {0};
    struct http_client_config config = {.in_flight_max = LATER};
    http_fixture_init(&t.f, NULL, &config, hold, &t);
    for (int round = 1; round <= 3; round++) {
        for (int i = 0; i < LATER; i++)
            later_send(&t, later_done, &t);
        turn_until(t.f.loop, &t.count, LATER);
        assert_int_equal(http_server_open_requests(t.f.server), LATER);
        struct loop_timer *timer = loop_timer_new(t.f.loop, answer_all, &t);
        loop_timer_in(timer, 1000);
        turn_until(t.f.loop, &t.done, LATER * round);
        loop_timer_free(timer);
        assert_int_equal(http_server_open_requests(t.f.server), 0);
    }
    assert_int_equal(t.wrong, 0);
    http_fixture_done(&t.f);
}

static void test_timeout_after_sending_is_unknown(void **state)
{
    (void)state;
    struct later t = {0};
    struct http_client_config config = {.response_ms = 100};
    struct got got = {0};
    http_fixture_init(&t.f, NULL, &config, hold, &t);
    later_send(&t, got_result, &got);
    turn_until(t.f.loop, &got.calls, 1);
    assert_int_equal(got.transport, HTTP_UNKNOWN);
    assert_int_equal(got.status, 0);
    assert_true(strlen(got.error) > 0);
    assert_int_equal(t.count, 1);
    answer_all(&t); /* to a client that has left */
    for (int i = 0; i < 10; i++)
        loop_turn(t.f.loop, 1000);
    http_fixture_done(&t.f);
}

static void test_free_with_requests_under_way(void **state)
{
    (void)state;
    struct later t = {0};
    struct got got = {0};
    http_fixture_init(&t.f, NULL, NULL, hold, &t);
    later_send(&t, got_result, &got);
    turn_until(t.f.loop, &t.count, 1);
    http_client_free(t.f.client);
    t.f.client = NULL;
    assert_int_equal(got.calls, 1);
    assert_int_equal(got.transport, HTTP_UNKNOWN);
    http_fixture_done(&t.f); /* the server still holds the request */
}

static void test_server_free_answers_503(void **state)
{
    (void)state;
    struct later t = {0};
    struct got got = {0};
    http_fixture_init(&t.f, NULL, NULL, hold, &t);
    later_send(&t, got_result, &got);
    turn_until(t.f.loop, &t.count, 1);
    http_server_free(t.f.server);
    t.f.server = NULL;
    turn_until(t.f.loop, &got.calls, 1);
    assert_int_equal(got.transport, HTTP_ANSWERED);
    assert_int_equal(got.status, 503);
    http_fixture_done(&t.f);
}

static void test_stop_listening(void **state)
{
    (void)state;
    struct later t = {0};
    struct got got = {0}, after;
    http_fixture_init(&t.f, NULL, NULL, hold, &t);
    char url[64];
    snprintf(url, sizeof url, "%s", url_of(http_server_port(t.f.server), "/"));
    later_send(&t, got_result, &got);
    turn_until(t.f.loop, &t.count, 1);
    http_server_stop_listening(t.f.server);
    http_server_stop_listening(t.f.server);
    struct http_send send = {.method = "GET", .url = url};
    send_and_wait(t.f.loop, t.f.client, &send, &after);
    assert_int_equal(after.transport, HTTP_NOT_SENT);
    answer_all(&t);
    turn_until(t.f.loop, &got.calls, 1);
    assert_int_equal(got.status, 202);
    http_fixture_done(&t.f);
}

/* ---- bodies ---- */

static void test_body_too_large_is_413(void **state)
{
    (void)state;
    struct http_server_config config = {.listen = "127.0.0.1:0", .body_bytes_max = 1000};
    struct http_fixture f;
    struct got got;
    http_fixture_init(&f, &config, NULL, echo, NULL);
    char *big = xcalloc(1, 500000);
    memset(big, 'x', 500000);
    static const struct {
        size_t bytes;
        int status;
    } cases[] = {{999, 200}, {1000, 200}, {1001, 413}, {500000, 413}, {3, 200}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct http_send send = {.method = "POST",
                                 .url = url_of(http_server_port(f.server), "/"),
                                 .body = slice_make(big, cases[i].bytes)};
        send_and_wait(f.loop, f.client, &send, &got);
        assert_int_equal(got.transport, HTTP_ANSWERED);
        assert_int_equal(got.status, cases[i].status);
    }
    assert_int_equal(http_server_accepted(f.server),
                     1); /* read to the end, so the connection stays */
    free(big);
    http_fixture_done(&f);
}

static void answer_many_bytes(void *arg, struct http_request *q)
{
    static char bytes[100000];
    (void)arg;
    memset(bytes, 'y', sizeof bytes);
    http_request_answer(q, 201, "text/plain", slice_make(bytes, sizeof bytes));
}

static void test_long_answer_is_cut(void **state)
{
    (void)state;
    struct http_client_config config = {.body_bytes_max = 5000};
    struct http_fixture f;
    struct got got;
    http_fixture_init(&f, NULL, &config, answer_many_bytes, NULL);
    struct http_send send = {.method = "GET", .url = url_of(http_server_port(f.server), "/")};
    for (int i = 0; i < 3; i++) {
        send_and_wait(f.loop, f.client, &send, &got);
        assert_int_equal(got.transport, HTTP_ANSWERED);
        assert_int_equal(got.status, 201);
        assert_int_equal(got.body_bytes, 5000);
        assert_true(got.body_cut);
    }
    http_fixture_done(&f);
}

/* ---- addresses ---- */

static void test_refused_port_is_not_sent(void **state)
{
    (void)state;
    struct http_fixture f;
    struct got got;
    http_fixture_init(&f, NULL, NULL, echo, NULL);
    struct http_send send = {
        .method = "POST", .url = url_of(raw_free_port(), "/"), .body = SLICE_LIT("x")};
    send_and_wait(f.loop, f.client, &send, &got);
    assert_int_equal(got.transport, HTTP_NOT_SENT);
    assert_true(strlen(got.error) > 0);
    http_fixture_done(&f);
}

static void test_second_server_on_a_port_is_refused(void **state)
{
    (void)state;
    struct http_fixture f;
    struct http_server *second = NULL;
    struct err e;
    char listen[64], want[200];
    http_fixture_init(&f, NULL, NULL, echo, NULL);
    snprintf(listen, sizeof listen, "127.0.0.1:%d", http_server_port(f.server));
    snprintf(want, sizeof want,
             "something is already listening on %s; stop it or change `listen` in muster.yaml",
             listen);
    struct http_server_config config = {.listen = listen, .body_bytes_max = 1000};
    assert_int_equal(http_server_new(f.loop, &config, echo, NULL, &second, &e), ERR_EXISTS);
    assert_string_equal(e.text, want);
    assert_null(second);
    http_fixture_done(&f);
}

static void test_bad_addresses_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"8080",
                                      "127.0.0.1:",
                                      "127.0.0.1:99999",
                                      "127.0.0.1:http",
                                      "",
                                      "unix:",
                                      "unix:/no/such/folder/x.sock",
                                      "300.1.1.1:80"};
    struct loop *l = loop_new();
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct http_server *s = NULL;
        struct err e = {0};
        struct http_server_config config = {.listen = bad[i], .body_bytes_max = 1000};
        assert_true(http_server_new(l, &config, echo, NULL, &s, &e) < 0);
        assert_non_null(strstr(e.text, "muster.yaml"));
    }
    loop_free(l);
}

static void test_all_addresses_and_ipv6(void **state)
{
    (void)state;
    static const char *const listens[] = {":0", "localhost:0", "[::1]:0"};
    for (size_t i = 0; i < COUNT_OF(listens); i++) {
        struct http_fixture f;
        struct got got;
        struct err e;
        f.loop = loop_new();
        struct http_server_config config = {.listen = listens[i], .body_bytes_max = 1000};
        if (http_server_new(f.loop, &config, echo, NULL, &f.server, &e) != 0) {
            assert_int_equal(i, 2); /* a machine without IPv6 */
            loop_free(f.loop);
            continue;
        }
        assert_int_equal(http_client_new(f.loop, &(struct http_client_config){0}, &f.client, &e),
                         0);
        char url[64];
        snprintf(url, sizeof url, "http://%s:%d/", i == 2 ? "[::1]" : "127.0.0.1",
                 http_server_port(f.server));
        struct http_send send = {.method = "GET", .url = url};
        send_and_wait(f.loop, f.client, &send, &got);
        assert_string_equal(got.body, i == 2 ? "GET|/|/|||||::1|" : "GET|/|/|||||127.0.0.1|");
        http_fixture_done(&f);
    }
}

/* ---- the unix socket, and the blocking client ---- */

struct folder {
    char path[64], socket[128], listen[160];
};

static void folder_make(struct folder *d)
{
    snprintf(d->path, sizeof d->path, "/tmp/muster-http-XXXXXX");
    check(mkdtemp(d->path) != NULL);
    snprintf(d->socket, sizeof d->socket, "%s/m.sock", d->path);
    snprintf(d->listen, sizeof d->listen, "unix:%s", d->socket);
}

static void folder_remove(const struct folder *d)
{
    unlink(d->socket);
    check(rmdir(d->path) == 0);
}

static void test_unix_socket(void **state)
{
    (void)state;
    struct folder d;
    struct http_fixture f;
    struct got got;
    struct err e;
    folder_make(&d);
    struct http_server_config server = {.listen = d.listen, .body_bytes_max = 1000};
    struct http_client_config client = {.unix_path = d.socket};
    http_fixture_init(&f, &server, &client, echo, NULL);
    assert_int_equal(http_server_port(f.server), 0);
    struct http_send send = {.method = "POST", .url = "http://muster/u", .body = SLICE_LIT("b")};
    send_and_wait(f.loop, f.client, &send, &got);
    assert_string_equal(got.body, "POST|/u|/u|||||unix|b");

    struct http_server *second;
    assert_int_equal(http_server_new(f.loop, &server, echo, NULL, &second, &e), ERR_EXISTS);
    assert_non_null(strstr(e.text, "something is already listening on unix:/tmp/muster-http-"));
    assert_non_null(strstr(e.text, "stop it or change `socket` in muster.yaml"));
    send_and_wait(f.loop, f.client, &send, &got); /* the first one is none the worse */
    assert_int_equal(got.status, 200);
    http_fixture_done(&f);
    assert_int_equal(access(d.socket, F_OK), -1);
    folder_remove(&d);
}

static void test_socket_file_in_the_way(void **state)
{
    (void)state;
    struct folder d;
    struct http_server *s = NULL;
    struct err e;
    folder_make(&d);
    struct loop *l = loop_new();
    struct http_server_config config = {.listen = d.listen, .body_bytes_max = 1000};
    FILE *file = fopen(d.socket, "w");
    assert_non_null(file);
    fclose(file);
    assert_int_equal(http_server_new(l, &config, echo, NULL, &s, &e), ERR_EXISTS);
    assert_non_null(strstr(e.text, "is not a socket; remove it"));
    assert_int_equal(access(d.socket, F_OK), 0);
    loop_free(l);
    folder_remove(&d);
}

/* A server of its own process, ended without a chance to tidy up. */
static pid_t serve_elsewhere(const char *listen)
{
    int ready[2];
    char byte;
    check(pipe(ready) == 0);
    pid_t pid = fork();
    check(pid >= 0);
    if (pid == 0) {
        struct http_fixture f;
        struct http_server_config config = {.listen = listen, .body_bytes_max = 1000};
        http_fixture_init(&f, &config, NULL, echo, NULL);
        check(write(ready[1], "r", 1) == 1);
        loop_run(f.loop);
        _exit(0);
    }
    close(ready[1]);
    check(read(ready[0], &byte, 1) == 1);
    close(ready[0]);
    return pid;
}

static void test_once_and_a_stale_socket(void **state)
{
    (void)state;
    struct folder d;
    struct err e = {0};
    struct got got = {0};
    folder_make(&d);
    struct http_client_config client = {.unix_path = d.socket};
    struct http_send send = {.method = "POST", .url = "http://muster/once", .body = SLICE_LIT("b")};
    pid_t pid = serve_elsewhere(d.listen);
    assert_int_equal(http_client_once(&client, &send, got_result, &got, &e), 0);
    assert_string_equal(got.body, "POST|/once|/once|||||unix|b");
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);

    assert_int_equal(access(d.socket, F_OK), 0); /* left behind */
    assert_int_equal(http_client_once(&client, &send, got_result, &got, &e), 0);
    assert_int_equal(got.transport, HTTP_NOT_SENT);
    assert_int_equal(got.calls, 2);
    pid = serve_elsewhere(d.listen); /* takes the dead one's place */
    assert_int_equal(http_client_once(&client, &send, got_result, &got, &e), 0);
    assert_int_equal(got.status, 200);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);

    send.url = "nonsense";
    assert_int_equal(http_client_once(&client, &send, got_result, &got, &e), ERR_INVALID);
    client.ca_file = "/no/such/file.pem";
    assert_int_equal(http_client_once(&client, &send, got_result, &got, &e), -ENOENT);
    assert_non_null(strstr(e.text, "/no/such/file.pem"));
    folder_remove(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_echo),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_basic_credentials),
        cmocka_unit_test(test_invalid_requests_leave_the_handle_usable),
        cmocka_unit_test(test_5000_requests_64_at_once),
        cmocka_unit_test(test_400_answers_from_a_timer),
        cmocka_unit_test(test_timeout_after_sending_is_unknown),
        cmocka_unit_test(test_free_with_requests_under_way),
        cmocka_unit_test(test_server_free_answers_503),
        cmocka_unit_test(test_stop_listening),
        cmocka_unit_test(test_body_too_large_is_413),
        cmocka_unit_test(test_long_answer_is_cut),
        cmocka_unit_test(test_refused_port_is_not_sent),
        cmocka_unit_test(test_second_server_on_a_port_is_refused),
        cmocka_unit_test(test_bad_addresses_are_refused),
        cmocka_unit_test(test_all_addresses_and_ipv6),
        cmocka_unit_test(test_unix_socket),
        cmocka_unit_test(test_socket_file_in_the_way),
        cmocka_unit_test(test_once_and_a_stale_socket),
    };
    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
