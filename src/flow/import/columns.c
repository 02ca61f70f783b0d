#include <stdlib.h>

#include "flow/import.h"

static size_t find(const struct slice *names, size_t n, struct slice name)
{
    size_t i = 0;
    while (i < n && !slice_eq(names[i], name))
        i++;
    return i;
}

static int one_too_many(const struct slice *columns, size_t n, const struct slice *wanted,
                        size_t wanted_n, const char *name, struct err *e)
{
    for (size_t i = 0; i < n; i++)
        if (find(wanted, wanted_n, columns[i]) == wanted_n)
            return err_set(e, ERR_INVALID,
                           "the file has a column '%.*s', which audience '%s' has not: take it out",
                           SLICE_ARG(columns[i]), name);
    return 0;
}

int import_match_columns(const struct slice *columns, size_t n, const struct slice *wanted,
                         size_t wanted_n, const char *name, size_t **ret_order, struct err *e)
{
    int r = one_too_many(columns, n, wanted, wanted_n, name, e);
    if (r < 0) return r;
    size_t *order = xcalloc(wanted_n + 1, sizeof *order);
    for (size_t i = 0; i < wanted_n && r == 0; i++) {
        order[i] = find(columns, n, wanted[i]);
        if (order[i] == n)
            r = err_set(e, ERR_INVALID,
                        "audience '%s' has a column '%.*s', which the file has not: add it", name,
                        SLICE_ARG(wanted[i]));
    }
    if (r == 0)
        *ret_order = order;
    else
        free(order);
    return r;
}
