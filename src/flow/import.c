/* Rows are copied into an arena until a chunk is full; then the sink decides, and the arena is
 * forgotten. The rows stay as they were until then, because duplicates and suppressed ones go to
 * the rejects whole. */
#include "flow/import.h"

#include "import_header.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    /* The packed chunk stays below this before the last row, which itself is at most a CSV record:
     * together well under AUDIENCE_CHUNK_BYTES_MAX. */
    CHUNK_BYTES = 160 * 1024,
    ROW_OVERHEAD_BYTES = 8,    /* and two for each field: core/block.h */
    ARENA_BYTES_MAX = 4 << 20, /* the texts, and room for the arena's alignment of each field */
    REJECTS_BYTES = 64 * 1024,
};

struct import {
    struct import_config config;
    struct csv_reader *csv;
    struct import_header header;
    bool has_header, rejects_begun;
    struct arena *keep, *texts; /* the header's; the chunk's */
    struct slice *originals;    /* [AUDIENCE_ROWS_MAX * width] as in the file */
    struct slice *fields;       /* [AUDIENCE_ROWS_MAX * (width - 1)] without the phone column */
    struct audience_row rows[AUDIENCE_ROWS_MAX];
    uint64_t lines[AUDIENCE_ROWS_MAX];
    size_t count, packed_bytes;
    uint64_t seq;
    struct buf rejects;
    struct import_stats stats;
    struct err e;
};

static const char *const reason_keys[] = {"fine",
#define X(name, key, text) key,
                                          IMPORT_REASON_TABLE(X)
#undef X
};
static const char *const reason_texts[] = {"fine",
#define X(name, key, text) text,
                                           IMPORT_REASON_TABLE(X)
#undef X
};

const char *import_reason_key(enum import_reason reason)
{
    return reason_keys[reason];
}

const char *import_reason_text(enum import_reason reason)
{
    return reason_texts[reason];
}

static int on_record(void *arg, const struct csv_record *rec);

struct import *import_new(const struct import_config *config)
{
    struct import *im = xcalloc(1, sizeof *im);
    im->config = *config;
    im->csv = csv_reader_new(config->delimiter, on_record, im);
    im->keep = arena_new(ARENA_BYTES_MAX);
    im->texts = arena_new(ARENA_BYTES_MAX);
    buf_init(&im->rejects, REJECTS_BYTES + 8 * CSV_RECORD_BYTES_MAX);
    return im;
}

void import_free(struct import *im)
{
    if (!im) return;
    csv_reader_free(im->csv);
    arena_free(im->keep);
    arena_free(im->texts);
    free(im->originals);
    free(im->fields);
    buf_done(&im->rejects);
    free(im);
}

const struct import_stats *import_stats(const struct import *im)
{
    return &im->stats;
}

const struct slice *import_columns(const struct import *im, size_t *ret_count)
{
    *ret_count = im->has_header ? im->header.width - 1 : 0;
    return im->header.columns;
}

/* ---- rejects ---- */

static int rejects_flush(struct import *im)
{
    check(!im->rejects.failed);
    if (im->rejects.n == 0) return 0;
    int r = im->config.rejects(im->config.arg, buf_slice(&im->rejects), &im->e);
    buf_clear(&im->rejects);
    return r;
}

static void write_row(struct import *im, const struct slice *fields, size_t count,
                      const struct slice *why)
{
    struct slice row[CSV_FIELDS_MAX + 3];
    size_t width = im->header.width;
    for (size_t i = 0; i < width; i++)
        row[i] = i < count ? fields[i] : SLICE_NONE;
    memcpy(row + width, why, 3 * sizeof *why);
    csv_write_record(&im->rejects, row, width + 3, csv_reader_delimiter(im->csv));
}

/* The last column takes all that has no column, as it was written: whoever mends the row sees it.
 */
