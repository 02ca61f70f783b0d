#pragma once
/* A line on stderr that says how far an import is; silent when stderr is no terminal. */
#include <stdbool.h>
#include <stdint.h>

struct import_stats;

struct import_progress {
    bool on;
    uint64_t bytes_total; /* 0 = not known: counts only */
    int64_t next_us;      /* not drawn again before this [µs, monotonic] */
};

void import_progress_begin(struct import_progress *p, uint64_t bytes_total);
void import_progress_show(struct import_progress *p, uint64_t bytes,
                          const struct import_stats *stats);
void import_progress_end(struct import_progress *p); /* takes the line away */
