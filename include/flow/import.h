#pragma once
/* The story of an import: CSV in, chunks of clean rows out, and every row that cannot be used
 * written down with its reason. Constant memory whatever the file's length.
 *
 * A line names the columns: the first that has a phone column, so titles above it do no harm, nor
 * does "sep=;". The phone column is found by its name (core/phone_title.h); of several the mobile
 * one is taken, and a note says so. All other columns become template fields, by their name in
 * small letters with '_' for anything between words ("First Name" is first_name; a column without a
 * name is column_3). Fields that a row leaves out at its end are empty.
 *
 * Rows that are left out go to the rejects: the row as it was, and behind it the columns line,
 * field and reason (of a row with more fields than columns, the last column holds all the rest).
 * That file is written so that a spreadsheet changes nothing in it (csv_write_protected). It can be
 * mended and imported again: columns called line, field and reason beside one another are not read.
 * Numbers that are in the list already (the first row wins) or must not be texted are decided by
 * the sink, and rejected like the others. Rows with nothing in them do not count.
 *
 * Columns that say what people agreed to (core/consent.h) are read: their words and dates come as
 * that writes them, and a note says what could not be read.
 *
 * The caller gives a function that says what a number is: for a list of people it is stricter than
 * for a list of opt-outs. */
#include "base/err.h"
#include "base/slice.h"
#include "io/csv.h"
#include "store/audience.h"

#include <jansson.h>

enum { IMPORT_FIELD_BYTES_MAX = 4000 };

#define IMPORT_REASON_TABLE(X)                                                                     \
    X(IMPORT_NO_NUMBER, "no_number", "no number")                                                  \
    X(IMPORT_NOT_A_NUMBER, "not_a_number", "not a phone number")                                   \
    X(IMPORT_LETTERS, "letters", "letters in the number")                                          \
    X(IMPORT_EXTENSION, "extension", "an extension, which gets no texts")                          \
    X(IMPORT_TWO_NUMBERS, "two_numbers", "more than one number in the cell: keep one")             \
    X(IMPORT_TOO_MANY_DIGITS, "too_many_digits",                                                   \
      "more digits than a phone number has (two numbers run together?)")                           \
    X(IMPORT_FORMULA, "formula", "a formula: put the number itself in its place")                  \
    X(IMPORT_DOUBTFUL, "doubtful",                                                                 \
      "may be read in two ways: write it with + and the country's code, digits only")              \
    X(IMPORT_DAY, "day",                                                                           \
      "a date or a time, as it looks: if it is a number, write it with + and the country's code")  \
    X(IMPORT_OTHER, "other",                                                                       \
      "looks like a place on the map or an id: if it is a number, write it with + and digits")     \
    X(IMPORT_EXIT_CODE, "exit_code",                                                               \
      "begins as numbers do that are dialled from another country: write it with +")               \
    X(IMPORT_NO_COUNTRY, "no_country",                                                             \
      "without + and of no country: write it with +, or say which country the list is from")       \
    X(IMPORT_ROUNDED, "rounded",                                                                   \
      "a spreadsheet has rounded this number: format the column as text and export it again")      \
    X(IMPORT_INVALID, "invalid", "no such number: too short or too long for its country")          \
    X(IMPORT_UNLISTED, "unlisted", NULL) /* the plan's date is in it */                            \
    X(IMPORT_LANDLINE, "landline", "a landline, which gets no texts")                              \
    X(IMPORT_PREMIUM, "premium", "a premium, free or other service number, not a person's phone")  \
    X(IMPORT_KEPT_OFF, "kept_off", "not to be texted, by what the list itself says")               \
    X(IMPORT_DUPLICATE, "duplicate", "an earlier row has this number")                             \
    X(IMPORT_SUPPRESSED, "suppressed", "this person must not be texted (suppressed)")              \
    X(IMPORT_NOT_LISTED, "not_listed", "not on the list")                                          \
    X(IMPORT_UNREADABLE, "unreadable", "not readable as CSV")                                      \
    X(IMPORT_NOT_UTF8, "not_utf8", "not UTF-8")                                                    \
    X(IMPORT_TOO_MANY_FIELDS, "too_many_fields", "more fields than columns")                       \
    X(IMPORT_FIELD_TOO_LONG, "field_too_long", "longer than 4000 bytes")
