#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/phone_cell.h"

struct one {
    const char *cell, *digits; /* NULL: it is a reason */
    enum phone_cell kind;
};

static void expect(const struct one *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct phone_text t = {.n = 0};
        enum phone_cell kind = phone_cell_read(slice_of(cases[i].cell), &t);
        bool same =
            kind == cases[i].kind && (!cases[i].digits || !strcmp(t.digits, cases[i].digits));
        if (!same)
            fail_msg("'%s' is %d '%s', and not %d '%s'", cases[i].cell, (int)kind, t.digits,
                     (int)cases[i].kind, cases[i].digits ? cases[i].digits : "");
    }
}

#define NUMBER(cell, digits)                                                                       \
    {                                                                                              \
        cell, digits, PHONE_CELL_NUMBER                                                            \
    }
#define REASON(cell, kind)                                                                         \
    {                                                                                              \
        cell, NULL, kind                                                                           \
    }

static void test_as_people_write_it(void **state)
{
    (void)state;
    static const struct one cases[] = {
        NUMBER("+447700900123", "+447700900123"),
        NUMBER("07700 900123", "07700900123"),
        NUMBER(" +44 (0)7700-900.123 ", "+4407700900123"),
        NUMBER("(+44) 7700 900123", "+447700900123"),
        NUMBER("(+44) (0)7700 900123", "+4407700900123"),
        NUMBER("+ 44 7700 900123", "+447700900123"),
        NUMBER("(202) 555-0123", "2025550123"),
        NUMBER("0176/1234567", "01761234567"),
        NUMBER("+49176/1234567", "+491761234567"),
        NUMBER("06.12.34.56.00", "0612345600"),
        NUMBER("7700-900123-", "7700900123"), /* as Java's POI shows it */
        NUMBER("0199001234    ", "0199001234"),
        NUMBER("+1.2025550100", "+12025550100"),
        NUMBER("202.555.0123", "2025550123"),
        NUMBER("tel:+44-7700-900123", "+447700900123"),
        NUMBER("WhatsApp: +447700900123", "+447700900123"),
        NUMBER("p:+447700900123", "+447700900123"), /* Meta's lead forms */
        NUMBER("https://wa.me/447700900123", "+447700900123"),
        NUMBER("wa.me/+447700900123", "+447700900123"),
        NUMBER("447700900123@c.us", "+447700900123"), /* exports of WhatsApp */
        NUMBER("447700900123@s.whatsapp.net", "+447700900123"),
        REASON("447700900123@example.org", PHONE_CELL_LETTERS),
        REASON("wa.me/", PHONE_CELL_EMPTY),
        REASON("@c.us", PHONE_CELL_EMPTY),
        NUMBER("07700 900123;", "07700900123"),
        NUMBER("12", "12"),
    };
    expect(cases, COUNT_OF(cases));
}

static void test_signs_of_any_script(void **state)
{
    (void)state;
    static const struct one cases[] = {
        NUMBER("\xc2\xa0+44\xc2\xa0"
               "7700\xe2\x80\xaf"
               "900123\xc2\xa0",
               "+447700900123"),
        NUMBER("\xe2\x80\xaa+447700900123\xe2\x80\xac", "+447700900123"), /* unseen, by Windows */
        NUMBER("\xef\xbb\xbf+447700900123", "+447700900123"),
        NUMBER("07700\xe2\x80\x93"
               "900\xe2\x88\x92"
               "123",
               "07700900123"),
        NUMBER("\xd9\xa0\xd9\xa7\xd9\xa7\xd9\xa0\xd9\xa0 "
               "\xd9\xa9\xd9\xa0\xd9\xa0\xd9\xa1\xd9\xa2\xd9\xa3",
               "07700900123"),
        NUMBER("\xef\xbc\x8b\xef\xbc\x94\xef\xbc\x94 7700 900123", "+447700900123"),
        NUMBER("\xe0\xa5\xaf\xe0\xa5\xae\xe0\xa5\xad 6543210", "9876543210"),
    };
    expect(cases, COUNT_OF(cases));
}

