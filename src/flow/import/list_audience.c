#include "flow/list_audience.h"

#include <stdlib.h>

#include "core/json.h"
#include "flow/import.h"

struct list_audience {
    struct list_audience_config config;
    char *name, *group, *country, *key;
    struct audience_info *append;
    uint32_t id;          /* 0: the draft is not made yet */
    size_t *order;        /* of an adding: which field of the file belongs to each column */
    size_t fields;        /* of a row */
    struct list_job *job; /* of the chunk under way, with all below */
    uint64_t seq;
    const struct audience_row *rows;
    size_t count;
};

void *list_audience_new(const struct list_audience_config *config)
{
    struct list_audience *a = xcalloc(1, sizeof *a);
    a->config = *config;
    a->name = xstrdup(config->name);
    a->group = xstrdup(config->group);
    a->country = xstrdup(config->country);
    a->key = xstrdup(config->append_key ? config->append_key : "");
    if (config->append) {
        a->append = audience_info_dup(config->append);
        a->id = a->append->id;
    }
    return a;
}

static int64_t now(const struct list_audience *a)
{
    return a->config.now_ms(a->config.arg);
}

/* ---- rows ---- */

static void on_rows(void *arg, int result, const enum audience_outcome *outcomes, size_t count,
                    const struct err *e)
{
    struct list_audience *a = arg;
    (void)count;
    list_job_settled(a->job, result, outcomes, e);
}

/* To a draft, in the order of the file. */
static void add(struct list_audience *a)
{
    audience_add_rows(a->config.store, a->id, a->seq, a->fields, a->rows, a->count, now(a), on_rows,
                      a);
}

/* In the order of the audience's own columns. */
static void append(struct list_audience *a)
{
    struct audience_row *rows = xcalloc(a->count, sizeof *rows);
    struct slice *fields = xcalloc(a->count * a->fields + 1, sizeof *fields);
    for (size_t i = 0; i < a->count; i++) {
        rows[i] = (struct audience_row){a->rows[i].number, fields + i * a->fields};
        for (size_t k = 0; k < a->fields; k++)
            fields[i * a->fields + k] = a->rows[i].fields[a->order[k]];
    }
    audience_append_rows(a->config.store, a->id, slice_of(a->key), a->seq, a->fields, rows,
                         a->count, now(a), on_rows, a);
    free(fields);
    free(rows);
}

static void on_created(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct list_audience *a = arg;
    if (result < 0) {
        list_job_settled(a->job, result, NULL, e);
        return;
    }
    a->id = info->id;
    add(a);
}

static void create(struct list_audience *a, const struct slice *columns, size_t n)
{
    const struct audience_draft draft = {.name = slice_of(a->name),
                                         .group = slice_of(a->group),
                                         .country = slice_of(a->country),
                                         .columns = columns,
                                         .column_count = n,
                                         .rows_expected = a->config.rows_expected};
    audience_create(a->config.store, &draft, now(a), on_created, a);
}

static void chunk(void *arg, struct list_job *j, uint64_t seq, const struct audience_row *rows,
                  size_t count, const struct slice *columns, size_t column_count)
{
    struct list_audience *a = arg;
    struct err e;
    a->job = j;
    a->seq = seq;
    a->rows = rows;
    a->count = count;
    a->fields = column_count;
    if (!a->append && a->id == 0) {
        create(a, columns, column_count);
    } else if (!a->append) {
        add(a);
    } else if (!a->order &&
               import_match_columns(columns, column_count, a->append->columns,
                                    a->append->column_count, a->name, &a->order, &e) < 0) {
        list_job_settled(j, e.code, NULL, &e);
    } else {
        append(a);
    }
}

/* ---- the end ---- */

static void on_info(void *arg, int result, const struct audience_info *info, const struct err *e)
{
    struct list_audience *a = arg;
    if (result == 0)
        list_job_say(
            a->job, "audience",
            json_pack("{s:I,s:I}", "id", (json_int_t)info->id, "total", (json_int_t)info->total));
    list_job_finished(a->job, result, e);
}

static void finish(void *arg, struct list_job *j)
{
    struct list_audience *a = arg;
    a->job = j;
    if (a->append)
        audience_load(a->config.store, a->id, on_info, a);
    else
        audience_freeze(a->config.store, a->id, now(a), on_info, a);
}

static void on_discarded(void *arg, int result, const struct err *e)
{
    (void)arg, (void)result, (void)e; /* a draft is swept by itself, only later */
}

/* Rows that were added to an audience stay: they are complete. */
static void discard(void *arg)
{
    const struct list_audience *a = arg;
    if (a->id && !a->append)
        audience_delete(a->config.store, a->id, false, now(a), on_discarded, NULL);
}

static void done(void *arg)
{
    struct list_audience *a = arg;
    audience_info_free(a->append);
    free(a->order);
    free(a->name);
    free(a->group);
    free(a->country);
    free(a->key);
    free(a);
}

const struct list_sink list_audience_sink = {chunk, finish, discard, done};
