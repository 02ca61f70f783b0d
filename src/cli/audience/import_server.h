#pragma once
/* The server's side of an import: a draft that is made with the first chunk and frozen at the end;
 * of a list that changes, one that takes its place. */
#include "cli/api.h"

#include "flow/import.h"

#include <jansson.h>
#include <signal.h>

struct import_server {
    struct api *api; /* borrowed, like all below */
    const char *name, *group, *country;
    const struct import *import; /* knows the file's columns */
    uint64_t rows_expected;      /* 0 = not known */
    volatile sig_atomic_t *interrupted;
    /* "add", "merge", "replace", "remove": of the list that is called so; NULL: a new one */
    const char *change;
    /* what becomes known */
    json_int_t id; /* 0 before the first chunk */
    json_t *list;  /* owned; the list that changes, as it was */
    size_t *order; /* owned; which field of the file belongs to each of the draft's columns */
    size_t width;  /* of those */
};

/* Of a list that changes: finds it. */
int import_server_find(struct import_server *s, struct err *e) MUST_USE;
/* An import_chunk_cb, but for its first argument. */
int import_server_chunk(struct import_server *s, uint64_t seq, const struct audience_row *rows,
                        size_t count, enum audience_outcome *ret_outcomes, struct err *e) MUST_USE;
/* The audience as it is now; *ret owned. */
int import_server_finish(struct import_server *s, json_t **ret, struct err *e) MUST_USE;
/* The import failed: the draft goes, and a list that was to change stands as it was. */
void import_server_discard(struct import_server *s);
void import_server_done(struct import_server *s); /* frees what it owns */
