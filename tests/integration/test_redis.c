/* Our Redis wrapper against a real redis-server: answers, deadlines, scripts, a server that goes
 * away. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "io/redis.h"
#include "redis_fixture.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

struct seen {
    int calls;
    bool answered, error;
    int64_t number;
    char text[128];
};

static void on_reply(void *arg, const struct redisReply *reply)
{
    struct seen *s = arg;
    s->calls++;
    s->answered = reply != NULL;
    s->error = redis_is_error(reply, NULL);
    s->number = redis_int(reply, -1);
    struct slice t = redis_str(reply);
    (void)snprintf(s->text, sizeof s->text, "%.*s", SLICE_ARG(t));
}

static struct redis *connect_to(struct loop *l, const char *url, int command_ms)
{
    struct redis *r = NULL;
    struct err e = {0};
    struct redis_config config = {.url = url, .command_ms = command_ms};
    assert_int_equal(redis_new(l, &config, &r, &e), 0);
    return r;
}

static void until_called(struct loop *l, const struct seen *s, int calls)
{
    for (int turns = 0; s->calls < calls && turns < 2000; turns++)
        loop_turn(l, 10000);
    assert_int_equal(s->calls, calls);
}

static void until_ready(struct loop *l, struct redis *r)
{
    for (int turns = 0; !redis_is_connected(r) && turns < 2000; turns++)
        loop_turn(l, 10000);
    assert_true(redis_is_connected(r));
}

static void answers_come_in_order(void **state)
{
    (void)state;
    struct redis_fixture *f = redis_fixture_new();
    struct loop *l = loop_new();
    struct redis *r = connect_to(l, redis_fixture_url(f), 0);
    until_ready(l, r);
    struct seen s = {0};
    for (int i = 1; i <= 1000; i++)
        redis_commandf(r, on_reply, &s, "INCR %s", "n");
    assert_int_equal(s.calls, 0);
    until_called(l, &s, 1000);
    assert_int_equal(s.number, 1000);
    struct slice bytes[] = {SLICE_LIT("SET"), SLICE_LIT("k"), slice_make("a\0b c", 5)};
    redis_command(r, on_reply, &s, 3, bytes);
    struct slice len[] = {SLICE_LIT("STRLEN"), SLICE_LIT("k")};
    redis_command(r, on_reply, &s, 2, len);
    until_called(l, &s, 1002);
    assert_int_equal(s.number, 5);
    redis_free(r);
    loop_free(l);
    redis_fixture_free(f);
}

static void a_script_survives_a_flush(void **state)
{
    (void)state;
    struct redis_fixture *f = redis_fixture_new();
    struct loop *l = loop_new();
    struct redis *r = connect_to(l, redis_fixture_url(f), 0);
    until_ready(l, r);
    struct redis_script *add =
        redis_script_new("add", SLICE_LIT("return tonumber(ARGV[1]) + tonumber(ARGV[2])"));
    const struct redis_words words = {.n = 2,
                                      .words = (struct slice[]){SLICE_LIT("2"), SLICE_LIT("40")}};
    struct seen s = {0};
    redis_eval(r, add, &words, on_reply, &s);
    until_called(l, &s, 1);
    assert_int_equal(s.number, 42);
    redis_commandf(r, on_reply, &s, "SCRIPT FLUSH");
    redis_eval(r, add, &words, on_reply, &s);
    until_called(l, &s, 3);
    /* surely not run: the caller may try again, and then it is loaded again */
    assert_true(s.error);
    redis_eval(r, add, &words, on_reply, &s);
    until_called(l, &s, 4);
    assert_int_equal(s.number, 42);
    redis_script_free(add);
    redis_free(r);
    loop_free(l);
    redis_fixture_free(f);
}

static void nobody_there_fails_later_and_says_so(void **state)
{
    (void)state;
    struct loop *l = loop_new();
    struct redis *r = connect_to(l, "redis://127.0.0.1:1", 0);
    struct seen s = {.answered = true};
    redis_commandf(r, on_reply, &s, "PING");
    assert_int_equal(s.calls, 0);
    until_called(l, &s, 1);
    assert_false(s.answered);
    struct err e = {0};
    struct slice ping[] = {SLICE_LIT("PING")};
    assert_int_equal(redis_wait(r, NULL, NULL, &e, 1, ping), ERR_UNREACHABLE);
    assert_non_null(strstr(e.text, "127.0.0.1:1"));
    redis_free(r);
    loop_free(l);
}

