/* The formats in which gazetteers are published, each by a few rows of its shape. */
#include "flow/gazetteer_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"

static struct buf said;
static int stop_after; /* rows; 0 = never */

static int on_row(void *arg, const struct gazetteer_row *row)
{
    char at[POINT_TEXT_BYTES];
    (void)arg;
    point_to_text(row->at, at);
    if (row->code)
        buf_addf(&said, "%s %s\n", row->code, at);
    else
        buf_addf(&said, "%.*s|%.*s %s\n", SLICE_ARG(row->town), SLICE_ARG(row->county), at);
    return stop_after > 0 && --stop_after == 0 ? 7 : 0;
}

struct reading {
    struct gazetteer_file *f;
    struct err e;
};

static int on_record(void *arg, const struct csv_record *record)
{
    struct reading *r = arg;
    return gazetteer_file_take(r->f, record, &r->e);
}

/* Returns what the reading did; what came of it is `said`, and how much was left out. */
static int read_as(const char *country, const char *text, const char *format, uint64_t left_out,
                   struct err *e)
{
    struct reading r = {.f = gazetteer_file_new(country, on_row, NULL)};
    struct csv_reader *csv = csv_reader_new(0, on_record, &r);
    buf_clear(&said);
    int result = csv_reader_feed(csv, slice_of(text));
    if (result == 0) result = csv_reader_end(csv);
    if (result == 0) result = gazetteer_file_end(r.f);
    assert_string_equal(gazetteer_file_format(r.f), format);
    assert_int_equal(gazetteer_file_left_out(r.f), left_out);
    csv_reader_free(csv);
    gazetteer_file_free(r.f);
    *e = r.e;
    return result;
}

static void is_read(const char *country, const char *text, const char *format, uint64_t left_out,
                    const char *expected)
{
    struct err e;
    assert_int_equal(read_as(country, text, format, left_out, &e), 0);
    assert_string_equal(said.p ? said.p : "", expected);
}

static void test_onspd(void **state)
{
    (void)state;
    is_read(
        "GB",
        "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,lat,long,imd\r\n"
        "\"AB1 0AA\",\"AB1  0AA\",\"AB1 "
        "0AA\",198001,199606,0,0385386,0801193,57.101474,-2.242851,1\r\n"
        "\"M14 5TA\",\"M14  5TA\",\"M14 5TA\",198001,,0,0384900,0395600,53.456789,-2.229876,1\r\n"
        "\"GY1 1AA\",\"GY1  1AA\",\"GY1 1AA\",198001,,0,,,99.999999,0.000000,1\r\n"
        "\"SW1A1AA\",\"SW1A 1AA\",\"SW1A 1AA\",198001,,0,,,51.501009,-0.141588,1\r\n",
        "ONS Postcode Directory", 2, "M145TA 53.45679,-2.22988\nSW1A1AA 51.50101,-0.14159\n");
    is_read("GB",
            "pcd7,pcd8,pcds,dointr,doterm,lat,long\nM14 5TA,M14  5TA,M14 5TA,198001,,53.5,-2.25\n",
            "ONS Postcode Directory", 0, "M145TA 53.50000,-2.25000\n");
}

static void test_code_point(void **state)
{
    (void)state;
    is_read(
        "GB",
        "\"M1 "
        "1AA\",10,383819,398052,\"E92000001\",\"E19000001\",\"E18000002\",\"\",\"E08000003\","
        "\"E05011368\"\r\n"
        "\"ZE1 0AA\",90,0,0,\"S92000003\",\"\",\"S08000026\",\"\",\"S12000027\",\"S13002771\"\r\n",
        "Code-Point Open", 1, "M11AA 53.47894,-2.24528\n");
}

/* One town of several rows is in their middle; of the same name in another county it is another one. */
static void test_geonames(void **state)
{
    (void)state;
    is_read("DE",
            "DE\t10115\tBerlin\tBerlin\tBE\t\t00\tBerlin, Stadt\t11000\t52.5\t13.3\t4\n"
            "DE\t10117\tBerlin\tBerlin\tBE\t\t00\tBerlin, Stadt\t11000\t52.7\t13.5\t4\n"
            "AT\t1010\tWien\tWien\t09\tWien Stadt\t900\tWien\t90001\t48.2\t16.3\t6\n",
            "GeoNames postal codes", 1,
            "10115 52.50000,13.30000\n10117 52.70000,13.50000\nBerlin|Berlin 52.60000,13.40000\n");
    is_read("GB", "GB\tPO30\tNewport\tEngland\tENG\tIsle of Wight\t\t\t\t50.70\t-1.29\t4\n",
            "GeoNames postal codes", 0,
            "PO30 50.70000,-1.29000\nNewport|Isle of Wight 50.70000,-1.29000\n");
}

static void test_not_one(void **state)
{
    (void)state;
    struct err e;
    assert_int_equal(read_as("GB", "name,phone\nAda,07700900001\n", "", 0, &e), ERR_SYNTAX);
    assert_non_null(strstr(e.text, "line 1"));
    is_read("GB", "", "", 0, "");
}

static void test_rows_that_say_nothing(void **state)
{
    (void)state;
    is_read("GB",
            "\"M1 1AA\",10,383819,398052,\"E92000001\"\r\n"
            "\"\",10,383819,398052,\"E92000001\"\r\n"
            "\"M1 1AB\",10,x,398052,\"E92000001\"\r\n"
            "\"M1 1AC\",10,999999999,398052,\"E92000001\"\r\n"
            "\"M1 1AD\"\r\n",
            "Code-Point Open", 4, "M11AA 53.47894,-2.24528\n");
}

static void test_who_takes_it_can_end_it(void **state)
{
    (void)state;
    struct err e;
    stop_after = 1;
    assert_int_equal(
        read_as("GB", "\"M1 1AA\",10,383819,398052,\"E\"\n\"M1 1AB\",10,383819,398052,\"E\"\n",
                "Code-Point Open", 0, &e),
        7);
    assert_string_equal(said.p, "M11AA 53.47894,-2.24528\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_onspd),
        cmocka_unit_test(test_code_point),
        cmocka_unit_test(test_geonames),
        cmocka_unit_test(test_not_one),
        cmocka_unit_test(test_rows_that_say_nothing),
        cmocka_unit_test(test_who_takes_it_can_end_it),
    };
    buf_init(&said, 4096);
    int r = cmocka_run_group_tests(tests, NULL, NULL);
    buf_done(&said);
    return r;
}
