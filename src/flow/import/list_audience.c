#include "flow/list_audience.h"

#include <stdlib.h>

#include "core/json.h"
#include "flow/import.h"
#include "flow/list_refusals.h"

struct list_audience {
    struct list_audience_config config;
    char *name, *group, *country;
    struct audience_info *base, *draft; /* draft NULL: it is not made yet */
    size_t *order;        /* which field of the file belongs to each column of the draft */
    struct list_job *job; /* of the chunk under way, with all below */
    struct audience_chunk chunk;
    const struct slice *columns; /* of the file */
};

void *list_audience_new(const struct list_audience_config *config)
{
    struct list_audience *a = xcalloc(1, sizeof *a);
    a->config = *config;
    a->name = xstrdup(config->name);
    a->group = xstrdup(config->group);
    a->country = xstrdup(config->country);
    if (config->base) a->base = audience_info_dup(config->base);
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

/* In the order of the draft's columns. */
static void add(struct list_audience *a)
{
    size_t width = a->draft->column_count;
    struct audience_row *rows = xcalloc(a->chunk.count, sizeof *rows);
    struct slice *fields = xcalloc(a->chunk.count * width + 1, sizeof *fields);
    for (size_t i = 0; i < a->chunk.count; i++) {
        rows[i] = (struct audience_row){a->chunk.rows[i].number, fields + i * width};
        import_order_fields(&a->chunk.rows[i], a->order, width, fields + i * width);
    }
    list_refusals(a->config.store, a->draft, rows, a->chunk.count, now(a));
    audience_add_rows(a->config.store, a->draft->id,
                      &(struct audience_chunk){a->chunk.seq, width, rows, a->chunk.count}, now(a),
                      on_rows, a);
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
    a->draft = audience_info_dup(info);
    a->order = import_order_columns(a->columns, a->chunk.field_count, a->draft->columns,
                                    a->draft->column_count);
    add(a);
}

static void create(struct list_audience *a)
{
    const struct audience_draft draft = {.name = slice_of(a->name),
                                         .group = slice_of(a->group),
                                         .country = slice_of(a->country),
                                         .columns = a->columns,
                                         .column_count = a->chunk.field_count,
                                         .rows_expected = a->config.rows_expected,
                                         .base = a->base,
                                         .change = a->config.change};
    audience_create(a->config.store, &draft, now(a), on_created, a);
}

static void chunk(void *arg, struct list_job *j, const struct audience_chunk *rows,
                  const struct slice *columns)
{
    struct list_audience *a = arg;
    a->job = j;
    a->chunk = *rows;
    a->columns = columns;
    if (a->draft)
        add(a);
    else
        create(a);
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

/* Who stays, a block at a time. */
static void on_carried(void *arg, int result, uint64_t done, uint64_t of, const struct err *e)
{
    struct list_audience *a = arg;
    if (result < 0) {
        list_job_finished(a->job, result, e);
    } else if (done < of) {
        json_t *carried = json_object();
        json_put_count(carried, "done", done);
        json_put_count(carried, "of", of);
        list_job_say(a->job, "carried", carried);
        list_job_beat(a->job);
        audience_carry(a->config.store, a->draft->id, done, now(a), on_carried, a);
    } else {
        audience_freeze(a->config.store, a->draft->id, now(a), on_info, a);
    }
}

static void finish(void *arg, struct list_job *j)
{
    struct list_audience *a = arg;
    a->job = j;
    audience_carry(a->config.store, a->draft->id, 0, now(a), on_carried, a);
}

static void on_discarded(void *arg, int result, const struct err *e)
{
    (void)arg, (void)result, (void)e; /* a draft is swept by itself, only later */
}

/* A list that was to be changed stands as it was. */
static void discard(void *arg)
{
    const struct list_audience *a = arg;
    if (a->draft) audience_delete(a->config.store, a->draft->id, false, now(a), on_discarded, NULL);
}

static void done(void *arg)
{
    struct list_audience *a = arg;
    audience_info_free(a->base);
    audience_info_free(a->draft);
    free(a->order);
    free(a->name);
    free(a->group);
    free(a->country);
    free(a);
}

const struct list_sink list_audience_sink = {chunk, finish, discard, done};
