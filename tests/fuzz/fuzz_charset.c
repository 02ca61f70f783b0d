/* Whatever the bytes: a scan in two pieces is the scan in one; what is called UTF-8 is; what is
 * converted is UTF-8, and the same in pieces. */
#include "fuzz.h"

#include "io/charset.h"

static enum charset scan(struct slice first, struct slice second)
{
    struct charset_scan s;
    charset_scan_begin(&s);
    charset_scan_feed(&s, first);
    charset_scan_feed(&s, second);
    enum charset charset = charset_scan_end(&s);
    check(s.bytes == first.n + second.n);
    check(s.bad == 0 || s.first_bad <= s.bytes);
    return charset;
}

/* False when a byte is none of the encoding. */
static bool convert(const char *name, struct slice first, struct slice second, struct buf *out)
{
    struct charset_reader *r;
    struct err e;
    check(charset_reader_new(name, &r, &e) == 0);
    bool fine = charset_reader_feed(r, first, out, &e) == 0 &&
                charset_reader_feed(r, second, out, &e) == 0 && charset_reader_end(r, &e) == 0;
    charset_reader_free(r);
    check(!out->failed);
    return fine;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char *const names[] = {"UTF-16LE", "UTF-16BE", "WINDOWS-1252", "ISO-8859-2"};
    struct slice all = slice_make(data, n), first = slice_make(data, n / 3),
                 rest = slice_from(all, n / 3);
    enum charset charset = scan(all, SLICE_NONE);
    check(charset == scan(first, rest));
    check(charset != CHARSET_UTF_8 || slice_is_utf8(all, NULL));
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct buf once = BUF_INIT(8 * n + 256), twice = BUF_INIT(8 * n + 256);
        bool fine = convert(names[i], all, SLICE_NONE, &once);
        check(fine == convert(names[i], first, rest, &twice));
        check(!fine || slice_eq(buf_slice(&once), buf_slice(&twice)));
        check(slice_is_utf8(buf_slice(&once), NULL));
        buf_done(&once);
        buf_done(&twice);
    }
    return 0;
}
