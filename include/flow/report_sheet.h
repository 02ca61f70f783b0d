#pragma once
/* The report of a campaign person by person, as a table (CSV): what the client writes and what the server gives to download is
 * the same, byte for byte. A row for each person as the API tells of them (Person of openapi.yaml, with what came of
 * them); first our columns, then the fields of the list. Cells are safe in a spreadsheet (io/csv.h: csv_write_cell). */
#include "base/err.h"

#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

struct report_sheet;

/* out is borrowed for the life. columns: the names of the list's fields, borrowed for the call; NULL: not known any more, the
 * first person's fields tell. */
struct report_sheet *report_sheet_new(FILE *out, json_t *columns);
void report_sheet_free(struct report_sheet *s); /* NULL is fine; out stays open */
/* ERR_LIMIT: a row is too long; -errno: it cannot be written. */
int report_sheet_add(struct report_sheet *s, const json_t *person, struct err *e) MUST_USE;
/* Behind the last person: nobody is a table, too. */
int report_sheet_end(struct report_sheet *s, struct err *e) MUST_USE;
int64_t report_sheet_rows(const struct report_sheet *s); /* people so far */