static void write_long_row(struct import *im, const struct slice *fields, size_t count,
                           const struct slice *why)
{
    struct slice row[CSV_FIELDS_MAX];
    size_t last = im->header.width - 1;
    char delimiter = csv_reader_delimiter(im->csv);
    struct buf rest;
    buf_init(&rest, 4 * CSV_RECORD_BYTES_MAX); /* quotes are doubled, and stand around each */
    for (size_t i = last; i < count; i++) {
        if (i > last) buf_add_char(&rest, delimiter);
        csv_write_field(&rest, fields[i], delimiter);
    }
    check(!rest.failed);
    memcpy(row, fields, last * sizeof *row);
    row[last] = buf_slice(&rest);
    write_row(im, row, last + 1, why);
    buf_done(&rest);
}

/* fields may be fewer than columns, or none at all. `what` goes in place of the reason's own text.
 */
static int reject(struct import *im, enum import_reason reason, uint64_t line, struct slice field,
                  const char *what, const struct slice *fields, size_t count)
{
    im->stats.rejected[reason]++;
    if (!im->config.rejects) return 0;
    if (!im->rejects_begun) {
        const struct slice titles[] = {SLICE_LIT("line"), SLICE_LIT("field"), SLICE_LIT("reason")};
        write_row(im, im->header.titles, im->header.width, titles);
        im->rejects_begun = true;
    }
    char line_text[24];
    (void)snprintf(line_text, sizeof line_text, "%llu", (unsigned long long)line);
    const struct slice why[] = {slice_of(line_text), field,
                                slice_of(what ? what : reason_texts[reason])};
    if (reason == IMPORT_TOO_MANY_FIELDS)
        write_long_row(im, fields, count - im->header.extra, why);
    else
        write_row(im, fields, count, why);
    return im->rejects.n >= REJECTS_BYTES ? rejects_flush(im) : 0;
}

static struct slice title_of(const struct import *im, size_t field)
{
    return field < im->header.width ? im->header.titles[field] : SLICE_NONE;
}

/* ---- chunks ---- */

static int settle_row(struct import *im, size_t i, enum audience_outcome outcome)
{
    if (outcome == AUDIENCE_STORED) {
        im->stats.stored++;
        return 0;
    }
    const struct slice *original = im->originals + i * im->header.width;
    enum import_reason reason =
        outcome == AUDIENCE_DUPLICATE ? IMPORT_DUPLICATE : IMPORT_SUPPRESSED;
    return reject(im, reason, im->lines[i], title_of(im, im->header.phone), NULL, original,
                  im->header.width);
}

static int chunk_flush(struct import *im)
{
    if (im->count == 0) return 0;
    enum audience_outcome outcomes[AUDIENCE_ROWS_MAX];
    check(!arena_failed(im->texts));
    int r = im->config.chunk(im->config.arg, im->seq, im->rows, im->count, outcomes, &im->e);
    for (size_t i = 0; r == 0 && i < im->count; i++)
        r = settle_row(im, i, outcomes[i]);
    im->seq++;
    im->count = im->packed_bytes = 0;
    arena_clear(im->texts);
    return r;
}

static int chunk_add(struct import *im, const struct csv_record *rec, uint64_t number)
{
    size_t width = im->header.width, i = im->count++, kept = 0;
    struct slice *original = im->originals + i * width, *fields = im->fields + i * (width - 1);
    im->packed_bytes += ROW_OVERHEAD_BYTES + 2 * width;
    for (size_t k = 0; k < width; k++) {
        original[k] = arena_dup(im->texts, rec->fields[k]);
        im->packed_bytes += original[k].n;
        if (k != im->header.phone) fields[kept++] = original[k];
    }
    im->rows[i] = (struct audience_row){number, fields};
    im->lines[i] = rec->line;
    return im->count == AUDIENCE_ROWS_MAX || im->packed_bytes >= CHUNK_BYTES ? chunk_flush(im) : 0;
}

/* ---- rows ---- */

/* "4.47701E+11": the digits behind are gone for good. */
static bool is_rounded(struct slice s)
{
    long e = slice_find(s, 'E') >= 0 ? slice_find(s, 'E') : slice_find(s, 'e');
    if (e < 1 || (size_t)e + 2 >= s.n || s.p[e + 1] != '+') return false;
    for (size_t i = 0; i < s.n; i++)
        if ((long)i != e && (long)i != e + 1 && (s.p[i] == '\0' || !strchr("0123456789.,", s.p[i])))
            return false;
    return true;
}