static void test_as_spreadsheets_write_it(void **state)
{
    (void)state;
    static const struct one cases[] = {
        NUMBER("447700900123.0", "447700900123"),
        NUMBER("1761234567.0", "1761234567"),
        NUMBER("447700900123.00", "447700900123"),
        NUMBER("447700900123,0", "447700900123"),
        NUMBER("+447700900123.0", "+447700900123"),
        NUMBER("447,700,900,123", "447700900123"),
        NUMBER("447.700.900.123,00", "447700900123"),
        NUMBER("447'700'900'123", "447700900123"),
        NUMBER("447\xe2\x80\x99"
               "700\xe2\x80\x99"
               "900\xe2\x80\x99"
               "123.00",
               "447700900123"),
        NUMBER("447 700 900 123", "447700900123"),
        NUMBER("4.47700900123E+11", "447700900123"),
        NUMBER("4,47700900123e+011", "447700900123"),
        NUMBER("447.700900123E+9", "447700900123"),
        NUMBER("'07700900123", "07700900123"),
        NUMBER("\xe2\x80\x99+447700900123", "+447700900123"),
        NUMBER("\"07700900123\"", "07700900123"),
        NUMBER("=\"07700900123\"", "07700900123"),
        NUMBER("=+447700900123", "+447700900123"),
        NUMBER("'=\"+447700900123\"", "+447700900123"),
        REASON("4.47701E+11", PHONE_CELL_ROUNDED),
        REASON("4,47701E+11", PHONE_CELL_ROUNDED),
        REASON("4.477E11", PHONE_CELL_ROUNDED),
        REASON("4.48e+11", PHONE_CELL_ROUNDED),
        REASON("4E+11", PHONE_CELL_ROUNDED),
        REASON("4.47700900001E+019", PHONE_CELL_ROUNDED),
        REASON("4.47700900123E-11", PHONE_CELL_ROUNDED),
        REASON("447701000000", PHONE_CELL_ROUNDED), /* rounded, and written out again */
        REASON("447701000000.0", PHONE_CELL_ROUNDED),
        REASON("447700900123.5", PHONE_CELL_DOUBTFUL),
        NUMBER("203456.00", "203456"),
        NUMBER("0664-1234567.00",
               "06641234567"), /* the plan says whether the zeros may be digits */
        NUMBER("07400 123456.00", "07400123456"),
        NUMBER("447 400 123 456,00", "447400123456"),
        NUMBER("+44 7400 123456.0", "+447400123456"),
        NUMBER("447 400 123 456,000", "447400123456"),
        REASON("447 401 000 000,00", PHONE_CELL_ROUNDED),
        REASON("07400 123456,0000", PHONE_CELL_EXTENSION),
        NUMBER("02.03.45.67.00", "0203456700"),
        REASON("=A1&B1", PHONE_CELL_FORMULA),
        REASON("=HYPERLINK(\"x\",\"07700900123\")", PHONE_CELL_FORMULA),
        REASON("-447700900123", PHONE_CELL_NOT_A_NUMBER),
        REASON("#REF!", PHONE_CELL_NOT_A_NUMBER),
        REASON("44770090002100%", PHONE_CELL_NOT_A_NUMBER),
    };
    expect(cases, COUNT_OF(cases));
}