enum import_reason {
    IMPORT_FINE,
#define X(name, key, text) name,
    IMPORT_REASON_TABLE(X)
#undef X
        IMPORT_REASON_COUNT
};
const char *import_reason_text(enum import_reason reason); /* for people */
const char *import_reason_key(enum import_reason reason);  /* for --json: "landline" */

/* rows = stored + updated + removed + the sum of rejected. */
struct import_stats {
    uint64_t rows, stored, updated, removed, rejected[IMPORT_REASON_COUNT];
};

/* What was left out, for programs: {"landline": 3}, by import_reason_key, without those of which there is none. Returns owned. */
json_t *import_rejected_json(const struct import_stats *s);

/* What the cell of the phone column is, as it stands in the file: IMPORT_FINE and the number, or
 * why not. */
typedef enum import_reason import_number_cb(void *arg, struct slice cell, uint64_t *ret_number);
/* Stores a chunk (1..256 rows, at most AUDIENCE_CHUNK_BYTES_MAX packed; seq from 0) and tells what
 * became of each row. Fields are in the order of import_columns. Borrowed for the call. A sink that
 * cannot tell yet returns IMPORT_WAITS, and gives the outcomes to import_settled later; the rows
 * are borrowed until then. */
enum { IMPORT_WAITS = 1 };
typedef int import_chunk_cb(void *arg, uint64_t seq, const struct audience_row *rows, size_t count,
                            enum audience_outcome *ret_outcomes, struct err *e);
/* A row that is left out, for lists of which each is to be named. Borrowed for the call. */
struct import_left_out {
    uint64_t line;
    struct slice field; /* the column that is to blame; none */
    struct slice value; /* what stands in the phone column */
    const char *reason;
};
typedef void import_left_out_cb(void *arg, const struct import_left_out *row);
/* A line for the person who imports: what was taken for what. */
typedef void import_note_cb(void *arg, struct slice line);
/* Takes bytes of the rejects file. */
typedef int import_rejects_cb(void *arg, struct slice bytes, struct err *e);

struct import_config {
    const char *name;         /* what errors call the file; borrowed for the import's life */
    char delimiter;           /* 0 = detect */
    const char *phone_column; /* header of the phone column when names alone do not tell; NULL;
                                 borrowed likewise */
    const char *phone_words;  /* where the person gives it: "--phone"; borrowed likewise */
    /* A list of people to text: who must not be, as it says itself (core/kept_off.h), is left out; a
     * part of it below words that say so refuses it as a whole. */
    bool to_be_texted;
    const char *country; /* how dates are read (core/consent.h); NULL; borrowed likewise */
    import_number_cb *number;
    import_chunk_cb *chunk;
    import_rejects_cb *rejects;   /* NULL = not wanted */
    bool rejects_mark;            /* begin that file with a byte order mark (what is not ASCII) */
    import_left_out_cb *left_out; /* NULL = not wanted */
    import_note_cb *note;         /* NULL = not wanted */
    void *arg;
};

struct import;
struct import *import_new(const struct import_config *config);
void import_free(struct import *im); /* NULL is fine */
/* Errors end the import: of the header (ERR_INVALID), or what a callback returned. IMPORT_WAITS: the
 * sink has a chunk to settle first, and bytes are borrowed until that returned 0. */
int import_feed(struct import *im, struct slice bytes, struct err *e) MUST_USE;
/* The file ends here. ERR_REFUSED when it had no usable row (the sink was never called then, unless
 * it dropped every row itself). */
int import_end(struct import *im, struct err *e) MUST_USE;
/* What became of the rows of the chunk that waits; reads on in what was given, so it returns what
 * import_feed or import_end would have. Not from inside of the sink. */
int import_settled(struct import *im, const enum audience_outcome *outcomes,
                   struct err *e) MUST_USE;

const struct import_stats *import_stats(const struct import *im); /* so far; borrowed from im */
/* Which of the file's columns belongs to each column of an audience (a draft's): names alone tell,
 * since a spreadsheet may have moved columns. IMPORT_NO_COLUMN: none. `wanted_n` entries, owned. */
#define IMPORT_NO_COLUMN SIZE_MAX
size_t *import_order_columns(const struct slice *columns, size_t n, const struct slice *wanted,
                             size_t wanted_n);
/* The fields of a row in that order; ret has room for `wanted_n`. */
void import_order_fields(const struct audience_row *row, const size_t *order, size_t wanted_n,
                         struct slice *ret);
/* The template fields, known from the first chunk on; borrowed from the import. */
const struct slice *import_columns(const struct import *im, size_t *ret_count);
