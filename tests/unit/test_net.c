/* Addresses of peers, as proxies and configurations write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/check.h"
#include "core/net.h"

static bool same_home(const char *a, const char *b)
{
    struct net_address x, y;
    assert_true(net_address_read(slice_of(a), &x));
    assert_true(net_address_read(slice_of(b), &y));
    return slice_eq(net_home(&x), net_home(&y));
}

static void test_addresses(void **state)
{
    (void)state;
    static const char *const bad[] = {"",          "unknown",   "_hidden",       "1.2.3",
                                      "1.2.3.4.5", "1.2.3.4/8", "[::1",          "[::1]x",
                                      "::1::2",    ":80",       "1.2.3.4:80:80", "[]:80"};
    struct net_address a;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (net_address_read(slice_of(bad[i]), &a)) fail_msg("'%s' is an address", bad[i]);
    assert_true(same_home("192.0.2.1", " 192.0.2.1:4711 "));
    assert_true(same_home("192.0.2.1", "::ffff:192.0.2.1"));
    assert_false(same_home("192.0.2.1", "192.0.2.2"));
    assert_true(same_home("2001:db8:0:1::1", "[2001:db8:0:1:ffff::2]:443"));
    assert_false(same_home("2001:db8:0:1::1", "2001:db8:0:2::1"));
}

static void test_addresses_are_written(void **state)
{
    (void)state;
    static const char *const cases[][2] = {{"192.0.2.1:80", "192.0.2.1"},
                                           {"::ffff:192.0.2.1", "192.0.2.1"},
                                           {"[2001:DB8:0::1]:443", "2001:db8::1"}};
    char text[NET_TEXT_BYTES];
    struct net_address a;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(net_address_read(slice_of(cases[i][0]), &a));
        assert_string_equal(net_address_write(&a, text), cases[i][1]);
    }
}

static bool has(const char *range, const char *address)
{
    struct net_range r;
    struct net_address a;
    assert_true(net_range_read(slice_of(range), &r));
    assert_true(net_address_read(slice_of(address), &a));
    return net_range_has(&r, &a);
}

static void test_ranges(void **state)
{
    (void)state;
    static const char *const bad[] = {"",          "/8",      "10.0.0.1/8", "10.0.0.0/33",
                                      "10.0.0.0/", "::1/129", "10.0.0.0/x", "proxy.example"};
    struct net_range r;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (net_range_read(slice_of(bad[i]), &r)) fail_msg("'%s' is a range", bad[i]);
    assert_true(has("10.0.0.0/8", "10.255.0.1") && !has("10.0.0.0/8", "11.0.0.1"));
    assert_true(has("127.0.0.1", "127.0.0.1") && !has("127.0.0.1", "127.0.0.2"));
    assert_true(has("2001:db8::/32", "2001:db8:ffff::1") && !has("2001:db8::/32", "2001:db9::1"));
    assert_true(has("0.0.0.0/0", "192.0.2.1") && !has("0.0.0.0/0", "::1"));
    assert_true(has("::/0", "::1"));
}

static void test_what_is_public(void **state)
{
    (void)state;
    static const char *const open[] = {"1.1.1.1",        "93.184.216.34", "172.32.0.1",
                                       "172.15.255.255", "100.128.0.1",   "2606:4700::1111",
                                       "2a00:1450::1"};
    static const char *const not_open[] = {"0.0.0.0",
                                           "10.1.2.3",
                                           "100.64.0.1",
                                           "127.0.0.1",
                                           "169.254.169.254",
                                           "172.16.0.1",
                                           "172.31.255.255",
                                           "192.0.2.7",
                                           "192.168.0.1",
                                           "198.19.0.1",
                                           "203.0.113.9",
                                           "224.0.0.1",
                                           "255.255.255.255",
                                           "240.0.0.1",
                                           "::",
                                           "::1",
                                           "fe80::1",
                                           "fd00::1",
                                           "ff02::1",
                                           "::ffff:10.0.0.1",
                                           "::ffff:127.0.0.1",
                                           "64:ff9b::a00:1",
                                           "2001:db8::1",
                                           "2002:a00:1::1",
                                           "2001::1"};
    struct net_address a;
    for (size_t i = 0; i < COUNT_OF(open); i++)
        if (!net_address_read(slice_of(open[i]), &a) || !net_address_is_public(&a))
            fail_msg("%s", open[i]);
    for (size_t i = 0; i < COUNT_OF(not_open); i++)
        if (!net_address_read(slice_of(not_open[i]), &a) || net_address_is_public(&a))
            fail_msg("%s", not_open[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses), cmocka_unit_test(test_addresses_are_written),
        cmocka_unit_test(test_ranges), cmocka_unit_test(test_what_is_public)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
