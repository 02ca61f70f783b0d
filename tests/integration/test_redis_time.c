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

/* Redis runs on this machine: what the process believed before is what is wrong. */
static void believes(int64_t off_ms, int64_t then_ms)
{
    struct redis_fixture *f = redis_fixture_new();
    if (!f) skip();
    struct loop *l = loop_new();
    struct redis *r = NULL;
    struct err e = {0};
    struct redis_config config = {.url = redis_fixture_url(f)};
    assert_int_equal(redis_new(l, &config, &r, &e), 0);
    assert_int_equal(redis_wait_connected(r, &e), 0);
    clock_wall_set_offset(off_ms);
    struct redis_time *t = redis_time_new(l, r);
    bool answered = false; /* this one after the time */
    redis_commandf(r, on_pong, &answered, "PING");
    for (int i = 0; i < 2000 && !answered; i++)
        loop_turn(l, 10000);
    assert_int_equal(clock_wall_offset_ms(), then_ms);
    assert_true(llabs(clock_wall_ms() - clock_machine_ms() - then_ms) < 1000);
    redis_free(r);
    redis_time_free(t);
    loop_free(l);
    redis_fixture_free(f);
    clock_wall_set_offset(0);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_wrong_clock_is_put_right),
        cmocka_unit_test(a_little_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
