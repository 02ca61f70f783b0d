#pragma once
/* What an import learns from the line of column names. */
#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "flow/import.h"
#include "io/csv.h"

struct import_header {
    size_t width;                        /* columns that are read */
    size_t file_width;                   /* columns that the file has */
    struct slice titles[CSV_FIELDS_MAX]; /* of those that are read, as they stand in the file */
    size_t source[CSV_FIELDS_MAX];       /* where in a record they stand */
    bool mended; /* the file has line, field and reason: it was one of rejects; they are not read */
    size_t ours; /* of a mended file: where these three begin */
    size_t phone;                         /* index of the phone column among those that are read */
    bool others;                          /* other columns hold numbers too: say which is taken */
    struct slice columns[CSV_FIELDS_MAX]; /* template fields: width - 1 of them, in file order */
};

/* Texts are kept in the arena. */
int import_header_read(struct import_header *ret, const struct csv_record *rec,
                       const struct import_config *config, struct arena *keep,
                       struct err *e) MUST_USE;
/* The field of a record that stands in column k of those that are read; what a row leaves out at
 * its end is empty. Of a mended file without the apostrophe that csv_write_protected put there. */
struct slice import_header_cell(const struct import_header *h, const struct csv_record *rec,
                                size_t k);
