/* Rows are copied into an arena until a chunk is full; then the sink decides, and the arena is
 * forgotten. The rows stay as they were until then, because duplicates and suppressed ones go to
 * the rejects whole. */
#include "flow/import.h"

#include "consent_columns.h"
#include "elsewhere.h"
#include "header.h"
#include "labels.h"
#include "layout.h"
#include "off.h"
#include "rejects.h"
#include "totals.h"

#include "core/json.h"
#include "core/phone_title.h"
#include "io/phone.h"

#include <stdlib.h>

enum {
    /* The packed chunk stays below this before the last row, which itself is at most a CSV record:
     * together well under AUDIENCE_CHUNK_BYTES_MAX. */
    CHUNK_BYTES = 160 * 1024,
    ROW_OVERHEAD_BYTES = 8,    /* and two for each field: core/block.h */
    ARENA_BYTES_MAX = 4 << 20, /* the texts, and room for the arena's alignment of each field */
};

struct import {
    struct import_config config;
    struct buf beginning; /* until the layout is known */
    struct import_layout layout;
    struct csv_reader *csv; /* NULL until then */
    struct import_header header;
    struct import_consent consent;
    struct import_elsewhere elsewhere;
    struct import_labels labels;
    struct import_totals totals;
    struct import_off off;
    bool has_header;
    bool waits, ended;          /* for the sink to settle the chunk; no more bytes come */
    struct slice rest;          /* of what was given, while a chunk waits */
    struct arena *keep, *texts; /* the header's; the chunk's */
    struct slice *originals;    /* [AUDIENCE_ROWS_MAX * width] as in the file */
    struct slice *fields;       /* [AUDIENCE_ROWS_MAX * (width - 1)] without the phone column */
    struct audience_row rows[AUDIENCE_ROWS_MAX];
    uint64_t lines[AUDIENCE_ROWS_MAX];
    size_t count, packed_bytes;
    uint64_t seq;
    struct import_rejects rejects;
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
    return reason == IMPORT_UNLISTED ? phone_plan_unlisted() : reason_texts[reason];
}

static int on_record(void *arg, const struct csv_record *rec);

struct import *import_new(const struct import_config *config)
{
    struct import *im = xcalloc(1, sizeof *im);
    im->config = *config;
    im->off.asked = config->to_be_texted;
    buf_init(&im->beginning, IMPORT_LAYOUT_BYTES);
    im->keep = arena_new(ARENA_BYTES_MAX);
    im->texts = arena_new(ARENA_BYTES_MAX);
    import_rejects_init(&im->rejects, &im->config, &im->header, &im->stats);
    return im;
}

void import_free(struct import *im)
{
    if (!im) return;
    buf_done(&im->beginning);
    csv_reader_free(im->csv);
    arena_free(im->keep);
    arena_free(im->texts);
    free(im->originals);
    free(im->fields);
    import_rejects_done(&im->rejects);
    import_off_done(&im->off);
    free(im);
}

const struct import_stats *import_stats(const struct import *im)
{
    return &im->stats;
}

json_t *import_rejected_json(const struct import_stats *s)
{
    json_t *out = json_object();
    for (size_t i = 1; i < IMPORT_REASON_COUNT; i++)
        if (s->rejected[i])
            json_put(out, import_reason_key((enum import_reason)i),
                     json_integer((json_int_t)s->rejected[i]));
    return out;
}

const struct slice *import_columns(const struct import *im, size_t *ret_count)
{
    *ret_count = im->has_header ? im->header.width - 1 : 0;
    return im->header.columns;
}

static struct slice title_of(const struct import *im, size_t column)
{
    return column < im->header.width ? im->header.titles[column] : SLICE_NONE;
}

/* ---- chunks ---- */

static enum import_reason reason_of(enum audience_outcome outcome)
{
    switch (outcome) {
    case AUDIENCE_DUPLICATE:
        return IMPORT_DUPLICATE;
    case AUDIENCE_SUPPRESSED:
        return IMPORT_SUPPRESSED;
    case AUDIENCE_NOT_LISTED:
        return IMPORT_NOT_LISTED;
    case AUDIENCE_STORED:
    case AUDIENCE_UPDATED:
    case AUDIENCE_REMOVED:
        break;
    }
    return IMPORT_FINE;
}

