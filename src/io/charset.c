#include "io/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

enum { ROW_OF_LETTERS_MAX = 3, SCAN_STEP = 8, PART_BYTES = 16 };

const char *charset_name(enum charset charset)
{
    switch (charset) {
    case CHARSET_UTF_8:
        return "UTF-8";
    case CHARSET_UTF_16LE:
        return "UTF-16LE";
    case CHARSET_UTF_16BE:
        return "UTF-16BE";
    case CHARSET_WINDOWS_1252:
        return "WINDOWS-1252";
    case CHARSET_MIXED:
    case CHARSET_UNKNOWN:
    case CHARSET_GARBLED:
    case CHARSET_ARCHIVE:
        return NULL;
    }
    return NULL;
}

/* ---- is it Windows-1252? ---- */

static bool is_lower(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 0xdf && c != 0xf7) || c == 0x9a || c == 0x9c ||
           c == 0x9e;
}

static bool is_upper(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 0xc0 && c < 0xdf && c != 0xd7) || c == 0x8a ||
           c == 0x8c || c == 0x8e || c == 0x9f;
}

static bool is_letter(uint8_t c)
{
    return is_lower(c) || is_upper(c);
}

static bool is_one_of(uint8_t c, const char *bytes)
{
    return c && strchr(bytes, (char)c);
}

/* Whether a byte beyond ASCII is out of place between its neighbours (0 where there is none). The
 * signs are those that other encodings put in place of letters: 0xb3 is a letter in Windows-1250,
 * 0x82 in the encodings of DOS, 0x8e in that of the Mac. */
static bool is_odd(uint8_t before, uint8_t c, uint8_t after)
{
    if (is_one_of(c, "\x81\x8d\x8f\x90\x9d")) return true; /* nothing */
    if (is_upper(c)) return is_lower(before);
    if (is_lower(c)) return false;
    /* the apostrophe, the Catalan dot, dashes, blanks, ordinals, degrees may touch letters */
    if (is_one_of(c, "\x92\xb7\x96\x97\xa0\xad\xaa\xba\xb0")) return false;
    if (is_letter(before) && is_letter(after)) return true;
    /* and signs that stand by themselves, but for quotes, dashes, money and marks: of two bytes
     * each are the characters of East Asia */
    if (!is_one_of(c, "\x80\x85\x91\x93\x94\x95\x99\xa1\xa7\xa9\xab\xae\xb4\xbb\xbf") &&
        (before >= 0x80 || after >= 0x80))
        return true;
    if (is_one_of(c, "\xb9\xb3\xbf\xb6\xbc\xbe\x83\x86\x87")) return is_letter(before);
    return is_one_of(c, "\xa3\xa5\xaf\xa6\xac") && is_letter(after);
}

/* Looks at the byte before the newest, whose neighbours are known now. */
static void look_at_neighbours(struct charset_scan *s, uint8_t next)
{
    bool letter = s->at >= 0x80 && is_letter(s->at);
    s->run = letter ? s->run + 1 : 0;
    s->odd |= s->run > ROW_OF_LETTERS_MAX;
    if (s->at >= 0x80) s->odd |= is_odd(s->before, s->at, next);
    s->before = s->at;
    s->at = next;
}

/* ---- is it UTF-8? ---- */

static void begin_sequence(struct charset_scan *s, uint8_t c)
{
    s->low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    s->high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    s->need = c >= 0xc2 && c <= 0xdf   ? 1
              : c >= 0xe0 && c <= 0xef ? 2
              : c >= 0xf0 && c <= 0xf4 ? 3
                                       : 0;
}

static void note_bad(struct charset_scan *s)
{
    if (s->bad++ == 0) s->first_bad = s->bytes;
}

