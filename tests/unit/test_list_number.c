#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "flow/list_number.h"

struct one {
    const char *country, *cell;
    uint64_t number; /* 0: the reason */
    enum import_reason reason;
};

static void expect(const struct one *cases, size_t count, bool landlines)
{
    for (size_t i = 0; i < count; i++) {
        struct list_number l = {.country = cases[i].country, .landlines = landlines};
        uint64_t number = 0;
        enum import_reason reason = list_number_read(&l, slice_of(cases[i].cell), &number);
        if (reason != cases[i].reason || number != cases[i].number)
            fail_msg("%s '%s' is %s %llu", cases[i].country, cases[i].cell,
                     import_reason_key(reason), (unsigned long long)number);
    }
}

static void test_right_numbers(void **state)
{
    (void)state;
    static const struct one cases[] = {
        {"GB", "07700 900123", 447700900123, IMPORT_FINE},
        {"GB", "7700900123", 447700900123, IMPORT_FINE}, /* a spreadsheet took the zero */
        {"GB", "447700900123", 447700900123, IMPORT_FINE},
        {"GB", "00447700900123", 447700900123, IMPORT_FINE},
        {"GB", "+44 (0)7700 900123", 447700900123, IMPORT_FINE},
        {"GB", "447700900123.0", 447700900123, IMPORT_FINE},
        {"DE", "1761234567.0", 491761234567, IMPORT_FINE},
        {"DE", "0176/1234567", 491761234567, IMPORT_FINE},
        {"DE", "4915112345678", 4915112345678, IMPORT_FINE}, /* a landline of Leer as well */
        {"DE", "491761234567", 491761234567, IMPORT_FINE},
        {"DE", "004915112345678", 4915112345678, IMPORT_FINE},
        {"AT", "6641234567.0", 436641234567, IMPORT_FINE},
        {"AT", "664123456.0", 43664123456, IMPORT_FINE},
        {"AT", "436641234567", 436641234567, IMPORT_FINE},
        {"ID", "8123456789.0", 628123456789, IMPORT_FINE},
        {"ID", "628123456789", 628123456789, IMPORT_FINE},
        {"IT", "3331234567.0", 393331234567, IMPORT_FINE},
        {"FI", "401234567.0", 358401234567, IMPORT_FINE},
        {"US", "2025550123.0", 12025550123, IMPORT_FINE},
        {"US", "(757) 555-0123", 17575550123, IMPORT_FINE},
        {"US", "011 44 7400 123456", 447400123456, IMPORT_FINE},
        {"US", "0044 7400 123456", 447400123456, IMPORT_FINE}, /* nothing else is "00" there */
        {"AU", "0011 44 7400 123456", 447400123456, IMPORT_FINE},
        {"AU", "0061412345678", 61412345678, IMPORT_FINE},        /* 00 is no exit code there */
        {"BR", "0055 82 99999 0123", 5582999990123, IMPORT_FINE}, /* a carrier's code is 55 */
        {"KR", "0082 10 2345 6789", 821023456789, IMPORT_FINE},
        {"IQ", "07701234567", 9647701234567, IMPORT_FINE},
        {"MX", "+52 1 55 1234 5678", 525512345678, IMPORT_FINE}, /* an older spelling */
        {"GB", "+225 07 12 34 56", 2250707123456, IMPORT_FINE},
        {"GB", "07400 123456.00", 447400123456, IMPORT_FINE}, /* no number has two digits more */
        {"GB", "447 400 123 456,00", 447400123456, IMPORT_FINE},
        {"GB", "07400-123456.0", 447400123456, IMPORT_FINE},
        {"US", "202-555-0123.0", 12025550123, IMPORT_FINE},
    };
    expect(cases, COUNT_OF(cases), false);
}

static void test_reasons(void **state)
{
    (void)state;
    static const struct one cases[] = {
        {"GB", "", 0, IMPORT_NO_NUMBER},
        {"", "07700900123", 0, IMPORT_NO_COUNTRY},
        {"GB", "020 7946 0018", 0, IMPORT_LANDLINE},
        {"GB", "491761234567", 0, IMPORT_INVALID}, /* of another country, without plus: a guess */
        {"GB", "77009001234", 0, IMPORT_INVALID},  /* not Kazakhstan */
        {"US", "0044 7400 123456", 447400123456, IMPORT_FINE},
        {"GB", "07700 900ABC", 0, IMPORT_LETTERS},
        {"US", "+1 202 555 0123 x12", 0, IMPORT_EXTENSION},
        {"GB", "020 7946 0018;07400123457", 0, IMPORT_TWO_NUMBERS},
        /* of somebody in Ohio, whatever the list's country: not of the Briton with these digits */
        {"GB", "(740) 555-0123", 0, IMPORT_DOUBTFUL},
        {"GB", "(740)555.0123", 0, IMPORT_DOUBTFUL},
        {"GB", "740-555-0123", 0, IMPORT_DOUBTFUL},
        {"GB", "740.555.0123", 0, IMPORT_DOUBTFUL},
        {"DE", "1-506-234-5678", 0,
         IMPORT_DOUBTFUL}, /* New Brunswick, or a mobile without its zero */
        {"DE", "1 (506) 234-5678", 0, IMPORT_DOUBTFUL},
        {"DE", "(1) 506.234.5678", 0, IMPORT_DOUBTFUL},
        {"DE", "1 506 234 5678", 0, IMPORT_DOUBTFUL},
        {"CN", "1-506-234-5678", 0, IMPORT_DOUBTFUL},
        {"DE", "1506 2345678", 4915062345678, IMPORT_FINE},
        {"DE", "01506-234-5678", 4915062345678, IMPORT_FINE},
        {"CN", "150-6234-5678", 8615062345678, IMPORT_FINE},
        {"CA", "1-506-234-5678", 15062345678, IMPORT_FINE},
        {"GB", "740 555 0123", 447405550123, IMPORT_FINE}, /* a zero that a spreadsheet ate */
        {"GB", "(07405) 550123", 447405550123, IMPORT_FINE},
        {"GB", "(0740) 555-0123", 447405550123, IMPORT_FINE},
        {"US", "(740) 555-0123", 17405550123, IMPORT_FINE},
        {"CO", "(300) 234-5678", 573002345678, IMPORT_FINE}, /* written so there, and no zero is */
        {"MX", "(744) 234-5678", 527442345678, IMPORT_FINE},
        {"AT", "0664-1234567.00", 0, IMPORT_DOUBTFUL}, /* some have two digits more there */
        {"DE", "0176 1234567.0", 0, IMPORT_DOUBTFUL},
        {"GB", "4.47701E+11", 0, IMPORT_ROUNDED},
        {"GB", "=A2", 0, IMPORT_FORMULA},
        {"GB", "44770090012344770090", 0, IMPORT_TOO_MANY_DIGITS},
        {"GB", "447700900123.5", 0, IMPORT_DOUBTFUL},
    };
    expect(cases, COUNT_OF(cases), false);
}

static void test_a_list_of_stops_has_landlines(void **state)
{
    (void)state;
    static const struct one cases[] = {
        {"GB", "020 7946 0018", 442079460018, IMPORT_FINE},
        {"DE", "4915112345678", 4915112345678, IMPORT_FINE},
        {"GB", "447700900124.0", 447700900124, IMPORT_FINE},
        {"GB", "07700 900125 (mum)", 0, IMPORT_LETTERS},
        {"GB", "4.47701E+11", 0, IMPORT_ROUNDED},
    };
    expect(cases, COUNT_OF(cases), true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_numbers),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_a_list_of_stops_has_landlines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
