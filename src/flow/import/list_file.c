#include "flow/list_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "base/buf.h"
#include "io/charset.h"

enum { PIECE_BYTES = LIST_FILE_PIECE_BYTES, NOTE_BYTES = 512, EXAMPLE_BYTES = 24 };

struct list_file {
    const char *name;           /* borrowed */
    FILE *in;                   /* owned */
    uint64_t bytes, at;         /* bytes that count; read so far */
    const char *encoding_words; /* borrowed */
    uint64_t looked;            /* bytes */
    bool bad_seen;
    unsigned long long bad_line; /* of the first byte that is not UTF-8 */
    struct charset_scan scan;
    struct charset_reader *charset; /* NULL: it is UTF-8 */
    char *piece;
    struct buf text;
    struct buf note;
};

void list_file_free(struct list_file *f)
{
    if (!f) return;
    charset_reader_free(f->charset);
    if (f->in) (void)fclose(f->in);
    buf_done(&f->text);
    buf_done(&f->note);
    free(f->piece);
    free(f);
}

const char *list_file_name(const struct list_file *f)
{
    return f->name;
}

uint64_t list_file_bytes(const struct list_file *f)
{
    return f->bytes;
}

uint64_t list_file_read_so_far(const struct list_file *f)
{
    return f->at;
}

bool list_file_is_ascii(const struct list_file *f)
{
    return f->scan.first_high >= f->bytes && f->scan.zeros[0] + f->scan.zeros[1] == 0;
}

const char *list_file_note(const struct list_file *f)
{
    return f->note.n ? f->note.p : NULL;
}

static int cannot_read(const struct list_file *f, struct err *e)
{
    return err_set(e, -errno, "cannot read %s: %s", f->name, strerror(errno));
}

/* ---- looking ---- */

/* Where the last byte is that is neither ^Z nor NUL: both end files of old programs. */
static size_t used(const char *p, size_t n)
{
    while (n > 0 && (p[n - 1] == '\x1a' || p[n - 1] == '\0'))
        n--;
    return n;
}

