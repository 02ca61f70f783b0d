/* Responses that go on: against clients that read, that do not, and that leave. */
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

#define GET_STREAM "GET /stream HTTP/1.1\r\nHost: h\r\n\r\n"

struct site {
    struct loop *loop;
    struct http_server *server;
    int port;
    int streams, gone, full;
    struct http_stream *last;
};

static void on_gone(void *arg)
{
    struct site *s = arg;
    s->gone++;
    s->last = NULL;
}

static void handler(void *arg, struct http_request *q)
{
    struct site *s = arg;
    if (!slice_is(http_request_path(q), "/stream")) {
        http_request_answer(q, 200, "text/plain", http_request_path(q));
        return;
    }
    http_request_set_header(q, "X-Accel-Buffering", "no");
    struct http_stream *stream = http_request_stream(q, 200, "text/event-stream", on_gone, s);
    if (stream) {
        s->last = stream;
        s->streams++;
        return;
    }
    s->full++;
    http_request_answer(q, 503, "text/plain", SLICE_LIT("full"));
}

static void site_init(struct site *s, int streams_max, int idle_s)
{
    struct err e;
    struct http_server_config config = {.listen = "127.0.0.1:0",
                                        .body_bytes_max = 1000,
                                        .connections_max = 8,
                                        .streams_max = streams_max,
                                        .idle_s = idle_s};
    *s = (struct site){.loop = loop_new()};
    check(http_server_new(s->loop, &config, handler, s, &s->server, &e) == 0);
    s->port = http_server_port(s->server);
}

static void site_done(struct site *s)
{
    http_server_free(s->server);
    loop_free(s->loop);
}

static int begin(struct site *s)
{
    int fd = raw_connect(s->port);
    raw_send(fd, GET_STREAM);
    turn_until(s->loop, &s->streams, s->streams + 1);
    return fd;
}

