/* A process that stands: stopped by a signal, or kept in one turn of its loop, for longer than all
 * of its deadlines. What came meanwhile is read before anything is judged to be late. Where a test
 * lets time pass, it is the time that a deadline takes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/clock.h"
#include "http_fixture.h"
#include "io/redis.h"
#include "raw_http.h"
#include "redis_fixture.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    SENDS = 100,
    ANSWER_BYTES = 20 * 1024, /* more than one read */
    DEADLINE_MS = 2000,       /* of what is stopped */
    SHORT_MS = 300,           /* of what stands in a turn */
};

static void let_pass(int ms)
{
    struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    while (nanosleep(&left, &left) != 0) {
    }
}

static void turn_for(struct loop *l, int ms)
{
    for (int64_t end_us = clock_mono_us() + ms * 1000LL; clock_mono_us() < end_us;)
        loop_turn(l, 10000);
}

/* ---- a child that is stopped ---- */

struct tally {
    int sent, answered, not_sent, unknown;
};

struct child {
    pid_t pid;
    int tally_fd; /* it writes its tally there when it is done */
    int go_fd;    /* a byte there: stop yourself, amid a turn */
};

struct in_child {
    struct loop *loop;
    int go_fd, port;
    const char *url;
    struct tally tally;
    struct http_client *client;
};