static enum import_reason read_number(const struct import *im, struct slice text,
                                      uint64_t *ret_number)
{
    text = slice_trim(text);
    if (text.n == 0) return IMPORT_NO_NUMBER;
    if (is_rounded(text)) return IMPORT_ROUNDED;
    return im->config.number(im->config.arg, text, ret_number);
}

static bool is_blank(const struct slice *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_trim(fields[i]).n > 0) return false;
    return true;
}

/* Why the shape of a readable row is wrong, and at which field. */
static enum import_reason check_shape(const struct import *im, const struct csv_record *rec,
                                      size_t *ret_field)
{
    size_t width = im->header.width, all = width + im->header.extra;
    *ret_field = rec->count;
    if (rec->count < width) return IMPORT_TOO_FEW_FIELDS;
    *ret_field = width;
    if (rec->count > all && !is_blank(rec->fields + all, rec->count - all))
        return IMPORT_TOO_MANY_FIELDS;
    for (size_t i = 0; i < width; i++) {
        *ret_field = i;
        if (rec->fields[i].n > IMPORT_FIELD_BYTES_MAX) return IMPORT_FIELD_TOO_LONG;
    }
    return IMPORT_FINE;
}

static int on_bad_record(struct import *im, const struct csv_record *rec)
{
    im->stats.rows++;
    enum import_reason reason = rec->fault == CSV_NOT_UTF8 ? IMPORT_NOT_UTF8 : IMPORT_UNREADABLE;
    return reject(im, reason, rec->line, title_of(im, rec->field - 1), csv_fault_text(rec->fault),
                  rec->fields, rec->count);
}

static int on_row(struct import *im, const struct csv_record *rec)
{
    if (is_blank(rec->fields, rec->count)) return 0;
    im->stats.rows++;
    size_t field;
    uint64_t number = 0;
    enum import_reason reason = check_shape(im, rec, &field);
    if (reason == IMPORT_FINE) {
        field = im->header.phone;
        reason = read_number(im, rec->fields[field], &number);
    }
    if (reason == IMPORT_FINE) return chunk_add(im, rec, number);
    return reject(im, reason, rec->line, title_of(im, field), NULL, rec->fields, rec->count);
}

static int on_header(struct import *im, const struct csv_record *rec)
{
    int r = import_header_read(&im->header, rec, im->config.name, im->config.phone_column, im->keep,
                               &im->e);
    if (r < 0) return r;
    size_t width = im->header.width;
    im->originals = xcalloc(AUDIENCE_ROWS_MAX * width, sizeof *im->originals);
    im->fields = xcalloc(AUDIENCE_ROWS_MAX * width, sizeof *im->fields);
    im->has_header = true;
    return 0;
}

static int on_record(void *arg, const struct csv_record *rec)
{
    struct import *im = arg;
    if (!im->has_header) return on_header(im, rec);
    return rec->fault == CSV_FINE ? on_row(im, rec) : on_bad_record(im, rec);
}

static int failed(const struct import *im, int result, struct err *e)
{
    if (result < 0 && e) *e = im->e;
    return result;
}

int import_feed(struct import *im, struct slice bytes, struct err *e)
{
    return failed(im, csv_reader_feed(im->csv, bytes), e);
}

int import_end(struct import *im, struct err *e)
{
    int r = csv_reader_end(im->csv);
    if (r == 0) r = chunk_flush(im);
    if (r == 0) r = rejects_flush(im);
    if (r == 0 && !im->has_header)
        r = err_set(&im->e, ERR_INVALID,
                    "%s: the file is empty: its first line names the columns, one of them 'phone'",
                    im->config.name);
    if (r == 0 && im->stats.rows == 0)
        r = err_set(&im->e, ERR_REFUSED,
                    "%s: there is nothing below the line of column names: nothing was stored",
                    im->config.name);
    if (r == 0 && im->stats.stored == 0)
        r = err_set(&im->e, ERR_REFUSED, "%s: no usable row among %llu: nothing was stored",
                    im->config.name, (unsigned long long)im->stats.rows);
    return failed(im, r, e);
}
