#pragma once
/* The numbers of an uploaded list wait in a batch of opt-outs (store/suppress_batch.h) until somebody
 * has said that they are meant. The list's id is the batch's. */
#include "flow/list_job.h"

struct list_optouts_config { /* texts are copied */
    struct store *store;
    const char *id, *scope, *by, *evidence;
    int64_t (*now_ms)(void *arg);
    void *arg;
};
/* The sink's argument; it goes with the job. */
void *list_optouts_new(const struct list_optouts_config *config);
/* The note gets "optouts": {"numbers", "standing"}. */
extern const struct list_sink list_optouts_sink;