static void child_start(struct child *c, struct in_child *in, void (*run)(struct in_child *))
{
    int out[2], go[2];
    check(pipe(out) == 0 && pipe(go) == 0);
    c->pid = fork();
    check(c->pid >= 0);
    if (c->pid == 0) {
        check(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
        in->loop = loop_new();
        in->go_fd = go[0];
        run(in);
        check(write(out[1], &in->tally, sizeof in->tally) == (ssize_t)sizeof in->tally);
        _exit(0);
    }
    close(out[1]);
    close(go[0]);
    c->tally_fd = out[0];
    c->go_fd = go[1];
}

static void child_await_stop(const struct child *c)
{
    int status;
    check(waitpid(c->pid, &status, WUNTRACED) == c->pid && WIFSTOPPED(status));
}

static void child_stop(const struct child *c)
{
    check(kill(c->pid, SIGSTOP) == 0);
    child_await_stop(c);
}

/* Goes on with the child; turns the loop, if there is one, until the child is done. */
static struct tally child_end(const struct child *c, struct loop *l)
{
    struct tally t;
    int status;
    check(kill(c->pid, SIGCONT) == 0);
    while (waitpid(c->pid, &status, l ? WNOHANG : 0) == 0)
        loop_turn(l, 10000);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    check(read(c->tally_fd, &t, sizeof t) == (ssize_t)sizeof t);
    close(c->tally_fd);
    close(c->go_fd);
    return t;
}

/* ---- requests ---- */

struct holder {
    struct http_request *held[SENDS + 1];
    int count, answers; /* held ones; those of them to be answered */
    char body[ANSWER_BYTES];
};

static void hold_all(void *arg, struct http_request *q)
{
    struct holder *h = arg;
    check(h->count < SENDS + 1);
    h->held[h->count++] = q;
}

static void answer_held(struct holder *h, int from, int to)
{
    for (int i = from; i < to; i++)
        http_request_answer(h->held[i], 200, "text/plain", slice_make(h->body, sizeof h->body));
}

static void count_result(void *arg, const struct http_result *result)
{
    struct tally *t = arg;
    if (result->transport == HTTP_NOT_SENT) t->not_sent++;
    if (result->transport == HTTP_UNKNOWN) t->unknown++;
    if (result->transport == HTTP_ANSWERED && result->body.n == ANSWER_BYTES) t->answered++;
}

static void child_send(struct in_child *in)
{
    struct err e;
    struct http_send send = {
        .method = "POST", .url = url_of(in->port, "/send"), .body = SLICE_LIT("x")};
    check(http_client_send(in->client, &send, count_result, &in->tally, &e) == 0);
    in->tally.sent++;
}

/* Stops itself in a turn, and sends before it reads. */
static void on_go(void *arg, int events)
{
    struct in_child *in = arg;
    char byte;
    (void)events;
    check(read(in->go_fd, &byte, 1) == 1);
    check(raise(SIGSTOP) == 0);
    child_send(in);
}

static void send_and_count(struct in_child *in)
{
    struct err e;
    struct http_client_config config = {
        .connect_ms = 20000, .response_ms = DEADLINE_MS, .in_flight_max = SENDS + 1};
    check(http_client_new(in->loop, &config, &in->client, &e) == 0);
    struct loop_fd *go = loop_fd_new(in->loop, in->go_fd, LOOP_READ, on_go, in);
    for (int i = 0; i < SENDS; i++)
        child_send(in);
    while (http_client_in_flight(in->client) > 0)
        loop_turn(in->loop, -1);
    loop_fd_free(go);
    http_client_free(in->client);
    loop_free(in->loop);
}

static struct tally stop_amid_requests(bool in_a_turn, int answers)
{
    struct child c;
    struct holder h = {.count = 0};
    struct http_server *server;
    struct err e;
    struct loop *l = loop_new();
    memset(h.body, 'a', sizeof h.body);
    struct http_server_config config = {.listen = "127.0.0.1:0", .body_bytes_max = 1000};
    check(http_server_new(l, &config, hold_all, &h, &server, &e) == 0);
    struct in_child in = {.port = http_server_port(server)};
    child_start(&c, &in, send_and_count);
    turn_until(l, &h.count, SENDS);
    if (in_a_turn) {
        check(write(c.go_fd, "g", 1) == 1);
        child_await_stop(&c);
    } else {
        child_stop(&c);
    }
    answer_held(&h, SENDS - answers, SENDS);
    turn_for(l, DEADLINE_MS + 200);
    check(kill(c.pid, SIGCONT) == 0);
    if (in_a_turn) {
        turn_until(l, &h.count, SENDS + 1);
        answer_held(&h, SENDS, SENDS + 1);
    }
    struct tally t = child_end(&c, l);
    http_server_free(server);
    loop_free(l);
    return t;
}

static void answers_in_the_sockets_are_read(void **state)
{
    (void)state;
    struct tally t = stop_amid_requests(false, SENDS);
    assert_int_equal(t.answered, SENDS);
}

static void answers_are_read_when_it_sends_first(void **state)
{
    (void)state;
    struct tally t = stop_amid_requests(true, SENDS);
    assert_int_equal(t.sent, SENDS + 1);
    assert_int_equal(t.answered, SENDS + 1);
}

static void who_did_not_answer_is_late_still(void **state)
{
    (void)state;
    struct tally t = stop_amid_requests(false, SENDS - 3);
    assert_int_equal(t.answered, SENDS - 3);
    assert_int_equal(t.unknown, 3);
}

/* ---- connections ---- */

static void ok(void *arg, struct http_request *q)
{
    (void)arg;
    http_request_answer(q, 200, "text/plain", SLICE_LIT("ok"));
}

static void a_connection_that_came_about_is_used(void **state)
{
    (void)state;
    struct http_fixture f;
    struct got got = {0};
    struct err e;
    struct http_client_config config = {.connect_ms = SHORT_MS, .response_ms = 2 * SHORT_MS};
    http_fixture_init(&f, NULL, &config, ok, NULL);
    struct http_send send = {.method = "GET", .url = url_of(http_server_port(f.server), "/")};
    assert_int_equal(http_client_send(f.client, &send, got_result, &got, &e), 0);
    let_pass(3 * SHORT_MS);
    turn_until(f.loop, &got.calls, 1);
    assert_int_equal(got.transport, HTTP_ANSWERED);
    http_fixture_done(&f);
}

/* Listens, and has no place for whoever comes after the peers, until they are let in. */
struct full {
    int fd, port, peers[2];
    int let_in[8], count;
};

static void full_listen(struct full *f)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    f->count = 0;
    f->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    check(f->fd >= 0 && bind(f->fd, (struct sockaddr *)&at, n) == 0 && listen(f->fd, 0) == 0);
    check(getsockname(f->fd, (struct sockaddr *)&at, &n) == 0);
    f->port = ntohs(at.sin_port);
    for (int i = 0; i < 2; i++) {
        f->peers[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)connect(f->peers[i], (struct sockaddr *)&at, n);
    }
}

