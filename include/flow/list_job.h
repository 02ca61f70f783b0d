#pragma once
/* A list that was uploaded is read, slice by slice on the loop: at most a piece of the file or a chunk
 * of rows at a time, so that others are served in between. What becomes of it stands in a note
 * (store/list_note.h), which every web process can show:
 *
 *   {"id", "state": "running" | "done" | "failed", "problem"?, "file", "bytes", "read", "beat_ms",
 *    "rows", "stored", "updated", "removed", "rejected": {reason: n}, "left_out": [{"line", "value", "field", "reason"}],
 *    "rejects_kept", "notes": [text]}  and what `about` says.
 *
 * A process that ends in the middle leaves a note that nobody goes on with: its beat_ms grows old. */
#include "flow/import.h"
#include "io/loop.h"

#include <jansson.h>
#include <stdio.h>

enum {
    LIST_JOB_LEFT_OUT_MAX = 100,   /* rows that the note names */
    LIST_JOB_BEAT_MS = 500,        /* the note is written so often, at least, */
    LIST_JOB_SILENT_MS = 30 * 1000 /* and nobody works on one that is older than this */
};

struct list_job;

/* Where the rows go. Each function is called from the loop and ends in one call of the function that
 * it names, which may come from inside of it. Rows and columns are borrowed until then. */
struct list_sink {
    /* columns: what the fields of a row are called. Ends in list_job_settled. The same chunk comes again after ERR_UNREACHABLE. */
    void (*chunk)(void *arg, struct list_job *j, const struct audience_chunk *chunk,
                  const struct slice *columns);
    /* All rows are in; ends in list_job_finished. Comes again after ERR_UNREACHABLE, too. */
    void (*finish)(void *arg, struct list_job *j);
    void (*discard)(void *arg); /* it failed: nothing more comes but `done` */
    void (*done)(void *arg);    /* frees arg */
};

struct list_job_config {
    struct loop *loop; /* borrowed for the job's life, like the store */
    struct store *store;
    const char *id;           /* of the note; copied, like all texts */
    FILE *in;                 /* taken */
    json_t *about;            /* taken: what the note says besides */
    const char *file;         /* what the list is called */
    const char *country;      /* of numbers without +; "" = none */
    const char *encoding;     /* "" = found out */
    const char *phone;        /* the phone column; "" = found by its name */
    char delimiter;           /* 0 = found out */
    bool unlisted, landlines; /* take those numbers, too */
    const struct list_sink *sink;
    void *sink_arg;                               /* the sink's */
    int64_t (*now_ms)(void *arg);                 /* [wall ms] */
    void (*ended)(void *arg, struct list_job *j); /* the job is gone */
    void *arg;                                    /* of both */
};

/* Begins; `noted` runs once the first note stands, or could not be written, before any row is read. */
struct list_job *list_job_new(const struct list_job_config *config, store_done_cb *noted,
                              void *noted_arg);
/* For the end of the process: the note stays as it is. The store's calls have to end first. */
void list_job_free(struct list_job *j); /* NULL is fine */

/* For sinks. result negative: e says why; outcomes (of the chunk's rows) is not read then. */
void list_job_settled(struct list_job *j, int result, const enum audience_outcome *outcomes,
                      const struct err *e);
void list_job_finished(struct list_job *j, int result, const struct err *e);
/* While all rows are in and it takes long: that it is not dead. */
void list_job_beat(struct list_job *j);
/* For the note. Takes value. */
void list_job_say(struct list_job *j, const char *key, json_t *value);