static void look_at_sequence(struct charset_scan *s, uint8_t c)
{
    if (s->need && c >= s->low && c <= s->high) {
        s->low = 0x80;
        s->high = 0xbf;
        s->good += --s->need == 0;
        return;
    }
    if (s->need) note_bad(s);
    s->need = 0;
    if (c < 0x80) return;
    begin_sequence(s, c);
    if (!s->need) note_bad(s);
}

/* ---- was it UTF-8 that was taken for Windows-1252? ---- */

/* The newest bytes are a capital of the beginnings of UTF-8 and a sign that no word has behind it:
 * "Zo\xc3\x83\xc2\xab", or the beginning of an apostrophe. In capitals a quote may follow. */
static bool is_garbled(uint64_t tail)
{
    uint8_t last = (uint8_t)tail, first = (uint8_t)(tail >> 16), before = (uint8_t)(tail >> 32);
    if ((tail & 0xffffffffff) == 0xc3a2e282ac) return true;
    if ((tail & 0xff00ff00) != 0xc300c200 || last < 0xa0 ||
        !is_one_of(first, "\x82\x83\x90\x91\x98\x99"))
        return false;
    bool may_follow = last == 0xa0 || last == 0xab || last == 0xbb;
    return !may_follow || (before >= 'a' && before <= 'z');
}

/* ---- the scan ---- */

void charset_scan_begin(struct charset_scan *s)
{
    *s = (struct charset_scan){.first_high = UINT64_MAX};
}

static void step(struct charset_scan *s, uint8_t c)
{
    if (s->bytes < sizeof s->beginning) s->beginning[s->bytes] = c;
    if (c >= 0x80 && s->first_high == UINT64_MAX) s->first_high = s->bytes;
    if (c == 0) s->zeros[s->bytes % 2]++;
    look_at_sequence(s, c);
    look_at_neighbours(s, c);
    s->tail = s->tail << 8 | c;
    s->garbled += is_garbled(s->tail);
    s->bytes++;
}

/* Eight bytes at once where all are ASCII and none is a NUL, which is most of any list. */
static bool is_plain(const char *p)
{
    uint64_t eight;
    memcpy(&eight, p, sizeof eight);
    const uint64_t tops = 0x8080808080808080u;
    return !(eight & tops) && !((eight - 0x0101010101010101u) & ~eight & tops);
}

void charset_scan_feed(struct charset_scan *s, struct slice bytes)
{
    size_t i = 0;
    while (i < bytes.n) {
        bool whole = bytes.n - i >= SCAN_STEP && s->at < 0x80 && s->bytes >= sizeof s->beginning;
        if (!whole || !is_plain(bytes.p + i)) {
            step(s, (uint8_t)bytes.p[i++]);
            continue;
        }
        s->bytes += SCAN_STEP;
        i += SCAN_STEP;
        s->before = (uint8_t)bytes.p[i - 2];
        s->at = (uint8_t)bytes.p[i - 1];
        s->tail = s->at;
        s->run = 0;
    }
}

static bool begins(const struct charset_scan *s, const char *bytes, size_t n)
{
    return s->bytes >= n && memcmp(s->beginning, bytes, n) == 0;
}

/* A quarter of the characters or more are of Latin-1, and never is the other half of one zero. */
static bool has_zeros_at(const struct charset_scan *s, int side)
{
    return s->zeros[!side] == 0 && s->zeros[side] * 8 >= s->bytes && s->zeros[side] > 0;
}

static bool is_archive(const struct charset_scan *s)
{
    return begins(s, "PK\x03\x04", 4) || begins(s, "\xd0\xcf\x11\xe0", 4) ||
           begins(s, "\x1f\x8b\x08", 3);
}

static bool is_utf16(const struct charset_scan *s, const char *mark, int zeros_at)
{
    return begins(s, mark, 2) || has_zeros_at(s, zeros_at);
}

/* A byte order mark that was taken for three letters: so were all others. And where most others are such letters: of two
 * to five characters each. */
