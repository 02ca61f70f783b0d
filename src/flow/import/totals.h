#pragma once
/* The last line of a spreadsheet, "Total;90246913": what was counted of a column of numbers may be somebody's number. */
#include "header.h"

/* Whether the row is such a line: a number without a plus or a zero in front, and besides it only counts and a word that says so, which
 * *ret_word is then (borrowed from rec). */
bool import_totals_is(const struct import_header *h, const struct csv_record *rec,
                      struct slice *ret_word);
