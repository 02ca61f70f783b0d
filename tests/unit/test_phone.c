/* Phone numbers and the zones of their countries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "io/phone.h"
#include "io/zones.h"

static struct phone parsed(const char *text, const char *country)
{
    struct phone p;
    assert_true(phone_parse(text, strlen(text), country, &p));
    return p;
}

static void is(const char *text, uint64_t e164, const char *country, enum phone_type type,
               bool valid)
{
    struct phone p = parsed(text, "GB");
    assert_int_equal(p.e164, e164);
    assert_string_equal(p.country, country);
    assert_string_equal(phone_type_to_string(p.type), phone_type_to_string(type));
    assert_int_equal(p.valid, valid);
}

static void test_types_and_countries(void **state)
{
    (void)state;
    is("07400 123456", 447400123456, "GB", PHONE_MOBILE, true);
    is("+44 (0)7400-123456", 447400123456, "GB", PHONE_MOBILE, true);
    is("447400123456", 447400123456, "GB", PHONE_MOBILE, true);
    is("00 49 171 1234567", 491711234567, "DE", PHONE_MOBILE, true);
    is("020 7946 0018", 442079460018, "GB", PHONE_FIXED, true);
    is("0909 879 0000", 449098790000, "GB", PHONE_PREMIUM, true);
    is("0800 001 066", 44800001066, "GB", PHONE_TOLL_FREE, true);
    is("+1 202 555 0143", 12025550143, "US", PHONE_FIXED_OR_MOBILE, true);
    is("+39 02 1234567", 39021234567, "IT", PHONE_FIXED, true);
    is("+800 1234 5678", 80012345678, "001", PHONE_TOLL_FREE, true);
    is("01632 960123", 441632960123, "GB", PHONE_UNKNOWN, false);
}

static void test_the_drama_range_is_valid_here(void **state)
{
    (void)state;
    is("07700 900000", 447700900000, "GB", PHONE_MOBILE, true);
    is("+447700900999", 447700900999, "GB", PHONE_MOBILE, true);
    assert_true(parsed("07700 900500", "GB").drama);
    assert_false(parsed("07400 123456", "GB").drama);
    assert_false(parsed("07700 899999", "GB").drama);
    assert_false(parsed("07700 901000", "GB").drama);
}

static void test_what_is_no_number(void **state)
{
    (void)state;
    struct phone p = {.e164 = 7};
    const char *const bad[] = {"", "hello", "1", "-", "+999123456789", "4.477E+11", "Ann Smith"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(phone_parse(bad[i], strlen(bad[i]), "GB", &p));
    assert_false(phone_parse("07400123456", 11, "", &p));
    assert_false(phone_parse("07400123456", 11, NULL, &p));
    char *long_text = malloc(100000);
    memset(long_text, '1', 100000);
    assert_false(phone_parse(long_text, 100000, "GB", &p));
    free(long_text);
    assert_int_equal(p.e164, 7);
    assert_true(phone_country_is_known("GB"));
    assert_false(phone_country_is_known("gb"));
    assert_false(phone_country_is_known("UK"));
}

static void note(void *arg, struct slice zone)
{
    buf_add_slice(arg, zone);
    buf_add_char(arg, ' ');
}

static void test_zones_of_a_country(void **state)
{
    (void)state;
    static const char table[] = "# comment\nGB,GG,IM,JE\t+513030-0000731\tEurope/London\n"
                                "PT\t+3843-00908\tEurope/Lisbon\tPortugal (mainland)\n"
                                "PT\t+3238-01654\tAtlantic/Madeira\tMadeira Islands\nbroken\n";
    char path[] = "/tmp/muster-zones-XXXXXX";
    int fd = mkstemp(path);
    assert_int_equal(write(fd, table, sizeof table - 1), sizeof table - 1);
    close(fd);
    struct buf got = BUF_INIT(1000);
    struct err e;
    assert_int_equal(zones_of_country(path, "JE", note, &got, &e), 0);
    assert_int_equal(zones_of_country(path, "XX", note, &got, &e), 0);
    assert_int_equal(zones_of_country(path, "PT", note, &got, &e), 0);
    assert_string_equal(got.p, "Europe/London Europe/Lisbon Atlantic/Madeira ");
    buf_done(&got);
    unlink(path);
    assert_true(zones_of_country(path, "GB", note, NULL, &e) < 0);
    assert_non_null(strstr(e.text, "tzdata"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types_and_countries),
        cmocka_unit_test(test_the_drama_range_is_valid_here),
        cmocka_unit_test(test_what_is_no_number),
        cmocka_unit_test(test_zones_of_a_country),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