static int settle_row(struct import *im, size_t i, enum audience_outcome outcome)
{
    enum import_reason reason = reason_of(outcome);
    im->stats.stored += outcome == AUDIENCE_STORED;
    im->stats.updated += outcome == AUDIENCE_UPDATED;
    im->stats.removed += outcome == AUDIENCE_REMOVED;
    if (reason == IMPORT_FINE) return 0;
    const struct slice *original = im->originals + i * im->header.width;
    const struct import_left_out row = {im->lines[i], title_of(im, im->header.phone),
                                        original[im->header.phone], import_reason_text(reason)};
    return import_rejects_add(&im->rejects, reason, &row, original, &im->e);
}

static int chunk_settle(struct import *im, const enum audience_outcome *outcomes)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < im->count; i++)
        r = settle_row(im, i, outcomes[i]);
    im->seq++;
    im->count = im->packed_bytes = 0;
    arena_clear(im->texts);
    return r;
}

static int chunk_flush(struct import *im)
{
    if (im->count == 0) return 0;
    enum audience_outcome outcomes[AUDIENCE_ROWS_MAX];
    check(!arena_failed(im->texts));
    int r = im->config.chunk(im->config.arg, im->seq, im->rows, im->count, outcomes, &im->e);
    im->waits = r == IMPORT_WAITS;
    return r == 0 ? chunk_settle(im, outcomes) : r;
}

static int chunk_add(struct import *im, const struct csv_record *rec, uint64_t number)
{
    size_t width = im->header.width, i = im->count++, kept = 0;
    struct slice *original = im->originals + i * width, *fields = im->fields + i * (width - 1);
    im->packed_bytes += ROW_OVERHEAD_BYTES + 2 * width;
    for (size_t k = 0; k < width; k++) {
        original[k] = arena_dup(im->texts, import_header_cell(&im->header, rec, k));
        im->packed_bytes += original[k].n;
        if (k != im->header.phone)
            fields[kept++] =
                import_consent_value(&im->consent, k, original[k], rec->line, im->texts);
    }
    im->rows[i] = (struct audience_row){number, fields};
    im->lines[i] = rec->line;
    return im->count == AUDIENCE_ROWS_MAX || im->packed_bytes >= CHUNK_BYTES ? chunk_flush(im) : 0;
}

/* ---- rows ---- */

/* ^Z ended files once, and some programs write it still. */
static bool is_nothing(struct slice field)
{
    field = slice_trim(field);
    return field.n == 0 || (field.n == 1 && field.p[0] == '\x1a');
}

static bool is_blank(const struct slice *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_nothing(fields[i])) return false;
    return true;
}

/* Why the shape of a readable row is wrong, and at which column. */
static enum import_reason check_shape(const struct import *im, const struct csv_record *rec,
                                      size_t *ret_column)
{
    size_t all = im->header.file_width;
    *ret_column = im->header.width;
    if (rec->count > all && !is_blank(rec->fields + all, rec->count - all))
        return IMPORT_TOO_MANY_FIELDS;
    for (size_t i = 0; i < im->header.width; i++) {
        *ret_column = i;
        if (import_header_cell(&im->header, rec, i).n > IMPORT_FIELD_BYTES_MAX)
            return IMPORT_FIELD_TOO_LONG;
    }
    return IMPORT_FINE;
}

static struct slice title_at(const struct import *im, size_t field)
{
    for (size_t k = 0; k < im->header.width; k++)
        if (im->header.source[k] == field) return im->header.titles[k];
    return SLICE_NONE;
}

static int on_bad_record(struct import *im, const struct csv_record *rec)
{
    im->stats.rows++;
    enum import_reason reason = rec->fault == CSV_NOT_UTF8 ? IMPORT_NOT_UTF8 : IMPORT_UNREADABLE;
    return import_rejects_add_record(&im->rejects, reason, rec, title_at(im, rec->field - 1),
                                     csv_fault_text(rec->fault), &im->e);
}

/* Another column's number is not taken by itself: it may be somebody else's (a parent, an office).
 */
static void say_where_one_is(const struct import *im, const struct csv_record *rec, struct buf *ret)
{
    const struct import_header *h = &im->header;
    for (size_t k = 0; h->others && k < h->width; k++) {
        if (k == h->phone || phone_title_rank(h->titles[k]) == PHONE_TITLE_NONE ||
            is_nothing(import_header_cell(h, rec, k)))
            continue;
        struct slice title = h->titles[k];
        buf_addf(ret, "no number here, but one in '%.*s': %s takes that column",
                 (int)(title.n < 200 ? title.n : 200), title.p, im->config.phone_words);
        return;
    }
}

