#pragma once
/* Tests that share one real Redis, a loop and a connection; each has a prefix of its own, and a
 * store with an inbox under it. After <cmocka.h>. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "io/loop.h"
#include "io/redis.h"
#include "redis_fixture.h"
#include "store/inbox.h"
#include "store/store.h"

static struct redis_fixture *server;
static struct loop *loop;
static struct redis *redis;
static struct store *store;
static struct inbox *inbox;
static char prefix[32];

static inline void group_begin(void)
{
    static int serial;
    (void)snprintf(prefix, sizeof prefix, "t%d:", ++serial);
    store = store_new(redis, prefix);
    inbox = inbox_new(store, loop);
}

static inline void group_end(void)
{
    inbox_free(inbox);
    store_free(store);
}

/* For tests that need no more: what the last one was told is forgotten. */
struct group_said {
    void *p;
    size_t n;
};
#define GROUP_TEST(f, said)                                                                        \
    cmocka_unit_test_prestate_setup_teardown(f, group_set_up, group_tear_down, said)
static inline int group_set_up(void **state)
{
    const struct group_said *said = *state;
    memset(said->p, 0, said->n);
    group_begin();
    return 0;
}

static inline int group_tear_down(void **state)
{
    (void)state;
    group_end();
    return 0;
}

/* A question to the store, and how it ended. */
static struct {
    bool done;
    int result;
} asked;

static inline void asked_done(void *arg, int result, const struct err *e)
{
    (void)arg, (void)e;
    asked.result = result;
    asked.done = true;
}

static inline int asked_wait(void)
{
    while (!asked.done)
        loop_turn(loop, -1);
    asked.done = false;
    return asked.result;
}

/* One command, its words with a space between. */
static inline void group_command(redis_cb *cb, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);
static inline void group_command(redis_cb *cb, const char *fmt, va_list ap)
{
    char line[512];
    struct slice argv[64], rest, word;
    size_t n = 0;
    struct err e;
    (void)vsnprintf(line, sizeof line, fmt, ap);
    rest = slice_of(line);
    while (slice_cut(&rest, ' ', &word)) {
        assert_true(n < COUNT_OF(argv));
        argv[n++] = word;
    }
    assert_int_equal(redis_wait(redis, cb, NULL, &e, n, argv), 0);
}

/* Runs them; skipped aloud where there is no server. What main() returns. */
static inline int redis_group_run(const char *name, const struct CMUnitTest *tests, size_t n)
{
    struct err e;
    server = redis_fixture_new();
    if (!server) {
        printf("1..0 # SKIP no redis-server on the PATH\n");
        return 0;
    }
    loop = loop_new();
    struct redis_config config = {.url = redis_fixture_url(server)};
    if (redis_new(loop, &config, &redis, &e) < 0) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    while (!redis_is_connected(redis))
        loop_turn(loop, -1);
    int failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
    redis_free(redis);
    loop_free(loop);
    redis_fixture_free(server);
    return failed;
}
