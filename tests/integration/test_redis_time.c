/* The wall clock of a process follows that of a real Redis, however wrong the machine's is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/redis_time.h"
#include "base/clock.h"
#include "redis_fixture.h"

#include <stdlib.h>

enum { DAY_MS = 24 * 3600 * 1000 };

static void on_pong(void *arg, const struct redisReply *reply)
{
    assert_non_null(reply);
    *(bool *)arg = true;
}

struct world {
    struct redis_fixture *fixture;
    struct loop *loop;
    struct redis *redis;
    struct redis_time *time;
};

/* Redis runs on this machine: what the process believed before is what is wrong. */
static void begin(struct world *w, int64_t off_ms)
{
    struct err e = {0};
    *w = (struct world){.fixture = redis_fixture_new(), .loop = loop_new()};
    if (!w->fixture) skip();
    struct redis_config config = {.url = redis_fixture_url(w->fixture)};
    assert_int_equal(redis_new(w->loop, &config, &w->redis, &e), 0);
    assert_int_equal(redis_wait_connected(w->redis, &e), 0);
    clock_wall_set_offset(off_ms);
    w->time = redis_time_new(w->loop, w->redis);
}

/* Until what was asked is answered. */
static void wait_for_time(struct world *w)
{
    bool answered = false; /* this one after the time */
    redis_commandf(w->redis, on_pong, &answered, "PING");
    for (int i = 0; i < 2000 && !answered; i++)
        loop_turn(w->loop, 10000);
    assert_true(answered);
}

static void end(struct world *w)
{
    redis_free(w->redis);
    redis_time_free(w->time);
    loop_free(w->loop);
    redis_fixture_free(w->fixture);
    clock_wall_set_offset(0);
}

static void believes(int64_t off_ms, int64_t then_ms)
{
    struct world w;
    begin(&w, off_ms);
    wait_for_time(&w);
    assert_int_equal(clock_wall_offset_ms(), then_ms);
    assert_true(llabs(clock_wall_ms() - clock_machine_ms() - then_ms) < 1000);
    end(&w);
}

static void a_wrong_clock_is_put_right(void **state)
{
    (void)state;
    believes(3 * (int64_t)DAY_MS, 0);
    believes(-DAY_MS, 0);
}

/* What the way of the question may explain is left alone: time must not tremble. */
static void a_little_is_left_alone(void **state)
{
    (void)state;
    believes(40, 40);
}

/* Nobody waits for the next regular question then: claims would end, or last, by the wrong time. */
static void a_machine_s_clock_that_is_set_is_noticed(void **state)
{
    (void)state;
    struct world w;
    begin(&w, 0);
    wait_for_time(&w);
    int64_t machine_ms = clock_machine_ms(), mono_us = clock_mono_us();
    redis_time_look(w.time, machine_ms, mono_us);
    clock_wall_set_offset(DAY_MS); /* as the clock that is set makes it */
    redis_time_look(w.time, machine_ms + 60000, mono_us + 60000000); /* a process that stood */
    wait_for_time(&w);
    assert_int_equal(clock_wall_offset_ms(), DAY_MS);
    redis_time_look(w.time, machine_ms + 60000 - DAY_MS, mono_us + 60000000);
    wait_for_time(&w);
    assert_int_equal(clock_wall_offset_ms(), 0);
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_clock_is_put_right),
        cmocka_unit_test(a_little_is_left_alone),
        cmocka_unit_test(a_machine_s_clock_that_is_set_is_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
