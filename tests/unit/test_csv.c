#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "io/csv.h"

/* A reading as text: "1:a|b 3:c|d 4!2@7:"x"y|z " = records of lines 1 and 3, and fault number
 * 2 at byte 7 of line 4, with what stands there when its quotes are wrong. */
static int note(void *arg, const struct csv_record *rec)
{
    struct buf *b = arg;
    buf_addf(b, "%llu", (unsigned long long)rec->line);
    if (rec->fault != CSV_FINE) {
        buf_addf(b, "!%d@%zu", (int)rec->fault, rec->column);
        if (rec->fault > CSV_TEXT_AFTER_QUOTE || rec->column > 100 ||
            rec->fields[rec->count - 1].n > 100) {
            buf_add_char(b, ' ');
            return 0;
        }
    }
    for (size_t i = 0; i < rec->count; i++) {
        buf_add_char(b, i ? '|' : ':');
        buf_add_slice(b, rec->fields[i]);
    }
    buf_add_char(b, ' ');
    return 0;
}

static void read_in_pieces(struct slice text, char delimiter, size_t piece, struct buf *ret)
{
    struct csv_reader *r = csv_reader_new(delimiter, note, ret);
    for (; text.n > piece; text = slice_from(text, piece))
        assert_int_equal(csv_reader_feed(r, slice_make(text.p, piece)), 0);
    assert_int_equal(csv_reader_feed(r, text), 0);
    assert_int_equal(csv_reader_end(r), 0);
    csv_reader_free(r);
}

static void reads_slice(struct slice text, char delimiter, const char *want)
{
    for (size_t piece = 1; piece <= 7; piece += 2) {
        struct buf got = BUF_INIT(1 << 20);
        buf_add_cstr(&got, "");
        read_in_pieces(text, delimiter, piece == 7 ? text.n + 1 : piece, &got);
        assert_string_equal(got.p, want);
        buf_done(&got);
    }
}

static void reads(const char *text, const char *want)
{
    reads_slice(slice_of(text), 0, want);
}

static void test_plain_records_and_line_ends(void **state)
{
    (void)state;
    reads("", "");
    reads("a,b\r\nc,d\r\n", "1:a|b 2:c|d ");
    reads("a,b\nc,d", "1:a|b 2:c|d ");
    reads("a,b\rc,d\r", "1:a|b 2:c|d ");
    reads("a,b\n\n\r\nc,\n,d\n,\n", "1:a|b 4:c| 5:|d 6:| ");
    reads("\xef\xbb\xbf"
          "a,b\n",
          "1:a|b ");
    reads("a\n\"\"\nb", "1:a 2: 3:b ");
}

static void test_quoting(void **state)
{
    (void)state;
    reads("a,b\n\"x, \"\"y\"\"\r\nz\",w\nc,d\n", "1:a|b 2:x, \"y\"\r\nz|w 4:c|d ");
    reads("a,b\n\"\",\"\"\"\"\n", "1:a|b 2:|\" ");
    reads("a,b\n5\" pipe, \"x\"\n", "1:a|b 2:5\" pipe| \"x\" ");
    reads("\"a\",\"b\"", "1:a|b ");
}

static void test_delimiter_is_the_most_frequent_of_the_first_line(void **state)
{
    (void)state;
    reads("a;b;c,d\n1;2;3,4\n", "1:a|b|c,d 2:1|2|3,4 ");
    reads("a\tb\n1\t2,3\n", "1:a|b 2:1|2,3 ");
    reads("\"a,b,c\";d\n1;2\n", "1:a,b,c|d 2:1|2 ");
    reads_slice(SLICE_LIT("a;b,c\n"), ',', "1:a;b|c ");
    reads_slice(SLICE_LIT("a|b\n"), '|', "1:a|b ");
}

static void test_text_after_a_quote_costs_one_line(void **state)
{
    (void)state;
    reads("a,b\n\"x\"y,z\nc,d\n", "1:a|b 2!2@4:\"x\"y|z 3:c|d ");
    /* the quote of line 2 is closed by the one that opens "Bob": line 3 is not lost */
    reads("a,b\n1,\"Ann\n2,\"Bob\"\n3,c\n", "1:a|b 2!2@11:1|\"Ann 3:2|Bob 4:3|c ");
}