static void a_silent_server_is_given_up(void **state)
{
    (void)state;
    struct redis_fixture *f = redis_fixture_new();
    struct loop *l = loop_new();
    struct redis *r = connect_to(l, redis_fixture_url(f), 200);
    until_ready(l, r);
    struct seen s = {.answered = true};
    kill(redis_fixture_pid(f), SIGSTOP);
    redis_commandf(r, on_reply, &s, "PING");
    until_called(l, &s, 1);
    assert_false(s.answered);
    assert_false(redis_is_connected(r));
    kill(redis_fixture_pid(f), SIGCONT);
    until_ready(l, r);
    redis_commandf(r, on_reply, &s, "PING");
    until_called(l, &s, 2);
    assert_string_equal(s.text, "PONG");
    redis_free(r);
    loop_free(l);
    redis_fixture_free(f);
}

static void free_answers_what_is_pending(void **state)
{
    (void)state;
    struct redis_fixture *f = redis_fixture_new();
    struct loop *l = loop_new();
    struct redis *r = connect_to(l, redis_fixture_url(f), 0);
    until_ready(l, r);
    struct seen s = {.answered = true};
    redis_commandf(r, on_reply, &s, "PING");
    redis_free(r);
    assert_int_equal(s.calls, 1);
    assert_false(s.answered);
    loop_free(l);
    redis_fixture_free(f);
}

static void bad_urls_are_refused(void **state)
{
    (void)state;
    struct loop *l = loop_new();
    const char *bad[] = {
        "",         "http://x",    "redis://",     "redis://h:0",      "redis://h:99999",
        "unix:rel", "redis://h/x", "unix:/s?db=x", "unix:/s?db=0&x=1", "unix:/s?pass=x"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct redis *r = NULL;
        struct err e = {0};
        assert_true(redis_new(l, &(struct redis_config){.url = bad[i]}, &r, &e) < 0);
        assert_null(r);
    }
    loop_free(l);
}

/* ---- the greeting ---- */

struct states {
    int connected, away;
    char why[512];
};

static void on_state(void *arg, bool connected, const char *why)
{
    struct states *s = arg;
    *(connected ? &s->connected : &s->away) += 1;
    (void)snprintf(s->why, sizeof s->why, "%s", why);
}

static void until_away(struct loop *l, const struct states *s, int away)
{
    for (int turns = 0; s->away < away && turns < 2000; turns++)
        loop_turn(l, 10000);
    assert_int_equal(s->away, away);
}

/* What a start finds out: the code, and whether it says `text`. */
static int first_contact(const char *url, const char *text)
{
    struct loop *l = loop_new();
    struct redis *r = connect_to(l, url, 0);
    struct err e = {0};
    int rc = redis_wait_connected(r, &e);
    if (!strstr(e.text, text)) fail_msg("no '%s' in '%s'", text, e.text);
    assert_int_equal(redis_why_away(r, &e), rc);
    redis_free(r);
    loop_free(l);
    return rc;
}

static void run(struct redis_fixture *f, const char *command)
{
    struct loop *l = loop_new();
    struct redis *r = connect_to(l, redis_fixture_url(f), 0);
    until_ready(l, r);
    struct seen s = {0};
    redis_commandf(r, on_reply, &s, command);
    until_called(l, &s, 1);
    assert_false(s.error);
    redis_free(r);
    loop_free(l);
}

static void who_is_away_and_who_is_wrong(void **state)
{
    (void)state;
    struct redis_fixture *f = redis_fixture_new();
    char url[128];
    assert_int_equal(first_contact("redis://127.0.0.1:1", "127.0.0.1:1 cannot be reached"),
                     ERR_UNREACHABLE);
    assert_int_equal(first_contact("unix:/nobody/here", "unix:/nobody/here cannot be reached"),
                     ERR_UNREACHABLE);
    assert_int_equal(first_contact(redis_fixture_url(f), ""), 0);
    (void)snprintf(url, sizeof url, "redis://127.0.0.1:%d/99", redis_fixture_port(f));
    assert_int_equal(first_contact(url, "DB index is out of range"), ERR_REFUSED);
    run(f, "CONFIG SET requirepass sesame");
    assert_int_equal(first_contact(redis_fixture_url(f), "NOAUTH"), ERR_REFUSED);
    (void)snprintf(url, sizeof url, "redis://:friend@127.0.0.1:%d/0", redis_fixture_port(f));
    assert_int_equal(first_contact(url, "WRONGPASS"), ERR_REFUSED);
    (void)snprintf(url, sizeof url, "redis://:sesame@127.0.0.1:%d/0", redis_fixture_port(f));
    assert_int_equal(first_contact(url, ""), 0);
    /* The right password does not make up for a database that is not there. */
    (void)snprintf(url, sizeof url, "redis://:sesame@127.0.0.1:%d/99", redis_fixture_port(f));
    assert_int_equal(first_contact(url, "DB index is out of range"), ERR_REFUSED);
    redis_fixture_free(f);
}

