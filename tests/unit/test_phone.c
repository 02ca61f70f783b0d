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

static void test_possible_is_not_valid(void **state)
{
    (void)state;
    assert_true(parsed("+1 436 555 0134", "GB").possible); /* an area newer than the plan */
    assert_false(parsed("+1 436 555 0134", "GB").valid);
    assert_false(parsed("0740000", "GB").possible);
    assert_false(parsed("074001234567", "GB").possible);
    assert_false(parsed("+1 136 555 0134", "GB").possible); /* no area begins with 1 */
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
    /* as many digits as a set of lengths has bits, and more */
    for (size_t n = 20; n < 90; n++) {
        char text[100] = "+447400123456";
        memset(text + 13, '1', n - 12);
        text[n + 1] = '\0';
        assert_false(phone_parse(text, n + 1, "GB", &p));
        assert_false(phone_parse(text + 1, n, "GB", &p));
        text[2] = '0';
        assert_false(phone_parse(text + 2, n - 1, "GB", &p));
    }
    char *long_text = malloc(100000);
    memset(long_text, '1', 100000);
    assert_false(phone_parse(long_text, 100000, "GB", &p));
    free(long_text);
    assert_int_equal(p.e164, 7);
    assert_true(phone_country_is_known("GB"));
    assert_false(phone_country_is_known("gb"));
    assert_false(phone_country_is_known("UK"));
}

/* ---- what differs from libphonenumber ---- */

static void test_letters_are_not_dialled(void **state)
{
    (void)state;
    struct phone p;
    static const char *const bad[] = {
        "07400 123XXX",     "+44 7400 XXXXXX",   "07700 900ABC",
        "+1 202 555 CALL",  "+12025550123 x12",  "+447400123475 ext 2",
        "07400123456 мама", "*67 07400123456 #", "07400123456#2"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(phone_parse(bad[i], strlen(bad[i]), "GB", &p));
    is("Tel: 07400 123456.", 447400123456, "GB", PHONE_MOBILE, true);
    is("tel:+447400123456", 447400123456, "GB", PHONE_MOBILE, true);
    is("\u202a+44\u00a07400\u2013123456\u202c", 447400123456, "GB", PHONE_MOBILE, true);
    is("\uff10\uff17\uff14\uff10\uff10 \u0661\u0662\u0663\u0664\u0665\u0666", 447400123456, "GB",
       PHONE_MOBILE, true);
    is("07400 123456 \U0001f4f1", 447400123456, "GB", PHONE_MOBILE, true);
}

static void reads(const char *text, const char *country, uint64_t e164, bool ambiguous)
{
    struct phone p = parsed(text, country);
    if (!ambiguous) assert_int_equal(p.e164, e164);
    assert_int_equal(p.ambiguous, ambiguous);
    assert_int_equal(p.valid, !ambiguous);
}

static void test_double_zero_is_a_plus_everywhere(void **state)
{
    (void)state;
    reads("0055 11 98765-4321", "BR", 5511987654321, false);
    reads("0055 31 98765-4321", "BR", 5531987654321, false);
    reads("0044 7400 123456", "BR", 447400123456, false);
    reads("0044 7400 123456", "KR", 447400123456, false);
    reads("0082 10 2345 6789", "KR", 821023456789, false);
    reads("0044 7400 123456", "US", 447400123456, false);
    reads("011 44 7400 123456", "US", 447400123456, false);
    reads("00165 8212 3456", "KR", 0, true); /* Singapore by 001, or Jamaica by 00? */
}

static void test_the_own_code_without_plus(void **state)
{
    (void)state;
    reads("4915112345678", "DE", 4915112345678, false);
    reads("4930123456", "DE", 4930123456, false);
    reads("04915 112345678", "DE", 494915112345678, false); /* with the 0 it is a landline */
    reads("447400123456", "GB", 447400123456, false);
    reads("6281234567890", "ID", 6281234567890, false);
    reads("12025550123", "US", 12025550123, false);
}

/* ---- the plan ---- */

static void test_country_of_a_number(void **state)
{
    (void)state;
    static const struct {
        uint64_t number;
        const char *country;
    } cases[] = {
        {447700900123, "GB"}, {447781123456, "GG"},  {447797712345, "JE"}, {447624123456, "IM"},
        {447457600000, "IM"}, {353850123456, "IE"},  {15062345678, "CA"},  {12015550123, "US"},
        {12733456789, "CA"},  {18762101234, "JM"},   {17872345678, "PR"},  {79123456789, "RU"},
        {77710009998, "KZ"},  {4915123456789, "DE"}, {33612345678, "FR"},  {39312345678, "IT"},
        {390669812345, "VA"}, {4740612345, "NO"},    {4779123456, "SJ"},   {35818123456, "AX"},
        {358412345678, "FI"}, {5997181234, "BQ"},    {59995181234, "CW"},  {2908999, "TA"},
        {29051234, "SH"},     {85251234567, "HK"},   {212650123456, "MA"}, {61412345678, "AU"},
        {61891641234, "CX"},  {919123456789, "IN"},  {262639012345, "YT"}, {27711234567, "ZA"},
        {201001234567, "EG"}, {6834002, "NU"},       {447700900, "GB"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *country = phone_country_of(cases[i].number);
        assert_non_null(country);
        assert_string_equal(country, cases[i].country);
    }
    static const uint64_t nowhere[] = {0, 210, 80012345678, 87012345678, 999123456789, UINT64_MAX};
    for (size_t i = 0; i < COUNT_OF(nowhere); i++)
        assert_null(phone_country_of(nowhere[i]));
}

/* "region|text|number country type" of phonenumbers, or "-". */
static void check_line(char *line, int number)
{
    char got[64] = "-", *text = strchr(line, '|'), *want = strrchr(line, '|');
    struct phone p;
    assert_true(text && want > text);
    *text++ = *want++ = '\0';
    if (phone_parse(text, strlen(text), line, &p)) {
        (void)snprintf(got, sizeof got, "%llu %s %s", (unsigned long long)p.e164, p.country,
                       phone_type_to_string(p.type));
        struct phone same;
        assert_true(phone_of(p.e164, &same));
        assert_memory_equal(&same, &p, sizeof p);
    }
    if (strcmp(got, want) != 0)
        fail_msg("line %d, %s in %s: %s, not %s", number, text, line, got, want);
}

static void test_the_plan_is_read_as_expected(void **state)
{
    FILE *in = fopen(*state, "re");
    char line[256];
    int number = 0, cases = 0;
    check(in != NULL);
    while (fgets(line, sizeof line, in)) {
        number++;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#') continue;
        check_line(line, number);
        cases++;
    }
    (void)fclose(in);
    assert_true(cases > 2000);
    assert_int_equal(strlen(phone_plan_date()), strlen("2026-11-06"));
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

/* argv[1]: phone_expected.txt */
int main(int argc, char **argv)
{
    void *expected = argc > 1 ? argv[1] : NULL;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types_and_countries),
        cmocka_unit_test(test_possible_is_not_valid),
        cmocka_unit_test(test_the_drama_range_is_valid_here),
        cmocka_unit_test(test_what_is_no_number),
        cmocka_unit_test(test_letters_are_not_dialled),
        cmocka_unit_test(test_double_zero_is_a_plus_everywhere),
        cmocka_unit_test(test_the_own_code_without_plus),
        cmocka_unit_test(test_country_of_a_number),
        cmocka_unit_test_prestate(test_the_plan_is_read_as_expected, expected),
        cmocka_unit_test(test_zones_of_a_country),
    };
    return cmocka_run_group_tests_name("phone", tests, NULL, NULL);
}
