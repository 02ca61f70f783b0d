/* The reader. Bytes from the start of the current record on are kept in `in`; a scan looks for the
 * end of the record and knows only as much of quoting as it needs for that; then the whole record
 * is taken apart in place. Because the record is still there when its quoting turns out to be
 * broken, reading can go on after its first line. */
#include "io/csv.h"

#include <stdlib.h>

enum { PIECE_BYTES = CSV_RECORD_BYTES_MAX };

enum place { AT_FIELD_START, IN_BLANKS, IN_PLAIN, IN_QUOTES, AFTER_QUOTE, BEHIND_QUOTE };

struct csv_reader {
    csv_record_cb *cb;
    void *arg;
    char delimiter;    /* 0 until it is known */
    bool begun;        /* the byte order mark is behind us */
    bool skipping;     /* dropping the rest of a line that was too long */
    bool ended;        /* no more bytes come */
    bool loose;        /* blanks may stand around quotes */
    struct slice rest; /* of what was given, not in `in` yet */
    struct buf in;     /* from the current record's first byte */
    size_t start;      /* in `in`: where the current record starts while a piece is worked on */
    size_t at;         /* in `in`: scanned up to here */
    enum place place;
    size_t field;             /* of the scan, from 0 */
    size_t quote_at;          /* in `in`: where the last quoted field opened */
    uint64_t line;            /* of `start` */
    struct csv_record broken; /* its fault, until the rest of its first line is there */
    struct slice fields[CSV_FIELDS_MAX];
};

const char *csv_fault_text(enum csv_fault fault)
{
    switch (fault) {
    case CSV_FINE:
        return "fine";
#define X(name, text)                                                                              \
    case name:                                                                                     \
        return text;
        CSV_FAULT_TABLE(X)
#undef X
    }
    return "?";
}

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

struct csv_reader *csv_reader_new(char delimiter, csv_record_cb *cb, void *arg)
{
    check(delimiter != '"' && !is_line_end(delimiter));
    struct csv_reader *r = xcalloc(1, sizeof *r);
    r->cb = cb;
    r->arg = arg;
    r->delimiter = delimiter;
    r->line = 1;
    buf_init(&r->in, CSV_RECORD_BYTES_MAX + PIECE_BYTES + 2);
    return r;
}

void csv_reader_free(struct csv_reader *r)
{
    if (!r) return;
    buf_done(&r->in);
    free(r);
}

void csv_reader_loose_quotes(struct csv_reader *r)
{
    check(!r->begun);
    r->loose = true;
}

char csv_reader_delimiter(const struct csv_reader *r)
{
    return r->delimiter;
}

/* ---- taking a whole record apart ---- */

static void add_field(struct csv_reader *r, struct csv_record *rec, char *from, char *to)
{
    r->fields[rec->count++] = slice_make(from, (size_t)(to - from));
}

/* From the opening quote at p: the text goes to p, without its quotes, up to *ret_to. Where the field ends. */
static char *unquote(char *p, const char *end, char **ret_to)
{
    char *to = p;
    for (p++; p < end; *to++ = *p++)
        if (*p == '"' && *++p != '"') break;
    while (p < end && *p == ' ')
        p++;
    *ret_to = to;
    return p;
}

/* The record's text without its line end; its quoting and its number of fields have been checked by
 * the scan. Fields are unescaped where they stand. */
static void split(struct csv_reader *r, struct csv_record *rec, char *p, char *end)
{
    for (;;) {
        char *from = p, *to = p;
        while (r->loose && p < end && *p == ' ')
            p++;
        if (p < end && *p == '"') {
            from = p;
            p = unquote(p, end, &to);
        } else {
            while (p < end && *p != r->delimiter)
                p++;
            to = p;
        }
        add_field(r, rec, from, to);
        if (p >= end) return;
        p++; /* the delimiter */
    }
}

/* U+0000 is UTF-8, but no character of a text. */
static enum csv_fault fault_of_text(struct slice s, size_t *ret_bad)
{
    if (!slice_is_utf8(s, ret_bad)) return CSV_NOT_UTF8;
    long nul = slice_find(s, '\0');
    if (nul < 0) return CSV_FINE;
    *ret_bad = (size_t)nul;
    return CSV_ZERO_BYTE;
}

static int deliver(struct csv_reader *r, size_t end)
{
    struct csv_record rec = {.line = r->line, .fields = r->fields};
    char *text = r->in.p + r->start;
    size_t bad;
    split(r, &rec, text, r->in.p + end);
    for (size_t i = 0; i < rec.count && rec.fault == CSV_FINE; i++) {
        rec.fault = fault_of_text(r->fields[i], &bad);
        if (rec.fault == CSV_FINE) continue;
        rec.field = i + 1;
        rec.column = (size_t)(r->fields[i].p - text) + bad + 1;
    }
    return r->cb(r->arg, &rec);
}