static void test_what_is_written_arrives_until_the_end(void **state)
{
    (void)state;
    struct site s;
    struct buf out = BUF_INIT(1 << 20);
    site_init(&s, 2, 0);
    int fd = begin(&s);
    assert_int_equal(http_server_open_requests(s.server), 0);
    assert_int_equal(http_server_streams(s.server), 1);
    assert_true(http_stream_write(s.last, SLICE_LIT("one;")));
    assert_true(raw_read_until(s.loop, fd, "one;", &out));
    assert_non_null(strstr(out.p, "\r\nContent-Type: text/event-stream\r\n"));
    assert_non_null(strstr(out.p, "\r\nX-Accel-Buffering: no\r\n"));
    assert_true(http_stream_write(s.last, SLICE_LIT("two;")));
    assert_true(http_stream_write(s.last, SLICE_LIT("three;")));
    assert_true(raw_read_until(s.loop, fd, "two;three;", &out));
    assert_true(http_stream_write(s.last, SLICE_LIT("end;")));
    http_stream_close(s.last);
    assert_true(raw_read_until(s.loop, fd, "end;\r\n0\r\n\r\n", &out));
    /* the connection goes on with the next request, and nobody is told of a client that is there */
    raw_send(fd, "GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_true(raw_read_until(s.loop, fd, "/next", &out));
    assert_int_equal(http_server_streams(s.server), 0);
    assert_int_equal(s.gone, 0);
    close(fd);
    buf_done(&out);
    site_done(&s);
}

/* Nothing is written, and it is noticed nevertheless. */
static void test_a_client_that_leaves_is_noticed_at_once(void **state)
{
    (void)state;
    struct site s;
    struct buf out = BUF_INIT(1 << 20);
    site_init(&s, 1, 0);
    int fd = begin(&s);
    assert_true(http_stream_write(s.last, SLICE_LIT("hello")));
    assert_true(raw_read_until(s.loop, fd, "hello", &out));
    close(fd);
    turn_until(s.loop, &s.gone, 1);
    fd = begin(&s);
    shutdown(fd, SHUT_WR);
    turn_until(s.loop, &s.gone, 2);
    close(fd);
    fd = begin(&s);
    raw_send(fd, "bytes that nobody wants");
    turn_until(s.loop, &s.gone, 3);
    assert_int_equal(http_server_streams(s.server), 0);
    close(fd);
    buf_done(&out);
    site_done(&s);
}

static void test_a_client_that_does_not_read_is_cut_off(void **state)
{
    (void)state;
    static char text[4096];
    struct site s;
    site_init(&s, 1, 0);
    int fd = begin(&s), small = 4096;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    size_t written = 0;
    while (s.last && http_stream_write(s.last, slice_make(text, sizeof text))) {
        written += sizeof text;
        loop_turn(s.loop, 0);
        assert_true(written < 64u << 20);
    }
    assert_true(written >= HTTP_STREAM_BYTES_MAX);
    turn_until(s.loop, &s.gone, 1);
    assert_int_equal(http_server_streams(s.server), 0);
    close(fd);
    site_done(&s);
}

/* In silence, beyond the time after which a request would be over. */
static void test_silence_does_not_end_it(void **state)
{
    (void)state;
    struct site s;
    struct buf out = BUF_INIT(1 << 20);
    site_init(&s, 1, 1);
    int fd = begin(&s), silent = raw_connect(s.port);
    raw_send(silent, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345");
    raw_read_to_end(s.loop, silent, &out); /* its time is over */
    assert_int_equal(s.gone, 0);
    assert_true(http_stream_write(s.last, SLICE_LIT("still here")));
    assert_true(raw_read_until(s.loop, fd, "still here", &out));
    close(fd);
    close(silent);
    buf_done(&out);
    site_done(&s);
}

/* They have places of their own: beyond the bound the handler answers, and others are served. */
static void test_they_have_a_bound_and_leave_room(void **state)
{
    (void)state;
    enum { STREAMS = 20 };
    struct site s;
    struct buf out = BUF_INIT(1 << 20);
    int fds[STREAMS];
    site_init(&s, STREAMS, 0);
    for (int i = 0; i < STREAMS; i++)
        fds[i] = begin(&s);
    int fd = raw_connect(s.port);
    raw_send(fd, GET_STREAM);
    assert_true(raw_read_until(s.loop, fd, "full", &out));
    assert_int_equal(s.full, 1);
    close(fds[0]);
    turn_until(s.loop, &s.gone, 1);
    raw_send(fd, GET_STREAM);
    turn_until(s.loop, &s.streams, STREAMS + 1);
    for (int i = 1; i < STREAMS; i++)
        close(fds[i]);
    close(fd);
    buf_done(&out);
    site_done(&s);
}

static void test_the_server_ends_them(void **state)
{
    (void)state;
    static char text[60000];
    struct site s;
    struct buf out = BUF_INIT(1 << 20);
    site_init(&s, 2, 0);
    int reads = begin(&s);
    assert_true(http_stream_write(s.last, SLICE_LIT("last words")));
    int does_not = begin(&s);
    assert_true(http_stream_write(s.last, slice_make(text, sizeof text)));
    http_server_stop_listening(s.server);
    http_server_free(s.server);
    assert_int_equal(s.gone, 2);
    raw_read_to_end(s.loop, reads, &out);
    assert_non_null(strstr(out.p, "last words\r\n0\r\n\r\n"));
    close(reads);
    close(does_not);
    buf_done(&out);
    loop_free(s.loop);
}

static void test_head_and_old_clients(void **state)
{
    (void)state;
    struct site s;
    struct buf out = BUF_INIT(1 << 20);
    site_init(&s, 2, 0);
    int fd = raw_connect(s.port);
    raw_send(fd, "HEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n");
    assert_true(raw_read_until(s.loop, fd, "\r\n\r\n", &out));
    turn_until(s.loop, &s.gone, 1);
    close(fd);
    fd = raw_connect(s.port);
    raw_send(fd, "GET /stream HTTP/1.0\r\n\r\n");
    turn_until(s.loop, &s.streams, 2);
    assert_true(http_stream_write(s.last, SLICE_LIT("without chunks")));
    assert_true(raw_read_until(s.loop, fd, "\r\n\r\nwithout chunks", &out));
    http_stream_close(s.last);
    raw_read_to_end(s.loop, fd, &out);
    close(fd);
    buf_done(&out);
    site_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_arrives_until_the_end),
        cmocka_unit_test(test_a_client_that_leaves_is_noticed_at_once),
        cmocka_unit_test(test_a_client_that_does_not_read_is_cut_off),
        cmocka_unit_test(test_silence_does_not_end_it),
        cmocka_unit_test(test_they_have_a_bound_and_leave_room),
        cmocka_unit_test(test_the_server_ends_them),
        cmocka_unit_test(test_head_and_old_clients),
    };
    return cmocka_run_group_tests_name("http streams", tests, NULL, NULL);
}
