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
/* One sample with one label, and with two. */
void metrics_sample1(struct buf *b, const char *name, const char *label, struct slice value,
                     double v);
void metrics_sample2(struct buf *b, const char *name, const char *label1, struct slice value1,
                     const char *label2, struct slice value2, double v);
/* A family of one sample without labels. */
void metrics_value(struct buf *b, const char *name, const char *kind, const char *help, double v);

struct campaign;
/* Of the campaigns that are not over: approvals that wait, what brake, canary and budgets stopped. */
void metrics_care(struct buf *b, struct campaign *const *list, size_t n, int64_t now_ms);
struct web;
/* What this process does, takes and is connected to: nobody is asked. now_ms: [wall ms]. */
void metrics_own(const struct web *w, int64_t now_ms, struct buf *b);
/* Memory and CPU time of this process. */
void metrics_process(struct buf *b);