/* ---- moving on ---- */

/* Where the line end at `i` ends; CR LF is one. */
static size_t line_end_after(const struct csv_reader *r, size_t i)
{
    return r->in.p[i] == '\r' && i + 1 < r->in.n && r->in.p[i + 1] == '\n' ? i + 2 : i + 1;
}

/* A CR at the very end of what is there: whether an LF belongs to it is not known yet. */
static bool is_undecided(const struct csv_reader *r, size_t i)
{
    return r->in.p[i] == '\r' && i + 1 == r->in.n && !r->ended;
}

static uint64_t lines_until(const struct csv_reader *r, size_t to)
{
    uint64_t lines = 0;
    for (size_t i = r->start; i < to;) {
        bool ends = is_line_end(r->in.p[i]);
        lines += ends;
        i = ends ? line_end_after(r, i) : i + 1;
    }
    return lines;
}

/* The next record starts at `to`, so many lines on. */
static void move_to(struct csv_reader *r, size_t to, uint64_t lines)
{
    r->line += lines;
    r->start = r->at = to;
    r->field = 0;
    r->place = AT_FIELD_START;
}

/* The fields of a broken record's first line as they are written, quotes and all: whoever mends the
 * row sees it. The last takes what is left. */
static void split_raw(struct csv_reader *r, struct csv_record *rec, size_t end)
{
    struct slice line = slice_make(r->in.p + r->start, end - r->start), field;
    while (rec->count < CSV_FIELDS_MAX - 1 && slice_cut(&line, r->delimiter, &field))
        r->fields[rec->count++] = field;
    if (line.p) r->fields[rec->count++] = line;
}

/* Reports a broken record and goes to the line after its first. False when more bytes are needed.
 */
static bool report_broken(struct csv_reader *r, int *ret)
{
    size_t i = r->start;
    while (i < r->in.n && !is_line_end(r->in.p[i]))
        i++;
    bool whole = i < r->in.n && !is_undecided(r, i);
    if (!whole && !r->ended && i - r->start < CSV_RECORD_BYTES_MAX) return false;
    struct csv_record rec = r->broken;
    r->broken = (struct csv_record){0};
    split_raw(r, &rec, i);
    r->skipping = !whole;
    move_to(r, whole ? line_end_after(r, i) : i, whole);
    *ret = r->cb(r->arg, &rec);
    return true;
}

/* The record is broken: its first line is all that is read of it. */
static void give_up(struct csv_reader *r, enum csv_fault fault, size_t where)
{
    r->broken = (struct csv_record){.line = r->line,
                                    .fields = r->fields,
                                    .fault = fault,
                                    .field = r->field + 1,
                                    .column = where - r->start + 1};
}

/* Drops the rest of a line. False when more bytes are needed. */
static bool skip_line(struct csv_reader *r)
{
    size_t i = r->start;
    while (i < r->in.n && !is_line_end(r->in.p[i]))
        i++;
    bool found = i < r->in.n && !is_undecided(r, i);
    move_to(r, found ? line_end_after(r, i) : i, found);
    r->skipping = !found;
    return found;
}

static int end_record(struct csv_reader *r, size_t end, size_t next)
{
    uint64_t lines = lines_until(r, next); /* before fields are unescaped in place */
    int result = end == r->start ? 0 : deliver(r, end);
    move_to(r, next, lines);
    return result;
}

/* ---- the scan ---- */

static void begin_field(struct csv_reader *r, char c)
{
    r->place = c == '"' ? IN_QUOTES : r->loose && c == ' ' ? IN_BLANKS : IN_PLAIN;
    r->quote_at = r->at;
}

/* Behind the quote that ended the text, unless another one follows: that is a quote in it. */
static enum csv_fault step_behind_quote(struct csv_reader *r, char c)
{
    bool doubled = r->place == AFTER_QUOTE && c == '"';
    bool blank = c == ' ' && (r->loose || r->place == BEHIND_QUOTE);
    r->place = doubled ? IN_QUOTES : BEHIND_QUOTE;
    return doubled || blank ? CSV_FINE : CSV_TEXT_AFTER_QUOTE;
}

static enum csv_fault end_field(struct csv_reader *r)
{
    r->place = AT_FIELD_START;
    return ++r->field < CSV_FIELDS_MAX ? CSV_FINE : CSV_TOO_MANY_FIELDS;
}

/* What one byte outside the rules of line ends does to the place. */
static enum csv_fault step(struct csv_reader *r, char c)
{
    if (c == r->delimiter && r->place != IN_QUOTES) return end_field(r);
    switch (r->place) {
    case AT_FIELD_START:
    case IN_BLANKS:
        begin_field(r, c);
        return CSV_FINE;
    case IN_PLAIN:
        return CSV_FINE;
    case IN_QUOTES:
        if (c == '"') r->place = AFTER_QUOTE;
        return CSV_FINE;
    case AFTER_QUOTE:
    case BEHIND_QUOTE:
        return step_behind_quote(r, c);
    }
    return CSV_FINE;
}

