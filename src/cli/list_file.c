#include "list_file.h"

#include "base/buf.h"
#include "io/charset.h"
#include "text_file.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { PIECE_BYTES = 64 * 1024, NOTE_BYTES = 512, EXAMPLE_BYTES = 24 };

struct list_file {
    const char *name;   /* borrowed */
    FILE *in;           /* owned but for stdin itself, which is copied */
    uint64_t bytes, at; /* bytes that count; read so far */
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

/* ---- opening ---- */

/* What cannot be read twice is read once into a file that can. */
static int copy(struct list_file *f, FILE *from, struct err *e)
{
    f->in = tmpfile();
    if (!f->in) return err_set(e, -errno, "cannot make a temporary file: %s", strerror(errno));
    for (size_t n; (n = fread(f->piece, 1, PIECE_BYTES, from)) > 0;)
        if (fwrite(f->piece, 1, n, f->in) != n)
            return err_set(e, -errno, "cannot write a temporary file: %s", strerror(errno));
    if (ferror(from)) return cannot_read(f, e);
    return fflush(f->in) == 0 ? 0 : cannot_read(f, e);
}

static int open_input(struct list_file *f, const char *path, struct err *e)
{
    struct stat st;
    if (strcmp(path, "-") == 0) return copy(f, stdin, e);
    FILE *in = fopen(path, "re");
    if (!in) return cannot_read(f, e);
    if (fstat(fileno(in), &st) == 0 && S_ISREG(st.st_mode)) {
        f->in = in;
        return 0;
    }
    int r = copy(f, in, e);
    (void)fclose(in);
    return r;
}

/* Where the last byte is that is neither ^Z nor NUL: both end files of old programs. */
static size_t used(const char *p, size_t n)
{
    while (n > 0 && (p[n - 1] == '\x1a' || p[n - 1] == '\0'))
        n--;
    return n;
}

static int scan(struct list_file *f, enum charset *ret, struct err *e)
{
    uint64_t all = 0;
    rewind(f->in);
    charset_scan_begin(&f->scan);
    for (size_t n; (n = fread(f->piece, 1, PIECE_BYTES, f->in)) > 0; all += n) {
        charset_scan_feed(&f->scan, slice_make(f->piece, n));
        size_t end = used(f->piece, n);
        if (end) f->bytes = all + end;
    }
    if (ferror(f->in)) return cannot_read(f, e);
    rewind(f->in);
    *ret = charset_scan_end(&f->scan);
    if (*ret == CHARSET_UTF_16LE || *ret == CHARSET_UTF_16BE) f->bytes = all;
    return 0;
}

/* ---- what is said ---- */

static uint64_t line_of(struct list_file *f, uint64_t offset)
{
    uint64_t line = 1, at = 0;
    rewind(f->in);
    for (int c; at < offset && (c = getc(f->in)) != EOF; at++)
        line += c == '\n';
    rewind(f->in);
    return line;
}

static bool is_in_a_word(char c)
{
    return (c & 0x80) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
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
    buf_add_cstr(&f->note, "\". If that is wrong, say --encoding NAME");
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
        return err_set(e, ERR_INVALID,
                       "%s was UTF-8 and was opened as something else, so that names in it are "
                       "garbled: open it once more, choose UTF-8 there, and save it again",
                       f->name);
    unsigned long long line = line_of(f, f->scan.first_bad);
    return err_set(e, ERR_INVALID,
                   charset == CHARSET_MIXED
                       ? "%s:%llu: not UTF-8 in this line, and UTF-8 in others: nothing is read of "
                         "it. Save it as \"CSV UTF-8\", or say --encoding NAME"
                       : "%s:%llu: not UTF-8, and not Windows-1252: nothing is read of it. Save it "
                         "as \"CSV UTF-8\", or say --encoding NAME (such as WINDOWS-1250)",
                   f->name, line);
}

static bool is_utf8(const char *encoding)
{
    return slice_is_nocase(slice_of(encoding), "UTF-8") ||
           slice_is_nocase(slice_of(encoding), "UTF8");
}

static int choose(struct list_file *f, enum charset charset, const char *encoding, struct err *e)
{
    if (encoding && is_utf8(encoding)) {
        /* not by iconv: glibc's lets some through that are none */
        if (f->scan.bad == 0) return 0;
        return err_set(e, ERR_INVALID, "%s:%llu: not UTF-8: nothing is read of it", f->name,
                       (unsigned long long)line_of(f, f->scan.first_bad));
    }
    if (!encoding && !charset_name(charset)) return refuse(f, charset, e);
    if (!encoding && charset == CHARSET_UTF_8) return 0;
    if (!encoding && charset == CHARSET_WINDOWS_1252) {
        int r = note_guess(f, e);
        if (r < 0) return r;
    }
    return charset_reader_new(encoding ? encoding : charset_name(charset), &f->charset, e);
}

int list_file_open(const char *path, const char *encoding, struct list_file **ret, struct err *e)
{
    struct list_file *f = xcalloc(1, sizeof *f);
    enum charset charset = CHARSET_UNKNOWN;
    f->name = strcmp(path, "-") == 0 ? "stdin" : path;
    f->piece = xmalloc(PIECE_BYTES);
    buf_init(&f->text, 4 * PIECE_BYTES);
    buf_init(&f->note, NOTE_BYTES + strlen(path));
    int r = open_input(f, path, e);
    if (r == 0) r = scan(f, &charset, e);
    if (r == 0) r = choose(f, charset, encoding, e);
    if (r < 0) list_file_free(f);
    if (r == 0) *ret = f;
    return r;
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

/* ---- rejects ---- */

int list_file_open_rejects(const struct list_file *f, const char *path, FILE **ret, struct err *e)
{
    struct stat in, out;
    if (fstat(fileno(f->in), &in) == 0 && stat(path, &out) == 0 && in.st_dev == out.st_dev &&
        in.st_ino == out.st_ino)
        return err_set(e, ERR_INVALID, "--rejects %s is the file that is read: name another", path);
    *ret = text_file_create(path);
    if (!*ret)
        return err_set(e, -errno, "cannot write the rejects to %s: %s", path, strerror(errno));
    /* people's numbers are for the owner alone, also where a file of an earlier run was not */
    if (fstat(fileno(*ret), &out) == 0 && S_ISREG(out.st_mode)) (void)fchmod(fileno(*ret), 0600);
    return 0;
}
