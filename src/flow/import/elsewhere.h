#pragma once
/* Rows that say which country somebody is from: "+964", "IQ", "Irak" beside 7912345678. Without its plus that number is read as one
 * of the list's country, and there it may be another person's. */
#include "header.h"

enum { IMPORT_COUNTRY_BYTES = 60, IMPORT_COUNTRIES_KEPT = 64 };

/* A name that was looked up, and its ISO code or "". */
struct import_country {
    char name[IMPORT_COUNTRY_BYTES], is[4];
};

struct import_elsewhere {
    bool says[CSV_FIELDS_MAX]; /* that column of those that are read says a country */
    bool area[CSV_FIELDS_MAX]; /* that one an area code */
    struct import_country kept[IMPORT_COUNTRIES_KEPT]; /* the last ones: a list has a few */
};

void import_elsewhere_begin(struct import_elsewhere *w, const struct import_header *h);
/* Whether the number of a row, which was read without a plus, is another one in the country that the row says, or with the area code that
 * the row says in front: "040" beside 4512345 in Finland. *ret_column: which
 * column says so. */
bool import_elsewhere_doubts(struct import_elsewhere *w, const struct import_header *h,
                             const struct csv_record *rec, uint64_t number, size_t *ret_column);
