#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

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
        {"DE", "0171 2345678-9", 0, IMPORT_DOUBTFUL}, /* …78 and …79, or one number */
        {"DE", "+49 171 2345678 – 9", 0, IMPORT_DOUBTFUL},
        {"AT", "0664 123456-7", 0, IMPORT_DOUBTFUL},
        {"AT", "0664 1234567-68", 0, IMPORT_DOUBTFUL},
        {"AT", "0664 1234-567", 436641234567, IMPORT_FINE},
        {"DE", "0171-2345678", 491712345678, IMPORT_FINE},
        {"DE", "0151 2345678-9", 4915123456789, IMPORT_FINE}, /* nobody has the shorter one */
        {"ID", "0812-345-678-90", 6281234567890, IMPORT_FINE},
        {"RU", "8 912 345-67-68", 79123456768, IMPORT_FINE},
        {"AT", "0664 123 45 67-89", 0,
         IMPORT_DOUBTFUL}, /* an extension, or a number with two digits more */
        {"FI", "040 123 45 67-89", 0, IMPORT_DOUBTFUL},
        {"ES", "612 34 56-78", 34612345678, IMPORT_FINE}, /* nobody has the shorter one */
        {"DE", "0151 123456-78", 4915112345678, IMPORT_FINE},
        /* a day, years, hours, a place, an id: almost any eight digits are somebody's in Denmark */
        {"DK", "29-11-2026", 0, IMPORT_DAY},
        {"DK", "29112026", 0, IMPORT_DAY},
        {"DK", "20261129", 0, IMPORT_DAY},
        {"IS", "6121990", 0, IMPORT_DAY},
        {"DK", "29 11 20 26", 4529112026, IMPORT_FINE}, /* how people write such a number */
        {"DK", "+4529112026", 4529112026, IMPORT_FINE},
        {"DK", "4529112026", 4529112026, IMPORT_FINE},
        {"NO", "41112026", 4741112026, IMPORT_FINE},
        {"GB", "29/11/2026", 0, IMPORT_DAY},
        {"GB", "29/11/2026 19:30", 0, IMPORT_DAY},
        {"GB", "29 Nov 2026", 0, IMPORT_DAY},
        {"US", "Nov 29, 2026", 0, IMPORT_DAY},
        {"DE", "29. November 2026", 0, IMPORT_DAY},
        {"DK", "2026-2027", 0, IMPORT_DAY},
        {"DK", "20.30-22.00", 0, IMPORT_DAY},
        {"DK", "55.676098", 0, IMPORT_OTHER},
        {"IS", "8.12.1990", 0, IMPORT_DAY},
        {"GT", "30/11/2026", 0, IMPORT_DAY},
        {"LV", "29.11.2026", 0, IMPORT_DAY},
        {"BR", "119.876.543-21", 0, IMPORT_OTHER},
        {"CL", "96.790.240-3", 0, IMPORT_OTHER},
        {"EC", "091234567-8", 0, IMPORT_OTHER},
        /* nine digits that have lost one, and not eight of the time before the ninth */
        {"BR", "(11) 98765-432", 0, IMPORT_DOUBTFUL},
        {"GB", "+55 11 98765-432", 0, IMPORT_DOUBTFUL},
        {"BR", "(11) 8765-4321", 5511987654321, IMPORT_FINE},
        {"BR", "1187654321", 5511987654321, IMPORT_FINE}, /* none of today's begins with 8 */
        {"BR", "1198765432", 0, IMPORT_DOUBTFUL},
        {"BR", "01198765432", 0, IMPORT_DOUBTFUL},
        {"BR", "(11) 98765432", 0, IMPORT_DOUBTFUL},
        {"BR", "(11) 9876-5432", 5511998765432, IMPORT_FINE},
        {"BR", "551198765432", 5511998765432, IMPORT_FINE}, /* as WhatsApp writes people */
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

static char left_out[512];

static int take_all(void *arg, uint64_t seq, const struct audience_row *rows, size_t count,
                    enum audience_outcome *ret_outcomes, struct err *e)
{
    (void)arg, (void)seq, (void)rows, (void)e;
    for (size_t i = 0; i < count; i++)
        ret_outcomes[i] = AUDIENCE_STORED;
    return 0;
}

static void keep_left_out(void *arg, const struct import_left_out *row)
{
    (void)arg;
    (void)snprintf(left_out, sizeof left_out, "%s", row->reason);
}

static void row_beside(const char *list, const char *title, const char *country, const char *number,
                       bool taken)
{
    struct list_number how = {.country = list};
    const struct import_config config = {.name = "list.csv",
                                         .phone_words = "--phone",
                                         .number = list_number_read,
                                         .chunk = take_all,
                                         .left_out = keep_left_out,
                                         .arg = &how};
    struct err e;
    char text[256];
    left_out[0] = '\0';
    (void)snprintf(text, sizeof text, "phone,%s\n%s,%s\n", title, number, country);
    struct import *im = import_new(&config);
    int r = import_feed(im, slice_of(text), &e);
    if (r == 0) r = import_end(im, &e);
    bool said = strstr(left_out, "another number by what") != NULL;
    if ((r == 0) != taken || said == taken)
        fail_msg("%s %s %s: %d %s", title, country, number, r, left_out);
    import_free(im);
}

