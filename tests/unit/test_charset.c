#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/charset.h"

/* In pieces of every size: the same answer. */
static enum charset guess(struct slice bytes)
{
    struct charset_scan s;
    charset_scan_begin(&s);
    charset_scan_feed(&s, bytes);
    enum charset whole = charset_scan_end(&s);
    for (size_t piece = 1; piece < 12; piece++) {
        charset_scan_begin(&s);
        for (size_t i = 0; i < bytes.n; i += piece)
            charset_scan_feed(&s,
                              slice_make(bytes.p + i, bytes.n - i < piece ? bytes.n - i : piece));
        assert_int_equal(charset_scan_end(&s), whole);
        assert_int_equal(s.bytes, bytes.n);
    }
    return whole;
}

static void expect(enum charset charset, const struct slice *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (guess(texts[i]) != charset)
            fail_msg("%zu ('%.*s') is %d and not %d", i, SLICE_ARG(texts[i]), (int)guess(texts[i]),
                     (int)charset);
}

static void test_guesses(void **state)
{
    (void)state;
    const struct slice utf8[] = {
        SLICE_LIT(""), SLICE_LIT("phone,name\n+447700900123,Ann\n"),
        SLICE_LIT("\xef\xbb\xbfphone,name\n+447700900123,Zo\xc3\xab \xf0\x9f\x99\x82\n")};
    const struct slice western[] = {
        SLICE_LIT("phone,name\n+447700900101,Zo\xeb,10 \x96 20\n"),
        SLICE_LIT("Ren\xe9,Ren\xe9"
                  "e,J\xf6rg M\xfcller,\xc9"
                  "amon,\xd3 Br\xed"
                  "ain,Fran\xe7ois\n"),
        SLICE_LIT("O\x92Neill,\x93quoted\x94,\x80 5,n\xba 3,Paral\xb7lel,20 \xb0,\xbfQu\xe9?\n"),
        SLICE_LIT("\xc5sa \xd8rsted,l\x9cuvre,Stra\xdf"
                  "e\n")};
    const struct slice unknown[] = {
        SLICE_LIT("phone,name\n1,\xa3ukasz\n"),                         /* Windows-1250 */
        SLICE_LIT("phone,name\n1,Micha\xb3\n"),                         /* Windows-1250 */
        SLICE_LIT("phone,name\n1,\xcc\xe0\xf0\xe8\xff\n"),              /* Windows-1251 */
        SLICE_LIT("phone,name\n1,Ren\x8e\n"),                           /* of the Mac */
        SLICE_LIT("phone,name\n1,J\x94rg\n"),                           /* of DOS */
        SLICE_LIT("phone,name\n1,\x93\x63\x92\x86 \x91\xbe\x98\x59\n"), /* Shift-JIS */
        SLICE_LIT("phone,name\n1,\xd5\xc5\xc8\xfd\n")};                 /* GB 18030 */
    expect(CHARSET_UTF_8, utf8, COUNT_OF(utf8));
    expect(CHARSET_WINDOWS_1252, western, COUNT_OF(western));
    expect(CHARSET_UNKNOWN, unknown, COUNT_OF(unknown));
    assert_int_equal(guess(SLICE_LIT("a,Zo\xeb\nb,Zo\xc3\xab\n")), CHARSET_MIXED);
    assert_int_equal(guess(SLICE_LIT("\xc3\xaf\xc2\xbb\xc2\xbfphone,Zo\xc3\x83\xc2\xab\n")),
                     CHARSET_GARBLED);
    const struct slice garbled[] = {
        SLICE_LIT("phone,name\n1,ZoÃ«\n2,Jo\n"), SLICE_LIT("phone,name\n1,Oâ€™Brien\n"),
        SLICE_LIT("1,JosÃ©\n2,MuÃ±oz\n3,MarÃ\u00ada\n"), SLICE_LIT("1,ÐœÐ°Ñ€Ð¸\n")};
    const struct slice whole[] = {
        SLICE_LIT("1,»JÃ«\n"), SLICE_LIT("1,«IRMû\n"), SLICE_LIT("1,BRØ\u00a0AS\n"),
        SLICE_LIT("1,SÃO JOÃO\n"),
        SLICE_LIT("1,Zoë\n2,René\n3,José\n4,Łukasz\n5,MuÃ±oz\n6,Jürg\n7,Šárka\n")};
    expect(CHARSET_GARBLED, garbled, COUNT_OF(garbled));
    expect(CHARSET_UTF_8, whole, COUNT_OF(whole));
    assert_int_equal(guess(SLICE_LIT("\xff\xfep\0h\0o\0")), CHARSET_UTF_16LE);
    assert_int_equal(guess(SLICE_LIT("p\0h\0o\0n\0e\0\n\0")), CHARSET_UTF_16LE);
    assert_int_equal(guess(SLICE_LIT("\0p\0h\0o\0n\0e\0\n")), CHARSET_UTF_16BE);
    assert_int_equal(guess(SLICE_LIT("PK\x03\x04\x14\0\x06\0")), CHARSET_ARCHIVE);
    assert_int_equal(guess(SLICE_LIT("\x1f\x8b\x08\0\x10\0")), CHARSET_ARCHIVE);
}