static void a_silent_server_is_away(void **state)
{
    (void)state;
    struct redis_fixture *f = redis_fixture_new();
    struct loop *l = loop_new();
    struct redis *r = NULL;
    struct err e = {0};
    struct redis_config config = {.url = redis_fixture_url(f), .connect_ms = 200};
    kill(redis_fixture_pid(f), SIGSTOP);
    assert_int_equal(redis_new(l, &config, &r, &e), 0);
    assert_int_equal(redis_wait_connected(r, &e), ERR_UNREACHABLE);
    kill(redis_fixture_pid(f), SIGCONT);
    until_ready(l, r);
    redis_free(r);
    loop_free(l);
    redis_fixture_free(f);
}

/* A web server on the port that the url names. */
static int something_else(char url[64])
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    (void)snprintf(url, 64, "redis://127.0.0.1:%d", ntohs(at.sin_port));
    int child = fork();
    if (child == 0) {
        char c;
        int peer = accept(fd, NULL, NULL);
        if (write(peer, "HTTP/1.1 400 Bad Request\r\n\r\n", 28) == 28)
            while (read(peer, &c, 1) > 0) {
            }
        _exit(0);
    }
    close(fd);
    return child;
}

static void another_kind_of_server_is_wrong(void **state)
{
    (void)state;
    char url[64];
    int child = something_else(url);
    assert_int_equal(first_contact(url, "Protocol error"), ERR_REFUSED);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static int judge(void *arg, const struct redisReply *reply, struct err *e)
{
    int *asked = arg;
    *asked += 1;
    struct slice value = redis_str(redis_at(reply, 1));
    if (slice_is(value, "yes")) return 0;
    return err_set(e, ERR_UNSAFE, "appendonly is %.*s", SLICE_ARG(value));
}

/* Whoever comes back must pass again, and nothing goes to one that does not. */
static void every_connection_is_checked(void **state)
{
    (void)state;
    struct redis_fixture *f = redis_fixture_new();
    struct loop *l = loop_new();
    int asked = 0;
    const struct redis_check check = {
        .words = {"CONFIG", "GET", "appendonly"}, .judge = judge, .arg = &asked};
    const struct redis_config config = {
        .url = redis_fixture_url(f), .checks = &check, .check_count = 1};
    struct redis *r = NULL;
    struct err e = {0};
    struct states states = {0};
    assert_int_equal(redis_new(l, &config, &r, &e), 0);
    assert_int_equal(redis_wait_connected(r, &e), 0);
    assert_int_equal(asked, 1);
    redis_on_state(r, on_state, &states);
    run(f, "CONFIG SET appendonly no");
    run(f, "CLIENT KILL TYPE normal SKIPME yes");
    until_away(l, &states, 1); /* gone */
    until_away(l, &states, 2); /* there, and another */
    assert_string_equal(states.why, "appendonly is no");
    assert_int_equal(redis_why_away(r, &e), ERR_UNSAFE);
    struct seen s = {.answered = true};
    redis_commandf(r, on_reply, &s, "SET %s 1", "n");
    until_called(l, &s, 1);
    assert_false(s.answered);
    run(f, "CONFIG SET appendonly yes");
    until_ready(l, r);
    assert_true(asked >= 3);
    assert_int_equal(states.connected, 1);
    assert_int_equal(states.away, 2); /* the same reason is told once */
    assert_null(redis_reason(r));
    redis_free(r);
    loop_free(l);
    redis_fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_come_in_order),
        cmocka_unit_test(a_script_survives_a_flush),
        cmocka_unit_test(nobody_there_fails_later_and_says_so),
        cmocka_unit_test(a_silent_server_is_given_up),
        cmocka_unit_test(free_answers_what_is_pending),
        cmocka_unit_test(bad_urls_are_refused),
        cmocka_unit_test(who_is_away_and_who_is_wrong),
        cmocka_unit_test(a_silent_server_is_away),
        cmocka_unit_test(another_kind_of_server_is_wrong),
        cmocka_unit_test(every_connection_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
