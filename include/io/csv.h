#pragma once
/* CSV as RFC 4180 has it and as spreadsheets write it: fed in pieces of any size, a callback per
 * record, constant memory (about 256 KiB).
 *
 * Read: a UTF-8 byte order mark, line ends CR LF, LF or CR, fields separated by comma, semicolon,
 * tab or bar (detected: the one that the first line has most of, outside quotes), quoted fields
 * with line ends and doubled quotes in them. A quote inside an unquoted field is a character like
 * any other. Lines with nothing on them are no records.
 *
 * What cannot be read is reported and does not end the reading. A record whose quoting is broken,
 * or that is over a limit, costs its first physical line only: reading goes on at the line after
 * it. (So a quote that was never closed does not swallow the rows below it, up to the next quote or
 * the end; the price is that bytes are read again, at most CSV_RECORD_BYTES_MAX for each bad line.)
 * A record that is not UTF-8, or has a zero byte, is as long as it is; the next one follows it. */
#include "base/buf.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum { CSV_RECORD_BYTES_MAX = 64 * 1024, CSV_FIELDS_MAX = 256 };

#define CSV_FAULT_TABLE(X)                                                                         \
    X(CSV_UNCLOSED_QUOTE, "a quote is opened and not closed within 64 KiB")                        \
    X(CSV_TEXT_AFTER_QUOTE,                                                                        \
      "text after a closing quote (a quote inside a quoted field is doubled)")                     \
    X(CSV_NOT_UTF8, "not UTF-8 (save the file as \"CSV UTF-8\")")                                  \
    X(CSV_TOO_LONG, "longer than 64 KiB")                                                          \
    X(CSV_TOO_MANY_FIELDS, "more than 256 fields")                                                 \
    X(CSV_ZERO_BYTE, "a zero byte in it (export the list again, or take the byte out)")
enum csv_fault {
    CSV_FINE,
#define X(name, text) name,
    CSV_FAULT_TABLE(X)
#undef X
};
const char *csv_fault_text(enum csv_fault fault); /* static; a sentence */

struct csv_record {
    uint64_t line; /* physical line of its first byte, from 1 */
    /* Unescaped, borrowed for the call. Of a record whose quoting is broken or that is over a
     * limit, its first line as it is written, cut at the delimiters. */
    const struct slice *fields;
    size_t count;
    enum csv_fault fault; /* CSV_FINE, or why it is bad */
    size_t field, column; /* of a bad record: which field, which byte of the record, from 1 */
};
/* Not 0 ends the reading: feed and end return it, and nothing more may be fed; but behind a positive
 * one csv_reader_go_on may read what was given, from the next record on. */
typedef int csv_record_cb(void *arg, const struct csv_record *record);

struct csv_reader;
/* delimiter 0 = detect; a quote or a line end is none. */
struct csv_reader *csv_reader_new(char delimiter, csv_record_cb *cb, void *arg);
void csv_reader_free(struct csv_reader *r); /* NULL is fine */
/* Before the first byte: a quoted field may have blanks around its quotes ('"a" , "b"'). Not the
 * rule, since then a field cannot begin with a blank and a quote of its own. */
void csv_reader_loose_quotes(struct csv_reader *r);
/* bytes are borrowed until it, or csv_reader_go_on, returns 0. */
int csv_reader_feed(struct csv_reader *r, struct slice bytes) MUST_USE;
int csv_reader_go_on(struct csv_reader *r) MUST_USE;
/* The input ends here: the last record needs no line end. */
int csv_reader_end(struct csv_reader *r) MUST_USE;
char csv_reader_delimiter(const struct csv_reader *r); /* 0 while it is not known */

/* Appends one record and CR LF. What is written is read back byte for byte. */
void csv_write_record(struct buf *b, const struct slice *fields, size_t count, char delimiter);
/* One field, quoted when needed, no delimiter. */
void csv_write_field(struct buf *b, struct slice field, char delimiter);
/* For files that people open in a spreadsheet: a cell that begins with = + - @ tab or CR could run
 * as a formula, so it gets an apostrophe in front. A phone number ("+44 7700 900123": plus, then
 * digits, spaces, brackets, hyphens) keeps its plus: no formula can be made of it, and numbers must
 * survive. Files that are to be imported again use csv_write_protected or csv_write_field, since
 * the apostrophe would come back as text. */
void csv_write_cell(struct buf *b, struct slice field, char delimiter);
/* For files that people mend in a spreadsheet and import again: an apostrophe goes in front of what
 * a spreadsheet would run, or count ("+447700900123", "07700 900123", "1-2", "TRUE"), and in front
 * of an apostrophe that is there. Excel, LibreOffice and Google Sheets keep the rest as it is;
 * csv_unprotect takes it away again, so what is written comes back byte for byte. */
void csv_write_protected(struct buf *b, struct slice field, char delimiter);
struct slice csv_unprotect(struct slice field);