static void test_what_is_no_number_of_one_person(void **state)
{
    (void)state;
    static const struct one cases[] = {
        REASON("", PHONE_CELL_EMPTY),
        REASON(" \xc2\xa0\xe2\x80\x8b ", PHONE_CELL_EMPTY),
        REASON("hello", PHONE_CELL_NOT_A_NUMBER),
        REASON("n/a", PHONE_CELL_NOT_A_NUMBER),
        REASON("-", PHONE_CELL_NOT_A_NUMBER),
        REASON("*31#07700900123", PHONE_CELL_NOT_A_NUMBER),
        REASON("\xc2\xa3"
               "447700900123",
               PHONE_CELL_NOT_A_NUMBER),
        REASON("07400 123XXX", PHONE_CELL_LETTERS),
        REASON("+44 7400 XXXXXX", PHONE_CELL_LETTERS),
        REASON("07700 900ABC", PHONE_CELL_LETTERS),
        REASON("0664 123456 Max", PHONE_CELL_LETTERS),
        REASON("+1 202 555 CALL", PHONE_CELL_LETTERS),
        REASON("07700 900125 (mum)", PHONE_CELL_LETTERS),
        REASON("07700 9O0125", PHONE_CELL_LETTERS),
        REASON("\xd0\xbc\xd0\xb0\xd0\xbc\xd0\xb0 07700 900125", PHONE_CELL_LETTERS),
        REASON("+1 202 555 0123 x12", PHONE_CELL_EXTENSION),
        REASON("+447400123475 ext 2", PHONE_CELL_EXTENSION),
        REASON("+447400123475 Extension: 22", PHONE_CELL_EXTENSION),
        REASON("07400123475#3", PHONE_CELL_EXTENSION),
        REASON("tel:+447400123475;ext=3", PHONE_CELL_EXTENSION),
        REASON("07400123456; 07400654321", PHONE_CELL_TWO_NUMBERS),
        REASON("07400123456 / 07400654321", PHONE_CELL_TWO_NUMBERS),
        REASON("07400123456/7", PHONE_CELL_TWO_NUMBERS),
        REASON("07400123456, 07400654321", PHONE_CELL_TWO_NUMBERS),
        REASON("07400123456 or 07400654321", PHONE_CELL_TWO_NUMBERS),
        REASON("07400123456 & 07400654321", PHONE_CELL_TWO_NUMBERS),
        REASON("07400123456\n07400654321", PHONE_CELL_TWO_NUMBERS),
        REASON("07400123456 ::: 07400654321", PHONE_CELL_TWO_NUMBERS),
        REASON("07400123456|07400654321", PHONE_CELL_TWO_NUMBERS),
        REASON("+447400123456+447400654321", PHONE_CELL_TWO_NUMBERS),
        REASON("07400123456 (home 07400654321)", PHONE_CELL_TWO_NUMBERS),
        REASON("44770090012344770090", PHONE_CELL_TOO_LONG),
        REASON("07400123456 07400654321", PHONE_CELL_TOO_LONG),
        REASON("1) 0664 123456", PHONE_CELL_DOUBTFUL),
        REASON("0664 123456 (2)", PHONE_CELL_DOUBTFUL),
        REASON("((0664) 123456)", PHONE_CELL_DOUBTFUL),
        REASON("(0664 123456", PHONE_CELL_DOUBTFUL),
        REASON("447700900123\xff", PHONE_CELL_NOT_A_NUMBER),
    };
    expect(cases, COUNT_OF(cases));
    char long_cell[1000];
    memset(long_cell, '7', sizeof long_cell);
    struct phone_text t;
    assert_int_equal(phone_cell_read(slice_make(long_cell, sizeof long_cell), &t),
                     PHONE_CELL_NOT_A_NUMBER);
}

