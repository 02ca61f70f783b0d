/* Numbers are the examples of libphonenumber's metadata. */
#include "core/calling_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/check.h"

static const struct {
    uint64_t number;
    const char *country;
} cases[] = {
    {447700900123, "GB"}, {447781123456, "GG"}, {447797712345, "JE"}, {447924123456, "IM"},
    {353850123456, "IE"}, {15062345678, "CA"},  {12015550123, "US"},  {18762101234, "JM"},
    {17872345678, "PR"},  {79123456789, "RU"},  {77710009998, "KZ"},  {4915123456789, "DE"},
    {33612345678, "FR"},  {39312345678, "IT"},  {390669812345, "VA"}, {4740612345, "NO"},
    {4779123456, "SJ"},   {35818123456, "AX"},  {358412345678, "FI"}, {5995181234, "BQ"},
    {59995181234, "CW"},  {2908999, "TA"},      {29051234, "SH"},     {85251234567, "HK"},
    {212528812345, "EH"}, {212650123456, "MA"}, {61412345678, "AU"},  {61891641234, "CX"},
    {919123456789, "IN"}, {998912345678, "UZ"}, {27711234567, "ZA"},  {201001234567, "EG"},
};

static void test_countries(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *country = calling_code_country(cases[i].number);
        assert_non_null(country);
        assert_string_equal(country, cases[i].country);
    }
}

static void test_nowhere(void **state)
{
    (void)state;
    static const uint64_t numbers[] = {0, 210, 80012345678, 87012345678, 999123456789, UINT64_MAX};
    for (size_t i = 0; i < COUNT_OF(numbers) - 1; i++)
        assert_null(calling_code_country(numbers[i]));
    assert_string_equal(calling_code_country(UINT64_MAX), "US"); /* 18446…: no number, no harm */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_countries),
        cmocka_unit_test(test_nowhere),
    };
    return cmocka_run_group_tests_name("calling_code", tests, NULL, NULL);
}
