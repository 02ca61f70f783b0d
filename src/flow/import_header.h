#pragma once
/* What an import learns from the first record. */
#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "io/csv.h"

struct import_header {
    struct slice titles[CSV_FIELDS_MAX]; /* as they stand in the file */
    size_t width;                        /* columns that are read */
    size_t extra;                        /* columns behind them that are not: line, field, reason */
    size_t phone;                        /* index of the phone column */
    struct slice columns[CSV_FIELDS_MAX]; /* template fields: width - 1 of them, in file order */
};

/* file: what errors call it. phone_column: NULL or the title to take. Texts are kept in the arena.
 */
int import_header_read(struct import_header *ret, const struct csv_record *rec, const char *file,
                       const char *phone_column, struct arena *keep, struct err *e) MUST_USE;
