#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "io/redis_url.h"

static void assert_place(const char *url, int port, const char *host, int wanted)
{
    struct url_place place = {.port = -1};
    assert_int_equal(url_place(slice_of(url), port, &place), 0);
    assert_string_equal(place.host, host);
    assert_int_equal(place.port, wanted);
}

static void test_places(void **state)
{
    (void)state;
    assert_place("https://api.example.org/v1?a=b", 0, "api.example.org", 443);
    assert_place("http://sms_gateway:13013", 0, "sms_gateway", 13013);
    assert_place("http://[::1]:81/x", 0, "::1", 81);
    assert_place("redis://[fe80::1%eth0]:7", 0, "fe80::1%eth0", 7);
    assert_place("https://user:word@example.org", 1, "example.org", 443);
    assert_place("http://h/?next=file:///x", 0, "h", 80);
    assert_place("tcp://kafka:9092", 0, "kafka", 9092);
    assert_place("redis://10.0.0.1", 6379, "10.0.0.1", 6379);
}

static void test_no_places(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "example.org",
                                      "http://",
                                      "http:///x",
                                      "tcp://host",
                                      "http://host:65536",
                                      "tcp://host:0",
                                      "http://host:port",
                                      "http://[::1",
                                      "http://a b"};
    struct url_place place;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (url_place(slice_of(bad[i]), 0, &place) == 0) fail_msg("%s", bad[i]);
    char big[URL_BYTES_MAX + 1];
    memset(big, 'a', sizeof big);
    memcpy(big, "http://", 7);
    assert_int_equal(url_place(slice_make(big, sizeof big), 0, &place), ERR_LIMIT);
    assert_int_equal(url_place(slice_make(big, 7 + URL_HOST_BYTES), 0, &place), ERR_LIMIT);
}

struct redis_case {
    const char *url, *host;
    int port, db;
    const char *password;
};

static void test_redis(void **state)
{
    (void)state;
    static const struct redis_case cases[] = {
        {"redis://127.0.0.1:6379/0", "127.0.0.1", 6379, 0, NULL},
        {"redis://cache", "cache", 6379, 0, NULL},
        {"redis://[fe80::1]:7000/3", "fe80::1", 7000, 3, NULL},
        {"redis://:word@h:1/2", "h", 1, 2, "word"},
        {"redis://user:word@h", "h", 6379, 0, "word"},
        /* as it comes from the environment: nothing is escaped */
        {"redis://:a/b?c#d@e:f%41@h:1/2", "h", 1, 2, "a/b?c#d@e:f%41"},
        {"unix:/run/redis.sock", "/run/redis.sock", 0, 0, NULL},
        {"unix:/run/redis.sock?db=4", "/run/redis.sock", 0, 4, NULL},
        {"unix:/run/redis.sock?db=4&password=a&b", "/run/redis.sock", 0, 4, "a&b"},
        {"unix:/run/redis.sock?password=a=b", "/run/redis.sock", 0, 0, "a=b"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct redis_case *c = &cases[i];
        struct redis_address at = {.db = 0};
        if (redis_url_parse(slice_of(c->url), &at) != 0) fail_msg("%s", c->url);
        assert_string_equal(at.place.host, c->host);
        assert_int_equal(at.place.port, c->port);
        assert_int_equal(at.db, c->db);
        assert_string_equal(at.password ? at.password : "", c->password ? c->password : "");
        assert_int_equal(at.password != NULL, c->password != NULL);
        redis_address_done(&at);
    }
}

static void test_users_and_sentinels(void **state)
{
    (void)state;
    struct redis_address at = {.db = 0};
    assert_int_equal(redis_url_parse(SLICE_LIT("rediss://muster:a@b:c@h:1/2"), &at), 0);
    assert_true(at.tls);
    assert_string_equal(at.user, "muster");
    assert_string_equal(at.password, "a@b:c");
    assert_null(at.master);
    redis_address_done(&at);
    assert_int_equal(redis_url_parse(SLICE_LIT("sentinels://u:p@a,[::1]:7,c:9/mymaster/3"), &at),
                     0);
    assert_true(at.tls);
    assert_string_equal(at.user, "u");
    assert_string_equal(at.master, "mymaster");
    assert_int_equal(at.db, 3);
    assert_int_equal(at.seat_n, 3);
    assert_string_equal(at.seats[0].host, "a");
    assert_int_equal(at.seats[0].port, REDIS_SENTINEL_PORT);
    assert_string_equal(at.seats[1].host, "::1");
    assert_int_equal(at.seats[2].port, 9);
    redis_address_done(&at);
    assert_int_equal(redis_url_parse(SLICE_LIT("sentinel://a/mymaster"), &at), 0);
    assert_false(at.tls);
    assert_null(at.user);
    redis_address_done(&at);
}

static void test_no_redis(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "localhost:6379",
                                      "redis://",
                                      "redis://:word@",
                                      "redis://h:0",
                                      "redis://h:70000",
                                      "redis://h/x",
                                      "redis://h:1/-1",
                                      "redis://h?db=1",
                                      "unix:relative",
                                      "unix:/s?x=1",
                                      "rediss://",
                                      "sentinel://",
                                      "sentinel://h",
                                      "sentinel://h/",
                                      "sentinel:///m",
                                      "sentinel://h,,i/m",
                                      "sentinel://h:0/m",
                                      "sentinel://h/m/x",
                                      "sentinel://1,2,3,4,5,6,7,8,9,10/m"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct redis_address at = {.db = 0};
        if (redis_url_parse(slice_of(bad[i]), &at) == 0) fail_msg("%s", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),   cmocka_unit_test(test_no_places),
        cmocka_unit_test(test_redis),    cmocka_unit_test(test_users_and_sentinels),
        cmocka_unit_test(test_no_redis),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
