#pragma once
/* The main() of tests that share one real Redis, a loop and a connection. After <cmocka.h>. */
#include <stdio.h>

#include "base/err.h"
#include "io/loop.h"
#include "io/redis.h"
#include "redis_fixture.h"

/* Fills the three for the tests' time and runs them; skipped aloud where there is no server. What
 * main() returns. */
static inline int redis_group_run(const char *name, const struct CMUnitTest *tests, size_t n,
                                  struct redis_fixture **server, struct loop **loop,
                                  struct redis **redis)
{
    struct err e;
    *server = redis_fixture_new();
    if (!*server) {
        printf("1..0 # SKIP no redis-server on the PATH\n");
        return 0;
    }
    *loop = loop_new();
    struct redis_config config = {.url = redis_fixture_url(*server)};
    if (redis_new(*loop, &config, redis, &e) < 0) {
        fprintf(stderr, "%s\n", e.text);
        return 1;
    }
    while (!redis_is_connected(*redis))
        loop_turn(*loop, -1);
    int failed = _cmocka_run_group_tests(name, tests, n, NULL, NULL);
    redis_free(*redis);
    loop_free(*loop);
    redis_fixture_free(*server);
    return failed;
}
