#include "off.h"

#include <stdio.h>
#include <stdlib.h>

void import_off_begin(struct import_off *o, const struct import_header *h)
{
    if (!o->asked) return;
    o->columns = xcalloc(h->width, sizeof *o->columns);
    kept_off_init(&o->words);
    for (size_t k = 0; k < h->width; k++)
        if (k != h->phone) o->columns[k] = kept_off_column(h->titles[k]);
}

void import_off_done(struct import_off *o)
{
    free(o->columns);
}

/* Words above people stand at the front, or where their numbers do. In another column that has a name they are what a row says of
 * somebody, also where nothing else is left of them. */
static bool is_of_a_row(const struct import_header *h, size_t at)
{
    for (size_t k = 0; h && at > 0 && k < h->width; k++)
        if (h->source[k] == at) return k != h->phone && h->titles[k].n > 0;
    return false;
}

void import_off_look(struct import_off *o, const struct import_header *h,
                     const struct csv_record *rec)
{
    struct slice said = SLICE_NONE;
    for (size_t i = 0; o->asked && i < rec->count; i++) {
        struct slice cell = slice_trim(rec->fields[i]);
        if (cell.n == 0) continue;
        if (is_of_a_row(h, i) || !kept_off_heading(cell)) return;
        said = cell;
    }
    if (said.n == 0 || o->line) return;
    o->line = rec->line;
    (void)snprintf(o->above, sizeof o->above, "%.*s", SLICE_ARG(said));
}

static bool cell_says(const struct import_off *o, size_t k, struct slice cell, struct slice *ret)
{
    enum kept_off_column column = o->columns[k];
    if (column == KEPT_OFF_WHERE_YES || column == KEPT_OFF_WHERE_NO)
        return kept_off_value(column, cell);
    return kept_off_cell(&o->words, cell, ret) &&
           (column == KEPT_OFF_NOTHING || kept_off_is_of_texts(*ret));
}

bool import_off_row(const struct import_off *o, const struct import_header *h,
                    const struct csv_record *rec, size_t *ret_column, struct slice *ret_words)
{
    for (size_t k = 0; o->asked && k < h->width; k++) {
        struct slice cell = k == h->phone ? SLICE_NONE : slice_trim(import_header_cell(h, rec, k));
        if (cell.n == 0) continue;
        *ret_column = k;
        *ret_words = cell;
        if (cell_says(o, k, cell, ret_words)) return true;
    }
    return false;
}
