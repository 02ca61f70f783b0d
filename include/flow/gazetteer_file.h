#pragma once
/* Reads what a gazetteer is made of, as it is published: a row of the file in, a postcode or a town out.
 *
 *   ONS Postcode Directory    CSV with a header: pcd, pcds or pcd7, lat, long, doterm; codes that ended are left out
 *   Code-Point Open           CSV without a header, ten columns: code, quality, eastings, northings, …
 *   GeoNames postal codes     twelve columns with tabs between: country, code, place, … latitude, longitude
 *
 * Which of them it is follows from its first row. Of GeoNames towns come out, too: the middle of all rows of one name
 * in one county, when the file has ended. */
#include "base/err.h"
#include "core/point.h"
#include "core/postcode.h"
#include "io/csv.h"

struct gazetteer_file;

enum { GAZETTEER_TOWNS_MAX = 200000 }; /* of a file; more are left out */

struct gazetteer_row {
    const char *code; /* folded; NULL: a town */
    struct slice town, county;
    struct point at;
};
/* Borrowed for the call. Not 0 ends the reading. */
typedef int gazetteer_row_cb(void *arg, const struct gazetteer_row *row);

/* country: "GB"; rows of GeoNames that are another's are left out. */
struct gazetteer_file *gazetteer_file_new(const char *country, gazetteer_row_cb *cb, void *arg);
void gazetteer_file_free(struct gazetteer_file *f); /* NULL is fine */
/* What was not 0 from the callback; or ERR_SYNTAX: the first row is of none of the formats. */
int gazetteer_file_take(struct gazetteer_file *f, const struct csv_record *record, struct err *e);
/* Behind the last record: gives the callback the towns. 0, or what was not 0 from it. */
int gazetteer_file_end(struct gazetteer_file *f);
/* Rows so far that said nothing of use: a code that ended, no point, another country. */
uint64_t gazetteer_file_left_out(const struct gazetteer_file *f);
const char *gazetteer_file_format(const struct gazetteer_file *f); /* "": not known yet */