static bool was_garbled(const struct charset_scan *s)
{
    if (begins(s, "\xc3\xaf\xc2\xbb\xc2\xbf", 6)) return true;
    return s->bad == 0 && s->garbled * 4 >= s->good && s->good > 0;
}

enum charset charset_scan_end(struct charset_scan *s)
{
    if (s->need) note_bad(s);
    s->need = 0;
    look_at_neighbours(s, 0);
    if (is_archive(s)) return CHARSET_ARCHIVE;
    if (is_utf16(s, "\xff\xfe", 1)) return CHARSET_UTF_16LE;
    if (is_utf16(s, "\xfe\xff", 0)) return CHARSET_UTF_16BE;
    if (was_garbled(s)) return CHARSET_GARBLED;
    if (s->bad == 0) return CHARSET_UTF_8;
    if (s->good > 0) return CHARSET_MIXED;
    return s->odd ? CHARSET_UNKNOWN : CHARSET_WINDOWS_1252;
}

/* ---- the way to UTF-8 ---- */

struct charset_reader {
    iconv_t iconv;
    uint64_t bytes;        /* behind us */
    char part[PART_BYTES]; /* of a character whose rest is not there yet */
    size_t part_n;
};

int charset_reader_new(const char *name, struct charset_reader **ret, struct err *e)
{
    iconv_t iconv = iconv_open("UTF-8", name);
    if (iconv == (iconv_t)-1)
        return err_set(e, ERR_INVALID,
                       "'%s' is no encoding that is known here: `iconv -l` lists them", name);
    *ret = xcalloc(1, sizeof **ret);
    (*ret)->iconv = iconv;
    return 0;
}

void charset_reader_free(struct charset_reader *r)
{
    if (!r) return;
    (void)iconv_close(r->iconv);
    free(r);
}

/* Converts from *in on; what is left of it is a part of a character. */
static int convert(struct charset_reader *r, struct slice *in, struct buf *out, struct err *e)
{
    char *from = (char *)(uintptr_t)in->p; /* iconv writes nothing there */
    size_t left = in->n, room = 3 * in->n + PART_BYTES;
    char *to = buf_reserve(out, room), *begin = to;
    check(to != NULL); /* the caller's promise */
    size_t done = iconv(r->iconv, &from, &left, &to, &room);
    out->n += (size_t)(to - begin);
    r->bytes += in->n - left;
    *in = slice_make(from, left);
    if (done == (size_t)-1 && errno != EINVAL)
        return err_set(e, ERR_INVALID, "byte %llu is none that this encoding has",
                       (unsigned long long)r->bytes + 1);
    return 0;
}

/* The part of a character that was left, with as many more bytes as it takes. */
static int finish_part(struct charset_reader *r, struct slice *bytes, struct buf *out,
                       struct err *e)
{
    while (r->part_n && bytes->n) {
        check(r->part_n < PART_BYTES);
        r->part[r->part_n++] = bytes->p[0];
        *bytes = slice_from(*bytes, 1);
        struct slice part = slice_make(r->part, r->part_n);
        int result = convert(r, &part, out, e);
        if (result < 0) return result;
        if (part.n) memmove(r->part, part.p, part.n);
        r->part_n = part.n;
    }
    return 0;
}

int charset_reader_feed(struct charset_reader *r, struct slice bytes, struct buf *out,
                        struct err *e)
{
    int result = finish_part(r, &bytes, out, e);
    if (result == 0 && bytes.n) result = convert(r, &bytes, out, e);
    if (result < 0) return result;
    if (bytes.n >= PART_BYTES)
        return err_set(e, ERR_INVALID, "a character of more than %d bytes", PART_BYTES);
    if (bytes.n) memcpy(r->part + r->part_n, bytes.p, bytes.n);
    r->part_n += bytes.n;
    return 0;
}

int charset_reader_end(struct charset_reader *r, struct err *e)
{
    return r->part_n ? err_set(e, ERR_INVALID, "the file ends within a character") : 0;
}
