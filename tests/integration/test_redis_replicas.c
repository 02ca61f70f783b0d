/* What must last, over a real redis-server and its replica: counted when the replica has it, refused
 * when it has not; and masters that are none any more. */
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

enum { WITHIN_MS = 200 };

struct world {
    struct redis_fixture *master, *replica;
    struct loop *loop;
    struct redis *r, *bare; /* bare: asks for no replicas */
    struct redis_script *incr;
};

struct seen {
    int calls;
    bool answered, error;
    int64_t number;
    char text[128];
};

static void on_reply(void *arg, const struct redisReply *reply)
{
    struct seen *s = arg;
    struct slice text = redis_str(reply);
    s->calls++;
    s->answered = reply != NULL;
    s->error = redis_is_error(reply, &text);
    s->number = redis_int(reply, -1);
    (void)snprintf(s->text, sizeof s->text, "%.*s", SLICE_ARG(text));
}

static void until_called(struct world *w, const struct seen *s, int calls)
{
    for (int turns = 0; s->calls < calls && turns < 2000; turns++)
        loop_turn(w->loop, 10000);
    assert_int_equal(s->calls, calls);
}

static void until_lasts(struct world *w, bool wanted)
{
    for (int turns = 0; redis_lasts(w->r) != wanted && turns < 2000; turns++)
        loop_turn(w->loop, 10000);
    assert_int_equal(redis_lasts(w->r), wanted);
}

static void until_connected(struct world *w, bool wanted)
{
    for (int turns = 0; redis_is_connected(w->r) != wanted && turns < 2000; turns++)
        loop_turn(w->loop, 10000);
    assert_int_equal(redis_is_connected(w->r), wanted);
}

static struct seen ask(struct world *w, struct redis *r, const char *command)
{
    struct seen s = {0};
    redis_commandf(r, on_reply, &s, command);
    until_called(w, &s, 1);
    return s;
}

static void incr(struct world *w, struct seen *s)
{
    const struct slice key = SLICE_LIT("n");
    const struct redis_words words = {.keys = 1, .n = 1, .words = &key};
    redis_eval_lasting(w->r, w->incr, &words, on_reply, s);
}

static struct redis *connect_to(struct world *w, struct redis_fixture *f, int replicas_min)
{
    struct redis *r = NULL;
    struct err e = {0};
    const struct redis_config config = {
        .url = redis_fixture_url(f), .replicas_min = replicas_min, .replicas_ms = WITHIN_MS};
    assert_int_equal(redis_new(w->loop, &config, &r, &e), 0);
    assert_int_equal(redis_wait_connected(r, &e), 0);
    return r;
}

static bool replica_gets_a_write(struct world *w)
{
    assert_false(ask(w, w->bare, "INCR joining").error);
    return ask(w, w->bare, "WAIT 1 100").number == 1;
}

/* Redis counts a replica that it has sent the first copy; what is written then goes to it only when
 * it has said, up to a second later, that it has loaded the copy. So one write must be counted that
 * came after it was counted first. */
static void until_replicated(struct world *w)
{
    int counted = 0;
    for (int tries = 0; counted < 2 && tries < 200; tries++)
        counted = replica_gets_a_write(w) ? counted + 1 : 0;
    assert_int_equal(counted, 2);
}

static int setup(void **state)
{
    static struct world w;
    w = (struct world){.master = redis_fixture_new(), .replica = redis_fixture_new()};
    w.loop = loop_new();
    w.bare = connect_to(&w, w.master, 0);
    assert_false(ask(&w, w.bare, "CONFIG SET repl-diskless-sync-delay 0").error);
    struct redis *replica = connect_to(&w, w.replica, 0);
    struct seen s = {0};
    redis_commandf(replica, on_reply, &s, "REPLICAOF 127.0.0.1 %lld",
                   (long long)redis_fixture_port(w.master));
    until_called(&w, &s, 1);
    redis_free(replica);
    until_replicated(&w);
    w.r = connect_to(&w, w.master, 1);
    w.incr = redis_script_new("incr", SLICE_LIT("return redis.call('INCR', KEYS[1])"));
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    if (redis_fixture_pid(w->replica)) kill(redis_fixture_pid(w->replica), SIGCONT);
    redis_free(w->r);
    redis_free(w->bare);
    redis_script_free(w->incr);
    loop_free(w->loop);
    redis_fixture_free(w->replica);
    redis_fixture_free(w->master);
    return 0;
}

