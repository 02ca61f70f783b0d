#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/number.h"
#include "flow/import.h"

/* A sink that knows numbers it has seen, suppresses one, and writes down what it gets. */
static struct world {
    struct buf chunks, rejects;
    uint64_t seen[4096];
    size_t seen_count, chunk_rows_max;
    uint64_t next_seq;
    int chunk_result;
} world;

enum { SUPPRESSED_TAIL = 666 };

static enum import_reason read_number(void *arg, struct slice text, uint64_t *ret)
{
    (void)arg;
    text = slice_trim(text);
    if (text.n == 0) return IMPORT_NO_NUMBER;
    if (slice_is(text, "landline")) return IMPORT_LANDLINE;
    return number_parse(text, ret) ? IMPORT_FINE : IMPORT_NOT_A_NUMBER;
}

static enum audience_outcome outcome_of(uint64_t number)
{
    if (number % 1000 == SUPPRESSED_TAIL) return AUDIENCE_SUPPRESSED;
    for (size_t i = 0; i < world.seen_count; i++)
        if (world.seen[i] == number) return AUDIENCE_DUPLICATE;
    world.seen[world.seen_count++] = number;
    return AUDIENCE_STORED;
}

static size_t columns_in_test;

static int take_chunk(void *arg, uint64_t seq, const struct audience_row *rows, size_t count,
                      enum audience_outcome *ret_outcomes, struct err *e)
{
    (void)arg;
    assert_int_equal(seq, world.next_seq++);
    if (world.chunk_result < 0) return err_set(e, world.chunk_result, "the sink is full");
    if (count > world.chunk_rows_max) world.chunk_rows_max = count;
    for (size_t i = 0; i < count; i++) {
        ret_outcomes[i] = outcome_of(rows[i].number);
        if (world.chunks.failed || ret_outcomes[i] != AUDIENCE_STORED) continue;
        buf_addf(&world.chunks, "%llu", (unsigned long long)rows[i].number % 1000);
        for (size_t k = 0; k < columns_in_test; k++)
            buf_addf(&world.chunks, "|%.*s", SLICE_ARG(rows[i].fields[k]));
        buf_add_char(&world.chunks, ' ');
    }
    return 0;
}

static int take_rejects(void *arg, struct slice bytes, struct err *e)
{
    (void)arg, (void)e;
    buf_add_slice(&world.rejects, bytes);
    return 0;
}

static struct import *begun(const char *phone_column)
{
    const struct import_config config = {.name = "list.csv",
                                         .phone_column = phone_column,
                                         .phone_words = "--phone",
                                         .number = read_number,
                                         .chunk = take_chunk,
                                         .rejects = take_rejects};
    buf_clear(&world.chunks);
    buf_add_cstr(&world.chunks, "");
    buf_clear(&world.rejects);
    buf_add_cstr(&world.rejects, "");
    world.seen_count = world.next_seq = world.chunk_rows_max = 0;
    return import_new(&config);
}

/* Imports a text of so many template fields; gives the result, the statistics and the error. */
static int run(const char *text, size_t columns, struct import_stats *ret_stats, struct err *e)
{
    columns_in_test = columns;
    struct import *im = begun(NULL);
    e->code = 0;
    int r = import_feed(im, slice_of(text), e);
    if (r == 0) r = import_end(im, e);
    *ret_stats = *import_stats(im);
    uint64_t sum = ret_stats->stored;
    for (size_t i = 0; i < IMPORT_REASON_COUNT; i++)
        sum += ret_stats->rejected[i];
    if (r == 0) assert_int_equal(sum, ret_stats->rows);
    import_free(im);
    return r;
}

/* A sink that tells later what became of a chunk. */
static struct late {
    uint64_t numbers[AUDIENCE_ROWS_MAX];
    size_t count, chunks;
} late;

static int take_chunk_late(void *arg, uint64_t seq, const struct audience_row *rows, size_t count,
                           enum audience_outcome *ret_outcomes, struct err *e)
{
    (void)arg, (void)ret_outcomes, (void)e;
    assert_int_equal(seq, late.chunks++);
    late.count = count;
    for (size_t i = 0; i < count; i++)
        late.numbers[i] = rows[i].number;
    return IMPORT_WAITS;
}