static void say_whose_it_may_be(struct slice title, struct slice label, struct buf *ret)
{
    buf_addf(ret, "'%.*s' says '%.*s': put Mobile there if the number is this person's",
             (int)(title.n < 200 ? title.n : 200), title.p, (int)(label.n < 80 ? label.n : 80),
             label.p);
}

static void say_why_not(struct slice title, struct slice words, struct buf *ret)
{
    buf_addf(
        ret, "'%.*s' says '%.*s': not to be texted, as it looks (put them on the opt-outs, too)",
        (int)(title.n < 200 ? title.n : 200), title.p, (int)(words.n < 80 ? words.n : 80), words.p);
}

/* The number of the row; or why there is none, in which column, and what else there is to say. */
static enum import_reason read_number(struct import *im, const struct csv_record *rec,
                                      uint64_t *ret_number, struct buf *ret)
{
    const struct import_header *h = &im->header;
    struct slice cell = import_header_cell(h, rec, h->phone);
    enum import_reason reason = im->config.number(im->config.arg, cell, ret_number);
    import_totals_count(&im->totals, slice_trim(cell));
    if (reason == IMPORT_NO_NUMBER) say_where_one_is(im, rec, ret);
    if (reason != IMPORT_FINE) return reason;
    size_t says;
    struct slice word;
    if (import_off_row(&im->off, h, rec, &says, &word)) {
        say_why_not(h->titles[says], word, ret);
        return IMPORT_KEPT_OFF;
    }
    if (import_totals_is(&im->totals, h, rec, &word)) {
        buf_addf(ret, "a line of totals (%s%.*s%s), which is nobody's number",
                 word.n ? "'" : "the sum or the mean of the numbers above", SLICE_ARG(word),
                 word.n ? "'" : "");
        return IMPORT_DOUBTFUL;
    }
    if (import_labels_doubt(&im->labels, h, rec, &word)) {
        say_whose_it_may_be(h->titles[im->labels.column], word, ret);
        return IMPORT_DOUBTFUL;
    }
    if (!import_elsewhere_doubts(&im->elsewhere, h, rec, *ret_number, &says)) return reason;
    struct slice title = h->titles[says], country = slice_trim(import_header_cell(h, rec, says));
    buf_addf(ret,
             "another number by what '%.*s' says (%.*s): write it with + and the country's code",
             (int)(title.n < 200 ? title.n : 200), title.p, (int)(country.n < 80 ? country.n : 80),
             country.p);
    return IMPORT_DOUBTFUL;
}

static int two_kinds(struct import *im)
{
    return err_set(
        &im->e, ERR_INVALID,
        "%s:%llu: below '%s' stand people who must not be texted, as it looks: nothing was "
        "stored. Put them into a file of their own and import that as opt-outs (muster "
        "suppress import, or the page Opt-outs); take this line and them out of here. If it "
        "means something else, give the line other words",
        im->config.name, (unsigned long long)im->off.line, im->off.above);
}

static int on_row(struct import *im, const struct csv_record *rec)
{
    if (is_blank(rec->fields, rec->count)) return 0;
    im->stats.rows++;
    size_t column;
    uint64_t number = 0;
    struct buf why = BUF_INIT(1024);
    enum import_reason reason = check_shape(im, rec, &column);
    if (reason == IMPORT_FINE) {
        column = im->header.phone;
        reason = read_number(im, rec, &number, &why);
    }
    if (reason != IMPORT_FINE) import_off_look(&im->off, &im->header, rec);
    int r = reason == IMPORT_FINE ? (im->off.line ? two_kinds(im) : chunk_add(im, rec, number))
                                  : import_rejects_add_record(&im->rejects, reason, rec,
                                                              title_of(im, column), why.p, &im->e);
    buf_done(&why);
    return r;
}

static void say_what_is_taken(const struct import *im)
{
    const struct import_header *h = &im->header;
    struct buf note = BUF_INIT(4096);
    if (im->layout.header_line > (im->layout.told ? 2 : 1)) {
        buf_addf(&note, "line %llu has the column names; what is above is left out",
                 (unsigned long long)im->layout.header_line);
        im->config.note(im->config.arg, buf_slice(&note));
    }
    buf_clear(&note);
    buf_addf(&note, "'%.*s' is taken as the phone number, not another column: %s takes that",
             SLICE_ARG(h->titles[h->phone]), im->config.phone_words);
    if (h->others && !note.failed) im->config.note(im->config.arg, buf_slice(&note));
    buf_done(&note);
}

