/* The server against clients that write bytes of their own. */
#include "http_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "raw_http.h"

struct site {
    struct loop *loop;
    struct http_server *server;
    int port;
    int seen; /* requests that the handler got */
    struct http_request *held;
};

static void handler(void *arg, struct http_request *q)
{
    struct site *s = arg;
    s->seen++;
    if (slice_is(http_request_path(q), "/hold")) {
        s->held = q;
        return;
    }
    if (slice_is(http_request_path(q), "/cached")) {
        http_request_set_header(q, "cache-control", "max-age=60");
        http_request_set_header(q, "Set-Cookie", "a=1");
        http_request_set_header(q, "Set-Cookie", "b=2");
    }
    char text[64];
    snprintf(text, sizeof text, "%.*s %zu", SLICE_ARG(http_request_path(q)),
             http_request_body(q).n);
    http_request_answer(q, 200, "text/plain", slice_of(text));
}

static void site_init(struct site *s, const struct http_server_config *overrides)
{
    struct err e;
    struct http_server_config config = *overrides;
    config.listen = "127.0.0.1:0";
    config.body_bytes_max = 1000;
    *s = (struct site){.loop = loop_new()};
    check(http_server_new(s->loop, &config, handler, s, &s->server, &e) == 0);
    s->port = http_server_port(s->server);
}

static void site_done(struct site *s)
{
    http_server_free(s->server);
    loop_free(s->loop);
}

/* Sends, reads until the server closes; returns owned. */
static char *talk(struct site *s, const char *bytes)
{
    struct buf out = BUF_INIT(1 << 20);
    int fd = raw_connect(s->port);
    raw_send(fd, bytes);
    raw_read_to_end(s->loop, fd, &out);
    close(fd);
    return out.p ? out.p : xstrdup("");
}

static void expect(struct site *s, const char *bytes, const char *want_first, int want_seen)
{
    s->seen = 0;
    char *got = talk(s, bytes);
    if (strncmp(got, want_first, strlen(want_first)) != 0)
        fail_msg("sent %.200s, wanted %s, got %s", bytes, want_first, got);
    assert_int_equal(s->seen, want_seen);
    free(got);
}

static const struct http_server_config defaults;