static int settle_all(struct import *im, int r, struct err *e)
{
    while (r == IMPORT_WAITS) {
        enum audience_outcome outcomes[AUDIENCE_ROWS_MAX];
        for (size_t i = 0; i < late.count; i++)
            outcomes[i] = outcome_of(late.numbers[i]);
        r = import_settled(im, outcomes, e);
    }
    return r;
}

/* `feeds` pieces of the text, each after the one before is wholly read. */
static void run_late(struct slice text, size_t feeds, struct import_stats *ret)
{
    const struct import_config config = {.name = "list.csv",
                                         .phone_words = "--phone",
                                         .number = read_number,
                                         .chunk = take_chunk_late,
                                         .rejects = take_rejects};
    struct err e;
    late.chunks = world.seen_count = 0;
    buf_clear(&world.rejects);
    struct import *im = import_new(&config);
    for (size_t i = 0; i < feeds; i++) {
        size_t from = text.n * i / feeds, to = text.n * (i + 1) / feeds;
        int r = import_feed(im, slice_make(text.p + from, to - from), &e);
        assert_int_equal(settle_all(im, r, &e), 0);
    }
    assert_int_equal(settle_all(im, import_end(im, &e), &e), 0);
    *ret = *import_stats(im);
    import_free(im);
}

static void test_a_sink_may_tell_later(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(1 << 20);
    struct import_stats at_once, later;
    struct err e;
    buf_add_cstr(&text, "phone,name\n");
    for (int i = 0; i < 3000; i++) /* every tenth is there twice, every hundredth is no number */
        buf_addf(&text, "%s%d,%032d\n", i % 100 ? "+4477009" : "x", 10000 + i - (i % 10 == 1), i);
    assert_int_equal(run(text.p, 1, &at_once, &e), 0);
    assert_true(at_once.rejected[IMPORT_DUPLICATE] == 270 && at_once.stored > 2000);
    for (size_t feeds = 1; feeds < 40; feeds = feeds * 3) {
        run_late(buf_slice(&text), feeds, &later);
        assert_memory_equal(&later, &at_once, sizeof later);
        assert_true(late.chunks >= 11);
    }
    buf_done(&text);
}

static void test_rows_become_numbers_and_fields(void **state)
{
    (void)state;
    struct import_stats s;
    struct err e;
    assert_int_equal(
        run("First Name;Phone Number;town\nAnn;+447700900001;Leeds\n\nBob; +447700900002 ;\n;;\n",
            2, &s, &e),
        0);
    assert_string_equal(world.chunks.p, "1|Ann|Leeds 2|Bob| ");
    assert_string_equal(world.rejects.p, "");
    assert_int_equal(s.rows, 2);
}

static void test_every_reason_is_written_down(void **state)
{
    (void)state;
    struct import_stats s;
    struct err e;
    const char *text = "phone,name\n"
                       "+447700900001,Ann\n"       /* 2 */
                       ",Bob\n"                    /* 3 */
                       "hello,\"C, \"\"D\"\"\"\n"  /* 4 */
                       "4.47701E+11,Eve\n"         /* 5 */
                       "landline,Fay\n"            /* 6 */
                       "+447700900002\n"           /* 7: what is left out at the end is empty */
                       "+447700900003,Gus,extra\n" /* 8 */
                       "+447700900004,Hal,,\n"     /* 9: empty fields at the end do no harm */
                       "+447700900005,J\xfcrgen\n" /* 10 */
                       "+447700900006,\"Kim\"s\n"  /* 11 */
                       "+447700900001,Ann again\n" /* 12 */
                       "+447700900666,Lea\n";      /* 13 */
    assert_int_equal(run(text, 1, &s, &e), 0);
    assert_string_equal(world.chunks.p, "1|Ann 2| 4|Hal ");
    assert_int_equal(s.rows, 12);
    assert_int_equal(s.stored, 3);
    assert_int_equal(s.rejected[IMPORT_DUPLICATE], 1);
    assert_string_equal(
        world.rejects.p,
        "phone,name,line,field,reason\r\n"
        ",Bob,3,phone,no number\r\n"
        "hello,\"C, \"\"D\"\"\",4,phone,not a phone number\r\n"
        "'4.47701E+11,Eve,5,phone,not a phone number\r\n"
        "landline,Fay,6,phone,\"a landline, which gets no texts\"\r\n"
        "'+447700900003,\"Gus,extra\",8,,more fields than columns\r\n"
        "'+447700900005,J\xfcrgen,10,name,\"not UTF-8 (save the file as \"\"CSV UTF-8\"\")\"\r\n"
        "'+447700900006,\"\"\"Kim\"\"s\",11,name,text after a closing quote (a quote inside a "
        "quoted field is doubled)\r\n"
        "'+447700900001,Ann again,12,phone,an earlier row has this number\r\n"
        "'+447700900666,Lea,13,phone,this person must not be texted (suppressed)\r\n");
}

