#pragma once
/* The rows that an import leaves out: counted, told of, and written as the file that comes back. */
#include "flow/import.h"
#include "header.h"

#include "base/buf.h"

struct import_rejects {
    const struct import_config *config;
    const struct import_header *header; /* known before the first row is left out */
    struct import_stats *stats;
    char delimiter;  /* of the file; set with the header */
    struct buf file; /* what the caller has not got yet */
    bool begun;      /* its line of column names is written */
};

/* All are borrowed as long as it lives. */
void import_rejects_init(struct import_rejects *r, const struct import_config *config,
                         const struct import_header *header, struct import_stats *stats);
void import_rejects_done(struct import_rejects *r);

/* fields: one for each column that is read. Like the other two it returns what config->rejects returned: 0, or an error that
 * ends the import. */
int import_rejects_add(struct import_rejects *r, enum import_reason reason,
                       const struct import_left_out *row, const struct slice *fields,
                       struct err *e) MUST_USE;
/* A record as it was read. field: the column that is to blame. what: the words for it; NULL: the reason's own. */
int import_rejects_add_record(struct import_rejects *r, enum import_reason reason,
                              const struct csv_record *rec, struct slice field, const char *what,
                              struct err *e) MUST_USE;
/* Gives the caller what is left of the file. */
int import_rejects_flush(struct import_rejects *r, struct err *e) MUST_USE;
