#pragma once
/* Where the column names of a list stand and what separates its fields, found out from its
 * beginning.
 *
 * The line of column names is the first of the first ten that has a phone column and more on it
 * than the lines above: titles ("Members, 2026") are sparse, and a row of people is no header. Each
 * delimiter is tried; "sep=;" in the first line settles it. */
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

enum { IMPORT_LAYOUT_BYTES = 64 * 1024 }; /* of the beginning are enough */

struct import_layout {
    char delimiter;       /* 0 = as csv_reader finds it out */
    uint64_t header_line; /* physical, from 1; what is above is not read */
    bool told;            /* there is a "sep=" line */
    bool loose_quotes;    /* '"a", "b"': a blank may stand in front of a quote */
};

/* delimiter: 0, or the one that was asked for. phone_column: NULL, or the title that was asked for.
 * Where no line is found, it is the first, behind a "sep=". */
struct import_layout import_layout_find(struct slice beginning, char delimiter,
                                        const char *phone_column);