/* Another column's number may be somebody else's: it is named, never taken. */
static void test_no_number_says_where_one_is(void **state)
{
    (void)state;
    struct import_stats s;
    struct err e;
    assert_int_equal(run("name,mobile_number,phone_number\nAnn,+447700900001,020\n"
                         "Bob,,+447700900002\nCy,,\n",
                         2, &s, &e),
                     0);
    assert_string_equal(world.chunks.p, "1|Ann|020 ");
    assert_string_equal(world.rejects.p,
                        "name,mobile_number,phone_number,line,field,reason\r\n"
                        "Bob,,'+447700900002,3,mobile_number,\"no number here, but one in "
                        "'phone_number': --phone takes that column\"\r\n"
                        "Cy,,,4,mobile_number,no number\r\n");
}

static void test_mended_rejects_import_again(void **state)
{
    (void)state;
    struct import_stats s;
    struct err e;
    assert_int_equal(run("phone,name,line,field,reason\r\n+447700900007,Bob,3,phone,no "
                         "number\r\nhello,X,4,phone,no\r\n"
                         "+447700900008,Eve\r\n",
                         1, &s, &e),
                     0);
    assert_string_equal(world.chunks.p, "7|Bob 8|Eve ");
    assert_string_equal(world.rejects.p,
                        "phone,name,line,field,reason\r\nhello,X,3,phone,not a phone number\r\n");
}

static void refused(const char *text, int code, const char *words)
{
    struct import_stats s;
    struct err e;
    assert_int_equal(run(text, 0, &s, &e), code);
    assert_non_null(strstr(e.text, words));
    assert_int_equal(world.next_seq, 0);
}

static void test_headers_that_do_not_tell(void **state)
{
    (void)state;
    refused("", ERR_INVALID, "empty");
    refused("name,town\nAnn,Leeds\n", ERR_INVALID, "list.csv:1: no phone column");
    refused("name,town\nAnn,Leeds\n", ERR_INVALID, "name, town");
    refused("Phone,Phone No.,x\n", ERR_INVALID, "2 columns may be the phone number");
    refused("phone,First Name,first_name\n", ERR_INVALID, "two columns are called 'first_name'");
    refused("phone,\"na\n", ERR_INVALID, "a quote is opened");
    refused("phone,n\xe4me\n", ERR_INVALID, "UTF-8");
    refused("phone,name\nhello,Ann\n", ERR_REFUSED, "no usable row among 1");
    refused("phone,name\n", ERR_REFUSED, "nothing below the line of column names");
}

static void test_the_phone_column_can_be_named(void **state)
{
    (void)state;
    struct err e;
    columns_in_test = 1;
    struct import *im = begun("mobile");
    assert_int_equal(import_feed(im, SLICE_LIT("Phone,Mobile\nx,+447700900001\n"), &e), 0);
    assert_int_equal(import_end(im, &e), 0);
    assert_string_equal(world.chunks.p, "1|x ");
    size_t n;
    assert_true(slice_is(import_columns(im, &n)[0], "phone"));
    assert_int_equal(n, 1);
    import_free(im);
}

