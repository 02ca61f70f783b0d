#include <stdlib.h>

#include "flow/import.h"

size_t *import_order_columns(const struct slice *columns, size_t n, const struct slice *wanted,
                             size_t wanted_n)
{
    size_t *order = xcalloc(wanted_n + 1, sizeof *order);
    for (size_t i = 0; i < wanted_n; i++) {
        order[i] = 0;
        while (order[i] < n && !slice_eq(columns[order[i]], wanted[i]))
            order[i]++;
        if (order[i] == n) order[i] = IMPORT_NO_COLUMN;
    }
    return order;
}

void import_order_fields(const struct audience_row *row, const size_t *order, size_t wanted_n,
                         struct slice *ret)
{
    for (size_t i = 0; i < wanted_n; i++)
        ret[i] = order[i] == IMPORT_NO_COLUMN ? SLICE_NONE : row->fields[order[i]];
}