static int on_header(struct import *im, const struct csv_record *rec)
{
    int r = import_header_read(&im->header, rec, &im->config, im->keep, &im->e);
    if (r < 0) return r;
    size_t width = im->header.width;
    im->originals = xcalloc(AUDIENCE_ROWS_MAX * width, sizeof *im->originals);
    im->fields = xcalloc(AUDIENCE_ROWS_MAX * width, sizeof *im->fields);
    im->has_header = true;
    im->rejects.delimiter = csv_reader_delimiter(im->csv);
    import_consent_begin(&im->consent, &im->header, im->config.country);
    import_elsewhere_begin(&im->elsewhere, &im->header);
    import_labels_begin(&im->labels, &im->header);
    import_off_begin(&im->off, &im->header);
    if (im->config.note) say_what_is_taken(im);
    return 0;
}

static int on_record(void *arg, const struct csv_record *rec)
{
    struct import *im = arg;
    if (!im->has_header && rec->line < im->layout.header_line) {
        import_off_look(&im->off, NULL, rec);
        return 0;
    }
    if (!im->has_header) return on_header(im, rec);
    return rec->fault == CSV_FINE ? on_row(im, rec) : on_bad_record(im, rec);
}

static int failed(const struct import *im, int result, struct err *e)
{
    if (result < 0 && e) *e = im->e;
    return result;
}

/* The beginning tells how the rest is to be read. */
static int begin(struct import *im)
{
    im->layout = import_layout_find(buf_slice(&im->beginning), im->config.delimiter,
                                    im->config.phone_column);
    im->csv = csv_reader_new(im->layout.delimiter, on_record, im);
    if (im->layout.loose_quotes) csv_reader_loose_quotes(im->csv);
    return csv_reader_feed(im->csv, buf_slice(&im->beginning));
}

static int take_beginning(struct import *im)
{
    size_t room = IMPORT_LAYOUT_BYTES - im->beginning.n, n = im->rest.n < room ? im->rest.n : room;
    buf_add(&im->beginning, im->rest.p, n);
    im->rest = slice_from(im->rest, n);
    return im->beginning.n == IMPORT_LAYOUT_BYTES || im->ended ? begin(im) : 0;
}

/* What the whole of the file came to. */
static int verdict(struct import *im)
{
    const char *name = im->config.name;
    if (!im->has_header)
        return err_set(&im->e, ERR_INVALID,
                       "%s: the file is empty: its first line names the columns, one of them "
                       "'phone'",
                       name);
    if (im->stats.rows == 0)
        return err_set(&im->e, ERR_REFUSED,
                       "%s: there is nothing below the line of column names: nothing was stored",
                       name);
    if (im->stats.stored + im->stats.updated + im->stats.removed == 0)
        return err_set(&im->e, ERR_REFUSED, "%s: no usable row among %llu: nothing was stored",
                       name, (unsigned long long)im->stats.rows);
    return 0;
}

static void say_of_consent(const struct import *im)
{
    struct buf note = BUF_INIT(4096);
    for (size_t k = 0; im->has_header && im->config.note && k < im->header.width; k++) {
        buf_clear(&note);
        import_consent_say(&im->consent, &im->header, k, &note);
        if (note.n && !note.failed) im->config.note(im->config.arg, buf_slice(&note));
    }
    buf_done(&note);
}

static int finish(struct import *im)
{
    int r = csv_reader_end(im->csv);
    if (r == 0) r = chunk_flush(im);
    if (r == 0) r = import_rejects_flush(&im->rejects, &im->e);
    if (r == 0) say_of_consent(im);
    return r == 0 ? verdict(im) : r;
}

/* Reads rows until all bytes that were given are read, or until a chunk is full and waits for the sink. */
static int read_on(struct import *im)
{
    check(!im->waits);
    int r = im->csv ? csv_reader_go_on(im->csv) : take_beginning(im);
    if (r == 0 && im->csv && im->rest.n) {
        struct slice bytes = im->rest;
        im->rest = SLICE_NONE;
        r = csv_reader_feed(im->csv, bytes);
    }
    return r == 0 && im->ended ? finish(im) : r;
}

int import_feed(struct import *im, struct slice bytes, struct err *e)
{
    check(im->rest.n == 0 && !im->ended);
    im->rest = bytes;
    return failed(im, read_on(im), e);
}

int import_end(struct import *im, struct err *e)
{
    im->ended = true;
    return failed(im, read_on(im), e);
}

int import_settled(struct import *im, const enum audience_outcome *outcomes, struct err *e)
{
    check(im->waits);
    im->waits = false;
    int r = chunk_settle(im, outcomes);
    return failed(im, r == 0 ? read_on(im) : r, e);
}