/* Lets in who waits, and answers who asks. */
static void full_serve(struct full *f)
{
    char bytes[4096];
    int fd = accept4(f->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
        check(f->count < (int)COUNT_OF(f->let_in));
        f->let_in[f->count++] = fd;
    }
    for (int i = 0; i < f->count; i++)
        if (recv(f->let_in[i], bytes, sizeof bytes, 0) > 0)
            raw_send(f->let_in[i], "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
}

static void full_close(struct full *f)
{
    for (int i = 0; i < f->count; i++)
        close(f->let_in[i]);
    for (int i = 0; i < 2; i++)
        close(f->peers[i]);
    close(f->fd);
}

static struct got connect_through_a_gap(struct full *f, bool serve)
{
    struct http_client_config config = {.connect_ms = SHORT_MS};
    struct http_client *client;
    struct got got = {0};
    struct err e;
    struct loop *l = loop_new();
    check(http_client_new(l, &config, &client, &e) == 0);
    struct http_send send = {.method = "GET", .url = url_of(f->port, "/")};
    check(http_client_send(client, &send, got_result, &got, &e) == 0);
    let_pass(2 *
             SHORT_MS); /* over connect_ms, and less than what TCP waits before it tries again */
    while (got.calls == 0) {
        if (serve) full_serve(f);
        loop_turn(l, 10000);
    }
    http_client_free(client);
    loop_free(l);
    return got;
}

static void a_connect_that_had_no_time_is_tried_anew(void **state)
{
    (void)state;
    struct full f;
    full_listen(&f);
    struct got got = connect_through_a_gap(&f, true);
    assert_int_equal(got.transport, HTTP_ANSWERED);
    full_close(&f);
}

static void nobody_to_connect_to_is_told(void **state)
{
    (void)state;
    struct full f;
    full_listen(&f);
    struct got got = connect_through_a_gap(&f, false);
    assert_int_equal(got.transport, HTTP_NOT_SENT);
    full_close(&f);
}

/* ---- a server that stands ---- */

static void a_body_in_the_socket_is_taken(void **state)
{
    (void)state;
    enum { BODY = 200 * 1000 };
    static char request[BODY + 200];
    struct http_fixture f;
    struct buf answer = BUF_INIT(1 << 20);
    struct http_server_config config = {
        .listen = "127.0.0.1:0", .body_bytes_max = BODY, .idle_s = 1};
    http_fixture_init(&f, &config, NULL, ok, NULL);
    int fd = raw_connect(http_server_port(f.server));
    raw_send(fd, "POST /hooks HTTP/1.1\r\nHost: muster\r\nConnection: close\r\n");
    while (http_server_accepted(f.server) == 0)
        loop_turn(f.loop, 10000);
    int n = snprintf(request, sizeof request, "Content-Length: %d\r\n\r\n", (int)BODY);
    memset(request + n, 'b', BODY);
    raw_send(fd, request);
    let_pass(2200); /* twice idle_s, and it is cut off */
    raw_read_to_end(f.loop, fd, &answer);
    assert_non_null(answer.p);
    assert_non_null(strstr(answer.p, "200 OK"));
    buf_done(&answer);
    close(fd);
    http_fixture_done(&f);
}

/* ---- Redis ---- */

static void count_reply(void *arg, const struct redisReply *reply)
{
    struct tally *t = arg;
    if (reply && !redis_is_error(reply, NULL))
        t->answered++;
    else
        t->unknown++;
}

static struct redis *redis_ready(struct loop *l, const char *url, int command_ms)
{
    struct redis *r;
    struct err e;
    struct redis_config config = {.url = url, .command_ms = command_ms};
    check(redis_new(l, &config, &r, &e) == 0);
    while (!redis_is_connected(r))
        loop_turn(l, 10000);
    return r;
}

/* The first command waits for a push, and the others behind it. */
static void ask_and_count(struct in_child *in)
{
    struct redis *r = redis_ready(in->loop, in->url, DEADLINE_MS);
    redis_commandf(r, count_reply, &in->tally, "BLPOP door 0");
    for (int i = 0; i < SENDS; i++)
        redis_commandf(r, count_reply, &in->tally, "GET long");
    while (redis_pending(r) > 0)
        loop_turn(in->loop, -1);
    if (!redis_is_connected(r)) in->tally.unknown += 1000;
    redis_free(r);
    loop_free(in->loop);
}

static void note_blocked(void *arg, const struct redisReply *reply)
{
    char text[8192];
    (void)snprintf(text, sizeof text, "%.*s", SLICE_ARG(redis_str(reply)));
    *(bool *)arg = strstr(text, "blocked_clients:1") != NULL;
}

static void answers_of_redis_are_read(void **state)
{
    (void)state;
    struct redis_fixture *f = redis_fixture_new();
    struct loop *l = loop_new();
    struct redis *r = redis_ready(l, redis_fixture_url(f), 20000);
    struct tally mine = {0};
    static char text[5000];
    memset(text, 't', sizeof text - 1);
    redis_commandf(r, count_reply, &mine, "SET long %s", text);
    struct child c;
    struct in_child in = {.url = redis_fixture_url(f)};
    child_start(&c, &in, ask_and_count);
    struct slice info[] = {SLICE_LIT("INFO"), SLICE_LIT("clients")};
    struct err e;
    for (bool blocked = false; !blocked;)
        check(redis_wait(r, note_blocked, &blocked, &e, 2, info) == 0);
    child_stop(&c);
    redis_commandf(r, count_reply, &mine, "RPUSH door x");
    turn_for(l, DEADLINE_MS + 200);
    assert_int_equal(mine.answered, 2);
    struct tally t = child_end(&c, NULL);
    assert_int_equal(t.answered, SENDS + 1);
    assert_int_equal(t.unknown, 0);
    redis_free(r);
    loop_free(l);
    redis_fixture_free(f);
}

/* Stopped before it was written: no answer can be there yet. */
static void a_command_that_waited_to_be_written_has_its_time(void **state)
{
    (void)state;
    struct redis_fixture *f = redis_fixture_new();
    struct loop *l = loop_new();
    struct redis *r = redis_ready(l, redis_fixture_url(f), SHORT_MS);
    struct tally t = {0};
    redis_commandf(r, count_reply, &t, "PING");
    let_pass(3 * SHORT_MS);
    while (redis_pending(r) > 0)
        loop_turn(l, -1);
    assert_int_equal(t.answered, 1);
    assert_true(redis_is_connected(r));
    redis_free(r);
    loop_free(l);
    redis_fixture_free(f);
}

/* ---- the clock ---- */

struct ring {
    struct loop *loop;
    int64_t due_us;
    int rings, early;
};

static void on_ring(void *arg)
{
    struct ring *r = arg;
    r->rings++;
    if (loop_awake_us(r->loop) < r->due_us) r->early++;
}

static void a_gap_hardly_counts(void **state)
{
    (void)state;
    struct ring r = {.loop = loop_new()};
    struct loop_timer *t = loop_timer_new(r.loop, on_ring, &r);
    r.due_us = loop_awake_us(r.loop) + SHORT_MS * 1000;
    loop_timer_at_awake(t, r.due_us);
    let_pass(3 * SHORT_MS);
    assert_true(loop_awake_us(r.loop) < r.due_us);
    loop_turn(r.loop, 0);
    assert_int_equal(r.rings, 0);
    turn_until(r.loop, &r.rings, 1);
    assert_int_equal(r.early, 0);
    loop_timer_in(t, 0); /* an ordinary one again */
    loop_turn(r.loop, -1);
    assert_int_equal(r.rings, 2);
    loop_timer_free(t);
    loop_free(r.loop);
}

/* Where every turn is a gap, deadlines come all the same. */
static void gaps_only_come_to_an_end(void **state)
{
    (void)state;
    struct ring r = {.loop = loop_new()};
    struct loop_timer *t = loop_timer_new(r.loop, on_ring, &r);
    r.due_us = loop_awake_us(r.loop) + 150 * 1000;
    loop_timer_at_awake(t, r.due_us);
    int turns = 0;
    for (; r.rings == 0 && turns < 30; turns++) {
        let_pass(260);
        loop_turn(r.loop, 0);
    }
    assert_int_equal(r.rings, 1);
    assert_true(turns > 1);
    loop_timer_free(t);
    loop_free(r.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_in_the_sockets_are_read),
        cmocka_unit_test(answers_are_read_when_it_sends_first),
        cmocka_unit_test(who_did_not_answer_is_late_still),
        cmocka_unit_test(a_connection_that_came_about_is_used),
        cmocka_unit_test(a_connect_that_had_no_time_is_tried_anew),
        cmocka_unit_test(nobody_to_connect_to_is_told),
        cmocka_unit_test(a_body_in_the_socket_is_taken),
        cmocka_unit_test(answers_of_redis_are_read),
        cmocka_unit_test(a_command_that_waited_to_be_written_has_its_time),
        cmocka_unit_test(a_gap_hardly_counts),
        cmocka_unit_test(gaps_only_come_to_an_end),
    };
    return cmocka_run_group_tests_name("stopped", tests, NULL, NULL);
}
