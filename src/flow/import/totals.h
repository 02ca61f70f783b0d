#pragma once
/* The last line of a spreadsheet, "Total;90246913": what was counted of a column of numbers may be somebody's number. */
#include "header.h"

/* What the phone column came to so far: of cells that a spreadsheet counts, nothing but digits. */
struct import_totals {
    uint64_t sum, count;
};

/* A row's cell, trimmed, before the row is judged. */
void import_totals_count(struct import_totals *t, struct slice cell);
/* Whether the row, which is counted, is such a line: a number without a plus or a zero in front, and besides it only counts and either a word
 * that says so, which *ret_word is then (borrowed from rec); or none, and the number is the sum or the mean of those above. */
bool import_totals_is(const struct import_totals *t, const struct import_header *h,
                      const struct csv_record *rec, struct slice *ret_word);
