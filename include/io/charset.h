#pragma once
/* In which encoding a text file is, and the way from there to UTF-8 (iconv).
 *
 * A scan sees every byte of the file before any of it is used, since a list of which a part is
 * garbled is worse than none. What is well-formed UTF-8 throughout is that. UTF-16 is known by its
 * mark, or by its zeros. Anything else is Windows-1252, but only where every byte makes sense as
 * that: accented letters inside of words, dashes and quotes outside. Polish, Cyrillic, Mac and DOS
 * files fail that, and are for a person to name; so are files of which a part is UTF-8. */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum charset {
    CHARSET_UTF_8,
    CHARSET_UTF_16LE,
    CHARSET_UTF_16BE,
    CHARSET_WINDOWS_1252, /* a good guess: say so */
    CHARSET_MIXED,        /* UTF-8 in parts */
    CHARSET_UNKNOWN,
    CHARSET_GARBLED, /* UTF-8 that a program took for Windows-1252 and wrote as UTF-8 */
    CHARSET_ARCHIVE, /* no text: a spreadsheet's own file, or another archive */
};
/* For iconv_open and for people; NULL for the last four. */
const char *charset_name(enum charset charset);

struct charset_scan {
    uint64_t bytes, first_high; /* offset of the first byte that is not ASCII; bytes when none is */
    uint64_t first_bad;         /* offset of the first byte that UTF-8 does not have there */
    uint64_t good, bad;         /* sequences */
    uint64_t zeros[2];          /* NULs at even and odd offsets */
    uint64_t run;               /* letters beyond ASCII in a row */
    uint64_t tail, garbled;     /* the newest bytes; letters that were taken for two */
    uint8_t beginning[6], before, at; /* the last two bytes; 0 before the first */
    uint8_t need, low, high;          /* continuation bytes to come, and what the next may be */
    bool odd;                         /* something that no Windows-1252 text has */
};
/* A text is fed in pieces of any size; the end says which encoding it most likely has. Nothing is to be freed. */
void charset_scan_begin(struct charset_scan *s);
void charset_scan_feed(struct charset_scan *s, struct slice bytes);
enum charset charset_scan_end(struct charset_scan *s);

struct charset_reader;
/* name as iconv has it ("WINDOWS-1252"). ERR_INVALID when it is not known. */
int charset_reader_new(const char *name, struct charset_reader **ret, struct err *e) MUST_USE;
void charset_reader_free(struct charset_reader *r); /* NULL is fine */
/* Appends what the bytes are in UTF-8 to out, which must have room for three times as many and 16.
 * A character may be cut in two by the end. ERR_INVALID: a byte that the encoding does not have. */
int charset_reader_feed(struct charset_reader *r, struct slice bytes, struct buf *out,
                        struct err *e) MUST_USE;
/* ERR_INVALID when the input ends within a character. */
int charset_reader_end(struct charset_reader *r, struct err *e) MUST_USE;
