#include "rejects.h"

#include <stdio.h>

enum { FILE_BYTES = 64 * 1024 }; /* when so many wait, the caller gets them */

void import_rejects_init(struct import_rejects *r, const struct import_config *config,
                         const struct import_header *header, struct import_stats *stats)
{
    *r = (struct import_rejects){.config = config, .header = header, .stats = stats};
    buf_init(&r->file, FILE_BYTES + 8 * CSV_RECORD_BYTES_MAX);
}

void import_rejects_done(struct import_rejects *r)
{
    buf_done(&r->file);
}

int import_rejects_flush(struct import_rejects *r, struct err *e)
{
    check(!r->file.failed);
    if (r->file.n == 0) return 0;
    int result = r->config->rejects(r->config->arg, buf_slice(&r->file), e);
    buf_clear(&r->file);
    return result;
}

static void write_field(struct import_rejects *r, struct slice field)
{
    csv_write_protected(&r->file, field, r->delimiter);
    buf_add_char(&r->file, r->delimiter);
}

static void write_row(struct import_rejects *r, const struct slice *fields, const char *line,
                      struct slice field, const char *reason)
{
    for (size_t i = 0; i < r->header->width; i++)
        write_field(r, fields[i]);
    buf_addf(&r->file, "%s%c", line, r->delimiter);
    write_field(r, field);
    csv_write_protected(&r->file, slice_of(reason), r->delimiter);
    buf_add_cstr(&r->file, "\r\n");
}

/* A byte order mark only where a spreadsheet needs it to read what is not ASCII. */
static void begin(struct import_rejects *r)
{
    if (r->config->rejects_mark) buf_add_cstr(&r->file, "\xef\xbb\xbf");
    write_row(r, r->header->titles, "line", SLICE_LIT("field"), "reason");
    r->begun = true;
}

int import_rejects_add(struct import_rejects *r, enum import_reason reason,
                       const struct import_left_out *row, const struct slice *fields, struct err *e)
{
    r->stats->rejected[reason]++;
    if (r->config->left_out) r->config->left_out(r->config->arg, row);
    if (!r->config->rejects) return 0;
    if (!r->begun) begin(r);
    char line[24];
    (void)snprintf(line, sizeof line, "%llu", (unsigned long long)row->line);
    write_row(r, fields, line, row->field, row->reason);
    return r->file.n >= FILE_BYTES ? import_rejects_flush(r, e) : 0;
}

/* The fields of a row that has more than columns: the last column takes all that has none, as it
 * was written, into `rest`. Whoever mends the row sees it. */
static void join_rest(const struct import_rejects *r, const struct csv_record *rec,
                      struct slice *row, struct buf *rest)
{
    const struct import_header *h = r->header;
    size_t last = h->width - 1, from = h->source[last];
    size_t to = rec->count - (h->mended && h->ours > from ? 3 : 0);
    for (size_t i = from; i < to; i++) {
        if (i > from) buf_add_char(rest, r->delimiter);
        csv_write_field(rest, rec->fields[i], r->delimiter);
    }
    check(!rest->failed);
    row[last] = buf_slice(rest);
}

int import_rejects_add_record(struct import_rejects *r, enum import_reason reason,
                              const struct csv_record *rec, struct slice field, const char *what,
                              struct err *e)
{
    const struct import_header *h = r->header;
    struct slice fields[CSV_FIELDS_MAX];
    struct buf rest;
    buf_init(&rest, 4 * CSV_RECORD_BYTES_MAX); /* quotes are doubled, and stand around each */
    for (size_t k = 0; k < h->width; k++)
        fields[k] = import_header_cell(h, rec, k);
    if (rec->count > h->file_width) join_rest(r, rec, fields, &rest);
    const struct import_left_out row = {rec->line, field, fields[h->phone],
                                        what ? what : import_reason_text(reason)};
    int result = import_rejects_add(r, reason, &row, fields, e);
    buf_done(&rest);
    return result;
}
