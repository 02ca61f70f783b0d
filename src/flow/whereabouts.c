#include "flow/whereabouts.h"

#include <stdlib.h>

/* In any case; the first of them that a list has. */
static const char *const code_names[] = {
    "postcode",    "post_code",     "post code", "postal_code", "postal code",  "zip",
    "zip_code",    "zipcode",       "zip code",  "plz",         "postleitzahl", "code_postal",
    "code postal", "codigo_postal", "cep",       "location",    "point"};
static const char *const town_names[] = {"town", "city", "ort", "stadt", "ville"};

static int find_column(const struct slice *columns, size_t n, const char *const *names,
                       size_t count)
{
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < n; i++)
            if (slice_is_nocase(columns[i], names[k])) return (int)i;
    return -1;
}

struct where_columns where_columns_of(const struct slice *columns, size_t n)
{
    return (struct where_columns){find_column(columns, n, code_names, COUNT_OF(code_names)),
                                  find_column(columns, n, town_names, COUNT_OF(town_names))};
}

struct finding {
    struct gazetteer *g;
    struct where_columns columns;
    const struct block *block;
    struct whereabouts *w;
    size_t open;    /* rows that are looked up, and one while they are being asked */
    bool unreached; /* Redis did not tell of some */
    whereabouts_cb *cb;
    void *arg;
    struct row {
        struct finding *of;
        bool is_town; /* what is looked up */
    } rows[BLOCK_ROWS];
};

static void row_done(struct finding *f)
{
    struct err e;
    if (--f->open > 0) return;
    struct finding end = *f;
    free(f);
    if (end.unreached) {
        free(end.w);
        (void)err_set(&e, ERR_UNREACHABLE, "Redis did not answer");
        end.cb(end.arg, ERR_UNREACHABLE, NULL, &e);
    } else {
        end.cb(end.arg, 0, end.w, NULL);
    }
}

static void ask_town(struct row *row);

static void on_spot(void *arg, int result, const struct gazetteer_spot *spot, const struct err *e)
{
    struct row *row = arg;
    struct finding *f = row->of;
    size_t i = (size_t)(row - f->rows);
    (void)e;
    if (result == 0) {
        f->w->at[i] = spot->at;
        f->w->where[i] = WHERE_KNOWN;
    } else if (result == ERR_UNREACHABLE) {
        f->unreached = true;
    } else {
        f->w->where[i] = WHERE_UNKNOWN;
        if (!row->is_town) {
            ask_town(row);
            return;
        }
    }
    row_done(f);
}

static struct slice said(const struct row *row, int column)
{
    size_t i = (size_t)(row - row->of->rows);
    return column < 0 ? SLICE_NONE : slice_trim(block_field(row->of->block, i, (size_t)column));
}

static void ask_town(struct row *row)
{
    struct slice town = said(row, row->of->columns.town);
    row->is_town = true;
    if (town.n)
        gazetteer_find(row->of->g, town, on_spot, row);
    else
        row_done(row->of);
}

static void ask(struct row *row)
{
    struct slice code = said(row, row->of->columns.code);
    struct whereabouts *w = row->of->w;
    size_t i = (size_t)(row - row->of->rows);
    if (point_from_text(code, &w->at[i])) {
        w->where[i] = WHERE_KNOWN;
        row_done(row->of);
    } else if (code.n) {
        gazetteer_find(row->of->g, code, on_spot, row);
    } else {
        ask_town(row);
    }
}

void whereabouts_find(struct gazetteer *g, struct where_columns columns, const struct block *b,
                      size_t first, size_t n, whereabouts_cb *cb, void *arg)
{
    struct finding *f = xcalloc(1, sizeof *f);
    check(first + n <= block_rows(b));
    f->g = g;
    f->columns = columns;
    f->block = b;
    f->w = xcalloc(1, sizeof *f->w);
    f->open = n + 1;
    f->cb = cb;
    f->arg = arg;
    for (size_t i = first; i < first + n; i++) {
        f->rows[i].of = f;
        ask(&f->rows[i]);
    }
    row_done(f);
}
