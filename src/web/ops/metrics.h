#pragma once
/* Prometheus' text format, and the figures of the process. */
#include "base/buf.h"

/* "# HELP", "# TYPE"; kind is "counter" or "gauge". Once for each name, before its samples. */
void metrics_family(struct buf *b, const char *name, const char *kind, const char *help);
struct metrics_label {
    const char *name;
    struct slice value;
};
/* One sample; at most 4 labels, the unused ones without a name. */
void metrics_sample(struct buf *b, const char *name, const struct metrics_label labels[4],
                    double value);
/* Memory and CPU time of this process. */
void metrics_process(struct buf *b);