static void test_chunks_are_bounded_by_rows_and_bytes(void **state)
{
    (void)state;
    struct err e;
    columns_in_test = 0;
    struct import *im = begun(NULL);
    assert_int_equal(import_feed(im, SLICE_LIT("phone,text,unnamed,\n"), &e), 0);
    for (int i = 0; i < 1000; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "+4477%08d,x,,\n", i);
        assert_int_equal(import_feed(im, slice_of(line), &e), 0);
    }
    assert_int_equal(import_end(im, &e), 0);
    assert_int_equal(world.chunk_rows_max, 256);
    assert_int_equal(world.next_seq, 4);
    import_free(im);

    im = begun(NULL);
    char *text = xmalloc(IMPORT_FIELD_BYTES_MAX + 1);
    memset(text, 'x', IMPORT_FIELD_BYTES_MAX);
    text[IMPORT_FIELD_BYTES_MAX] = '\0';
    assert_int_equal(import_feed(im, SLICE_LIT("phone,text\n"), &e), 0);
    for (int i = 0; i < 100; i++) {
        struct buf line = BUF_INIT(8000);
        buf_addf(&line, "+4477%08d,%s\n", i, text);
        assert_int_equal(import_feed(im, buf_slice(&line), &e), 0);
        buf_done(&line);
    }
    assert_int_equal(import_end(im, &e), 0);
    assert_true(world.chunk_rows_max < 60);
    assert_int_equal(import_stats(im)->stored, 100);
    free(text);
    import_free(im);
}

static void test_the_sinks_error_ends_it(void **state)
{
    (void)state;
    struct import_stats s;
    struct err e;
    world.chunk_result = ERR_UNREACHABLE;
    assert_int_equal(run("phone\n+447700900001\n", 0, &s, &e), ERR_UNREACHABLE);
    assert_string_equal(e.text, "the sink is full");
    world.chunk_result = 0;
}