static void test_first_bad_byte(void **state)
{
    (void)state;
    struct charset_scan s;
    charset_scan_begin(&s);
    charset_scan_feed(&s, SLICE_LIT("0123456789 plain text, Zo\xeb\n"));
    (void)charset_scan_end(&s);
    assert_int_equal(s.first_high, 25);
    assert_int_equal(s.first_bad, 26); /* the line end, where UTF-8 wants the rest of the letter */
}

static void convert(const char *name, struct slice in, const char *want)
{
    for (size_t piece = 1; piece <= in.n; piece++) {
        struct charset_reader *r;
        struct buf out = BUF_INIT(4096);
        struct err e;
        assert_int_equal(charset_reader_new(name, &r, &e), 0);
        for (size_t i = 0; i < in.n; i += piece) {
            struct slice part = slice_make(in.p + i, in.n - i < piece ? in.n - i : piece);
            assert_int_equal(charset_reader_feed(r, part, &out, &e), 0);
        }
        assert_int_equal(charset_reader_end(r, &e), 0);
        assert_true(slice_is(buf_slice(&out), want));
        buf_done(&out);
        charset_reader_free(r);
    }
}

static void test_conversion(void **state)
{
    (void)state;
    convert("WINDOWS-1252", SLICE_LIT("Zo\xeb,10 \x96 20"), "Zo\xc3\xab,10 \xe2\x80\x93 20");
    convert("UTF-16LE", SLICE_LIT("Z\0o\0\xeb\0=\xd8\x42\xde"), "Zo\xc3\xab\xf0\x9f\x99\x82");
    convert("UTF-16BE", SLICE_LIT("\0Z\0o\0\xeb"), "Zo\xc3\xab");
    convert("WINDOWS-1250", SLICE_LIT("\xa3ukasz"), "\xc5\x81ukasz");
    struct charset_reader *r;
    struct buf out = BUF_INIT(4096);
    struct err e;
    assert_int_equal(charset_reader_new("nonsense", &r, &e), ERR_INVALID);
    assert_int_equal(charset_reader_new("WINDOWS-1252", &r, &e), 0);
    assert_int_equal(charset_reader_feed(r, SLICE_LIT("ab\x81"), &out, &e), ERR_INVALID);
    assert_non_null(strstr(e.text, "byte 3"));
    charset_reader_free(r);
    assert_int_equal(charset_reader_new("UTF-16LE", &r, &e), 0);
    assert_int_equal(charset_reader_feed(r, SLICE_LIT("a\0b"), &out, &e), 0);
    assert_int_equal(charset_reader_end(r, &e), ERR_INVALID);
    charset_reader_free(r);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_guesses),
                                       cmocka_unit_test(test_first_bad_byte),
                                       cmocka_unit_test(test_conversion)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