static void test_default_headers(void **state)
{
    (void)state;
    struct site s;
    site_init(&s, &defaults);
    char *got = talk(&s, "GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    assert_non_null(strstr(got, "HTTP/1.1 200 OK\r\n"));
    assert_non_null(strstr(got, "\r\nX-Content-Type-Options: nosniff\r\n"));
    assert_non_null(strstr(got, "\r\nCache-Control: no-store\r\n"));
    assert_non_null(strstr(got, "\r\nContent-Type: text/plain\r\n"));
    assert_non_null(strstr(got, "\r\nDate: "));
    assert_non_null(strstr(got, "\r\n\r\n/x 0"));
    free(got);
    got = talk(&s, "GET /cached HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    assert_non_null(strstr(got, "\r\ncache-control: max-age=60\r\n"));
    assert_null(strstr(got, "no-store"));
    assert_non_null(strstr(got, "a=1"));
    assert_non_null(strstr(got, "b=2"));
    free(got);
    site_done(&s);
}

static void test_malformed_requests_never_reach_the_handler(void **state)
{
    (void)state;
    struct site s;
    site_init(&s, &defaults);
    expect(&s, "PATCH / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "HTTP/1.1 405", 0);
    expect(&s, "OPTIONS * HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "HTTP/1.1 405", 0);
    expect(&s, "GET /hooks/a%00b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "HTTP/1.1 400",
           0);
    expect(&s, "GET /?a=%00 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "HTTP/1.1 200", 1);
    expect(&s,
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n"
           "Connection: close\r\n\r\n0\r\n\r\n",
           "HTTP/1.1 400", 0);
    expect(&s,
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 2\r\n"
           "Connection: close\r\n\r\nabcd",
           "HTTP/1.1 400", 0);
    expect(&s, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\nConnection: close\r\n\r\n",
           "HTTP/1.1 400", 0);
    expect(&s, "complete nonsense\r\n\r\n", "", 0);
    site_done(&s);
}

/* A whole address on the request line is its path and query; what only looks like one stays as it is. */
static void test_a_whole_address_is_its_path(void **state)
{
    (void)state;
    static const struct {
        const char *line, *path;
    } cases[] = {{"http://h/x", "/x 0"},
                 {"HTTPS://u:p@h.example:8443/x?a=b", "/x 0"},
                 {"http://h%2fy/x", "http://h/y/x 0"},
                 {"http:///x", "http:///x 0"},
                 {"http://h", "http://h 0"},
                 {"ftp://h/x", "ftp://h/x 0"},
                 {"//h/x", "//h/x 0"},
                 {"/http://h/x", "/http://h/x 0"}};
    struct site s;
    site_init(&s, &defaults);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char line[256];
        (void)snprintf(line, sizeof line, "GET %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                       cases[i].line);
        char *got = talk(&s, line), *body = strstr(got, "\r\n\r\n");
        assert_non_null(body);
        assert_string_equal(body + 4, cases[i].path);
        free(got);
    }
    site_done(&s);
}

static size_t body_max(void *arg, const struct http_request *q)
{
    (void)arg;
    return slice_is(http_request_path(q), "/large") ? 1000 : 10;
}

static void test_bodies_are_as_large_as_their_path_allows(void **state)
{
    (void)state;
    struct site s;
    const struct http_server_config config = {.body_max = body_max};
    site_init(&s, &config);
    expect(&s,
           "POST /large HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nConnection: close\r\n\r\n"
           "abcdefghijkl",
           "HTTP/1.1 200", 1);
    expect(&s,
           "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\nConnection: close\r\n\r\n"
           "abcdefghijkl",
           "HTTP/1.1 413", 0);
    expect(&s,
           "POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: "
           "close\r\n\r\nc\r\nabcdefghijkl\r\n0\r\n\r\n",
           "HTTP/1.1 413", 0);
    site_done(&s);
}

#define PART "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n"

/* Sends a part of a body and waits until the server holds so much in all. */
static int send_part(struct site *s, const struct http_budget *budget, size_t n, size_t held)
{
    static char text[1024];
    int fd = raw_connect(s->port);
    (void)snprintf(text, sizeof text, PART "%0*d", (int)n, 0);
    raw_send(fd, text);
    while (budget->bytes != held)
        loop_turn(s->loop, 1000000);
    return fd;
}

static void test_one_budget_for_all_bodies(void **state)
{
    (void)state;
    struct site s;
    struct http_budget budget = {.bytes_max = 1000};
    const struct http_server_config config = {.budget = &budget};
    struct buf out = BUF_INIT(1 << 16);
    site_init(&s, &config);
    int first = send_part(&s, &budget, 400, 400), second = send_part(&s, &budget, 500, 900);
    /* the oldest half of a body goes for who comes now */
    int third = send_part(&s, &budget, 300, 800);
    raw_read_to_end(s.loop, first, &out);
    assert_int_equal(out.n, 0);
    close(first);
    /* what is whole and waits for its answer does not */
    close(second);
    close(third);
    while (budget.bytes)
        loop_turn(s.loop, 1000000);
    int fd = raw_connect(s.port);
    static char whole[1200];
    (void)snprintf(whole, sizeof whole,
                   "POST /hold HTTP/1.1\r\nHost: h\r\nContent-Length: 900\r\n\r\n%0900d", 0);
    raw_send(fd, whole);
    while (!s.held)
        loop_turn(s.loop, -1);
    assert_int_equal(budget.bytes, 900);
    expect(&s,
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\nConnection: close\r\n\r\n"
           "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
           "aaaaaaaa"
           "aaaaaa",
           "HTTP/1.1 503", 0);
    http_request_answer(s.held, 200, "text/plain", SLICE_LIT("ok"));
    assert_true(raw_read_until(s.loop, fd, "ok", &out));
    while (budget.bytes)
        loop_turn(s.loop, 1000000);
    close(fd);
    buf_done(&out);
    site_done(&s);
}

static void test_too_long_bodies(void **state)
{
    (void)state;
    struct site s;
    site_init(&s, &defaults);
    /* refused by its length alone: no byte of the body is there */
    expect(&s, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999\r\n\r\n", "HTTP/1.1 413",
           0);
    expect(&s, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\nExpect: 100-continue\r\n\r\n",
           "HTTP/1.1 413", 0);
    /* a length that nobody announced */
    struct buf out = BUF_INIT(1 << 20);
    char chunk[600];
    snprintf(chunk, sizeof chunk, "200\r\n%0512d\r\n", 0);
    int fd = raw_connect(s.port);
    raw_send(
        fd,
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
    for (int i = 0; i < 3; i++)
        raw_send(fd, chunk);
    raw_send(fd, "0\r\n\r\n");
    raw_read_to_end(s.loop, fd, &out);
    assert_int_equal(strncmp(out.p, "HTTP/1.1 413", 12), 0);
    assert_int_equal(s.seen, 0);
    close(fd);
    buf_done(&out);
    site_done(&s);
}

/* Two requests in one packet are answered in order, though the first is answered late. */
static void test_pipelined_requests(void **state)
{
    (void)state;
    struct site s;
    struct buf out = BUF_INIT(1 << 20);
    site_init(&s, &defaults);
    int fd = raw_connect(s.port);
    raw_send(fd, "POST /hold HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                 "GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    turn_until(s.loop, &s.seen, 1);
    for (int i = 0; i < 5; i++)
        loop_turn(s.loop, 1000);
    assert_int_equal(s.seen, 1);
    assert_true(slice_is(http_request_body(s.held), "abc"));
    http_request_answer(s.held, 200, "text/plain", SLICE_LIT("first;"));
    raw_read_to_end(s.loop, fd, &out);
    const char *first = strstr(out.p, "first;"), *next = strstr(out.p, "/next 0");
    assert_true(first && next && first < next);
    close(fd);
    buf_done(&out);
    site_done(&s);
}

/* A handler that is asked while the server ends could not answer any more. */
static void test_the_end_does_not_begin_the_next_request(void **state)
{
    (void)state;
    struct site s;
    struct buf out = BUF_INIT(1 << 20);
    site_init(&s, &defaults);
    int fd = raw_connect(s.port);
    raw_send(fd, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n"
                 "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    turn_until(s.loop, &s.seen, 1);
    http_server_free(s.server);
    assert_int_equal(s.seen, 1);
    raw_read_to_end(s.loop, fd, &out);
    const char *first = strstr(out.p, "HTTP/1.1 503"),
               *next = first ? strstr(first + 1, "HTTP/1.1 503") : NULL;
    assert_non_null(next);
    close(fd);
    buf_done(&out);
    loop_free(s.loop);
}

static void test_clients_that_leave_early(void **state)
{
    (void)state;
    struct site s;
    site_init(&s, &defaults);
    static const char *const starts[] = {
        "", "GET", "GET / HTTP/1.1\r\nHost: h\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123"};
    for (size_t i = 0; i < COUNT_OF(starts); i++) {
        int fd = raw_connect(s.port);
        raw_send(fd, starts[i]);
        loop_turn(s.loop, 1000);
        close(fd);
        loop_turn(s.loop, 1000);
    }
    assert_int_equal(s.seen, 0);
    int fd = raw_connect(s.port);
    raw_send(fd, "GET /hold HTTP/1.1\r\nHost: h\r\n\r\n");
    turn_until(s.loop, &s.seen, 1);
    close(fd);
    loop_turn(s.loop, 1000);
    assert_int_equal(http_server_open_requests(s.server), 1);
    http_request_answer(s.held, 200, "text/plain", SLICE_LIT("to nobody"));
    expect(&s, "GET /still HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", "HTTP/1.1 200", 1);
    site_done(&s);
}

/* Sends a byte of a header that never ends. */
struct drip {
    struct loop_timer *timer;
    int fd, bytes;
};

static void on_drip(void *arg)
{
    struct drip *d = arg;
    if (send(d->fd, "x", 1, MSG_NOSIGNAL) != 1) return;
    d->bytes++;
    loop_timer_in(d->timer, 100000);
}

/* Silence ends after idle_s; a byte now and then does not help, after twice that time it is over.
 */
static void test_slow_clients_are_cut_off(void **state)
{
    (void)state;
    struct site s;
    struct buf out = BUF_INIT(1 << 20);
    site_init(&s, &(struct http_server_config){.idle_s = 1});
    int silent = raw_connect(s.port);
    raw_send(silent, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345");
    struct drip d = {.fd = raw_connect(s.port)};
    raw_send(d.fd, "GET / HTTP/1.1\r\nX: ");
    d.timer = loop_timer_new(s.loop, on_drip, &d);
    loop_timer_in(d.timer, 0);
    raw_read_to_end(s.loop, silent, &out);
    raw_read_to_end(s.loop, d.fd, &out);
    assert_int_equal(out.n, 0);
    assert_true(d.bytes > 1);
    assert_int_equal(s.seen, 0);
    close(silent);
    close(d.fd);
    loop_timer_free(d.timer);
    buf_done(&out);
    site_done(&s);
}

static void test_limits_on_connections(void **state)
{
    (void)state;
    struct site s;
    struct buf out = BUF_INIT(1 << 20);
    site_init(&s, &(struct http_server_config){.connections_per_ip = 2});
    int first = raw_connect(s.port), second = raw_connect(s.port);
    while (http_server_accepted(s.server) < 2)
        loop_turn(s.loop, 1000);
    int third = raw_connect(s.port);
    raw_read_to_end(s.loop, third, &out); /* closed without a word */
    assert_int_equal(out.n, 0);
    raw_send(first, "GET /one HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_true(raw_read_until(s.loop, first, "/one 0", &out));
    close(first);
    close(second);
    close(third);
    buf_done(&out);
    site_done(&s);
}

/* Who has owed a request for the longest makes room, and the next one is served at once. */
static void test_slow_clients_do_not_shut_out_others(void **state)
{
    (void)state;
    enum { PLACES = 16, SLOW = 100 };
    struct site s;
    struct buf out = BUF_INIT(1 << 20);
    int slow[SLOW];
    site_init(&s, &(struct http_server_config){.connections_max = PLACES});
    for (int i = 0; i < SLOW; i++) {
        slow[i] = raw_connect(s.port);
        raw_send(slow[i], "GET / HTTP/1.1\r\nX: ");
    }
    int other = raw_connect(s.port);
    raw_send(other, "GET /other HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_true(raw_read_until(s.loop, other, "/other 0", &out));
    assert_int_equal(http_server_accepted(s.server), SLOW + 1);
    for (int i = 0; i < SLOW; i++)
        close(slow[i]);
    close(other);
    buf_done(&out);
    site_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_headers),
        cmocka_unit_test(test_malformed_requests_never_reach_the_handler),
        cmocka_unit_test(test_a_whole_address_is_its_path),
        cmocka_unit_test(test_too_long_bodies),
        cmocka_unit_test(test_bodies_are_as_large_as_their_path_allows),
        cmocka_unit_test(test_one_budget_for_all_bodies),
        cmocka_unit_test(test_pipelined_requests),
        cmocka_unit_test(test_the_end_does_not_begin_the_next_request),
        cmocka_unit_test(test_clients_that_leave_early),
        cmocka_unit_test(test_slow_clients_are_cut_off),
        cmocka_unit_test(test_limits_on_connections),
        cmocka_unit_test(test_slow_clients_do_not_shut_out_others),
    };
    return cmocka_run_group_tests_name("http server", tests, NULL, NULL);
}