/* The next byte; *ret is what the callback said of a record that ends with it. False when more bytes are needed. */
static bool take_byte(struct csv_reader *r, int *ret)
{
    char c = r->in.p[r->at];
    if (is_line_end(c) && r->place != IN_QUOTES) {
        if (is_undecided(r, r->at)) return false;
        *ret = end_record(r, r->at, line_end_after(r, r->at));
        return true;
    }
    enum csv_fault fault = step(r, c);
    if (fault == CSV_FINE && r->at - r->start >= CSV_RECORD_BYTES_MAX)
        fault = r->place == IN_QUOTES ? CSV_UNCLOSED_QUOTE : CSV_TOO_LONG;
    if (fault == CSV_FINE)
        r->at++;
    else
        give_up(r, fault, fault == CSV_UNCLOSED_QUOTE ? r->quote_at : r->at);
    return true;
}

/* Reads records until the bytes are used up, or the callback wants no more. */
static int scan(struct csv_reader *r)
{
    int result = 0;
    while (result == 0 && (r->at < r->in.n || r->skipping || r->broken.fault != CSV_FINE)) {
        bool moved = r->skipping                   ? skip_line(r)
                     : r->broken.fault != CSV_FINE ? report_broken(r, &result)
                                                   : take_byte(r, &result);
        if (!moved) return 0;
    }
    return result;
}

/* ---- the beginning ---- */

/* The first line outside quotes; false while it is not all there. */
static bool first_line(const struct csv_reader *r, struct slice *ret)
{
    bool quoted = false;
    for (size_t i = 0; i < r->in.n; i++) {
        if (r->in.p[i] == '"') quoted = !quoted;
        if (!quoted && is_line_end(r->in.p[i])) {
            *ret = slice_make(r->in.p, i);
            return true;
        }
    }
    *ret = buf_slice(&r->in);
    return r->ended || r->in.n >= CSV_RECORD_BYTES_MAX;
}

static char most_frequent_delimiter(struct slice line)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    char best = candidates[0];
    size_t best_count = 0;
    for (size_t c = 0; c < COUNT_OF(candidates); c++) {
        size_t count = 0;
        bool quoted = false;
        for (size_t i = 0; i < line.n; i++) {
            if (line.p[i] == '"') quoted = !quoted;
            count += !quoted && line.p[i] == candidates[c];
        }
        if (count <= best_count) continue;
        best = candidates[c];
        best_count = count;
    }
    return best;
}

/* Byte order mark and delimiter. False while more bytes are needed to know. */
static bool begin(struct csv_reader *r)
{
    static const char mark[] = "\xef\xbb\xbf";
    if (!r->begun) {
        if (r->in.n < sizeof mark - 1 && !r->ended) return false;
        if (slice_starts(buf_slice(&r->in), mark)) buf_shift(&r->in, sizeof mark - 1);
        r->begun = true;
    }
    struct slice line;
    if (r->delimiter == 0 && first_line(r, &line)) r->delimiter = most_frequent_delimiter(line);
    return r->delimiter != 0;
}

static int work(struct csv_reader *r)
{
    if (!begin(r)) return 0;
    int result = scan(r);
    buf_shift(&r->in, r->start);
    r->at -= r->start;
    r->quote_at -= r->quote_at >= r->start ? r->start : 0;
    r->start = 0;
    return result;
}

/* Reads on in `in`, then piece by piece in the rest. */
static int read_on(struct csv_reader *r)
{
    int result = work(r);
    while (result == 0 && r->rest.n > 0) {
        size_t n = r->rest.n < PIECE_BYTES ? r->rest.n : PIECE_BYTES;
        buf_add(&r->in, r->rest.p, n);
        check(!r->in.failed);
        r->rest = slice_from(r->rest, n);
        result = work(r);
    }
    return result;
}

int csv_reader_feed(struct csv_reader *r, struct slice bytes)
{
    check(!r->ended && r->rest.n == 0);
    r->rest = bytes;
    return read_on(r);
}

/* Each turn ends one record or gives up one line, so this comes to an end. */
int csv_reader_end(struct csv_reader *r)
{
    int result = read_on(r);
    if (result) return result;
    r->ended = true;
    result = work(r);
    while (result == 0 && r->in.n > 0) {
        if (r->place == IN_QUOTES)
            give_up(r, CSV_UNCLOSED_QUOTE, r->quote_at);
        else
            result = end_record(r, r->in.n, r->in.n);
        if (result == 0) result = work(r);
    }
    return result;
}

int csv_reader_go_on(struct csv_reader *r)
{
    return r->ended ? csv_reader_end(r) : read_on(r);
}
