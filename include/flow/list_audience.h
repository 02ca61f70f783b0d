#pragma once
/* The rows of an uploaded list become an audience, or change one (store/audience.h). */
#include "flow/list_job.h"

struct list_audience_config { /* texts are copied */
    struct store *store;
    const char *name, *group, *country;
    uint64_t rows_expected;           /* 0 = not known */
    const struct audience_info *base; /* change this one; NULL = a new one */
    enum audience_change change;
    int64_t (*now_ms)(void *arg);
    void *arg;
};
/* The sink's argument; it goes with the job. */
void *list_audience_new(const struct list_audience_config *config);
/* The note gets "audience": {"id", "total"}; while who stays is carried over, "carried" and "of". */
extern const struct list_sink list_audience_sink;