/* In which line the first byte stands that is not UTF-8, counted while it is not found. */
static void count_lines(struct list_file *f, struct slice piece)
{
    if (f->bad_seen) return;
    f->bad_seen = f->scan.bad > 0;
    if (f->bad_seen) piece.n = f->scan.first_bad > f->looked ? f->scan.first_bad - f->looked : 0;
    for (const char *p = piece.p, *end = piece.p + piece.n;
         (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
        f->bad_line++;
}

int list_file_look(struct list_file *f, bool *ret_more, struct err *e)
{
    size_t n = fread(f->piece, 1, PIECE_BYTES, f->in);
    *ret_more = n > 0;
    if (ferror(f->in)) return cannot_read(f, e);
    struct slice piece = slice_make(f->piece, n);
    charset_scan_feed(&f->scan, piece);
    count_lines(f, piece);
    size_t end = used(f->piece, n);
    if (end) f->bytes = f->looked + end;
    f->looked += n;
    return 0;
}

/* ---- what is said ---- */

static bool is_in_a_word(char c)
{
    return (c & 0x80) || ascii_is_letter(c);
}

/* The word that the byte at `offset` stands in, as it is read. */
static int add_example(struct list_file *f, uint64_t offset, struct err *e)
{
    char around[2 * EXAMPLE_BYTES];
    uint64_t from = offset > EXAMPLE_BYTES ? offset - EXAMPLE_BYTES : 0;
    struct charset_reader *reader;
    if (fseeko(f->in, (off_t)from, SEEK_SET) != 0) return cannot_read(f, e);
    size_t n = fread(around, 1, sizeof around, f->in), at = (size_t)(offset - from), end = at;
    rewind(f->in);
    while (at > 0 && is_in_a_word(around[at - 1]))
        at--;
    while (end < n && is_in_a_word(around[end]))
        end++;
    int r = charset_reader_new("WINDOWS-1252", &reader, e);
    if (r < 0) return r;
    r = charset_reader_feed(reader, slice_make(around + at, end - at), &f->note, e);
    charset_reader_free(reader);
    return r;
}

static int note_guess(struct list_file *f, struct err *e)
{
    buf_addf(&f->note, "%s is not UTF-8; it is read as Windows-1252: \"", f->name);
    int r = add_example(f, f->scan.first_bad, e);
    buf_addf(&f->note, "\". If that is wrong, %s", f->encoding_words);
    return r;
}

static int refuse(struct list_file *f, enum charset charset, struct err *e)
{
    if (charset == CHARSET_ARCHIVE)
        return err_set(e, ERR_INVALID,
                       "%s is a spreadsheet's own file or an archive, not CSV: save it as \"CSV "
                       "UTF-8\" (LibreOffice: Text CSV, character set UTF-8)",
                       f->name);
    if (charset == CHARSET_GARBLED)
        return err_set(
            e, ERR_INVALID,
            "%s was UTF-8 and was opened as something else, so that names in it are "
            "garbled: open it once more, choose UTF-8 there, and save it again; or, to have "
            "them as they are, %s (UTF-8)",
            f->name, f->encoding_words);
    return err_set(e, ERR_INVALID,
                   charset == CHARSET_MIXED
                       ? "%s:%llu: not UTF-8 in this line, and UTF-8 in others: nothing is read of "
                         "it. Save it as \"CSV UTF-8\", or %s"
                       : "%s:%llu: not UTF-8, and not Windows-1252: nothing is read of it. Save it "
                         "as \"CSV UTF-8\", or %s (such as WINDOWS-1250)",
                   f->name, f->bad_line, f->encoding_words);
}

static bool is_utf8(const char *encoding)
{
    return slice_is_nocase(slice_of(encoding), "UTF-8") ||
           slice_is_nocase(slice_of(encoding), "UTF8");
}

/* Where nobody said what the encoding is. */
static int choose_by_look(struct list_file *f, enum charset charset, struct err *e)
{
    if (!charset_name(charset)) return refuse(f, charset, e);
    if (charset == CHARSET_UTF_8) return 0;
    int r = charset == CHARSET_WINDOWS_1252 ? note_guess(f, e) : 0;
    return r < 0 ? r : charset_reader_new(charset_name(charset), &f->charset, e);
}

static int choose(struct list_file *f, enum charset charset, const char *encoding, struct err *e)
{
    if (!encoding) return choose_by_look(f, charset, e);
    if (!is_utf8(encoding)) return charset_reader_new(encoding, &f->charset, e);
    /* not by iconv: glibc's lets some through that are none */
    if (f->scan.bad == 0) return 0;
    return err_set(e, ERR_INVALID, "%s:%llu: not UTF-8: nothing is read of it", f->name,
                   f->bad_line);
}

struct list_file *list_file_new(FILE *in, const char *name, const char *encoding_words)
{
    struct list_file *f = xcalloc(1, sizeof *f);
    f->name = name;
    f->encoding_words = encoding_words;
    f->in = in;
    f->bad_line = 1;
    f->piece = xmalloc(PIECE_BYTES);
    buf_init(&f->text, 4 * PIECE_BYTES);
    buf_init(&f->note, NOTE_BYTES + strlen(name));
    rewind(f->in);
    charset_scan_begin(&f->scan);
    return f;
}

int list_file_begin(struct list_file *f, const char *encoding, struct err *e)
{
    enum charset charset = charset_scan_end(&f->scan);
    rewind(f->in);
    if (charset == CHARSET_UTF_16LE || charset == CHARSET_UTF_16BE) f->bytes = f->looked;
    return choose(f, charset, encoding, e);
}

/* ---- reading ---- */

static int name_file(const struct list_file *f, int result, struct err *e)
{
    struct err inner = *e;
    return result < 0 ? err_set(e, result, "%s: %s", f->name, inner.text) : result;
}

int list_file_next(struct list_file *f, struct slice *ret, struct err *e)
{
    uint64_t left = f->bytes - f->at;
    size_t n = fread(f->piece, 1, left < PIECE_BYTES ? (size_t)left : PIECE_BYTES, f->in);
    if (ferror(f->in)) return cannot_read(f, e);
    f->at += n;
    *ret = slice_make(f->piece, n);
    if (!f->charset) return 0;
    buf_clear(&f->text);
    int r =
        n ? charset_reader_feed(f->charset, *ret, &f->text, e) : charset_reader_end(f->charset, e);
    /* a piece may be a part of a character: an empty one would be the end */
    *ret = buf_slice(&f->text);
    if (r == 0 && n && ret->n == 0) return list_file_next(f, ret, e);
    return name_file(f, r, e);
}