static void test_an_unclosed_quote_costs_one_line(void **state)
{
    (void)state;
    reads("a,b\n1,\"Ann\n2,Bob\n3,c\n", "1:a|b 2!1@3:1|\"Ann 3:2|Bob 4:3|c ");
    reads("a,b\n1,\"", "1:a|b 2!1@3:1|\" ");
    reads("\"a,b\n1,2\n", "1!1@1:\"a|b 2:1|2 ");
}

static void test_not_utf8(void **state)
{
    (void)state;
    reads("a,b\nx,J\xfcrgen\nc,d\n", "1:a|b 2!3@4 3:c|d ");
    reads("a,b\nx,Z\xc3\xab\n", "1:a|b 2:x|Z\xc3\xab ");
    reads_slice(SLICE_LIT("a\0,\0b\0\n"), 0, "1!6@2 "); /* another mend than the character set */
}

static struct buf repeated(const char *before, char c, size_t n, const char *after)
{
    struct buf b = BUF_INIT(1 << 20);
    buf_add_cstr(&b, before);
    for (size_t i = 0; i < n; i++)
        buf_add_char(&b, c);
    buf_add_cstr(&b, after);
    return b;
}

static void test_limits(void **state)
{
    (void)state;
    struct buf b = repeated("a,b\nx", 'y', 70000, "\nc,d\n");
    reads_slice(buf_slice(&b), 0, "1:a|b 2!4@65537 3:c|d ");
    buf_done(&b);
    b = repeated("a,b\n", ',', CSV_FIELDS_MAX, "\r\nc,d\n");
    reads_slice(buf_slice(&b), 0, "1:a|b 2!5@256 3:c|d ");
    buf_done(&b);
    b = repeated("a,b\n1,\"", 'y', 140000, "\nc,d\n");
    reads_slice(buf_slice(&b), 0, "1:a|b 2!1@3 3:c|d ");
    buf_done(&b);
    b = repeated("a,b\n1,\"", '\n', 70000, "\nc,d\n");
    reads_slice(buf_slice(&b), 0, "1:a|b 2!1@3:1|\" 70003:c|d ");
    buf_done(&b);
}

static int stop_at_second(void *arg, const struct csv_record *rec)
{
    (void)rec;
    return ++*(int *)arg == 2 ? -5 : 0;
}

static void test_the_callback_can_end_the_reading(void **state)
{
    (void)state;
    int records = 0;
    struct csv_reader *r = csv_reader_new(',', stop_at_second, &records);
    assert_int_equal(csv_reader_feed(r, SLICE_LIT("a\nb\nc\n")), -5);
    assert_int_equal(records, 2);
    csv_reader_free(r);
}

static void cell_is(const char *text, const char *want)
{
    struct buf b = BUF_INIT(100);
    csv_write_cell(&b, slice_of(text), ',');
    assert_string_equal(b.p, want);
    buf_done(&b);
}

static void test_writing(void **state)
{
    (void)state;
    struct buf b = BUF_INIT(1000);
    const struct slice fields[] = {SLICE_LIT("a"), SLICE_LIT("b,\"c\""), SLICE_LIT("x\ny"),
                                   SLICE_LIT("=1")};
    csv_write_record(&b, fields, COUNT_OF(fields), ',');
    assert_string_equal(b.p, "a,\"b,\"\"c\"\"\",\"x\ny\",=1\r\n");
    buf_done(&b);
    cell_is("=1+2", "\"'=1+2\"");
    cell_is("@x\"", "\"'@x\"\"\"");
    cell_is("-3", "\"'-3\"");
    cell_is("+44 (0)7700-900123", "+44 (0)7700-900123");
    cell_is("+cmd|x", "\"'+cmd|x\"");
    cell_is("Ann, \"x\"", "\"Ann, \"\"x\"\"\"");
    /* strangers' names are opened in spreadsheets and shown in terminals */
    cell_is("a\x1b[31m\xc2\x9b", "a\xef\xbf\xbd[31m\xef\xbf\xbd");
    cell_is("\xe2\x80\xae=1+2", "\"'=1+2\"");
    cell_is("\x01@x", "\xef\xbf\xbd@x");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_records_and_line_ends),
        cmocka_unit_test(test_quoting),
        cmocka_unit_test(test_delimiter_is_the_most_frequent_of_the_first_line),
        cmocka_unit_test(test_text_after_a_quote_costs_one_line),
        cmocka_unit_test(test_an_unclosed_quote_costs_one_line),
        cmocka_unit_test(test_not_utf8),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_the_callback_can_end_the_reading),
        cmocka_unit_test(test_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