/* A row that says another country than the list's: what is read without a plus may be somebody else there. */
static void test_the_country_that_a_row_says(void **state)
{
    (void)state;
    static const struct {
        const char *title, *country, *number;
        bool taken;
    } cases[] = {
        {"Country", "Iraq", "7912345678", false},
        {"country", "Irak", "07912345678", false},
        {"Land", "Irak", "07912 345678", false},
        {"Pays", " IRAK ", "07912345678", false},
        {"País", "Iraq", "07912345678", false},
        {"Kraj", "Irak", "07912345678", false},
        {"البلد", "العراق", "07912345678", false},
        {"Страна", "Ирак", "07912345678", false},
        {"Country Code", "IQ", "07912345678", false},
        {"Dial Code", "+964", "7912345678", false},
        {"Indicatif", "00964", "7912345678", false},
        {"Ländervorwahl", "964", "07912345678", false},
        {"Country", "Germany", "07400000103", false}, /* a landline there */
        {"Country", "IRQ", "07912345678", false},
        {"Country", "Republic of Iraq", "07912345678", false},
        {"Country", "Iraq (+964)", "07912345678", false},
        {"Country", "🇮🇶", "07912345678", false},
        {"Your country", "🇮🇶 Iraq", "07912345678", false},
        {"Country (required)", "\"Baghdad, Iraq\"", "07912345678", false},
        {"Prefix", "+964", "7912345678", false},
        {"Code", "00964", "7912345678", false},
        {"Guests", "+1", "07402345678", true},
        {"Guests", "964", "07912345678", true},
        {"Country of birth", "Iraq", "07912345678", true},
        {"Country", "Iraq", "+447912345678", true},
        {"Country", "Iraq", "00447912345678", true},
        {"Country", "United Kingdom", "07912345678", true},
        {"Country", "England", "07912345678", true},
        {"Land", "Großbritannien", "07912345678", true},
        {"Pays", "Royaume-Uni", "07912345678", true},
        {"Dial Code", "44", "7912345678", true},
        {"Country", "Jersey", "07797712345", true},  /* the same number by both */
        {"Country", "Ireland", "07400000103", true}, /* none there */
        {"Country", "of birth: Iraq", "07912345678", true},
        {"Country", "", "07912345678", true},
        {"Town", "Iraq", "07912345678", true},
        {"Dial Code", "0791", "07912345678", true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        row_beside("GB", cases[i].title, cases[i].country, cases[i].number, cases[i].taken);
    /* both together, or only the latter */
    row_beside("FI", "Suuntanumero", "040", "4512345", false);
    row_beside("FI", "Suuntanumero", "040", "0404512345", true);
    row_beside("FI", "Suuntanumero", "040", "404512345", true);
    row_beside("AT", "Vorwahl", "0664", "6991234567", false);
    row_beside("AT", "Vorwahl", "+43", "6641234567", true);
    row_beside("IT", "Prefisso", "331", "3312345678", true);
    row_beside("BR", "DDD", "21", "11987654321", true);
    row_beside("FI", "Code", "040", "4512345", true);
}

/* Rows below one with 45123456, of Norway: how many are taken, and whether one is called a line of totals. */
static void totals_below(const char *rows, uint64_t taken, bool said)
{
    struct list_number how = {.country = "NO"};
    const struct import_config config = {.name = "list.csv",
                                         .phone_words = "--phone",
                                         .number = list_number_read,
                                         .chunk = take_all,
                                         .left_out = keep_left_out,
                                         .arg = &how};
    struct err e;
    char text[256];
    left_out[0] = '\0';
    (void)snprintf(text, sizeof text, "navn,mobil,by\nAnn,45123456,Oslo\n%s", rows);
    struct import *im = import_new(&config);
    assert_int_equal(import_feed(im, slice_of(text), &e), 0);
    assert_int_equal(import_end(im, &e), 0);
    if (import_stats(im)->stored != 1 + taken ||
        said != (strstr(left_out, "a line of totals (") != NULL))
        fail_msg("%s: %s", rows, left_out);
    import_free(im);
}

/* The sum of two numbers, or the mean of all, may be somebody's. */
static void test_a_line_of_totals(void **state)
{
    (void)state;
    static const struct {
        const char *rows;
        uint64_t taken;
    } cases[] = {
        {"Sum,90246913,\n", 0},        {"I alt:,90246913,\n", 0},
        {",90246913,TOTAL\n", 0},      {"Średnia,45123457,\n", 0},
        {"Итого:,45123457,\n", 0},     {"Grand total,90 24 69 13,\n", 0},
        {"Sum,90246913,Oslo\n", 1},    {"Sum,+4790246913,\n", 1},
        {"Max,45123457,\n", 1},        {"Totalia,45123457,\n", 1},
        {",45123457,\n", 1},           {"Total 2,45123457,\n", 0},
        {"Median:,45123457,\n", 0},    {"Count (2),45123457,\n", 0},
        {"Total,45123457,2\n", 0},     {"Subtotal Oslo,45123457,\n", 0},
        {"3,45123457,Average\n", 0},   {"Subtotalia X,45123457,\n", 1},
        {"Sum,0047 45123457,\n", 1},   {"Ann Total,45123457,\n", 1},
        {"Mediana Li,45123457,\n", 1}, {"Ann,45123457,2\n", 1},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        totals_below(cases[i].rows, cases[i].taken, cases[i].taken == 0);
    totals_below("Eva,45123458,Oslo\n,45123457,\n", 1, true);  /* their mean, without a word */
    totals_below("Eva,45123459,Oslo\n2,45123458,\n", 1, true); /* rounded up */
    totals_below("Eva,45123458,Oslo\nLi,45123457,\n", 2, false);
    totals_below("Eva,45123458,Oslo\n,45123459,\n", 2, false);
    totals_below("Eva,45123458,Oslo\n,45 12 34 57,\n", 2, false); /* nobody counts to blanks */
}

/* A column that says what kind of number stands beside it, and sometimes whose. */
static void test_the_label_of_a_number(void **state)
{
    (void)state;
    static const struct {
        const char *titles, *label;
        bool taken;
    } cases[] = {
        {"Phone 1 - Label,Phone 1 - Value", "Mobile", true},
        {"Phone 1 - Label,Phone 1 - Value", "* Mobile", true},
        {"Phone 1 - Label,Phone 1 - Value", "", true},
        {"Phone 1 - Label,Phone 1 - Value", "Work Mobile", true},
        {"Phone 1 - Label,Phone 1 - Value", "Privat", true},
        {"Phone 1 - Label,Phone 1 - Value", "Domicile", true},
        {"Phone 1 - Label,Phone 1 - Value", "Google Voice", true},
        {"Phone 1 - Label,Phone 1 - Value", "Wife", false},
        {"Phone 1 - Label,Phone 1 - Value", "Mobile (mum)", false},
        {"Phone 1 - Type,Phone 1 - Value", "Home Fax", false},
        {"Phone 2 - Type,Phone 1 - Value", "Home Fax", true}, /* another one's */
        {"Phone Type,Phone Number", "Pager", false},
        {"Phone Number Type,Phone Number", "Landline", true},
        {"Preferred Phone Type,Preferred Phone", "C", true},
        {"Preferred Phone Type,Preferred Phone", "Fax", false},
        {"Phone Type,Mobile", "Fax", true}, /* of which number, nobody knows */
        {"Member type,Phone", "Wife", true},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct list_number how = {.country = "GB"};
        const struct import_config config = {.name = "list.csv",
                                             .phone_words = "--phone",
                                             .number = list_number_read,
                                             .chunk = take_all,
                                             .left_out = keep_left_out,
                                             .arg = &how};
        struct err e;
        char text[256];
        left_out[0] = '\0';
        (void)snprintf(text, sizeof text, "%s\nMobile,07400 000101\n%s,07400 000102\n",
                       cases[i].titles, cases[i].label);
        struct import *im = import_new(&config);
        assert_int_equal(import_feed(im, slice_of(text), &e), 0);
        assert_int_equal(import_end(im, &e), 0);
        bool said = strstr(left_out, "if the number is this person's") != NULL;
        if (import_stats(im)->stored != 1u + cases[i].taken || said == cases[i].taken)
            fail_msg("%s: %s: %s", cases[i].titles, cases[i].label, left_out);
        import_free(im);
    }
}

/* number_spellings.txt: the country, the cell and the number, with tabs between. */
static void test_spellings_of_fifty_countries(void **state)
{
    FILE *f = fopen(*state, "r");
    char line[256];
    size_t rows = 0;
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        struct slice rest = slice_trim(slice_of(line)), country = SLICE_NONE, cell = SLICE_NONE;
        if (slice_starts(rest, "#")) continue;
        assert_true(slice_cut(&rest, '\t', &country) && slice_cut(&rest, '\t', &cell));
        char code[4];
        (void)snprintf(code, sizeof code, "%.*s", SLICE_ARG(country));
        struct list_number l = {.country = code};
        uint64_t number = 0, wanted = 0;
        assert_true(slice_to_u64(slice_from(rest, 1), UINT64_MAX, &wanted));
        enum import_reason reason = list_number_read(&l, cell, &number);
        if (number != wanted)
            fail_msg("%s '%.*s' is %s %llu", code, SLICE_ARG(cell), import_reason_key(reason),
                     (unsigned long long)number);
        rows++;
    }
    fclose(f);
    assert_int_equal(rows, 200);
}

/* argv[1]: number_spellings.txt */
int main(int argc, char **argv)
{
    void *spellings = argc > 1 ? argv[1] : NULL;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(test_spellings_of_fifty_countries, spellings),
        cmocka_unit_test(test_right_numbers),
        cmocka_unit_test(test_the_country_that_a_row_says),
        cmocka_unit_test(test_a_line_of_totals),
        cmocka_unit_test(test_the_label_of_a_number),
        cmocka_unit_test(test_reasons),
        cmocka_unit_test(test_a_list_of_stops_has_landlines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
