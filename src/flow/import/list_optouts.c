#include "flow/list_optouts.h"

#include <stdlib.h>

#include "base/check.h"
#include "core/json.h"
#include "flow/import.h"
#include "store/suppress_batch.h"

struct list_optouts {
    struct list_optouts_config config;
    char *id, *scope, *by, *evidence;
    uint64_t numbers, standing;
    struct list_job *job; /* of the chunk under way, with its count */
    size_t count;
};

void *list_optouts_new(const struct list_optouts_config *config)
{
    struct list_optouts *o = xcalloc(1, sizeof *o);
    o->config = *config;
    o->id = xstrdup(config->id);
    o->scope = xstrdup(config->scope);
    o->by = xstrdup(config->by);
    o->evidence = xstrdup(config->evidence);
    return o;
}

static void on_asked(void *arg, int result, uint64_t numbers, uint64_t standing,
                     const struct err *e)
{
    struct list_optouts *o = arg;
    enum audience_outcome *outcomes = xcalloc(o->count, sizeof *outcomes); /* all are stored */
    if (result == 0) {
        o->numbers = numbers;
        o->standing = standing;
    }
    list_job_settled(o->job, result, outcomes, e);
    free(outcomes);
}

static void chunk(void *arg, struct list_job *j, const struct audience_chunk *rows,
                  const struct slice *columns)
{
    struct list_optouts *o = arg;
    (void)columns;
    const struct suppress_batch_draft draft = {.id = slice_of(o->id),
                                               .scope = slice_of(o->scope),
                                               .by = slice_of(o->by),
                                               .evidence = slice_of(o->evidence),
                                               .reason = SUPPRESS_IMPORT};
    uint64_t numbers[SUPPRESS_ADD_MAX];
    check(rows->count <= SUPPRESS_ADD_MAX);
    for (size_t i = 0; i < rows->count; i++)
        numbers[i] = rows->rows[i].number;
    o->job = j;
    o->count = rows->count;
    suppress_batch_ask(o->config.store, &draft, numbers, rows->count,
                       o->config.now_ms(o->config.arg), on_asked, o);
}

static void finish(void *arg, struct list_job *j)
{
    struct list_optouts *o = arg;
    list_job_say(j, "optouts",
                 json_pack("{s:I,s:I}", "numbers", (json_int_t)o->numbers, "standing",
                           (json_int_t)o->standing));
    list_job_finished(j, 0, NULL);
}

static void on_discarded(void *arg, int result, int64_t slice, const struct err *e)
{
    (void)arg, (void)result, (void)slice, (void)e; /* what waits goes by itself, only later */
}

static void discard(void *arg)
{
    const struct list_optouts *o = arg;
    if (o->numbers)
        suppress_batch_undo(o->config.store, slice_of(o->id), 0,
                            deed_for(slice_of(o->by), o->config.now_ms(o->config.arg),
                                     SLICE_LIT("the list could not be read")),
                            on_discarded, NULL);
}

static void done(void *arg)
{
    struct list_optouts *o = arg;
    free(o->id);
    free(o->scope);
    free(o->by);
    free(o->evidence);
    free(o);
}

const struct list_sink list_optouts_sink = {chunk, finish, discard, done};
