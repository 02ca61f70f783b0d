/* parse(print(x)) == x, for records of awkward fields, fed in pieces of any size. The seed is
 * printed; MUSTER_SEED repeats a run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "io/csv.h"
#include "seed.h"

enum { RUNS = 3000, FIELDS_MAX = 6, RECORDS_MAX = 5 };

static uint64_t seed;

static uint32_t pick(uint32_t below)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
    return (uint32_t)(seed >> 33) % below;
}

static struct slice awkward(void)
{
    static const char *const pieces[] = {"",
                                         "a",
                                         "\"",
                                         "\"\"",
                                         ",",
                                         ";",
                                         "\t",
                                         "\r",
                                         "\n",
                                         "\r\n",
                                         " ",
                                         "Zo\xc3\xab",
                                         "\xef\xbb\xbf",
                                         "'",
                                         "=1",
                                         "+44 7700 900123",
                                         "007",
                                         "|",
                                         "Mar 5",
                                         "true",
                                         "\xf0\x9f\x99\x82"};
    return slice_of(pieces[pick(COUNT_OF(pieces))]);
}

/* All fields behind one another, each with a mark after it, so that two lists compare as two texts.
 */
static void note(struct buf *b, const struct slice *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_add_slice(b, fields[i]);
        buf_add_char(b, '\x1f');
    }
    buf_add_char(b, '\x1e');
}

static int on_protected(void *arg, const struct csv_record *rec)
{
    struct slice fields[FIELDS_MAX + 1];
    assert_int_equal(rec->fault, CSV_FINE);
    assert_true(rec->count <= COUNT_OF(fields));
    for (size_t i = 0; i < rec->count; i++)
        fields[i] = csv_unprotect(rec->fields[i]);
    note(arg, fields, rec->count);
    return 0;
}

static int on_record(void *arg, const struct csv_record *rec)
{
    assert_int_equal(rec->fault, CSV_FINE);
    note(arg, rec->fields, rec->count);
    return 0;
}

/* As a file of rejects is written, with the line's number behind it. */
static void print_protected(struct buf *text, const struct slice *fields, size_t count,
                            char delimiter)
{
    for (size_t i = 0; i < count; i++) {
        csv_write_protected(text, fields[i], delimiter);
        if (i + 1 < count) buf_add_char(text, delimiter);
    }
    buf_add_cstr(text, "\r\n");
}

static void print_one(struct buf *text, struct buf *want, char delimiter, bool protect)
{
    struct buf parts[FIELDS_MAX];
    struct slice fields[FIELDS_MAX + 1];
    size_t count = 1 + pick(FIELDS_MAX);
    for (size_t i = 0; i < count; i++) {
        buf_init(&parts[i], 1000);
        for (uint32_t n = pick(5); n > 0; n--)
            buf_add_slice(&parts[i], awkward());
        fields[i] = buf_slice(&parts[i]);
    }
    if (protect) fields[count++] = SLICE_LIT("7");
    if (protect)
        print_protected(text, fields, count, delimiter);
    else
        csv_write_record(text, fields, count, delimiter);
    note(want, fields, count);
    for (size_t i = 0; i < count - protect; i++)
        buf_done(&parts[i]);
}

static void parse(struct slice text, char delimiter, csv_record_cb *cb, struct buf *got)
{
    struct csv_reader *r = csv_reader_new(delimiter, cb, got);
    while (text.n > 0) {
        size_t n = 1 + pick((uint32_t)text.n);
        assert_int_equal(csv_reader_feed(r, slice_make(text.p, n)), 0);
        text = slice_from(text, n);
    }
    assert_int_equal(csv_reader_end(r), 0);
    csv_reader_free(r);
}

static void check_round_trips(bool protect)
{
    for (int run = 0; run < RUNS; run++) {
        struct buf text = BUF_INIT(1 << 20), want = BUF_INIT(1 << 20), got = BUF_INIT(1 << 20);
        char delimiter = ",;\t|"[pick(4)];
        for (uint32_t n = 1 + pick(RECORDS_MAX); n > 0; n--)
            print_one(&text, &want, delimiter, protect);
        parse(buf_slice(&text), delimiter, protect ? on_protected : on_record, &got);
        assert_true(slice_eq(buf_slice(&got), buf_slice(&want)));
        buf_done(&text);
        buf_done(&want);
        buf_done(&got);
    }
}

static void test_what_is_printed_is_parsed_the_same(void **state)
{
    (void)state;
    check_round_trips(false);
}

static void test_what_is_protected_comes_back(void **state)
{
    (void)state;
    check_round_trips(true);
}

int main(void)
{
    seed = prop_seed();
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_printed_is_parsed_the_same),
                                       cmocka_unit_test(test_what_is_protected_comes_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