/* Signs that make something else of digits; beside each, what has the same digits or signs and is a number. */
static void test_what_is_no_number_at_all(void **state)
{
    (void)state;
    static const struct one cases[] = {
        REASON("29-11-2026", PHONE_CELL_DAY),
        REASON("29 11 2026", PHONE_CELL_DAY),
        REASON("29.11.2026", PHONE_CELL_DAY),
        REASON("11-29-2026", PHONE_CELL_DAY),
        REASON("8.12.1990", PHONE_CELL_DAY),
        REASON("2026-11-29", PHONE_CELL_DAY),
        REASON("20/11-2026", PHONE_CELL_DAY),
        REASON("29.11.26", PHONE_CELL_DAY),
        REASON("29/11/2026", PHONE_CELL_DAY),
        REASON("29112026", PHONE_CELL_DAY),
        REASON("29112026.0", PHONE_CELL_DAY),
        REASON("\xd9\xa2\xd9\xa9\xd9\xa1\xd9\xa1\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa6", PHONE_CELL_DAY),
        REASON("8121990", PHONE_CELL_DAY),
        REASON("20261129", PHONE_CELL_DAY),
        NUMBER("32112026", "32112026"),
        NUMBER("29132026", "29132026"),
        NUMBER("29112046", "29112046"),
        NUMBER("20262911", "20262911"),
        NUMBER("+29112026", "+29112026"),
        NUMBER("+29-11-2026", "+29112026"),
        NUMBER("29 11 20 26", "29112026"),
        NUMBER("29 11 26", "291126"), /* as numbers of Greenland are written */
        NUMBER("32-11-2026", "32112026"),
        NUMBER("29-13-2026", "29132026"),
        NUMBER("29-11-2126", "29112126"),
        REASON("2025-2026", PHONE_CELL_DAY),
        REASON("2025 \xe2\x80\x93 2026", PHONE_CELL_DAY),
        REASON("2025-26", PHONE_CELL_DAY),
        REASON("2026-11", PHONE_CELL_DAY),
        REASON("11-2026", PHONE_CELL_DAY),
        NUMBER("2026-2025", "20262025"),
        NUMBER("2030-4050", "20304050"),
        NUMBER("2025 26", "202526"),
        REASON("20.30-22.00", PHONE_CELL_DAY),
        REASON("9.00 - 10.30", PHONE_CELL_DAY),
        REASON("2030-2200", PHONE_CELL_DAY),
        NUMBER("20.30-40.60", "20304060"),
        NUMBER("20.30.22.00", "20302200"),
        NUMBER("2030 2200", "20302200"),
        REASON("55.676098", PHONE_CELL_OTHER),
        REASON("139.6917064", PHONE_CELL_OTHER),
        REASON("0.12783", PHONE_CELL_OTHER),
        NUMBER("612.345678", "612345678"),
        NUMBER("0176.1234567", "01761234567"),
        NUMBER("44.7700900123", "447700900123"),
        REASON("119.876.543-21", PHONE_CELL_OTHER),
        REASON("9.876.543-2", PHONE_CELL_OTHER),
        REASON("98765432-1", PHONE_CELL_OTHER),
        REASON("601123-14-5678", PHONE_CELL_OTHER),
        NUMBER("601123 14 5678", "601123145678"),
        NUMBER("119.876.543.21", "11987654321"),
        NUMBER("11.98765-4321", "11987654321"),
        NUMBER("612.345-67", "61234567"),
    };
    expect(cases, COUNT_OF(cases));
}

/* parse(print(x)): whatever a number is dressed in, its digits are those. */
static void test_a_dressed_number_keeps_its_digits(void **state)
{
    (void)state;
    static const char *const dresses[] = {
        "%s",   " %s ",  "'%s",  "=\"%s\"",    "\"%s\"",         "tel:%s", "sms:%s;",
        "%s.0", "%s.00", "%s,0", "\xc2\xa0%s", "%s\xe2\x80\x8b", "'%s'"};
    uint64_t x = 88172645463325252ull;
    for (int i = 0; i < 20000; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        char number[32], cell[64];
        bool plus = x % 2;
        (void)snprintf(number, sizeof number, "%s%llu7", plus ? "+" : "",
                       (unsigned long long)(1000000 + x % 1000000000000));
        const char *dress = dresses[(x >> 20) % COUNT_OF(dresses)];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void)snprintf(cell, sizeof cell, dress, number);
#pragma GCC diagnostic pop
        struct phone_text t;
        if (phone_cell_read(slice_of(cell), &t) != PHONE_CELL_NUMBER) fail_msg("'%s'", cell);
        assert_string_equal(t.digits, number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_people_write_it),
        cmocka_unit_test(test_signs_of_any_script),
        cmocka_unit_test(test_as_spreadsheets_write_it),
        cmocka_unit_test(test_what_is_no_number_of_one_person),
        cmocka_unit_test(test_what_is_no_number_at_all),
        cmocka_unit_test(test_a_dressed_number_keeps_its_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