static void it_counts_when_the_replica_has_it(void **state)
{
    struct world *w = *state;
    until_lasts(w, true);
    struct seen s = {0};
    for (int i = 0; i < 100; i++)
        incr(w, &s);
    until_called(w, &s, 100);
    assert_int_equal(s.number, 100);
    assert_int_equal(redis_replicas(w->r), 1);
    assert_int_equal(redis_pending(w->r), 0);
    assert_int_equal(redis_replicas(w->bare), -1);
    struct redis_config there = {.url = redis_fixture_url(w->replica)};
    struct redis *r = NULL;
    struct err e = {0};
    assert_int_equal(redis_new(w->loop, &there, &r, &e), 0);
    assert_int_equal(redis_wait_connected(r, &e), ERR_UNREACHABLE);
    assert_non_null(strstr(e.text, "it is a replica"));
    redis_free(r);
}

/* The first is done and not counted; the next ones are surely not done. */
static void a_replica_that_sleeps_is_missed(void **state)
{
    struct world *w = *state;
    until_lasts(w, true);
    kill(redis_fixture_pid(w->replica), SIGSTOP);
    struct seen s = {0}, later = {0};
    incr(w, &s);
    until_called(w, &s, 1);
    assert_true(s.error);
    assert_non_null(strstr(s.text, "NOREPLICAS"));
    assert_false(redis_lasts(w->r));
    assert_true(redis_is_connected(w->r));
    assert_int_equal(ask(w, w->bare, "GET n").number, 1);
    incr(w, &later);
    assert_int_equal(later.calls, 0);
    until_called(w, &later, 1);
    assert_non_null(strstr(later.text, "NOREPLICAS"));
    assert_int_equal(ask(w, w->bare, "GET n").number, 1);
    kill(redis_fixture_pid(w->replica), SIGCONT);
    until_lasts(w, true);
    incr(w, &s);
    until_called(w, &s, 2);
    assert_int_equal(s.number, 2);
}

/* Whatever else is asked meanwhile is answered as ever. */
static void what_need_not_last_does_not_wait(void **state)
{
    struct world *w = *state;
    until_lasts(w, true);
    kill(redis_fixture_pid(w->replica), SIGSTOP);
    struct seen s = {0};
    incr(w, &s);
    until_called(w, &s, 1);
    for (int i = 0; i < 20; i++)
        assert_false(ask(w, w->r, "PING").error);
    assert_false(redis_lasts(w->r));
}

static void a_lost_connection_tells_what_was_held(void **state)
{
    struct world *w = *state;
    until_lasts(w, true);
    kill(redis_fixture_pid(w->replica), SIGSTOP);
    struct seen s = {.answered = true};
    incr(w, &s);
    loop_turn(w->loop, 1000);
    redis_fixture_kill(w->master);
    until_called(w, &s, 1);
    assert_false(s.answered);
    assert_int_equal(redis_pending(w->r), 0);
    redis_fixture_restart(w->master);
    kill(redis_fixture_pid(w->replica), SIGCONT);
    until_lasts(w, true);
}

static void a_master_that_becomes_a_replica_is_left(void **state)
{
    struct world *w = *state;
    char to[64];
    until_lasts(w, true);
    (void)snprintf(to, sizeof to, "REPLICAOF 127.0.0.1 %d", redis_fixture_port(w->replica));
    assert_false(ask(w, w->bare, to).error);
    struct seen s = {0};
    incr(w, &s);
    until_called(w, &s, 1);
    assert_non_null(strstr(s.text, "READONLY"));
    assert_false(redis_is_connected(w->r));
    struct err e = {0};
    for (int turns = 0; !strstr(e.text, "it is a replica,") && turns < 500; turns++) {
        loop_turn(w->loop, 10000);
        (void)redis_why_away(w->r, &e);
    }
    assert_non_null(strstr(e.text, "it is a replica, and only a master will do"));
    assert_false(ask(w, w->bare, "REPLICAOF NO ONE").error);
    until_connected(w, true);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(it_counts_when_the_replica_has_it),       CASE(a_replica_that_sleeps_is_missed),
        CASE(what_need_not_last_does_not_wait),        CASE(a_lost_connection_tells_what_was_held),
        CASE(a_master_that_becomes_a_replica_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