static int set_up(void **state)
{
    (void)state;
    world.chunks = BUF_INIT(1 << 16);
    world.rejects = BUF_INIT(1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_done(&world.chunks);
    buf_done(&world.rejects);
    return 0;
}

/* What was taken for what. */
static struct buf notes;

static void take_note(void *arg, struct slice line)
{
    (void)arg;
    buf_add_slice(&notes, line);
    buf_add_char(&notes, '\n');
}

/* Imports in pieces of each size; chunks must be the same. */
static void imported(struct slice text, size_t columns, const char *chunks)
{
    for (size_t piece = 1; piece <= text.n; piece += piece < 5 ? 1 : text.n) {
        struct err e = {0};
        columns_in_test = columns;
        struct import *im = begun(NULL);
        for (size_t i = 0; i < text.n; i += piece)
            assert_int_equal(
                import_feed(im, slice_make(text.p + i, text.n - i < piece ? text.n - i : piece),
                            &e),
                0);
        assert_int_equal(import_end(im, &e), 0);
        assert_string_equal(world.chunks.p, chunks);
        import_free(im);
    }
}

static void test_files_as_programs_write_them(void **state)
{
    (void)state;
    imported(SLICE_LIT("sep=;\r\nphone;name\r\n+447700900001;a,b\r\n"), 1, "1|a,b ");
    imported(SLICE_LIT("\xef\xbb\xbf\"sep=;\"\nphone;name\n+447700900001;a,b\n"), 1, "1|a,b ");
    imported(SLICE_LIT("phone|name\n+447700900001|Ann, Bob; Cy\n"), 1, "1|Ann, Bob; Cy ");
    imported(SLICE_LIT("Our members, 2026\n\nname;phone\nAnn;+447700900001\n"), 1, "1|Ann ");
    imported(SLICE_LIT("Members,,\nas of,1 May,\nname,phone,town\nAnn,+447700900001,York\n"), 2,
             "1|Ann|York ");
    imported(SLICE_LIT("Phone\nname,phone\nAnn,+447700900001\n"), 1, "1|Ann ");
    imported(
        SLICE_LIT(
            "\"name\", \"phone\" , \"town\"\n\"Ann\", \"+447700900001\", \"York, \"\"E\"\"\"\n"),
        2, "1|Ann|York, \"E\" ");
    imported(SLICE_LIT("First Name,Phone 1 - Type,Phone 1 - Value,Phone 2 - "
                       "Value\nAnn,Mobile,+447700900001,\n"),
             3, "1|Ann|Mobile| ");
    imported(
        SLICE_LIT(
            "first_name,mobile_number,phone_number,mobile_opt_in\nAnn,+447700900001,020,true\n"),
        3, "1|Ann|020|true ");
    imported(SLICE_LIT("T\xc3\xa9l\xc3\xa9phone\xc2\xa0,Pr\xc3\xa9nom\n+447700900001,Zo\xc3\xab\n"),
             1, "1|Zo\xc3\xab ");
    imported(
        SLICE_LIT(
            "phone;first_name;town;notes\n+447700900001;Z;Leeds\n+447700900002;Jo\n+447700900003\n"
            "+447700900004;Al;York;x\n\x1a"),
        3, "1|Z|Leeds| 2|Jo|| 3||| 4|Al|York|x ");
}

static void test_what_is_taken_is_said(void **state)
{
    (void)state;
    const struct import_config config = {.name = "list.csv",
                                         .phone_words = "--phone",
                                         .number = read_number,
                                         .chunk = take_chunk,
                                         .note = take_note};
    struct err e;
    notes = BUF_INIT(4096);
    buf_clear(&world.chunks);
    world.seen_count = world.next_seq = 0;
    columns_in_test = 1;
    struct import *im = import_new(&config);
    assert_int_equal(import_feed(im, SLICE_LIT("All of us\nphone,mobile\nx,+447700900001\n"), &e),
                     0);
    assert_int_equal(import_end(im, &e), 0);
    assert_string_equal(notes.p,
                        "line 2 has the column names; what is above is left out\n"
                        "'mobile' is taken as the phone number, not another column: --phone "
                        "takes that\n");
    import_free(im);
    buf_done(&notes);
}

/* What a spreadsheet does: it takes the apostrophe away, or keeps it; the rows are the same. */
static void test_rejects_keep_what_a_spreadsheet_would_count(void **state)
{
    (void)state;
    struct import_stats s;
    struct err e;
    const char *text = "phone,name,postcode,note\n+447700900001,Ann,01234,a\n"
                       "hello,=1+1,01234,'quoted\n+44x7700900002,Mar 5,1-2,TRUE\n";
    assert_int_equal(run(text, 3, &s, &e), 0);
    assert_string_equal(world.rejects.p,
                        "phone,name,postcode,note,line,field,reason\r\n"
                        "hello,'=1+1,'01234,''quoted,3,phone,not a phone number\r\n"
                        "'+44x7700900002,'Mar 5,'1-2,'TRUE,4,phone,not a phone number\r\n");
    assert_int_equal(run("phone,name,postcode,note,line,field,reason\r\n"
                         "+447700900003,'=1+1,'01234,''quoted,3,phone,x\r\n"
                         "'+447700900002,'Mar 5,'1-2,'TRUE,4,phone,x\r\n"
                         "+447700900004,=1+1,01234,don't,5,phone,x\r\n",
                         3, &s, &e),
                     0);
    assert_string_equal(world.chunks.p,
                        "3|=1+1|01234|'quoted 2|Mar 5|1-2|TRUE 4|=1+1|01234|don't ");
}

static void test_columns_of_rejects_are_left_out_anywhere(void **state)
{
    (void)state;
    imported(SLICE_LIT("phone,Line,field,Reason,name,town\n+447700900001,3,phone,no,Ann,York\n+"
                       "447700900002,4\n"),
             2, "1|Ann|York 2|| ");
    imported(SLICE_LIT("phone,line,name\n+447700900001,7,Ann\n"), 2, "1|7|Ann ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_become_numbers_and_fields),
        cmocka_unit_test(test_every_reason_is_written_down),
        cmocka_unit_test(test_no_number_says_where_one_is),
        cmocka_unit_test(test_mended_rejects_import_again),
        cmocka_unit_test(test_headers_that_do_not_tell),
        cmocka_unit_test(test_a_sink_may_tell_later),
        cmocka_unit_test(test_the_phone_column_can_be_named),
        cmocka_unit_test(test_chunks_are_bounded_by_rows_and_bytes),
        cmocka_unit_test(test_the_sinks_error_ends_it),
        cmocka_unit_test(test_files_as_programs_write_them),
        cmocka_unit_test(test_what_is_taken_is_said),
        cmocka_unit_test(test_rejects_keep_what_a_spreadsheet_would_count),
        cmocka_unit_test(test_columns_of_rejects_are_left_out_anywhere),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
